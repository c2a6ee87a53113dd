/** Networks too small and too large for 20 noisy points: bias and variance measured over many draws, four cures, and more data. */
import { randomFrom } from "../../../scripts/lib/random.mjs";
import { exact, figure, mean } from "../lib/lesson.ts";
import type { Lesson } from "../lib/lesson.ts";
import type { Chart, Mark, Point } from "../lib/panel.ts";
import { pictureOf } from "../lib/picture.ts";
import { tableOf } from "../lib/table.ts";
import type { WatchOptions, Workshop } from "../lib/workshop.ts";

const truth = (x: number): number => Math.sin(4 * x);

/** Points on the curve, with noise of standard deviation 0.3. */
function draw(seed: number, count: number): readonly Point[] {
  const random = randomFrom(seed);
  const bell = () => random() + random() + random() - 1.5;
  return Array.from({ length: count }, (): Point => {
    const x = 2 * random() - 1;
    return [Number(x.toFixed(3)), Number((truth(x) + 0.6 * bell()).toFixed(3))];
  });
}

const csv = (points: readonly Point[]) => ["x,y", ...points.map((point) => point.join(",")), ""].join("\n");
const points = draw(1, 20);
const test = draw(99, 200);
const across = Array.from({ length: 61 }, (_, at) => (at - 30) / 30);
const curve: readonly Point[] = across.map((x) => [x, truth(x)]);

interface Fit {
  readonly training: readonly Point[];
  readonly holdout: readonly Point[];
  /** The loss on the test points at the end. */
  readonly tested: number;
  /** What the network says over the range of x. */
  readonly says: readonly number[];
}

async function fit(
  nnc: Workshop,
  label: string,
  units: number,
  options: WatchOptions = {},
  consts: Readonly<Record<string, number>> = {},
): Promise<Fit> {
  const training: Point[] = [];
  const holdout: Point[] = [];
  const compiling = { train: label, consts: { units, ...consts }, bounds: { N: test.length } };
  const network = await nnc.watch("fit.nn", { compiling, ...options }, (event) => {
    if (event.event !== "epoch") return;
    training.push([event.epoch, Number(event.train.loss)]);
    holdout.push([event.epoch, Number(event.holdout?.loss)]);
  });
  const model = label === "dropout" ? "Dropped" : "Curve";
  const saidOf = async (xs: readonly number[]) =>
    Array.from((await network.predict(model, { x: Float32Array.from(xs) }))[0]?.data ?? []);
  const says = await saidOf(across);
  const atTest = await saidOf(test.map(([x]) => x));
  network.close();
  const tested = mean(test.map(([, y], at) => ((atTest[at] ?? 0) - y) ** 2));
  return { training, holdout, tested, says };
}

/** Other training points; of the test points one is enough, where nobody looks at the hold-out while it trains. */
function onPoints(other: readonly Point[]): WatchOptions {
  return { epochs: 500, texts: { "data/points.csv": csv(other), "data/test.csv": csv(test.slice(0, 1)) } };
}

interface Spread {
  readonly units: number;
  readonly fits: readonly Fit[];
  readonly average: readonly number[];
  /** The mean over x of (average fit − truth)², and of the fits' variance. */
  readonly bias: number;
  readonly variance: number;
}

/** The same network on several draws of 20 points. */
async function spreadOf(nnc: Workshop, units: number): Promise<Spread> {
  const fits: Fit[] = [];
  for (let seed = 1; seed <= 6; seed += 1) fits.push(await fit(nnc, "plain", units, onPoints(draw(seed, 20))));
  const average = across.map((_, at) => mean(fits.map(({ says }) => says[at] ?? 0)));
  const bias = mean(across.map((x, at) => ((average[at] ?? 0) - truth(x)) ** 2));
  const variance = mean(fits.map(({ says }) => mean(says.map((value, at) => (value - (average[at] ?? 0)) ** 2))));
  return { units, fits, average, bias, variance };
}

const lineOf = (says: readonly number[]): readonly Point[] => says.map((value, at) => [across[at] ?? 0, value]);

function spreadChart({ units, fits, average }: Spread): Chart {
  return {
    kind: "chart",
    title: units === 1 ? "1 unit a layer" : `${units} units a layer`,
    x: { label: "x", from: -1, to: 1 },
    y: { label: "y", from: -2.5, to: 2.5 },
    marks: [
      ...fits.map(({ says }): Mark => ({ kind: "line", points: lineOf(says), colour: 4, thick: 0.8 })),
      { kind: "line", points: curve, colour: 7, dashed: true, name: "truth" },
      { kind: "line", points: lineOf(average), colour: 1, name: "mean of fits" },
    ],
  };
}

const sizes = [10, 20, 40, 80, 160];

interface Sized {
  readonly training: readonly Point[];
  readonly holdout: readonly Point[];
}

/** The last losses over how many points there are, each the mean of two draws. */
async function sizedOf(nnc: Workshop, units: number): Promise<Sized> {
  const training: Point[] = [];
  const holdout: Point[] = [];
  for (const size of sizes) {
    const fits: Fit[] = [];
    for (const seed of [1, 2]) fits.push(await fit(nnc, "plain", units, onPoints(draw(seed, size))));
    training.push([size, mean(fits.map((one) => one.training.at(-1)?.[1] ?? 0))]);
    holdout.push([size, mean(fits.map(({ tested }) => tested))]);
  }
  return { training, holdout };
}

