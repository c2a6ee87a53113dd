/**
 * A choice between two values as instructions. In four lanes the condition is a mask, and choosing by it are three instructions of the
 * processor; choices of a special form, which activations are full of, are one or two, and their results the same to the bit.
 *
 *   select(c, x, 0)               →   (v128.and x c)
 *   select(c, −x, x)              →   (v128.xor x (v128.and c −0))          the sign alone changes
 *   select(a < b, a, b)           →   (f32x4.pmin b a)                      which gives its first operand unless the second is less
 *   select(x ≠ x, x, y)           →   (v128.or y (f32x4.ne x x))            all bits set are a NaN
 */
import type { Expression } from "../../compiler/program/types.ts";
import type { Text } from "./text.ts";

type Of<Kind extends Expression["kind"]> = Extract<Expression, { readonly kind: Kind }>;

export function selectText(choice: Of<"select">, inner: (part: Expression) => Text): Text {
  const { type, whenTrue, otherwise, condition } = choice;
  if (type.lanes === 1) return ["select", inner(whenTrue), inner(otherwise), inner(condition)];
  if (isZero(otherwise)) return ["v128.and", inner(whenTrue), inner(condition)];
  if (isZero(whenTrue)) return ["v128.andnot", inner(otherwise), inner(condition)];
  const special = type.dtype === "f32" ? (signText(choice, inner) ?? extremeText(choice, inner)) : undefined;
  return special ?? ["v128.bitselect", inner(whenTrue), inner(otherwise), inner(condition)];
}

const signs: Text = ["v128.const", "f32x4", "-0", "-0", "-0", "-0"];

function signText(
  { whenTrue, otherwise, condition }: Of<"select">,
  inner: (part: Expression) => Text,
): Text | undefined {
  if (isNegative(whenTrue, otherwise)) return ["v128.xor", inner(otherwise), ["v128.and", inner(condition), signs]];
  if (isNegative(otherwise, whenTrue)) return ["v128.xor", inner(whenTrue), ["v128.andnot", signs, inner(condition)]];
  return undefined;
}

function isNegative(value: Expression, of: Expression): boolean {
  return value.kind === "unary" && value.operator === "neg" && isSame(value.value, of);
}

/** By what is compared; of numbers that are not ordered, and of zeros, a pseudo-minimum gives the operand that the choice gives. */
function extremeText(
  { whenTrue, otherwise, condition }: Of<"select">,
  inner: (part: Expression) => Text,
): Text | undefined {
  if (condition.kind !== "compare" || condition.left.type.dtype !== "f32") return undefined;
  const { operator, left, right } = condition;
  if (operator === "notEqual" && isSame(left, right) && isSame(left, whenTrue)) {
    return ["v128.or", inner(otherwise), inner(condition)];
  }
  if (operator !== "less" && operator !== "greater") return undefined;
  const [lesser, other] = operator === "less" ? [left, right] : [right, left];
  if (isSame(lesser, whenTrue) && isSame(other, otherwise)) return ["f32x4.pmin", inner(other), inner(lesser)];
  if (isSame(other, whenTrue) && isSame(lesser, otherwise)) return ["f32x4.pmax", inner(lesser), inner(other)];
  return undefined;
}

/** Of what is named or constant: the rest is not written twice. */
function isSame(left: Expression, right: Expression): boolean {
  if (left.kind === "variable") return right.kind === "variable" && left.name === right.name;
  return left.kind === "constant" && right.kind === "constant" && Object.is(left.value, right.value);
}

function isZero(expression: Expression): boolean {
  return expression.kind === "constant" && Object.is(expression.value, 0);
}
