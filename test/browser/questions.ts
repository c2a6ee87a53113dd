/**
 * What is asked of a page's worker and of Node alike: the same function answers on both sides, with the runtime alone, so that
 * answers can be compared to the bit.
 */
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { load, type Network } from "../../runtime/load/index.ts";
import { open } from "../../runtime/load/open.ts";
import { prepare, train } from "../../runtime/train/index.ts";
import { garbage } from "../random/garbage.ts";
import { withStuckThreads } from "./stuck.ts";

export type View = Float32Array | Int32Array;

/** One run of an entry: what is written before, and the buffers wanted afterwards, each with how many of its elements the run writes. */
export interface Call {
  readonly entry: string;
  readonly dims: readonly number[];
  readonly inputs: readonly (readonly [string, View])[];
  readonly wanted: readonly (readonly [name: string, elements: number])[];
}

export type Steps = Extract<Question, { readonly kind: "steps" }>;

export type Question = { readonly artifact: Artifact; readonly threads: number } & (
  | { readonly kind: "calls"; readonly calls: readonly Call[] }
  /** An epoch over these files, by the paths that the source gives them. */
  | { readonly kind: "epoch"; readonly files: Readonly<Record<string, Uint8Array>> }
  /** Steps on the same rows, by default twenty, perhaps without waiting, or beside threads that never finish what they take. */
  | {
      readonly kind: "steps";
      readonly inputs: Readonly<Record<string, Float32Array>>;
      readonly count?: number;
      readonly sync?: boolean;
      readonly stuck?: boolean;
    }
);

export interface Answer {
  /** How many threads did it, and what they say about it. */
  readonly threads: number;
  readonly warnings: readonly string[];
  /** Bits of what is wanted; every NaN as one. */
  readonly bits: readonly Int32Array[];
  readonly problem?: string;
}

export async function answer(question: Question): Promise<Answer> {
  switch (question.kind) {
    case "calls":
      return run(question.artifact, question.threads, question.calls);
    case "epoch":
      return trainEpoch(question.artifact, question.threads, question.files);
    case "steps":
      return question.stuck ? withStuckThreads(() => takeSteps(question)) : takeSteps(question);
  }
}

/** Memory holds garbage before every call; behind the arena is what threads agree by. */
async function run(artifact: Artifact, threads: number, calls: readonly Call[]): Promise<Answer> {
  const executable = await open(artifact, undefined, threads);
  if (executable.kind !== "sync") throw new Error("expected a target that answers at once");
  const { memory } = executable;
  const { buffers, arenaBytes } = artifact.manifest;
  const viewOf = (wanted: string): View => {
    const buffer = buffers.find(({ name }) => name === wanted);
    if (buffer === undefined) throw new Error(`no buffer ${wanted}`);
    const { dtype, offset, bytes } = buffer;
    return dtype === "f32" ? new Float32Array(memory, offset, bytes / 4) : new Int32Array(memory, offset, bytes / 4);
  };
  const bits = calls.flatMap(({ entry, dims, inputs, wanted }) => {
    new Int32Array(memory, 0, arenaBytes >> 2).fill(garbage);
    for (const [name, data] of inputs) viewOf(name).set(data);
    executable.run(entry, dims);
    return wanted.map(([name, elements]) => bitsOf(viewOf(name).subarray(0, elements)));
  });
  executable.close();
  return answerOf({ threads: 1, warnings: [], ...executable }, bits);
}

function bitsOf(view: View): Int32Array {
  const bits = new Int32Array(view.buffer, view.byteOffset, view.length).slice();
  if (view instanceof Float32Array) view.forEach((value, n) => Number.isNaN(value) && (bits[n] = 0x7fc0_0000));
  return bits;
}

/** The saved network after an epoch, with what is remembered of its losses. */
async function trainEpoch(
  artifact: Artifact,
  threads: number,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<Answer> {
  const data = prepare(artifact.manifest, { read: (path) => files[path] });
  const training = train(artifact, data, { threads, epochs: 1 });
  for await (const event of training) if (event.event === "diverged") throw new Error("diverged");
  const { network } = training;
  const bytes = await training.save();
  network.close();
  return answerOf(network, [Int32Array.from(bytes)]);
}

/** An error of the runtime, as late as it may come, is an answer. */
async function takeSteps({ artifact, threads, inputs, count = 20, sync = false }: Steps): Promise<Answer> {
  try {
    const network = await load(artifact, { threads, seed: 7 });
    try {
      const losses: number[] = [];
      while (losses.length < count) {
        const { loss } = sync ? network.stepSync(inputs) : await network.step(inputs);
        losses.push(loss);
      }
      return answerOf(network, [bitsOf(Float32Array.from(losses))]);
    } finally {
      network.close();
    }
  } catch (error) {
    if (!(error instanceof NncError)) throw error;
    return { threads, warnings: [], bits: [], problem: `${error.diagnostic.code} ${error.message}` };
  }
}

function answerOf({ threads, warnings }: Pick<Network, "threads" | "warnings">, bits: readonly Int32Array[]): Answer {
  return { threads, warnings: warnings.map(({ code, message }) => `${code} ${message}`), bits };
}
