/** The figures of runs side by side, as the table, the page and other programs have them. */
import { formatBytes, formatDuration, formatWhole } from "../output/numbers.ts";
import { bestEpochOf } from "../train/picture.ts";
import { scoreColumns } from "../train/summary.ts";
import type { Run } from "./run.ts";

export interface FigureTable {
  readonly heads: readonly string[];
  /** The first cell of each is the run's name. */
  readonly rows: readonly (readonly string[])[];
}

export function figureTable(runs: readonly Run[]): FigureTable {
  const scores = scoreColumns(runs.map(({ history }) => history));
  return {
    heads: ["run", ...scores.heads, "best epoch", "epochs", "steps", "time", "parameters", "memory"],
    rows: runs.map((run, at) => {
      const { epochs, seconds, steps, parameters, peakBytes } = sizesOf(run);
      return [
        run.name,
        ...(scores.rows[at] ?? []),
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
