/**
 * Names that a person recognises: kernels after the blocks of the source that they compute, locals after the operation.
 */
import type { Member } from "./definition.ts";

/** How many blocks a kernel is named after. */
const mostParts = 3;

/**
 * `dense_relu`: the innermost blocks of the members' paths, in order, each once; `dense_backward` where they are gradients;
 * `update` for what moves parameters, `advance` for counters.
 */
export function kernelName(members: readonly Member[]): string {
  const [first] = members;
  if (first.update) return first.type.shape.length === 0 ? "advance" : "update";
  const parts: string[] = [];
  for (const { origin, op } of members) {
    const part = (origin.path.split(".").at(-1) ?? "") || op;
    if (!parts.includes(part)) parts.push(part);
  }
  const name = parts.slice(0, mostParts).join("_");
  return members.some(({ origin }) => origin.backward !== true) ? name : `${name}_backward`;
}

const localNames: ReadonlyMap<string, string> = new Map([
  ["add", "total"],
  ["sub", "difference"],
  ["mul", "product"],
  ["div", "ratio"],
  ["select", "chosen"],
  ["neg", "negated"],
  ["sum", "sum"],
  ["max", "largest"],
  ["min", "smallest"],
  ["prod", "product"],
  ["argmax", "place"],
]);

/** What a local is called that holds the value of an operation. */
export function localName(op: string): string {
  return localNames.get(op) ?? op;
}
