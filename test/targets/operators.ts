/** Every operator and function on special values, as cases that several targets' tests share. */
import { functions } from "../../compiler/loops/functions.ts";
import type { ElementType } from "../../compiler/loops/types.ts";
import type { Expression, Program } from "../../compiler/program/types.ts";
import {
  at,
  binary,
  cast,
  compare,
  kernelOf,
  layOut,
  literal,
  load,
  loop,
  parameter,
  programOf,
  select,
  store,
  unary,
} from "./programs.ts";

const f32Values = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  -2.5,
  3,
  -7,
  0.1,
  1e-3,
  88.7,
  -87.4,
  1e10,
  -3e38,
  3.4e38,
  1e-38,
  1e-45,
  2147483648,
  -2147483904,
  16777217,
  Infinity,
  -Infinity,
  NaN,
];
const i32Values = [
  0, 1, -1, 2, 3, -3, 5, 31, 32, 33, -31, 255, 1023, 65536, 16777217, 2147483647, -2147483647, -2147483648,
];

/** All pairs of values, repeated to a multiple of four. */
export function pairs(dtype: ElementType): { readonly a: readonly number[]; readonly b: readonly number[] } {
  const values = { f32: f32Values, i32: i32Values, bool: [0, 1] }[dtype];
  const all = values.flatMap((a) => values.map((b) => [a, b] as const));
  while (all.length % 4 !== 0) all.push(all[0]);
  return { a: all.map(([a]) => a), b: all.map(([, b]) => b) };
}

/** What is computed of two operands of one type. */
export interface Case {
  readonly title: string;
  readonly dtype: ElementType;
  readonly make: (a: Expression, b: Expression) => Expression;
}

function of(dtype: ElementType, title: string, make: Case["make"]): Case {
  return { title: `${title} of ${dtype}`, dtype, make };
}

const floatFunctions = ["neg", "abs", "floor", "sqrt"] as const;
const floatOperators = ["add", "sub", "mul", "div", "maximum", "greatest", "minimum"] as const;
const integerOperators = [
  "add",
  "sub",
  "mul",
  "mod",
  "maximum",
  "minimum",
  "and",
  "or",
  "xor",
  "shiftLeft",
  "shiftRight",
  "shiftRightUnsigned",
] as const;
const comparisons = ["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"] as const;
const types = ["f32", "i32", "bool"] as const;

/** A constant in as many lanes as the operand has. */
function like(operand: Expression, value: number): Expression {
  return literal(value, operand.type.dtype, operand.type.lanes);
}

export const cases: readonly Case[] = [
  ...floatFunctions.map((operator) => of("f32", operator, (a) => unary(operator, a))),
  ...(["neg", "abs"] as const).map((operator) => of("i32", operator, (a) => unary(operator, a))),
  of("bool", "not", (a) => unary("not", a)),
  of("i32", "unbits", (a) => unary("unbits", a, "f32")),
  of("f32", "bits but of NaN", (a) => unary("bits", select(compare("equal", a, a), a, like(a, 1)), "i32")),
  ...floatOperators.map((operator) => of("f32", operator, (a, b) => binary(operator, a, b))),
  ...integerOperators.map((operator) => of("i32", operator, (a, b) => binary(operator, a, b))),
  ...(["and", "or", "xor"] as const).map((operator) => of("bool", operator, (a, b) => binary(operator, a, b))),
  ...comparisons.flatMap((operator) =>
    (["f32", "i32"] as const).map((dtype) => of(dtype, operator, (a, b) => compare(operator, a, b))),
  ),
  ...(["equal", "notEqual"] as const).map((operator) => of("bool", operator, (a, b) => compare(operator, a, b))),
  ...types.flatMap((from) => types.map((to) => of(from, `cast to ${to}`, (a) => cast(to, a)))),
  ...types.map((dtype) => of(dtype, "select", (a, b) => select(compare("equal", a, b), b, a))),
  ...[...types.map((dtype) => ({ dtype, zero: 0 })), { dtype: "f32", zero: -0 } as const].flatMap(({ dtype, zero }) => {
    const name = Object.is(zero, -0) ? "-0" : "0";
    return [
      of(dtype, `select or ${name}`, (a, b) => select(compare("equal", a, b), a, like(a, zero))),
      of(dtype, `select ${name} or not`, (a, b) => select(compare("equal", a, b), like(a, zero), a)),
    ];
  }),
  ...[0, 1, 31, 32, -1].flatMap((count) =>
    (["shiftLeft", "shiftRightUnsigned"] as const).map((operator) =>
      of("i32", `${operator} by ${count}`, (a) => binary(operator, a, like(a, count))),
    ),
  ),
  ...f32Values.map((value) =>
    of("f32", `the constant ${Object.is(value, -0) ? "-0" : value}`, (a) =>
      select(compare("less", a, like(a, 0)), a, like(a, Math.fround(value))),
    ),
  ),
  ...functions.map(({ name, parameters, dtype }) =>
    of(parameters[0].dtype, `the function ${name}`, (a, b) => ({
      kind: "call",
      function: name,
      type: { dtype, lanes: a.type.lanes },
      arguments: parameters.map((_, n) => (n % 2 === 0 ? a : b)),
    })),
  ),
];

/** For each case a kernel `y[i] = make(a[i], b[i])`, one or four elements at a time. */
export function programFor(lanes: 1 | 4): Program {
  const operands = types.flatMap((dtype) =>
    (["a", "b"] as const).map((side) => ({ name: `${side} ${dtype}`, dtype, elements: pairs(dtype).a.length })),
  );
  const built = cases.map(({ title, dtype, make }) => {
    const value = make(load("a", at({ i: 1 }), dtype, lanes), load("b", at({ i: 1 }), dtype, lanes));
    const parameters = [
      parameter("a", "read", dtype),
      parameter("b", "read", dtype),
      parameter("y", "write", value.type.dtype),
    ];
    const elements = pairs(dtype).a.length;
    const kernel = kernelOf(title, parameters, [
      loop("i", elements, [store("y", at({ i: 1 }), value)], { step: lanes }),
    ]);
    return { kernel, result: { name: title, dtype: value.type.dtype, elements } };
  });
  const layout = layOut([...operands, ...built.map(({ result }) => result)]);
  const steps = cases.map(({ dtype }, n) => {
    const left = 2 * types.indexOf(dtype);
    return { kind: "call", kernel: n, buffers: [left, left + 1, operands.length + n] } as const;
  });
  const kernels = built.map(({ kernel }) => kernel);
  return {
    ...programOf(kernels[0], { a: 4, b: 4, y: 4 }),
    ...layout,
    kernels,
    functions,
    entries: [{ name: "run", inputs: [], results: [], dims: [], steps }],
  };
}

export const inputs = Object.fromEntries(
  types.flatMap((dtype) => (["a", "b"] as const).map((side) => [`${side} ${dtype}`, pairs(dtype)[side]])),
);
