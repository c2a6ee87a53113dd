/** Declarations of an earlier parse, to be taken again where a text has not changed: while somebody types, all of them but one. */
import type { Declaration, Module } from "./ast.ts";

/** A declaration without mistakes, and where the text that it was read from began. */
interface Read {
  readonly offset: number;
  readonly declaration: Declaration;
}

export type ReadParts = ReadonlyMap<string, Read>;

const kept = new WeakMap<Module, ReadParts>();

export function keepParts(module: Module, parts: ReadParts): void {
  kept.set(module, parts);
}

/** What a parse may take from the one before it. */
export function partsOf(module: Module | undefined): ReadParts {
  return (module === undefined ? undefined : kept.get(module)) ?? new Map();
}

/** The declaration as it was read from the same text, moved to where that now begins. */
export function readAgain({ offset, declaration }: Read, now: number): Declaration {
  return now === offset ? declaration : moved(declaration, now - offset);
}

/** A tree with all its places moved. It is plain data, and no deeper than `maximalDepth` lets it be. */
function moved<Value>(value: Value, by: number): Value {
  if (typeof value !== "object" || value === null) return value;
  // A copy with the same keys, of values of the same types.
  if (Array.isArray(value)) return value.map((item: unknown) => moved(item, by)) as Value;
  if ("from" in value && typeof value.from === "number" && "to" in value && typeof value.to === "number")
    return { ...value, from: value.from + by, to: value.to + by };
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) copy[key] = moved(item, by);
  // As above.
  return copy as Value;
}
