/** A network of sigmoids with and without batch normalisation, and what stands for a minibatch's mean and variance when nobody trains. */
import { readFileSync } from "node:fs";
import { exact, figure, percent } from "../lib/lesson.ts";
import type { Lesson } from "../lib/lesson.ts";
import type { Mark, Point } from "../lib/panel.ts";
import { pictureOf } from "../lib/picture.ts";
import { tableOf } from "../lib/table.ts";
import type { Run, Workshop } from "../lib/workshop.ts";

const labels = ["Off", "Average", "Epoch", "Batch"] as const;
const normalised = ["Average", "Epoch", "Batch"] as const;
type Label = (typeof labels)[number];

const looks: Readonly<Record<Label, { readonly colour: number; readonly name: string }>> = {
  Off: { colour: 1, name: "off" },
  Average: { colour: 0, name: '"average"' },
  Epoch: { colour: 2, name: '"epoch"' },
  Batch: { colour: 3, name: '"batch"' },
};

function accuracies(run: Run): readonly Point[] {
  return run.epochs.map(({ epoch, holdout }): Point => [epoch, Number(holdout?.accuracy)]);
}

const digits = "../../digits/data/digits.csv";
/** Its first three rows, a 0, a 1 and a 2, without the column that says so. */
const threeRows = [
  "0,0,5,13,9,1,0,0,0,0,13,15,10,15,5,0,0,3,15,2,0,11,8,0,0,4,12,0,0,8,8,0,0,5,8,0,0,9,8,0,0,4,11,0,1,12,7,0,0,2,14,5,10,12,0,0,0,0,6,13,10,0,0,0",
  "0,0,0,12,13,5,0,0,0,0,0,11,16,9,0,0,0,0,3,15,16,6,0,0,0,7,15,16,16,2,0,0,0,0,1,16,16,3,0,0,0,0,1,16,16,6,0,0,0,0,1,16,16,6,0,0,0,0,0,11,16,10,0,0",
  "0,0,0,4,15,12,0,0,0,0,3,16,15,14,0,0,0,0,8,13,8,16,0,0,0,0,1,6,15,11,0,0,0,1,8,13,15,1,0,0,0,9,16,16,5,0,0,0,0,3,13,16,16,11,5,0,0,0,0,3,11,16,9,0",
];
const pixelNames = Array.from({ length: 64 }, (_, at) => `p${at}`).join(",");

const shownSteps = 72;
const keep = 0.9;

interface Statistics {
  readonly means: readonly Point[];
  readonly averages: readonly Point[];
}

/** What one unit of the third layer sees: the mean of each minibatch, told by how the running average moved, and that average. */
async function statisticsOf(nnc: Workshop): Promise<Statistics> {
  const means: Point[] = [];
  const averages: Point[] = [[0, 0]];
  const network = await nnc.watch(
    "batch_norm.nn",
    { compiling: { train: "Average" }, epochs: 3 },
    (event, { state }) => {
      if (event.event !== "step") return;
      const [, before] = averages.at(-1) ?? [0, 0];
      const now = state.get("Average.classifier.repeat.2.hidden.batch_norm.running_mean")?.data[4] ?? Number.NaN;
      means.push([event.step, (now - keep * before) / (1 - keep)]);
      averages.push([event.step, now]);
    },
  );
  network.close();
  return { means, averages };
}

/** The first rows of the file: pixels as the network reads them, and digits. */
function firstRows(
  folder: string,
  count: number,
): { readonly pixels: readonly number[][]; readonly digits: readonly number[] } {
  const lines = readFileSync(`${folder}/${digits}`, "utf8")
    .split("\n")
    .slice(1, count + 1);
  const numbers = lines.map((line) => line.split(",").map(Number));
  return {
    pixels: numbers.map((row) => row.slice(0, 64).map((pixel) => pixel / 16)),
    digits: numbers.map((row) => row[64] ?? -1),
  };
}

interface Asked {
  readonly together: number;
  readonly alone: number;
  /** The class that the second row alone gets, which is a 1. */
  readonly second: number;
}

