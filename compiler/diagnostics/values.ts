/** Values of any kind in a few letters, for "found …": what a program passed where something else was expected. */

import { withArticle } from "./lists.ts";

/** What `read` gives of a program's object, which is looked at only to say what it is; something else where a getter or a trap of it throws. */
function triedOr<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

export function fieldOf(value: object, name: string): unknown {
  return triedOr<unknown>(() => Reflect.get(value, name), {});
}

/** `null`, `"wasm"`, `{ N: -1 }`, `a Map`, `an array`, `a function`. */
export function shown(value: unknown): string {
  return triedOr(() => said(value), "one that throws");
}

function said(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  if (typeof value !== "object" || value === null) return String(value);
  const tag = tagOf(value);
  if (tag !== "Object") return withArticle(tag);
  const keys = Object.keys(value);
  if (keys.length === 0) return "an empty object";
  const fields = keys.slice(0, 4).map((key) => `${key.slice(0, 40)}: ${brief(fieldOf(value, key))}`);
  return `{ ${fields.join(", ")}${keys.length > 4 ? ", …" : ""} }`;
}

/** Whether a value is an object of named fields: no list, no Map, no array of numbers. */
export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && triedOr(() => tagOf(value), "") === "Object";
}

/** Whether a value is an object with a text in each of these fields. */
export function hasTexts<Name extends string>(
  value: unknown,
  ...names: readonly Name[]
): value is Readonly<Record<Name, string>> {
  return isFields(value) && names.every((name) => typeof fieldOf(value, name) === "string");
}

function brief(value: unknown): string {
  return typeof value === "object" && value !== null ? "…" : shown(value);
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
