/**
 * By what a loss is known again when a run is resumed: its name and a checksum of what it computes. Names and places in the source are of no
 * account, numbers and their order are.
 */
import type { GraphBuilder } from "../graph/builder.ts";
import { keyOf } from "../graph/graph.ts";
import { printAttributes, printType } from "../graph/print.ts";
import type { Value } from "../graph/types.ts";
import { checksumOf } from "../program/checksum.ts";

/** Of the loss that the nodes from `start` on compute. */
export function lossIdentity(name: string, loss: Value, start: number, builder: GraphBuilder): string {
  const outside = new Map<string, number>();
  const place = (value: Value): string => {
    const { node, output } = value;
    if (node >= start) return `%${node - start}.${output}`;
    const key = keyOf(value);
    const known = outside.get(key) ?? outside.size;
    outside.set(key, known);
    return `given ${known}: ${printType(builder.typeOf(value))}`;
  };
  const lines = builder.nodes
    .slice(start)
    .map(({ op, attributes, inputs }) => `${op}[${printAttributes(attributes)}](${inputs.map(place).join(", ")})`);
  const checksum = checksumOf([...lines, place(loss)].join("\n")).replace("xxh32:", "");
  return `${name} with the checksum ${checksum}`;
}
