/** Kernels: their text, the verifier's findings, and that running one gives what its parts give one by one. */
import { describe, expect, test } from "vitest";
import { constant, symbol } from "../../compiler/dimension/dimension.ts";
import { interpretKernel } from "../../compiler/kernel/interpret.ts";
import { printKernel } from "../../compiler/kernel/print.ts";
import type { Kernel, Stage } from "../../compiler/kernel/types.ts";
import { verifyKernel } from "../../compiler/kernel/verify.ts";
import { addIndex, axisIndex, constantIndex, dataIndex, scaleIndex } from "../../compiler/loops/index.ts";
import type { Interpreted } from "../../compiler/loops/interpret.ts";
import { unaryFunctions } from "../../compiler/loops/functions.ts";
import { binary, call, compare, f32, load, local, select } from "../../compiler/loops/scalar.ts";
import type { Axis, Scalar } from "../../compiler/loops/types.ts";
import { reduce } from "./kernels.ts";

const [i, j, k] = ["i", "j", "k"].map(axisIndex);
const axis = (name: string, extent: number): Axis => ({ name, extent: constant(extent) });
const batch: Axis = { name: "i", extent: symbol("N") };
const origins = [{ span: undefined, path: "Digits.dense", work: constant(1) }];
const lanes = { lanes: 4 } as const;

const sum = binary("add", local("sum", "f32"), load("b", "f32", [j]));
const dense: Kernel = {
  name: "dense_relu",
  grid: [batch, axis("j", 2)],
  rows: [],
  origins,
  stages: [
    {
      kind: "reduce",
      over: [axis("k", 3)],
      order: { lanes: 1 },
      lets: [],
      results: [
        {
          name: "sum",
          dtype: "f32",
          combine: "sum",
          value: binary("mul", load("x", "f32", [i, k]), load("w", "f32", [k, j])),
        },
      ],
    },
    { kind: "let", name: "s", value: sum },
    {
      kind: "store",
      store: {
        tensor: "y",
        dtype: "f32",
        indices: [i, j],
        value: select(compare("lessEqual", local("s", "f32"), f32(0)), f32(0), local("s", "f32")),
      },
    },
  ],
};

const over = [axis("k", 3)];
const softmax: Kernel = {
  name: "softmax",
  grid: [batch],
  rows: [{ name: "e", dtype: "f32", shape: [constant(3)] }],
  origins: [],
  stages: [
    {
      kind: "reduce",
      over,
      order: lanes,
      lets: [],
      results: [{ name: "top", dtype: "f32", combine: "max", value: load("x", "f32", [i, k]) }],
    },
    {
      kind: "sweep",
      over,
      lets: [{ name: "d", value: binary("sub", load("x", "f32", [i, k]), local("top", "f32")) }],
      stores: [{ tensor: "e", dtype: "f32", indices: [k], value: call(unaryFunctions.exp, [local("d", "f32")]) }],
    },
    {
      kind: "reduce",
      over,
      order: lanes,
      lets: [],
      results: [{ name: "total", dtype: "f32", combine: "sum", value: load("e", "f32", [k]) }],
    },
    {
      kind: "sweep",
      over,
      lets: [],
      stores: [
        {
          tensor: "y",
          dtype: "f32",
          indices: [i, k],
          value: binary("div", load("e", "f32", [k]), local("total", "f32")),
        },
      ],
    },
  ],
};

function run(kernel: Kernel, tensors: Record<string, Interpreted>): void {
  interpretKernel(kernel, (name) => tensors[name], new Map([["N", 2]]), "f32");
}

const f32s = (shape: readonly number[], data: readonly number[]): Interpreted => ({
  shape,
  data: new Float32Array(data),
});

test("a dense layer prints, verifies and runs", () => {
  expect(printKernel(dense)).toBe(`kernel dense_relu(x: f32, w: f32, b: f32) -> y: f32   // Digits.dense
  for i in N, j in 2
    sum = Σ k in 3: x[i, k] * w[k, j]
    let s = sum + b[j]
    y[i, j] = select(s <= 0, 0, s)`);
  expect(verifyKernel(dense)).toEqual([]);
  const y = f32s([2, 2], [9, 9, 9, 9]);
  run(dense, {
    x: f32s([2, 3], [1, 2, 3, 4, 5, 6]),
    w: f32s([3, 2], [1, -1, 1, -1, 1, -1]),
    b: f32s([2], [0.5, 8]),
    y,
  });
  expect([...y.data]).toEqual([6.5, 2, 15.5, 0]);
});

test("a softmax over rows prints, verifies and runs", () => {
  expect(printKernel(softmax)).toBe(`kernel softmax(x: f32) -> y: f32
  row e: f32[3]
  for i in N
    top = max k in 3 (4 lanes): x[i, k]
    for k in 3
      let d = x[i, k] - top
      e[k] = exp(d)
    total = Σ k in 3 (4 lanes): e[k]
    for k in 3
      y[i, k] = e[k] / total`);
  expect(verifyKernel(softmax)).toEqual([]);
  const y = f32s([2, 3], [0, 0, 0, 0, 0, 0]);
  run(softmax, { x: f32s([2, 3], [1, 1, 1, 0, -200, 0]), y });
  expect([...y.data]).toEqual([1 / 3, 1 / 3, 1 / 3, 0.5, 0, 0.5].map(Math.fround));
});

