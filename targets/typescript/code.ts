/** Literals and comments of TypeScript that no character of their text can leave. */
import { oneLine } from "../../compiler/program/names.ts";

/** A string literal in ASCII that no character of the text can leave; it cannot end a `<script>` around the module either. */
export function stringLiteral(text: string): string {
  return literal(text).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * Plain data as a literal. Escaped are the two characters that JSON allows in strings and old JavaScript does not, and `<`, so that the
 * module may stand in a `<script>` (HTML Standard, "Restrictions for contents of script elements").
 */
export function literal(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029")
    .replaceAll("<", "\\u003c");
}

/** Text on one line that ends neither the comment around it nor a `<script>` around that. */
export function commentText(text: string): string {
  return oneLine(text)
    .replaceAll("*/", "*\\/")
    .replace(/<(?=!--|\/?script)/gi, "<\\");
}
