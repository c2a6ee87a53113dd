/** Ten layers that begin in three ways: what becomes of the spread of their outputs, of their gradients, and of the loss. */
import { figure, percent } from "../lib/lesson.ts";
import type { Figure, Lesson } from "../lib/lesson.ts";
import type { Mark, Point } from "../lib/panel.ts";
import { pictureOf } from "../lib/picture.ts";
import type { Run, Workshop } from "../lib/workshop.ts";

const layers = Array.from({ length: 10 }, (_, at) => at);
const kinds = [
  { label: "Small", name: "0.001 random", colour: 1 },
  { label: "Xavier", name: "Xavier, tanh", colour: 3 },
  { label: "He", name: "He, ReLU", colour: 0 },
] as const;

interface Begun {
  readonly run: Run;
  readonly spreads: readonly number[];
  readonly gradients: readonly number[];
}

/** A run, and what the first step showed of each layer: the spread of its sums, and the norm of their gradient. */
function begun(nnc: Workshop, label: string, flags: readonly string[] = []): Begun {
  const paths = layers.map((at) => `${label}.repeat.${at}.dense`);
  const probing = paths.flatMap((path) => ["--probe", path]);
  const run = nnc.train("depth.nn", { label, flags: [...flags, ...probing] });
  const probes = paths.map((path) => run.steps[0]?.probes?.[path]);
  return {
    run,
    spreads: probes.map((one) => one?.spread ?? Number.NaN),
    gradients: probes.map((one) => one?.gradientNorm ?? Number.NaN),
  };
}

function marksOf(all: readonly Begun[], points: (one: Begun) => readonly Point[]): readonly Mark[] {
  return kinds.map(({ name, colour }, at) => {
    const one = all[at];
    return { kind: "line", points: one === undefined ? [] : points(one), colour, name };
  });
}

/** As powers of ten are written. */
function small(value: number): Figure {
  const [digits, power = ""] = value.toExponential(1).split("e-");
  const raised = power.replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)] ?? "");
  return { value, shown: `${digits} · 10⁻${raised}`, within: Math.abs(value) / 20 };
}

export const lesson: Lesson = {
  summary:
    "how weights begin decides whether a deep network learns at all: too small, and nothing comes through ten layers.",
  run: (nnc) => {
    const all = kinds.map(({ label }) => begun(nnc, label));
    const fitting = begun(nnc, "Small", ["--const", "scale=0.18"]);
    const large = begun(nnc, "Small", ["--const", "scale=1", "--epochs", "1"]);
    const [dying, xavier, he] = all;
    if (dying === undefined || xavier === undefined || he === undefined) throw new Error("three kinds were run");
    const right = ({ run }: Begun) => percent(Number(run.done?.train["accuracy"]), 1);
    const lossOf = ({ run }: Begun) => Number(run.done?.train.loss);
    const first = ({ spreads }: Begun) => spreads[0] ?? Number.NaN;
    const last = ({ spreads }: Begun) => spreads[9] ?? Number.NaN;
    const byLayer = (values: readonly number[]): readonly Point[] => values.map((value, at) => [at + 1, value]);
    return {
      figures: {
        "small, layer 1": figure(first(dying), 4),
        "small, layer 2": figure(dying.spreads[1] ?? Number.NaN, 6),
        "small, layer 10": small(last(dying)),
        "small, gradient": small(dying.gradients[0] ?? Number.NaN),
        "xavier, layer 1": figure(first(xavier), 2),
        "xavier, layer 10": figure(last(xavier), 2),
        "he, layer 1": figure(first(he), 2),
        "he, layer 10": figure(last(he), 2),
        "large, layer 10": { ...figure(last(large), 0), shown: `${Math.round(last(large) / 1e6)} million` },
        "loss of small": figure(lossOf(dying), 3),
        "loss of xavier": figure(lossOf(xavier), 3),
        "loss of he": figure(lossOf(he), 3),
        "loss of fitting": figure(lossOf(fitting), 3),
        "right of small": right(dying),
        "right of xavier": right(xavier),
        "right of he": right(he),
        "right of fitting": right(fitting),
      },
      pictures: {
        "depth.svg": pictureOf("Ten layers, begun in three ways: spread of sums, size of gradients, loss", [
          {
            kind: "chart",
            title: "Spread of a layer's sums, before the first step",
            x: { label: "layer", from: 1, to: 10 },
            y: { label: "spread", scale: "log", from: 1e-24, to: 1000 },
            marks: marksOf(all, ({ spreads }) => byLayer(spreads)),
          },
          {
            kind: "chart",
            title: "Size of the gradient that comes back to it",
            x: { label: "layer", from: 1, to: 10 },
            y: { label: "norm", scale: "log", from: 1e-24, to: 1000 },
            marks: marksOf(all, ({ gradients }) => byLayer(gradients)),
          },
          {
            kind: "chart",
            title: "The loss, step by step (smoothed)",
            x: { label: "step", from: 1, to: 290 },
            y: { label: "loss", from: 0, to: 2.5 },
            marks: marksOf(all, ({ run }) => run.steps.map(({ step, average }) => [step, average])),
          },
        ]),
      },
    };
  },
};
