/** What statements use and define: names, and which buffers they read and write. What may run side by side follows from it. */
import { axesOf, dataScalarsOf } from "../loops/index.ts";
import { localsOf } from "../loops/scalar.ts";
import type { Index } from "../loops/types.ts";
import type { Node } from "./traverse.ts";
import { allNodesOf, indicesOf, nodesOf } from "./traverse.ts";
import type { Statement } from "./types.ts";

export interface Uses {
  /** Locals and loop variables that are read or assigned. */
  readonly names: ReadonlySet<string>;
  /** Locals and loop variables that are defined. */
  readonly defined: ReadonlySet<string>;
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
  /** Buffers that are written before they are read, in the order of the text. */
  readonly filled: ReadonlySet<string>;
}

type Found = { readonly [Kind in keyof Uses]: Set<string> };

/** Of all the statements, those inside loops and conditions included. */
export function usesOf(statements: readonly Statement[]): Uses {
  const found: Found = { names: new Set(), defined: new Set(), reads: new Set(), writes: new Set(), filled: new Set() };
  for (const node of allNodesOf(statements)) collect(node, found);
  return found;
}

function collect(node: Node, { names, defined, reads, writes, filled }: Found): void {
  for (const name of ownNames(node)) names.add(name);
  if (node.kind === "for") defined.add(node.variable);
  if (node.kind === "define") defined.add(node.name);
  if (node.kind === "assign") names.add(node.name);
  if (node.kind === "load") reads.add(node.buffer);
  if (node.kind === "store") {
    if (!reads.has(node.buffer)) filled.add(node.buffer);
    writes.add(node.buffer);
  }
}

/** Loop variables and locals that are read in it, repeated where read repeatedly; a statement's bodies are left out. */
export function namesRead(node: Node): readonly string[] {
  return nodesOf(node).flatMap(ownNames);
}

/** Those that the node itself reads, not those of its operands. */
export function ownNames(node: Node): readonly string[] {
  return node.kind === "variable" ? [node.name] : indicesOf(node).flatMap(namesOfIndex);
}

/** Loop variables and locals that an index reads. */
export function namesOfIndex(index: Index): readonly string[] {
  const plain = index.terms.flatMap(({ atom }) => (atom.kind === "axis" ? [atom.axis] : []));
  if (plain.length === index.terms.length) return plain;
  const rest = { ...index, terms: index.terms.filter(({ atom }) => atom.kind !== "axis") };
  return [...plain, ...axesOf(rest), ...localsOfIndex(rest)];
}

/** The locals that the index is computed from. */
export function localsOfIndex(index: Index): readonly string[] {
  return dataScalarsOf(index).flatMap((scalar) => [...localsOf(scalar)]);
}
