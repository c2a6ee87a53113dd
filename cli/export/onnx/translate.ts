/** A graph of primitives as nodes of ONNX, one after the other, those of loops within. */
import { InternalError } from "../../../compiler/diagnostics/diagnostic.ts";
import { graphOf, keyOf } from "../../../compiler/graph/graph.ts";
import type { GraphNode, Region, Value } from "../../../compiler/graph/types.ts";
import { isRectified } from "../../../compiler/passes/rectify.ts";
import { describeOrigins } from "../../../compiler/program/origins.ts";
import type { SourceLines } from "../../../compiler/program/origins.ts";
import type { Emitter } from "./emitter.ts";
import { elementwise } from "./operand.ts";
import type { Operand } from "./operand.ts";
import { ruleOf } from "./rules.ts";
import { scan } from "./scan.ts";

export interface TranslateContext {
  readonly emitter: Emitter;
  /** The value of an `input` node. */
  readonly inputOf: (node: GraphNode) => Operand;
  readonly lines: SourceLines;
  /** Throws NN0933. */
  readonly refuse: (what: string, node: GraphNode) => never;
}

/** Emits the nodes, whose `given` ones are these in order, and answers the outputs. Regions lie no deeper in one another than expressions. */
export function translate(
  context: TranslateContext,
  region: Region,
  given: readonly Operand[] = [],
): readonly Operand[] {
  const { emitter, inputOf, lines } = context;
  const { nodes, outputs } = region;
  const graph = graphOf(region);
  const values = new Map<string, Operand>();
  const valueOf = (value: Value): Operand => {
    const found = values.get(keyOf(value));
    if (found === undefined) throw new InternalError("export", `%${value.node} has no value yet`);
    return found;
  };
  let used = 0;
  const made = (node: GraphNode): readonly Operand[] => {
    if (node.op === "input") return [inputOf(node)];
    if (node.op === "given") return [given[used++]];
    const { path } = node;
    emitter.place = { path, doc: describeOrigins([node], lines).at(-1) ?? path };
    const inputs = node.inputs.map(valueOf);
    if (node.region !== undefined) return scan(emitter, node, inputs, (body, own) => translate(context, body, own));
    // where(x <= 0, 0, x), which others know by a name.
    if (isRectified(node, graph))
      return [elementwise([inputs[2]], node.outputs[0], (names) => emitter.op("Relu", names))];
    const refuse = (what: string): never => context.refuse(what, node);
    return [ruleOf(node.op)({ emitter, node, inputs, type: node.outputs[0], refuse })];
  };
  for (const node of nodes)
    for (const [output, operand] of made(node).entries()) values.set(keyOf({ node: node.id, output }), operand);
  return outputs.map(({ value }) => valueOf(value));
}