function sizedChart(units: number, { training, holdout }: Sized): Chart {
  return {
    kind: "chart",
    title: units === 1 ? "1 unit a layer" : `${units} units a layer`,
    x: { label: "training points", scale: "log", from: 10, to: 160 },
    y: { label: "mean squared error", from: 0, to: 0.8 },
    marks: [
      { kind: "rule", y: 0.09 },
      { kind: "line", points: training, colour: 0, name: "training" },
      { kind: "line", points: holdout, colour: 1, name: "hold-out" },
    ],
  };
}

const cures = [
  { label: "plain", name: "none", colour: 1 },
  { label: "l2", name: "l2", colour: 0 },
  { label: "l1", name: "l1", colour: 2 },
  { label: "dropout", name: "dropout", colour: 3 },
] as const;

export const lesson: Lesson = {
  summary: "too few parameters and too many: bias and variance, l1, l2, dropout, early stopping, and more data.",
  data: () => ({ "data/points.csv": csv(points), "data/test.csv": csv(test) }),
  run: async (nnc) => {
    const spreads: Spread[] = [];
    for (const units of [1, 2, 4, 10, 40]) spreads.push(await spreadOf(nnc, units));
    const cured = new Map<string, Fit>();
    for (const { label } of cures) cured.set(label, await fit(nnc, label, 40));
    const of = (label: string) => cured.get(label) ?? { training: [], holdout: [], tested: Number.NaN, says: [] };
    const last = (losses: readonly Point[]) => losses.at(-1)?.[1] ?? Number.NaN;
    const early = nnc.train("fit.nn", { label: "early", flags: ["--threads", "1"] });
    const flat = await fit(nnc, "l2", 40, {}, { rate: 0.5 });
    const half = await fit(nnc, "dropout", 40, {}, { dropped: 0.5 });
    const best = early.epochs.findLast((epoch) => epoch.best);
    const [few, many] = [await sizedOf(nnc, 1), await sizedOf(nnc, 40)];
    const [smallest, largest] = [spreads[0], spreads.at(-1)];
    const row = (name: string, training: unknown, holdout: unknown) => [
      name,
      ...[training, holdout].map((loss) => Number(loss).toFixed(3)),
    ];
    const rows = [
      ...cures.map(({ label, name }) => row(name, last(of(label).training), last(of(label).holdout))),
      row(`early stopping, epoch ${best?.epoch}`, best?.train.loss, best?.holdout?.loss),
    ];
    return {
      figures: {
        points: exact(points.length),
        "bias of 1": figure(smallest?.bias ?? Number.NaN, 3),
        "variance of 1": figure(smallest?.variance ?? Number.NaN, 3),
        "bias of 40": figure(largest?.bias ?? Number.NaN, 3),
        "variance of 40": figure(largest?.variance ?? Number.NaN, 3),
        "training loss of 40": figure(last(of("plain").training), 3),
        "hold-out loss of 40": figure(last(of("plain").holdout), 2),
        "best epoch": exact(best?.epoch ?? Number.NaN),
        "epochs until it stopped": exact(early.epochs.length),
        "training loss held back too much": figure(last(flat.training), 2),
        "hold-out loss held back too much": figure(last(flat.holdout), 2),
        "training loss with half": figure(last(half.training), 2),
        "hold-out loss with half": figure(last(half.holdout), 2),
        "small with 160": figure(last(few.holdout), 2),
        "large with 160": figure(last(many.holdout), 2),
        "large with 10": figure(many.holdout[0]?.[1] ?? Number.NaN, 2),
      },
      texts: {
        cures: tableOf(["held back by", "training loss", "hold-out loss"], rows),
      },
      pictures: {
        "spread.svg": pictureOf(
          "Six fits each to other points from the same curve, by networks of 1, 4 and 40 units a layer",
          [
            ...spreads.filter(({ units }) => units === 1 || units === 4 || units === 40).map(spreadChart),
            {
              kind: "chart",
              title: "Bias² and variance",
              x: { label: "units a layer", scale: "log", from: 1, to: 40 },
              y: { label: "squared error", from: 0 },
              marks: [
                { kind: "line", points: spreads.map(({ units, bias }) => [units, bias]), colour: 1, name: "bias²" },
                {
                  kind: "line",
                  points: spreads.map(({ units, variance }) => [units, variance]),
                  colour: 4,
                  name: "variance",
                },
              ],
            },
          ],
          2,
        ),
        "cures.svg": pictureOf("The losses of a network of 40 units a layer, held back in several ways", [
          {
            kind: "chart",
            title: "Loss over the epochs",
            x: { label: "epoch", scale: "log", from: 10, to: 1000 },
            y: { label: "mean squared error", from: 0, to: 0.8 },
            marks: [
              { kind: "rule", x: best?.epoch ?? 0 },
              { kind: "line", points: of("plain").training, colour: 1, dashed: true, name: "training, not held back" },
              ...cures.map(({ label, name, colour }): Mark => ({
                kind: "line",
                points: of(label).holdout,
                colour,
                name: `hold-out, ${label === "plain" ? "not held back" : name}`,
              })),
            ],
          },
          {
            kind: "chart",
            title: "What the networks then say",
            x: { label: "x", from: -1, to: 1 },
            y: { label: "y", from: -2, to: 2 },
            marks: [
              { kind: "line", points: curve, colour: 7, dashed: true, name: "truth" },
              ...(["plain", "l2"] as const).map((label): Mark => ({
                kind: "line",
                points: lineOf(of(label).says),
                colour: label === "l2" ? 0 : 1,
                name: label === "l2" ? "l2" : "not held back",
              })),
              { kind: "dots", points, colour: 7, name: "training points" },
            ],
          },
        ]),
        "sizes.svg": pictureOf(
          "Training and hold-out loss over how many points there are, for a small and a large network",
          [sizedChart(1, few), sizedChart(40, many)],
          2,
        ),
      },
    };
  },
};
