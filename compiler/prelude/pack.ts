/**
 * Syntax trees as one text and back: JSON in which a span is `[from, to]` and a bigint a string in an array, so that the
 * prelude's trees are small to ship and quick to read.
 */
import type { SourceModule } from "../semantics/module.ts";

type Plain = null | boolean | number | string | bigint | readonly Plain[] | { readonly [key: string]: Plain };

/** The trees of these files, which carry no span of another file. */
export function pack(modules: readonly SourceModule[]): string {
  return JSON.stringify(modules, (key, value: unknown) => {
    if (typeof value === "bigint") return [value.toString()];
    return key === "span" && isSpan(value) ? [value.from, value.to] : value;
  });
}

/** What `pack` was given. */
export function unpack(text: string): readonly SourceModule[] {
  // Written by `pack` when the project was built.
  const modules = JSON.parse(text) as { name: string; module: Record<string, Plain> }[];
  for (const { name, module } of modules) restore(module, name);
  return modules as unknown as readonly SourceModule[];
}

function isSpan(value: unknown): value is { readonly from: number; readonly to: number } {
  return typeof value === "object" && value !== null && "from" in value && "to" in value;
}

/** Puts spans and bigints back, in place, without recursion. */
function restore(root: Record<string, Plain>, file: string): void {
  const pending: Record<string, Plain>[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (const key in node) {
      const value = node[key];
      if (typeof value !== "object" || value === null) continue;
      if (key === "span" && Array.isArray(value)) node[key] = { file, from: value[0], to: value[1] };
      else if (Array.isArray(value) && value.length === 1 && (key === "numerator" || key === "denominator")) node[key] = BigInt(value[0]);
      // Arrays are walked like objects: their keys are positions.
      else pending.push(value as Record<string, Plain>);
    }
  }
}
