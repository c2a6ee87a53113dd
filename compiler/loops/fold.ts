/**
 * Constant folding and identities that hold to the bit: a fold never changes what any operand gives, −0 and
 * infinities included (a NaN's payload is free). `undefined` means that nothing folds.
 */
import { binaryF32, binaryI32, comparisons, unaryF32, unaryI32 } from "./arithmetic.ts";
import type { BinaryOperator, Comparison, ElementType, NumberFunction, Scalar, UnaryOperator } from "./types.ts";

type Table = Readonly<Partial<Record<string, (...values: number[]) => number>>>;

function literal(dtype: ElementType, value: number): Scalar {
  return { kind: "constant", dtype, value };
}

function valueOf(scalar: Scalar): number | undefined {
  return scalar.kind === "constant" ? scalar.value : undefined;
}

export function foldUnary(operator: UnaryOperator, dtype: ElementType, value: Scalar): Scalar | undefined {
  if (value.kind === "constant") {
    const table: Table = value.dtype === "f32" ? unaryF32 : unaryI32;
    const known = table[operator]?.(value.value);
    // A NaN keeps no pattern, so what is made of one stays to be computed.
    if (known !== undefined && !(operator === "unbits" && Number.isNaN(known))) return literal(dtype, known);
  }
  const twice = value.kind === "unary" && (operator === "neg" || operator === "not") && value.operator === operator;
  return twice ? value.value : undefined;
}

export function foldBinary(
  operator: BinaryOperator,
  dtype: ElementType,
  left: Scalar,
  right: Scalar,
): Scalar | undefined {
  const a = valueOf(left);
  const b = valueOf(right);
  if (a !== undefined && b !== undefined) {
    const table: Table = dtype === "f32" ? binaryF32 : binaryI32;
    const known = table[operator]?.(a, b);
    return known === undefined ? undefined : literal(dtype, known);
  }
  if (dtype === "f32") return foldF32(operator, left, right);
  return dtype === "i32" ? foldI32(operator, left, right) : foldBool(operator, left, right);
}

function foldF32(operator: BinaryOperator, left: Scalar, right: Scalar): Scalar | undefined {
  const a = valueOf(left);
  const b = valueOf(right);
  switch (operator) {
    case "add":
      return Object.is(b, -0) ? left : Object.is(a, -0) ? right : undefined;
    case "sub":
      return Object.is(b, 0) ? left : undefined;
    case "mul":
      return b === 1 ? left : a === 1 ? right : undefined;
    case "div":
      if (b === 1) return left;
      return b !== undefined && hasExactReciprocal(b)
        ? { kind: "binary", operator: "mul", dtype: "f32", left, right: literal("f32", 1 / b) }
        : undefined;
    default:
      return undefined;
  }
}

/** Powers of two whose reciprocal is a normal float32: dividing by them is multiplying. */
function hasExactReciprocal(value: number): boolean {
  const magnitude = Math.abs(value);
  return magnitude >= 2 ** -126 && magnitude <= 2 ** 126 && Number.isInteger(Math.log2(magnitude));
}

function foldI32(operator: BinaryOperator, left: Scalar, right: Scalar): Scalar | undefined {
  const a = valueOf(left);
  const b = valueOf(right);
  switch (operator) {
    case "add":
    case "or":
    case "xor":
      return b === 0 ? left : a === 0 ? right : undefined;
    case "mul":
      if (a === 0 || b === 0) return literal("i32", 0);
      return b === 1 ? left : a === 1 ? right : undefined;
    case "sub":
    case "shiftLeft":
    case "shiftRight":
    case "shiftRightUnsigned":
      return b === 0 ? left : undefined;
    default:
      return undefined;
  }
}

/** Dropping an operand is right in any order: nothing here has an effect, and a guarded load stays in its select. */
function foldBool(operator: BinaryOperator, left: Scalar, right: Scalar): Scalar | undefined {
  const known = valueOf(left) ?? valueOf(right);
  if (known === undefined || (operator !== "and" && operator !== "or")) return undefined;
  const other = left.kind === "constant" ? right : left;
  return known === (operator === "and" ? 1 : 0) ? other : literal("bool", known);
}

export function foldCall(
  { definition, float64, folds }: NumberFunction,
  operands: readonly Scalar[],
): Scalar | undefined {
  const known = operands.map(valueOf).filter((value) => value !== undefined);
  if (folds === undefined || float64 === "defined" || known.length < operands.length) return undefined;
  return literal(definition.dtype, float64(...known));
}

export function foldCompare(operator: Comparison, left: Scalar, right: Scalar): Scalar | undefined {
  if (left.kind !== "constant" || right.kind !== "constant") return undefined;
  return literal("bool", Number(comparisons[operator](left.value, right.value)));
}

export function foldSelect(condition: Scalar, whenTrue: Scalar, otherwise: Scalar): Scalar | undefined {
  if (condition.kind === "constant") return condition.value === 0 ? otherwise : whenTrue;
  const same =
    whenTrue.kind === "constant" && otherwise.kind === "constant" && Object.is(whenTrue.value, otherwise.value);
  return same ? whenTrue : undefined;
}
