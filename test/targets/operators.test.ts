/** Every operator on special values: TypeScript, WebAssembly in one lane and in four give the same bits. */
import { describe, expect, it } from "vitest";
import { functions } from "../../compiler/loops/functions.ts";
import type { BinaryOperator, Comparison, ElementType, UnaryOperator } from "../../compiler/loops/types.ts";
import type { Expression, FunctionDefinition, Program } from "../../compiler/program/types.ts";
import {
  at,
  binary,
  cast,
  compare,
  kernelOf,
  literal,
  load,
  loop,
  parameter,
  programOf,
  select,
  splat,
  store,
  typeOf,
  unary,
} from "./programs.ts";
import { bitsOf, runTypescript, runWasm } from "./run.ts";
import type { Results } from "./run.ts";

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
const boolValues = [0, 1];

function valuesOf(dtype: ElementType): readonly number[] {
  return dtype === "f32" ? f32Values : dtype === "i32" ? i32Values : boolValues;
}

/** All pairs of values, repeated to a multiple of four. */
function pairs(dtype: ElementType): { readonly a: number[]; readonly b: number[] } {
  const all = valuesOf(dtype).flatMap((a) => valuesOf(dtype).map((b) => [a, b] as const));
  while (all.length % 4 !== 0) all.push(all[0]);
  return { a: all.map(([a]) => a), b: all.map(([, b]) => b) };
}

type Make = (a: Expression, b: Expression) => Expression;

/** `y[i] = make(a[i], b[i])`, one or four at a time. */
function elementwise(
  dtype: ElementType,
  make: Make,
  lanes: 1 | 4,
  uses: readonly FunctionDefinition[] = [],
): { readonly program: Program; readonly inputs: { a: number[]; b: number[] } } {
  const inputs = pairs(dtype);
  const value = make(load("a", at({ i: 1 }), dtype, lanes), load("b", at({ i: 1 }), dtype, lanes));
  const body = [loop("i", inputs.a.length, [store("y", at({ i: 1 }), value)], { step: lanes })];
  const parameters = [
    parameter("a", "read", dtype),
    parameter("b", "read", dtype),
    parameter("y", "write", value.type.dtype),
  ];
  const size = inputs.a.length;
  return {
    program: programOf(kernelOf("each", parameters, body), { a: size, b: size, y: size }, { functions: uses }),
    inputs,
  };
}

/** Where the bits of y differ between TypeScript and WebAssembly in one lane or in four. */
async function differences(
  dtype: ElementType,
  make: Make,
  uses: readonly FunctionDefinition[] = [],
): Promise<readonly string[]> {
  const { program, inputs } = elementwise(dtype, make, 1, uses);
  const vectors = elementwise(dtype, make, 4, uses).program;
  const [expected, scalar, simd] = [
    await runTypescript(program, inputs),
    runWasm(program, inputs),
    runWasm(vectors, inputs),
  ].map(bitsOfY);
  return inputs.a.flatMap((left, n) =>
    scalar[n] === expected[n] && simd[n] === expected[n]
      ? []
      : [`${left}, ${inputs.b[n]}: TypeScript ${expected[n]}, one lane ${scalar[n]}, four ${simd[n]}`],
  );
}

function bitsOfY(results: Results): ReturnType<typeof bitsOf> {
  return bitsOf(results.get("y") ?? new Float32Array());
}

function named(name: string): readonly FunctionDefinition[] {
  return functions.filter((definition) => definition.name === name);
}

const unaryCases: readonly (readonly [UnaryOperator, ElementType])[] = [
  ...(
    ["neg", "abs", "sign", "floor", "sqrt", "exp", "expm1", "log", "log1p", "sin", "cos", "tanh", "erf"] as const
  ).map((operator) => [operator, "f32"] as const),
  ["neg", "i32"],
  ["abs", "i32"],
  ["sign", "i32"],
  ["not", "bool"],
];

const binaryCases: readonly (readonly [BinaryOperator, ElementType])[] = [
  ...(["add", "sub", "mul", "div", "mod", "pow", "maximum", "minimum"] as const).map(
    (operator) => [operator, "f32"] as const,
  ),
  ...(
    [
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
    ] as const
  ).map((operator) => [operator, "i32"] as const),
  ["and", "bool"],
  ["or", "bool"],
  ["xor", "bool"],
];

const comparisonCases: readonly (readonly [Comparison, ElementType])[] = (["f32", "i32", "bool"] as const).flatMap(
  (dtype) =>
    (["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"] as const)
      .filter((operator) => dtype !== "bool" || operator === "equal" || operator === "notEqual")
      .map((operator) => [operator, dtype] as const),
);

