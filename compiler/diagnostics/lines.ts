/** Lines of a text, whose ends are LF, CR or CRLF: from an offset to a line and back. */

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters (code points). */
  readonly column: number;
}

/** Where the lines of one text begin and end. */
export interface LineTable {
  readonly text: string;
  readonly starts: readonly number[];
}

export function lineTable(text: string): LineTable {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\r|\n/g)) starts.push(match.index + match[0].length);
  return { text, starts };
}

/** The line, from 1, that the offset lies in. */
export function lineAt({ starts }: LineTable, offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

/** The offsets of a line, its end left out. */
export function lineRange({ text, starts }: LineTable, line: number): { readonly from: number; readonly to: number } {
  const from = starts[line - 1] ?? text.length;
  let to = starts[line] ?? text.length;
  while (to > from && /[\r\n]/.test(text.charAt(to - 1))) to -= 1;
  return { from, to };
}

/** Line and column of an offset. */
export function positionAt(table: LineTable, offset: number): Position {
  const line = lineAt(table, offset);
  const { from } = lineRange(table, line);
  let column = 1;
  for (let at = from; at < offset; at += (table.text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) column += 1;
  return { line, column };
}
