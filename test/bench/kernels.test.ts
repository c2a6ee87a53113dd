/** `npm run bench:kernels` without its clock: its cases compile, or wait for what the language does not do yet, and its table is what it says. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";

interface Case {
  readonly name: string;
  readonly source: string;
  readonly bounds: Readonly<Record<string, number>>;
  readonly elements?: number;
  readonly work:
    | { readonly kind: "copy"; readonly bytes: number }
    | { readonly kind: "peak" | "direct"; readonly operations: number };
  readonly alone?: Case["work"];
  readonly options?: { readonly winograd: boolean };
}

interface Timing {
  readonly kernels: number;
  readonly rounds: number;
  readonly kernelMs: number;
  readonly limitMs: number;
  readonly turnRatio: number;
  readonly calls: number;
  readonly aloneMs?: number;
}

interface Entry {
  readonly call: () => void;
  readonly check: () => void;
  readonly kernels: number;
}

type Row = Readonly<Record<string, unknown>>;

const folder = path.resolve(import.meta.dirname, "../../bench/kernels");
const load = (file: string): Promise<unknown> => import(pathToFileURL(path.join(folder, file)).href);

// The scripts of bench/ are plain JavaScript; these are their promises.
const { cases } = (await load("cases.mjs")) as { readonly cases: readonly Case[] };
const { openEntry } = (await load("entry.mjs")) as {
  readonly openEntry: (from: typeof compile, one: Case) => Entry;
};
const { openLimits } = (await load("limits.mjs")) as {
  readonly openLimits: () => Promise<(work: Case["work"]) => { readonly call: () => void; readonly calls: number }>;
};
const { inTurns } = (await load("measure.mjs")) as {
  readonly inTurns: (kernel: () => void, limit: () => void, budgetMs: number) => Omit<Timing, "kernels" | "calls">;
};
const { optionsOf } = (await load("options.mjs")) as {
  readonly optionsOf: (
    args: readonly string[],
    cases: readonly Case[],
  ) => { readonly chosen: readonly Case[]; readonly out?: string };
};
const { rowOf, skippedRow } = (await load("row.mjs")) as {
  readonly rowOf: (one: Case, timing: Timing) => Row;
  readonly skippedRow: (one: Case, why: string) => Row;
};
const { cells, markdown } = (await load("report.mjs")) as {
  readonly cells: (row: Row) => readonly (string | number)[];
  readonly markdown: (run: object) => string;
};

function named(name: string): Case {
  const found = cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no case ${name}`);
  return found;
}

function problemsOf({ name, source, bounds, elements, work }: Case): readonly string[] {
  const result = compile({ name: "k.nn", source }, { target: "wasm", bounds });
  if (!result.ok) {
    const [error] = result.diagnostics;
    return [`${name}: ${error?.code} ${error?.message}`];
  }
  if (work.kind !== "copy") return [];
  const bytes = (role: string): number =>
    result.artifact.manifest.buffers.reduce((sum, buffer) => sum + (buffer.role === role ? buffer.bytes : 0), 0);
  const answered = bytes("result") === 4 * (elements ?? 0) ? [] : [`${name}: answers ${bytes("result")} bytes`];
  // A kernel need not read all that it is given.
  return 2 * work.bytes <= bytes("input") + bytes("result")
    ? answered
    : [...answered, `${name}: reads more than is there`];
}

describe("the cases", () => {
  test("have names of their own", () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });

  test("compile, and count no more bytes than there are", () => {
    expect(cases.flatMap(problemsOf)).toEqual([]);
  }, 120_000);

  test.each(["concat 63+63", "border of pictures", "layer norm 10", "product 256x65 K=65"])(
    "%s is called beside its limit",
    async (name) => {
      const one = named(name);
      const entry = openEntry(compile, one);
      const { call, calls } = (await openLimits())(one.work);
      entry.call();
      entry.check();
      const timing = { ...inTurns(entry.call, call, 0), kernels: entry.kernels, calls };
      expect(timing.rounds).toBeGreaterThanOrEqual(3);
      expect(rowOf(one, timing)).toMatchObject({ kernel: name, kernels: 1 });
    },
  );

  test("a convolution is there in two forms, of which one is compiled without the other", () => {
    const [direct, fast] = ["", ", Winograd"].map((form) => {
      const entry = openEntry(compile, named(`convolution 3x3 32x32x32->32${form}`));
      return entry.kernels;
    });
    expect([direct, fast]).toEqual([1, 2]);
  });

  test("what does not compile is a mistake", () => {
    const one = { ...named("addition"), source: "model K(x: [N]) -> [N] = y" };
    expect(() => openEntry(compile, one)).toThrow(/^addition does not compile: NN\d{4} .*y/);
  });
});

describe("the report", () => {
  const timing = { kernels: 1, rounds: 9, kernelMs: 0.3, limitMs: 0.1, turnRatio: 3.5, calls: 1 };
  const product = { ...timing, kernelMs: 3, limitMs: 0.05, turnRatio: 70, calls: 50 };

  test.each([
    [0.16, "1.88 × as fast", "yes"],
    [0.25, "1.20 × as fast", "**no**"],
  ])("holds %s ms of another form against the direct one", (kernelMs, ratio, holds) => {
    const row = rowOf(named("convolution 3x3 32x32x32->32, Winograd"), { ...timing, kernelMs, limitMs: 0.3 });
    expect(cells(row).slice(5)).toEqual([ratio, "0.286 × as fast", "", "≥ 1.6 × as fast", holds]);
  });

  test("is one table, then the sources", () => {
    const machine = {
      cpu: "a CPU",
      cores: 2,
      memoryGiB: 8,
      system: "Linux",
      node: "v20",
      v8: "11",
      load: 0,
      commit: "c",
      date: "today",
    };
    const rows = [
      rowOf(named("concat 64+64"), timing),
      rowOf(named("slice 64"), { ...timing, limitMs: 0.2 }),
      rowOf(named("addition"), timing),
      rowOf(named("product 128x128 K=4097"), product),
      rowOf(named("softmax 3"), timing),
      rowOf(named("depthwise 3x3 of 64"), { ...timing, kernelMs: 0.5, aloneMs: 0.4 }),
      rowOf(named("gradient of max-pool 2x2"), { ...timing, kernelMs: 0.5, aloneMs: 0.2 }),
      skippedRow(named("max-pool 2x2"), "not supported yet: `window_max`"),
    ];
    const text = markdown({ machine, ceiling: 50, rows });
    expect(
      text
        .split("\n")
        .filter((line) => line.startsWith("|") || line.includes("bars hold"))
        .join("\n"),
    ).toMatchInlineSnapshot(`
      "| kernel | kernels | ms | speed | limit | ratio | by turns | operations alone | bar | holds |
      | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
      | concat 64+64 | 1 | 0.300 | 1.14 ns/element | 0.38 ns/element | 3.00 × | 3.50 × |  | ≤ 2 × | **no** |
      | slice 64 | 1 | 0.300 | 1.14 ns/element | 0.76 ns/element | 1.50 × | 3.50 × |  | ≤ 2 × | yes |
      | addition | 1 | 0.300 | 1.14 ns/element | 0.38 ns/element | 3.00 × | 3.50 × |  |  |  |
      | product 128x128 K=4097 | 1 | 3.00 | 44.8 GFLOP/s | 53.7 GFLOP/s | 83 % | 71 % |  | ≥ 80 % | yes |
      | softmax 3 | 1 | 0.300 | 1.14 ns/element | 0.38 ns/element | 3.00 × | 3.50 × |  | ≤ 2.5 ns/element | yes |
      | depthwise 3x3 of 64 | 1 | 0.500 | 1.91 ns/element | 0.38 ns/element | 5.00 × | 3.50 × | 4.00 × | ≤ 3 × | out of reach |
      | gradient of max-pool 2x2 | 1 | 0.500 | 1.91 ns/element | 0.38 ns/element | 5.00 × | 3.50 × | 2.00 × | ≤ 3 × | **no** |
      | max-pool 2x2 | – | – | – | – | – | – |  | ≤ 3 × | left out: not supported yet: \`window_max\` |
      3 of 6 bars hold. Out of reach, by what their operations alone take: 1. Left out: 1."
    `);
    expect(text).toContain("/// slice 64\nmodel K(x: [N, 66]) -> [N, 64] = x[:, 1:65]\n");
  });

  test("what a kernel cannot do without is measured beside what it is held against", async () => {
    const limitOf = await openLimits();
    const depthwise = named("depthwise 3x3 of 64").alone;
    expect(depthwise).toEqual({ kind: "peak", operations: 2 * 9 * 4 * 32 * 32 * 64 });
    const { call, calls } = limitOf(depthwise ?? { kind: "copy", bytes: 0 });
    call();
    expect(calls).toBeGreaterThan(0);
  });

  test.each([
    ["concat 64+64", { kernelMs: 0.2 }, "yes"],
    ["concat 64+64", { kernelMs: 0.201 }, "**no**"],
    ["product 128x128 K=4097", { kernelMs: 0.125, limitMs: 0.1 }, "yes"],
    ["product 128x128 K=4097", { kernelMs: 0.126, limitMs: 0.1 }, "**no**"],
    ["softmax 64", { kernelMs: 0.65 }, "yes"],
    ["softmax 64", { kernelMs: 0.66 }, "**no**"],
    ["product 128x128 K=4096", {}, ""],
  ])("%s with %o: its bar holds: %s", (name, changed, expected) => {
    expect(cells(rowOf(named(name), { ...timing, ...changed })).at(-1)).toBe(expected);
  });
});

describe("the flags", () => {
  test("--only takes parts of names, and then writes no file unless one is named", () => {
    const { chosen, out } = optionsOf(["--only", "Concat 6,slice of"], cases);
    expect(chosen.map(({ name }) => name)).toEqual([
      "concat 63+63",
      "concat 64+64",
      "concat 65+65",
      "concat 66+66",
      "slice of pictures",
    ]);
    expect(out).toBeUndefined();
    expect(optionsOf(["--only", "pad", "--out", "a.json"], cases).out).toBe(path.resolve("a.json"));
    expect(optionsOf([], cases)).toMatchObject({ chosen: cases, out: path.resolve(folder, "../results/kernels.json") });
  });

  test.each([
    [
      ["--only", "pad,nothing"],
      '--only: expected parts of kernels\' names, found "nothing"; the names are concat 63+63, ',
    ],
    [["--only", ""], '--only: expected parts of kernels\' names, found ""; '],
    [["--out", "a.md"], '--out: expected a file that ends in .json, found "a.md"'],
    [["--seconds", "many"], '--seconds: expected a number from 0 to 60, found "many"'],
  ])("%j is refused", (args, message) => {
    expect(() => optionsOf(args, cases)).toThrow(message);
  });
});
