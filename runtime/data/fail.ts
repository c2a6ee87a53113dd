/**
 * How the readers speak: an `NncError` from the catalogue, and file contents shown safely in one line.
 */
import { diagnose, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { DiagnosticDefinition } from "../../compiler/diagnostics/diagnostic.ts";

/** The error that `definition` describes; a data file has no labels, its place stands in the sentence. */
export function failure<Arguments>(definition: DiagnosticDefinition<Arguments>, values: Arguments, help?: string): NncError {
  return new NncError(diagnose(definition, values, [], help));
}

/** Text of a user's file in quotes: cut to 40 characters, with everything invisible escaped. */
export function quoted(text: string): string {
  const shown = text.length > 40 ? `${text.slice(0, 39)}…` : text;
  return JSON.stringify(shown).replace(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, escaped);
}

/** At most eight names, then how many more there are. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return "none";
  const shown = names.slice(0, 8).map(quoted).join(", ");
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
