/** Evaluates an entry before and after fusion, for tests that hold both to the same bits. */
import { evaluate } from "../../compiler/dimension/dimension.ts";
import type { TensorType } from "../../compiler/graph/types.ts";
import type { FusedEntry } from "../../compiler/fuse/index.ts";
import { interpretKernel } from "../../compiler/kernel/interpret.ts";
import type { Lowered } from "../../compiler/lower/lower.ts";
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
  const values = new Map(inputs);
  const tensor = (name: string): Interpreted => found(values, name);
  for (const node of lowered.nodes) values.set(node.tensor, interpret(node.compute, tensor, dims, precision));
  return new Map(lowered.outputs.map((output) => [output.name, found(values, output.tensor)]));
}

/** The values of every tensor after the kernels ran; updates are in place. */
export function evaluateFused(entry: FusedEntry, inputs: Tensors, dims: Dims, precision: Precision): Tensors {
  const values = new Map<string, Interpreted>();
  for (const { name, type } of entry.tensors.values()) {
    const shape = sizesOf(type, dims);
    const data = newElements(type.dtype, count(shape), precision);
    data.set(inputs.get(name)?.data ?? []);
    values.set(name, { shape, data });
  }
  for (const kernel of entry.kernels) interpretKernel(kernel, (name) => found(values, name), dims, precision);
  return values;
}

function found(values: Tensors, name: string): Interpreted {
  const value = values.get(name);
  if (value === undefined) throw new Error(`no tensor ${name}`);
  return value;
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
