/**
 * `scan`: its body is elaborated once, over what stands for one step's values, and cut out of the graph. Axes are found as `over:` and `axis:`
 * find them; emits stack at the place of the first input's scanned axis, with its label.
 */
import { label, type Span } from "../diagnostics/diagnostic.ts";
import { carryNext, scanAxis, scanLengths, scanResult } from "../diagnostics/codes/scans.ts";
import { axisOutOfRange, notCompileTime, wrongKind } from "../diagnostics/codes/shapes.ts";
import { badSize } from "../diagnostics/codes/sizes.ts";
import { constantValue, symbolsOf, type Dimension } from "../dimension/dimension.ts";
import { equalUnder } from "../dimension/facts.ts";
import { given, scan, type Loop as GraphLoop } from "../graph/region.ts";
import { axisFromFront, axisToFront, reshape } from "../ops/emit.ts";
import type { Carry, Scan, ScanInput } from "../syntax/ast.ts";
import { labelledAxis } from "./builtins/axes.ts";
import type { Frame } from "./frame.ts";
import { Loop, type Carried, type Told } from "./loop.ts";
import { scanInSegments } from "./segments.ts";
import { toTensor } from "./tensors.ts";
import { describeType, elementTypeOf, type AxisLabel, type Evaluated, type Tensor } from "./values.ts";

/** As many as a call: each level of a scan takes as much of the stack. */
const levels = 4;

/** What is scanned over one of its axes, and what stands for one step of it. */
interface Sliced {
  readonly name: string;
  readonly span: Span;
  readonly tensor: Tensor;
  readonly axis: number;
  readonly size: Dimension;
  readonly given: Tensor;
}

export function evaluateScan(expression: Scan, frame: Frame): Evaluated {
  return frame.nested(levels, expression.span, () => {
    const sliced = expression.inputs.map((input) => slicedOf(input, expression, frame));
    const length = lengthOf(sliced, frame);
    const carries = expression.carries.map((carry) => carriedOf(carry, frame));
    const every = everyOf(expression, length, frame);
    const loop = new Loop(length, carries, frame.loop);
    const inside = frame.inLoop(loop);
    for (const { name, given: part } of sliced) inside.bindValue(name, part);
    for (const carried of carries) inside.bind(carried.name, { kind: "carry", carried });
    frame.session.evaluator.run(expression.body, inside);
    const nexts = carries.map((carried, index) => nextOf(carried, expression.carries[index], frame));
    if (loop.emits.length + nexts.length === 0) frame.fail(scanResult, {}, expression.span, "this scan");
    return frame.at(expression.span, () => resultOf(sliced, loop, nexts, expression.reversed, every, frame));
  });
}

// ---------------------------------------------------------------------------------------------------------------------
// What goes in
// ---------------------------------------------------------------------------------------------------------------------

function slicedOf({ name: { text: name, span: place }, source }: ScanInput, { along }: Scan, frame: Frame): Sliced {
  const { span } = source;
  const { entry, session } = frame;
  const tensor = toTensor({ value: session.evaluator.evaluate(source, frame), span }, frame);
  const axis = axisOf(along, tensor, span, frame);
  const { dtype, shape } = tensor.type;
  const value = frame.at(place, () => given(entry.builder, name, { dtype, shape: without(shape, axis) }));
  entry.isPartOf(value, tensor.value);
  const part = entry.tensor(value, without(tensor.labels, axis));
  return { name, span, tensor, axis, size: shape[axis], given: part };
}

function without<Item>(list: readonly Item[], at: number): readonly Item[] {
  return list.filter((_, index) => index !== at);
}

function axisOf(along: Scan["along"], tensor: Tensor, place: Span, frame: Frame): number {
  const rank = tensor.type.shape.length;
  const found = describeType(tensor.type);
  if (along?.dimension !== undefined) {
    const { text, span } = along.dimension;
    return labelledAxis({ wanted: text, name: text, span, byPosition: "along axis -1" }, tensor, place, frame);
  }
  if (along?.axis !== undefined) {
    const written = frame.session.evaluator.dimension(along.axis, frame);
    const position = constantValue(written);
    if (position === undefined)
      return frame.fail(notCompileTime, { what: "the axis of a scan", found: written.key }, along.axis.span, "this");
    const axis = position < 0 ? position + rank : position;
    if (axis >= 0 && axis < rank) return axis;
    const more = [label(place, `this is ${found}`)];
    return frame.fail(axisOutOfRange, { axis: written.key, shape: found }, along.axis.span, "this", more);
  }
  if (rank === 1) return 0;
  if (rank === 0)
    return frame.fail(wrongKind, { expected: "a tensor with an axis to scan over", found }, place, "this");
  return frame.fail(scanAxis, { found }, place, `this is ${found}`);
}

