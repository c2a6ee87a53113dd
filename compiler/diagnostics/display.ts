/**
 * Text on a terminal: how wide a character stands (after Unicode's East Asian Width), and what to show in place of one that
 * would move the cursor, change the direction of writing or not be seen at all.
 */

/** Where tabs stop. */
const tabWidth = 4;

type Ranges = readonly (readonly [number, number])[];

/** Controls, marks of direction, characters without a width, line separators, lone surrogates. */
const hidden: Ranges = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0x61c, 0x61c],
  [0x200b, 0x200b],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x2069],
  [0xd800, 0xdfff],
  [0xfeff, 0xfeff],
];
const combining = /^(?:\p{Mn}|\p{Me}|\u200d)$/u;
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

function shown(character: string, column: number): string {
  if (character === "\t") return " ".repeat(tabWidth - (column % tabWidth));
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return hidden.some(([from, to]) => from <= code && code <= to)
    ? `\\u{${code.toString(16).toUpperCase()}}`
    : character;
}

function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += combining.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return width;
}

/** A text as it is shown, and at which column each of its UTF-16 offsets, the one past the end included, stands. */
export function layOut(text: string): { readonly text: string; readonly columns: readonly number[] } {
  const columns: number[] = [];
  let laid = "";
  let column = 0;
  for (const character of text) {
    for (let unit = 0; unit < character.length; unit += 1) columns.push(column);
    const image = shown(character, column);
    laid += image;
    column += widthOf(image);
  }
  columns.push(column);
  return { text: laid, columns };
}

/** One line of prose, safe to print. */
export function printable(text: string): string {
  return layOut(text).text;
}
