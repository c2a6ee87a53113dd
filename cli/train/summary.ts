/** The tables at the end of training: one run by its parts, or several runs by their figures on the hold-out. */
import type { Scores } from "../../runtime/train/index.ts";
import { formatDuration, formatLoss, formatValue, formatWhole } from "../output/numbers.ts";
import type { Paint } from "../output/style.ts";
import { table } from "../output/table.ts";
import type { Column } from "../output/table.ts";
import { scalarNames, scoreOf } from "./history.ts";
import type { History } from "./history.ts";

/** Training and hold-out, with the loss and each metric that is a number. */
export function summaryOf(parts: readonly (readonly [name: string, scores: Scores | null])[], paint: Paint): string {
  const shown = parts.filter((part): part is readonly [string, Scores] => part[1] !== null);
  const metrics = scalarNames(shown.map(([, scores]) => scores));
  const rows = shown.map(([name, scores]) => [
    name,
    formatLoss(scoreOf(scores, "loss")),
    ...metrics.map((metric) => formatScore(scores, metric)),
  ]);
  return table([left(""), right("loss"), ...metrics.map(right)], rows, paint);
}

/** One row for each run that came to its end, in the order of the file; nothing where none did. */
export function comparisonOf(runs: readonly History[], paint: Paint): string {
  const ended = runs.flatMap(({ label, done }) => (done === undefined ? [] : [{ label, done }]));
  if (ended.length === 0) return "";
  const metrics = scalarNames(ended.map(({ done }) => done.holdout ?? done.train));
  const rows = ended.map(({ label, done }) => {
    const scores = done.holdout ?? done.train;
    const figures = [formatLoss(scoreOf(scores, "loss")), ...metrics.map((metric) => formatScore(scores, metric))];
    return [label, ...figures, formatWhole(done.epochs), formatDuration(done.seconds)];
  });
  const held = ended.some(({ done }) => done.holdout !== null) ? "hold-out loss" : "loss";
  return table([left("run"), right(held), ...metrics.map(right), right("epochs"), right("time")], rows, paint);
}

function formatScore(scores: Scores | null, metric: string): string {
  const value = scoreOf(scores, metric);
  return Number.isNaN(value) ? "—" : formatValue(value);
}

function left(head: string): Column {
  return { head, align: "left" };
}

function right(head: string): Column {
  return { head, align: "right" };
}
