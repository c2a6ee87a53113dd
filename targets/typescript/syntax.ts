/**
 * TypeScript as the printer writes it. An f32 is a number that is always a float32: each operation that could leave them is
 * rounded once, by fround. An i32 is an integer number, wrapped by `| 0`; a bool is a boolean, stored as 1 or 0.
 */
import { powerOfTwo, rangeOf } from "../../compiler/program/integer.ts";
import type { ValueType } from "../../compiler/program/types.ts";
import type { Code } from "../c-like/code.ts";
import { Level, atLeast, call, infix, numeral, primary, unary } from "../c-like/code.ts";
import { integerCode } from "../c-like/expression.ts";
import type { Operator, Syntax } from "../c-like/syntax.ts";
import { between, called, helped, helper } from "../c-like/syntax.ts";
import { addressText } from "./address.ts";
import { commentText } from "./code.ts";
import { identifiers } from "./context.ts";
import type { Helper } from "./helpers.ts";

export const syntax: Syntax = {
  target: "typescript",
  identifiers,
  constant: "const",
  variable: "let",
  end: "End",
  minimum: "Math.min",
  maximum: "Math.max",
  numberFirst: false,
  comment: commentText,
  // A literal alone would narrow the constant's type to that value.
  annotation: ({ type, mutable, value }) =>
    value.kind === "constant" && !mutable ? `: ${scalarType(type.dtype)}` : "",
  isCheap: ({ text, level }) =>
    (level === Level.primary && !text.includes("(")) || /^(-\d+|[\w$]+ [+-] \d+)$/.test(text),
  // Inside its buffer, whatever `noUncheckedIndexedAccess` of whoever includes the module thinks.
  loaded: ({ type }, { text }) => {
    const element = primary(`${text}!`);
    return type.dtype === "bool" ? isNonzero(element) : element;
  },
  element: (access, place) => {
    const { printed } = place.scope.find("buffer", access.buffer).binding;
    return `${printed}[${addressText(access, place)}]`;
  },
  stored: (_, { type }, code) => (type.dtype === "bool" ? asNumber(code) : code),
  // The checker refuses comparisons with the name NaN.
  literal: ({ type, value }) => {
    if (type.dtype === "bool") return primary(String(value !== 0));
    return Number.isNaN(value) ? primary("Number.NaN") : numeral(value);
  },
  index: ({ index }, code, place) => {
    const { low, high } = rangeOf(index, place.scope.facts);
    return low >= -(2 ** 31) && high < 2 ** 31 ? code : toInt(code);
  },
  // Shifts and masks floor negative numbers, too.
  quotient: (value, { divisor, natural }, place) => {
    const exponent = powerOfTwo(divisor);
    if (exponent !== undefined) return infix(value, ">>", numeral(exponent), Level.shift);
    const ratio = infix(value, "/", integerCode(divisor, place), Level.multiply);
    return natural ? toInt(ratio) : call("Math.floor", ratio);
  },
  remainder: (value, { divisor, natural }, place) => {
    if (powerOfTwo(divisor) !== undefined && divisor.kind === "number")
      return infix(value, "&", numeral(divisor.value - 1), Level.bitAnd);
    const by = integerCode(divisor, place);
    return natural ? infix(value, "%", by, Level.multiply) : helper<Helper>("remainder", place, value, by);
  },
  clamp: (value, limit) => call("Math.max", call("Math.min", value, limit), primary("0")),
  select: (condition, whenTrue, otherwise) => ({
    text: `${atLeast(condition, Level.conditional + 1)} ? ${atLeast(whenTrue, Level.conditional)} : ${otherwise.text}`,
    level: Level.conditional,
  }),
  cast: ({ value: { type: from }, type: to }, value, place) => {
    if (from.dtype === "bool") return asNumber(value);
    if (to.dtype === "bool") return isNonzero(value);
    return to.dtype === "f32" ? fround(value) : helper<Helper>("truncate", place, value);
  },
  unary: {
    neg: (value, { type }) => wrappedOf(type.dtype, unary("-", value)),
    abs: (value, { type }) => wrappedOf(type.dtype, call("Math.abs", value)),
    floor: (value) => call("Math.floor", value),
    sqrt: (value) => fround(call("Math.sqrt", value)),
    not: (value) => unary("!", value),
    bits: (value, _, place) => helper<Helper>("bits", place, value),
    unbits: (value, _, place) => helper<Helper>("unbits", place, value),
  },
  f32: {
    add: rounded("+", Level.add),
    sub: rounded("-", Level.add),
    mul: rounded("*", Level.multiply),
    div: rounded("/", Level.multiply),
    maximum: called("Math.max"),
    greatest: helped<Helper>("greatest"),
    minimum: called("Math.min"),
  },
  i32: {
    add: wrapped("+", Level.add),
    sub: wrapped("-", Level.add),
    mul: helped<Helper>("imul"),
    mod: helped<Helper>("remainder"),
    maximum: called("Math.max"),
    minimum: called("Math.min"),
    and: between("&", Level.bitAnd),
    or: between("|", Level.bitOr),
    xor: between("^", Level.bitXor),
    shiftLeft: between("<<", Level.shift),
    shiftRight: between(">>", Level.shift),
    shiftRightUnsigned: wrapped(">>>", Level.shift),
  },
  bool: { and: between("&&", Level.and), or: between("||", Level.or), xor: between("!==", Level.equality) },
  compare: {
    equal: between("===", Level.equality),
    notEqual: between("!==", Level.equality),
    less: between("<", Level.relation),
    lessEqual: between("<=", Level.relation),
    greater: between(">", Level.relation),
    greaterEqual: between(">=", Level.relation),
  },
  operand: (code) => code,
  named: (_, code) => code,
};

/** The type of a scalar in expressions. */
export function scalarType(dtype: ValueType["dtype"]): string {
  return dtype === "bool" ? "boolean" : "number";
}

function fround(value: Code): Code {
  return call("fround", value);
}

/** `x | 0`: the value as an i32. */
function toInt(value: Code): Code {
  return infix(value, "|", primary("0"), Level.bitOr);
}

function wrappedOf(dtype: ValueType["dtype"], value: Code): Code {
  return dtype === "f32" ? value : toInt(value);
}

function rounded(sign: string, level: number): Operator {
  return (left, right) => fround(infix(left, sign, right, level));
}

function wrapped(sign: string, level: number): Operator {
  return (left, right) => toInt(infix(left, sign, right, level));
}

function asNumber(value: Code): Code {
  return { text: `${atLeast(value, Level.conditional + 1)} ? 1 : 0`, level: Level.conditional };
}

function isNonzero(value: Code): Code {
  return infix(value, "!==", primary("0"), Level.equality);
}
