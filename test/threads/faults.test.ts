/** What can go wrong with threads, and what is left behind: nothing. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";
import { compile as assemble } from "watr";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { compile, type Compiled } from "../../compiler/compile.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { load, type Network } from "../../runtime/load/index.ts";
import { findWorkers, startWorkers, type Start } from "../../runtime/load/workers.ts";
import { emitWasm } from "../../targets/wasm/index.ts";
import { eager } from "../random/start.ts";
import { errorOf, lineArtifact } from "../runtime/support.ts";
import { temporaryFolder } from "../folder.ts";

const source = `
model Line(x: [N, 8]) -> [N, 4] = x |> dense(16) |> relu |> dense(4)
train Line { data: given  loss: mse  optimizer: sgd(lr: 0.01)  batch: 32  epochs: 1  seed: 1 }
`;
const batch = { x: Float32Array.from({ length: 256 }, (_, n) => (n % 9) - 4), target: new Float32Array(128).fill(1) };

const compiled = ((): Compiled => {
  const result = compile({ name: "line.nn", source }, { target: "wasm" });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result;
})();

/** Everything in it is shared. */
const artifact = emitWasm(compiled.built.program, undefined, { costs: eager });

const warningsOf = (net: Network): readonly string[] => net.warnings.map(({ code, message }) => `${code} ${message}`);

/** The artifact with a file changed. */
function withFile(name: string, content: Uint8Array): Artifact {
  return { ...artifact, files: { ...artifact.files, [name]: content } };
}

function sharing(): NonNullable<Artifact["manifest"]["threads"]> {
  const { threads } = artifact.manifest;
  if (threads === undefined) throw new Error("expected something to share");
  return threads;
}

function bytesOf(name: string): Uint8Array<ArrayBuffer> {
  const content = artifact.files[name];
  if (typeof content === "string") throw new Error("expected bytes");
  return new Uint8Array(content);
}

/** The module with another body of `worker`. */
function withWorker(body: string): Artifact {
  const text = artifact.files["Line.wat"];
  if (typeof text !== "string") throw new Error("expected text");
  const from = text.indexOf('(func (export "worker")');
  return withFile("Line.wasm", assemble(`${text.slice(0, from)}(func (export "worker") ${body}))`));
}

describe("a worker", () => {
  it("that cannot start fails the load", async () => {
    const { module } = sharing();
    const other = assemble('(module (func (export "stop")) (func (export "stopped") (result i32) (i32.const 0)))');
    expect(await errorOf(() => load(withFile(module, other), { threads: 2 }))).toMatch(
      /^NN0727 a thread that shares the program is lost: .* function="put"/,
    );
  });

  it("that fails in the middle of its part fails the calls, and none of them waits for it", async () => {
    const step = artifact.manifest.entries.findIndex(({ name }) => name === "train_step");
    const isStep = `(i32.eq (call $get (i32.const 0)) (i32.const ${step}))`;
    const wait = `(loop $wait (drop (call $job)) (br_if $wait (i32.eqz ${isStep})))`;
    const net = await load(withWorker(`${wait} (drop (call $next (i32.const -1) (i32.const 2))) unreachable`), {
      threads: 3,
    });
    let message = "no error";
    for (let n = 0; message === "no error" && n < 100_000; n += 1) message = await errorOf(() => net.step(batch));
    expect(message).toMatch(/^NN0727 a thread that shares the program is lost: /);
    // Why, a worker tells by a message.
    await vi.waitFor(async () => expect(await errorOf(() => net.step(batch))).toMatch(/ lost: RuntimeError: unreach/));
    net.close();
    expect(await errorOf(() => net.step(batch))).toMatch(/^NN0705/);
  });

  it("that fails at once fails what comes first, be it the load", async () => {
    const broken = withWorker("unreachable");
    const message = await errorOf(async () => {
      const net = await load(broken, { threads: 3 });
      for (let step = 0; step < 100_000; step += 1) await net.step(batch);
    });
    expect(message).toMatch(/^NN0727 a thread that shares the program is lost: /);
  });
});

describe("a place that allows fewer threads than were asked for", () => {
  afterEach(() => vi.unstubAllGlobals());

  /** The workers of a page, of which so many start. */
  function allow(most: number): void {
    let started = 0;
    class Limited {
      onmessage: ((event: { readonly data: unknown }) => void) | undefined;

      constructor() {
        if (started >= most) throw new Error("no more workers here");
        started += 1;
      }

      postMessage(): void {
        queueMicrotask(() => this.onmessage?.({ data: "ready" }));
      }

      terminate(): void {
        started -= 1;
      }
    }
    vi.stubGlobal("Worker", Limited);
  }

  it.each([
    [0, 1, "one thread"],
    [2, 3, "3 threads"],
  ])("%i workers: takes what there is, and says so", async (most, threads, words) => {
    allow(most);
    const net = await load(artifact, { threads: 4 });
    expect(net.threads).toBe(threads);
    expect(warningsOf(net)).toEqual([
      `NN0726 runs on ${words} instead of 4: expected threads that start, found no more workers here`,
    ]);
    net.close();
  });
});

