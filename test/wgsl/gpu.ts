/** Runs programs on a GPU in a process of its own, whose environment brings SwiftShader; with NNC_GPU=native on the machine's own GPU. */
import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { buildSync } from "esbuild";
import type { Artifact } from "../../compiler/program/artifact.ts";
import type { Program } from "../../compiler/program/types.ts";
import { emitWgsl } from "../../targets/wgsl/index.ts";
import type { Inputs, Results } from "../targets/run.ts";
import { gpuEnvironment } from "./swiftshader.ts";

const require = createRequire(import.meta.url);

export type View = Float32Array | Int32Array;

/** One run of an entry: what is written before, and the buffers wanted afterwards. */
interface Call {
  readonly entry: string;
  readonly dims: readonly number[];
  readonly inputs: readonly (readonly [string, View])[];
  /** Buffers whose contents are written to others before. */
  readonly moved?: readonly (readonly [string, string])[];
  readonly wanted: readonly string[];
}

export interface Runs {
  readonly kind: "runs";
  readonly artifact: Artifact;
  readonly calls: readonly Call[];
}

export interface Training {
  readonly kind: "training";
  readonly artifact: Artifact;
  /** The inputs of each step. */
  readonly batches: readonly (readonly (readonly [string, View])[])[];
}

export type Question = (Runs | Training) & { readonly id: number };

export interface Answer {
  readonly id: number;
  /** Of each call. */
  readonly results?: readonly (readonly (readonly [string, View])[])[];
  /** Of each step, and of the first batch after all steps. */
  readonly losses?: readonly number[];
  readonly problem?: string;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export class Gpu {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #clean: () => void;
  #next = 0;

  private constructor(child: ChildProcess, clean: () => void) {
    this.#child = child;
    this.#clean = clean;
    child.on("message", (message: Answer | "ready") => message !== "ready" && this.#settle(message));
    child.on("exit", (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the GPU's process ended with ${code}`));
    });
  }

  /** Bundles and starts the process, and waits until it is ready. */
  static async start(): Promise<Gpu> {
    const folder = mkdtempSync(path.join(tmpdir(), "nnc-gpu-"));
    const outfile = path.join(folder, "child.mjs");
    buildSync({
      entryPoints: [path.join(import.meta.dirname, "child.ts")],
      bundle: true,
      platform: "node",
      format: "esm",
      outfile,
      logLevel: "error",
    });
    const swiftshader = gpuEnvironment();
    const webgpu = pathToFileURL(require.resolve("webgpu")).href;
    const child = fork(outfile, [webgpu], {
      env: { ...process.env, ...swiftshader.env },
      serialization: "advanced",
      execArgv: [],
    });
    const gpu = new Gpu(child, () => {
      swiftshader.remove();
      rmSync(folder, { recursive: true, force: true });
    });
    await new Promise((resolve, reject) => {
      child.once("message", resolve);
      child.once("exit", reject);
    });
    return gpu;
  }

  /** Fills the buffers, calls the entry, and gives all buffers that a host sees. */
  async run(program: Program, inputs: Inputs, dims: readonly number[] = [], entry = "run"): Promise<Results> {
    const artifact = emitWgsl(program);
    const wanted = artifact.manifest.buffers.map(({ name }) => name);
    const [results] = await this.runAll(artifact, [{ entry, dims, inputs, wanted }]);
    return results;
  }

  /** Runs entries one after the other, in one arena. */
  async runAll(
    artifact: Artifact,
    calls: readonly (Omit<Call, "inputs"> & { readonly inputs: Inputs })[],
  ): Promise<readonly Results[]> {
    const { buffers } = artifact.manifest;
    const own = calls.map((call) => ({ ...call, inputs: viewsOf(call.inputs, buffers) }));
    const { results = [] } = await this.#ask({ kind: "runs", artifact, calls: own });
    return results.map((call) => new Map(call));
  }

  /** Loads the artifact and trains it. */
  async train(artifact: Artifact, batches: Training["batches"]): Promise<readonly number[]> {
    return (await this.#ask({ kind: "training", artifact, batches })).losses ?? [];
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.disconnect();
    await ended;
    this.#clean();
  }

  #ask(question: Runs | Training): Promise<Answer> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ ...question, id });
    });
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.problem === undefined) waiting?.resolve(answer);
    else waiting?.reject(new Error(answer.problem));
  }
}

/** The given values in the types of their buffers. */
function viewsOf(inputs: Inputs, buffers: Artifact["manifest"]["buffers"]): Call["inputs"] {
  return buffers.flatMap(({ name, dtype }) => {
    const data = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (data === undefined) return [];
    return [[name, dtype === "f32" ? Float32Array.from(data) : Int32Array.from(data)] as const];
  });
}
