/** `nnc bench` as a command: what it measures, writes and refuses, and its exit codes. benny answers with made-up times. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { isFields } from "../../compiler/diagnostics/values.ts";
import { readDocument } from "../../cli/bench/document.ts";
import type { Document } from "../../cli/bench/document.ts";
import { pointsProject } from "./fixture.ts";
import { folderWith, nnc } from "./helpers.ts";

/** The suites that were run, each the names of its cases in order; and how long the next calls take. */
const said = vi.hoisted(() => ({ suites: [] as string[][], seconds: 0.001 }));

vi.mock("../../cli/gpu.ts", () => ({ gpuFor: async () => Promise.resolve({}) }));
vi.mock("benny", () => {
  interface Named {
    readonly name: string;
    readonly prepare: () => () => unknown;
  }
  const suite = async (_title: string, ...parts: readonly (Named | { readonly maxTime: number })[]) => {
    const cases = parts.filter((part) => "prepare" in part);
    for (const { prepare } of cases) await prepare()();
    said.suites.push(cases.map(({ name }) => name));
    return { results: cases.map(({ name }) => ({ name, details: { median: said.seconds } })) };
  };
  const add = (name: string, prepare: Named["prepare"]): Named => ({ name, prepare });
  const cycle = () => ({ name: "cycle" });
  return { default: { add, suite, cycle, configure: ({ cases }: { readonly cases: unknown }) => cases } };
});

const { folder: cwd } = folderWith({
  ...pointsProject,
  "pair.nn": `model Pair(x: [N, 2]) -> [N, 2] {
  require N >= 2, "a pair at least"
  return x |> dense(2)
}
`,
  "fixed.nn": "model Fixed(x: [3, 2]) -> [3, 2] = x |> dense(2)\n",
  "mine.json": "{}",
  "kept/bench.html": "somebody's own",
});

const usual = ["bench", "points.nn", "--target", "wasm", "--threads", "1"];

beforeEach(() => {
  said.suites.length = 0;
  said.seconds = 0.001;
});

async function json(...args: readonly string[]): Promise<Document> {
  const { stdout, stderr } = await nnc([...args, "--json"], { cwd });
  const document = readDocument(stdout);
  if ("problem" in document) throw new Error(`${document.problem}\n${stderr}`);
  return document;
}

