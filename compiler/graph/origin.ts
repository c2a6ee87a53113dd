/** Where a node came from, as data of its own. */
import type { GraphNode, Origin } from "./types.ts";

export function originOf({ span, path, backward }: GraphNode): Origin {
  return backward === undefined ? { span, path } : { span, path, backward };
}
