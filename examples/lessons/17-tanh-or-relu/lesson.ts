/** Four convolutions on pictures of clothes with sigmoids, tanh and ReLU: how many steps each needs to one loss, and what reaches the first layer. */
import { exact, figure, percent } from "../lib/lesson.ts";
import type { Lesson } from "../lib/lesson.ts";
import type { Point } from "../lib/panel.ts";
import { pictureOf } from "../lib/picture.ts";
import { tableOf } from "../lib/table.ts";
import type { Workshop } from "../lib/workshop.ts";

const kinds = [
  { model: "Sigmoid", name: "sigmoid", colour: 1 },
  { model: "Tanh", name: "tanh", colour: 2 },
  { model: "Relu", name: "ReLU", colour: 0 },
] as const;

interface Watched {
  /** The average of the loss by step. */
  readonly losses: readonly Point[];
  /** The norm of the gradient of the first convolution's filters by step. */
  readonly gradients: readonly Point[];
  readonly holdout: readonly Point[];
}

async function watch(nnc: Workshop, model: string): Promise<Watched> {
  const losses: Point[] = [];
  const gradients: Point[] = [];
  const holdout: Point[] = [];
  const filters = `${model}.classifier.hidden.conv2d.w`;
  const network = await nnc.watch("cnn.nn", { compiling: { train: model, probes: [filters] } }, (event) => {
    if (event.event === "step") {
      losses.push([event.step, event.average]);
      gradients.push([event.step, event.probes?.[filters]?.gradientNorm ?? Number.NaN]);
    }
    if (event.event === "epoch") holdout.push([event.epoch, 1 - Number(event.holdout?.accuracy)]);
  });
  network.close();
  return { losses, gradients, holdout };
}

export const lesson: Lesson = {
  summary: "sigmoids, tanh and ReLU in the same four convolutions: how many times sooner to one loss, and why.",
  run: async (nnc) => {
    const runs = {
      Sigmoid: await watch(nnc, "Sigmoid"),
      Tanh: await watch(nnc, "Tanh"),
      Relu: await watch(nnc, "Relu"),
    };
    const level = 1;
    const stepsOf = (model: keyof typeof runs) =>
      runs[model].losses.find(([, loss]) => loss <= level)?.[0] ?? Number.NaN;
    const first = (model: keyof typeof runs) => runs[model].gradients[0]?.[1] ?? Number.NaN;
    const table = kinds.map(({ model, name }) => {
      const { losses, holdout } = runs[model];
      const error = `${(100 * (holdout.at(-1)?.[1] ?? Number.NaN)).toFixed(0)} %`;
      return [name, stepsOf(model), losses.at(-1)?.[1].toFixed(2) ?? "", error];
    });
    const head = ["activation", `steps to a loss of ${level}`, "loss after all", "wrong on the hold-out"];
    return {
      figures: {
        level: exact(level),
        "ReLU sooner than sigmoid": figure(stepsOf("Sigmoid") / stepsOf("Relu"), 1),
        "ReLU sooner than tanh": figure(stepsOf("Tanh") / stepsOf("Relu"), 1),
        "gradient with sigmoid": figure(first("Sigmoid"), 4),
        "gradient with tanh": figure(first("Tanh"), 2),
        "gradient with ReLU": figure(first("Relu"), 2),
        "wrong with ReLU": percent(runs.Relu.holdout.at(-1)?.[1] ?? Number.NaN),
        "wrong with tanh": percent(runs.Tanh.holdout.at(-1)?.[1] ?? Number.NaN),
      },
      texts: { table: tableOf(head, table) },
      pictures: {
        "losses.svg": pictureOf("Loss and first-layer gradient of four convolutions with three activations", [
          {
            kind: "chart",
            title: "Loss of the training rows, averaged over the last steps",
            x: { label: "step", from: 0, to: 232 },
            y: { label: "cross-entropy", from: 0, to: 2.5 },
            marks: [
              { kind: "rule", y: level },
              ...kinds.map(
                ({ model, name, colour }) => ({ kind: "line", points: runs[model].losses, colour, name }) as const,
              ),
            ],
          },
          {
            kind: "chart",
            title: "What reaches the first filters",
            x: { label: "step", from: 0, to: 232 },
            y: { label: "norm of the gradient", scale: "log" },
            marks: kinds.map(
              ({ model, name, colour }) =>
                ({ kind: "line", points: runs[model].gradients, colour, name, thick: 1.2 }) as const,
            ),
          },
        ]),
      },
    };
  },
};
