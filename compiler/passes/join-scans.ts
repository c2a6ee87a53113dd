/**
 * Scans of one body over the same inputs become one that makes all that any of them makes. Differentiation leaves such behind:
 * the scan that was written, and the same with what its reverse needs. Before and after:
 *
 *     %3, %4 = scan(%0, %1) {…}                %3, %4, %5 = scan(%0, %1) {…}
 *     %7, %8, %9 = scan(%0, %1) {…}
 */
import { Graph, isSame, keyOf } from "../graph/graph.ts";
import { printAttributes } from "../graph/print.ts";
import { scanParts, scanTypes } from "../graph/region.ts";
import type { GraphNode, GraphOutput, Value } from "../graph/types.ts";
import { copy, rebuild, type Pass } from "./pass.ts";

export const joinScans: Pass = {
  name: "join-scans",
  description: "Runs scans of one body over the same inputs once; no value changes.",
  run: (graph) => {
    const joints = jointsOf(graph);
    if ([...joints.values()].every(({ members }) => members.length === 1)) return graph;
    const made = new Map<Joint, readonly Value[]>();
    return rebuild(graph, (node, inputs, builder) => {
      const joint = joints.get(node.id);
      if (joint === undefined) return copy(node, inputs, builder);
      const values = made.get(joint) ?? builder.again(joint.node, inputs);
      made.set(joint, values);
      return placesOf(node, joint).map((place) => values[place]);
    });
  },
};

/** Scans that become one, and that one. */
interface Joint {
  readonly members: GraphNode[];
  node: GraphNode;
}

/** By the id of each scan. */
function jointsOf({ nodes }: Graph): ReadonlyMap<number, Joint> {
  const joints = new Map<number, Joint>();
  const byKey = new Map<string, Joint>();
  const bodies = new Map<GraphNode, number>();
  for (const node of nodes) {
    if (node.region === undefined) continue;
    const key = scanKey(node, bodies);
    const known = byKey.get(key);
    const joint = known ?? { members: [], node };
    joint.members.push(node);
    if (known === undefined) byKey.set(key, joint);
    else joint.node = joined(joint.node, node);
    joints.set(node.id, joint);
  }
  return joints;
}

/** A body is told by its nodes themselves: whoever made one scan out of another kept them. */
function scanKey({ attributes, inputs, region }: GraphNode, bodies: Map<GraphNode, number>): string {
  const ends = [region?.nodes.at(0), region?.nodes.at(-1)].map((node) => {
    if (node === undefined) return "";
    const known = bodies.get(node) ?? bodies.size;
    bodies.set(node, known);
    return String(known);
  });
  const read = inputs.map(keyOf);
  return [printAttributes(attributes), region?.nodes.length, ...ends, ...read].join(" ");
}

/** The first with the emits of the other that it has not. */
function joined(first: GraphNode, other: GraphNode): GraphNode {
  const { region, emits, length } = scanParts(first);
  const parts = scanParts(other);
  const more = parts.region.outputs
    .slice(0, parts.emits)
    .filter(({ value }) => !region.outputs.slice(0, emits).some((one) => isSame(one.value, value)));
  const outputs: readonly GraphOutput[] = [...region.outputs.slice(0, emits), ...more, ...region.outputs.slice(emits)];
  const named = outputs.map((output, position) => ({ ...output, name: `output ${position}` }));
  const wider = new Graph(region.nodes, named);
  return { ...first, region: wider, outputs: scanTypes(wider, length, emits + more.length) };
}

/** Where among the joint's outputs each of the node's is. */
function placesOf(node: GraphNode, { node: joint }: Joint): readonly number[] {
  const [own, all] = [scanParts(node), scanParts(joint)];
  const emitted = all.region.outputs.slice(0, all.emits);
  return own.region.outputs.map(({ value }, output) =>
    output < own.emits ? emitted.findIndex((one) => isSame(one.value, value)) : all.emits + output - own.emits,
  );
}