test("a scatter and a pass with two results", () => {
  const ids = dataIndex(load("ids", "i32", [k]), constant(2));
  const kernel: Kernel = {
    name: "both",
    grid: [],
    rows: [],
    origins: [],
    stages: [
      {
        kind: "scatter",
        tensor: "y",
        dtype: "f32",
        zero: [axis("j", 2)],
        zeroIndices: [j],
        over,
        lets: [],
        at: [ids],
        value: load("x", "f32", [k]),
      },
      {
        kind: "reduce",
        over,
        order: { lanes: 1 },
        lets: [{ name: "v", value: load("x", "f32", [k]) }],
        results: [
          { name: "total", dtype: "f32", combine: "sum", value: local("v", "f32") },
          { name: "best", dtype: "i32", combine: "argmax", value: local("v", "f32") },
        ],
      },
      { kind: "store", store: { tensor: "t", dtype: "f32", indices: [], value: local("total", "f32") } },
      { kind: "store", store: { tensor: "b", dtype: "i32", indices: [], value: local("best", "i32") } },
    ],
  };
  expect(printKernel(kernel)).toBe(`kernel both(x: f32, ids: i32) -> y: f32, t: f32, b: i32
  for j in 2
    y[j] = 0
  for k in 3 in order
    y[clamp(ids[k], 2)] += x[k]
  reduce k in 3
    let v = x[k]
    total = Σ v
    best = argmax v
  t[] = total
  b[] = best`);
  expect(verifyKernel(kernel)).toEqual([]);
  const tensors = {
    x: f32s([3], [1, 5, 2]),
    ids: { shape: [3], data: new Int32Array([1, 0, 1]) },
    y: f32s([2], [7, 7]),
    t: f32s([], [0]),
    b: { shape: [], data: new Int32Array(1) },
  };
  run(kernel, tensors);
  expect([...tensors.y.data, ...tensors.t.data, ...tensors.b.data]).toEqual([5, 3, 8, 1]);
});

describe("the verifier finds", () => {
  const last = dense.stages[dense.stages.length - 1];
  const early = { ...dense, stages: [...dense.stages].reverse() };
  const fixed: Stage = { kind: "store", store: { tensor: "z", dtype: "f32", indices: [i], value: f32(1) } };
  const loose: Scalar = local("u", "f32");
  const undefinedLocal = "expected local u to be defined before, found no definition";
  const sweep: Stage = {
    kind: "sweep",
    over,
    lets: [],
    stores: [{ tensor: "z", dtype: "f32", indices: [i, j, k], value: loose }],
  };
  const scatter: Stage = {
    kind: "scatter",
    tensor: "z",
    dtype: "f32",
    zero: [],
    zeroIndices: [i, j],
    over,
    lets: [],
    at: [i, j],
    value: loose,
  };
  const wrongType: Stage = { kind: "store", store: { tensor: "z", dtype: "i32", indices: [i, j], value: f32(1) } };
  test.each<[string, Kernel, string]>([
    ["a local used before its definition", early, "expected local s to be defined before, found no definition"],
    ["two writers", { ...dense, stages: [...dense.stages, last] }, "expected one stage to write y, found another"],
    [
      "a place that does not move",
      { ...dense, stages: [fixed] },
      "expected the place written in z to move with axis j, found it fixed",
    ],
    ["a store of another type", { ...dense, stages: [wrongType] }, "expected i32 for the store to z, found f32: f32:1"],
    [
      "a row loaded too early",
      { ...softmax, stages: [softmax.stages[0], ...softmax.stages.slice(2)] },
      "expected row e to be filled before it is loaded, found no store to it",
    ],
    [
      "a local that is defined twice",
      { ...dense, stages: [...dense.stages, { kind: "let", name: "s", value: f32(1) }] },
      "expected a new local, found s again",
    ],
    [
      "a sum that takes the name of a local",
      { ...dense, stages: [{ kind: "let", name: "sum", value: f32(1) }, ...dense.stages] },
      "expected a new local, found sum again",
    ],
    ["a let of what is undefined", { ...dense, stages: [{ kind: "let", name: "t", value: loose }] }, undefinedLocal],
    ["a sweep's store of it", { ...dense, stages: [sweep] }, undefinedLocal],
    [
      "the same in a nest",
      { ...dense, stages: [{ kind: "nest", over: [axis("n", 2)], stages: [sweep] }] },
      undefinedLocal,
    ],
    ["a scatter of it", { ...dense, stages: [scatter] }, undefinedLocal],
    [
      "an axis of the grid again",
      { ...dense, grid: [axis("k", 2), axis("i", 2), axis("j", 2)] },
      "expected distinct axes, found k twice",
    ],
  ])("%s", (_, kernel, problem) => {
    expect(verifyKernel(kernel)).toContain(problem);
  });

  test("nothing in a row that two stages fill", () => {
    const again = softmax.stages[1];
    expect(
      verifyKernel({ ...softmax, stages: [...softmax.stages.slice(0, 2), again, ...softmax.stages.slice(2)] }),
    ).toEqual([]);
  });

  test("nor in one that is filled again after it was loaded elsewhere: points keep their own", () => {
    const [top, fill, , out] = softmax.stages;
    const reversed = addIndex(scaleIndex(k, -1), constantIndex(2));
    const total = reduce(over, lanes, ["total", "sum", load("e", "f32", [reversed])]);
    expect(verifyKernel({ ...softmax, stages: [top, fill, total, fill, out] })).toEqual([]);
  });
});
