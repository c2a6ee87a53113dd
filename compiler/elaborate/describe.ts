/** What `nnc check` tells of a program: its models with their layers, shapes and parameters. */
import { product, type Dimension, constantValue, add, constant } from "../dimension/dimension.ts";
import { nodesWithin } from "../graph/bodies.ts";
import type { TensorType } from "../graph/types.ts";
import { push } from "../loops/push.ts";
import type { HostInput, HostResult } from "../program/host.ts";
import type { Elaboration } from "./types.ts";

export interface LayerDescription {
  /** `Digits.dense_2`. */
  readonly path: string;
  /** The block's name as the path has it, without a counter: `dense`. */
  readonly block: string;
  /** Of the layer's last operation in the order of the text; undefined where only training uses it. */
  readonly output: TensorType | undefined;
  /** Trained scalars of the layer and what is inside it; a polynomial while a size is not known. */
  readonly parameters: Dimension;
  /** The names of those that no step of the train moves; undefined without a train. */
  readonly still: readonly string[] | undefined;
}

export interface ModelDescription {
  readonly name: string;
  readonly parameters: Dimension;
  readonly inputs: readonly HostInput[];
  readonly outputs: readonly HostResult[];
  readonly layers: readonly LayerDescription[];
}

/** The models that are built, in the order declared, with the layers that stand directly in them. */
export function describe({ entries, variables, owned, host }: Elaboration): readonly ModelDescription[] {
  const sizes = new Map(variables.map(({ name, type }) => [name, product(type.shape)]));
  const step = entries.find(({ name }) => name === "train_step")?.graph.outputs;
  const moved = step === undefined ? undefined : new Set(step.map(({ name }) => name));
  return host.models.map(({ name, entry, inputs, results }) => {
    const graph = entries.find((candidate) => candidate.name === entry)?.graph;
    const names = owned?.get(name) ?? [];
    const outputs = new Map<string, TensorType | undefined>();
    for (const {
      op,
      path,
      outputs: [type],
    } of graph === undefined ? [] : nodesWithin(graph)) {
      const layer = layerOf(path);
      if (op !== "input" && op !== "given" && layer !== undefined) outputs.set(layer, type);
    }
    const own = new Map<string, string[]>();
    for (const parameter of names) {
      const layer = layerOf(parameter.slice(0, parameter.lastIndexOf(".")));
      if (layer === undefined) continue;
      if (!outputs.has(layer)) outputs.set(layer, undefined);
      push(own, layer, parameter);
    }
    const count = (list: readonly string[]): Dimension => sum(list.map((one) => sizes.get(one) ?? constant(0)));
    const layers = [...outputs].map(([path, output]): LayerDescription => {
      const parameters = own.get(path) ?? [];
      const block = path.slice(path.lastIndexOf(".") + 1).replace(/_\d+$/, "");
      const still = moved === undefined ? undefined : parameters.filter((parameter) => !moved.has(parameter));
      return { path, block, output, parameters: count(parameters), still };
    });
    return { name, inputs, outputs: results, layers, parameters: count(names) };
  });
}

/** `Digits.dense` of `Digits.dense.w`; a turn of a repeat counts with the layer that it runs: `Lm.repeat.0.residual`. */
export function layerOf(path: string): string | undefined {
  const parts = path.split(".");
  const turn = parts.findIndex((part) => /^\d+$/.test(part));
  const depth = turn === 2 ? 4 : 2;
  return parts.length < 2 ? undefined : parts.slice(0, depth).join(".");
}

function sum(counts: readonly Dimension[]): Dimension {
  return counts.reduce(add, constant(0));
}

/** `4,874`, or the polynomial. `toLocaleString` would load the tables of every locale, which takes longer than all counting. */
export function printCount(count: Dimension): string {
  const known = constantValue(count);
  return known === undefined ? count.key : String(known).replace(/\B(?=(\d{3})+$)/g, ",");
}
