/**
 * Tensors in expressions: literals that adapt, operators, comparisons and choices. Everything is emitted at the frame's current origin; what
 * does not fit is reported with both shapes.
 */
import { label, type Span } from "../diagnostics/diagnostic.ts";
import { innerMismatch, shapesDiffer, wrongElements, wrongKind } from "../diagnostics/codes/shapes.ts";
import { numberTooLarge, divisionByZero } from "../diagnostics/codes/sizes.ts";
import { equal, printShape, type Dimension } from "../dimension/dimension.ts";
import type { TensorType, Value } from "../graph/types.ts";
import type { ElementType } from "../loops/types.ts";
import { broadcastTo, dimensionValue, reshape } from "../ops/emit.ts";
import { productHelp, tensorHelp } from "./advice.ts";
import { broadcastShapes, failShapes, unify, warnOfRepeatedBatch } from "./broadcast.ts";
import { constantTensor } from "./constant-tensor.ts";
import type { Frame } from "./frame.ts";
import { areNumeric, compareKnown, compute, type Arithmetic } from "./numbers.ts";
import { elementOf } from "./number-range.ts";
import { isWhole, toNumber, whole } from "./rational.ts";
import { describeType, describeValue, type AxisLabel, type Comparison, type Evaluated, type Tensor } from "./values.ts";

/** An operand, and where it stands. */
export interface Operand {
  readonly value: Evaluated;
  readonly span: Span;
}

/** A value as a tensor: numbers, dimensions and lists of them become constants of `dtype` where that is possible. */
export function toTensor({ value, span }: Operand, frame: Frame, dtype: ElementType = "f32"): Tensor {
  const { entry } = frame;
  switch (value.kind) {
    case "tensor":
      return value;
    case "number":
      if (dtype === "bool" || (dtype === "i32" && !isWhole(value.value))) {
        frame.fail(
          wrongElements,
          { operation: "this place", expected: dtype, found: describeValue(value) },
          span,
          "this number",
        );
      }
      return entry.constant(elementOf(value.value, dtype, span, frame), dtype);
    case "dimension": {
      const size = entry.tensor(dimensionValue(entry.builder, value.value));
      return dtype === "f32" ? entry.tensor(entry.builder.one("cast", [size.value], { dtype })) : size;
    }
    case "bool":
      return entry.constant(value.value ? 1 : 0, "bool");
    case "list":
      return constantTensor(value, span, frame, (item, at) => toTensor({ value: item, span: at }, frame, dtype));
    default:
      return frame.fail(
        wrongKind,
        { expected: "a tensor", found: describeValue(value) },
        span,
        "this",
        [],
        tensorHelp(value),
      );
  }
}

/** The element type that literals beside these operands take. */
function commonElements(operands: readonly Operand[]): ElementType {
  for (const { value } of operands) if (value.kind === "tensor") return value.type.dtype;
  return operands.every(({ value }) => value.kind === "bool") ? "bool" : "f32";
}

function elements(
  operation: string,
  tensors: readonly Tensor[],
  operands: readonly Operand[],
  frame: Frame,
): ElementType {
  const dtype = tensors[0].type.dtype;
  const other = tensors.findIndex(({ type }) => type.dtype !== dtype);
  if (other >= 0) {
    const help =
      dtype === "bool" || tensors[other].type.dtype === "bool"
        ? undefined
        : "convert one side with `f32(…)` or `i32(…)`";
    frame.fail(
      wrongElements,
      { operation, expected: `both sides of one element type`, found: `${dtype} and ${tensors[other].type.dtype}` },
      operands[other].span,
      `this is ${describeType(tensors[other].type)}`,
      [label(operands[0].span, `this is ${describeType(tensors[0].type)}`)],
      help,
    );
  }
  return dtype;
}

/** Operands as tensors of one element type and shape. */
function prepare(operation: string, operands: readonly Operand[], span: Span, frame: Frame) {
  const dtype = commonElements(operands);
  const tensors = operands.map((operand) => toTensor(operand, frame, dtype));
  elements(operation, tensors, operands, frame);
  return {
    dtype,
    ...unify(
      tensors,
      operands.map((operand) => operand.span),
      operation,
      span,
      frame,
    ),
  };
}

/** A primitive of two equal-typed operands, elementwise. */
export function elementwiseBinary(
  op: string,
  operation: string,
  left: Operand,
  right: Operand,
  span: Span,
  frame: Frame,
): Tensor {
  const { values, labels } = prepare(operation, [left, right], span, frame);
  return frame.entry.tensor(frame.entry.builder.one(op, values), labels);
}

const primitives = { "+": "add", "-": "sub", "*": "mul", "/": "div", "%": "mod", "**": "pow" } as const;

