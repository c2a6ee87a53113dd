/**
 * What a program passes to the functions for editors, looked at before anything is done with it: what does not fit throws an `NncError` that names it.
 */
import { NncError } from "../diagnostics/diagnostic.ts";
import { isString, unsuitable } from "../diagnostics/options.ts";
import { fieldOf, isFields } from "../diagnostics/values.ts";
import type { Inspection } from "./types.ts";

/** Throws NN0706. */
export function checkEarlier(earlier: Inspection | undefined): void {
  if (earlier !== undefined && !isInspection(earlier))
    throw new NncError(unsuitable("earlier", "an inspection, as `inspect` gives one", earlier));
}

/** Throws NN0706. */
export function checkPlace(inspection: Inspection, offset: number): void {
  if (!isInspection(inspection))
    throw new NncError(unsuitable("inspection", "an inspection, as `inspect` gives one", inspection));
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw new NncError(unsuitable("offset", "an offset into the text, a whole number from 0", offset));
}

/** Throws NN0706. */
export function checkFiles(files: Iterable<string> | undefined): void {
  const fits = files === undefined || (typeof files === "object" && Symbol.iterator in files);
  if (!fits) throw new NncError(unsuitable("files", "a list of paths", files));
}

/** Of another program, too: what an inspection holds is plain data. */
function isInspection(value: unknown): boolean {
  return (
    isFields(value) &&
    isString(fieldOf(value, "file")) &&
    ["names", "expressions"].every((name) => Array.isArray(fieldOf(value, name)))
  );
}