describe("what is measured", { timeout: 300_000 }, () => {
  test("each case of every system, one suite a round, in turns", async () => {
    const { results, builds } = await json(
      "bench",
      "points.nn",
      "--target",
      "wasm",
      "--target",
      "typescript",
      "--threads",
      "1",
      "--rounds",
      "2",
      "--batches",
      "8,1",
    );
    expect(said.suites).toMatchInlineSnapshot(`
      [
        [
          "typescript: training step, 8 rows",
          "wasm: training step, 8 rows",
          "typescript: training step, 1 row",
          "wasm: training step, 1 row",
          "typescript: inference, 8 rows",
          "wasm: inference, 8 rows",
          "typescript: inference, 1 row",
          "wasm: inference, 1 row",
        ],
        [
          "wasm: training step, 8 rows",
          "typescript: training step, 8 rows",
          "wasm: training step, 1 row",
          "typescript: training step, 1 row",
          "wasm: inference, 8 rows",
          "typescript: inference, 8 rows",
          "wasm: inference, 1 row",
          "typescript: inference, 1 row",
        ],
      ]
    `);
    expect(results.map(({ rounds }) => rounds)).toEqual(Array.from({ length: 8 }, () => [0.001, 0.001]));
    expect(builds.map(({ target, compileRounds }) => [target, compileRounds.length])).toEqual([
      ["typescript", 2],
      ["wasm", 2],
    ]);
    for (const { artifactBytes, gzipBytes, peakBytes } of builds) {
      expect(gzipBytes).toBeLessThan(artifactBytes);
      expect(peakBytes).toBeGreaterThan(0);
    }
  });

  test("all rows that there is room for, one, and one between", async () => {
    const { results } = await json(...usual, "--rounds", "1");
    expect(results.map(({ case: what, rows }) => `${what} ${rows}`)).toEqual([
      "training step 8",
      "training step 4",
      "training step 1",
      "inference 8",
      "inference 4",
      "inference 1",
    ]);
  });

  test("a size that the program refuses is left out, with the reason", async () => {
    const { results, skipped } = await json(
      "bench",
      "pair.nn",
      "--target",
      "wasm",
      "--bounds",
      "N=4",
      "--rounds",
      "1",
      "--batches",
      "4,1",
    );
    expect(results.map(({ rows }) => rows)).toEqual([4]);
    expect(skipped).toEqual([
      { target: "wasm", threads: 1, case: "inference", rows: 1, reason: expect.stringContaining("a pair at least") },
    ]);
  });

  test("rows that are written in the source are what they are", async () => {
    const { results, network } = await json("bench", "fixed.nn", "--target", "wasm", "--rounds", "1");
    expect(results.map(({ case: what, rows }) => [what, rows])).toEqual([["inference", 3]]);
    expect(network).toEqual({ file: "fixed.nn", model: "Fixed", train: null, parameters: 6 });
  });

  test.each(["8", "3,8"])("--batches %s is refused where the source says 3 rows", async (batches) => {
    const args = ["bench", "fixed.nn", "--target", "wasm", "--rounds", "1", "--batches"];
    const { stderr, code } = await nnc([...args, batches], { cwd });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining("--batches: expected 3 rows, as the source says with numbers; found 8;"),
    ]);
    expect(said.suites).toEqual([]);
    expect((await nnc([...args, "3"], { cwd })).code).toBe(0);
  });

  test("a target that does not run here is left out, with the reason", async () => {
    const { stderr, code } = await nnc(["bench", "points.nn", "--rounds", "1", "--threads", "1"], { cwd });
    expect([code, stderr.split("\n")[0]]).toEqual([
      0,
      "wgsl is left out: this artifact is for the target wgsl: expected WebGPU, found none",
    ]);
  });
});

describe("the report", { timeout: 300_000 }, () => {
  test("is a page, a picture and the figures, which the next run may replace", async () => {
    const args = [...usual, "--rounds", "1", "--batches", "8", "-o", "report"];
    expect((await nnc(args, { cwd })).stderr).toContain(
      "wrote report/bench.json, report/bench.svg, report/bench.html\n",
    );
    expect((await nnc(args, { cwd })).code).toBe(0);
    expect(readdirSync(path.join(cwd, "report")).toSorted()).toEqual(["bench.html", "bench.json", "bench.svg"]);
    expect(readFileSync(path.join(cwd, "report/bench.html"), "utf8")).toContain("<h2>Builds</h2>");
  });

  test("replaces nobody else's file", async () => {
    const args = [...usual, "--rounds", "1", "--batches", "8", "-o", "kept"];
    const { stderr, code } = await nnc(args, { cwd });
    expect([code, stderr]).toEqual([1, expect.stringContaining("error[NN0928]")]);
    expect(said.suites).toEqual([]);
    expect((await nnc([...args, "--force"], { cwd })).code).toBe(0);
  });

  test("replaces the earlier run that it reads only with --force", async () => {
    const args = [...usual, "--rounds", "3", "--batches", "8", "-o", "again"];
    await nnc(args, { cwd });
    const before = readFileSync(path.join(cwd, "again/bench.json"), "utf8");
    said.suites.length = 0;
    said.seconds = 0.002;
    const beside = [...args, "--compare", "again/../again/bench.json"];
    const { stderr, code } = await nnc(beside, { cwd });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/error\[NN0928\].*again\/bench\.json.*this command reads it/),
    ]);
    expect(said.suites).toEqual([]);
    expect(readFileSync(path.join(cwd, "again/bench.json"), "utf8")).toBe(before);
    expect((await nnc([...beside, "--force"], { cwd })).code).toBe(0);
    expect(readFileSync(path.join(cwd, "again/bench.json"), "utf8")).not.toBe(before);
  });

  test("is told of a profile, too", async () => {
    const document = await json(...usual, "--rounds", "1", "--seconds", "0.01", "--profile");
    expect(document.profiles?.map(({ target, case: what, rows }) => `${target}: ${what}, ${rows}`)).toEqual([
      "wasm: training step, 8",
      "wasm: inference, 8",
    ]);
  });

  test("says what a profile does without", async () => {
    const flags = ["--target", "wasm", "--target", "wgsl", "--threads", "2", "--rounds", "1", "--seconds", "0.01"];
    const { stderr, code } = await nnc(["bench", "points.nn", ...flags, "--profile"], { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain("--profile: kernels are timed on one thread; the other figures are of up to 2\n");
    expect(stderr).toContain("--profile: wgsl has none, since its kernels cannot be timed one at a time\n");
  });
});