/** `left operator right` of numbers, dimensions or tensors; with `whole`, a division of known numbers rounds down. */
export function arithmetic(
  operator: Arithmetic,
  left: Operand,
  right: Operand,
  isWholePlace: boolean,
  span: Span,
  frame: Frame,
): Evaluated {
  if (areNumeric(left.value, right.value)) {
    const known = compute(operator, left.value, right.value, isWholePlace);
    if (known === "zero") return frame.fail(divisionByZero, { operator }, right.span, "this is zero");
    if (known === "huge") return frame.fail(numberTooLarge, { operator }, span, "this number");
    if (known !== undefined) return known;
  }
  return frame.at(span, () =>
    operator === "**" ? power(left, right, span, frame) : tensorArithmetic(operator, left, right, span, frame),
  );
}

function tensorArithmetic(operator: Arithmetic, left: Operand, right: Operand, span: Span, frame: Frame): Tensor {
  const { dtype, values, labels } = prepare(`\`${operator}\``, [left, right], span, frame);
  if (dtype === "bool" || (dtype === "i32" && (operator === "/" || operator === "**"))) {
    frame.fail(
      wrongElements,
      { operation: `\`${operator}\``, expected: "f32 tensors", found: dtype },
      span,
      `both sides are ${dtype}`,
      [],
      dtype === "bool" ? "convert with `f32(…)` or `i32(…)`" : "convert with `f32(…)`",
    );
  }
  return frame.entry.tensor(frame.entry.builder.one(primitives[operator], values), labels);
}

/** `a ** n`: repeated squaring for a whole known n, the root for ½, else pow. */
function power(base: Operand, exponent: Operand, span: Span, frame: Frame): Tensor {
  const { builder } = frame.entry;
  const { value } = exponent;
  if (value.kind !== "number" || base.value.kind !== "tensor")
    return tensorArithmetic("**", base, exponent, span, frame);
  const n = toNumber(value.value);
  const tensor = base.value;
  if (n === 0.5 && tensor.type.dtype === "f32") return { ...tensor, value: builder.one("sqrt", [tensor.value]) };
  const tooLong = !isWhole(value.value) || Math.abs(n) > 1024;
  if (tooLong || (n <= 0 && tensor.type.dtype !== "f32") || tensor.type.dtype === "bool") {
    return tensorArithmetic("**", base, exponent, span, frame);
  }
  const one = { value: { kind: "number" as const, value: whole(1) }, span };
  if (n === 0) return { ...tensor, value: broadcastTo(builder, builder.constant(1), tensor.type.shape) };
  const positive = { ...tensor, value: square(tensor.value, Math.abs(n), (a, b) => builder.one("mul", [a, b])) };
  return n > 0 ? positive : tensorArithmetic("/", one, { value: positive, span }, span, frame);
}

function square(base: Value, exponent: number, multiply: (a: Value, b: Value) => Value): Value {
  let result: Value | undefined;
  let factor = base;
  for (let rest = exponent; ;) {
    if (rest % 2 === 1) result = result === undefined ? factor : multiply(result, factor);
    rest = Math.floor(rest / 2);
    if (rest === 0) return result ?? factor;
    factor = multiply(factor, factor);
  }
}

const signs = { equal: "==", notEqual: "!=", less: "<", lessEqual: "<=", greater: ">", greaterEqual: ">=" } as const;

/** A comparison: decided where both sides are known, else a bool tensor. */
export function comparison(kind: Comparison, left: Operand, right: Operand, span: Span, frame: Frame): Evaluated {
  const known = compareKnown(kind, left.value, right.value);
  if (known !== undefined) return known;
  if (kind === "greater" && left.value.kind === "layer") {
    const help = "`>` compares; a layer is piped into by `|>`";
    frame.fail(wrongKind, { expected: "a tensor", found: "a layer" }, left.span, "this", [], help);
  }
  return frame.at(span, () => {
    const ordered = kind !== "equal" && kind !== "notEqual";
    const { dtype, values, labels } = prepare(`\`${signs[kind]}\``, [left, right], span, frame);
    if (ordered && dtype === "bool") {
      frame.fail(
        wrongElements,
        { operation: `\`${signs[kind]}\``, expected: "numbers", found: "bool" },
        span,
        "both sides are bool",
      );
    }
    return frame.entry.tensor(frame.entry.builder.one(kind, values), labels);
  });
}

/** `where` with a tensor as its condition. */
export function choose(condition: Operand, whenTrue: Operand, otherwise: Operand, span: Span, frame: Frame): Tensor {
  return frame.at(span, () => {
    const chosen = toTensor(condition, frame, "bool");
    if (chosen.type.dtype !== "bool") {
      frame.fail(
        wrongElements,
        { operation: "the condition of `where`", expected: "bool", found: describeType(chosen.type) },
        condition.span,
        "this",
      );
    }
    const dtype = commonElements([whenTrue, otherwise]);
    const sides = [toTensor(whenTrue, frame, dtype), toTensor(otherwise, frame, dtype)];
    elements("`where`", sides, [whenTrue, otherwise], frame);
    const { values, labels } = unify(
      [chosen, ...sides],
      [condition.span, whenTrue.span, otherwise.span],
      "`where`",
      span,
      frame,
    );
    return frame.entry.tensor(frame.entry.builder.one("select", values), labels);
  });
}

