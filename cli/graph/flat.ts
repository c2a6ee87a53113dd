/**
 * A graph with the bodies of its scans beside all else, as lowering names values: `%12/5` is node 5 of what scan 12 runs. Broadcasts, scans and the
 * values that stand for one step's are passed by, to what made them.
 */
import { givenOf, scanParts } from "../../compiler/graph/region.ts";
import type { GraphNode, Region } from "../../compiler/graph/types.ts";

export interface FlatNode {
  readonly key: string;
  readonly node: GraphNode;
  /** What is before it in its graph has a smaller one. */
  readonly order: number;
}

/** A node's value that is read. */
export interface FlatInput extends FlatNode {
  readonly output: number;
}

export interface Flat {
  readonly nodes: ReadonlyMap<string, FlatNode>;
  readonly inputsOf: (key: string) => readonly FlatInput[];
  /** What made a value: one, or none where it is not known. */
  readonly resolve: (key: string, output: number) => readonly FlatInput[];
}

interface Place {
  readonly region: Region;
  readonly prefix: string;
}

export function flatNodes(graph: Region): Flat {
  const nodes = new Map<string, FlatNode>();
  const aliases = new Map<string, string>();
  const places: Place[] = [{ region: graph, prefix: "%" }];
  for (const { region, prefix } of places) {
    for (const node of region.nodes) {
      const key = `${prefix}${node.id}`;
      nodes.set(key, { key, node, order: nodes.size });
      if (node.region === undefined) continue;
      noteScan(node, prefix, aliases);
      places.push({ region: node.region, prefix: `${key}/` });
    }
  }
  const resolve = (key: string, output: number): readonly FlatInput[] => {
    let at = `${key}.${output}`;
    for (let next = aliases.get(at); next !== undefined; next = aliases.get(at)) at = next;
    const end = at.lastIndexOf(".");
    const found = nodes.get(at.slice(0, end));
    return found === undefined ? [] : [{ ...found, output: Number(at.slice(end + 1)) }];
  };
  const inputsOf = (key: string): readonly FlatInput[] => {
    const prefix = key.slice(0, Math.max(key.lastIndexOf("/"), 0) + 1);
    return (nodes.get(key)?.node.inputs ?? []).flatMap(({ node, output }) => resolve(`${prefix}${node}`, output));
  };
  for (const { key, node } of nodes.values()) {
    if (node.op !== "broadcast") continue;
    const prefix = key.slice(0, Math.max(key.lastIndexOf("/"), 0) + 1);
    const [input] = node.inputs;
    if (input !== undefined) aliases.set(`${key}.0`, `${prefix}${input.node}.${input.output}`);
  }
  return { nodes, inputsOf, resolve };
}

/** What a scan is given stands for the body's `given` nodes, what the body makes for the scan's outputs. */
function noteScan(node: GraphNode, prefix: string, aliases: Map<string, string>): void {
  const { region } = scanParts(node);
  const key = `${prefix}${node.id}`;
  const given = givenOf(region);
  for (const [n, { node: from, output }] of node.inputs.entries()) {
    const inner = given[n];
    if (inner !== undefined) aliases.set(`${key}/${inner.id}.0`, `${prefix}${from}.${output}`);
  }
  for (const [n, { value }] of region.outputs.entries())
    aliases.set(`${key}.${n}`, `${key}/${value.node}.${value.output}`);
}