describe("beside an earlier run", { timeout: 300_000 }, () => {
  let first: Promise<Document> | undefined;

  async function earlier(
    name: string,
    change: (document: Document) => object = (document) => document,
  ): Promise<string> {
    first ??= json(...usual, "--rounds", "3", "--batches", "8");
    // Compiling is really timed; here only what benny says is looked at.
    const text = JSON.stringify({ ok: true, ...change(await first) });
    writeFileSync(
      path.join(cwd, name),
      text.replace(/"compileRounds":\[[^\]]*\]/g, '"compileRounds":[1000,1000,1000]'),
    );
    return name;
  }
  const again = [...usual, "--rounds", "3", "--batches", "8"];

  test("the exit code is 1 where a figure is worse by more than --fail-above, else 0", async () => {
    const file = await earlier("old.json");
    said.seconds = 0.0012;
    const { stdout, stderr, code } = await nnc([...again, "--compare", file, "--fail-above", "10%"], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain("worse by more than 10.0 %: wasm: training step, 8 rows, +20.0 %\n");
    expect(stderr).toContain("2 of 5 figures are worse than in old.json by more than 10.0 %\n");
    expect(stdout).toMatch(/wasm: training step, 8 rows +1\.00 ms +1\.20 ms +\+20\.0 % +SLOWER/);
  });

  test("a gate that does not hold says so in JSON, in what -o keeps, too, which the next run may replace", async () => {
    const file = await earlier("oldest.json");
    said.seconds = 0.0012;
    const args = [...again, "--compare", file, "--fail-above", "10%", "--json", "-o", "gate"];
    const { stdout, code } = await nnc(args, { cwd });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      gate: {
        limit: 0.1,
        failed: [
          { target: "wasm", figure: "training step", rows: 8, verdict: "worse" },
          { target: "wasm", figure: "inference", rows: 8, verdict: "worse" },
        ],
        problem: "2 of 5 figures are worse than in oldest.json by more than 10.0 %",
      },
    });
    expect(readFileSync(path.join(cwd, "gate/bench.json"), "utf8")).toBe(stdout);
    expect((await nnc([...again, "-o", "gate"], { cwd })).code).toBe(0);
  });

  test("a gate does not hold where the runs have no figure in common", async () => {
    const file = await earlier("elsewhere.json", (document) => ({
      ...document,
      results: document.results.map((one) => ({ ...one, target: "typescript" })),
      builds: document.builds.map((one) => ({ ...one, target: "typescript" })),
    }));
    const args = [...again, "--compare", file];
    const { stdout, stderr, code } = await nnc([...args, "--fail-above", "10%"], { cwd });
    expect([code, stderr.split("\n").at(-2)]).toEqual([
      1,
      "error: --fail-above: nothing could be compared, since no figure of this run is in elsewhere.json: expected a figure that both have; " +
        "this run measured wasm: training step, 8 rows, wasm: inference, 8 rows, wasm: compile, wasm: artifact, wasm: memory; " +
        "elsewhere.json has typescript: training step, 8 rows, typescript: inference, 8 rows, typescript: compile, typescript: artifact, typescript: memory",
    ]);
    expect(stdout).toContain("note: typescript: training step, 8 rows is in elsewhere.json alone\n");
    expect(stdout).not.toContain("Beside");
    const told = await nnc([...args, "--fail-above", "10%", "--json"], { cwd });
    expect(JSON.parse(told.stdout)).toMatchObject({ ok: false, gate: { limit: 0.1, failed: [] } });
    expect((await nnc(args, { cwd })).code).toBe(0);
  });

  test("changes within the limit are told, and the document has them", async () => {
    const file = await earlier("older.json");
    said.seconds = 0.0012;
    const { stdout, code } = await nnc([...again, "--compare", file, "--fail-above", "0.3", "--json"], { cwd });
    const document: unknown = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(document).toMatchObject({ ok: true, gate: { limit: 0.3, failed: [] } });
    expect(isFields(document) && document["comparison"]).toMatchObject({
      file,
      changes: [
        { verdict: "worse" },
        { verdict: "worse" },
        { figure: "compile" },
        { verdict: "same" },
        { verdict: "same" },
      ],
    });
  });

  test.each([
    ["nosuch.json", undefined, 1, "error[NN0925]: cannot read nosuch.json: there is no such file"],
    [
      "mine.json",
      undefined,
      2,
      '--compare mine.json: expected what `nnc bench --json` prints, found JSON without `"format":"nnc-bench"`',
    ],
    [
      "other.json",
      (document: Document) => ({
        ...document,
        network: { ...document.network, model: "Tilt", train: "tilt", file: "tilt.nn" },
      }),
      2,
      "--compare other.json: expected a run of the model Side, trained as plain, found one of the model Tilt, trained as tilt of tilt.nn",
    ],
    [
      "turned.json",
      (document: Document) => ({ ...document, network: { ...document.network, model: "\u202etliT\u001b[2J" } }),
      2,
      "found one of the model \\u{202E}tliT␛[2J, trained as plain of points.nn\n",
    ],
  ])("%s is refused", async (file, change, exit, message) => {
    if (change !== undefined) await earlier(file, change);
    const { stderr, code } = await nnc([...again, "--compare", file], { cwd });
    expect([code, stderr]).toEqual([exit, expect.stringContaining(message)]);
  });
});

