/**
 * Where a graph computes what a model says of some of its values, so that its method is called instead of written again. What differs, as layers
 * that train and predict otherwise do, is found to differ.
 */
import { printAttributes } from "../../../compiler/graph/print.ts";
import { keyOf, type Graph } from "../../../compiler/graph/graph.ts";
import type { GraphNode, Value } from "../../../compiler/graph/types.ts";
import type { Form } from "./forms.ts";
import type { NodeOf } from "./pattern.ts";
import { tensorText } from "./python.ts";

/** A model with one answer. */
export interface CalledModel {
  readonly method: string;
  readonly graph: Graph;
  /** The names of its inputs in the graph, in the order of its arguments. */
  readonly inputs: readonly string[];
}

/** Asks of a node whether one of the models has it as its answer. */
export function callsOf(models: readonly CalledModel[]): (node: GraphNode, nodeOf: NodeOf) => Form | undefined {
  return (node, nodeOf) => {
    for (const { method, graph, inputs } of models) {
      const found = unify(graph, { node: node.id, output: 0 }, nodeOf, new Set(inputs));
      const operands = inputs.map((name) => found?.get(name));
      if (found === undefined || !operands.every((one) => one !== undefined)) continue;
      return {
        operands,
        write: (call) => tensorText(`self.${method}(${operands.map((_, at) => call.whole(at, 0)).join(", ")})`),
      };
    }
    return undefined;
  };
}

/** The values that stand for the model's inputs where its answer is `root`. */
function unify(
  model: Graph,
  root: Value,
  nodeOf: NodeOf,
  given: ReadonlySet<string>,
): ReadonlyMap<string, Value> | undefined {
  const [{ value: answer }] = model.outputs;
  const found = new Map<string, Value>();
  const pairs = new Map<string, string>();
  const waiting: (readonly [Value, Value])[] = [[answer, root]];
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    const [own, other] = pair;
    const known = pairs.get(keyOf(own));
    if (known !== undefined) {
      if (known !== keyOf(other)) return undefined;
      continue;
    }
    pairs.set(keyOf(own), keyOf(other));
    const [a, b] = [model.node(own.node), nodeOf(other)];
    const name = a.op === "input" ? a.attributes["name"] : undefined;
    if (typeof name === "string" && given.has(name)) {
      if (printTypes(a, own) !== printTypes(b, other)) return undefined;
      found.set(name, other);
      continue;
    }
    // A loop's body would have to be compared node by node, too.
    if (a.op !== b.op || a.region !== undefined || own.output !== other.output) return undefined;
    if (a.inputs.length !== b.inputs.length || printAttributes(a.attributes) !== printAttributes(b.attributes))
      return undefined;
    for (const [at, input] of a.inputs.entries()) waiting.push([input, b.inputs[at]]);
  }
  return found;
}

function printTypes({ outputs }: GraphNode, { output }: Value): string {
  const { dtype, shape } = outputs[output];
  return `${dtype} ${shape.map(({ key }) => key).join()}`;
}