function lengthOf([first, ...others]: readonly Sliced[], frame: Frame): Dimension {
  for (const { name, size, span, tensor } of others) {
    if (equalUnder(frame.entry.facts, first.size, size)) continue;
    frame.fail(
      scanLengths,
      { first: first.name, length: first.size.key, other: name, found: size.key },
      span,
      `this is ${describeType(tensor.type)}`,
      [label(first.span, `this is ${describeType(first.tensor.type)}`)],
    );
  }
  return first.size;
}

function carriedOf({ name: { text: name, span: place }, start }: Carry, frame: Frame): Carried {
  const { entry, session } = frame;
  const { span } = start;
  const written = session.evaluator.evaluate(start, frame);
  const tensor = frame.at(span, () => toTensor({ value: written, span }, frame, elementTypeOf(written)));
  const value = frame.at(place, () => given(entry.builder, name, tensor.type));
  return { name, first: { tensor, span }, given: { ...tensor, value }, next: undefined };
}

/** After how many steps a carry is kept; undefined where all are. The length is then needed, too. */
function everyOf({ checkpoint }: Scan, length: Dimension, frame: Frame): number | undefined {
  if (checkpoint === undefined) return undefined;
  const { span } = checkpoint;
  const written = frame.session.evaluator.dimension(checkpoint, frame);
  const every = constantValue(written);
  if (every !== undefined && every < 1)
    frame.fail(badSize, { what: "the `checkpoint` of a scan", found: written.key }, span, "this");
  for (const name of [...symbolsOf(written), ...symbolsOf(length)])
    frame.entry.closed.push({ name, span: frame.userSpan(span), reason: "`checkpoint` cuts a scan by it" });
  return every ?? 1;
}

// ---------------------------------------------------------------------------------------------------------------------
// What comes out
// ---------------------------------------------------------------------------------------------------------------------

function nextOf({ name, next }: Carried, { span }: Carry, frame: Frame): Told {
  return next ?? frame.fail(carryNext, { name, found: "none" }, span, "carried here");
}

function resultOf(
  sliced: readonly Sliced[],
  loop: Loop,
  nexts: readonly Told[],
  reversed: boolean,
  every: number | undefined,
  frame: Frame,
): Evaluated {
  const { builder } = frame.entry;
  const { length, emits } = loop;
  const [{ axis: place, tensor }] = sliced;
  const carries = [...loop.carries.values()];
  const parts = sliced.map(({ tensor: { value }, axis, given: part }) => ({
    // Lengths that only a `require` makes equal are written as one.
    value: reshape(builder, axisToFront(builder, value, axis), [length, ...part.type.shape]),
    given: part.value,
  }));
  const steps =
    loop.place === undefined
      ? []
      : [{ value: builder.one("iota", [], { shape: [length], axis: 0 }), given: loop.place }];
  const made: GraphLoop = {
    length,
    reversed,
    recompute: false,
    sliced: [...parts, ...steps],
    carried: carries.map(({ first, given: one }, index) => ({
      value: first.tensor.value,
      given: one.value,
      next: nexts[index].tensor.value,
    })),
    emits: emits.map(({ tensor: { value } }) => value),
  };
  const { emits: stacked, last } = every === undefined ? scan(builder, made) : scanInSegments(builder, made, every);
  const items = [
    ...stacked.map((value, index) => placed(value, emits[index].tensor.labels, place, tensor.labels[place], frame)),
    ...last.map((value, index): Tensor => ({ ...nexts[index].tensor, value })),
  ];
  return items.length === 1 ? items[0] : { kind: "tuple", items };
}

/** An emit that stacks along its first axis, with that axis where it belongs; behind all others where it has fewer. */
function placed(
  value: Tensor["value"],
  labels: readonly AxisLabel[],
  place: number,
  scanned: AxisLabel,
  frame: Frame,
): Tensor {
  const { entry } = frame;
  const at = Math.min(place, labels.length);
  return entry.tensor(axisFromFront(entry.builder, value, at), [...labels.slice(0, at), scanned, ...labels.slice(at)]);
}
