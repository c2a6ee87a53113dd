/** Softmax with cross-entropy, and the support vector machine: what each makes of three scores, and of three clusters of points. */
import { randomFrom } from "../../../scripts/lib/random.mjs";
import { fieldFrom, placesOf } from "../lib/field.ts";
import { exact, figure } from "../lib/lesson.ts";
import type { Lesson } from "../lib/lesson.ts";
import type { Chart, Mark, Point } from "../lib/panel.ts";
import { pictureOf } from "../lib/picture.ts";
import type { Run, Workshop } from "../lib/workshop.ts";

const centres = [
  { name: "left", x: -1.2, y: -0.6 },
  { name: "right", x: 1.2, y: -0.6 },
  { name: "upper", x: 0, y: 1.2 },
];

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly cluster: number;
}

/** Fifty points around each centre, apart from the others. */
function clusters(): readonly Placed[] {
  const random = randomFrom(5);
  const blur = () => 0.9 * (random() + random() - 1);
  return Array.from({ length: 150 }, (_, at) => {
    const cluster = at % 3;
    const { x, y } = centres[cluster];
    return { x: Number((x + blur()).toFixed(2)), y: Number((y + blur()).toFixed(2)), cluster };
  });
}

/** Tensors that a model of scores.nn answers for one row of scores, each as a list. */
type Asked = (model: string, scores: readonly number[], truth: number) => Promise<readonly (readonly number[])[]>;

async function asking<Answer>(nnc: Workshop, work: (asked: Asked) => Promise<Answer>): Promise<Answer> {
  const network = await nnc.network("scores.nn", { bounds: { N: 1 } });
  const answer = await work(async (model, scores, truth) => {
    const inputs = { scores: Float32Array.from(scores), truth: Int32Array.of(truth) };
    const outputs = await network.predict(model, inputs);
    return outputs.map(({ data }) => Array.from(data));
  });
  network.close();
  return answer;
}

/** Loss and slope by the score of the true class, while the other two are 0. */
async function curves(asked: Asked): Promise<{ readonly losses: readonly Mark[]; readonly slopes: readonly Mark[] }> {
  const places = Array.from({ length: 101 }, (_, at) => at / 10 - 5);
  const likely: (readonly number[])[] = [];
  const margin: (readonly number[])[] = [];
  for (const place of places) {
    const [, [loss = 0] = [], [slope = 0] = []] = await asked("CrossEntropy", [place, 0, 0], 0);
    likely.push([loss, slope]);
    const [[ofMargin = 0] = [], [slopeOfMargin = 0] = []] = await asked("Margin", [place, 0, 0], 0);
    margin.push([ofMargin, slopeOfMargin]);
  }
  const lines = (part: number): readonly Mark[] =>
    [likely, margin].map((found, at) => ({
      kind: "line",
      points: places.map((place, index): Point => [place, found[index]?.[part] ?? 0]),
      colour: at,
      name: at === 0 ? "cross-entropy" : "support vector machine",
    }));
  return { losses: lines(0), slopes: lines(1) };
}

const [across, down] = [[-2.25, 2.25] as const, [-1.75, 2.25] as const];
const columns = 65;

async function chartOf(nnc: Workshop, run: Run, label: string, title: string): Promise<Chart> {
  const places = placesOf(across, down, columns, 58);
  const scores = await nnc.outputs("clusters.nn", { run, compiling: { train: label } }, { point: places });
  const best = scores.map((row) => row.indexOf(Math.max(...row)));
  const dots = centres.map((_, cluster): Mark => {
    const own = clusters().filter((one) => one.cluster === cluster);
    return { kind: "dots", points: own.map(({ x, y }) => [x, y]), colour: cluster, radius: 2 };
  });
  return {
    kind: "chart",
    title,
    x: { label: "x", from: across[0], to: across[1] },
    y: { label: "y", from: down[0], to: down[1] },
    marks: [{ kind: "regions", field: fieldFrom(across, down, columns, best) }, ...dots],
  };
}

