/**
 * `x[.., 0:5]`, `x[:, -1]`, `x[::-2]`, `x[:, newaxis]` of tensors, `kernel[0]` of lists. Bounds are known at compile time; where an open
 * dimension keeps one from being checked, the host checks it at each call.
 */
import type { Span } from "../diagnostics/diagnostic.ts";
import { counted } from "../diagnostics/lists.ts";
import { sliceOutOfRange, wrongKind } from "../diagnostics/codes/shapes.ts";
import { add, constant, constantValue, equal, floorDivide, subtract, type Dimension } from "../dimension/dimension.ts";
import { simplify } from "../dimension/facts.ts";
import { isNonNegative } from "../dimension/interval.ts";
import { reshape } from "../ops/emit.ts";
import type { Expression, Index, IndexItem, Range } from "../syntax/ast.ts";
import { axesHelp } from "./advice.ts";
import type { Frame } from "./frame.ts";
import { describeValue, newAxis, type AxisLabel, type Evaluated, type ListValue, type Tensor } from "./values.ts";

export function evaluateIndex(index: Index, frame: Frame): Evaluated {
  const target = frame.session.evaluator.evaluate(index.target, frame);
  if (target.kind === "list") return listItem(target, index, frame);
  if (target.kind === "tensor") return frame.at(index.span, () => slice(target, index, frame));
  return frame.fail(
    wrongKind,
    { expected: "a tensor or a list", found: describeValue(target) },
    index.target.span,
    "this",
  );
}

function listItem(list: ListValue, { items, span }: Index, frame: Frame): Evaluated {
  const [item] = items;
  if (items.length !== 1 || item.kind !== "element")
    return frame.fail(wrongKind, { expected: "one position in a list", found: "a slice" }, span, "here");
  const position = constantValue(frame.session.evaluator.dimension(item.value, frame));
  const found = position === undefined ? undefined : list.items.at(position);
  if (found !== undefined) return found;
  return frame.fail(
    sliceOutOfRange,
    { found: String(position ?? "this"), place: `a list of ${list.items.length}` },
    item.span,
    "outside the list",
  );
}

/** What a slice does to one axis, or the axis that it puts in. */
interface Cut {
  /** Where the step is negative, counted from the end: the axis is turned round first. */
  readonly start: Dimension;
  readonly size: Dimension;
  readonly step: number;
  readonly kept: boolean;
  readonly label: AxisLabel;
}

const zero = constant(0);
const one = constant(1);

function slice(tensor: Tensor, { items, span }: Index, frame: Frame): Tensor {
  const rank = tensor.type.shape.length;
  const named = items.filter(({ kind }) => kind === "element" || kind === "range").length;
  const rests = items.filter(({ kind }) => kind === "rest").length;
  if (named > rank || rests > 1) {
    return frame.fail(
      wrongKind,
      { expected: `at most ${counted(rank, "place")} and one \`..\``, found: counted(named, "place") },
      span,
      `this is sliced from ${describeValue(tensor)}`,
      [],
      named > rank ? axesHelp(rank, describeValue(tensor)) : undefined,
    );
  }
  const full = rests === 1 ? items : [...items, undefined];
  const cuts: Cut[] = [];
  const shape: Dimension[] = [];
  const labels: AxisLabel[] = [];
  const keep = (cut: Cut): void => {
    cuts.push(cut);
    if (!cut.kept) return;
    shape.push(cut.size);
    labels.push(cut.label);
  };
  for (const item of full) {
    if (item === undefined || item.kind === "rest") {
      for (let left = rank - named; left > 0; left -= 1) keep(whole(tensor, cuts.length));
    } else if (item.kind === "newAxis") {
      shape.push(one);
      labels.push(newAxis);
    } else keep(cut(item, tensor, cuts.length, frame));
  }
  return { kind: "tensor", value: emit(tensor, cuts, shape, frame), type: { dtype: tensor.type.dtype, shape }, labels };
}

function emit(tensor: Tensor, cuts: readonly Cut[], shape: readonly Dimension[], frame: Frame) {
  const { builder } = frame.entry;
  const axes = cuts.flatMap(({ step }, axis) => (step < 0 ? [axis] : []));
  const turned = axes.length === 0 ? tensor.value : builder.one("reverse", [tensor.value], { axes });
  const untouched = cuts.every(({ start, size }, axis) => equal(start, zero) && equal(size, tensor.type.shape[axis]));
  const attributes = {
    start: cuts.map(({ start }) => start),
    size: cuts.map(({ size }) => size),
    step: cuts.map(({ step }) => Math.abs(step)),
  };
  return reshape(builder, untouched ? turned : builder.one("slice", [turned], attributes), shape);
}

