/** The norm of all gradients together over the epochs: its mean, its largest, and dashed the bound of `clip_norm`. */
import type { EpochEvent, Norms, NormValues } from "../../runtime/train/index.ts";
import type { Curve, CurvePanel, Point } from "../plot/panel.ts";
import type { History } from "./history.ts";

/** A step of a run. */
interface Line {
  /** The run among several, and the step where it has a name. */
  readonly name: string;
  readonly step: string;
  readonly epochs: readonly EpochEvent[];
}

/** Empty where no norm was told. */
export function normPanels(runs: readonly History[]): readonly CurvePanel[] {
  const lines = linesOf(runs);
  if (lines.length === 0) return [];
  const curves = lines.flatMap((line, at) => curvesOf(line, at, at + lines.length));
  return [{ kind: "curves", title: "gradient norm", xLabel: "epoch", curves, legend: true }];
}

function linesOf(runs: readonly History[]): readonly Line[] {
  return runs.flatMap(({ epochs, label }) => {
    const steps = new Set(epochs.flatMap(({ norms }) => Object.keys(norms ?? {})));
    return [...steps].map((step) => {
      const names = [...(runs.length > 1 ? [label] : []), ...(step === "main" ? [] : [step])];
      return { name: names.join(": "), step, epochs };
    });
  });
}

function curvesOf({ name, step, epochs }: Line, own: number, beside: number): readonly Curve[] {
  const curve = (statistic: keyof NormValues, called: string, colour: number, secondary = false): Curve => ({
    name: name === "" ? called : `${name}, ${called}`,
    colour,
    secondary,
    points: epochs.map((event): Point => [event.epoch, valueOf(event.norms, step, statistic)]),
  });
  const limit = curve("limit", "clip_norm", own, true);
  return [
    curve("mean", "mean", own),
    curve("largest", "largest", beside),
    ...(limit.points.some(([, bound]) => Number.isFinite(bound)) ? [limit] : []),
  ];
}

/** NaN where an epoch has no such number: a log may be of a run without, or changed by anybody. */
function valueOf(norms: Norms | undefined, step: string, statistic: keyof NormValues): number {
  const values = new Map<string, Partial<NormValues> | null>(Object.entries(norms ?? {})).get(step);
  const value: unknown = values?.[statistic];
  return typeof value === "number" ? value : NaN;
}
