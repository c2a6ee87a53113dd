/**
 * CSV (RFC 4180, with any line end) → a table that remembers where its cells begin and reads them on demand, so that a
 * file of 50 million numbers costs four bytes a cell and no strings. One pass, linear in the length of the text.
 */
import {
  dataTooLarge,
  duplicateColumn,
  emptyTable,
  raggedRow,
  tablesDisagree,
  textAfterQuote,
  unclosedQuote,
} from "../../compiler/diagnostics/codes/data.ts";
import { counted } from "../../compiler/diagnostics/lists.ts";
import { decodeText, longestText } from "./decode.ts";
import { failure, listed, quoted } from "../save/fail.ts";
import { readNumber } from "./number.ts";

const quote = 34;
const lineFeed = 10;
const carriageReturn = 13;

/** Cells without a meaning yet: what `parseCsv` and the reader of bare matrices build on. Cell (row, column) is number `row * width + column`. */
export interface Cells {
  /** How messages call the whole. */
  readonly file: string;
  readonly text: string;
  /** The files that `text` holds, one after the other. */
  readonly pieces: readonly Piece[];
  /** Character code of the sign between cells. */
  readonly separator: number;
  readonly width: number;
  /** The offset in `text` at which each cell begins. */
  readonly starts: Uint32Array;
}

interface Piece {
  readonly file: string;
  /** Where it begins. */
  readonly from: number;
}

/** A parsed table; its cells are counted without the line of names. */
export interface Table extends Cells {
  readonly header: readonly string[];
  /** Whether the file says what its columns are called; else they are `column_1`, `column_2` and so on. */
  readonly isNamed: boolean;
  readonly rows: number;
}

export interface CsvFile {
  readonly file: string;
  readonly content: Uint8Array | string;
}

/**
 * The table in a file with a line of column names, or without one. Cells are separated by commas; where the first line has none, by
 * semicolons or tabs. Empty lines at the end are ignored. Throws NN0803 to NN0809.
 */
export function parseCsv(file: string, source: Uint8Array | string, isNamed = true): Table {
  const raw = scan(file, source, isNamed);
  const header = Array.from({ length: raw.width }, (_, column) =>
    isNamed ? cellText(raw, column) : `column_${column + 1}`,
  );
  if (isNamed) rejectDuplicates(file, header);
  const starts = isNamed ? raw.starts.subarray(raw.width) : raw.starts;
  const rows = starts.length / raw.width;
  if (rows === 0) throw failure(emptyTable, { file, isNamed, found: "only the column names" });
  return { ...raw, header, isNamed, rows, starts };
}

/** The rows of several files with the same columns, one after the other. Throws NN0803 to NN0809, NN0838. */
export function parseTables(files: readonly CsvFile[], isNamed: boolean): Table {
  const [first, ...more] = files.map(({ file, content }) => parseCsv(file, content, isNamed));
  if (first === undefined) throw failure(emptyTable, { file: "the data", isNamed, found: "no file" });
  for (const other of more) requireAlike(first, other);
  return more.length === 0 ? first : joined([first, ...more]);
}

function requireAlike(first: Table, other: Table): void {
  const disagree = (expected: string, found: string): Error =>
    failure(tablesDisagree, { file: other.file, first: first.file, expected, found });
  const columns = (table: Table): string =>
    table.isNamed ? `the columns ${listed(table.header)}` : counted(table.header.length, "column");
  if (JSON.stringify(other.header) !== JSON.stringify(first.header)) throw disagree(columns(first), columns(other));
  const cells = ({ separator }: Table): string => `cells between ${separatorNames.get(separator) ?? "commas"}`;
  // A single column has no separator.
  if (other.separator !== first.separator && first.width > 1) throw disagree(cells(first), cells(other));
}

const separatorNames: ReadonlyMap<number, string> = new Map([
  [44, "commas"],
  [59, "semicolons"],
  [9, "tabs"],
]);

function joined(tables: readonly [Table, ...Table[]]): Table {
  const [first] = tables;
  const files = tables.map(({ file }) => file);
  const file =
    files.length > 3 ? `${files.slice(0, 2).join(", ")} and ${files.length - 2} more files` : files.join(", ");
  const length = tables.reduce((sum, { text }) => sum + text.length + 1, 0);
  if (length > longestText) throw failure(dataTooLarge, { file, bytes: length, limit: longestText });
  const starts = new Uint32Array(tables.reduce((sum, one) => sum + one.starts.length, 0));
  const pieces: Piece[] = [];
  let [cell, from] = [0, 0];
  for (const table of tables) {
    pieces.push({ file: table.file, from });
    for (const start of table.starts) starts[cell++] = start + from;
    from += table.text.length + 1;
  }
  const text = tables.map((table) => table.text).join("\n");
  return { ...first, file, text, pieces, starts, rows: starts.length / first.width };
}

/** Finds the cells and checks that all lines have as many as the first. */
export function scan(file: string, source: Uint8Array | string, isNamed = true): Cells {
  const text = typeof source === "string" ? source.replace(/^\uFEFF/, "") : decodeText(file, source);
  const end = contentEnd(text);
  if (end === 0) throw failure(emptyTable, { file, isNamed, found: "nothing" });
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
  return { file, text, pieces: [{ file, from: 0 }], separator, width, starts: starts.values() };
}

/** The beginning of a file with so many lines that are not blank; undefined where it has fewer. */
export function firstLines(bytes: Uint8Array, count: number): Uint8Array | undefined {
  let lines = 0;
  let inside = false;
  let isBlank = true;
  for (let at = 0; at < bytes.length; at++) {
    const sign = bytes[at];
    if (sign === quote) inside = !inside;
    const isEnd = sign === lineFeed || (sign === carriageReturn && bytes[at + 1] !== lineFeed);
    isBlank &&= sign === carriageReturn || sign === lineFeed;
    if (inside || !isEnd) continue;
    if (!isBlank && ++lines === count) return bytes.subarray(0, at + 1);
    isBlank = true;
  }
  return undefined;
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
export function placeOf({ file, text, pieces, starts }: Cells, cell: number): string {
  const start = starts[cell] ?? 0;
  const piece = pieces.findLast(({ from }) => from <= start) ?? { file, from: 0 };
  return placeAt(piece.file, text, start, piece.from);
}

/** What mends a first line of numbers that was taken for names. */
export function withoutNames(header: readonly string[]): string | undefined {
  const isNumber = (name: string): boolean => !Number.isNaN(readNumber(name, 0, name.length));
  return header.every(isNumber)
    ? "the first line holds numbers: `header: false` reads a file that does not name its columns"
    : undefined;
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
      throw failure(
        duplicateColumn,
        { file, column: quoted(column), first: first + 1, second: index + 1 },
        withoutNames(header),
      );
    seen.set(column, index);
  }
}

function lineOf(file: string, text: string, offset: number): string {
  return placeAt(file, text, offset).replace(/:\d+$/, "");
}

function placeAt(file: string, text: string, offset: number, from = 0): string {
  let line = 1;
  let lineStart = from;
  for (let position = from; position < offset; position++) {
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
