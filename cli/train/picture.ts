/** Runs as panels: the loss in training and on the hold-out, a panel for each metric, what was probed, and matrices of a single run. */
import type { MetricValue } from "../../runtime/load/index.ts";
import type { Curve, CurvePanel, MatrixPanel, Panel, Point } from "../plot/panel.ts";
import { scalarNames, scoreOf } from "./history.ts";
import type { History } from "./history.ts";
import { probePanels } from "./probes.ts";

/** The panels of curves; with several runs, each has its colour in all of them, and training has a panel of its own. */
export function curvePanels(runs: readonly History[]): readonly CurvePanel[] {
  const metrics = scalarNames(runs.flatMap(({ epochs }) => epochs.map(({ holdout }) => holdout)));
  const several = runs.length > 1;
  const held = runs.some(({ epochs }) => epochs.some(({ holdout }) => holdout !== null));
  const losses =
    !several || !held
      ? [
          panel(
            "loss",
            runs.flatMap((run, at) => lossCurves(run, at, several)),
          ),
        ]
      : [
          panel(
            "loss on the hold-out",
            runs.flatMap((run, at) => holdoutCurve(run, "loss", run.label, at)),
          ),
          panel(
            "training loss",
            runs.map((run, at) => trainingCurve(run, run.label, at, false)),
          ),
        ];
  const others = metrics.map((name, index) =>
    panel(
      `${name.replaceAll("_", " ")} on the hold-out`,
      runs.flatMap((run, at) => holdoutCurve(run, name, run.label, several ? at : index + 1)),
      several,
    ),
  );
  return [...losses, ...others, ...probePanels(runs)];
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
function lossCurves(run: History, colour: number, several: boolean): readonly Curve[] {
  const holdout = holdoutCurve(run, "loss", "hold-out", colour);
  return [trainingCurve(run, several ? run.label : "training", colour, holdout.length > 0), ...holdout];
}

function trainingCurve({ epochs }: History, name: string, colour: number, secondary: boolean): Curve {
  return { name, colour, secondary, points: epochs.map(({ epoch, train }): Point => [epoch, scoreOf(train, "loss")]) };
}

/** None where the run has no such score. */
function holdoutCurve({ epochs }: History, score: string, name: string, colour: number): readonly Curve[] {
  const points = epochs.flatMap(({ epoch, holdout }): readonly Point[] =>
    holdout === null || !Object.hasOwn(holdout, score) ? [] : [[epoch, scoreOf(holdout, score)]],
  );
  return points.length === 0 ? [] : [{ name, colour, secondary: false, points }];
}

function matrices({ done }: History, classes: readonly string[]): readonly MatrixPanel[] {
  const scores = done?.holdout ?? done?.train ?? {};
  return Object.entries(scores).flatMap(([name, value]) => {
    const rows = rowsOf(value);
    if (rows === undefined) return [];
    const names = rows.map((_, at) => classes[at] ?? String(at));
    return [
      {
        kind: "matrix" as const,
        title: name.replaceAll("_", " "),
        rowLabel: "target",
        columnLabel: "predicted",
        names,
        rows,
      },
    ];
  });
}

function rowsOf(value: MetricValue): readonly (readonly number[])[] | undefined {
  if (typeof value === "number") return undefined;
  const [height = 0, width = 0, ...more] = value.shape;
  if (value.shape.length !== 2 || more.length > 0) return undefined;
  return Array.from({ length: height }, (_, row) => [...value.data.subarray(row * width, (row + 1) * width)]);
}
