/** Runs programs on the TypeScript and WebAssembly targets in this process, for comparing their results. */
import ts from "typescript";
import { expect } from "vitest";
import type { Artifact } from "../../compiler/program/artifact.ts";
import type { Program, ProgramBuffer } from "../../compiler/program/types.ts";
import { emitTypescript } from "../../targets/typescript/index.ts";
import { emitWasm } from "../../targets/wasm/index.ts";
import { startTypescript, startWasm, type Running } from "../random/start.ts";

export type Inputs = Readonly<Record<string, ArrayLike<number>>>;
export type Results = ReadonlyMap<string, Float32Array | Int32Array>;

/**
 * A text file of an artifact, whose modules have passed a compiler of their language. Of WGSL only a GPU has one (`gpu.ts`),
 * of relaxed instructions only a browser (`test/browser/relaxed.test.ts`).
 */
export function textOf(artifact: Artifact, name: string): string {
  expect(faultsIn(artifact)).toEqual([]);
  const file = artifact.files[name];
  if (typeof file !== "string") throw new Error(`expected the text of ${name}`);
  return file;
}

function faultsIn({ files, manifest }: Artifact): readonly string[] {
  return Object.entries(files).flatMap(([name, file]) => {
    if (typeof file !== "string" && manifest.relaxed === true) return [];
    if (typeof file !== "string") return WebAssembly.validate(new Uint8Array(file)) ? [] : [`${name} is not valid`];
    if (!/(?<!\.d)\.[jt]s$/.test(name)) return [];
    const { diagnostics = [] } = ts.transpileModule(file, { fileName: name, reportDiagnostics: true });
    return diagnostics.map(({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
  });
}

function startValid(artifact: Artifact): Running {
  expect(faultsIn(artifact)).toEqual([]);
  return startWasm(artifact);
}

function viewOf(memory: ArrayBufferLike, { dtype, offset, bytes }: ProgramBuffer): Float32Array | Int32Array {
  return dtype === "f32" ? new Float32Array(memory, offset, bytes / 4) : new Int32Array(memory, offset, bytes / 4);
}

/** Fills the buffers, calls the entry, and copies all buffers out. */
function runOn(running: Running, program: Program, inputs: Inputs, dims: readonly number[], entry: string): Results {
  for (const buffer of program.buffers) viewOf(running.memory, buffer).set(inputs[buffer.name] ?? []);
  running.entries[entry](...dims);
  return new Map(program.buffers.map((buffer) => [buffer.name, viewOf(running.memory, buffer).slice()]));
}

export async function runTypescript(
  program: Program,
  inputs: Inputs,
  dims: readonly number[] = [],
  entry = "run",
): Promise<Results> {
  return runOn(await startTypescript(emitTypescript(program)), program, inputs, dims, entry);
}

export function runWasm(program: Program, inputs: Inputs, dims: readonly number[] = [], entry = "run"): Results {
  return runOn(startValid(emitWasm(program)), program, inputs, dims, entry);
}

/** The patterns of all elements; every NaN as one. */
export function bitsOf(values: Float32Array | Int32Array): readonly (number | string)[] {
  if (values instanceof Int32Array) return Array.from(values);
  const patterns = new Int32Array(values.buffer, values.byteOffset, values.length);
  return Array.from(values, (value, n) => (Number.isNaN(value) ? "NaN" : patterns[n]));
}

/** Both results have equal bits in every buffer. */
export function expectEqual(left: Results, right: Results): void {
  for (const [name, values] of left) {
    const others = right.get(name);
    if (others === undefined) throw new Error(`no ${name}`);
    expect({ name, bits: bitsOf(others) }).toEqual({ name, bits: bitsOf(values) });
  }
}
