/** Axes that indices take apart by quotients and remainders become two, or a kernel for each remainder; values and orders stay. */
import { describe, expect, test } from "vitest";
import { constant, symbol, type Dimension } from "../../compiler/dimension/dimension.ts";
import { interpretKernel } from "../../compiler/kernel/interpret.ts";
import { printKernel } from "../../compiler/kernel/print.ts";
import type { Kernel } from "../../compiler/kernel/types.ts";
import { addIndex, axisIndex, constantIndex, quotient, remainder, scaleIndex } from "../../compiler/loops/index.ts";
import { binary, compare, f32, i32, indexScalar, load, local, select } from "../../compiler/loops/scalar.ts";
import type { Index, Order } from "../../compiler/loops/types.ts";
import { splitAxes } from "../../compiler/schedule/split.ts";
import { axis, from, kernelOf, reduce, store, type Size } from "./kernels.ts";

const i = axisIndex("i");
const by = (index: Index, divisor: number): Index => quotient(index, constant(divisor));
const rest = (index: Index, divisor: number): Index => remainder(index, constant(divisor));
const plus = (index: Index, number: number): Index => addIndex(index, constantIndex(number));
const bounds = new Map([["N", 8]]);

/** y[i] = x at these indices. */
function moving(indices: readonly Index[], extent: Size = 12): Kernel {
  return kernelOf("k", [axis("i", extent)], [store("y", ["i"], load("x", "f32", indices))], {}).kernel;
}

function printed(kernel: Kernel): readonly string[] {
  return splitAxes(kernel, bounds).map((part) =>
    printKernel(part)
      .split("\n")
      .slice(1)
      .map((line) => line.trim())
      .join(" "),
  );
}

describe("an axis becomes two", () => {
  test.each<readonly [string, readonly Index[], Size, readonly string[]]>([
    [
      "where an index takes it apart",
      [by(i, 4), rest(i, 4)],
      12,
      ["for i_2 in 3, i_3 in 4 y[4*i_2 + i_3] = x[i_2, i_3]"],
    ],
    [
      "and its inner one once more",
      [by(i, 6), rest(by(i, 2), 3), rest(i, 2)],
      12,
      ["for i_4_2 in 2, i_4_3 in 3, i_5 in 2 y[6*i_4_2 + 2*i_4_3 + i_5] = x[i_4_2, i_4_3, i_5]"],
    ],
    [
      "where it counts in steps of the divisor's factors",
      [by(scaleIndex(i, 2), 4)],
      12,
      ["for i_2 in 6, i_3 in 2 y[2*i_2 + i_3] = x[i_2]"],
    ],
    [
      "and a kernel for what is beyond whole steps",
      [by(i, 4), rest(i, 4)],
      14,
      ["for i_2 in 3, i_3 in 4 y[4*i_2 + i_3] = x[i_2, i_3]", "for i in 2 y[i + 12] = x[3, i]"],
    ],
    [
      "of one place, which needs no loop",
      [by(i, 4), rest(i, 4)],
      13,
      ["for i_2 in 3, i_3 in 4 y[4*i_2 + i_3] = x[i_2, i_3]", "y[12] = x[3, 0]"],
    ],
    [
      "where it is open but whole",
      [by(i, 4), rest(i, 4)],
      fourTimes("N"),
      ["for i_2 in N, i_3 in 4 y[4*i_2 + i_3] = x[i_2, i_3]"],
    ],
  ])("%s", (_, indices, extent, expected) => {
    expect(printed(moving(indices, extent))).toEqual(expected);
  });

  test("or a kernel for each of up to four remainders, where quotients are left", () => {
    expect(printed(moving([by(plus(i, 1), 2)], 6))).toEqual([
      "for i_2 in 3 y[2*i_2] = x[i_2]",
      "for i_2 in 3 y[2*i_2 + 1] = x[i_2 + 1]",
    ]);
  });

  test("where a stage sweeps it", () => {
    const { kernel } = kernelOf(
      "k",
      [axis("n", 2)],
      [
        {
          kind: "sweep",
          over: [axis("i", 12)],
          lets: [],
          stores: [
            {
              tensor: "y",
              dtype: "f32",
              indices: [axisIndex("n"), i],
              value: load("x", "f32", [by(i, 4), rest(i, 4)]),
            },
          ],
        },
      ],
      {},
    );
    expect(printed(kernel)[0]).toContain("for i_2 in 3, i_3 in 4");
  });
});

