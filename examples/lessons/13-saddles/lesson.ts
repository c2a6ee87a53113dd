/** A saddle point of two weights one behind the other, and the plateau of a neuron that is sure of the wrong answer. */
import { exact, figure } from "../lib/lesson.ts";
import type { Lesson } from "../lib/lesson.ts";
import type { Mark, Point } from "../lib/panel.ts";
import { pathOf } from "../lib/path.ts";
import type { Path } from "../lib/path.ts";
import { pictureOf } from "../lib/picture.ts";
import type { Run, Workshop } from "../lib/workshop.ts";

const end = 1.6;

/** Where the two weights multiply to this: a curve in each of two quarters of the plane. */
function hyperbola(product: number): readonly (Mark & { kind: "line" })[] {
  const least = Math.abs(product) / end;
  const halves = [1, -1].map((sign) =>
    Array.from({ length: 49 }, (_, at): Point => {
      const first = sign * least * (end / least) ** (at / 48);
      return [first, product / first];
    }),
  );
  return halves.map((points) => ({ kind: "line", points, colour: 7, thick: 0.6 }));
}

const valley = { thick: 4, colour: 5 } as const;

/** Those with the same loss, (product - 1)²; and the two valleys, where it is 0. */
const ground: readonly Mark[] = [
  ...[-1.4, -1, -0.6, -0.3, -0.1, 0.1, 0.3, 0.6, 1.4, 1.8, 2.2].flatMap((product) => hyperbola(product)),
  ...hyperbola(1).map((mark, at): Mark => ({ ...mark, ...valley, ...(at === 0 ? { name: "loss 0" } : {}) })),
];

function walk(nnc: Workshop, label: string, flags: readonly string[] = []): Path {
  return pathOf(nnc, "saddle.nn", ["Chain.first", "Chain.second"], { label, flags });
}

const losses = ({ steps }: Run): readonly Point[] => steps.map(({ step, loss }): Point => [step - 1, loss]);

/** After how many steps the loss is below 0.1. */
function escape({ run }: Path): number {
  return run.steps.findIndex(({ loss }) => loss < 0.1);
}

/** What the neuron says of the side on which it should say 1, before each step. */
function answers(nnc: Workshop, label: string): { readonly run: Run; readonly points: readonly Point[] } {
  const run = nnc.train("plateau.nn", { label, flags: ["--probe", "Switch.weight"] });
  const points = run.steps.map(({ step, probes }): Point => {
    const weight = probes?.["Switch.weight"]?.mean ?? Number.NaN;
    return [step, 1 / (1 + Math.exp(-weight))];
  });
  return { run, points };
}

const offs = [0.1, 0.01, 0.001, 0.0001, 0.00001];

