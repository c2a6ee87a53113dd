/** Comparing results: to the bit, with any NaN equal to any other, or within a tolerance. */
import type { Interpreted } from "../../compiler/loops/interpret.ts";
import type { Tensors } from "./program.ts";

/** The first element whose bits differ, in words; undefined where there is none. */
export function difference(
  name: string,
  found: ArrayLike<number> | undefined,
  expected: ArrayLike<number>,
): string | undefined {
  if (found === undefined) return `${name} is missing`;
  for (let at = 0; at < expected.length; at += 1) {
    if (!Object.is(found[at], expected[at]))
      return `${name}[${at}] is ${printed(found[at])}, not ${printed(expected[at])}`;
  }
  return undefined;
}

function printed(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The first difference of any of the expected tensors. */
export function firstDifference(found: Tensors, expected: Tensors): string | undefined {
  for (const [name, { data }] of expected) {
    const different = difference(name, found.get(name)?.data, data);
    if (different !== undefined) return different;
  }
  return undefined;
}

/** The largest finite magnitude. */
export function magnitude({ data }: Interpreted): number {
  let most = 0;
  for (const value of data) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return most;
}
