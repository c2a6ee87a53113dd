/** The figures of runs side by side, as the table, the page and other programs have them. */
import { formatBytes, formatDuration, formatLoss, formatValue, formatWhole } from "../output/numbers.ts";
import { scalarNames, scoreOf } from "../train/history.ts";
import { bestEpochOf } from "../train/picture.ts";
import { lastScores } from "./run.ts";
import type { Run } from "./run.ts";

export interface FigureTable {
  readonly heads: readonly string[];
  /** The first cell of each is the run's name. */
  readonly rows: readonly (readonly string[])[];
}

/** Of the hold-out where there is one, else of training. */
export function figureTable(runs: readonly Run[]): FigureTable {
  const losses = [...new Set(runs.flatMap(({ history }) => history.losses))];
  const scores = runs.map((run) => {
    const { train, holdout } = lastScores(run);
    return holdout ?? train;
  });
  const metrics = scalarNames(scores, losses);
  const held = runs.some((run) => lastScores(run).holdout !== null) ? "hold-out " : "";
  const cell = (at: number, name: string, format: (value: number) => string): string => {
    const own = scores[at] ?? {};
    return Object.hasOwn(own, name) ? format(scoreOf(own, name)) : "—";
  };
  return {
    heads: [
      "run",
      ...losses.map((name) => `${held}${name}`),
      ...metrics,
      "best epoch",
      "epochs",
      "steps",
      "time",
      "parameters",
      "memory",
    ],
    rows: runs.map((run, at) => {
      const { epochs, seconds, steps, parameters, peakBytes } = sizesOf(run);
      return [
        run.name,
        ...losses.map((name) => cell(at, name, formatLoss)),
        ...metrics.map((name) => cell(at, name, formatValue)),
        String(bestEpochOf(run.history) ?? "—"),
        formatWhole(epochs),
        formatWhole(steps),
        formatDuration(seconds),
        parameters === undefined ? "—" : formatWhole(parameters),
        peakBytes === undefined ? "—" : formatBytes(peakBytes),
      ];
    }),
  };
}

export function sizesOf({ history: { epochs, done, start } }: Run) {
  return {
    epochs: done?.epochs ?? epochs.at(-1)?.epoch ?? 0,
    steps: done?.steps ?? epochs.at(-1)?.step ?? 0,
    seconds: epochs.reduce((sum, one) => sum + one.seconds, 0),
    parameters: start?.parameters,
    peakBytes: start?.peakBytes,
  };
}
