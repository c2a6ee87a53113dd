/** Tables of text: columns as wide as their widest cell, numbers to the right, a rule below the heads. */
import { stripVTControlCharacters } from "node:util";
import type { Paint } from "./style.ts";

export interface Column {
  readonly head: string;
  readonly align: "left" | "right";
}

/** The table's lines, each ended, with `indent` before each. A row with too few cells ends early. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: Paint,
  indent = "  ",
): string {
  const widths = columns.map(({ head }, at) => Math.max(width(head), ...rows.map((row) => width(row[at] ?? ""))));
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, at) => pad(cell, widths[at] ?? 0, columns[at]?.align ?? "left"));
    return `${indent}${padded.join("  ")}`.trimEnd();
  };
  const heads = line(columns.map(({ head }) => paint("strong", head)));
  const rule = indent + paint("faint", widths.map((size) => "─".repeat(size)).join("  "));
  return `${[heads, rule, ...rows.map(line)].join("\n")}\n`;
}

function width(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}

function pad(text: string, size: number, align: Column["align"]): string {
  const space = " ".repeat(Math.max(0, size - width(text)));
  return align === "left" ? text + space : space + text;
}
