/**
 * WGSL as the printer writes it. The arena holds the patterns of all elements as i32, since patterns of integers need not
 * survive as floats; a bool is stored as 0 or 1. An operation on constants alone is hidden from the shader compiler, which
 * would compute it and refuse what overflows.
 */
import { powerOfTwo } from "../../compiler/program/integer.ts";
import { indexKey } from "../../compiler/program/linear.ts";
import { oneLine } from "../../compiler/program/names.ts";
import { shortest } from "../../compiler/program/print.ts";
import { operandsOf } from "../../compiler/program/traverse.ts";
import type { Expression } from "../../compiler/program/types.ts";
import type { Code } from "../c-like/code.ts";
import { Level, call, infix, numeral, primary, unary } from "../c-like/code.ts";
import { integerCode } from "../c-like/expression.ts";
import type { Of, Operator, Place, Syntax } from "../c-like/syntax.ts";
import { between, called, helped, helper } from "../c-like/syntax.ts";
import { elementText } from "./address.ts";
import { identifiers } from "./context.ts";
import type { Helper } from "./helpers.ts";

export const syntax: Syntax = {
  target: "wgsl",
  identifiers,
  constant: "let",
  variable: "var",
  end: "_end",
  minimum: "min",
  maximum: "max",
  numberFirst: true,
  comment: oneLine,
  annotation: () => "",
  isCheap: ({ text }) => /^\w+$/.test(text),
  element: elementText,
  loaded: ({ buffer, type: { dtype } }, element, { arrays }) => {
    if (arrays.has(buffer) || dtype === "i32") return element;
    return dtype === "f32" ? call("bitcast<f32>", element) : isNonzero(element);
  },
  // A private array holds the value itself.
  stored: (buffer, { type: { dtype } }, code, { arrays }) => {
    if (arrays.has(buffer) || dtype === "i32") return code;
    return call(dtype === "f32" ? "bitcast<i32>" : "i32", code);
  },
  literal: ({ type, value }, place) => {
    if (type.dtype === "bool") return primary(String(value !== 0));
    if (type.dtype === "i32") return numeral(value);
    if (Number.isNaN(value)) return helper<Helper>("not_a_number", place);
    if (Number.isFinite(value)) return floatLiteral(value);
    const infinity = helper<Helper>("infinity", place);
    return value > 0 ? infinity : unary("-", infinity);
  },
  index: (_, code) => code,
  // Shifts and masks floor negative numbers, too.
  quotient: (value, { divisor, natural }, place) => {
    const by = integerCode(divisor, place);
    if (natural) return infix(value, "/", by, Level.multiply);
    const exponent = powerOfTwo(divisor);
    if (exponent !== undefined) return infix(value, ">>", primary(`${exponent}u`), Level.mixed);
    return helper<Helper>("floor_divide", place, value, by);
  },
  remainder: (value, { divisor, natural }, place) => {
    const by = integerCode(divisor, place);
    if (natural) return infix(value, "%", by, Level.multiply);
    if (powerOfTwo(divisor) !== undefined && divisor.kind === "number")
      return infix(value, "&", numeral(divisor.value - 1), Level.mixed);
    return helper<Helper>("remainder", place, value, by);
  },
  clamp: (value, limit) => call("clamp", value, primary("0"), limit),
  select: (condition, whenTrue, otherwise) => call("select", otherwise, whenTrue, condition),
  cast: ({ value: { type: from }, type: to }, value, place) => {
    if (to.dtype === "bool") return from.dtype === "f32" ? unequal(value, primary("0.0")) : isNonzero(value);
    return from.dtype === "f32" ? helper<Helper>("truncate", place, value) : call(to.dtype, value);
  },
  unary: {
    neg: (value) => unary("-", value),
    abs: (value) => call("abs", value),
    floor: (value) => call("floor", value),
    sqrt: (value) => call("sqrt", value),
    not: (value, { value: operand }, place) => negated(operand, value, place),
    bits: (value) => call("bitcast<i32>", value),
    unbits: (value) => call("bitcast<f32>", value),
  },
  f32: {
    add: (left, right, sum, place) => infix(kept(left, sum.left, sum.right, place), "+", right, Level.add),
    sub: (left, right, { left: first, right: second }, place) =>
      infix(
        adds(first, second, place) ? helper<Helper>("rounded", place, left) : kept(left, first, second, place),
        "-",
        adds(second, first, place) ? helper<Helper>("rounded", place, right) : right,
        Level.add,
      ),
    mul: between("*", Level.multiply),
    div: between("/", Level.multiply),
    maximum: helped<Helper>("larger"),
    greatest: helped<Helper>("larger"),
    minimum: helped<Helper>("smaller"),
  },
  i32: {
    add: between("+", Level.add),
    sub: between("-", Level.add),
    mul: between("*", Level.multiply),
    mod: helped<Helper>("remainder"),
    maximum: called("max"),
    minimum: called("min"),
    and: between("&", Level.mixed),
    or: between("|", Level.mixed),
    xor: between("^", Level.mixed),
    shiftLeft: (left, count, shift) => infix(left, "<<", shiftCount(shift, count), Level.mixed),
    shiftRight: (left, count, shift) => infix(left, ">>", shiftCount(shift, count), Level.mixed),
    shiftRightUnsigned: (left, count, shift) =>
      call("i32", infix(call("u32", left), ">>", shiftCount(shift, count), Level.mixed)),
  },
  bool: { and: between("&&", Level.mixed), or: between("||", Level.mixed), xor: between("!=", Level.mixed) },
  compare: {
    equal: (left, right, { left: operand }, place) =>
      operand.type.dtype === "f32" && left.text === right.text
        ? unary("!", helper<Helper>("is_nan", place, left))
        : infix(left, "==", right, Level.mixed),
    notEqual: (left, right, { left: operand }, place) => {
      if (operand.type.dtype !== "f32") return infix(left, "!=", right, Level.mixed);
      return left.text === right.text ? helper<Helper>("is_nan", place, left) : unequal(left, right);
    },
    less: between("<", Level.mixed),
    lessEqual: between("<=", Level.mixed),
    greater: between(">", Level.mixed),
    greaterEqual: between(">=", Level.mixed),
  },
  // Where all operands are constants, a value that only the running shader knows.
  operand: (code, { type: { dtype } }, all, place) =>
    all.every(isConstant) && dtype !== "bool" ? helper<Helper>(`runtime_${dtype}`, place, code) : code,
  named: (value, code, place) => (isSum(value) ? helper<Helper>("rounded", place, code) : code),
};

