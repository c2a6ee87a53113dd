/**
 * A scan as ONNX's `Scan`: carries are its states, slices what it reads step by step, emits what it stacks. What a body captures it sees outside of
 * itself, as ONNX allows.
 */
import { constantValue } from "../../../compiler/dimension/dimension.ts";
import { givenOf, scanParts } from "../../../compiler/graph/region.ts";
import type { GraphNode, TensorType } from "../../../compiler/graph/types.ts";
import type { Emitter } from "./emitter.ts";
import type { OnnxGraph, ValueInfo } from "./model.ts";
import { whole } from "./operand.ts";
import type { Operand } from "./operand.ts";

/** Emits a region's nodes, whose `given` ones are these in order, and answers its outputs. */
export type Translate = (region: NonNullable<GraphNode["region"]>, given: readonly Operand[]) => readonly Operand[];

/** Emits the scan and answers its outputs: emits, then carries. */
export function scan(
  emitter: Emitter,
  node: GraphNode,
  inputs: readonly Operand[],
  translate: Translate,
): readonly Operand[] {
  const { length, reversed, slices, carries, emits, region } = scanParts(node);
  const outside = inputs.map((input) => whole(emitter, input));
  // Without slices, what says how many steps there are is a list of nothings.
  const steps = slices > 0 ? outside.slice(0, slices) : [nothings(emitter, length)];
  const types = givenOf(region).map(({ outputs: [type] }) => type);
  const given = types.map((type, at): Operand => ({
    name: at < slices + carries ? emitter.fresh(`${node.path}/${at < slices ? "slice" : "carry"}`) : outside[at],
    type,
  }));
  const { result, nodes } = emitter.body(() => closed(emitter, translate(region, given)));
  const info = ({ name, type }: Operand): ValueInfo => infoOf(name, type);
  const idle: ValueInfo = { name: emitter.fresh(`${node.path}/step`), type: "f32", shape: [] };
  const made = [...result.slice(emits), ...result.slice(0, emits)];
  const body: OnnxGraph = {
    name: node.path === "" ? "scan" : node.path,
    nodes,
    initializers: [],
    inputs: [
      ...given.slice(slices, slices + carries).map(info),
      ...(slices > 0 ? given.slice(0, slices).map(info) : [idle]),
    ],
    outputs: made.map(info),
    doc: "",
  };
  const outputs = made.map(() => emitter.fresh(`${node.path}/Scan`));
  const backwards = {
    scan_input_directions: steps.map(() => 1),
    ...(emits > 0 ? { scan_output_directions: Array.from({ length: emits }, () => 1) } : {}),
  };
  const read = [...outside.slice(slices, slices + carries), ...steps];
  emitter.nodeOf("Scan", emitter.fresh(`${node.path}/Scan`), read, outputs, {
    body,
    num_scan_inputs: steps.length,
    ...(reversed ? backwards : {}),
  });
  const ordered = [...outputs.slice(carries), ...outputs.slice(0, carries)];
  return node.outputs.map((type, at) => ({ name: ordered[at], type }));
}

function nothings(emitter: Emitter, length: Parameters<Emitter["sizeScalar"]>[0]): string {
  const known = constantValue(length);
  if (known !== undefined) return emitter.numbers("f32", [known], new Float32Array(known));
  return emitter.op("Expand", [emitter.scalar("f32", 0), emitter.sizes([length])]);
}

/** Whole, each under a name that this graph or body has made, and that no other output has. */
export function closed(emitter: Emitter, values: readonly Operand[]): readonly Operand[] {
  const used = new Set<string>();
  return values.map((value) => {
    const name = whole(emitter, value);
    const own = emitter.isMade(name) && !used.has(name) ? name : emitter.op("Identity", [name]);
    used.add(own);
    return { name: own, type: value.type };
  });
}

export function infoOf(name: string, { dtype, shape }: TensorType): ValueInfo {
  return { name, type: dtype, shape: shape.map((size) => constantValue(size) ?? size.key) };
}
