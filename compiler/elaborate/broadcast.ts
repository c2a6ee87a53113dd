/**
 * NumPy's broadcasting with the rule for labels. Shapes that do not fit are reported with both of them; so is, as a warning, what fits by
 * accident: `[N, 1]` beside `[N]` meets each with each.
 */
import { label, type Span } from "../diagnostics/diagnostic.ts";
import { labelOnTwoAxes, shapesDiffer } from "../diagnostics/codes/shapes.ts";
import { equal, isConstant, printShape, type Dimension } from "../dimension/dimension.ts";
import { broadcastTo, sameShape } from "../ops/emit.ts";
import { operandsHelp } from "./advice.ts";
import type { Frame } from "./frame.ts";
import { describeType, newAxis, type AxisLabel, type Tensor } from "./values.ts";

export interface Joined {
  readonly shape: readonly Dimension[];
  readonly labels: readonly AxisLabel[];
}

/** The shape and labels that operands broadcast to; undefined where they do not fit. */
export function broadcastShapes(tensors: readonly Tensor[]): Joined | undefined {
  const [first, ...others] = tensors;
  let shape = first.type.shape;
  let labels = first.labels;
  for (const other of others) {
    const joined = broadcastPair(shape, labels, other);
    if (joined === undefined) return undefined;
    ({ shape, labels } = joined);
  }
  return { shape, labels };
}

function broadcastPair(shape: readonly Dimension[], labels: readonly AxisLabel[], other: Tensor): Joined | undefined {
  const rank = Math.max(shape.length, other.type.shape.length);
  const joinedShape: Dimension[] = [];
  const joinedLabels: AxisLabel[] = [];
  for (let axis = 0; axis < rank; axis += 1) {
    const [i, j] = [axis - rank + shape.length, axis - rank + other.type.shape.length];
    const axisPair = joinAxes(shape[i], labels[i], other.type.shape[j], other.labels[j]);
    if (axisPair === undefined) return undefined;
    joinedShape.push(axisPair.size);
    joinedLabels.push(axisPair.name);
  }
  return { shape: joinedShape, labels: joinedLabels };
}

function joinAxes(a: Dimension | undefined, nameA: AxisLabel, b: Dimension | undefined, nameB: AxisLabel) {
  if (b === undefined) return a === undefined ? undefined : { size: a, name: nameA };
  if (a === undefined) return { size: b, name: nameB };
  if (equal(a, b))
    return { size: a, name: isConstant(a, 1) ? nameOfOnes(nameA, nameB) : nameA === nameB ? nameA : undefined };
  if (isConstant(a, 1)) return { size: b, name: nameB };
  return isConstant(b, 1) ? { size: a, name: nameA } : undefined;
}

/** The label of two axes of size 1: that of the one that has a name, which it keeps beside a 1 at every other size, too. */
function nameOfOnes(a: AxisLabel, b: AxisLabel): AxisLabel {
  if (a === b) return a;
  const names = [a, b].filter((name) => name !== undefined && name !== newAxis);
  return names.length === 1 ? names[0] : undefined;
}

/** The tensor with the type and the labels of another, repeated where it is smaller; undefined where it does not fit. */
export function fittedTo(wanted: Tensor, tensor: Tensor, frame: Frame): Tensor | undefined {
  const joined = broadcastShapes([tensor, wanted]);
  const fits = joined !== undefined && sameShape(joined.shape, wanted.type.shape);
  if (!fits || tensor.type.dtype !== wanted.type.dtype) return undefined;
  return { ...wanted, value: broadcastTo(frame.entry.builder, tensor.value, wanted.type.shape) };
}

/** Broadcasts tensors to one shape; reports the first pair that does not fit. */
export function unify(tensors: readonly Tensor[], spans: readonly Span[], operation: string, span: Span, frame: Frame) {
  const joined = broadcastShapes(tensors);
  if (joined === undefined) return failShapes(tensors, spans, operation, span, frame);
  const { shape, labels } = joined;
  warnOfPairs(tensors, spans, joined, operation, span, frame);
  return { values: tensors.map(({ value }) => broadcastTo(frame.entry.builder, value, shape)), shape, labels };
}

