/** Learning rates too small, right and too large: on a parabola, where one can reckon it, and on digits, where one must try. */
import { exact, figure, mean, percent } from "../lib/lesson.ts";
import type { Figure, Lesson } from "../lib/lesson.ts";
import type { Chart, Mark, Point } from "../lib/panel.ts";
import { pictureOf } from "../lib/picture.ts";
import type { Run, Workshop } from "../lib/workshop.ts";

/** On the line of slope 1, but for a little; the mean of their squared x is 1, so that the loss bends by 2. */
const dots: readonly Point[] = [
  [-1.4, -1.6],
  [-0.2, 0.1],
  [0.2, 0.1],
  [1.4, 1.4],
];

const lossAt = (weight: number): number => mean(dots.map(([x, y]) => (weight * x - y) ** 2));
const lowest = mean(dots.map(([x, y]) => x * y)) / mean(dots.map(([x]) => x * x));

/** The weight at first and after each of the ten steps. */
function weightsOf(nnc: Workshop, rate: number): readonly number[] {
  const run = nnc.train("bowl.nn", { flags: ["--set", `lr=${rate}`, "--probe", "Slope.weight"] });
  const before = run.steps.map(({ probes }) => probes?.["Slope.weight"]?.mean ?? Number.NaN);
  return [...before, nnc.parameters(run).get("Slope.weight")?.[0] ?? Number.NaN];
}

const [left, right] = [-0.6, 2.7];

function bowl(title: string, weights: readonly number[]): Chart {
  const places = Array.from({ length: 34 }, (_, at) => left + at / 10);
  const path = weights.map((weight): Point => [weight, lossAt(weight)]);
  return {
    kind: "chart",
    title,
    x: { label: "weight", from: left, to: right },
    y: { label: "loss", from: 0, to: 2.5 },
    marks: [
      { kind: "line", points: places.map((weight) => [weight, lossAt(weight)]), colour: 7, thick: 1 },
      { kind: "line", points: path, colour: 1, thick: 1 },
      { kind: "dots", points: path, colour: 1, radius: 2.5 },
    ],
  };
}

/** Those of the digits that are drawn as curves have a colour. */
const rates = [
  { rate: 0.001, colour: 7 },
  { rate: 0.01, colour: 0 },
  { rate: 0.03 },
  { rate: 0.1, colour: 2 },
  { rate: 0.3 },
  { rate: 0.6, colour: 3 },
  { rate: 1 },
  { rate: 2, colour: 1 },
] as const;

const lossOf = (run: Run): number => Number(run.done?.train.loss);

export const lesson: Lesson = {
  summary: "learning rates too small, right and too large, on a parabola and on digits.",
  data: () => ({ "data/dots.csv": ["x,y", ...dots.map((dot) => dot.join(",")), ""].join("\n") }),
  run: (nnc) => {
    const small = weightsOf(nnc, 0.05);
    const good = weightsOf(nnc, 0.4);
    const high = weightsOf(nnc, 0.95);
    const tooHigh = weightsOf(nnc, 1.05);
    const digits = rates.map((one) => ({
      ...one,
      run: nnc.train("digits.nn", { flags: ["--set", `lr=${one.rate}`] }),
    }));
    const patience = nnc.train("digits.nn", { flags: ["--set", "lr=0.01", "--epochs", "100"] });
    const oneStep = nnc.train("bowl.nn", { flags: ["--set", "lr=0.5"] });
    const best = digits.reduce((one, other) => (lossOf(other.run) < lossOf(one.run) ? other : one));
    const after10 = digits.map(({ rate, run }): Point => [rate, lossOf(run)]);
    const apart = (weights: readonly number[]): number => Math.abs((weights.at(-1) ?? 0) - lowest);
    const scores: readonly (readonly [string, Figure])[] = digits.flatMap(({ rate, run }) => [
      [`loss of ${rate}`, figure(lossOf(run), 2)],
      [`accuracy of ${rate}`, percent(Number(run.done?.holdout?.accuracy), 1)],
    ]);
    return {
      figures: {
        lowest: figure(lowest, 3),
        "apart at first": figure(apart(small.slice(0, 1)), 2),
        "apart of small": figure(apart(small), 2),
        "apart of good": figure(apart(good), 4),
        "apart of high": figure(apart(high), 2),
        "apart of too high": figure(apart(tooHigh), 2),
        "least loss": figure(oneStep.steps[1]?.loss ?? Number.NaN, 4),
        "loss of patience": figure(lossOf(patience), 2),
        "best rate": exact(best.rate),
        ...Object.fromEntries(scores),
      },
      pictures: {
        "bowl.svg": pictureOf(
          "Ten steps on a parabola with four learning rates",
          [
            bowl("0.05: too small", small),
            bowl("0.4: right", good),
            bowl("0.95: too large", high),
            bowl("1.05: lost", tooHigh),
          ],
          2,
        ),
        "digits.svg": pictureOf("What the learning rate does to a network that reads digits", [
          {
            kind: "chart",
            title: "The loss of digits, epoch by epoch",
            x: { label: "epoch", from: 1, to: 10 },
            y: { label: "training loss", scale: "log", from: 0.009, to: 5 },
            marks: digits.flatMap(({ rate, run, ...drawn }): readonly Mark[] => {
              if (!("colour" in drawn)) return [];
              const points = run.epochs.map(({ epoch, train }): Point => [epoch, Number(train.loss)]);
              return [{ kind: "line", points, colour: drawn.colour, name: `rate ${rate}` }];
            }),
          },
          {
            kind: "chart",
            title: "The loss after ten epochs, by the learning rate",
            x: { label: "learning rate", scale: "log", from: 0.0008, to: 3 },
            y: { label: "training loss", scale: "log", from: 0.009, to: 5 },
            marks: [
              { kind: "line", points: after10, colour: 0 },
              { kind: "dots", points: after10, colour: 0 },
            ],
          },
        ]),
      },
    };
  },
};
