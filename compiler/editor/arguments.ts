/**
 * What a program passes to the functions for editors, looked at before anything is done with it: what does not fit throws an `NncError` that names it.
 */
import { NncError } from "../diagnostics/diagnostic.ts";
import { isString, unsuitable } from "../diagnostics/options.ts";
import { fieldOf, isFields } from "../diagnostics/values.ts";
import type { Inspection } from "./types.ts";

/** Throws NN0706. */
export function checkEarlier(earlier: Inspection | undefined): void {
  if (earlier !== undefined) requireInspection("earlier", earlier);
}

/** Throws NN0706. */
export function checkPlace(inspection: Inspection, offset: number): void {
  requireInspection("inspection", inspection);
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw new NncError(unsuitable("offset", "an offset into the text, a whole number from 0", offset));
}

/** Throws NN0706. */
export function checkFiles(files: Iterable<string> | undefined): void {
  const fits = files === undefined || (typeof files === "object" && Symbol.iterator in files);
  if (!fits) throw new NncError(unsuitable("files", "a list of paths", files));
}

/** Of another program, too: what an inspection holds is plain data. */
function requireInspection(name: string, value: unknown): void {
  const fits =
    isFields(value) &&
    isString(fieldOf(value, "file")) &&
    ["names", "expressions"].every((list) => Array.isArray(fieldOf(value, list)));
  if (!fits) throw new NncError(unsuitable(name, "an inspection, as `inspect` gives one", value));
}
