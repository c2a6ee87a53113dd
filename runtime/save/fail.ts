/**
 * How the runtime speaks: an `NncError` from the catalogue; and how its readers and writers of files show what foreign
 * files hold, safely in one line.
 */
import { diagnose, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { DiagnosticDefinition } from "../../compiler/diagnostics/diagnostic.ts";
import { listOf } from "../../compiler/diagnostics/lists.ts";

/**
 * The error that `definition` describes; a call or a file of data is no source, so its place stands in the sentence and not
 * in a label.
 */
export function failure<Arguments>(
  definition: DiagnosticDefinition<Arguments>,
  values: Arguments,
  help?: string,
): NncError {
  return new NncError(diagnose(definition, values, [], help));
}

/** Text from a file in quotes: cut to 60 characters, everything invisible escaped. */
export function quoted(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  return JSON.stringify(shown).replace(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, escaped);
}

/** At most eight names, then how many more there are. */
export function listed(names: readonly string[]): string {
  return listOf(names.map(quoted));
}

/** `[3, 4]`, cut where a forged file has thousands of axes. */
export function shapeText(shape: readonly number[]): string {
  return shape.length > 12 ? `[${shape.slice(0, 12).join(", ")}, … ${shape.length} axes]` : `[${shape.join(", ")}]`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
