/** What must hold of every scalar: its types agree, its axes and locals are bound, its loads agree with each other. */
import { constantValue } from "../dimension/dimension.ts";
import { scalarKey } from "./keys.ts";
import { dtypeOf } from "./scalar.ts";
import { childrenOf, indicesOf } from "./traverse.ts";
import type { BinaryOperator, Combine, ElementType, Index, IndexAtom, Let, Scalar, UnaryOperator } from "./types.ts";

/** What is visible where a scalar stands; loads are recorded so that two of one tensor can be compared. */
export interface Visible {
  readonly axes: ReadonlySet<string>;
  readonly locals: ReadonlyMap<string, ElementType>;
  readonly tensors: Map<string, TensorUse>;
}

export interface TensorUse {
  readonly dtype: ElementType;
  readonly rank: number;
}

/** The scalar's problems, each a sentence with what was expected and what was found. */
export function verifyScalar(scalar: Scalar, visible: Visible): readonly string[] {
  return [
    ...verifyNode(scalar, visible),
    ...indicesOf(scalar).flatMap((index) => verifyIndex(index, visible)),
    ...childrenOf(scalar).flatMap((child) => verifyScalar(child, visible)),
  ];
}

/** The problems of lets in order, and what is visible after them. */
export function verifyLets(lets: readonly Let[], visible: Visible): readonly [readonly string[], Visible] {
  const locals = new Map(visible.locals);
  const scope = { ...visible, locals };
  const problems = lets.flatMap(({ name, value }) => {
    const again = locals.has(name) ? [`expected a new local, found ${name} again`] : [];
    const found = verifyScalar(value, scope);
    locals.set(name, dtypeOf(value));
    return [...again, ...found];
  });
  return [problems, scope];
}

export function verifyIndex(index: Index, visible: Visible): readonly string[] {
  return index.terms.flatMap(({ atom }) => verifyAtom(atom, visible));
}

function verifyAtom(atom: IndexAtom, visible: Visible): readonly string[] {
  switch (atom.kind) {
    case "axis":
      return visible.axes.has(atom.axis) ? [] : [`expected axis ${atom.axis} to be bound, found no loop over it`];
    case "quotient":
    case "remainder": {
      const divisor = constantValue(atom.divisor);
      const positive = divisor === undefined || divisor > 0 ? [] : [`expected a positive divisor, found ${divisor}`];
      return [...positive, ...verifyIndex(atom.value, visible)];
    }
    case "data":
      return [...expectType(atom.value, ["i32"], "a data index"), ...verifyScalar(atom.value, visible)];
  }
}

/** Two uses of one tensor must agree in type and rank. */
export function verifyTensor(tensor: string, use: TensorUse, { tensors }: Visible): readonly string[] {
  const before = tensors.get(tensor);
  tensors.set(tensor, before ?? use);
  if (before === undefined || (before.dtype === use.dtype && before.rank === use.rank)) return [];
  return [`expected ${tensor} as ${describe(before)} everywhere, found ${describe(use)}`];
}

function describe({ dtype, rank }: TensorUse): string {
  return `${dtype} of rank ${rank}`;
}

export function expectType(scalar: Scalar, allowed: readonly ElementType[], role: string): readonly string[] {
  const found = dtypeOf(scalar);
  return allowed.includes(found)
    ? []
    : [`expected ${allowed.join(" or ")} for ${role}, found ${found}: ${scalarKey(scalar)}`];
}

const numbers: readonly ElementType[] = ["f32", "i32"];

const unaryTypes: Readonly<Record<UnaryOperator, readonly ElementType[]>> = {
  neg: numbers,
  abs: numbers,
  floor: ["f32"],
  sqrt: ["f32"],
  not: ["bool"],
  bits: ["f32"],
  unbits: ["i32"],
};

const binaryTypes: Readonly<Record<BinaryOperator, readonly ElementType[]>> = {
  add: numbers,
  sub: numbers,
  mul: numbers,
  mod: ["i32"],
  maximum: numbers,
  greatest: ["f32"],
  minimum: numbers,
  div: ["f32"],
  and: ["i32", "bool"],
  or: ["i32", "bool"],
  xor: ["i32", "bool"],
  shiftLeft: ["i32"],
  shiftRight: ["i32"],
  shiftRightUnsigned: ["i32"],
};

/** What a reduction takes. */
export function combinedTypes(combine: Combine): readonly ElementType[] {
  return combine === "greatest" ? binaryTypes.greatest : numbers;
}

function verifyNode(scalar: Scalar, visible: Visible): readonly string[] {
  switch (scalar.kind) {
    case "index":
    case "dimension":
    case "cast":
      return [];
    case "constant":
      return scalar.dtype === "f32" && !Object.is(Math.fround(scalar.value), scalar.value)
        ? [`expected a float32 constant, found ${scalar.value}`]
        : [];
    case "load":
      return verifyTensor(scalar.tensor, { dtype: scalar.dtype, rank: scalar.indices.length }, visible);
    case "local":
      return verifyLocal(scalar.name, scalar.dtype, visible);
    case "unary": {
      const result = scalar.operator === "bits" ? "i32" : scalar.operator === "unbits" ? "f32" : dtypeOf(scalar.value);
      return [
        ...expectType(scalar.value, unaryTypes[scalar.operator], scalar.operator),
        ...expectType(scalar, [result], "the result"),
      ];
    }
    case "binary":
      return [
        ...expectType(scalar.left, binaryTypes[scalar.operator], scalar.operator),
        ...expectType(scalar.right, [dtypeOf(scalar.left)], `the right of ${scalar.operator}`),
        ...expectType(scalar, [dtypeOf(scalar.left)], `the result of ${scalar.operator}`),
      ];
    case "compare": {
      const anyType = scalar.operator === "equal" || scalar.operator === "notEqual";
      return [
        ...expectType(scalar.left, anyType ? [...numbers, "bool"] : numbers, scalar.operator),
        ...expectType(scalar.right, [dtypeOf(scalar.left)], `the right of ${scalar.operator}`),
      ];
    }
    case "select":
      return [
        ...expectType(scalar.condition, ["bool"], "a condition"),
        ...expectType(scalar.whenTrue, [scalar.dtype], "a select's side"),
        ...expectType(scalar.otherwise, [scalar.dtype], "a select's side"),
      ];
    case "call": {
      const { name, parameters } = scalar.function.definition;
      const found = scalar.arguments.length;
      if (found !== parameters.length) return [`expected ${parameters.length} arguments of ${name}, found ${found}`];
      return parameters.flatMap(({ dtype }, n) => expectType(scalar.arguments[n], [dtype], `an argument of ${name}`));
    }
  }
}

function verifyLocal(name: string, dtype: ElementType, { locals }: Visible): readonly string[] {
  const bound = locals.get(name);
  if (bound === undefined) return [`expected local ${name} to be defined before, found no definition`];
  return bound === dtype ? [] : [`expected local ${name} as ${bound}, found ${dtype}`];
}
