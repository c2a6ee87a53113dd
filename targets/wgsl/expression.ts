/**
 * Expressions as WGSL. The arena holds the patterns of all elements as i32, since patterns of integers need not survive as
 * floats; a bool is stored as 0 or 1. An operation on constants alone is hidden from the shader compiler, which would
 * compute it and refuse what overflows.
 */
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import { integerOf } from "../../compiler/program/integer.ts";
import { operandsOf } from "../../compiler/program/traverse.ts";
import type { Expression } from "../../compiler/program/types.ts";
import { elementText } from "./address.ts";
import { binaryCode, helper } from "./binary.ts";
import type { Code } from "./code.ts";
import { call, floatLiteral, mixed, numeral, primary, unary } from "./code.ts";
import type { Place } from "./context.ts";
import { integerCode } from "./integer.ts";

type Of<Kind extends Expression["kind"]> = Extract<Expression, { readonly kind: Kind }>;

export function expressionCode(expression: Expression, place: Place): Code {
  const inner = (part: Expression): Code => expressionCode(part, place);
  switch (expression.kind) {
    case "constant":
      return constantCode(expression, place);
    case "variable":
      return primary(place.scope.find("local", expression.name).binding.printed);
    case "index":
      return integerCode(integerOf(expression.index, place.scope.facts), place);
    case "load":
      return loadCode(expression, place);
    case "unary":
      return unaryCode(expression, hidden(expression.value, [expression.value], place));
    case "binary": {
      const left = hidden(expression.left, [expression.left, expression.right], place);
      return binaryCode(expression, left, inner(expression.right), place);
    }
    case "compare":
      return compareCode(expression, inner(expression.left), inner(expression.right));
    case "select":
      return call("select", inner(expression.otherwise), inner(expression.then), inner(expression.condition));
    case "cast":
      return castCode(expression, inner(expression.value), place);
    case "call":
      return call(functionName(expression.function, place), ...expression.arguments.map(inner));
    case "splat":
    case "lane":
    case "pack":
      throw new InternalError("wgsl", `a ${expression.kind} in a program for one lane`);
  }
}

/** A NaN is unequal to everything, which shaders say only of the opposite. */
function compareCode({ operator, left: operand }: Of<"compare">, left: Code, right: Code): Code {
  if (operator === "notEqual" && operand.type.dtype === "f32") return unary("!", mixed(left, "==", right));
  return mixed(left, signs[operator], right);
}

const signs = { equal: "==", notEqual: "!=", less: "<", lessEqual: "<=", greater: ">", greaterEqual: ">=" } as const;

/** The pattern of a value, as the arena holds it; a private array holds the value itself. */
export function storedCode(buffer: string, value: Expression, place: Place): Code {
  const code = expressionCode(value, place);
  if (place.arrays.has(buffer) || value.type.dtype === "i32") return code;
  return value.type.dtype === "f32" ? call("bitcast<i32>", code) : call("i32", code);
}

function loadCode(expression: Of<"load">, place: Place): Code {
  const element = primary(elementText(expression, place));
  if (place.arrays.has(expression.buffer) || expression.type.dtype === "i32") return element;
  return expression.type.dtype === "f32" ? call("bitcast<f32>", element) : mixed(element, "!=", primary("0"));
}

/** The printed name of a function of the program. */
function functionName(name: string, place: Place): string {
  const printed = place.module.functions.get(name);
  if (printed === undefined) throw new InternalError("wgsl", `the program has no function ${name}`);
  return printed;
}

function constantCode({ type, value }: Of<"constant">, place: Place): Code {
  if (type.dtype === "bool") return primary(String(value !== 0));
  if (type.dtype === "i32") return numeral(value);
  if (Number.isNaN(value)) return helper("not_a_number", place);
  if (Number.isFinite(value)) return floatLiteral(value);
  const infinity = helper("infinity", place);
  return value > 0 ? infinity : unary("-", infinity);
}

/** The operand; where all operands are constants, as a value that only the running shader knows. */
function hidden(operand: Expression, all: readonly Expression[], place: Place): Code {
  const code = expressionCode(operand, place);
  const { dtype } = operand.type;
  return all.every(isConstant) && dtype !== "bool" ? helper(`runtime_${dtype}`, place, code) : code;
}

/** True where the shader compiler would see a constant. */
function isConstant(expression: Expression): boolean {
  switch (expression.kind) {
    case "constant":
      return true;
    case "index":
      return expression.index.terms.length === 0;
    case "cast":
    case "compare":
    case "select":
      return operandsOf(expression).every(isConstant);
    default:
      return false;
  }
}

function unaryCode({ operator }: Of<"unary">, value: Code): Code {
  switch (operator) {
    case "neg":
      return unary("-", value);
    case "abs":
    case "floor":
    case "sqrt":
      return call(operator, value);
    case "not":
      return unary("!", value);
    case "bits":
      return call("bitcast<i32>", value);
    case "unbits":
      return call("bitcast<f32>", value);
  }
}

function castCode({ value: operand, type }: Of<"cast">, value: Code, place: Place): Code {
  const from = operand.type.dtype;
  if (from === type.dtype) return value;
  if (type.dtype === "bool")
    return from === "f32" ? unary("!", mixed(value, "==", primary("0.0"))) : mixed(value, "!=", primary("0"));
  if (from === "f32") return helper("truncate", place, value);
  return call(type.dtype, value);
}
