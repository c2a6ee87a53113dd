/** Columns over several lines: comments behind code, and trains on one line each, which stand below each other as the rows of a table. */
import { push } from "../loops/push.ts";
import type { Document, Line } from "./layout.ts";
import { widthOf } from "./layout.ts";

/** Comments keep at least so many spaces between them and the code. */
const beforeComment = 2;

/** Comments that their writer put below each other stay so; any other keeps its distance. */
export function alignComments(lines: readonly Line[]): void {
  let run: Line[] = [];
  const finish = (): void => {
    const gap = Math.max(beforeComment, Math.min(...run.map(({ comment }) => comment?.gap ?? 0)));
    const widths = run.map(({ indent, text }) => {
      const start = text.lastIndexOf("\n") + 1;
      return widthOf(text.slice(start)) + (start > 0 ? 0 : indent);
    });
    const column = Math.max(0, ...widths) + gap;
    for (const [index, line] of run.entries())
      line.text += " ".repeat(column - (widths[index] ?? 0)) + (line.comment?.text ?? "");
    run = [];
  };
  for (const line of lines) {
    if (line.comment === undefined || line.comment.column !== run[0]?.comment?.column) finish();
    if (line.comment !== undefined) run.push(line);
  }
  finish();
}

interface Cell {
  /** What it is a cell of: a key, or a brace. */
  readonly key: string;
  readonly column: number;
  /** What stands before it on the line, up to the cell before, with the gap between. */
  readonly text: string;
}

interface Row {
  readonly line: Line;
  readonly cells: readonly Cell[];
  readonly tail: string;
}

/** Cells that their writer put below each other stay so. */
export function alignTrains(document: Document, lines: readonly Line[]): void {
  const frozen = new Map(
    document.groups.flatMap(({ kind, first }, group) => (kind === "frozen" ? [[first, group]] : [])),
  );
  let run: Row[] = [];
  const finish = (): void => {
    if (run.length > 1) alignRows(run);
    run = [];
  };
  for (const line of lines) {
    const group = line.word === undefined ? undefined : frozen.get(line.word);
    const row = group === undefined ? undefined : rowOf(document, group, line);
    if (row === undefined) finish();
    else run.push(row);
  }
  finish();
}

/** The cells of a train; undefined where it does not stand on one line. */
function rowOf({ words, seams, columns, groups }: Document, group: number, line: Line): Row | undefined {
  const { first, last } = groups[group] ?? { first: 0, last: -1 };
  const cells: Cell[] = [];
  let text = "";
  for (let word = first; word <= last; word += 1) {
    const [key, seam] = [words[word] ?? "", seams[word]];
    const isMember = seam?.group === group && seam.kind === "break";
    text += word > first ? (seam?.gap ?? "") : "";
    if (word > first && (isMember || key === "{")) {
      cells.push({ key, column: columns[word] ?? 0, text });
      text = "";
    }
    text += key;
  }
  const whole = cells.map((cell) => cell.text).join("") + text;
  return whole === line.text ? { line, cells, tail: text } : undefined;
}

function alignRows(rows: readonly Row[]): void {
  const texts = rows.map(() => "");
  const next = rows.map(() => 0);
  const columns = [...new Set(rows.flatMap(({ cells }) => cells.map(({ column }) => column)))].sort((a, b) => a - b);
  for (const column of columns) {
    const below = new Map<string, number[]>();
    for (const [index, { cells }] of rows.entries()) {
      const cell = cells[next[index] ?? 0];
      if (cell?.column !== column) continue;
      texts[index] += cell.text;
      next[index] = (next[index] ?? 0) + 1;
      push(below, cell.key, index);
    }
    for (const found of below.values()) {
      const widest = Math.max(...found.map((index) => widthOf(texts[index] ?? "")));
      for (const index of found) {
        const text = texts[index] ?? "";
        texts[index] = text + " ".repeat(widest - widthOf(text));
      }
    }
  }
  for (const [index, { line, tail }] of rows.entries()) line.text = (texts[index] ?? "") + tail;
}