describe("a worker that is gone without a word", () => {
  /** Takes a part of the job and ends its process. */
  const deadly = `
    const { parentPort, workerData: { agreement, memory } } = require("node:worker_threads");
    const { job, next } = new WebAssembly.Instance(agreement, { env: { memory, above: 1, stalled() {} } }).exports;
    parentPort.postMessage("ready");
    setTimeout(() => {
      job();
      next(-1, 2);
      process.exit(3);
    });`;

  it("with a part of the work is noticed by those who wait for it", async () => {
    const found = await findWorkers();
    if ("lacking" in found) throw new Error(found.lacking);
    const start: Start = (_, task) => found.start(deadly, task);
    const [program, agreement] = ["Line.wasm", sharing().module].map((name) => new WebAssembly.Module(bytesOf(name)));
    const pages = Math.ceil((sharing().own + 2 * sharing().ownBytes) / 65_536);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const env = { memory, above: 0, stalled: () => workers.look() };
    // What threads agree by takes and gives i32.
    const { begin, next, stop, stopped } = new WebAssembly.Instance(agreement, { env }).exports as Readonly<
      Record<string, (...values: number[]) => number>
    >;
    const workers = await startWorkers(
      start,
      { program, agreement, memory, sharing: sharing(), threads: 2, led: false },
      stop,
    );
    begin();
    const part = next(-1, 2);
    Atomics.wait(new Int32Array(memory.buffer), 0, 0, 500);
    expect([part, next(part, 2), stopped()]).toEqual([0, -1, 1]);
    expect(workers.reason()).toBe("it ended while others waited for it");
    workers.close();
  });
});

describe("where threads are not to be had", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("for lack of shared memory, the network runs on one and says so", async () => {
    const expected = await load(artifact);
    vi.stubGlobal("SharedArrayBuffer", undefined);
    const net = await load(artifact, { threads: 4 });
    expect(net.threads).toBe(1);
    expect(warningsOf(net)).toEqual(["NN0726 runs on one thread instead of 4: expected SharedArrayBuffer, found none"]);
    expect(await net.step(batch)).toEqual(await expected.step(batch));
  });

  it("for a target that has none, the network says so, if more than one were asked for", async () => {
    for (const [threads, found] of [
      [1, []],
      [2, ["NN0726 runs on one thread instead of 2: expected the target wasm, found typescript"]],
    ] as const) {
      const net = await load(lineArtifact(), { threads });
      expect(net.threads).toBe(1);
      expect(warningsOf(net)).toEqual(found);
      net.close();
    }
  });

  it("for lack of memory, the load fails", async () => {
    const threads = { ...sharing(), own: 2 ** 40 };
    const huge = { ...artifact, manifest: { ...artifact.manifest, threads } };
    expect(await errorOf(() => load(huge, { threads: 2 }))).toMatch(/^NN0704 /);
  });
});

it.each([
  [1, 64, 1, []],
  [3, 64, 3, []],
  [3, 2, 2, ["NN0726 runs on 2 threads instead of 3: expected at most 2, found 3"]],
])("asked for %i threads with room for %i, it runs on %i and says so", async (threads, most, found, warnings) => {
  const roomy = { ...artifact, manifest: { ...artifact.manifest, threads: { ...sharing(), most } } };
  const net = await load(roomy, { threads });
  expect([net.threads, warningsOf(net)]).toEqual([found, warnings]);
  net.close();
});

it("a program with nothing that is worth sharing runs on one thread, and says so", async () => {
  const net = await load(compiled.artifact, { threads: 2 });
  expect([net.threads, warningsOf(net)]).toEqual([
    1,
    [
      "NN0726 runs on one thread instead of 2: expected work that is worth sharing, in a program that is not `compact`, found none",
    ],
  ]);
});

describe("a process", () => {
  const folder = temporaryFolder("threads");
  const program = path.join(folder, "program.mjs");

  beforeAll(() => {
    buildSync({
      entryPoints: [path.resolve(import.meta.dirname, "../../runtime/load/index.ts")],
      outfile: path.join(folder, "runtime.mjs"),
      bundle: true,
      format: "esm",
      platform: "node",
      logLevel: "error",
    });
    const { manifest, files } = artifact;
    const encoded = Object.entries(files).map(([name, content]) => [name, Buffer.from(content).toString("base64")]);
    writeFileSync(path.join(folder, "artifact.json"), JSON.stringify({ manifest, files: Object.fromEntries(encoded) }));
    writeFileSync(
      program,
      `import { readFileSync } from "node:fs";
      import { load } from "./runtime.mjs";
      const { manifest, files } = JSON.parse(readFileSync(new URL("artifact.json", import.meta.url), "utf8"));
      for (const name of Object.keys(files)) files[name] = new Uint8Array(Buffer.from(files[name], "base64"));
      const net = await load({ manifest, files }, { threads: 3 });
      const batch = { x: new Float32Array(256).fill(1), target: new Float32Array(128) };
      for (let step = 0; step < 3; step++) await net.step(batch);
      console.log(net.threads);
      if (process.argv[2] === "close") net.close();
      if (process.argv[2] === "throw") throw new Error("on purpose");
      if (process.argv[2] === "exit") process.exit(4);`,
    );
  });

  it.each([
    ["close", 0],
    ["forget", 0],
    ["throw", 1],
    ["exit", 4],
  ])("that ends by %s ends at once, with code %i", (how, status) => {
    const done = spawnSync(process.execPath, [program, how], { encoding: "utf8", timeout: 20_000 });
    expect({ status: done.status, stdout: done.stdout }).toEqual({ status, stdout: "3\n" });
  });
});
