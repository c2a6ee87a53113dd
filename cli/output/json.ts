/**
 * JSON for other programs, one document a line. NaN and infinities, which JSON has not, are null, so that a reader finds a number or nothing in
 * the place of one; a Map becomes an object, a typed array a list.
 */
import type { Output } from "../context.ts";

export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => {
    if (one instanceof Map) return withoutPrototype(one);
    if (one instanceof Float32Array || one instanceof Int32Array) return [...one];
    return one;
  });
}

export function writeJson(stream: Output, value: unknown): void {
  stream.write(`${toJson(value)}\n`);
}

/** Without a prototype, a key such as `__proto__` is an ordinary one. */
function withoutPrototype(map: ReadonlyMap<unknown, unknown>): object {
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, value] of map) object[String(key)] = value;
  return object;
}
