/** `npm run bench:peers` without its peers and its clock: what it counts, how it lays weights out for others, and what its table asks. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Built } from "../../compiler/middle.ts";

type Sizes = Readonly<Record<string, number>>;

interface Workload {
  readonly batch: number;
  readonly bounds?: Sizes;
}

interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

interface Row {
  readonly system: string;
  readonly workload: string;
  readonly phase: "train" | "inference";
  readonly threads: number;
  readonly batch?: number;
  readonly medianMs?: number;
  readonly atLeastMs?: number;
  readonly all?: number;
}

const folder = path.resolve(import.meta.dirname, "../../bench/peers");
const load = (file: string): Promise<unknown> => import(pathToFileURL(path.join(folder, file)).href);

// The scripts of bench/ are plain JavaScript; these are their promises.
const { operations, sourceOf, workloads } = (await load("workloads.mjs")) as {
  readonly operations: (workload: Workload, phase: "train" | "inference", batch: number) => number;
  readonly sourceOf: (name: string) => string;
  readonly workloads: Readonly<Record<string, Workload>>;
};
const { allOperations, computedOperations } = (await load("computed.mjs")) as {
  readonly allOperations: (built: Built, entry: string, sizes: Sizes) => number;
  readonly computedOperations: (built: Built, entry: string, sizes: Sizes) => number;
};
const { channelsFirst } = (await load("layout.mjs")) as {
  readonly channelsFirst: (
    workload: object,
    job: { readonly batch: number; readonly weights: ReadonlyMap<string, Tensor>; readonly batches: readonly object[] },
  ) => {
    readonly shape: readonly number[];
    readonly weights: ReadonlyMap<string, Tensor>;
    readonly batches: readonly { readonly x: Float32Array }[];
  };
};
const { barsOf } = (await load("report/bars.mjs")) as {
  readonly barsOf: (run: {
    readonly rows: readonly Row[];
    readonly ceilings: Readonly<Record<number, number>>;
  }) => readonly { readonly title: string; readonly found: number }[];
};

/** Operations of a training step as nnc computes it, over those of the direct form. */
function share(name: string, batch: number, winograd: boolean): number {
  const workload = workloads[name];
  if (workload === undefined) throw new Error(`no workload ${name}`);
  const { bounds = {} } = workload;
  const result = compile({ name: `${name}.nn`, source: sourceOf(name) }, { target: "wasm", winograd, bounds });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return computedOperations(result.built, "train_step", { N: batch, ...bounds }) / operations(workload, "train", batch);
}

describe("operations that nnc computes", () => {
  test.each([
    ["W2", 128, true],
    ["W4", 64, true],
    ["W4", 61, true],
    ["W5", 32, false],
    ["W6", 32, true],
  ])(
    "are those of the direct form, of %s with %i rows",
    (name, batch, winograd) => {
      expect(share(name, batch, winograd)).toBe(1);
    },
    120_000,
  );

  test("are about half as many where Winograd's algorithm is used", () => {
    expect(share("W5", 32, true)).toBeCloseTo(0.53, 2);
  }, 120_000);

  test.each([
    ["a product and a bias", "x |> dense(3)", 5 * 2 * 3 * 4 + 5 * 3],
    ["a choice, without what it chooses by", "relu(x)", 5 * 4],
    [
      "a function, written out: the square root, a sum, an inner product and a quotient",
      "x / sqrt(1 + x * x)",
      5 * 4 * 4,
    ],
    ["a sum and its quotient", "sum(x, axis: -1) / 2", 5 * 4 + 5],
  ])("are, of %s, all that is done with floats", (_, body, count) => {
    const source = `model M(x: [N, 4]) -> [..] = ${body}\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 1)  batch: 8 }\n`;
    const result = compile({ name: "m.nn", source }, { target: "wasm" });
    if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
    expect(allOperations(result.built, "predict.M", { N: 5 })).toBe(count);
  });
});

describe("channels first", () => {
  const names = [{ conv: "a" }, { flatten: [1, 2, 2] }, { dense: "d" }];
  const weights = new Map([
    ["a.w", { shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4) }],
    ["a.b", { shape: [2], data: Float32Array.of(5, 6) }],
    ["d.w", { shape: [4, 1], data: Float32Array.of(1, 2, 3, 4) }],
  ]);
  const batches = [{ x: Float32Array.of(1, 2, 3, 4), target: Int32Array.of(0) }];
  const moved = channelsFirst(
    { input: { shape: [1, 2, 2] }, network: { kind: "layers", names } },
    { batch: 1, weights, batches },
  );

  test("moves data", () => {
    expect(moved.shape).toEqual([2, 1, 2]);
    expect(moved.batches[0]?.x).toEqual(Float32Array.of(1, 3, 2, 4));
  });

  test.each([
    ["a.w", [2, 2, 1, 1], [1, 3, 2, 4]],
    ["a.b", [2], [5, 6]],
    ["d.w", [4, 1], [1, 3, 2, 4]],
  ])("moves %s", (name, shape, values) => {
    expect(moved.weights.get(name)).toEqual({ shape, data: Float32Array.from(values) });
  });

  test("leaves a network without convolutions as it is", () => {
    const dense = { input: { shape: [4] }, network: { kind: "layers", names: [{ dense: "d" }] } };
    expect(channelsFirst(dense, { batch: 1, weights, batches })).toEqual({ shape: [4], weights, batches });
  });
});

