/** How calls of the runtime speak of what they are given: names in backticks, values of any kind in a few words. */
import { listOf, counted, withArticle } from "../../compiler/diagnostics/lists.ts";

export { failure } from "../save/fail.ts";

/** `` `image` ``, cut to 80 characters. */
export function named(name: string): string {
  return `\`${name.length > 80 ? `${name.slice(0, 79)}…` : name}\``;
}

/** At most eight names. */
export function listed(names: readonly string[]): string {
  return listOf(names.map(named));
}

/** `a string`, `null`, `a Float64Array`, `an array`, `NaN`: what a value is, for "found …". */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined || typeof value === "number" || typeof value === "boolean")
    return String(value);
  if (typeof value === "string") return "a string";
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return withArticle(tag);
}

/** `1 element`, `2 elements`. */
export function countOf(elements: number): string {
  return counted(elements, "element");
}