/** Reports which two do not fit. */
export function failShapes(
  tensors: readonly Tensor[],
  spans: readonly Span[],
  operation: string,
  span: Span,
  frame: Frame,
): never {
  const second = tensors.findIndex((_, index) => broadcastShapes(tensors.slice(0, index + 1)) === undefined);
  const first = tensors.findIndex(
    (tensor, index) => index < second && broadcastShapes([tensor, tensors[second]]) === undefined,
  );
  const [left, right] = [Math.max(0, first), second];
  const texts = tensors.map(({ type }) => `this is ${describeType(type)}`);
  return frame.fail(
    shapesDiffer,
    { operation, left: describeType(tensors[left].type), right: describeType(tensors[right].type) },
    span,
    "these do not fit together",
    [label(spans[left], texts[left]), label(spans[right], texts[right])],
    operandsHelp(operation, tensors[left].type, tensors[right].type),
  );
}

// ---------------------------------------------------------------------------------------------------------------------
// What fits by accident
// ---------------------------------------------------------------------------------------------------------------------

/** Warns where one label came to stand on two axes, since one operand lacks the axis that the other has of size 1. */
function warnOfPairs(
  tensors: readonly Tensor[],
  spans: readonly Span[],
  joined: Joined,
  operation: string,
  span: Span,
  frame: Frame,
): void {
  for (const [shorter, one] of tensors.entries()) {
    const longer = tensors.findIndex((other) => pairedLabel(one, other, joined.labels) !== undefined);
    const name = longer < 0 ? undefined : pairedLabel(one, tensors[longer], joined.labels);
    if (name === undefined) continue;
    const [left, right] = shorter < longer ? [shorter, longer] : [longer, shorter];
    const help = `take the axis of size 1 away, \`[.., 0]\`; where each is to meet each, say so: \`[newaxis, ..]\` after ${describeType(one.type)}`;
    warn([tensors[left], tensors[right]], [spans[left], spans[right]], joined, name, operation, help, span, frame);
    return;
  }
}

/** The same for `@`: `[N, D] @ [N, D, K]` is every row times every matrix. */
export function warnOfRepeatedBatch(
  sides: readonly [Tensor, Tensor],
  spans: readonly Span[],
  { type: { shape }, labels }: Tensor,
  span: Span,
  frame: Frame,
): void {
  const [short, long] = sides[0].type.shape.length < sides[1].type.shape.length ? sides : [sides[1], sides[0]];
  const lacking = long.type.shape.length - Math.max(2, short.type.shape.length);
  const name = long.labels
    .slice(0, Math.max(0, lacking))
    .find(
      (own) =>
        own !== undefined &&
        own !== newAxis &&
        short.labels.includes(own) &&
        labels.lastIndexOf(own) !== labels.indexOf(own),
    );
  if (name === undefined) return;
  const help = "a row times the matrix of its own: `[:, newaxis, :]` after the side that has fewer axes";
  warn(sides, spans, { shape, labels }, name, "`@`", help, span, frame);
}

function warn(
  [a, b]: readonly Tensor[],
  [spanA, spanB]: readonly Span[],
  { shape, labels }: Joined,
  name: string,
  operation: string,
  help: string,
  span: Span,
  frame: Frame,
): void {
  const [left, right, result] = [describeType(a.type), describeType(b.type), printShape(shape)];
  frame.reportOnce(
    labelOnTwoAxes,
    // What `..` matched has no name of its own: the size stands for it.
    { operation, left, right, result, name: name.startsWith("..") ? shape[labels.indexOf(name)].key : name },
    span,
    `gives ${result}`,
    [label(spanA, `this is ${left}`), label(spanB, `this is ${right}`)],
    help,
  );
}

/** The label that `shorter` has where `longer` is 1, and `longer` has on an axis that `shorter` lacks. An axis that was put in is meant. */
function pairedLabel(shorter: Tensor, longer: Tensor, joined: readonly AxisLabel[]): AxisLabel {
  const lacking = longer.type.shape.length - shorter.type.shape.length;
  if (lacking <= 0) return undefined;
  return shorter.labels.find((name, axis) => {
    const there = axis + lacking;
    const repeats = isConstant(longer.type.shape[there], 1) && !isConstant(shorter.type.shape[axis], 1);
    const isNew = longer.labels[there] === newAxis || name === newAxis;
    const end = joined.length;
    const inResult = joined[end - shorter.type.shape.length + axis] === name;
    return name !== undefined && repeats && !isNew && inResult && longer.labels.slice(0, lacking).includes(name);
  });
}
