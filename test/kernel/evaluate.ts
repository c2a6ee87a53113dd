/** Evaluates an entry before and after fusion, for tests that hold both to the same bits. */
import { evaluate } from "../../compiler/dimension/dimension.ts";
import type { TensorType } from "../../compiler/graph/types.ts";
import { Memory } from "./memory.ts";
import type { FusedEntry } from "../../compiler/fuse/index.ts";
import { isLoop, type KernelStep } from "../../compiler/kernel/steps.ts";
import { interpretKernel } from "../../compiler/kernel/interpret.ts";
import type { Level, Lowered } from "../../compiler/lower/lowered.ts";
import { interpret, newElements, type Interpreted, type Precision } from "../../compiler/loops/interpret.ts";

export type Dims = ReadonlyMap<string, number>;
export type Tensors = ReadonlyMap<string, Interpreted>;

function sizesOf({ shape }: TensorType, dims: Dims): readonly number[] {
  return shape.map((size) => evaluate(size, dims) ?? Number.NaN);
}

function count(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}

/** The values of every output, node by node. */
export function evaluateLowered(lowered: Lowered, inputs: Tensors, dims: Dims, precision: Precision): Tensors {
  const memory = new Memory(lowered.tensors, dims, precision);
  for (const [name, { data }] of inputs) memory.fill(name, data);
  runLevel(lowered, memory, dims, precision);
  return new Map(lowered.outputs.map((output) => [output.name, memory.at(output.tensor)]));
}

function runLevel({ nodes, loops }: Level, memory: Memory, dims: Dims, precision: Precision): void {
  const tensor = (name: string): Interpreted => memory.at(name);
  for (let n = 0; n <= nodes.length; n += 1) {
    for (const { index, extent, body } of loops.filter(({ after }) => after === n))
      memory.run(index, extent, () => runLevel(body, memory, dims, precision));
    const node = nodes.at(n);
    if (node !== undefined && n < nodes.length)
      memory.at(node.tensor).data.set(interpret(node.compute, tensor, dims, precision).data);
  }
}

/** The values of every tensor after the kernels ran; updates are in place. */
export function evaluateFused(entry: FusedEntry, inputs: Tensors, dims: Dims, precision: Precision): Tensors {
  const memory = new Memory(entry.tensors, dims, precision);
  for (const [name, { data }] of inputs) if (entry.tensors.has(name)) memory.fill(name, data);
  runSteps(entry.steps, memory, dims, precision);
  const lasting = [...entry.tensors.values()].filter(({ slot }) => slot?.loop === undefined);
  return new Map(lasting.map(({ name }) => [name, memory.at(name)]));
}

function runSteps(steps: readonly KernelStep[], memory: Memory, dims: Dims, precision: Precision): void {
  for (const step of steps) {
    if (!isLoop(step)) interpretKernel(step, (name) => memory.at(name), dims, precision);
    else memory.run(step.index, step.extent, () => runSteps(step.steps, memory, dims, precision));
  }
}

/** Inputs for every tensor that the graph reads: floats in (−2, 2), ids below `classes`. */
export function randomInputs(lowered: Lowered, dims: Dims, classes = 4, seed = 1): Tensors {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const inputs = new Map<string, Interpreted>();
  for (const { name, role, type } of lowered.tensors.values()) {
    if (role === "value") continue;
    const shape = sizesOf(type, dims);
    const data = newElements(type.dtype, count(shape), "f32");
    data.forEach((_, at) => (data[at] = type.dtype === "f32" ? next() * 4 - 2 : Math.floor(next() * classes)));
    inputs.set(name, { shape, data });
  }
  return inputs;
}
