/**
 * How this folder speaks: an `NncError` from the catalogue, and names from foreign files shown safely in one line.
 */
import { diagnose, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { DiagnosticDefinition } from "../../compiler/diagnostics/diagnostic.ts";

/** The error that `definition` describes; a saved file is no source, so there are no labels. */
export function failure<Arguments>(definition: DiagnosticDefinition<Arguments>, values: Arguments, help?: string): NncError {
  return new NncError(diagnose(definition, values, [], help));
}

/** Text from a file in quotes: cut to 80 characters, everything invisible escaped. */
export function quoted(text: string): string {
  const shown = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  return JSON.stringify(shown).replace(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, escaped);
}

/** `[3, 4]`, cut where a forged file has thousands of axes. */
export function shapeText(shape: readonly number[]): string {
  return shape.length > 12 ? `[${shape.slice(0, 12).join(", ")}, … ${shape.length} axes]` : `[${shape.join(", ")}]`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