function whole(tensor: Tensor, axis: number): Cut {
  return { start: zero, size: tensor.type.shape[axis], step: 1, kept: true, label: tensor.labels[axis] };
}

function cut(item: Exclude<IndexItem, { kind: "newAxis" | "rest" }>, tensor: Tensor, axis: number, frame: Frame): Cut {
  const size = tensor.type.shape[axis];
  if (item.kind === "element") {
    const start = position(item.value, size, frame);
    within(start, size, true, item.span, frame);
    return { start, size: one, step: 1, kept: false, label: undefined };
  }
  const step = stepOf(item, frame);
  if (step < 0) return backwards(item, step, tensor, axis, frame);
  const from = item.from === undefined ? zero : position(item.from, size, frame);
  const to = item.to === undefined ? size : position(item.to, size, frame);
  within(to, size, false, item.span, frame);
  within(from, to, true, item.span, frame, `a slice that ends before ${to.key}`);
  // Of a half that begins at ⌊T/2⌋ the size is ⌊T/2⌋, where T is known to be even.
  const length = simplify(frame.entry.facts, subtract(to, from));
  if (step > 1) return { start: from, size: steps(length, step), step, kept: true, label: undefined };
  return {
    start: from,
    size: length,
    step,
    kept: true,
    label: equal(length, size) ? tensor.labels[axis] : bareName(item.to, item.from),
  };
}

/** `from` is the first that is taken, by default the last of the axis; `to` comes behind the last that is. */
function backwards(item: Range, step: number, tensor: Tensor, axis: number, frame: Frame): Cut {
  const size = tensor.type.shape[axis];
  const end = subtract(size, one);
  const from = item.from === undefined ? end : position(item.from, size, frame);
  within(from, size, true, item.span, frame);
  const to = item.to === undefined ? undefined : position(item.to, size, frame);
  if (to !== undefined) within(to, from, true, item.span, frame, `a slice backwards from ${from.key}`);
  const length = to === undefined ? add(from, one) : subtract(from, to);
  const isWhole = step === -1 && equal(length, size);
  return {
    start: subtract(end, from),
    size: steps(length, -step),
    step,
    kept: true,
    label: isWhole ? tensor.labels[axis] : undefined,
  };
}

/** How many places a walk over `length` takes. */
function steps(length: Dimension, step: number): Dimension {
  return floorDivide(add(length, constant(step - 1)), constant(step));
}

/** A whole number but 0, known at compile time. */
function stepOf({ step: written }: Range, frame: Frame): number {
  if (written === undefined) return 1;
  const value = frame.session.evaluator.dimension(written, frame);
  const known = constantValue(value);
  if (known !== undefined && known !== 0) return known;
  const expected = "a whole number but 0, known at compile time, as the step of a slice";
  return frame.fail(wrongKind, { expected, found: value.key }, written.span, "this");
}

/** `0 : T` is an axis labelled T. */
function bareName(to: Expression | undefined, from: Expression | undefined): AxisLabel {
  const fromStart = from === undefined || (from.kind === "number" && from.value.numerator === 0n);
  return to?.kind === "name" && fromStart ? to.text : undefined;
}

/** A bound, from the end where it is a negative number. */
function position(expression: Expression, size: Dimension, frame: Frame): Dimension {
  const value = frame.session.evaluator.dimension(expression, frame);
  if ((constantValue(value) ?? 0) >= 0) return value;
  const fromStart = add(size, value);
  if ((constantValue(fromStart) ?? 0) < 0) {
    const place = `an axis of size ${size.key}`;
    frame.fail(sliceOutOfRange, { found: value.key, place }, expression.span, "this");
  }
  return fromStart;
}

/** Requires 0 ≤ `index` ≤ `limit`, or below it where `strict`. */
function within(
  index: Dimension,
  limit: Dimension,
  strict: boolean,
  span: Span,
  frame: Frame,
  place = `an axis of size ${limit.key}`,
): void {
  const room = subtract(strict ? subtract(limit, one) : limit, index);
  const known = constantValue(room);
  const outside = (constantValue(index) ?? 0) < 0 || (known !== undefined && known < 0);
  if (outside) frame.fail(sliceOutOfRange, { found: index.key, place }, span, "this");
  for (const left of [index, room]) {
    if (isNonNegative(left)) continue;
    const message = `a slice up to ${index.key} must lie within ${place}`;
    frame.session.requirements.push({
      entry: frame.entry.name,
      left,
      comparison: "greaterEqual",
      right: zero,
      message,
    });
  }
}