function fourTimes(name: string): Dimension {
  return scaleIndex(constantIndex(symbol(name)), 4).constant;
}

describe("an axis stays whole", () => {
  test.each<readonly [string, Kernel]>([
    ["where no index takes it apart", moving([i])],
    ["where five remainders are left", moving([by(plus(i, 1), 5)], 10)],
    ["where it is open and may end within a step", moving([by(i, 4), rest(i, 4)], "N")],
    ["where it is no longer than the divisor", moving([by(plus(i, 2), 12)], 12)],
    ["where the divisor is open", moving([quotient(i, symbol("N"))])],
    ["where the lanes of a sum would be others", summed({ lanes: 4 }, 6, 2)],
    ["where a sum ends within a step", summed({ lanes: 1 }, 7, 2)],
  ])("%s", (_, kernel) => {
    const parts = splitAxes(kernel, bounds);
    expect(parts).toHaveLength(1);
    expect(parts[0]).toBe(kernel);
  });

  test("where two stages give one name to different lengths", () => {
    const over = (size: number) => [axis("r", size)];
    const value = from("x", by(axisIndex("r"), 2), rest(axisIndex("r"), 2));
    const { kernel } = kernelOf(
      "k",
      [axis("n", 2)],
      [reduce(over(4), { lanes: 1 }, ["a", "sum", value]), reduce(over(6), { lanes: 1 }, ["b", "sum", value])],
      {},
    );
    expect(splitAxes(kernel, bounds)[0]).toBe(kernel);
  });
});

/** y[n] = Σ x[⌊r/divisor⌋, r mod divisor]. */
function summed(order: Order, extent: number, divisor: number): Kernel {
  const r = axisIndex("r");
  const term = ["sum", "sum", from("x", by(r, divisor), rest(r, divisor))] as const;
  return kernelOf(
    "k",
    [axis("n", 2)],
    [reduce([axis("r", extent)], order, term), store("y", ["n"], local("sum", "f32"))],
    {},
  ).kernel;
}

describe("all parts together are the kernel", () => {
  /** A strided convolution's gradient along one axis: which taps there are depends on the remainder. */
  function strided(extent: number, stride: number): Kernel {
    const r = axisIndex("r");
    const tap = addIndex(scaleIndex(r, stride), rest(plus(i, 1), stride));
    const place = addIndex(
      by(addIndex(plus(i, 1), scaleIndex(rest(plus(i, 1), stride), -1)), stride),
      scaleIndex(r, -1),
    );
    const isTap = compare("less", indexScalar(tap), i32(3));
    const inside = compare("greaterEqual", indexScalar(place), i32(0));
    const x = select(binary("and", isTap, inside), load("x", "f32", [place]), f32(0));
    const w = select(isTap, load("w", "f32", [tap]), f32(0));
    return kernelOf(
      "strided",
      [axis("i", extent)],
      [
        reduce([axis("r", 2)], { lanes: 1 }, ["sum", "sum", binary("mul", x, w)]),
        store("y", ["i"], local("sum", "f32")),
      ],
      {},
    ).kernel;
  }

  function run(kernels: readonly Kernel[]): readonly number[] {
    const numbers = (count: number) => Float32Array.from({ length: count }, (_, at) => Math.sin(7 * at + 1));
    const tensors = new Map([
      ["x", { shape: [32], data: numbers(32) }],
      ["w", { shape: [3], data: numbers(3) }],
      ["y", { shape: [32], data: new Float32Array(32) }],
    ]);
    for (const kernel of kernels)
      interpretKernel(
        kernel,
        (name) => tensors.get(name) ?? { shape: [], data: new Float32Array(0) },
        new Map(),
        "f32",
      );
    return Array.from(tensors.get("y")?.data ?? []);
  }

  test.each([
    [12, 2, 2],
    [13, 2, 3],
    [12, 3, 3],
    [14, 3, 4],
  ])("a strided gradient of %i places and stride %i, as %i kernels", (extent, stride, count) => {
    const kernel = strided(extent, stride);
    const parts = splitAxes(kernel, bounds);
    expect(parts).toHaveLength(count);
    expect(run(parts)).toEqual(run([kernel]));
  });
});
