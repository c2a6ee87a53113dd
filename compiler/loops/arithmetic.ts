/**
 * The operators on numbers, exactly as every target has them: f32 rounds once after each operation, i32 wraps, a bool
 * is 0 or 1. Constant folding, the interpreter and the functions' evaluator all use these.
 */
import type { BinaryOperator, Comparison, UnaryOperator } from "./types.ts";

type Unary = (value: number) => number;
type Binary = (left: number, right: number) => number;

// One word seen as both types; holds nothing between calls.
const word = new DataView(new ArrayBuffer(4));

/** An f32's pattern as an i32; of a NaN, the canonical one. */
export function bitsOf(value: number): number {
  word.setFloat32(0, value);
  return word.getInt32(0);
}

/** The f32 with this pattern. */
export function fromBits(bits: number): number {
  word.setInt32(0, bits);
  return word.getFloat32(0);
}

/** Towards zero, saturating, NaN → 0. */
export function toI32(value: number): number {
  if (value >= 2147483647) return 2147483647;
  return value <= -2147483648 ? -2147483648 : Math.trunc(value) | 0;
}

/** The floored remainder of two i32; 0 where the divisor is 0. */
export function modI32(left: number, right: number): number {
  if (right === 0) return 0;
  const rest = left % right;
  return (rest !== 0 && rest < 0 !== right < 0 ? rest + right : rest) | 0;
}

export const unaryF32: Readonly<Record<Exclude<UnaryOperator, "not" | "unbits">, Unary>> = {
  neg: (x) => -x,
  abs: Math.abs,
  floor: Math.floor,
  sqrt: (x) => Math.fround(Math.sqrt(x)),
  bits: bitsOf,
};

export const unaryI32: Readonly<Record<"neg" | "abs" | "not" | "unbits", Unary>> = {
  neg: (x) => -x | 0,
  abs: (x) => Math.abs(x) | 0,
  not: (x) => (x === 0 ? 1 : 0),
  unbits: fromBits,
};

/** Greater, where a NaN is greater than every number. */
export function beats(value: number, best: number): boolean {
  return !(value <= best) && !Number.isNaN(best);
}

/** b where it is greater or a NaN, else a. */
export function greatest(a: number, b: number): number {
  return beats(b, a) ? b : a;
}

export const binaryF32: Readonly<Record<"add" | "sub" | "mul" | "div" | "maximum" | "greatest" | "minimum", Binary>> = {
  add: (a, b) => Math.fround(a + b),
  sub: (a, b) => Math.fround(a - b),
  mul: (a, b) => Math.fround(a * b),
  div: (a, b) => Math.fround(a / b),
  maximum: Math.max,
  greatest,
  minimum: Math.min,
};

/** Also those of bool: `and`, `or`, `xor`. */
export const binaryI32: Readonly<Record<Exclude<BinaryOperator, "div" | "greatest">, Binary>> = {
  add: (a, b) => (a + b) | 0,
  sub: (a, b) => (a - b) | 0,
  mul: Math.imul,
  mod: modI32,
  maximum: Math.max,
  minimum: Math.min,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shiftLeft: (a, b) => a << b,
  shiftRight: (a, b) => a >> b,
  shiftRightUnsigned: (a, b) => (a >>> b) | 0,
};

/** False wherever a NaN stands, but for `notEqual`. */
export const comparisons: Readonly<Record<Comparison, (left: number, right: number) => boolean>> = {
  equal: (a, b) => a === b,
  notEqual: (a, b) => a !== b,
  less: (a, b) => a < b,
  lessEqual: (a, b) => a <= b,
  greater: (a, b) => a > b,
  greaterEqual: (a, b) => a >= b,
};

/** A number as the type holds it: rounded, converted towards zero and saturated, or ≠ 0. */
export function convert(value: number, dtype: "f32" | "i32" | "bool"): number {
  if (dtype === "f32") return Math.fround(value);
  return dtype === "i32" ? toI32(value) : Number(value !== 0);
}
