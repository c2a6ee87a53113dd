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

/** One row a run, in the order of the file. */
export function comparisonOf(runs: readonly History[], paint: Paint): string {
  const finals = runs.map(({ done }) => done?.holdout ?? done?.train ?? null);
  const metrics = scalarNames(finals);
  const rows = runs.map(({ label, done }, at) => {
    const scores = finals[at] ?? null;
    const figures = [formatLoss(scoreOf(scores, "loss")), ...metrics.map((metric) => formatScore(scores, metric))];
    return [label, ...figures, formatWhole(done?.epochs ?? 0), formatDuration(done?.seconds ?? NaN)];
  });
  const held = runs.some(({ done }) => done?.holdout !== null) ? "hold-out loss" : "loss";
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
