/**
 * Expressions as TypeScript. An f32 is a number that is always a float32: each operation that could leave them is
 * rounded once, by fround. An i32 is an integer number, wrapped by `| 0`; a bool is a boolean, stored as 1 or 0.
 */
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import { integerOf, rangeOf } from "../../compiler/program/integer.ts";
import type { Expression } from "../../compiler/program/types.ts";
import { addressText } from "./address.ts";
import type { Code } from "./code.ts";
import { Level, atLeast, call, infix, numeral, primary, toInt } from "./code.ts";
import type { Place } from "./context.ts";
import type { Helper } from "./helpers.ts";
import { integerCode } from "./integer.ts";

type Of<Kind extends Expression["kind"]> = Extract<Expression, { readonly kind: Kind }>;

export function expressionCode(expression: Expression, place: Place): Code {
  const inner = (part: Expression): Code => expressionCode(part, place);
  switch (expression.kind) {
    case "constant":
      return expression.type.dtype === "bool" ? primary(String(expression.value !== 0)) : numeral(expression.value);
    case "variable":
      return primary(place.scope.find("local", expression.name).binding.printed);
    case "index":
      return indexCode(expression, place);
    case "load": {
      // Inside its buffer, whatever `noUncheckedIndexedAccess` of whoever includes the module thinks.
      const element = primary(
        `${place.scope.find("buffer", expression.buffer).binding.printed}[${addressText(expression, place)}]!`,
      );
      return expression.type.dtype === "bool" ? isNonzero(element) : element;
    }
    case "unary":
      return unaryCode(expression, place);
    case "binary":
      return binaryCode(expression, inner(expression.left), inner(expression.right), place);
    case "compare":
      return compareCode(expression, inner(expression.left), inner(expression.right));
    case "select": {
      const condition = atLeast(inner(expression.condition), Level.conditional + 1);
      const then = atLeast(inner(expression.then), Level.conditional);
      return { text: `${condition} ? ${then} : ${inner(expression.otherwise).text}`, level: Level.conditional };
    }
    case "cast":
      return castCode(expression, inner(expression.value), place);
    case "call":
      return call(functionName(expression.function, place), ...expression.arguments.map(inner));
    case "splat":
    case "lane":
    case "pack":
      throw new InternalError("typescript", `a ${expression.kind} in a program for one lane`);
  }
}

/** Of a value that is stored: a bool becomes 1 or 0. */
export function storedCode(expression: Expression, place: Place): Code {
  const code = expressionCode(expression, place);
  return expression.type.dtype === "bool" ? asNumber(code) : code;
}

/** The printed name of a function of the program. */
function functionName(name: string, place: Place): string {
  const printed = place.module.functions.get(name);
  if (printed === undefined) throw new InternalError("typescript", `the program has no function ${name}`);
  return printed;
}

function helper(name: Helper, place: Place, ...operands: readonly Code[]): Code {
  place.module.helpers.add(name);
  return call(name, ...operands);
}

function fround(value: Code): Code {
  return call("fround", value);
}

function asNumber(value: Code): Code {
  return { text: `${atLeast(value, Level.conditional + 1)} ? 1 : 0`, level: Level.conditional };
}

function isNonzero(value: Code): Code {
  return infix(value, "!==", primary("0"), Level.equality);
}

function indexCode({ index }: Of<"index">, place: Place): Code {
  const { facts } = place.scope;
  const code = integerCode(integerOf(index, facts), place);
  const { low, high } = rangeOf(index, facts);
  return low >= -(2 ** 31) && high < 2 ** 31 ? code : toInt(code);
}

function unaryCode(expression: Of<"unary">, place: Place): Code {
  const { operator, type } = expression;
  const value = expressionCode(expression.value, place);
  switch (operator) {
    case "neg": {
      const negative: Code = { text: `-${atLeast(value, Level.unary + 1)}`, level: Level.unary };
      return type.dtype === "f32" ? negative : toInt(negative);
    }
    case "abs":
      return type.dtype === "f32" ? call("Math.abs", value) : toInt(call("Math.abs", value));
    case "floor":
      return call("Math.floor", value);
    case "sqrt":
      return fround(call("Math.sqrt", value));
    case "not":
      return { text: `!${atLeast(value, Level.unary)}`, level: Level.unary };
    case "bits":
    case "unbits":
      return helper(operator, place, value);
  }
}

function binaryCode(expression: Of<"binary">, left: Code, right: Code, place: Place): Code {
  switch (expression.type.dtype) {
    case "f32":
      return binaryF32(expression, left, right);
    case "i32":
      return binaryI32(expression, left, right, place);
    case "bool":
      return binaryBool(expression, left, right);
  }
}

function binaryF32({ operator }: Of<"binary">, left: Code, right: Code): Code {
  switch (operator) {
    case "add":
      return fround(infix(left, "+", right, Level.add));
    case "sub":
      return fround(infix(left, "-", right, Level.add));
    case "mul":
      return fround(infix(left, "*", right, Level.multiply));
    case "div":
      return fround(infix(left, "/", right, Level.multiply));
    case "maximum":
      return call("Math.max", left, right);
    case "minimum":
      return call("Math.min", left, right);
    default:
      throw new InternalError("typescript", `${operator} of f32`);
  }
}

function binaryI32({ operator }: Of<"binary">, left: Code, right: Code, place: Place): Code {
  switch (operator) {
    case "add":
      return toInt(infix(left, "+", right, Level.add));
    case "sub":
      return toInt(infix(left, "-", right, Level.add));
    case "mul":
      return helper("imul", place, left, right);
    case "mod":
      return helper("remainder", place, left, right);
    case "maximum":
      return call("Math.max", left, right);
    case "minimum":
      return call("Math.min", left, right);
    case "and":
      return infix(left, "&", right, Level.bitAnd);
    case "or":
      return infix(left, "|", right, Level.bitOr);
    case "xor":
      return infix(left, "^", right, Level.bitXor);
    case "shiftLeft":
      return infix(left, "<<", right, Level.shift);
    case "shiftRight":
      return infix(left, ">>", right, Level.shift);
    case "shiftRightUnsigned":
      return toInt(infix(left, ">>>", right, Level.shift));
    default:
      throw new InternalError("typescript", `${operator} of i32`);
  }
}

function binaryBool({ operator }: Of<"binary">, left: Code, right: Code): Code {
  switch (operator) {
    case "and":
      return infix(left, "&&", right, Level.and);
    case "or":
      return infix(left, "||", right, Level.or);
    case "xor":
      return infix(left, "!==", right, Level.equality);
    default:
      throw new InternalError("typescript", `${operator} of bool`);
  }
}

function compareCode({ operator, left: operand }: Of<"compare">, left: Code, right: Code): Code {
  switch (operator) {
    case "equal":
      return infix(left, "===", right, Level.equality);
    case "notEqual":
      return infix(left, "!==", right, Level.equality);
    case "less":
    case "lessEqual":
    case "greater":
    case "greaterEqual":
      if (operand.type.dtype === "bool") throw new InternalError("typescript", `${operator} of bool`);
      return infix(left, relations[operator], right, Level.relation);
  }
}

const relations = { less: "<", lessEqual: "<=", greater: ">", greaterEqual: ">=" } as const;

function castCode({ value: operand, type }: Of<"cast">, value: Code, place: Place): Code {
  const from = operand.type.dtype;
  if (from === type.dtype) return value;
  if (from === "bool") return asNumber(value);
  if (type.dtype === "bool") return isNonzero(value);
  return type.dtype === "f32" ? fround(value) : helper("truncate", place, value);
}
