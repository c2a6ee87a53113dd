/**
 * Computes as text for people, in the notation of loops: `for i in N, j in 32`, then `out[i, j] = Σ k in 64: x[i, k] * w[k, j]`.
 */
import type { Dimension } from "../dimension/dimension.ts";
import { constantValue } from "../dimension/dimension.ts";
import type {
  Axis,
  BinaryOperator,
  Combine,
  Comparison,
  Compute,
  Index,
  IndexAtom,
  IndexTerm,
  Order,
  Scalar,
} from "./types.ts";

/** `i in N, j in 32`. */
export function printAxes(axes: readonly Axis[]): string {
  return axes.map(({ name, extent }) => `${name} in ${extent.key}`).join(", ");
}

/** Nothing for one ascending accumulator, else ` (4 lanes, chunks of 2048)`. */
export function printOrder({ lanes, chunk }: Order): string {
  const parts = [...(lanes === 4 ? ["4 lanes"] : []), ...(chunk === undefined ? [] : [`chunks of ${chunk}`])];
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

const combineSigns: Readonly<Record<Combine, string>> = {
  sum: "Σ",
  prod: "Π",
  max: "max",
  greatest: "greatest",
  min: "min",
  argmax: "argmax",
};

export function combineSign(combine: Combine): string {
  return combineSigns[combine];
}

/** `2*i + j - 1`, `(i + 3) / 8`, `clamp(ids[i], V)`. */
export function printIndex(index: Index): string {
  const parts = index.terms.map(printTerm);
  if (parts.length === 0) return index.constant.key;
  const constantPart = constantValue(index.constant) === 0 ? [] : [index.constant.key];
  return [...parts, ...constantPart].join(" + ").replaceAll("+ -", "- ");
}

function printTerm({ atom, coefficient }: IndexTerm): string {
  const factor = constantValue(coefficient);
  const text = printAtom(atom, factor !== 1);
  if (factor === 1) return text;
  return factor === -1 ? `-${text}` : `${inParentheses(coefficient)}*${text}`;
}

function inParentheses(dimension: Dimension): string {
  return dimension.monomials.length > 1 ? `(${dimension.key})` : dimension.key;
}

function printAtom(atom: IndexAtom, tight: boolean): string {
  switch (atom.kind) {
    case "axis":
      return atom.axis;
    case "data":
      return `clamp(${printScalar(atom.value)}, ${atom.size.key})`;
    case "quotient":
    case "remainder": {
      const sign = atom.kind === "quotient" ? "/" : "%";
      const text = `${tightly(printIndex(atom.value))} ${sign} ${tightly(atom.divisor.key)}`;
      return tight ? `(${text})` : text;
    }
  }
}

/** A name or a number as it is, all else in parentheses. */
function tightly(text: string): string {
  return /^\w+$/.test(text) ? text : `(${text})`;
}

/** `x[i, k]`. */
export function printElement(tensor: string, indices: readonly Index[]): string {
  return `${tensor}[${indices.map(printIndex).join(", ")}]`;
}

type Infix = BinaryOperator | Comparison;

/** How operators are written between their operands, and how tightly they bind; the others are written as calls. */
export const infix: Readonly<Record<Infix, readonly [sign: string, level: number] | undefined>> = {
  or: ["|", 1],
  xor: ["^", 2],
  and: ["&", 3],
  equal: ["==", 4],
  notEqual: ["!=", 4],
  less: ["<", 4],
  lessEqual: ["<=", 4],
  greater: [">", 4],
  greaterEqual: [">=", 4],
  shiftLeft: ["<<", 5],
  shiftRight: [">>", 5],
  shiftRightUnsigned: [">>>", 5],
  add: ["+", 6],
  sub: ["-", 6],
  mul: ["*", 7],
  div: ["/", 7],
  mod: ["%", 7],
  maximum: undefined,
  greatest: undefined,
  minimum: undefined,
};

/** A sign in front binds less than a power, and more than all else. */
const signed = 8;

/** The scalar with as few parentheses as the usual precedence allows; operators of one level group to the left. */
export function printScalar(scalar: Scalar): string {
  return print(scalar, 0);
}

function print(scalar: Scalar, level: number): string {
  switch (scalar.kind) {
    case "constant": {
      const text = printConstant(scalar.value, scalar.dtype === "bool");
      return level > signed && text.startsWith("-") ? `(${text})` : text;
    }
    case "index":
      return printSize(printIndex(scalar.index), level);
    case "load":
      return printElement(scalar.tensor, scalar.indices);
    case "local":
      return scalar.name;
    case "unary":
      return scalar.operator === "neg" ? printNegative(scalar.value, level) : call(scalar.operator, [scalar.value]);
    case "binary":
    case "compare":
      return printInfix(scalar, level);
    case "select":
      return call("select", [scalar.condition, scalar.whenTrue, scalar.otherwise]);
    case "cast":
      return call(scalar.dtype, [scalar.value]);
    case "call":
      return call(scalar.function.definition.name, scalar.arguments);
    case "dimension":
      return printSize(scalar.dimension.key, level);
  }
}

function printNegative(value: Scalar, level: number): string {
  const text = `-${print(value, signed + 1)}`;
  return level > signed ? `(${text})` : text;
}

/** A sum, where it has several terms. */
function printSize(text: string, level: number): string {
  return level > 6 ? tightly(text) : text;
}

function call(name: string, operands: readonly Scalar[]): string {
  return `${name}(${operands.map(printScalar).join(", ")})`;
}

function printInfix(scalar: Extract<Scalar, { readonly kind: "binary" | "compare" }>, level: number): string {
  const found = infix[scalar.operator];
  if (found === undefined) return call(scalar.operator, [scalar.left, scalar.right]);
  const [sign, own] = found;
  const text = `${print(scalar.left, own)} ${sign} ${print(scalar.right, own + 1)}`;
  return own < level ? `(${text})` : text;
}

function printConstant(value: number, isBool = false): string {
  if (isBool) return value === 0 ? "false" : "true";
  if (Object.is(value, -0)) return "-0";
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value);
  return String(shortest(value));
}

