/** Operators of two operands as WGSL. */
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Expression } from "../../compiler/program/types.ts";
import type { Code } from "./code.ts";
import { Level, call, infix, mixed, primary } from "./code.ts";
import type { Place } from "./context.ts";
import type { Helper } from "./helpers.ts";

type Binary = Extract<Expression, { readonly kind: "binary" }>;

export function binaryCode(expression: Binary, left: Code, right: Code, place: Place): Code {
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
  throw new InternalError("wgsl", `${operator} of ${type.dtype}`);
}

export function helper(name: Helper, place: Place, ...operands: readonly Code[]): Code {
  place.module.helpers.add(name);
  return call(name, ...operands);
}

function binaryF32(expression: Binary, left: Code, right: Code, place: Place): Code {
  switch (expression.operator) {
    case "add":
      return infix(kept(left, expression, place), "+", right, Level.add);
    case "sub":
      return infix(kept(left, expression, place), "-", right, Level.add);
    case "mul":
      return infix(left, "*", right, Level.multiply);
    case "div":
      return infix(left, "/", right, Level.multiply);
    case "maximum":
      return helper("larger", place, left, right);
    case "minimum":
      return helper("smaller", place, left, right);
    default:
      return refuse(expression);
  }
}

/** From here on a constant rounds what it is added to to whole numbers or beyond, and that is what it is for. */
const large = 2 ** 22;

/**
 * The left operand, or where large constants are involved, one that keeps its rounding: shader compilers may merge
 * constants, and then x + large - large would be x, not x rounded to a whole number as the polynomials mean it.
 */
function kept(left: Code, { left: operand, right }: Binary, place: Place): Code {
  if (right.kind !== "constant" || operand.kind === "constant" || (operand.kind === "variable" && place.rounded))
    return left;
  const rounds = isLarge(right) || (isSum(operand) && isLarge(operand.right));
  return rounds ? helper("rounded", place, left) : left;
}

function isLarge(value: Expression): boolean {
  return value.kind === "constant" && Math.abs(value.value) >= large && Number.isFinite(value.value);
}

/** True for an f32 sum or difference. */
export function isSum(value: Expression): value is Binary {
  return (
    value.kind === "binary" && value.type.dtype === "f32" && (value.operator === "add" || value.operator === "sub")
  );
}

function binaryI32(expression: Binary, left: Code, right: Code, place: Place): Code {
  switch (expression.operator) {
    case "add":
      return infix(left, "+", right, Level.add);
    case "sub":
      return infix(left, "-", right, Level.add);
    case "mul":
      return infix(left, "*", right, Level.multiply);
    case "mod":
      return helper("remainder", place, left, right);
    case "maximum":
      return call("max", left, right);
    case "minimum":
      return call("min", left, right);
    case "and":
      return mixed(left, "&", right);
    case "or":
      return mixed(left, "|", right);
    case "xor":
      return mixed(left, "^", right);
    case "shiftLeft":
      return mixed(left, "<<", shiftCount(expression, right));
    case "shiftRight":
      return mixed(left, ">>", shiftCount(expression, right));
    case "shiftRightUnsigned":
      return call("i32", mixed(call("u32", left), ">>", shiftCount(expression, right)));
    default:
      return refuse(expression);
  }
}

/** Modulo 32. */
function shiftCount({ right: count }: Binary, code: Code): Code {
  if (count.kind === "constant") return primary(`${count.value & 31}u`);
  return mixed(call("u32", code), "&", primary("31u"));
}

function binaryBool(expression: Binary, left: Code, right: Code): Code {
  switch (expression.operator) {
    case "and":
      return mixed(left, "&&", right);
    case "or":
      return mixed(left, "||", right);
    case "xor":
      return mixed(left, "!=", right);
    default:
      return refuse(expression);
  }
}
