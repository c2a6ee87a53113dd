/** Kernels over rows of few elements become lets and stores, to the bit; those over longer ones, or more than rows, stay as they are. */
import { describe, expect, test } from "vitest";
import { constant } from "../../compiler/dimension/dimension.ts";
import { interpretKernel } from "../../compiler/kernel/interpret.ts";
import type { Kernel, Stage } from "../../compiler/kernel/types.ts";
import { axisIndex, constantIndex, dataIndex, subtractIndex } from "../../compiler/loops/index.ts";
import { unaryFunctions } from "../../compiler/loops/functions.ts";
import { binary, call, f32, load, local } from "../../compiler/loops/scalar.ts";
import type { Combine, Order, Scalar } from "../../compiler/loops/types.ts";
import { withoutShortRows } from "../../compiler/schedule/short-rows.ts";
import { axis, from, kernelOf, reduce, softmax, storeTo, type Size } from "./kernels.ts";

const rows = 3;
const lanes: Order = { lanes: 4 };
const ascending: Order = { lanes: 1 };
const result = local("result", "f32");

/** y[i, r] = x[i, r] against the row's reduction, which goes into z. */
function reduced(combine: Combine, width: number, order: Order = lanes, changes: readonly Stage[] = []): Kernel {
  const over = [axis("r", width)];
  const isPlace = combine === "argmax";
  const y: Scalar = isPlace ? from("x", "i", "r") : binary("sub", from("x", "i", "r"), result);
  return kernelOf(
    "reduced",
    [axis("i", rows)],
    [
      reduce(over, order, ["result", combine, from("x", "i", "r")]),
      sweep(over, storeTo("y", ["i", "r"], y)),
      { kind: "store", store: storeTo("z", ["i"], isPlace ? local("result", "i32") : result, isPlace ? "i32" : "f32") },
      ...changes,
    ],
    {},
  ).kernel;
}

function sweep(over: readonly ReturnType<typeof axis>[], ...stores: readonly ReturnType<typeof storeTo>[]): Stage {
  return { kind: "sweep", over, lets: [], stores };
}

/** What the kernel stores, from rows that hold what sums and comparisons are sensitive to. */
function run(kernel: Kernel, width: number): readonly (readonly number[])[] {
  const tensors = new Map([
    [
      "x",
      {
        shape: [rows, width],
        data: Float32Array.from({ length: rows * width }, (_, at) => numbers[at % numbers.length]),
      },
    ],
    ["y", { shape: [rows, width], data: new Float32Array(rows * width) }],
    ["z", { shape: [rows], data: new Float32Array(rows) }],
    ["total", { shape: [rows], data: new Float32Array(rows) }],
    ["places", { shape: [rows], data: Float32Array.from([1, 0, 1]) }],
  ]);
  interpretKernel(kernel, (name) => tensors.get(name) ?? { shape: [], data: new Float32Array(0) }, new Map(), "f32");
  return ["y", "z", "total"].map((name) => Array.from(tensors.get(name)?.data ?? []));
}

const numbers = [0.1, -0, 3e7, -3e7, 1e-9, 2.5, -7, NaN, 0.3, 2.5, -Infinity, 4, 4, 1e30, -0.7];

function isFlat({ stages }: Kernel): boolean {
  return stages.every(({ kind }) => kind === "let" || kind === "store");
}

