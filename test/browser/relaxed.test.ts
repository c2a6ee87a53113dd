/** Relaxed builds compute what the interpreter does within a tolerance, in Chromium and in Node where it is told to. */
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import { simd } from "../../compiler/schedule/machine.ts";
import { emitWasm } from "../../targets/wasm/index.ts";
import { apart } from "../ops/numbers.ts";
import { eager } from "../random/start.ts";
import { textOf } from "../targets/run.ts";
import { sampleCases, sampleDims, sampleProgram } from "../targets/samples.ts";
import { startPages, type Pages } from "./pages.ts";
import type { Answer, Question } from "./questions.ts";

let pages: Pages;
beforeAll(async () => {
  pages = await startPages();
}, 300_000);
afterAll(() => pages.close());

/** In a process that has relaxed instructions, where this one may not. */
async function askNode(question: Question): Promise<Answer> {
  const folder = mkdtempSync(path.join(tmpdir(), "nnc-relaxed-"));
  const outfile = path.join(folder, "child.mjs");
  try {
    const entryPoints = [path.join(import.meta.dirname, "child.ts")];
    await build({ entryPoints, bundle: true, platform: "node", format: "esm", outfile, logLevel: "error" });
    const old = process.versions.node.startsWith("20.");
    const execArgv = old ? ["--experimental-wasm-relaxed-simd"] : [];
    const child = fork(outfile, { serialization: "advanced", execArgv });
    return await new Promise<Answer>((resolve, reject) => {
      child.once("message", ({ value, error }: { readonly value?: Answer; readonly error?: string }) => {
        if (value === undefined) reject(new Error(error));
        else resolve(value);
        child.disconnect();
      });
      child.once("error", reject);
      child.send(question);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("a relaxed build of every op's samples is within 10⁻⁵ of float64", () => {
  const program = sampleProgram(simd);
  const artifact = emitWasm(program, undefined, { costs: eager, relaxed: true });
  const dimsOf = new Map(program.entries.map(({ name, dims }) => [name, dims]));
  const dtypes = new Map(program.buffers.map(({ name, dtype }) => [name, dtype]));
  const elements = new Map(program.buffers.map(({ name, bytes }) => [name, bytes / 4]));
  const question: Question = {
    kind: "calls",
    artifact,
    threads: 1,
    calls: sampleCases.map(({ title, inputs, result }) => ({
      entry: title,
      dims: dimsOf.get(title)?.map((name) => sampleDims.get(name) ?? 0) ?? [],
      inputs: [...inputs].flatMap(([name, { data }]) => {
        const dtype = dtypes.get(name);
        if (dtype === undefined) return [];
        return [[name, dtype === "f32" ? Float32Array.from(data) : Int32Array.from(data)] as const];
      }),
      wanted: [[result, elements.get(result) ?? 0]],
    })),
  };

  /** What is further apart, by the samples' titles. */
  function problemsOf({ bits }: Answer): readonly string[] {
    return sampleCases.flatMap(({ title, graph, inputs, result }, n) => {
      const expected = evaluateGraph(graph, { inputs, dims: sampleDims, precision: "f64" }).get(result)?.data ?? [];
      const found =
        dtypes.get(result) === "f32" ? new Float32Array(bits[n].buffer, bits[n].byteOffset, bits[n].length) : bits[n];
      return apart(found.slice(0, expected.length), expected, 1e-5).map((problem) => `${title}: ${problem}`);
    });
  }

  it("in Chromium, on one thread and on two", { timeout: 300_000 }, async () => {
    expect(textOf(artifact, "samples.wat")).toContain("f32x4.relaxed_madd");
    const page = await pages.open("isolated");
    expect(problemsOf(await page.ask(question))).toEqual([]);
    expect(problemsOf(await page.ask({ ...question, threads: 2 }))).toEqual([]);
  });

  it("in Node", { timeout: 300_000 }, async () => {
    expect(problemsOf(await askNode(question))).toEqual([]);
  });
});
