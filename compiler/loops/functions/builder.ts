/**
 * How the functions are written: short names for the operators, numbers as f32 constants, and lets for what is used
 * more than once. What a body builds is plain data.
 */
import type {
  BinaryOperator,
  ElementType,
  FunctionDefinition,
  NumberFunction,
  Scalar,
  UnaryOperator,
} from "../types.ts";
import { binary, compare, constantScalar, dtypeOf, local, localsOf, select, unary } from "../scalar.ts";

export type Operand = Scalar | number;

/** Names a value; the local it returns stands for it from then on. A name taken already gets a number. */
export type Let = (name: string, value: Scalar) => Scalar;

type Head = Pick<FunctionDefinition, "name" | "summary" | "parameters"> & Omit<NumberFunction, "definition">;

/** The function whose body is built by `body` from the let-maker and the parameters. */
export function defineFunction(
  { name, summary, parameters: own, ...rest }: Head,
  body: (let_: Let, parameters: readonly Scalar[]) => Scalar,
): NumberFunction {
  const lets: { name: string; value: Scalar }[] = [];
  const taken = new Map(own.map((parameter) => [parameter.name, 1]));
  const let_: Let = (wanted, value) => {
    const count = (taken.get(wanted) ?? 0) + 1;
    taken.set(wanted, count);
    const unique = count === 1 ? wanted : `${wanted}${count}`;
    lets.push({ name: unique, value });
    return local(unique, dtypeOf(value));
  };
  const result = body(
    let_,
    own.map((parameter) => local(parameter.name, parameter.dtype)),
  );
  const definition = { name, summary, parameters: own, lets: used(lets, result), result, dtype: dtypeOf(result) };
  return { definition, ...rest };
}

/** Those that the result needs: printed code has no variable that nothing reads. */
function used(lets: FunctionDefinition["lets"], result: Scalar): FunctionDefinition["lets"] {
  const needed = new Set(localsOf(result));
  const kept = lets.toReversed().filter(({ name, value }) => {
    if (!needed.has(name)) return false;
    for (const one of localsOf(value)) needed.add(one);
    return true;
  });
  return kept.reverse();
}

/** `dtype` names for each, `x` and `y` say. */
export function parameters(dtype: ElementType, ...names: readonly string[]): FunctionDefinition["parameters"] {
  return names.map((name) => ({ name, dtype }));
}

function operand(value: Operand, like: Operand): Scalar {
  if (typeof value !== "number") return value;
  return constantScalar(typeof like === "number" ? "f32" : dtypeOf(like), value);
}

function two(operator: BinaryOperator): (left: Operand, right: Operand) => Scalar {
  return (left, right) => binary(operator, operand(left, right), operand(right, left));
}

function one(operator: UnaryOperator): (value: Scalar) => Scalar {
  return (value) => unary(operator, value);
}

export const add = two("add");
export const sub = two("sub");
export const mul = two("mul");
export const div = two("div");
export const atMost = two("minimum");
export const atLeast = two("maximum");
export const and = two("and");
export const or = two("or");
export const xor = two("xor");
export const shiftLeft = two("shiftLeft");
export const shiftRight = two("shiftRight");
export const shiftRightUnsigned = two("shiftRightUnsigned");
export const abs = one("abs");
export const floor = one("floor");
export const bits = one("bits");
export const unbits = one("unbits");

export function less(left: Operand, right: Operand): Scalar {
  return compare("less", operand(left, right), operand(right, left));
}

export function greater(left: Scalar, right: number): Scalar {
  return compare("greater", left, operand(right, left));
}

export function equals(left: Scalar, right: Operand): Scalar {
  return compare("equal", left, operand(right, left));
}

export function choose(condition: Scalar, whenTrue: Operand, otherwise: Operand): Scalar {
  return select(condition, operand(whenTrue, otherwise), operand(otherwise, whenTrue));
}

/** c₀ + x·(c₁ + x·(c₂ + …)), each operation rounded. */
export function polynomial(x: Scalar, coefficients: readonly number[]): Scalar {
  const [last, ...rest] = [...coefficients].reverse();
  return rest.reduce<Scalar>((sum, coefficient) => add(mul(sum, x), coefficient), constantScalar("f32", last));
}

/** `magnitude`, which is not negative, with the sign of `sign`, −0 included. */
export function withSign(magnitude: Scalar, sign: Scalar): Scalar {
  return unbits(or(bits(magnitude), and(bits(sign), -2147483648)));
}
