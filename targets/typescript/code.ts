/** A piece of TypeScript with the strength of its outermost operator, so that parentheses stand only where they must. */
import { oneLine } from "../../compiler/program/names.ts";

export interface Code {
  readonly text: string;
  /** Of the Level table. */
  readonly level: number;
}

/** Operator strength in JavaScript; more binds tighter. */
export const Level = {
  conditional: 3,
  or: 4,
  and: 5,
  bitOr: 6,
  bitXor: 7,
  bitAnd: 8,
  equality: 9,
  relation: 10,
  shift: 11,
  add: 12,
  multiply: 13,
  unary: 15,
  primary: 18,
} as const;

export function primary(text: string): Code {
  return { text, level: Level.primary };
}

/** The text, in parentheses where its operator is weaker than `level`. */
export function atLeast(code: Code, level: number): string {
  return code.level >= level ? code.text : `(${code.text})`;
}

/** A left-associative operator between two operands. */
export function infix(left: Code, operator: string, right: Code, level: number): Code {
  return { text: `${atLeast(left, level)} ${operator} ${atLeast(right, level + 1)}`, level };
}

export function call(name: string, ...operands: readonly Code[]): Code {
  return primary(`${name}(${operands.map(({ text }) => text).join(", ")})`);
}

/** `x | 0`: the value as an i32. */
export function toInt(value: Code): Code {
  return infix(value, "|", primary("0"), Level.bitOr);
}

/** A number as it is written; a sign makes it weaker. The checker refuses comparisons with the name NaN. */
export function numeral(value: number): Code {
  if (Number.isNaN(value)) return primary("Number.NaN");
  const text = Object.is(value, -0) ? "-0" : String(value);
  return text.startsWith("-") ? { text, level: Level.unary } : primary(text);
}

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
