/**
 * JSON that is one array of rows where a row is expected on each line: said as that, instead of as a first row that makes no sense. What
 * may be a row, a list of the values of a single input, is left alone.
 */
import { unsuitableValue } from "../../compiler/diagnostics/codes/data.ts";
import { flatten } from "../../runtime/predict/rows.ts";
import { failure } from "../../runtime/save/fail.ts";
import { plural } from "../output/numbers.ts";

/** `width`: how many values a list on a line has, where one may stand there. Throws NN0828. */
export function refuseArray(file: string, text: string, width: number | undefined): void {
  const trimmed = text.trim();
  if (!trimmed.startsWith("[") || !trimmed.endsWith("]")) return;
  const end = trimmed.indexOf("\n");
  // Lines that are JSON each are rows; one alone, or one that goes on, may be an array of them.
  if (end >= 0 && parsed(trimmed.slice(0, end)) !== undefined) return;
  const whole = parsed(trimmed);
  if (!Array.isArray(whole) || !(end >= 0 || holdsRows(whole, width))) return;
  const expected = width === undefined ? "an object on each line" : "an object or a list on each line";
  throw failure(
    unsuitableValue,
    { place: file, expected, found: `one array of ${plural(whole.length, "element")}` },
    "write each of its elements on a line of its own, without commas between the lines",
  );
}

function holdsRows(elements: readonly unknown[], width: number | undefined): boolean {
  if (elements.some((one) => typeof one === "object" && one !== null && !Array.isArray(one))) return true;
  const areLists = elements.length > 0 && elements.every((one) => Array.isArray(one));
  return areLists && flatten(elements).length !== width;
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