describe("a kernel over rows of few elements", () => {
  const combines: readonly Combine[] = ["sum", "prod", "max", "greatest", "min", "argmax"];
  const cases = combines.flatMap((combine) =>
    [1, 2, 3, 4, 5, 9, 15].flatMap((width) =>
      [lanes, ascending].map((order) => [combine, width, order.lanes, reduced(combine, width, order)] as const),
    ),
  );
  test.each(cases)("becomes points with the same bits: %s of %i in %i lanes", (_combine, width, _lanes, kernel) => {
    const flat = withoutShortRows(kernel);
    expect(isFlat(flat)).toBe(true);
    expect(run(flat, width)).toEqual(run(kernel, width));
  });

  test("keeps a sum of nothing but −0 at 0", () => {
    const over = [axis("r", 2)];
    const kernel = kernelOf(
      "zeros",
      [axis("i", rows)],
      [
        reduce(over, lanes, ["result", "sum", f32(-0)]),
        sweep(over, storeTo("y", ["i", "r"], binary("div", f32(1), result))),
      ],
      {},
    ).kernel;
    expect(run(withoutShortRows(kernel), 2)[0]).toEqual(Array(rows * 2).fill(Infinity));
  });

  test("has its private rows as locals", () => {
    const { kernel } = softmax(rows, 5);
    const flat = withoutShortRows(kernel);
    expect([isFlat(flat), flat.rows]).toEqual([true, []]);
    expect(run(flat, 5)).toEqual(run(kernel, 5));
  });

  test("keeps two axes of a row in their lanes", () => {
    const over = [axis("q", 2), axis("r", 3)];
    const at = [axisIndex("i"), axisIndex("r")];
    const kernel = kernelOf(
      "pairs",
      [axis("i", rows)],
      [
        reduce(over, lanes, ["result", "sum", binary("mul", load("x", "f32", at), from("places", "q"))]),
        sweep([axis("r", 3)], storeTo("y", ["i", "r"], result)),
      ],
      {},
    ).kernel;
    expect(isFlat(withoutShortRows(kernel))).toBe(true);
    expect(run(withoutShortRows(kernel), 3)).toEqual(run(kernel, 3));
  });

  test("keeps the lets of its loops apart", () => {
    const over = [axis("r", 3)];
    const square = binary("mul", local("one", "f32"), local("one", "f32"));
    const lets = [{ name: "one", value: binary("add", from("x", "i", "r"), f32(1)) }];
    const kernel = kernelOf(
      "lets",
      [axis("i", rows)],
      [
        {
          kind: "reduce",
          over,
          order: lanes,
          lets,
          results: [{ name: "result", dtype: "f32", combine: "sum", value: square }],
        },
        { kind: "sweep", over, lets, stores: [storeTo("y", ["i", "r"], binary("add", square, result))] },
      ],
      {},
    ).kernel;
    const flat = withoutShortRows(kernel);
    expect(isFlat(flat)).toBe(true);
    expect(run(flat, 3)).toEqual(run(kernel, 3));
  });
});

describe("a kernel stays as it is", () => {
  const short = [axis("r", 3)];
  const value = from("x", "i", "r");
  const withRow = (stages: readonly Stage[], size: Size = 3): Kernel => {
    const { kernel } = kernelOf("k", [axis("i", rows)], stages, {});
    return { ...kernel, rows: [{ name: "e", dtype: "f32", shape: [constant(Number(size))] }] };
  };
  const fill = sweep(short, storeTo("e", ["r"], value));
  const chain = (length: number): Scalar =>
    Array.from({ length }).reduce<Scalar>((inner) => call(unaryFunctions.exp, [inner]), value);

  test.each<readonly [string, Kernel]>([
    ["whose rows have 16 elements", reduced("sum", 16)],
    ["whose rows are open", softmax(rows, "M").kernel],
    [
      "that only reduces",
      kernelOf("k", [axis("i", rows)], [reduce(short, lanes, ["result", "sum", value])], {}).kernel,
    ],
    ["whose sums are in chunks", reduced("sum", 3, { lanes: 4, chunk: 2 })],
    [
      "that scatters",
      reduced("sum", 3, lanes, [
        {
          kind: "scatter",
          tensor: "total",
          dtype: "f32",
          zero: [],
          zeroIndices: [axisIndex("i")],
          over: short,
          lets: [],
          at: [axisIndex("i")],
          value,
        },
      ]),
    ],
    [
      "that reads what it stored",
      reduced("sum", 3, lanes, [{ kind: "store", store: storeTo("total", ["i"], from("y", "i", constantIndex(1))) }]),
    ],
    [
      "that reads a place of its row that data decide",
      withRow([
        fill,
        {
          kind: "store",
          store: storeTo(
            "z",
            ["i"],
            load("e", "f32", [dataIndex(load("places", "i32", [axisIndex("i")]), constant(3))]),
          ),
        },
      ]),
    ],
    [
      "that reads an element of its row before it is there",
      withRow([{ kind: "store", store: storeTo("z", ["i"], load("e", "f32", [constantIndex(0)])) }, fill]),
    ],
    ["that would be too long", withRow([sweep(short, storeTo("y", ["i", "r"], chain(40)))])],
  ])("%s", (_, kernel) => {
    expect(withoutShortRows(kernel)).toBe(kernel);
  });

  test("but reads a neighbour in its row", () => {
    const turned = subtractIndex(constantIndex(2), axisIndex("r"));
    const kernel = withRow([fill, sweep(short, storeTo("y", ["i", "r"], load("e", "f32", [turned])))]);
    const flat = withoutShortRows(kernel);
    expect(isFlat(flat)).toBe(true);
    expect(run(flat, 3)).toEqual(run(kernel, 3));
  });
});
