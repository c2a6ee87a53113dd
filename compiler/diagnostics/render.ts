/**
 * Diagnostics as text: the message, the source lines with the exact spans underlined, and the help.
 *
 *     error[NN0110]: expected an expression, found `return`
 *       --> net.nn:4:3
 *        |
 *      4 |   return y
 *        |   ^^^^^^
 *
 * The first label is underlined with `^`, the others with `-`. Nothing in a source can move the cursor or hide.
 */
import { NncError } from "./diagnostic.ts";
import type { Diagnostic, Label } from "./diagnostic.ts";
import { layOut, printable } from "./display.ts";
import { lineAt, lineRange, lineTable, positionAt } from "./lines.ts";
import type { LineTable } from "./lines.ts";
import { checkOptions, isString, trueOrFalse, unsuitable } from "./options.ts";
import type { Rules } from "./options.ts";
import { fieldOf, hasTexts, isFields } from "./values.ts";

export interface RenderOptions {
  /** Escape sequences for a terminal; none unless told. */
  readonly colour?: boolean;
  /** Columns for a source line, 100 unless told; a longer one is cut around the span. */
  readonly width?: number;
}

const rules: Rules<RenderOptions> = {
  colour: trueOrFalse,
  width: { expected: "a number of columns", fits: (value) => Number.isFinite(value) },
};

type Style = "error" | "warning" | "frame" | "strong" | "help";
type Paint = (style: Style, text: string) => string;

const ansi: Readonly<Record<Style, string>> = {
  error: "1;31",
  warning: "1;33",
  frame: "1;34",
  strong: "1",
  help: "1;36",
};

/** An underlined stretch of one line. */
interface Mark {
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly primary: boolean;
  readonly text: string;
}

interface Frame {
  readonly table: LineTable;
  readonly gutter: number;
  readonly width: number;
  readonly paint: Paint;
  readonly severity: Style;
}

/** A label over several lines marks the first, to its end, and the last, from its first letter. */
function marksOf(table: LineTable, spot: Label, primary: boolean): readonly Mark[] {
  const { from, to } = spot;
  const first = lineAt(table, from);
  const last = lineAt(table, Math.max(from, to - 1));
  if (first === last) return [{ line: first, from, to, primary, text: spot.text }];
  const range = lineRange(table, last);
  const indent = /^[ \t]*/.exec(table.text.slice(range.from, to))?.[0].length ?? 0;
  return [
    { line: first, from, to: lineRange(table, first).to, primary, text: "" },
    { line: last, from: range.from + indent, to: Math.min(to, range.to), primary, text: spot.text },
  ];
}

function row(frame: Frame, number: string, text: string): string {
  const bar = frame.paint("frame", `${number.padStart(frame.gutter)} |`);
  return text === "" ? bar : `${bar} ${text}`;
}

/** What of a line is shown for a mark: all of it, or a window around the mark. */
function windowOf(frame: Frame, mark: Mark): { readonly from: number; readonly to: number } {
  const { from, to } = lineRange(frame.table, mark.line);
  if (to - from <= frame.width) return { from, to };
  const start = Math.max(from, Math.min(mark.from - Math.floor(frame.width / 3), to - frame.width));
  return { from: start, to: Math.min(to, start + frame.width) };
}

function underline(frame: Frame, mark: Mark, columns: readonly number[], offset: number, lead: number): string {
  const column = (at: number): number => columns[Math.max(0, Math.min(at - offset, columns.length - 1))] ?? 0;
  const start = column(mark.from);
  const length = Math.max(1, column(mark.to) - start);
  const signs = (mark.primary ? "^" : "-").repeat(length);
  const text = mark.text === "" ? "" : ` ${printable(mark.text)}`;
  return row(frame, "", " ".repeat(start + lead) + frame.paint(mark.primary ? frame.severity : "frame", signs + text));
}

/** One source line with the marks on it; those outside the first one's window get a line of their own. */
function lineRows(frame: Frame, marks: readonly Mark[]): readonly string[] {
  const [first] = marks;
  if (first === undefined) return [];
  const range = lineRange(frame.table, first.line);
  const { from, to } = windowOf(frame, first);
  const { text, columns } = layOut(frame.table.text.slice(from, to));
  const before = from > range.from ? "…" : "";
  const shown = marks.filter((mark) => mark.from <= to);
  return [
    row(frame, String(first.line), `${before}${text}${to < range.to ? "…" : ""}`.trimEnd()),
    ...shown.map((mark) => underline(frame, mark, columns, from, before.length)),
    ...lineRows(frame, marks.slice(shown.length)),
  ];
}