/** `a @ b`: over the last axis of a and the last but one of b; leading axes broadcast. */
export function matrixProduct(left: Operand, right: Operand, span: Span, frame: Frame): Tensor {
  const [a, b] = [toTensor(left, frame), toTensor(right, frame)];
  const [rankA, rankB] = [a.type.shape.length, b.type.shape.length];
  for (const [tensor, { span: at }] of [
    [a, left],
    [b, right],
  ] as const) {
    if (tensor.type.dtype === "f32" && tensor.type.shape.length > 0) continue;
    frame.fail(
      wrongElements,
      { operation: "`@`", expected: "f32 tensors of at least one dimension", found: describeType(tensor.type) },
      at,
      "this",
    );
  }
  const innerB = rankB === 1 ? 0 : rankB - 2;
  const [k, other] = [a.type.shape[rankA - 1], b.type.shape[innerB]];
  if (!equal(k, other)) {
    frame.fail(
      innerMismatch,
      { left: describeType(a.type), right: describeType(b.type), a: k.key, b: other.key },
      span,
      "this product",
      [label(left.span, `this is ${describeType(a.type)}`), label(right.span, `this is ${describeType(b.type)}`)],
      productHelp(a.type, b.type),
    );
  }
  const batchA = Math.max(0, rankA - 2);
  const batchB = Math.max(0, rankB - 2);
  return frame.at(span, () => productOf(a, b, batchA, batchB, span, [left.span, right.span], frame));
}

function productOf(
  a: Tensor,
  b: Tensor,
  batchA: number,
  batchB: number,
  span: Span,
  spans: readonly Span[],
  frame: Frame,
): Tensor {
  const { builder } = frame.entry;
  const batch = broadcastShapes([leading(a, batchA), leading(b, batchB)]);
  if (batch === undefined) return failShapes([a, b], spans, "`@`", span, frame);
  const width = batch.shape.length;
  const [row, inner, column] = [width, width + 1, width + 2];
  const sideA = side(a, batchA, batch.shape, a.type.shape.length === 1 ? [inner] : [row, inner], builder);
  const sideB = side(b, batchB, batch.shape, b.type.shape.length === 1 ? [inner] : [inner, column], builder);
  const output = [
    ...batch.shape.map((_, axis) => axis),
    ...(a.type.shape.length === 1 ? [] : [row]),
    ...(b.type.shape.length === 1 ? [] : [column]),
  ];
  const value = builder.one("contract", [sideA.value, sideB.value], {
    left: sideA.labels,
    right: sideB.labels,
    output,
  });
  const labels = [
    ...batch.labels,
    ...(a.type.shape.length === 1 ? [] : [a.labels[batchA]]),
    ...(b.type.shape.length === 1 ? [] : [b.labels[batchB + 1]]),
  ];
  const product = frame.entry.tensor(value, labels);
  warnOfRepeatedBatch([a, b], spans, product, span, frame);
  return product;
}

function leading(tensor: Tensor, count: number): Tensor {
  const type: TensorType = { dtype: tensor.type.dtype, shape: tensor.type.shape.slice(0, count) };
  return { ...tensor, type, labels: tensor.labels.slice(0, count) };
}

/** One side's axis labels; a leading axis of size 1 that the other side repeats is dropped. */
function side(
  tensor: Tensor,
  count: number,
  batch: readonly Dimension[],
  last: readonly number[],
  builder: Frame["entry"]["builder"],
) {
  const { shape } = tensor.type;
  const offset = batch.length - count;
  const kept = shape.map((_, axis) => axis).filter((axis) => axis >= count || equal(shape[axis], batch[offset + axis]));
  const value = reshape(
    builder,
    tensor.value,
    kept.map((axis) => shape[axis]),
  );
  return { value, labels: [...kept.filter((axis) => axis < count).map((axis) => offset + axis), ...last] };
}

/** A tensor with a shape that its own broadcasts to; reports where it does not. */
export function broadcastTensor(
  operand: Operand,
  shape: readonly Dimension[],
  labels: readonly AxisLabel[],
  frame: Frame,
): Tensor {
  const tensor = toTensor(operand, frame);
  const target: Tensor = { ...tensor, type: { dtype: tensor.type.dtype, shape }, labels };
  const joined = broadcastShapes([tensor, target]);
  if (
    joined === undefined ||
    joined.shape.length !== shape.length ||
    joined.shape.some((size, axis) => !equal(size, shape[axis]))
  ) {
    frame.fail(
      shapesDiffer,
      { operation: "`broadcast`", left: describeType(tensor.type), right: printShape(shape) },
      operand.span,
      `this is ${describeType(tensor.type)}`,
    );
  }
  return { ...target, value: broadcastTo(frame.entry.builder, tensor.value, shape) };
}
