/** Whole kernels written by hand: loops with tails, tiles, arrays, conditions and every kind of address. */
import { describe, expect, it } from "vitest";
import { constant, multiply, symbol } from "../../compiler/dimension/dimension.ts";
import {
  addIndex,
  axisIndex,
  constantIndex,
  dataIndex,
  heldIndex,
  quotient,
  remainder,
  scaleIndex,
  subtractIndex,
} from "../../compiler/loops/index.ts";
import { local } from "../../compiler/loops/scalar.ts";
import type { Expression, Program, Statement } from "../../compiler/program/types.ts";
import {
  N,
  assign,
  at,
  binary,
  compare,
  define,
  kernelOf,
  layOut,
  literal,
  load,
  loop,
  parameter,
  programOf,
  select,
  splat,
  store,
  tiledMatmul,
  variable,
} from "./programs.ts";
import { bitsOf, expectEqual, runTypescript, runWasm } from "./run.ts";

/** Runs both targets, checks that they agree, and gives y. */
async function both(
  program: Program,
  inputs: Readonly<Record<string, ArrayLike<number>>>,
  dims: readonly number[] = [],
): Promise<readonly number[]> {
  const expected = await runTypescript(program, inputs, dims);
  expectEqual(expected, runWasm(program, inputs, dims));
  return Array.from(expected.get("y") ?? []);
}

const counted = (length: number, from = 1): readonly number[] => Array.from({ length }, (_, n) => n + from);

/** y[i] = x[i] + b[i] for i below N: four at a time, then one. */
function addWithTail(lanes: 1 | 4): Program {
  const whole = scaleIndex(quotient(constantIndex(N), constant(4)), 4);
  const sum = (width: 1 | 4): Expression =>
    binary("add", load("x", at({ i: 1 }), "f32", width), load("b", at({ i: 1 }), "f32", width));
  const body = [
    loop("i", whole, [store("y", at({ i: 1 }), sum(lanes))], { step: lanes }),
    loop("i", N, [store("y", at({ i: 1 }), sum(1))], { from: whole }),
  ];
  const parameters = [parameter("x", "read"), parameter("b", "read"), parameter("y", "write")];
  return programOf(kernelOf("add", parameters, body, { dims: ["N"] }), { x: 64, b: 64, y: 64 });
}

describe("a loop with a tail", () => {
  it.each([1, 3, 4, 5, 8, 63, 64])("adds %d elements and touches no other", async (n) => {
    const inputs = { x: counted(64), b: counted(64, 100), y: counted(64, -1000) };
    const expected = counted(64).map((x, i) => (i < n ? x + 100 + i : i - 1000));
    expect(await both(addWithTail(1), inputs, [n])).toEqual(expected);
    expect(Array.from(runWasm(addWithTail(4), inputs, [n]).get("y") ?? [])).toEqual(expected);
  });
});

describe("a tiled matrix product", () => {
  const random = (length: number, seed: number): readonly number[] =>
    counted(length).map((n) => Math.fround(Math.sin(n * seed)));

  it("is the plain sum in ascending k, rounded at each step, on both targets", async () => {
    const inputs = { x: random(8 * 6, 1.1), w: random(6 * 12, 2.3), b: random(12, 0.7) };
    const sizes = { x: 48, w: 72, b: 12, y: 96 };
    const expected = new Float32Array(96);
    for (let i = 0; i < 8; i++) {
      for (let j = 0; j < 12; j++) {
        let sum = 0;
        for (let k = 0; k < 6; k++) sum = Math.fround(sum + Math.fround(inputs.x[i * 6 + k] * inputs.w[k * 12 + j]));
        expected[i * 12 + j] = Math.max(Math.fround(sum + inputs.b[j]), 0);
      }
    }
    const found = await runTypescript(programOf(tiledMatmul(8, 12, 6, 1), sizes), inputs);
    expect(bitsOf(found.get("y") ?? new Float32Array())).toEqual(bitsOf(expected));
    expectEqual(found, runWasm(programOf(tiledMatmul(8, 12, 6, 4), sizes), inputs));
  });
});

const xy = [parameter("x", "read"), parameter("y", "write")];

/** y[address] = x[from], for i below 4 and j below 3. */
function moved(address: Parameters<typeof store>[1], from: Parameters<typeof load>[1]): Program {
  const body = [loop("i", 4, [loop("j", 3, [store("y", address, load("x", from))])])];
  return programOf(kernelOf("move", xy, body), { x: 12, y: 12 });
}