describe("wrong usage", { timeout: 300_000 }, () => {
  test.each([
    [
      "--fail-above 10%",
      "--fail-above: expected --compare FILE with it, an earlier run that figures are held to; found none",
    ],
    ["--compare mine.json --fail-above ten", "expected a number from 0, such as 0.02 or 2%, found"],
    [
      "--compare mine.json --rounds 2",
      "--rounds: expected 3 or more with --compare, since fewer do not tell a change from noise; found 2",
    ],
    [
      "--profile --target wgsl",
      "--profile: expected the target typescript or wasm, whose kernels can be timed one at a time, found wgsl",
    ],
    [
      "--threads 2 --target typescript",
      "--threads: expected the target wasm, the only one with threads, found typescript",
    ],
    ["--relaxed --target wgsl", "--relaxed: expected the target wasm, found wgsl"],
    ["--force", "--force: expected -o DIR with it, found none: nothing is written that could be replaced"],
    ["--batches 64", "--batches: expected at most 8, the largest N, found 64; `--bounds N=64` makes room"],
    ["--batches 0", "expected whole numbers from 1 with commas between, such as 1,8,32, found"],
    ["--seconds 0", "expected a number of seconds above 0, such as 0.5, found"],
    ["--target wgsl", "nothing to measure: no target of those asked for runs here"],
  ])("%s", async (flags, message) => {
    const { stdout, stderr, code } = await nnc(["bench", "points.nn", ...flags.split(" ")], { cwd });
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(message)]);
  });
});
