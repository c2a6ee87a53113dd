/**
 * Productions of scans: bodies grown by other productions over a step's slices and carries, in either direction, kept or
 * computed again, one within the other; what the body makes on the way is emitted or carried on.
 */
import type { Dimension } from "../../compiler/dimension/dimension.ts";
import { given, scan, type Given } from "../../compiler/graph/region.ts";
import type { Value } from "../../compiler/graph/types.ts";
import * as pattern from "./patterns.ts";
import * as make from "./productions.ts";
import type { Production } from "./productions.ts";
import { sameShape, type Shape, type Sketch } from "./sketch.ts";

/** What bodies are made of: everything that keeps to its values. */
const bodyProductions: readonly (readonly [number, Production])[] = [
  [5, make.unary],
  [6, make.binary],
  [1, make.choice],
  [2, make.rectified],
  [3, make.reduction],
  [2, make.epilogue],
  [1, make.reshape],
  [1, make.transpose],
  [1, make.broadcast],
  [1, make.slice],
  [1, make.concat],
  [4, make.contraction],
  [1, make.randomDraw],
  [1, make.source],
  [2, pattern.dense],
  [1, pattern.softmax],
];

/** How many scans may stand within one another. */
const deepest = 2;

/** A scan over the leading axis of a value, with up to two carries. */
export const scanned: Production = (sketch) => scanWithin(sketch, 1);

function scanWithin(sketch: Sketch, depth: number): Value | undefined {
  const { random, builder } = sketch;
  const stacked = sketch.find(({ shape }) => shape.length > 0 && sketch.elements(shape) * 8 <= sketch.limit * 4);
  if (stacked === undefined) return undefined;
  const [length] = sketch.shape(stacked);
  const more = sketch.find(
    (type, value) => value !== stacked && type.shape.length > 0 && sameShape(type.shape.slice(0, 1), [length]),
  );
  const sliced = more !== undefined && random.chance(0.5) ? [stacked, more] : [stacked];
  const slices = sliced.map((value) => {
    const { dtype, shape } = sketch.type(value);
    return { value, given: given(builder, "slice", { dtype, shape: shape.slice(1) }) };
  });
  const carries = Array.from({ length: random.pick([0, 1, 1, 1, 2]) }, () => firstOf(sketch, slices[0].given)).map(
    (value) => ({ value, given: given(builder, "carry", sketch.type(value)) }),
  );
  const numbered = random.chance(0.3) ? [stepOf(sketch, length)] : [];
  const outside = [...sketch.pool];
  sketch.pool.length = 0;
  sketch.pool.push(...random.some(outside, 0.3), ...[...slices, ...carries].map((one) => one.given));
  const own = sketch.pool.length;
  for (const step of numbered) sketch.add(drawn(sketch, step.given, slices[0].given));
  grow(sketch, random.between(2, 7), depth);
  const made = sketch.pool.slice(own);
  const carried = carries.map((one) => ({ ...one, next: nextOf(sketch, one.given, made) }));
  const emits = random.some([...made, ...carried.map(({ next }) => next), ...carried.map((one) => one.given)], 0.4);
  sketch.pool.length = 0;
  sketch.pool.push(...outside);
  if (emits.length + carried.length === 0) return undefined;
  const { emits: stacks, last } = scan(builder, {
    length,
    reversed: random.chance(0.4),
    recompute: random.chance(0.2),
    sliced: [...slices, ...numbered],
    carried,
    emits,
  });
  const [first, ...others] = random.shuffle([...stacks, ...last]).filter((value) => sketch.fits(sketch.shape(value)));
  for (const other of others) if (sketch.shape(other).length <= 4) sketch.add(other);
  return first;
}

/** The numbers of the steps, for draws. */
function stepOf({ builder }: Sketch, length: Dimension): Given {
  const value = builder.one("iota", [], { shape: [length], axis: 0 });
  return { value, given: given(builder, "step", { dtype: "i32", shape: [] }) };
}

/** A fresh draw at each step, of another value's shape. */
function drawn(sketch: Sketch, step: Value, like: Value): Value {
  const seed = sketch.input("i32", [], "counter", "wide");
  const attributes = { shape: sketch.shape(like), word: 0, stream: sketch.random.below(1000), repeated: true };
  return sketch.one("random_uniform", [seed, sketch.builder.constant(1, "i32"), step], attributes);
}

/** A value that a carry begins with. */
function firstOf(sketch: Sketch, slice: Value): Value {
  const found = sketch.float((shape: Shape) => sketch.elements(shape) <= sketch.limit / 8);
  if (found !== undefined && sketch.random.chance(0.6)) return found;
  const { dtype } = sketch.type(slice);
  return dtype === "f32" && sketch.random.chance(0.5)
    ? sketch.like(0, slice)
    : sketch.weights(sketch.shape(slice).slice(-2));
}

function grow(sketch: Sketch, steps: number, depth: number): void {
  for (let step = 0; step < steps; step += 1) {
    const isScan = depth < deepest && sketch.random.chance(0.12);
    const value = isScan ? scanWithin(sketch, depth + 1) : sketch.random.weighted(bodyProductions)(sketch);
    const fits = value !== undefined && sketch.elements(sketch.shape(value)) <= sketch.limit / 8;
    if (fits && sketch.shape(value).length <= 3) sketch.add(value);
  }
}

/** A carry's next value: something made of its type, tamed so that steps do not grow without end, or half of it and of what was made. */
function nextOf(sketch: Sketch, carry: Value, made: readonly Value[]): Value {
  const { random } = sketch;
  const { shape } = sketch.type(carry);
  const alike = made.filter((value) => {
    const type = sketch.type(value);
    return type.dtype === "f32" && sameShape(type.shape, shape);
  });
  if (alike.length > 0) {
    const value = random.pick(alike);
    return random.chance(0.3) ? value : sketch.tamed(value);
  }
  const half = sketch.one("mul", [carry, sketch.like(0.5, carry)]);
  const floats = made.filter((value) => sketch.type(value).dtype === "f32");
  if (floats.length === 0) return half;
  const other = random.pick(floats);
  const total = sketch.one("sum", [sketch.tamed(other)], { axes: [...sketch.shape(other).keys()] });
  const spread = sketch.spread(total, shape);
  return spread === undefined ? half : sketch.one("add", [half, spread]);
}
