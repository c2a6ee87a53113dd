/** The parts of a training step: what is computed forward, what differentiation made, and what moves parameters and counters. */
import type { Graph } from "../../compiler/graph/graph.ts";
import type { GraphOutput } from "../../compiler/graph/types.ts";

export type StepPart = "forward" | "backward" | "update";

export interface StepParts {
  readonly of: (node: number) => StepPart;
  readonly ofOutput: (output: GraphOutput) => StepPart;
}

/**
 * What makes a new value of a variable of a gradient is an update, and stands at the variable's path; so is what only updates read, such as the
 * learning rate. Where a train has several steps, a later one may compute forward with what an earlier one moved.
 */
export function stepParts({ nodes, outputs }: Graph): StepParts {
  const parts = new Map<number, StepPart>();
  const behind = new Set<number>();
  for (const { id, inputs, backward } of nodes) {
    if (backward === true) parts.set(id, "backward");
    if (backward === true || inputs.some(({ node }) => behind.has(node))) behind.add(id);
  }
  const variables = new Set(
    nodes.flatMap(({ op, attributes, path }) => (op === "input" && attributes["role"] !== "input" ? [path] : [])),
  );
  const readers = new Map<number, StepPart[]>();
  const note = (node: number, part: StepPart): void => {
    const known = readers.get(node);
    if (known === undefined) readers.set(node, [part]);
    else known.push(part);
  };
  for (const output of outputs) note(output.value.node, moves(output) ? "update" : "forward");
  for (const { id, inputs, path } of nodes.toReversed()) {
    const read = readers.get(id) ?? [];
    const isUpdate =
      (behind.has(id) && variables.has(path)) || (read.length > 0 && read.every((part) => part === "update"));
    const part = parts.get(id) ?? (isUpdate ? "update" : "forward");
    parts.set(id, part);
    for (const { node } of inputs) note(node, part);
  }
  return {
    of: (node) => parts.get(node) ?? "forward",
    ofOutput: (output) => (moves(output) ? "update" : "forward"),
  };
}

function moves({ role, name }: GraphOutput): boolean {
  return role === "parameter" || role === "optimizer" || role === "counter" || /^train_step\.lr(\.|$)/.test(name);
}