export const lesson: Lesson = {
  summary: "saddle points and plateaus: places where the gradient is nothing, and which way out there is.",
  data: () => ({ "data/same.csv": "x,y\n1,1\n-1,-1\n", "data/sides.csv": "x,is_right\n1,1\n-1,0\n" }),
  run: (nnc) => {
    const plain = walk(nnc, "plain");
    const momentum = walk(nnc, "momentum");
    const rmsprop = walk(nnc, "rmsprop");
    const adam = walk(nnc, "adam");
    const other = walk(nnc, "plain", ["--const", "off=-0.01"]);
    const onIt = walk(nnc, "plain", ["--const", "off=0"]);
    const atZero = walk(nnc, "plain", ["--const", "start=0", "--const", "off=0", "--epochs", "5"]);
    const faster = walk(nnc, "plain", ["--set", "lr=0.2", "--epochs", "100"]);
    const forgetful = walk(nnc, "adam", ["--set", "beta2=0.9"]);
    const nearer = offs.map((off): Point => [off, escape(walk(nnc, "plain", ["--const", `off=${off}`]))]);
    const [tenth, hundredth, , , last] = nearer.map(([, steps]) => steps);
    const [squared, squaredAdam, entropy] = ["squared", "squared_adam", "entropy"].map((label) => answers(nnc, label));
    if (squared === undefined || squaredAdam === undefined || entropy === undefined) throw new Error("three runs, too");
    const sure = (points: readonly Point[]): number => points.findIndex(([, answer]) => answer > 0.9);
    const pull = ({ steps }: Run): number => steps[0]?.probes?.["Switch.weight"]?.gradientNorm ?? Number.NaN;
    const weights = Array.from({ length: 73 }, (_, at) => -9 + at / 4);
    const shown: readonly (Path & { readonly name: string; readonly colour: number })[] = [
      { ...plain, name: "gradient descent", colour: 3 },
      { ...momentum, name: "momentum", colour: 0 },
      { ...rmsprop, name: "RMSprop", colour: 2 },
      { ...adam, name: "Adam", colour: 1 },
    ];
    return {
      figures: {
        "start loss": figure(plain.run.steps[0]?.loss ?? Number.NaN, 2),
        "steps of plain": exact(escape(plain)),
        "steps of momentum": exact(escape(momentum)),
        "steps of rmsprop": exact(escape(rmsprop)),
        "steps of adam": exact(escape(adam)),
        "steps of forgetful": exact(escape(forgetful)),
        "steps of faster": exact(escape(faster)),
        "other first": figure(other.points.at(-1)?.[0] ?? Number.NaN, 2),
        "other second": figure(other.points.at(-1)?.[1] ?? Number.NaN, 2),
        "loss on it": figure(onIt.run.steps.at(-1)?.loss ?? Number.NaN, 3),
        "loss at zero": figure(atZero.run.steps.at(-1)?.loss ?? Number.NaN, 3),
        "steps from a tenth": exact(tenth ?? Number.NaN),
        "steps from a hundredth": exact(hundredth ?? Number.NaN),
        "steps from nearest": exact(last ?? Number.NaN),
        "pull of squared": figure(pull(squared.run), 4),
        "pull of entropy": figure(pull(entropy.run), 3),
        "sure by squared": exact(sure(squared.points)),
        "sure by adam": exact(sure(squaredAdam.points)),
        "sure by entropy": exact(sure(entropy.points)),
      },
      pictures: {
        "saddle.svg": pictureOf("Ways past a saddle point, and how long they stay near it", [
          {
            kind: "chart",
            title: "From the upper left towards the saddle point, and away from it",
            x: { label: "second weight", from: -end, to: end },
            y: { label: "first weight", from: -1.2, to: 1.6 },
            marks: [
              ...ground,
              ...[...shown, { ...other, name: "begun on the other side", colour: 7 }].map(
                ({ points, name, colour }): Mark => ({
                  kind: "line",
                  points: points.map(([first, second]) => [second, first]),
                  name,
                  colour,
                }),
              ),
              { kind: "dots", points: [[0, 0]], colour: 7, ring: true, radius: 4, name: "saddle point" },
            ],
          },
          {
            kind: "chart",
            title: "The loss, step by step",
            x: { label: "step", from: 0, to: 300 },
            y: { label: "loss", from: 0, to: 4 },
            marks: shown.map(({ run, name, colour }): Mark => ({ kind: "line", points: losses(run), name, colour })),
          },
          {
            kind: "chart",
            title: "Steps to a loss below 0.1, by where it begins",
            x: { label: "off: how far beside the line it begins", scale: "log", from: 0.000008, to: 0.13 },
            y: { label: "steps", from: 0, to: 350 },
            marks: [
              { kind: "line", points: nearer, colour: 3 },
              { kind: "dots", points: nearer, colour: 3 },
            ],
          },
        ]),
        "plateau.svg": pictureOf("Two losses of a neuron that is sure of the wrong answer, and how it learns", [
          {
            kind: "chart",
            title: "Two losses over the weight",
            x: { label: "weight", from: -9, to: 9 },
            y: { label: "loss", from: 0, to: 4 },
            marks: [
              {
                kind: "line",
                points: weights.map((weight) => [weight, (1 / (1 + Math.exp(weight))) ** 2]),
                colour: 3,
                name: "squared error",
              },
              {
                kind: "line",
                points: weights.map((weight) => [weight, Math.log1p(Math.exp(-weight))]),
                colour: 2,
                name: "cross-entropy",
              },
            ],
          },
          {
            kind: "chart",
            title: "What the neuron answers where 1 is right",
            x: { label: "step", scale: "log", from: 1, to: 800 },
            y: { label: "answer", from: 0, to: 1 },
            marks: [
              { kind: "line", points: squared.points, colour: 3, name: "squared error" },
              { kind: "line", points: squaredAdam.points, colour: 1, name: "squared error, Adam" },
              { kind: "line", points: entropy.points, colour: 2, name: "cross-entropy" },
            ],
          },
        ]),
      },
    };
  },
};
