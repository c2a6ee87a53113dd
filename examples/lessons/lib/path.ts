/** The way that two parameters of one number each took over their plane: what `--probe` of both logs. */
import type { Point } from "./panel.ts";
import type { Run, TrainOptions, Workshop } from "./workshop.ts";

/** Where both were before each step and, last, where they ended. Where a run diverged, only as far as it was logged. */
export interface Path {
  readonly run: Run;
  readonly points: readonly Point[];
}

/** Trains with both probed. */
export function pathOf(
  nnc: Workshop,
  file: string,
  names: readonly [x: string, y: string],
  { flags = [], ...rest }: TrainOptions = {},
): Path {
  const run = nnc.train(file, { ...rest, flags: [...flags, ...names.flatMap((name) => ["--probe", name])] });
  const before = run.steps.map(({ probes }): Point => {
    const [x, y] = names.map((name) => probes?.[name]?.mean ?? Number.NaN);
    return [x ?? Number.NaN, y ?? Number.NaN];
  });
  if (run.done === undefined) return { run, points: before };
  const parameters = nnc.parameters(run);
  const [x, y] = names.map((name) => parameters.get(name)?.[0] ?? Number.NaN);
  return { run, points: [...before, [x ?? Number.NaN, y ?? Number.NaN]] };
}
