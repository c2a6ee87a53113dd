/** Runs as panels: the loss in training and on the hold-out, a panel for each metric, and matrices of a single run. */
import type { MetricValue } from "../../runtime/load/index.ts";
import type { Curve, CurvePanel, MatrixPanel, Panel, Point } from "../plot/panel.ts";
import { scalarNames, scoreOf } from "./history.ts";
import type { History } from "./history.ts";

/** The panels of curves; with several runs, each has its colour in all of them. */
export function curvePanels(runs: readonly History[]): readonly CurvePanel[] {
  const metrics = scalarNames(runs.flatMap(({ epochs }) => epochs.map(({ holdout }) => holdout)));
  const loss: CurvePanel = { kind: "curves", title: "loss", xLabel: "epoch", curves: runs.flatMap((run, index) => lossCurves(run, index, runs.length > 1)) };
  return [loss, ...metrics.map((name, index): CurvePanel => ({
    kind: "curves",
    title: `${name.replaceAll("_", " ")} on the hold-out`,
    xLabel: "epoch",
    curves: runs.flatMap((run, at) => metricCurve(run, name, runs.length > 1 ? at : index + 1)),
  }))];
}

/** All panels of a picture. `classes` are the names of a matrix's rows. */
export function panelsOf(runs: readonly History[], classes: readonly string[]): readonly Panel[] {
  const [only, ...others] = runs;
  return [...curvePanels(runs), ...(only === undefined || others.length > 0 ? [] : matrices(only, classes))];
}

function lossCurves({ label, epochs }: History, colour: number, several: boolean): readonly Curve[] {
  const prefix = several ? `${label}, ` : "";
  const training = epochs.map(({ epoch, train }): Point => [epoch, scoreOf(train, "loss")]);
  const holdout = epochs.flatMap(({ epoch, holdout: scores }): readonly Point[] => (scores === null ? [] : [[epoch, scoreOf(scores, "loss")]]));
  const alone = holdout.length === 0;
  return [
    { name: alone && several ? label : `${prefix}training`, colour, secondary: !alone, points: training },
    ...(alone ? [] : [{ name: several ? label : "hold-out", colour, secondary: false, points: holdout }]),
  ];
}

function metricCurve({ label, epochs }: History, name: string, colour: number): readonly Curve[] {
  const points = epochs.flatMap(({ epoch, holdout }): readonly Point[] => (holdout === null || !Object.hasOwn(holdout, name) ? [] : [[epoch, scoreOf(holdout, name)]]));
  return points.length === 0 ? [] : [{ name: label, colour, secondary: false, points }];
}

function matrices({ done }: History, classes: readonly string[]): readonly MatrixPanel[] {
  const scores = done?.holdout ?? done?.train ?? {};
  return Object.entries(scores).flatMap(([name, value]) => {
    const rows = rowsOf(value);
    if (rows === undefined) return [];
    const names = rows.map((_, at) => classes[at] ?? String(at));
    return [{ kind: "matrix" as const, title: name.replaceAll("_", " "), rowLabel: "target", columnLabel: "predicted", names, rows }];
  });
}

function rowsOf(value: MetricValue): readonly (readonly number[])[] | undefined {
  if (typeof value === "number") return undefined;
  const [height = 0, width = 0, ...more] = value.shape;
  if (value.shape.length !== 2 || more.length > 0) return undefined;
  return Array.from({ length: height }, (_, row) => [...value.data.subarray(row * width, (row + 1) * width)]);
}
