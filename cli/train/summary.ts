/** The tables at the end of training: one run by its parts, or several runs by their figures on the hold-out. */
import type { Scores } from "../../runtime/train/index.ts";
import { formatDuration, formatLoss, formatValue, formatWhole } from "../output/numbers.ts";
import type { Look } from "../output/style.ts";
import { left, right, table } from "../output/table.ts";
import { scalarNames } from "./history.ts";
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
  const ended = runs.flatMap(({ label, losses: own, done }) => (done === undefined ? [] : [{ label, own, done }]));
  if (ended.length === 0) return "";
  const losses = [...new Set(ended.flatMap(({ own }) => own))];
  const metrics = scalarNames(
    ended.map(({ done }) => done.holdout ?? done.train),
    losses,
  );
  const rows = ended.map(({ label, own, done }) => {
    const scores = done.holdout ?? done.train;
    const figures = [
      ...losses.map((name) => (own.includes(name) ? formatScore(scores, name, formatLoss) : "—")),
      ...metrics.map((metric) => formatScore(scores, metric)),
    ];
    return [label, ...figures, formatWhole(done.epochs), formatDuration(done.seconds)];
  });
  const held = ended.some(({ done }) => done.holdout !== null) ? "hold-out " : "";
  const heads = [...losses.map((name) => `${held}${name}`), ...metrics, "epochs", "time"];
  return table([left("run"), ...heads.map(right)], rows, paint, { width });
}

/** A score that is a number, NaN included; a dash where there is none. */
function formatScore(scores: Scores, name: string, format = formatValue): string {
  return typeof scores[name] === "number" ? format(scores[name]) : "—";
}
