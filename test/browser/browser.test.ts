/** Chromium computes Node's bits, on every target that promises equal bits; and what threads do in a page. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile, type CompileOptions } from "../../compiler/compile.ts";
import { evaluate, product } from "../../compiler/dimension/dimension.ts";
import { javascript, simd, type Machine } from "../../compiler/schedule/machine.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import type { Program } from "../../compiler/program/types.ts";
import { emitTypescript } from "../../targets/typescript/index.ts";
import { emitWasm } from "../../targets/wasm/index.ts";
import { built } from "../random/batch.ts";
import { generate } from "../random/generate.ts";
import { inputsOf, type Dims, type RandomProgram, type Tensors } from "../random/program.ts";
import { record, settings, sized } from "../random/settings.ts";
import { eager } from "../random/start.ts";
import { sampleCases, sampleDims, sampleProgram } from "../targets/samples.ts";
import { startPages, type Pages } from "./pages.ts";
import { answer, type Call, type Question, type Steps } from "./questions.ts";

let pages: Pages;
beforeAll(async () => {
  pages = await startPages();
}, 300_000);
afterAll(() => pages.close());

type Asking = (artifact: Artifact, threads: number) => Question;

/** Chromium's answers on TypeScript and on 1, 2 and 3 threads of WebAssembly are Node's on TypeScript. */
async function expectNodesBits(typescript: Artifact, wasm: Artifact, asking: Asking): Promise<void> {
  const page = await pages.open("isolated");
  const expected = await answer(asking(typescript, 1));
  expect(expected.warnings).toEqual([]);
  expect(await page.ask(asking(typescript, 1))).toEqual(expected);
  for (const threads of [1, 2, 3]) expect(await page.ask(asking(wasm, threads))).toEqual({ ...expected, threads });
  await page.close();
}

interface Run {
  readonly entry: string;
  readonly dims: Dims;
  readonly inputs: Tensors;
  readonly wanted: readonly string[];
}

/** The runs on both machines' forms of the same entries; threads share all that they can. */
async function expectEqualRuns(programFor: (machine: Machine) => Program, runs: readonly Run[]): Promise<void> {
  const program = programFor(javascript);
  const calls = callsOf(program, runs);
  const asking: Asking = (artifact, threads) => ({ kind: "calls", artifact, threads, calls });
  await expectNodesBits(emitTypescript(program), emitWasm(programFor(simd), undefined, { costs: eager }), asking);
}

function callsOf({ entries, buffers }: Program, runs: readonly Run[]): readonly Call[] {
  const types = new Map(buffers.map(({ name, dtype }) => [name, dtype]));
  const shapes = new Map(buffers.map(({ name, shape }) => [name, shape]));
  const elementsOf = (name: string, dims: Dims): number => evaluate(product(shapes.get(name) ?? []), dims) ?? 0;
  const open = new Map(entries.map(({ name, dims }) => [name, dims]));
  return runs.map(({ entry, dims, inputs, wanted }) => ({
    entry,
    dims: open.get(entry)?.map((name) => dims.get(name) ?? 0) ?? [],
    inputs: [...inputs].flatMap(([name, { data }]) => {
      const dtype = types.get(name);
      if (dtype === undefined) return [];
      return [[name, dtype === "f32" ? Float32Array.from(data) : Int32Array.from(data)] as const];
    }),
    wanted: wanted.map((name) => [name, elementsOf(name, dims)] as const),
  }));
}

function runsOf(program: RandomProgram): readonly Run[] {
  const wanted = program.graph.outputs.map(({ name }) => name);
  return program.sizes.map((dims) => ({ entry: program.name, dims, inputs: inputsOf(program, dims), wanted }));
}

/** A `train` of a file; threads share all that they can. */
function compiled(name: string, source: string, options: CompileOptions = {}): Record<"typescript" | "wasm", Artifact> {
  const [typescript, wasm] = (["typescript", "wasm"] as const).map((target) => {
    const result = compile({ name, source }, { ...options, target });
    if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
    return result;
  });
  return { typescript: typescript.artifact, wasm: emitWasm(wasm.built.program, undefined, { costs: eager }) };
}