describe("what is asked", () => {
  const row = (system: string, workload: string, time: object, threads = 1): Row => ({
    system,
    workload,
    phase: "train",
    threads,
    ...time,
  });
  const own = row("nnc-wasm", "W5", { medianMs: 100 });
  const isPeer = "W5: nnc-wasm beside tfjs-cpu";
  const asked = (rows: readonly Row[], ceilings = {}) => barsOf({ rows, ceilings });

  test("is told with what all operations at the ceiling would give, where it does not hold", () => {
    const inference = { phase: "inference", batch: 1 } as const;
    const exported = { ...row("nnc-export-wasm", "W7", { medianMs: 1.5, all: 60e6 }), ...inference };
    const peer = (medianMs: number): Row => ({ ...row("onnxruntime-web", "W7", { medianMs }), ...inference });
    const [behind] = asked([exported, peer(2.25)], { 1: 48 });
    expect(behind).toMatchObject({ found: 1.5, holds: false, most: expect.closeTo(1.8, 6) });
    expect(asked([exported, peer(3)], { 1: 48 })[0]).not.toHaveProperty("most");
  });

  test("of a whole step is a share of the ceiling", () => {
    const work = operations(workloads["W2"], "train", 128) / 1e6;
    const step = { ...row("nnc-wasm", "W2", { medianMs: work / 40 }), batch: 128 };
    const title = "W2: nnc-wasm beside the ceiling";
    const found = (ceiling: number) => asked([step], { 1: ceiling }).find((one) => one.title === title);
    expect(found(47)).toMatchObject({ found: expect.closeTo(40 / 47, 6), holds: true });
    expect(found(48)).toMatchObject({ holds: false });
    expect(asked([step], {})).toEqual([]);
  });

  test("of inference is asked of one row", () => {
    const one = (system: string, batch: number, medianMs: number): Row => ({
      ...row(system, "W4", { medianMs }),
      phase: "inference",
      batch,
    });
    const title = "W4: nnc-wasm beside onnxruntime-web, inference of one row";
    const rows = [
      one("nnc-wasm", 64, 9),
      one("nnc-wasm", 1, 0.05),
      one("onnxruntime-web", 64, 1),
      one("onnxruntime-web", 1, 0.1),
    ];
    expect(asked(rows)).toMatchObject([{ title, found: 2, holds: true }]);
  });

  test("of exported code is asked of one row, and that it is not behind for a whole batch", () => {
    const one = (system: string, batch: number, medianMs: number): Row => ({
      ...row(system, "W2", { medianMs }),
      phase: "inference",
      batch,
    });
    const rows = [
      one("nnc-export-wasm", 1, 1),
      one("nnc-export-wasm-f16", 1, 1),
      one("nnc-export-wasm", 128, 2),
      one("onnxruntime-web", 1, 1.5),
      one("onnxruntime-web", 128, 1.9),
    ];
    expect(asked(rows)).toMatchObject([
      {
        title: "W2: nnc-export-wasm beside onnxruntime-web, inference of one row",
        least: 1.4,
        found: 1.5,
        holds: true,
      },
      {
        title: "W2: nnc-export-wasm-f16 beside onnxruntime-web, inference of one row",
        least: 1.8,
        found: 1.5,
        holds: false,
      },
      {
        title: "W2: nnc-export-wasm beside onnxruntime-web, inference of 128 rows",
        least: 1,
        found: 0.95,
        holds: false,
      },
    ]);
  });

  test.each([
    ["holds", { medianMs: 10_000 }, false, true],
    ["does not hold", { medianMs: 9000 }, false, false],
    ["holds of who was stopped late", { atLeastMs: 15_000 }, true, true],
    ["is not known of who was stopped early", { atLeastMs: 5000 }, true, undefined],
  ])("%s", (_what, time, isBound, holds) => {
    const found = asked([own, row("tfjs-cpu", "W5", time)]);
    expect(found.find(({ title }) => title === isPeer)).toMatchObject({ least: 100, isBound, holds });
  });

  test("compares threads with one", () => {
    const title = "W5: nnc-wasm on 2 threads beside one";
    expect(asked([own, row("nnc-wasm", "W5", { medianMs: 50 }, 2)])).toMatchObject([{ title, found: 2, holds: true }]);
  });

  test("has a geometric mean, which holds of all workloads only", () => {
    const pairs = (names: readonly string[]): readonly Row[] =>
      names.flatMap((name, at) => [
        row("nnc-wasm", name, { medianMs: 1 }),
        row("torch", name, { medianMs: at === 0 ? 4 : 1 }),
      ]);
    const all = Object.keys(workloads);
    expect(asked(pairs(["W1", "W2"])).at(-1)).toMatchObject({ found: 2, holds: undefined });
    expect(asked(pairs(all)).at(-1)).toMatchObject({ found: expect.closeTo(4 ** (1 / all.length), 6), holds: true });
  });
});
