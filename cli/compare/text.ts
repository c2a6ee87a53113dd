/** A comparison as text: figures, then what differs. */
import type { Look } from "../output/style.ts";
import { left, right, table } from "../output/table.ts";
import { wrap } from "../output/wrap.ts";
import type { Difference, Differences, SourceDifference } from "./differences.ts";
import { figureTable } from "./figures.ts";
import type { Line } from "./lines.ts";
import type { Run } from "./run.ts";

/** What a line of a difference begins with. */
export const signs: Readonly<Record<Line["kind"], string>> = { same: "  ", gone: "- ", come: "+ ", gap: "  " };

/** Lines of a source that are shown; a page has all. */
const mostLines = 40;

export function comparisonText(runs: readonly Run[], differences: Differences, look: Look): string {
  const { paint, width } = look;
  const { heads, rows } = figureTable(runs);
  const columns = heads.map((head, at) => (at === 0 ? left(head) : right(head)));
  const { settings, data, sources, notes } = differences;
  const parts = [
    table(columns, rows, paint, { width }),
    notes.map((text) => `${wrap(text, width)}\n`).join(""),
    differenceText("settings", runs, settings, look),
    differenceText("data", runs, data, look),
    ...sources.map((one) => sourceText(one, runs, look)),
  ];
  return parts.filter((text) => text !== "").join("\n");
}

function differenceText(
  what: string,
  runs: readonly Run[],
  differences: readonly Difference[],
  { paint, width }: Look,
): string {
  if (differences.length === 0) return "";
  const columns = [left(what), ...runs.map(({ name }) => left(name))];
  const rows = differences.map(({ name, values }) => [name, ...values]);
  return table(columns, rows, paint, { width });
}

function sourceText({ run, file, lines }: SourceDifference, runs: readonly Run[], { paint }: Look): string {
  const shown = lines.slice(0, mostLines).map(({ kind, text }) => {
    const line = `  ${signs[kind]}${text}`.trimEnd();
    return `${kind === "gone" ? paint("bad", line) : kind === "come" ? paint("good", line) : line}\n`;
  });
  const more = lines.length - mostLines;
  const left = more > 0 ? `  … and ${more} more; -o comparison.html has all\n` : "";
  return `${file} of ${run}, beside that of ${runs[0]?.name ?? ""}\n${shown.join("")}${left}`;
}
