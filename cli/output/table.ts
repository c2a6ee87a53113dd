/** Tables of text: columns as wide as their widest cell, numbers to the right, a rule below the heads. */
import { stripVTControlCharacters } from "node:util";
import type { Paint } from "./style.ts";

export interface Column {
  readonly head: string;
  readonly align: "left" | "right";
}

export function left(head: string): Column {
  return { head, align: "left" };
}

export function right(head: string): Column {
  return { head, align: "right" };
}

type Rows = readonly (readonly string[])[];

interface Layout {
  /** Stands before each line. */
  readonly indent?: string;
  /** What a line may take. Columns beyond go into further tables below, which begin with the first column again. */
  readonly width?: number;
}

const gap = "  ";
const usual = "  ";

/** The table's lines, each ended. A row with too few cells ends early. */
export function table(
  columns: readonly Column[],
  rows: Rows,
  paint: Paint,
  { indent = usual, width: most = Infinity }: Layout = {},
): string {
  return blocksOf(columns, rows, most - indent.length)
    .map((block) => {
      const cells = rows.map((row) => block.flatMap((at) => row.slice(at, at + 1)));
      return whole(
        block.flatMap((at) => columns.slice(at, at + 1)),
        cells,
        paint,
        indent,
      );
    })
    .join("\n");
}

/** Whether a table takes no more than `most` in a line. */
export function fits(columns: readonly Column[], rows: Rows, most: number): boolean {
  return blocksOf(columns, rows, most - usual.length).length === 1;
}

/** Which columns stand side by side: the first in each block, and at least one beside it. */
function blocksOf(columns: readonly Column[], rows: Rows, most: number): readonly (readonly number[])[] {
  const [first = 0, ...others] = widthsOf(columns, rows);
  const blocks: number[][] = [];
  let used = 0;
  for (const [index, size] of others.entries()) {
    const last = blocks.at(-1);
    const added = gap.length + size;
    if (last !== undefined && used + added <= most) {
      last.push(index + 1);
      used += added;
    } else {
      blocks.push([0, index + 1]);
      used = first + added;
    }
  }
  return others.length === 0 ? [[0]] : blocks;
}

function whole(columns: readonly Column[], rows: Rows, paint: Paint, indent: string): string {
  const widths = widthsOf(columns, rows);
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, at) => pad(cell, widths[at] ?? 0, columns[at]?.align ?? "left"));
    return `${indent}${padded.join(gap)}`.trimEnd();
  };
  const heads = line(columns.map(({ head }) => paint("strong", head)));
  const rule = indent + paint("faint", widths.map((size) => "─".repeat(size)).join(gap));
  return `${[heads, rule, ...rows.map(line)].join("\n")}\n`;
}

function widthsOf(columns: readonly Column[], rows: Rows): readonly number[] {
  return columns.map(({ head }, at) => Math.max(width(head), ...rows.map((row) => width(row[at] ?? ""))));
}

function width(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}

function pad(text: string, size: number, align: Column["align"]): string {
  const space = " ".repeat(Math.max(0, size - width(text)));
  return align === "left" ? text + space : space + text;
}