type Operands = Parameters<Operator>[2];

function isNonzero(value: Code): Code {
  return infix(value, "!=", primary("0"), Level.mixed);
}

/**
 * The opposite of a comparison of order is true of a NaN. A shader compiler may take it that there is none, and NVIDIA's does, and turn the
 * comparison round, so it does not see what is negated.
 */
function negated(operand: Expression, value: Code, place: Place): Code {
  return unary("!", asksOrder(operand, place, new Set()) ? helper<Helper>("told", place, value) : value);
}

/** Whether a condition is made of comparisons of f32 by their order, here or by its names, of which those in `seen` are none. */
function asksOrder(condition: Expression, place: Place, seen: Set<string>): boolean {
  switch (condition.kind) {
    case "compare":
      return condition.left.type.dtype === "f32" && condition.operator !== "equal" && condition.operator !== "notEqual";
    case "unary":
    case "binary":
    case "select":
      return operandsOf(condition).some((operand) => operand.type.dtype === "bool" && asksOrder(operand, place, seen));
    case "variable": {
      if (place.inFunction || seen.has(condition.name)) return false;
      seen.add(condition.name);
      const { value } = place.scope.find("local", condition.name).binding;
      return value !== undefined && asksOrder(value, place, seen);
    }
    default:
      return false;
  }
}

/** A NaN is unequal to everything, which shaders say only of the opposite. */
function unequal(left: Code, right: Code): Code {
  return unary("!", infix(left, "==", right, Level.mixed));
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

/** From here on a constant rounds what it is added to to whole numbers or beyond, and that is what it is for. */
const large = 2 ** 22;

/**
 * The left operand, or where large constants are involved, one that keeps its rounding: shader compilers may merge
 * constants, and then x + large - large would be x, not x rounded to a whole number as the polynomials mean it.
 */
function kept(left: Code, operand: Expression, right: Expression, place: Place): Code {
  if (right.kind !== "constant" || operand.kind === "constant" || (operand.kind === "variable" && place.inFunction))
    return left;
  const rounds = isLarge(right) || (isSum(operand) && isLarge(operand.right));
  return rounds ? helper<Helper>("rounded", place, left) : left;
}

/**
 * Whether the operand is a sum or difference, here or by its name, of which the other one is an operand. Then a difference of both tells what
 * rounding lost, as sums that are compensated ask; a shader compiler, as NVIDIA's, may take it that nothing was lost.
 */
function adds(operand: Expression, other: Expression, { scope, inFunction }: Place): boolean {
  const named = operand.kind === "variable" && !inFunction ? scope.find("local", operand.name).binding : undefined;
  const sum = named === undefined ? operand : named.mutable ? undefined : named.value;
  return sum !== undefined && isSum(sum) && [sum.left, sum.right].some((part) => isSame(part, other));
}

/** Whether both are one name, or one element. */
function isSame(one: Expression, other: Expression): boolean {
  if (one.kind === "variable") return other.kind === "variable" && one.name === other.name;
  if (one.kind !== "load" || other.kind !== "load") return false;
  return one.buffer === other.buffer && indexKey(one.address) === indexKey(other.address);
}

function isLarge(value: Expression): boolean {
  return value.kind === "constant" && Math.abs(value.value) >= large && Number.isFinite(value.value);
}

/** True for an f32 sum or difference. */
function isSum(value: Expression): value is Of<"binary"> {
  return (
    value.kind === "binary" && value.type.dtype === "f32" && (value.operator === "add" || value.operator === "sub")
  );
}

/** Modulo 32. */
function shiftCount({ right: count }: Operands, code: Code): Code {
  if (count.kind === "constant") return primary(`${count.value & 31}u`);
  return infix(call("u32", code), "&", primary("31u"), Level.mixed);
}

/** The largest f32: what is above it is refused, though it would be rounded to it. */
const largest = 3.4028234663852886e38;

/** A finite f32 in the fewest digits that give it back. */
function floatLiteral(value: number): Code {
  const text = String(shortest(Math.abs(value), largest));
  const dotted = /[.e]/.test(text) ? text : `${text}.0`;
  return value < 0 || Object.is(value, -0) ? { text: `-${dotted}`, level: Level.unary } : primary(dotted);
}
