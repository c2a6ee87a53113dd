/**
 * CSV (RFC 4180, with any line end) → a table that remembers where its cells begin and reads them on demand, so that a
 * file of 50 million numbers costs four bytes a cell and no strings. One pass, linear in the length of the text.
 */
import {
  duplicateColumn,
  emptyTable,
  raggedRow,
  textAfterQuote,
  unclosedQuote,
} from "../../compiler/diagnostics/codes/data.ts";
import { decodeText } from "./decode.ts";
import { failure, quoted } from "../save/fail.ts";

const quote = 34;
const lineFeed = 10;
const carriageReturn = 13;

/** A parsed file; cell (row, column) is number `row * width + column`, the header's line not counted. */
export interface Table {
  readonly file: string;
  readonly text: string;
  readonly header: readonly string[];
  readonly rows: number;
  /** The offset in `text` at which each cell begins. */
  readonly starts: Uint32Array;
  /** Character code of the sign between cells. */
  readonly separator: number;
}

/**
 * The table in a file with a line of column names. Cells are separated by commas; where the first line has none, by
 * semicolons or tabs. Empty lines at the end are ignored. Throws NN0803 to NN0809.
 */
export function parseCsv(file: string, source: Uint8Array | string): Table {
  const raw = scan(file, source);
  const header = Array.from({ length: raw.width }, (_, column) => cellText(raw, column));
  rejectDuplicates(file, header);
  const rows = raw.starts.length / raw.width - 1;
  if (rows === 0) throw failure(emptyTable, { file, found: "only the column names" });
  return { ...raw, header, rows, starts: raw.starts.subarray(raw.width) };
}

/** Cells without a meaning yet: what `parseCsv` and the reader of bare matrices build on. */
export interface Cells {
  readonly file: string;
  readonly text: string;
  readonly separator: number;
  readonly width: number;
  readonly starts: Uint32Array;
}

/** Finds the cells and checks that all lines have as many as the first. */
export function scan(file: string, source: Uint8Array | string): Cells {
  const text = typeof source === "string" ? source.replace(/^\uFEFF/, "") : decodeText(file, source);
  const end = contentEnd(text);
  if (end === 0) throw failure(emptyTable, { file, found: "nothing" });
  const separator = separatorOf(text, end);
  const starts = new Offsets(Math.min(end + 1, 1024));
  let width = 0;
  for (let position = 0, line = 0; position <= end; line++) {
    const before = starts.length;
    const next = scanLine(file, text, end, position, separator, starts);
    const found = starts.length - before;
    if (line === 0) width = found;
    if (found !== width) throw failure(raggedRow, { place: lineOf(file, text, position), expected: width, found });
    position = next;
  }
  return { file, text, separator, width, starts: starts.values() };
}

/** The characters of a cell: without its quotes, or without the blanks around it where it has none. */
export function cellText(cells: Pick<Cells, "text" | "starts" | "separator">, cell: number): string {
  const { text } = cells;
  const start = cells.starts[cell] ?? text.length;
  if (text.charCodeAt(start) === quote)
    return text.slice(start + 1, closingQuote(text, start, text.length)).replaceAll('""', '"');
  return text.slice(start, plainEnd(text, start, text.length, cells.separator)).trim();
}

/** `data/wine.csv:12:7`: the file, and line and column of the cell's first character, from 1. */
export function placeOf(table: Pick<Table, "file" | "text" | "starts">, cell: number): string {
  return placeAt(table.file, table.text, table.starts[cell] ?? 0);
}

/** Scans one line from `start`; answers where the next begins, or `end + 1` after the last. */
function scanLine(file: string, text: string, end: number, start: number, separator: number, starts: Offsets): number {
  let position = start;
  for (;;) {
    starts.push(position);
    position =
      text.charCodeAt(position) === quote
        ? quotedEnd(file, text, position, end, separator)
        : plainEnd(text, position, end, separator);
    if (position >= end) return end + 1;
    const sign = text.charCodeAt(position);
    position++;
    if (sign === separator) continue;
    return sign === carriageReturn && text.charCodeAt(position) === lineFeed ? position + 1 : position;
  }
}

function plainEnd(text: string, start: number, end: number, separator: number): number {
  let position = start;
  for (; position < end; position++) {
    const sign = text.charCodeAt(position);
    if (sign === separator || sign === lineFeed || sign === carriageReturn) break;
  }
  return position;
}

function quotedEnd(file: string, text: string, start: number, end: number, separator: number): number {
  const close = closingQuote(text, start, end);
  if (close >= end) throw failure(unclosedQuote, { place: placeAt(file, text, start) });
  const after = close + 1;
  const rest = plainEnd(text, after, end, separator);
  const found = text.slice(after, rest);
  if (found.trim() !== "") throw failure(textAfterQuote, { place: placeAt(file, text, after), found: quoted(found) });
  return rest;
}

/** The quote that closes the cell opened at `start`, or `end`. */
function closingQuote(text: string, start: number, end: number): number {
  let position = start + 1;
  for (; position < end; position++) {
    if (text.charCodeAt(position) !== quote) continue;
    if (text.charCodeAt(position + 1) !== quote || position + 1 >= end) return position;
    position++;
  }
  return end;
}

/** Where the text ends without the line ends that follow its last line. */
function contentEnd(text: string): number {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === lineFeed || text.charCodeAt(end - 1) === carriageReturn)) end--;
  return end;
}

/** The comma, unless the first line has none outside quotes and has semicolons or tabs instead. */
function separatorOf(text: string, end: number): number {
  let inside = false;
  let other = 0;
  for (let position = 0; position < end; position++) {
    const sign = text.charCodeAt(position);
    if (sign === quote) inside = !inside;
    if (inside) continue;
    if (sign === 44) return 44;
    if (sign === lineFeed || sign === carriageReturn) break;
    if (other === 0 && (sign === 59 || sign === 9)) other = sign;
  }
  return other === 0 ? 44 : other;
}

function rejectDuplicates(file: string, header: readonly string[]): void {
  const seen = new Map<string, number>();
  for (const [index, column] of header.entries()) {
    const first = seen.get(column);
    if (first !== undefined)
      throw failure(duplicateColumn, { file, column: quoted(column), first: first + 1, second: index + 1 });
    seen.set(column, index);
  }
}

function lineOf(file: string, text: string, offset: number): string {
  return placeAt(file, text, offset).replace(/:\d+$/, "");
}

function placeAt(file: string, text: string, offset: number): string {
  let line = 1;
  let lineStart = 0;
  for (let position = 0; position < offset; position++) {
    const sign = text.charCodeAt(position);
    if (sign !== lineFeed && (sign !== carriageReturn || text.charCodeAt(position + 1) === lineFeed)) continue;
    line++;
    lineStart = position + 1;
  }
  return `${file}:${line}:${offset - lineStart + 1}`;
}

/** A list of offsets that grows by doubling. */
class Offsets {
  length = 0;
  #values: Uint32Array;

  constructor(capacity: number) {
    this.#values = new Uint32Array(capacity);
  }

  push(offset: number): void {
    if (this.length === this.#values.length) {
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = offset;
  }

  values(): Uint32Array {
    return this.#values.subarray(0, this.length);
  }
}