describe("an operator has the same bits on both targets, in one lane and in four", () => {
  it.each(unaryCases)("%s of %s", async (operator, dtype) => {
    expect(await differences(dtype, (a) => unary(operator, a), named(operator))).toEqual([]);
  });

  it("unbits of i32", async () => {
    expect(await differences("i32", (a) => unary("unbits", a, "f32"))).toEqual([]);
  });

  it("bits of f32 that are not NaN", async () => {
    expect(
      await differences("f32", (a) =>
        unary("bits", select(compare("equal", a, a), a, literal(1, "f32", a.type.lanes)), "i32"),
      ),
    ).toEqual([]);
  });

  it.each(binaryCases)("%s of %s", async (operator, dtype) => {
    expect(await differences(dtype, (a, b) => binary(operator, a, b), named(operator))).toEqual([]);
  });

  it.each(comparisonCases)("%s of %s", async (operator, dtype) => {
    expect(await differences(dtype, (a, b) => compare(operator, a, b))).toEqual([]);
  });

  it.each([
    ["f32", "i32"],
    ["f32", "bool"],
    ["i32", "f32"],
    ["i32", "bool"],
    ["bool", "f32"],
    ["bool", "i32"],
    ["f32", "f32"],
  ] as const)("cast of %s to %s", async (from, to) => {
    expect(await differences(from, (a) => cast(to, a))).toEqual([]);
  });

  it.each(["f32", "i32", "bool"] as const)("select of %s", async (dtype) => {
    expect(await differences(dtype, (a, b) => select(compare("equal", a, b), b, a))).toEqual([]);
  });

  it.each([0, 1, 31, 32, -1])("shifts by the constant %d", async (count) => {
    expect(await differences("i32", (a) => binary("shiftLeft", a, literal(count, "i32", a.type.lanes)))).toEqual([]);
    expect(
      await differences("i32", (a) => binary("shiftRightUnsigned", a, literal(count, "i32", a.type.lanes))),
    ).toEqual([]);
  });

  it.each(f32Values)("the constant %d", async (value) => {
    expect(
      await differences("f32", (a) =>
        select(
          compare("less", a, literal(0, "f32", a.type.lanes)),
          a,
          literal(Math.fround(value), "f32", a.type.lanes),
        ),
      ),
    ).toEqual([]);
  });

  it.each(functions.map((definition) => [definition.name, definition] as const))(
    "the function %s, called by name",
    async (_, definition) => {
      const [first] = definition.parameters;
      expect(
        await differences(
          first.dtype,
          (a, b) => ({
            kind: "call",
            function: definition.name,
            type: { dtype: definition.dtype, lanes: a.type.lanes },
            arguments: definition.parameters.map((_parameter, n) => (n % 2 === 0 ? a : b)),
          }),
          [definition],
        ),
      ).toEqual([]);
    },
  );
});

describe("maximum and minimum are those of JavaScript", () => {
  it.each([
    ["maximum", -0, 0, 0],
    ["maximum", 0, -0, 0],
    ["minimum", 0, -0, -0],
    ["minimum", -0, 0, -0],
    ["maximum", NaN, 1, NaN],
    ["maximum", 1, NaN, NaN],
    ["minimum", NaN, -Infinity, NaN],
    ["minimum", 1, NaN, NaN],
  ] as const)("%s(%d, %d) is %d", async (operator, a, b, expected) => {
    for (const lanes of [1, 4] as const) {
      const { program } = elementwise("f32", (left, right) => binary(operator, left, right), lanes);
      const inputs = { a: program.buffers[0].bytes / 4, b: 0 };
      const all = { a: Array<number>(inputs.a).fill(a), b: Array<number>(inputs.a).fill(b) };
      const found = lanes === 1 ? await runTypescript(program, all) : runWasm(program, all);
      expect(found.get("y")?.[3]).toBe(expected);
    }
  });
});

describe("lanes", () => {
  const vector = load("a", at({ i: 1 }), "f32", 4);
  const integers = load("b", at({ i: 1 }), "i32", 4);
  const mask = compare("less", vector, literal(0, "f32", 4));
  const lane = (value: Expression, n: 0 | 1 | 2 | 3): Expression => ({
    kind: "lane",
    value,
    lane: n,
    type: typeOf(value.type.dtype),
  });
  const reversed = (value: Expression): Expression => ({
    kind: "pack",
    values: [lane(value, 3), lane(value, 2), lane(value, 1), lane(value, 0)],
    type: value.type,
  });

  function run(value: Expression): readonly (number | string)[] {
    const parameters = [
      parameter("a", "read"),
      parameter("b", "read", "i32"),
      parameter("y", "write", value.type.dtype),
    ];
    const body = [loop("i", 8, [store("y", at({ i: 1 }), value)], { step: 4 })];
    const results = runWasm(programOf(kernelOf("lanes", parameters, body), { a: 8, b: 8, y: 8 }), {
      a: [-1, 2, -3, 4, 5, -6, 7, -8],
      b: [1, 2, 3, 4, 5, 6, 7, 8],
    });
    const y = results.get("y");
    return y instanceof Int32Array ? bitsOf(y) : Array.from(y ?? []);
  }

  it.each([
    ["packs lanes of f32", reversed(vector), [4, -3, 2, -1, -8, 7, -6, 5]],
    ["packs lanes of i32", reversed(integers), [4, 3, 2, 1, 8, 7, 6, 5]],
    ["packs lanes of bool", reversed(mask), [0, 1, 0, 1, 1, 0, 1, 0]],
    ["splats a lane of f32", splat(lane(vector, 2)), [-3, -3, -3, -3, 7, 7, 7, 7]],
    ["splats a lane of bool", splat(lane(mask, 1)), [0, 0, 0, 0, 1, 1, 1, 1]],
    ["splats a load", splat(load("b", at({ i: 1 }, 1), "i32")), [2, 2, 2, 2, 6, 6, 6, 6]],
    ["splats a constant", splat(literal(-0.1)), Array<number>(8).fill(Math.fround(-0.1))],
    [
      "counts lanes in an index",
      { kind: "index", index: at({ i: 2 }, 1), type: typeOf("i32", 4) },
      [1, 2, 3, 4, 9, 10, 11, 12],
    ],
    [
      "shifts by one count",
      binary("shiftLeft", integers, splat(lane(integers, 1))),
      [4, 8, 12, 16, 320, 384, 448, 512],
    ],
  ] as const satisfies readonly (readonly [string, Expression, readonly number[]])[])("%s", (_, value, expected) => {
    expect(run(value)).toEqual(expected);
  });
});
