/**
 * Many random programs as the entries of one artifact for each target, since loading and emitting cost more than running.
 * Memory holds garbage before every run.
 */
import type { Elaboration, Variable } from "../../compiler/elaborate/types.ts";
import { javascript, simd, type Machine } from "../../compiler/schedule/machine.ts";
import { buildProgram } from "../../compiler/middle.ts";
import type { Interpreted } from "../../compiler/loops/interpret.ts";
import type { Program, ProgramBuffer } from "../../compiler/program/types.ts";
import { emitTypescript } from "../../targets/typescript/index.ts";
import { emitWasm } from "../../targets/wasm/index.ts";
import { eager, startThreads, startTypescript, startWasm, type Running } from "./start.ts";
import { difference } from "./compare.ts";
import { garbage } from "./garbage.ts";
import { allBounds } from "./generate.ts";
import { nameOf, roleOf, type Dims, type RandomProgram, type Tensors } from "./program.ts";
import { at, type Expectation } from "./properties.ts";

export interface Target {
  readonly name: string;
  /** Runs an entry on these inputs and answers the buffers that `wanted` names. */
  run(entry: string, dims: Dims, inputs: Tensors, wanted: Iterable<string>): Tensors;
  readonly close?: () => void;
}

export const targetNames = ["TypeScript", "WebAssembly", "WebAssembly on threads"] as const;
export type TargetName = (typeof targetNames)[number];

/** An odd number, so that no parts come out even. */
const threads = 3;

/** The programs on one target. Throws what building one of them throws. */
export async function startTarget(programs: readonly RandomProgram[], name: TargetName): Promise<Target> {
  const program = built(programs, name === "TypeScript" ? javascript : simd);
  const running: Running & Pick<Target, "close"> = await start(program, name);
  const target: Target = { name, run: runner(program, running) };
  return running.close === undefined ? target : { ...target, close: running.close };
}

async function start(program: Program, name: TargetName): Promise<Running> {
  switch (name) {
    case "TypeScript":
      return startTypescript(emitTypescript(program));
    case "WebAssembly":
      return startWasm(emitWasm(program));
    case "WebAssembly on threads":
      return startThreads(emitWasm(program, undefined, { costs: eager }), threads);
  }
}

/** The programs on every target. */
export async function startBatch(programs: readonly RandomProgram[]): Promise<readonly Target[]> {
  const targets: Target[] = [];
  for (const name of targetNames) targets.push(await startTarget(programs, name));
  return targets;
}

/** The programs as one, of as many entries. */
export function built(programs: readonly RandomProgram[], machine: Machine): Program {
  return buildProgram(elaborationOf(programs), machine, { verify: true }).program;
}

/** One entry for each program. Their names differ in all they name but the open dimensions. */
function elaborationOf(programs: readonly RandomProgram[]): Elaboration {
  const variables = programs.flatMap(({ graph }) =>
    graph.inputs.flatMap((node): readonly Variable[] => {
      const role = roleOf(node);
      return role === "input" ? [] : [{ name: nameOf(node), role, type: node.outputs[0] }];
    }),
  );
  const entries = programs.map(({ name, graph }) => ({ name, graph }));
  return {
    name: "random",
    entries,
    variables,
    bounds: allBounds,
    host: { language: "1", models: [], requirements: [] },
  };
}

export function runner(
  { buffers, entries, arenaBytes }: Program,
  { memory, entries: functions }: Running,
): Target["run"] {
  const byName = new Map(buffers.map((buffer) => [buffer.name, buffer]));
  const view = (name: string): Float32Array | Int32Array | undefined => {
    const buffer = byName.get(name);
    return buffer && viewOf(memory, buffer);
  };
  return (entry, dims, inputs, wanted) => {
    // Behind the arena is what threads agree by.
    const words = memory instanceof ArrayBuffer ? memory.byteLength : arenaBytes;
    new Int32Array(memory, 0, words >> 2).fill(garbage);
    for (const [name, { data }] of inputs) view(name)?.set(data);
    const order = entries.find(({ name }) => name === entry)?.dims ?? [];
    functions[entry](...order.map((name) => dims.get(name) ?? 0));
    return new Map(
      [...wanted].map((name): readonly [string, Interpreted] => [
        name,
        { shape: [], data: view(name)?.slice() ?? new Float32Array(0) },
      ]),
    );
  };
}

function viewOf(memory: ArrayBufferLike, { dtype, offset, bytes }: ProgramBuffer): Float32Array | Int32Array {
  return dtype === "f32" ? new Float32Array(memory, offset, bytes / 4) : new Int32Array(memory, offset, bytes / 4);
}

/** Where a target's outputs, or the variables that nothing updates, differ from what is expected, in words. */
export function targetProblem(
  { name, graph }: RandomProgram,
  target: Target,
  expected: readonly Expectation[],
): string | undefined {
  for (const { dims, inputs, outputs } of expected) {
    const kept = graph.inputs.filter((node) => roleOf(node) !== "input").map(nameOf);
    const wanted = new Map([...kept.map((one) => [one, inputs.get(one)] as const), ...outputs]);
    const found = target.run(name, dims, inputs, wanted.keys());
    for (const [one, tensor] of wanted) {
      const different = difference(one, found.get(one)?.data, tensor?.data ?? []);
      if (different !== undefined) return `${target.name}${at(dims)}: ${different}`;
    }
  }
  return undefined;
}