const ofScores = { from: -5, to: 5, label: "score of the true class, the others are 0" };

export const lesson: Lesson = {
  summary:
    "more than two classes: scores become chances by softmax; and a loss that asks for a margin only, and is 0 once it has it.",
  data: () => {
    const lines = clusters().map(({ x, y, cluster }) => `${x},${y},${centres[cluster]?.name}`);
    return { "data/clusters.csv": ["x,y,cluster", ...lines, ""].join("\n") };
  },
  run: async (nnc) => {
    const [likely, svm] = ["likely", "svm"].map((label) => nnc.train("clusters.nn", { label }));
    const wide = nnc.train("clusters.nn", { label: "svm", flags: ["--const", "margin=5"] });
    if (likely === undefined || svm === undefined) throw new Error("two runs were asked for");
    const { losses, slopes, example, wrong } = await asking(nnc, async (asked) => ({
      ...(await curves(asked)),
      example: await asked("CrossEntropy", [2, 1, -1], 0),
      wrong: [await asked("CrossEntropy", [2, 1, -1], 1), await asked("Margin", [2, 1, -1], 1)],
    }));
    const [chances = [], [loss = 0] = [], slope = []] = example;
    const [[, [lossOfWrong = 0] = [], slopeOfWrong = []] = [], [[marginOfWrong = 0] = []] = []] = wrong;
    const weight = (run: Run) => Math.max(...(nnc.parameters(run).get("Clusters.dense.w") ?? []).map(Math.abs));
    const lossAfter = (run: Run, step: number) => run.steps[step - 1]?.loss ?? Number.NaN;
    const lossMarks = [likely, svm].map((run, at): Mark => ({
      kind: "line",
      points: run.steps.filter(({ loss: now }) => now > 0).map(({ step, loss: now }) => [step, now]),
      colour: at,
      name: at === 0 ? "cross-entropy" : "support vector machine",
    }));
    const inText = (values: readonly number[]) => values.map((value) => value.toFixed(2).replace("-", "−")).join(", ");
    return {
      figures: {
        "loss of example": figure(loss, 2),
        "loss of wrong": figure(lossOfWrong, 2),
        "margin of wrong": exact(marginOfWrong),
        "likely after 100": figure(lossAfter(likely, 100), 3),
        "likely at the end": figure(Number(likely.done?.train.loss), 4),
        "svm at the end": exact(Number(svm.done?.train.loss)),
        "svm is 0 after": exact(svm.steps.findLast(({ loss: now }) => now > 0)?.step ?? 0),
        "weight of likely": figure(weight(likely), 1),
        "weight of svm": figure(weight(svm), 1),
        "weight of wide": figure(weight(wide), 1),
      },
      texts: {
        chances: inText(chances),
        slopes: inText(slope),
        "slopes of wrong": inText(slopeOfWrong),
      },
      pictures: {
        "losses.svg": pictureOf(
          "Cross-entropy and the support vector machine's loss of three scores, and their slopes",
          [
            {
              kind: "chart",
              title: "Loss",
              x: ofScores,
              y: { label: "loss", from: 0, to: 12 },
              marks: losses,
            },
            {
              kind: "chart",
              title: "Slope of the loss",
              x: ofScores,
              y: { label: "slope", from: -2.5, to: 0.5 },
              marks: slopes,
            },
          ],
        ),
        "clusters.svg": pictureOf(
          "Three clusters, how both losses divide the plane, and the losses over the epochs",
          [
            await chartOf(nnc, likely, "likely", "cross-entropy"),
            await chartOf(nnc, svm, "svm", "support vector machine"),
          ],
          2,
        ),
        "epochs.svg": pictureOf("The losses over the epochs", [
          {
            kind: "chart",
            title: "The losses, epoch by epoch",
            x: { label: "epoch", scale: "log", from: 1, to: 1000 },
            y: { label: "loss", scale: "log", from: 0.0001, to: 10 },
            marks: lossMarks,
          },
        ]),
      },
    };
  },
};
