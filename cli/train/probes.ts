/** What was probed in training: a panel for each statistic with a line for each probe, and a table of the last values. */
import type { EpochEvent, ProbeValues } from "../../runtime/train/index.ts";
import { formatValue } from "../output/numbers.ts";
import type { Look } from "../output/style.ts";
import { left, right, table } from "../output/table.ts";
import type { Curve, CurvePanel, Point } from "../plot/panel.ts";
import type { History } from "./history.ts";

type Statistic = keyof ProbeValues;

const statistics: readonly (readonly [statistic: Statistic, title: string])[] = [
  ["mean", "mean"],
  ["spread", "standard deviation"],
  ["gradientNorm", "gradient norm"],
];

/** Empty where nothing was probed. */
export function probePanels(runs: readonly History[]): readonly CurvePanel[] {
  const lines = linesOf(runs);
  if (lines.length === 0) return [];
  return statistics.map(([statistic, title]): CurvePanel => {
    const curves = lines.map(({ name, epochs, path }, colour): Curve => ({
      name,
      colour,
      secondary: false,
      points: epochs.map((event): Point => [event.epoch, valueOf(event, path, statistic)]),
    }));
    return { kind: "curves", title: `${title} of probes`, xLabel: "epoch", curves, legend: true };
  });
}

/** The values of the last epoch, a row for each probe that it has, below an empty line; nothing where nothing was probed. */
export function probeTable(runs: readonly History[], { paint, width }: Look): string {
  // A resumed run may have left probes of its earlier epochs behind.
  const lines = linesOf(runs).filter(({ epochs, path }) => Object.hasOwn(epochs.at(-1)?.probes ?? {}, path));
  const rows = lines.map(({ name, epochs, path }) => [
    name,
    ...statistics.map(([statistic]) => formatValue(valueOf(epochs.at(-1), path, statistic))),
  ]);
  if (rows.length === 0) return "";
  const heads = statistics.map(([, head]) => right(head));
  return `\n${table([left("probe"), ...heads], rows, paint, { width })}`;
}

/** A probe of a run; with several runs its name begins with the run's. */
interface Line {
  readonly name: string;
  readonly path: string;
  readonly epochs: readonly EpochEvent[];
}

function linesOf(runs: readonly History[]): readonly Line[] {
  return runs.flatMap(({ epochs, label }) => {
    const paths = new Set(epochs.flatMap(({ probes }) => Object.keys(probes ?? {})));
    return [...paths].map((path) => ({ name: runs.length > 1 ? `${label}: ${path}` : path, path, epochs }));
  });
}

/** NaN where an epoch has no such number: a log may be of a run with other probes, or changed by anybody. */
function valueOf(event: EpochEvent | undefined, path: string, statistic: Statistic): number {
  const values = new Map<string, Partial<ProbeValues> | null>(Object.entries(event?.probes ?? {})).get(path);
  const value: unknown = values?.[statistic];
  return typeof value === "number" ? value : NaN;
}