function frameRows(frame: Frame, marks: readonly Mark[]): readonly string[] {
  const sorted = marks.toSorted((a, b) => a.line - b.line || a.from - b.from);
  const lines = [...new Set(sorted.map(({ line }) => line))];
  return lines.flatMap((line, index) => {
    const gap = line - (lines[index - 1] ?? line);
    const skipped = gap > 1 ? [frame.paint("frame", `${"".padStart(frame.gutter)}...`)] : [];
    return [
      ...skipped,
      ...lineRows(
        frame,
        sorted.filter((mark) => mark.line === line),
      ),
    ];
  });
}

/** The labels in one file, under its name. */
function fileRows(
  labels: readonly Label[],
  primary: Label | undefined,
  frame: Omit<Frame, "table">,
  table: LineTable | undefined,
): readonly string[] {
  const first = labels.find((spot) => spot === primary) ?? labels[0];
  if (first === undefined) return [];
  const arrow = frame.paint("frame", `${"".padStart(frame.gutter)}${first === primary ? "-->" : ":::"}`);
  if (table === undefined || table.text === "") {
    const texts = labels.filter(({ text }) => text !== "").map(({ text }) => `: ${printable(text)}`);
    return [`${arrow} ${printable(first.file)}${texts.join("")}`];
  }
  const { line, column } = positionAt(table, first.from);
  const whole: Frame = { ...frame, table };
  const marks = labels.flatMap((spot) => marksOf(table, spot, spot === primary));
  return [`${arrow} ${printable(first.file)}:${line}:${column}`, row(whole, "", ""), ...frameRows(whole, marks)];
}

function gutterWidth(labels: readonly Label[], tables: ReadonlyMap<string, LineTable>): number {
  const lines = labels.map((spot) => {
    const table = tables.get(spot.file);
    return table === undefined ? 1 : lineAt(table, Math.max(spot.from, spot.to - 1));
  });
  return String(Math.max(1, ...lines)).length + 1;
}

function renderOne(
  diagnostic: Diagnostic,
  tables: ReadonlyMap<string, LineTable>,
  width: number,
  paint: Paint,
): string {
  const { code, severity, message, labels, help } = diagnostic;
  const gutter = gutterWidth(labels, tables);
  const frame = { gutter, width, paint, severity };
  const files = [...new Set(labels.map(({ file }) => file))];
  const rows = files.flatMap((file) =>
    fileRows(
      labels.filter((spot) => spot.file === file),
      labels[0],
      frame,
      tables.get(file),
    ),
  );
  const mark = paint("frame", `${"".padStart(gutter)} =`);
  const helps =
    help === undefined
      ? []
      : [
          `${mark} ${paint("help", "help")}: ${help
            .split("\n")
            .map(printable)
            .join(`\n${"".padStart(gutter + 9)}`)}`,
        ];
  return [
    `${paint(severity, `${severity}[${code}]`)}${paint("strong", `: ${printable(message)}`)}`,
    ...rows,
    ...helps,
  ].join("\n");
}

function isDiagnostic(value: unknown): boolean {
  if (!hasTexts(value, "code", "message")) return false;
  const labels = fieldOf(value, "labels");
  return Array.isArray(labels) && labels.every(isFields);
}

function areDiagnostics(value: unknown): boolean {
  return Array.isArray(value) && value.every(isDiagnostic);
}

function isTexts(value: unknown): boolean {
  return value instanceof Map && [...value].flat().every(isString);
}

/** All of `diagnostics`, a blank line between two; `sources` holds each file's text under its name. Throws NN0706, NN0736. */
export function render(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
  options: RenderOptions = {},
): string {
  if (!areDiagnostics(diagnostics)) throw new NncError(unsuitable("diagnostics", "a list of diagnostics", diagnostics));
  if (!isTexts(sources)) throw new NncError(unsuitable("sources", "a Map from names to texts", sources));
  checkOptions("render", options, rules);
  const paint: Paint = (style, text) => (options.colour ? `\u001b[${ansi[style]}m${text}\u001b[0m` : text);
  const named = new Set(diagnostics.flatMap(({ labels }) => labels.map(({ file }) => file)));
  const tables = new Map(
    [...sources].filter(([file]) => named.has(file)).map(([file, text]) => [file, lineTable(text)]),
  );
  const width = Math.max(20, options.width ?? 100);
  return diagnostics.map((diagnostic) => `${renderOne(diagnostic, tables, width, paint)}\n`).join("\n");
}
