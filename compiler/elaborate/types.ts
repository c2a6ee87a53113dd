/**
 * What elaboration makes of a module and a choice of `train`: one graph for each entry, the variables that they share,
 * and what the host must know. Everything is closed except the open dimensions, which have bounds.
 */
import type { Span } from "../diagnostics/diagnostic.ts";
import type { InputRole, TensorType } from "../graph/types.ts";
import type { Graph } from "../graph/graph.ts";
import type { Host } from "../program/host.ts";

/** `init`, `train_step`, `evaluate_start`, `evaluate`, `predict.Digits`, `metric.worst_class_accuracy`, `continue.Letters`, `continue_start.Letters`. */
export interface EntryGraph {
  readonly name: string;
  readonly graph: Graph;
}

/** What lives in the program between calls; entries read it as graph inputs of the same name and role. */
export interface Variable {
  readonly name: string;
  readonly role: Exclude<InputRole, "input">;
  readonly type: TensorType;
}

/** A layer, loss or parameter by its path, and a file of the prelude that has a part in it. */
export function useKey({ path, file }: { readonly path: string; readonly file: string }): string {
  return `${file} ${path}`;
}

export interface Elaboration {
  readonly name: string;
  readonly entries: readonly EntryGraph[];
  readonly variables: readonly Variable[];
  /** Every open dimension that occurs in a graph, with its largest value. */
  readonly bounds: ReadonlyMap<string, number>;
  /** The parameters of each model, its own and those of the models that it calls; missing where no module stands behind the graphs. */
  readonly owned?: ReadonlyMap<string, readonly string[]>;
  /** Where the user's files use what stands in the prelude, by `useKey`; missing where no source stands behind the graphs. */
  readonly uses?: ReadonlyMap<string, Span>;
  /** Where the calls of layers stand in the text, by their paths; missing where no module stands behind the graphs. */
  readonly places?: ReadonlyMap<string, Span>;
  /** What writing it out took, in the unit of the limit on programs (NN0603); missing where no source stands behind the graphs. */
  readonly operations?: number;
  /** That limit, which kernels that differ count towards, too, and the place that stands for the whole program. */
  readonly limit?: { readonly operations: number; readonly span: Span | undefined };
  readonly host: Host;
}
