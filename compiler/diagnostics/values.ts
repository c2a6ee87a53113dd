/** Values of any kind in a few letters, for "found …": what a program passed where something else was expected. */

import { withArticle } from "./lists.ts";

/** `null`, `"wasm"`, `{ N: -1 }`, `a Map`, `an array`, `a function`. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  if (typeof value !== "object" || value === null) return String(value);
  const tag = tagOf(value);
  if (tag !== "Object") return withArticle(tag);
  const keys = Object.keys(value);
  if (keys.length === 0) return "an empty object";
  const fields = keys.slice(0, 4).map((key) => `${key.slice(0, 40)}: ${brief(Reflect.get(value, key))}`);
  return `{ ${fields.join(", ")}${keys.length > 4 ? ", …" : ""} }`;
}

/** Whether a value is an object of named fields: no list, no Map, no array of numbers. */
export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.prototype.toString.call(value) === "[object Object]";
}

function brief(value: unknown): string {
  return typeof value === "object" && value !== null ? "…" : shown(value);
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
