/** Operators of two operands as instructions. */
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Expression } from "../../compiler/program/types.ts";
import type { Place } from "./context.ts";
import { callHelper, extremeI32, prefix, twice } from "./instructions.ts";
import { i32 } from "./text.ts";
import type { Text } from "./text.ts";

type Binary = Extract<Expression, { readonly kind: "binary" }>;

export function binaryText(expression: Binary, left: Text, right: Text, place: Place): Text {
  switch (expression.type.dtype) {
    case "f32":
      return binaryF32(expression, left, right, place);
    case "i32":
      return binaryI32(expression, left, right, place);
    case "bool":
      return binaryBool(expression, left, right);
  }
}

function refuse({ operator, type }: Binary): never {
  throw new InternalError("wasm", `${operator} of ${type.dtype}`);
}

/** `max` and `min` are those of JavaScript: a NaN wins, and −0 lies below 0. */
function binaryF32(expression: Binary, left: Text, right: Text, place: Place): Text {
  const { operator, type } = expression;
  switch (operator) {
    case "add":
    case "sub":
    case "mul":
    case "div":
      return [`${prefix(type)}.${operator}`, left, right];
    case "maximum":
      return extremeText(expression, "max", left, right);
    case "greatest":
      return greatestText(expression, left, right, place);
    case "minimum":
      return extremeText(expression, "min", left, right);
    default:
      return refuse(expression);
  }
}

/**
 * Against a number that is neither 0 nor NaN the pseudo-minimum says the same, and is one instruction of the processor: it
 * gives its first operand unless the second is less.
 */
function extremeText({ left, right, type }: Binary, name: "max" | "min", ...operands: readonly [Text, Text]): Text {
  const isNumber = (value: Expression): boolean => value.kind === "constant" && Math.abs(value.value) > 0;
  if (type.lanes === 1 || !(isNumber(left) || isNumber(right))) return [`${prefix(type)}.${name}`, ...operands];
  const [a, b] = operands;
  return [`f32x4.p${name}`, ...(isNumber(right) ? [a, b] : [b, a])];
}

/** The second where it is greater or a NaN. The pseudo-maximum gives its first unless the second is greater, and all bits set are a NaN. */
function greatestText({ type }: Binary, left: Text, right: Text, place: Place): Text {
  if (type.lanes === 4) {
    const b = twice(right, "v128", place);
    return ["v128.or", ["f32x4.pmax", left, b.first], ["f32x4.ne", b.again, b.again]];
  }
  const [b, a] = [twice(right, "f32", place), twice(left, "f32", place)];
  const isGreater: Text = ["i32.or", ["f32.gt", b.again, a.again], ["f32.ne", b.again, b.again]];
  return ["select", b.first, a.first, isGreater];
}

function binaryI32(expression: Binary, left: Text, right: Text, place: Place): Text {
  const { operator, type } = expression;
  const scalar = type.lanes === 1;
  switch (operator) {
    case "add":
    case "sub":
    case "mul":
      return [`${prefix(type)}.${operator}`, left, right];
    case "maximum":
      return scalar ? extremeI32("max", left, right, place) : ["i32x4.max_s", left, right];
    case "minimum":
      return scalar ? extremeI32("min", left, right, place) : ["i32x4.min_s", left, right];
    case "mod":
      return callHelper(scalar ? "i32.mod" : "i32.mod.x4", place, left, right);
    case "and":
    case "or":
    case "xor":
      return [`${scalar ? "i32" : "v128"}.${operator}`, left, right];
    case "shiftLeft":
    case "shiftRight":
    case "shiftRightUnsigned":
      return shiftText(expression, shifts[operator], left, right, place);
    default:
      return refuse(expression);
  }
}

const shifts = { shiftLeft: "shl", shiftRight: "shr_s", shiftRightUnsigned: "shr_u" } as const;

/** Vectors are shifted by one count for all lanes; where the counts differ, lane by lane. */
function shiftText(
  { type, right: count }: Binary,
  name: "shl" | "shr_s" | "shr_u",
  left: Text,
  right: Text,
  place: Place,
): Text {
  if (type.lanes === 1) return [`i32.${name}`, left, right];
  if (count.kind === "constant") return [`i32x4.${name}`, left, i32(count.value)];
  if (count.kind === "splat") return [`i32x4.${name}`, left, place.module.expressionText(count.value, place)];
  return callHelper(`i32.${name}.x4`, place, left, right);
}

function binaryBool(expression: Binary, left: Text, right: Text): Text {
  const { operator, type } = expression;
  if (operator !== "and" && operator !== "or" && operator !== "xor") return refuse(expression);
  return [`${type.lanes === 1 ? "i32" : "v128"}.${operator}`, left, right];
}
