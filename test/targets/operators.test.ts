/** Every operator on special values: TypeScript, WebAssembly in one lane and in four give the same bits. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Expression } from "../../compiler/program/types.ts";
import { cases, inputs, pairs, programFor } from "./operators.ts";
import {
  at,
  binary,
  compare,
  kernelOf,
  literal,
  load,
  loop,
  parameter,
  programOf,
  splat,
  store,
  typeOf,
} from "./programs.ts";
import { bitsOf, runTypescript, runWasm } from "./run.ts";
import type { Results } from "./run.ts";

let everywhere: readonly Results[] = [];

beforeAll(async () => {
  everywhere = [
    await runTypescript(programFor(1), inputs),
    runWasm(programFor(1), inputs),
    runWasm(programFor(4), inputs),
  ];
}, 60_000);

describe("has the same bits on both targets, in one lane and in four", () => {
  it.each(cases)("$title", ({ title, dtype }) => {
    const [expected, scalar, simd] = everywhere.map((results) => bitsOf(results.get(title) ?? new Float32Array()));
    const { a, b } = pairs(dtype);
    expect(expected).toHaveLength(a.length);
    const differences = a.flatMap((left, n) =>
      scalar[n] === expected[n] && simd[n] === expected[n]
        ? []
        : [`${left}, ${b[n]}: TypeScript ${expected[n]}, one lane ${scalar[n]}, four ${simd[n]}`],
    );
    expect(differences).toEqual([]);
  });
});

describe("maximum and minimum are those of JavaScript", () => {
  it.each(["maximum", "minimum"] as const)("%s", (operator) => {
    const { a, b } = pairs("f32");
    const expected = Float32Array.from(a, (left, n) =>
      Math[operator === "maximum" ? "max" : "min"](Math.fround(left), Math.fround(b[n])),
    );
    for (const results of everywhere) {
      expect(bitsOf(results.get(`${operator} of f32`) ?? new Float32Array())).toEqual(bitsOf(expected));
    }
  });
});

describe("greatest is the second operand where that is greater or a NaN, else the first", () => {
  it.each(["TypeScript", "WebAssembly in one lane", "WebAssembly in four"].map((name, n) => [name, n] as const))(
    "%s",
    (_, n) => {
      const { a, b } = pairs("f32");
      const expected = Float32Array.from(a, (left, at) => (b[at] > left || Number.isNaN(b[at]) ? b[at] : left));
      const found = everywhere[n].get("greatest of f32") ?? new Float32Array();
      expect(bitsOf(found)).toEqual(bitsOf(expected));
    },
  );
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

  type Four = readonly [number, number, number, number];
  const shuffled = (left: Expression, right: Expression, own: Four): Expression => ({
    kind: "shuffle",
    left,
    right,
    lanes: own,
    type: left.type,
  });

  function run(value: Expression): readonly number[] {
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
    return Array.from(results.get("y") ?? []);
  }

  const lanes: readonly (readonly [string, Expression, readonly number[]])[] = [
    ["packs lanes of f32", reversed(vector), [4, -3, 2, -1, -8, 7, -6, 5]],
    ["packs lanes of i32", reversed(integers), [4, 3, 2, 1, 8, 7, 6, 5]],
    ["packs lanes of bool", reversed(mask), [0, 1, 0, 1, 1, 0, 1, 0]],
    ["shuffles lanes of f32", shuffled(vector, reversed(vector), [1, 7, 4, 0]), [2, -1, 4, -1, -6, 5, -8, 5]],
    ["shuffles lanes of i32", shuffled(integers, integers, [3, 0, 6, 5]), [4, 1, 3, 2, 8, 5, 7, 6]],
    ["shuffles lanes of bool", shuffled(mask, reversed(mask), [0, 4, 1, 7]), [1, 0, 0, 1, 0, 1, 1, 0]],
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
  ];

  it.each(lanes)("%s", (_, value, expected) => {
    expect(run(value)).toEqual(expected);
  });
});