describe.concurrent("Chromium computes Node's bits", () => {
  it("of every op's samples", { timeout: 300_000 }, async () => {
    const runs = sampleCases.map(({ title, inputs, result }): Run => ({
      entry: title,
      dims: sampleDims,
      inputs,
      wanted: [result],
    }));
    await expectEqualRuns(sampleProgram, runs);
  });

  const count = sized(12, 600);
  const batch = 12;
  it(
    `of ${count} random programs from seed ${settings.seed}`,
    { timeout: settings.deep ? 3_000_000 : 300_000 },
    async () => {
      for (let first = 0; first < count; first += batch) {
        const programs = Array.from({ length: batch }, (_, n) => generate(settings.seed + first + n, `p${first + n}`));
        await expectEqualRuns((machine) => built(programs, machine), programs.flatMap(runsOf));
      }
      record({ suite: "browser", seed: settings.seed, programs: count });
    },
  );

  it.each([
    { file: "examples/digits/digits.nn", label: "Digits" },
    // `batch: all` is as large as its data.
    { file: "examples/linear/linear.nn", label: "Progression", bounds: { N: 354 } },
    { file: "examples/optimisers/optimisers.nn", label: "momentum" },
    { file: "examples/optimisers/optimisers.nn", label: "lion" },
  ])("of an epoch of $label in $file", { timeout: 300_000 }, async ({ file, label, bounds }) => {
    const { typescript, wasm } = compiled(file, readFileSync(file, "utf8"), { train: label, bounds });
    const folder = path.join(path.dirname(file), "data");
    const files = Object.fromEntries(
      readdirSync(folder).map((name) => [`data/${name}`, new Uint8Array(readFileSync(path.join(folder, name)))]),
    );
    const asking: Asking = (artifact, threads) => ({ kind: "epoch", artifact, threads, files });
    await expectNodesBits(typescript, wasm, asking);
  });
});

/** A browser lets a worker that computes go on for two seconds before it ends it. */
const soon = { timeout: 30_000 };

describe.concurrent("threads in a page", () => {
  const { wasm } = compiled(
    "net.nn",
    `
model Net(x: [N, 64]) -> [N, 16] = x |> dense(64) |> relu |> dense(16)
train Net { data: given loss: mse optimizer: adam(lr: 1e-3) batch: 32 epochs: 1 }`,
  );
  const inputs = { x: ramp(32 * 64), target: ramp(32 * 16) };
  const steps = (threads: number, rest: Pick<Steps, "count" | "sync" | "stuck"> = {}): Steps => ({
    kind: "steps",
    artifact: wasm,
    threads,
    inputs,
    ...rest,
  });

  function ramp(length: number): Float32Array {
    return Float32Array.from({ length }, (_, n) => Math.sin(n));
  }

  it(
    "start in the worker of an isolated page, and end when the network is closed",
    { timeout: 300_000 },
    async ({ expect }) => {
      const page = await pages.open("isolated");
      expect(await page.ask(steps(2))).toEqual({ ...(await answer(steps(1))), threads: 2 });
      await expect.poll(page.workers, soon).toBe(1);
    },
  );

  it("start in a page without a worker of its own, and end there, too", { timeout: 300_000 }, async ({ expect }) => {
    const page = await pages.open("isolated");
    expect(await page.ask(steps(2), "page")).toEqual({ ...(await answer(steps(1))), threads: 2 });
    await expect.poll(page.workers, soon).toBe(1);
  });

  it("are waited for in a worker, never by a page's own thread", { timeout: 300_000 }, async ({ expect }) => {
    const page = await pages.open("isolated");
    expect(await page.ask(steps(2, { sync: true }))).toEqual({ ...(await answer(steps(1))), threads: 2 });
    const { problem } = await page.ask(steps(2, { sync: true }), "page");
    expect(problem).toBe("NN0709 `stepSync` needs a target that answers at once; expected `await` with `step` here");
  });

  it("do not start in a page that is not isolated", async ({ expect }) => {
    const page = await pages.open("plain");
    const warnings = ["NN0726 runs on one thread instead of 2: expected SharedArrayBuffer, found none"];
    expect(await page.ask(steps(2))).toEqual({ ...(await answer(steps(1))), warnings });
    expect(page.workers()).toBe(1);
  });

  it("end with the worker that started them", { timeout: 300_000 }, async ({ expect }) => {
    const page = await pages.open("isolated");
    const asked = page.ask(steps(2, { count: 1e9 })).catch(() => "the page is closed");
    await expect.poll(page.workers, soon).toBe(2);
    await page.endWorker();
    await expect.poll(page.workers, soon).toBe(0);
    expect(await Promise.race([asked, Promise.resolve("no answer")])).toBe("no answer");
  });

  it.for(["worker", "page"] as const)(
    "that never finish what they took end the step with an error, called from a %s",
    { timeout: 300_000 },
    async (where, { expect }) => {
      const page = await pages.open("isolated");
      const { problem } = await page.ask(steps(2, { stuck: true, count: 1e6 }), where);
      expect(problem).toBe(
        "NN0727 a thread that shares the program is lost: it did nothing while others waited for it",
      );
      await expect.poll(page.workers, soon).toBe(1);
    },
  );
});
