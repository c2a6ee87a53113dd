/** Runs as panels: the losses in training and on the hold-out, a panel for each metric, what was probed, and matrices of a single run. */
import type { Curve, CurvePanel, MatrixPanel, Panel, Point } from "../plot/panel.ts";
import { matrixOf, shapedScores } from "./figures.ts";
import { scalarNames, scoreOf } from "./history.ts";
import type { History } from "./history.ts";
import { normPanels } from "./norms.ts";
import { probePanels } from "./probes.ts";

/** A loss of a run as its curves are called: by the run among several, by the step where it has several. */
interface Loss {
  readonly run: History;
  readonly score: string;
  readonly name: string;
}

/** Points of a curve of steps that are drawn. */
const mostPoints = 400;

/** The panels of curves, norms of gradients and what was probed included. */
export function curvePanels(runs: readonly History[]): readonly CurvePanel[] {
  return [...scorePanels(runs), ...normPanels(runs), ...probePanels(runs)];
}

/** Losses and metrics; with several runs, each has its colour in all of them, and training has a panel of its own. */
export function scorePanels(runs: readonly History[]): readonly CurvePanel[] {
  const several = runs.length > 1;
  const losses = runs.flatMap((run) =>
    run.losses.map((score): Loss => ({ run, score, name: lossName(run, score, several) })),
  );
  const held = runs.some(({ epochs }) => epochs.some(({ holdout }) => holdout !== null));
  const panels =
    !several || !held
      ? [panel(losses.length > runs.length ? "losses" : "loss", losses.flatMap(bothCurves))]
      : [
          panel(
            "loss on the hold-out",
            losses.flatMap((loss, at) => holdoutCurve(loss, loss.name, at)),
          ),
          panel(
            "training loss",
            losses.map((loss, at) => trainingCurve(loss, loss.name, at, false)),
          ),
        ];
  const metrics = scalarNames(
    runs.flatMap(({ epochs }) => epochs.map(({ holdout }) => holdout)),
    losses.map(({ score }) => score),
  );
  const others = metrics.map((score, index) =>
    panel(
      `${score.replaceAll("_", " ")} on the hold-out`,
      runs.flatMap((run, at) => holdoutCurve({ run, score }, run.label, several ? at : index + 1)),
      several,
    ),
  );
  const best = several ? undefined : bestEpochOf(runs[0]);
  return [...panels, ...others].map((one) =>
    best === undefined ? one : { ...one, mark: { x: best, label: `best: ${best}` } },
  );
}

/** The epoch with the lowest loss on the hold-out, else in training; none where there is nothing to choose from. */
export function bestEpochOf(run: History | undefined): number | undefined {
  const epochs = run?.epochs ?? [];
  return epochs.length < 2 ? undefined : epochs.findLast(({ best }) => best)?.epoch;
}

/** Step by step: the losses as averages that follow them, and the learning rate of the first step, where it is told. */
export function stepPanels({ steps, losses }: History): readonly CurvePanel[] {
  const stride = Math.max(1, Math.ceil(steps.length / mostPoints));
  const kept = steps.filter((_, at) => at % stride === 0 || at === steps.length - 1);
  if (kept.length < 2) return [];
  const curve = (name: string, colour: number, points: readonly Point[]): Curve => ({
    name,
    colour,
    secondary: false,
    points,
  });
  const averages = losses.map((name, at) =>
    curve(
      name,
      at,
      kept.map(({ step, average, averages: all }): Point => [step, scoreOf({ loss: average, ...all }, name)]),
    ),
  );
  const rates = kept.flatMap(({ step, lr }): readonly Point[] => (lr === undefined ? [] : [[step, lr]]));
  const several = losses.length > 1;
  const base = { kind: "curves", xLabel: "step" } as const;
  return [
    {
      ...base,
      title: several ? "losses, step by step (averaged)" : "loss, step by step (averaged)",
      curves: averages,
      legend: several,
    },
    ...(rates.length < 2
      ? []
      : [
          {
            ...base,
            title: several ? `learning rate of ${losses[0] ?? "the first step"}` : "learning rate",
            curves: [curve("learning rate", several ? 0 : 2, rates)],
            legend: false,
          },
        ]),
  ];
}

function lossName({ label, losses }: History, score: string, several: boolean): string {
  if (losses.length === 1) return several ? label : "";
  return several ? `${label}: ${score}` : score;
}

function panel(title: string, curves: readonly Curve[], legend = true): CurvePanel {
  return { kind: "curves", title, xLabel: "epoch", curves, legend };
}

/** All panels of a picture. `classes` are the names of a matrix's rows. */
export function panelsOf(runs: readonly History[], classes: readonly string[]): readonly Panel[] {
  const [only, ...others] = runs;
  return [...curvePanels(runs), ...(only === undefined || others.length > 0 ? [] : matrices(only, classes))];
}

/** Training dashed beside the hold-out, or alone. */
function bothCurves(loss: Loss, colour: number): readonly Curve[] {
  const called = (side: string): string => (loss.name === "" ? side : `${loss.name}, ${side}`);
  const holdout = holdoutCurve(loss, called("hold-out"), colour);
  const alone = holdout.length === 0 && loss.name !== "";
  return [trainingCurve(loss, alone ? loss.name : called("training"), colour, holdout.length > 0), ...holdout];
}

function trainingCurve({ run: { epochs }, score }: Loss, name: string, colour: number, secondary: boolean): Curve {
  return { name, colour, secondary, points: epochs.map(({ epoch, train }): Point => [epoch, scoreOf(train, score)]) };
}

/** None where the run has no such score. */
function holdoutCurve(
  { run: { epochs }, score }: Pick<Loss, "run" | "score">,
  name: string,
  colour: number,
): readonly Curve[] {
  const points = epochs.flatMap(({ epoch, holdout }): readonly Point[] =>
    holdout === null || !Object.hasOwn(holdout, score) ? [] : [[epoch, scoreOf(holdout, score)]],
  );
  return points.length === 0 ? [] : [{ name, colour, secondary: false, points }];
}

function matrices({ done }: History, classes: readonly string[]): readonly MatrixPanel[] {
  return shapedScores(done?.holdout ?? done?.train ?? {}).flatMap(({ name, value }) => {
    const matrix = matrixOf(value, classes);
    return matrix === undefined ? [] : [{ kind: "matrix" as const, title: name.replaceAll("_", " "), ...matrix }];
  });
}