/** The number of the fewest digits that rounds to this float32 and is no larger than `most`; itself where there is none. */
export function shortest(value: number, most = Infinity): number {
  for (let digits = 1; digits < 10; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value && short <= most) return short;
  }
  return value;
}

/** The compute as loops that fill `output`. */
export function printCompute(compute: Compute, output = "out"): string {
  const own = compute.axes.map(({ name }) => name).join(", ");
  const head = compute.axes.length === 0 ? [] : [`for ${printAxes(compute.axes)}`];
  const indent = head.length === 0 ? "" : "  ";
  switch (compute.kind) {
    case "map":
      return [...head, `${indent}${output}[${own}] = ${printScalar(compute.value)}`].join("\n");
    case "reduce": {
      const { combine, over, order, value } = compute;
      const sum = `${combineSign(combine)} ${printAxes(over)}${printOrder(order)}: ${printScalar(value)}`;
      return [...head, `${indent}${output}[${own}] = ${sum}`].join("\n");
    }
    case "scatter": {
      const add = `  ${printElement(output, compute.at)} += ${printScalar(compute.value)}`;
      return [...head, `${indent}${output}[${own}] = 0`, `for ${printAxes(compute.from)} in order`, add].join("\n");
    }
    case "unrolled": {
      const lets = compute.lets.map(({ name, value }) => `let ${name} = ${printScalar(value)}`);
      const elements = compute.elements.map(({ at, value }) => `${printElement(output, at)} = ${printScalar(value)}`);
      const loops = compute.points.length === 0 ? [] : [`for ${printAxes(compute.points)}`];
      return [...loops, ...[...lets, ...elements].map((line) => (loops.length === 0 ? line : `  ${line}`))].join("\n");
    }
  }
}
