/** A graph as the only entry, `run`, of an elaboration. */
import type { Bounds } from "../../compiler/dimension/interval.ts";
import type { Elaboration, Variable } from "../../compiler/elaborate/types.ts";
import { stringOf } from "../../compiler/graph/attributes.ts";
import type { Graph } from "../../compiler/graph/graph.ts";

export function elaborationOf(graph: Graph, bounds: Bounds): Elaboration {
  const variables = graph.inputs.flatMap(({ attributes, outputs: [type] }): Variable[] => {
    const role = attributes["role"];
    return role === "parameter" || role === "optimizer" || role === "counter"
      ? [{ name: stringOf(attributes, "name"), role, type }]
      : [];
  });
  return {
    name: "network",
    entries: [{ name: "run", graph }],
    variables,
    bounds,
    host: { language: "1", models: [], requirements: [] },
  };
}
