/**
 * `checkpoint k`: a loop over segments of k steps, each a loop of its own, then a shorter one over what is left. Going back, only what a segment
 * began with is at hand, and its steps are computed again. The steps are those of the plain loop, in its order.
 */
import { constant, constantValue, multiply, type Dimension } from "../dimension/dimension.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import { given, scan, type Loop, type Scanned } from "../graph/region.ts";
import type { Value } from "../graph/types.ts";
import { reshape } from "../ops/emit.ts";

/** Emits the loop with a checkpoint at every `every`-th step; a length that is not known yet is left in one piece. */
export function scanInSegments(builder: GraphBuilder, loop: Loop, every: number): Scanned {
  const steps = constantValue(loop.length);
  if (steps === undefined || every === 1 || every >= steps) return scan(builder, { ...loop, recompute: true });
  const rest = steps % every;
  const whole = steps - rest;
  const [wholeFrom, restFrom] = loop.reversed ? [rest, 0] : [0, whole];
  const segments = scanSegments(builder, part(builder, loop, wholeFrom, whole), whole / every, every);
  if (rest === 0) return segments;
  const carried = loop.carried.map((one, position) => ({ ...one, value: segments.last[position] }));
  const shorter = scan(builder, { ...part(builder, loop, restFrom, rest), carried, recompute: true });
  const emits = segments.emits.map((emit, position) => {
    const places = [emit, shorter.emits[position]];
    return builder.one("concat", loop.reversed ? places.toReversed() : places, { axis: 0 });
  });
  return { emits, last: shorter.last };
}

/** The loop over `count` of its steps. */
function part(builder: GraphBuilder, loop: Loop, from: number, count: number): Loop {
  const length = constant(count);
  const sliced = loop.sliced.map(({ value, given: one }) => {
    const { shape } = builder.typeOf(value);
    const start = shape.map((_, axis) => constant(axis === 0 ? from : 0));
    const attributes = { start, size: shape.with(0, length), step: shape.map(() => 1) };
    return { value: builder.one("slice", [value], attributes), given: one };
  });
  return { ...loop, length, sliced };
}

/** The loop as one over `count` segments, whose body is the loop over the steps of a segment. */
function scanSegments(builder: GraphBuilder, loop: Loop, count: number, every: number): Scanned {
  const length = constant(every);
  const segments = loop.sliced.map(({ value }) => {
    const { dtype, shape } = builder.typeOf(value);
    const inside = [length, ...shape.slice(1)];
    const apart = reshape(builder, value, [constant(count), ...inside]);
    return { value: apart, given: given(builder, "segment", { dtype, shape: inside }) };
  });
  const starts = loop.carried.map(({ given: one }) => given(builder, "start", builder.typeOf(one)));
  const inner = scan(builder, {
    ...loop,
    length,
    sliced: loop.sliced.map(({ given: one }, position) => ({ value: segments[position].given, given: one })),
    carried: loop.carried.map((one, position) => ({ ...one, value: starts[position] })),
  });
  const outer = scan(builder, {
    ...loop,
    length: constant(count),
    recompute: true,
    sliced: segments,
    carried: loop.carried.map(({ value }, position) => ({
      value,
      given: starts[position],
      next: inner.last[position],
    })),
    emits: inner.emits,
  });
  return { ...outer, emits: outer.emits.map((emit) => reshape(builder, emit, joined(builder, emit))) };
}

/** The shape without the border between segments. */
function joined(builder: GraphBuilder, emit: Value): readonly Dimension[] {
  const [count, every, ...rest] = builder.typeOf(emit).shape;
  return [multiply(count, every), ...rest];
}