/** The share of rows that are said right, all at once and each alone. */
async function togetherAndAlone(nnc: Workshop, label: Label, run: Run): Promise<Asked> {
  const { pixels, digits: truth } = firstRows(nnc.folder, 300);
  const asked = { run, model: label, compiling: { train: label } };
  const classOf = (scores: readonly number[]) => scores.indexOf(Math.max(...scores));
  const right = (all: readonly (readonly number[])[]) =>
    all.filter((scores, at) => classOf(scores) === truth[at]).length / truth.length;
  const together = await nnc.outputs("batch_norm.nn", asked, { image: pixels });
  const network = await nnc.network(
    "batch_norm.nn",
    { train: label, bounds: { N: 1 } },
    { parameters: readFileSync(run.params) },
  );
  const alone: (readonly number[])[] = [];
  for (const image of pixels) {
    const [scores] = await network.predict(label, { image: Float32Array.from(image) });
    alone.push(Array.from(scores?.data ?? []));
  }
  network.close();
  return { together: right(together), alone: right(alone), second: classOf(alone[1] ?? []) };
}

export const lesson: Lesson = {
  summary:
    "each layer's sums are brought to mean 0 and variance 1: how much sooner that learns, and what happens when a row comes alone.",
  data: () => ({
    "data/three.csv": [pixelNames, ...threeRows, ""].join("\n"),
    "data/one.csv": [pixelNames, threeRows[1], ""].join("\n"),
  }),
  run: async (nnc) => {
    const train = (label: Label) => nnc.train("batch_norm.nn", { label, flags: ["--threads", "1"] });
    const runs = { Off: train("Off"), Average: train("Average"), Epoch: train("Epoch"), Batch: train("Batch") };
    const tiny = nnc.train("batch_norm.nn", {
      label: "Average",
      flags: ["--const", "rows=2", "--epochs", "3", "--threads", "1"],
    });
    const { means, averages } = await statisticsOf(nnc);
    const last = runs.Off.steps.at(-1)?.average ?? Number.NaN;
    const sooner = runs.Average.steps.find(({ average }) => average <= last)?.step ?? Number.NaN;
    const stands = runs.Off.epochs.find(({ train: { loss } }) => Number(loss) < 2)?.epoch ?? Number.NaN;
    const table: (readonly string[])[] = [];
    let lonely = Number.NaN;
    for (const label of labels) {
      const points = accuracies(runs[label]);
      const { together, alone, second } = await togetherAndAlone(nnc, label, runs[label]);
      if (label === "Batch") lonely = second;
      const cells = [points[0]?.[1] ?? 0, points.at(-1)?.[1] ?? 0, together, alone].map(
        (share) => `${(100 * share).toFixed(0)} %`,
      );
      table.push([looks[label].name, ...cells]);
    }
    const head = ["`statistics`", "after epoch 1", "after the last", "300 rows at once", "the same, each alone"];
    const lossOf = (label: Label): Mark => ({
      kind: "line",
      points: runs[label].epochs.map(({ epoch, train: { loss } }): Point => [epoch, Number(loss)]),
      ...looks[label],
    });
    return {
      figures: {
        "epochs that it stands still": exact(stands - 1),
        "last loss of the plain one": figure(last, 2),
        "steps of the plain one": exact(runs.Off.steps.length),
        "steps of the normalised one": exact(sooner),
        "times sooner": figure(runs.Off.steps.length / sooner, 0),
        "one alone": exact(lonely),
        "accuracy with two rows": percent(accuracies(tiny).at(-1)?.[1] ?? 0),
        "accuracy with sixty rows": percent(accuracies(runs.Average)[2]?.[1] ?? 0),
      },
      texts: { accuracies: tableOf(head, table) },
      pictures: {
        "losses.svg": pictureOf("The loss and the hold-out's accuracy with and without batch normalisation", [
          {
            kind: "chart",
            title: "Loss of the training rows",
            x: { label: "epoch", from: 0, to: 40 },
            y: { label: "cross-entropy", scale: "log", from: 0.005, to: 3 },
            marks: (["Off", "Average"] as const).map(lossOf),
          },
          {
            kind: "chart",
            title: "Accuracy on the hold-out with each kind of statistics",
            x: { label: "epoch", from: 0, to: 10 },
            y: { label: "share that is right", from: 0.85, to: 1 },
            marks: normalised.map(
              (label) => ({ kind: "line", points: accuracies(runs[label]).slice(0, 10), ...looks[label] }) as const,
            ),
          },
        ]),
        "statistics.svg": pictureOf("The mean of one unit's sums, minibatch by minibatch, and its running average", [
          {
            kind: "chart",
            title: "The mean that one unit of the third layer sees",
            x: { label: "step", from: 0, to: shownSteps },
            y: { label: "mean of its sums" },
            marks: [
              { kind: "dots", points: means, colour: 4, name: "of each minibatch (used in training)" },
              { kind: "line", points: averages, colour: 0, name: "running average (used afterwards)" },
            ],
          },
        ]),
      },
    };
  },
};
