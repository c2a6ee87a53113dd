/** What `nnc check` tells of a program: its models with their layers, shapes and parameters. */
import { product, type Dimension, constantValue, add, constant } from "../dimension/dimension.ts";
import type { TensorType } from "../graph/types.ts";
import type { HostInput, HostResult } from "../program/host.ts";
import type { Elaboration } from "./types.ts";

export interface LayerDescription {
  /** `Digits.dense_2`. */
  readonly path: string;
  /** The block's name as the path has it, without a counter: `dense`. */
  readonly block: string;
  /** Of the layer's last operation in the order of the text. */
  readonly output: TensorType;
  /** Trained scalars of the layer and what is inside it; a polynomial while a size is not known. */
  readonly parameters: Dimension;
}

export interface ModelDescription {
  readonly name: string;
  readonly parameters: Dimension;
  readonly inputs: readonly HostInput[];
  readonly outputs: readonly HostResult[];
  readonly layers: readonly LayerDescription[];
}

/** The models that are built, in the order declared, with the layers that stand directly in them. */
export function describe({ entries, host }: Elaboration): readonly ModelDescription[] {
  return host.models.map(({ name, entry, inputs, results }) => {
    const graph = entries.find((candidate) => candidate.name === entry)?.graph;
    const nodes = graph?.nodes ?? [];
    const parameters = nodes
      .filter(({ op, attributes }) => op === "input" && attributes.role === "parameter")
      // A model that is trained with an average predicts from the averages of its parameters.
      .map(({ path, outputs: [{ shape }] }) => ({ path: path.replace(/^average\./, ""), count: product(shape) }));
    const last = new Map<string, TensorType>();
    for (const {
      op,
      path,
      outputs: [type],
    } of nodes) {
      const layer = layerOf(path);
      if (op !== "input" && layer !== undefined) last.set(layer, type);
    }
    const layers = [...last].map(([path, output]): LayerDescription => ({
      path,
      output,
      block: path.slice(path.lastIndexOf(".") + 1).replace(/_\d+$/, ""),
      parameters: sum(
        parameters.filter((parameter) => parameter.path.startsWith(`${path}.`)).map(({ count }) => count),
      ),
    }));
    return { name, inputs, outputs: results, layers, parameters: sum(parameters.map(({ count }) => count)) };
  });
}

/** `Digits.dense` of `Digits.dense.w`; a turn of a repeat counts with the layer that it runs: `Lm.repeat.0.residual`. */
function layerOf(path: string): string | undefined {
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
