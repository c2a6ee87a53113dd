/** Values of any kind in a few letters, for "found …": what a program passed where something else was expected. */

import { withArticle } from "./lists.ts";

/** What stands for a field whose getter throws, where a wrong value is looked at only to say what it is. */
class Unreadable {
  readonly text: string;

  constructor(error: unknown) {
    this.text = `one that throws: ${messageOf(error)}`;
  }
}

function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return "nothing readable";
  }
}

/** What `read` gives of a program's object, whose getters and traps may throw. */
function readOf<Value>(read: () => Value): Value | Unreadable {
  try {
    return read();
  } catch (error) {
    return new Unreadable(error);
  }
}

export function fieldOf(value: object, name: string): unknown {
  return readOf(() => Reflect.get(value, name) as unknown);
}

/** `null`, `"wasm"`, `{ N: -1 }`, `a Map`, `an array`, `a function`. */
export function shown(value: unknown): string {
  const text = readOf(() => said(value));
  return text instanceof Unreadable ? text.text : text;
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
  return typeof value === "object" && value !== null && readOf(() => tagOf(value)) === "Object";
}

function brief(value: unknown): string {
  return typeof value === "object" && value !== null ? "…" : shown(value);
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
