/** The tables at the end of training: one run by its parts, or several runs by their last scores. */
import type { Scores } from "../../runtime/train/index.ts";
import { formatDuration, formatLoss, formatValue, formatWhole } from "../output/numbers.ts";
import type { Look } from "../output/style.ts";
import { left, right, table } from "../output/table.ts";
import { lastScores, scalarNames } from "./history.ts";
import type { History } from "./history.ts";

/** Training and hold-out, with the losses and each metric that is a number. */
export function summaryOf(
  parts: readonly (readonly [name: string, scores: Scores | null])[],
  losses: readonly string[],
  { paint, width }: Look,
): string {
  const shown = parts.filter((part): part is readonly [string, Scores] => part[1] !== null);
  const metrics = scalarNames(
    shown.map(([, scores]) => scores),
    losses,
  );
  const rows = shown.map(([name, scores]) => [
    name,
    ...losses.map((loss) => formatScore(scores, loss, formatLoss)),
    ...metrics.map((metric) => formatScore(scores, metric)),
  ]);
  return table([left(""), ...[...losses, ...metrics].map(right)], rows, paint, { width });
}

/** One row for each run that came to its end, in the order of the file; nothing where none did. */
export function comparisonOf(runs: readonly History[], { paint, width }: Look): string {
  const ended = runs.flatMap((run) => (run.done === undefined ? [] : [{ run, done: run.done }]));
  if (ended.length === 0) return "";
  const scores = scoreColumns(ended.map(({ run }) => run));
  const rows = ended.map(({ run: { label }, done }, at) => [
    label,
    ...(scores.rows[at] ?? []),
    formatWhole(done.epochs),
    formatDuration(done.seconds),
  ]);
  return table([left("run"), ...[...scores.heads, "epochs", "time"].map(right)], rows, paint, { width });
}

/** Columns of scores, and a row for each run. */
interface ScoreColumns {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The last scores of runs, on the hold-out or in training; of both where some runs hold rows out and others do not, since one is not the other. */
export function scoreColumns(runs: readonly History[]): ScoreColumns {
  const losses = [...new Set(runs.flatMap((run) => run.losses))];
  const scores = runs.map((run) => ({ own: run.losses, ...lastScores(run) }));
  const columns = (set: "train" | "holdout", lossPrefix: string, metricPrefix = ""): ScoreColumns => {
    const metrics = scalarNames(
      scores.map((one) => one[set]),
      losses,
    );
    return {
      heads: [...losses.map((name) => `${lossPrefix}${name}`), ...metrics.map((name) => `${metricPrefix}${name}`)],
      rows: scores.map(({ own, [set]: told }) => [
        ...losses.map((name) => (own.includes(name) ? formatScore(told ?? {}, name, formatLoss) : "—")),
        ...metrics.map((name) => formatScore(told ?? {}, name)),
      ]),
    };
  };
  const held = scores.filter(({ holdout }) => holdout !== null).length;
  if (held === 0) return columns("train", "");
  if (held === runs.length) return columns("holdout", "hold-out ");
  const [holdout, train] = [columns("holdout", "hold-out ", "hold-out "), columns("train", "training ", "training ")];
  return {
    heads: [...holdout.heads, ...train.heads],
    rows: holdout.rows.map((cells, at) => [...cells, ...(train.rows[at] ?? [])]),
  };
}

/** A score that is a number, NaN included; a dash where there is none. */
function formatScore(scores: Scores, name: string, format = formatValue): string {
  return typeof scores[name] === "number" ? format(scores[name]) : "—";
}