describe("addresses", () => {
  const i = axisIndex("i");
  const j = axisIndex("j");
  const flat = at({ i: 3, j: 1 });

  it.each([
    ["transposes", at({ j: 4, i: 1 }), flat, [1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12]],
    ["reverses from the arena's first byte", flat, at({ i: -3, j: -1 }, 11), [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
    ["reverses rows only", flat, at({ i: -3, j: 1 }, 9), [10, 11, 12, 7, 8, 9, 4, 5, 6, 1, 2, 3]],
    [
      "rotates by a remainder",
      flat,
      remainder(addIndex(flat, constantIndex(5)), constant(12)),
      [6, 7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5],
    ],
    ["repeats by a quotient", flat, quotient(flat, constant(5)), [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3]],
    [
      "floors a quotient that may be negative",
      flat,
      addIndex(quotient(subtractIndex(j, i), constant(2)), constantIndex(3)),
      [4, 4, 5, 3, 4, 4, 3, 3, 4, 2, 3, 3],
    ],
    [
      "floors a remainder that may be negative",
      flat,
      remainder(subtractIndex(j, scaleIndex(i, 2)), constant(3)),
      [1, 2, 3, 2, 3, 1, 3, 1, 2, 1, 2, 3],
    ],
    [
      "floors by an odd divisor",
      flat,
      addIndex(quotient(subtractIndex(j, i), constant(3)), constantIndex(1)),
      [2, 2, 2, 1, 2, 2, 1, 1, 2, 1, 1, 1],
    ],
  ] as const)("%s", async (_, address, from, expected) => {
    expect(await both(moved(address, from), { x: counted(12) })).toEqual(expected);
  });

  it("clamps what data say, and follows a variable that changes", async () => {
    const clamped = dataIndex(local("row", "i32"), constant(4));
    const body: readonly Statement[] = [
      define("last", literal(0, "i32"), true),
      loop("i", 3, [
        define("row", load("rows", at({ i: 1 }), "i32")),
        loop("j", 2, [store("y", at({ i: 2, j: 1 }), load("x", addIndex(scaleIndex(clamped, 2), axisIndex("j"))))]),
        assign("last", binary("add", variable("last", "i32"), literal(1, "i32"))),
        store("y", addIndex(constantIndex(6), dataIndex(local("last", "i32"), constant(4))), literal(9)),
      ]),
    ];
    const program = programOf(
      kernelOf("take", [parameter("x", "read"), parameter("rows", "read", "i32"), parameter("y", "write")], body),
      { x: 8, rows: 3, y: 10 },
    );
    expect(await both(program, { x: counted(8), rows: [2, -5, 77] })).toEqual([5, 6, 1, 2, 7, 8, 0, 9, 9, 9]);
  });

  it("leaves what is within already as it is", async () => {
    const held = heldIndex(local("row", "i32"), constant(4));
    const body = [
      loop("i", 2, [
        define("row", binary("minimum", load("rows", at({ i: 1 }), "i32"), literal(3, "i32"))),
        store("y", at({ i: 1 }), load("x", held)),
      ]),
    ];
    const kernel = kernelOf(
      "take",
      [parameter("x", "read"), parameter("rows", "read", "i32"), parameter("y", "write")],
      body,
    );
    expect(await both(programOf(kernel, { x: 4, rows: 2, y: 2 }), { x: counted(4), rows: [2, 9] })).toEqual([3, 4]);
  });

  it("take strides that depend on an open dimension", async () => {
    const by = multiply(N, constant(2));
    const body = [loop("i", 3, [loop("j", N, [store("y", at({ i: N, j: 1 }), load("x", at({ i: by, j: 2 })))])])];
    const program = programOf(kernelOf("thin", xy, body, { dims: ["N"] }), { x: 24, y: 12 });
    expect(await both(program, { x: counted(24) }, [4])).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23]);
  });

  it("start where an outer loop stands", async () => {
    const inner = loop(
      "t",
      addIndex(axisIndex("i"), constantIndex(4)),
      [store("y", at({ t: 1 }), load("x", at({ t: -1 }, 11)))],
      { from: axisIndex("i") },
    );
    const program = programOf(kernelOf("blocks", xy, [loop("i", 12, [inner], { step: 4 })]), { x: 12, y: 12 });
    expect(await both(program, { x: counted(12) })).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it("keep their pointers apart where sibling loops stand in one loop", async () => {
    const copy = (shift: number): Statement =>
      loop("j", 2, [store("y", at({ i: 4, j: 1 }, shift), load("x", at({ i: 4, j: 1 }, shift)))]);
    const program = programOf(
      kernelOf("siblings", xy, [loop("i", 3, [copy(0), store("y", at({ i: 4 }, 3), literal(7)), copy(1)])]),
      { x: 12, y: 12 },
    );
    expect(await both(program, { x: counted(12) })).toEqual([1, 2, 3, 7, 5, 6, 7, 7, 9, 10, 11, 7]);
  });
});

describe("statements", () => {
  it("choose a side, and count what they chose", async () => {
    const body: readonly Statement[] = [
      define("large", literal(0), true),
      loop("i", 6, [
        define("value", load("x", at({ i: 1 }))),
        {
          kind: "if",
          condition: compare("greater", variable("value"), literal(3)),
          whenTrue: [
            assign("large", binary("add", variable("large"), literal(1))),
            store("y", at({ i: 1 }), variable("large")),
          ],
          otherwise: [
            { kind: "comment", text: "*/ small ;) \n" },
            store("y", at({ i: 1 }), unaryNegative(variable("value"))),
          ],
        },
      ]),
    ];
    const program = programOf(kernelOf("choose", xy, body), { x: 6, y: 6 });
    expect(await both(program, { x: counted(6) })).toEqual([-1, -2, -3, 1, 2, 3]);
  });

  it("use private arrays behind the arena", async () => {
    const body: readonly Statement[] = [
      loop("i", 2, [
        loop("j", 3, [store("row", at({ j: 1 }), binary("mul", load("x", at({ i: 3, j: 1 })), literal(10)))]),
        loop("j", 3, [store("y", at({ i: 3, j: 1 }), load("row", at({ j: -1 }, 2)))]),
      ]),
    ];
    const arrays = [
      { name: "unused", dtype: "i32", elements: 5 },
      { name: "row", dtype: "f32", elements: 3 },
    ] as const;
    const program = programOf(kernelOf("rows", xy, body, { arrays }), { x: 6, y: 6 });
    expect(await both(program, { x: counted(6) })).toEqual([30, 20, 10, 60, 50, 40]);
  });

  it("store bools as 0 and 1, and read them as conditions", async () => {
    const parameters = [parameter("x", "read"), parameter("flags", "update", "bool"), parameter("y", "write")];
    const body = (lanes: 1 | 4): readonly Statement[] => {
      const zero = lanes === 1 ? literal(0) : splat(literal(0));
      return [
        loop("i", 8, [store("flags", at({ i: 1 }), compare("less", load("x", at({ i: 1 }), "f32", lanes), zero))], {
          step: lanes,
        }),
        loop(
          "i",
          8,
          [
            store(
              "y",
              at({ i: 1 }),
              select(load("flags", at({ i: 1 }), "bool", lanes), zero, load("x", at({ i: 1 }), "f32", lanes)),
            ),
          ],
          { step: lanes },
        ),
      ];
    };
    const sizes = { x: 8, flags: 8, y: 8 };
    const inputs = { x: [-1, 2, -3, 4, NaN, -0, 7, -8] };
    const found = await runTypescript(programOf(kernelOf("clip", parameters, body(1)), sizes), inputs);
    expect(Array.from(found.get("flags") ?? [])).toEqual([1, 0, 1, 0, 0, 0, 0, 1]);
    for (const lanes of [1, 4] as const)
      expectEqual(found, runWasm(programOf(kernelOf("clip", parameters, body(lanes)), sizes), inputs));
  });
});

function unaryNegative(value: Expression): Expression {
  return { kind: "unary", operator: "neg", value, type: value.type };
}

describe("entries", () => {
  it("call kernels in order, on the buffers and dimensions that each step names", async () => {
    const scale = kernelOf(
      "scale",
      xy,
      [loop("i", symbol("M"), [store("y", at({ i: 1 }), binary("mul", load("x", at({ i: 1 })), literal(2)))])],
      { dims: ["M"] },
    );
    const { buffers, arenaBytes } = layOut([
      { name: "x", elements: 4 },
      { name: "h", elements: 4 },
      { name: "y", elements: 4 },
    ]);
    const base = programOf(scale, { x: 4, y: 4 });
    const program: Program = {
      ...base,
      dims: [
        { name: "N", bound: 4 },
        { name: "M", bound: 4 },
      ],
      buffers,
      arenaBytes,
      entries: [
        {
          name: "predict.Model",
          inputs: ["x"],
          results: ["y"],
          dims: ["N", "M"],
          steps: [
            { kind: "call", kernel: 0, buffers: [0, 1] },
            { kind: "call", kernel: 0, buffers: [1, 2] },
          ],
        },
      ],
    };
    const inputs = { x: [1, 2, 3, 4] };
    const found = await runTypescript(program, inputs, [1, 3], "predict.Model");
    expect(Array.from(found.get("y") ?? [])).toEqual([4, 8, 12, 0]);
    expectEqual(found, runWasm(program, inputs, [1, 3], "predict.Model"));
  });
});
