/** A neuron learns the price of a taxi ride, with and without its bias. */
import { randomFrom } from "../../../scripts/lib/random.mjs";
import { exact, figure } from "../lib/lesson.ts";
import type { Lesson } from "../lib/lesson.ts";
import type { Point } from "../lib/panel.ts";
import { pictureOf } from "../lib/picture.ts";
import type { Run, Workshop } from "../lib/workshop.ts";

/** What the rides were drawn from: the price of a kilometre, and what is paid for getting in. */
const [perKilometre, forGettingIn] = [2, 4];

/** Distances and prices, the latter up to 1.5 beside the line. */
function rides(): readonly Point[] {
  const random = randomFrom(1);
  return Array.from({ length: 20 }, () => {
    const distance = 1 + 9 * random();
    const price = forGettingIn + perKilometre * distance + 3 * random() - 1.5;
    return [Number(distance.toFixed(1)), Number(price.toFixed(1))];
  });
}

/** The neuron's two numbers after so many epochs; 0 before the first. */
function after(nnc: Workshop, epochs: number): { readonly weight: number; readonly bias: number; readonly run: Run } {
  const run = nnc.train("neuron.nn", { flags: ["--epochs", String(epochs)] });
  const parameters = nnc.parameters(run);
  return { weight: parameters.get("Fare.weight")?.[0] ?? 0, bias: parameters.get("Fare.bias")?.[0] ?? 0, run };
}

const distances = { from: 0, to: 11 };

function lineOf(weight: number, bias: number): readonly Point[] {
  return [0, distances.to].map((distance) => [distance, weight * distance + bias]);
}

export const lesson: Lesson = {
  summary: "a weight, a bias and a few rides in a taxi: what it means that numbers are learnt.",
  data: () => ({ "data/rides.csv": ["distance,price", ...rides().map((ride) => ride.join(",")), ""].join("\n") }),
  run: (nnc) => {
    const [one, ten, last] = [1, 10, 1000].map((epochs) => after(nnc, epochs));
    const bare = nnc.train("no-bias.nn");
    if (one === undefined || ten === undefined || last === undefined) throw new Error("three runs were asked for");
    const large = nnc.train("neuron.nn", { flags: ["--set", "lr=0.05", "--epochs", "3"] });
    const small = nnc.train("neuron.nn", { flags: ["--set", "lr=0.002"] });
    const slope = nnc.parameters(bare).get("Fare.weight")?.[0] ?? 0;
    const loss = (run: Run) => Number(run.done?.train.loss);
    const first = last.run.steps[0]?.loss ?? 0;
    return {
      figures: {
        rides: exact(rides().length),
        "weight after 1": figure(one.weight, 2),
        "weight after 10": figure(ten.weight, 2),
        "bias after 10": figure(ten.bias, 2),
        weight: figure(last.weight, 2),
        bias: figure(last.bias, 2),
        "price of 8": figure(8 * last.weight + last.bias, 2),
        "first loss": figure(first, 1),
        loss: figure(loss(last.run), 2),
        "loss without bias": figure(loss(bare), 2),
        "weight without bias": figure(slope, 2),
        "bias of small steps": figure(nnc.parameters(small).get("Fare.bias")?.[0] ?? 0, 2),
      },
      texts: {
        "losses of large steps": large.steps.map((step) => step.loss.toFixed(0)).join(", "),
      },
      pictures: {
        "neuron.svg": pictureOf("Prices of rides, and what the neuron says of them as it learns", [
          {
            kind: "chart",
            title: "What the neuron says, as it learns",
            x: { label: "kilometres", ...distances },
            y: { label: "price", from: 0, to: 30 },
            marks: [
              { kind: "line", points: lineOf(one.weight, one.bias), colour: 4, dashed: true, name: "after 1 epoch" },
              { kind: "line", points: lineOf(slope, 0), colour: 1, dashed: true, name: "after 1000, without bias" },
              { kind: "line", points: lineOf(last.weight, last.bias), colour: 0, name: "after 1000 epochs" },
              { kind: "dots", points: rides(), colour: 7, name: "rides" },
            ],
          },
          {
            kind: "chart",
            title: "The loss, epoch by epoch",
            x: { label: "epoch", scale: "log", from: 1, to: 1000 },
            y: { label: "mean squared error", scale: "log" },
            marks: [
              {
                kind: "line",
                points: last.run.steps.map(({ step, loss: now }) => [step, now]),
                colour: 0,
                name: "with bias",
              },
              {
                kind: "line",
                points: bare.steps.map(({ step, loss: now }) => [step, now]),
                colour: 1,
                dashed: true,
                name: "without",
              },
            ],
          },
        ]),
      },
    };
  },
};
