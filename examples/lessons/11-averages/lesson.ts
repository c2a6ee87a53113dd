/** Exponentially weighted averages of a year's temperatures: what beta does, and what the correction of the bias does. */
import { randomFrom } from "../../../scripts/lib/random.mjs";
import { exact, figure } from "../lib/lesson.ts";
import type { Lesson } from "../lib/lesson.ts";
import type { Mark, Point } from "../lib/panel.ts";
import { pictureOf } from "../lib/picture.ts";
import type { Workshop } from "../lib/workshop.ts";

const length = 365;

/** Degrees from July on: a warm and a cold half, and weather. */
function year(): readonly number[] {
  const random = randomFrom(11);
  return Array.from({ length }, (_, at) => {
    const season = 10 + 9 * Math.cos((2 * Math.PI * (at - 19)) / length);
    const weather = 4 * (random() + random() + random() + random() - 2);
    return Number((season + weather).toFixed(1));
  });
}

/** The averages of all days with this beta. */
async function averages(nnc: Workshop, beta: number, corrected: boolean): Promise<readonly Point[]> {
  const network = await nnc.network("average.nn", {
    consts: { corrected },
    dims: { T: length },
    bounds: { N: 1 },
  });
  network.parameters.set("Average.beta", Float32Array.of(beta));
  const [output] = await network.predict({ day: Float32Array.from(year()) });
  network.close();
  if (output === undefined) throw new Error("the model has an output");
  return Array.from(output.data, (value, at): Point => [at + 1, value]);
}

/** What each of the days before counts, the present one first. */
function weights(beta: number): readonly Point[] {
  return Array.from({ length: 61 }, (_, ago): Point => [ago, (1 - beta) * beta ** ago]);
}

const betas = [
  { beta: 0.5, colour: 2 },
  { beta: 0.9, colour: 1 },
  { beta: 0.98, colour: 0 },
] as const;

export const lesson: Lesson = {
  summary: "exponentially weighted averages, with and without the correction of their bias.",
  data: () => ({
    "data/year.csv": `${year()
      .map((_, at) => `day${at + 1}`)
      .join(",")}\n${year().join(",")}\n`,
  }),
  run: async (nnc) => {
    const days = year().map((value, at): Point => [at + 1, value]);
    const all = await Promise.all(
      betas.map(async (one) => ({
        ...one,
        corrected: await averages(nnc, one.beta, true),
        plain: await averages(nnc, one.beta, false),
      })),
    );
    const [, middle, slow] = all;
    if (middle === undefined || slow === undefined) throw new Error("three values of beta were asked for");
    const [learnt, biased] = ["true", "false"].map((corrected) =>
      nnc.train("average.nn", { flags: ["--const", `corrected=${corrected}`] }),
    );
    if (learnt === undefined || biased === undefined) throw new Error("two runs were asked for");
    const on = (points: readonly Point[], day: number): number => points[day - 1]?.[1] ?? Number.NaN;
    const [betaLearnt, betaBiased] = [learnt, biased].map((run) => nnc.parameters(run).get("Average.beta")?.[0] ?? 0);
    const coldest = (points: readonly Point[]): number =>
      points.reduce((one, other) => (other[1] < one[1] ? other : one))[0];
    return {
      figures: {
        "first day": figure(on(days, 1), 1),
        "first plain": figure(on(middle.plain, 1), 2),
        "first corrected": figure(on(middle.corrected, 1), 2),
        "tenth plain": figure(on(middle.plain, 10), 1),
        "tenth corrected": figure(on(middle.corrected, 10), 1),
        "tenth slow plain": figure(on(slow.plain, 10), 1),
        "tenth slow corrected": figure(on(slow.corrected, 10), 1),
        "hundredth slow plain": figure(on(slow.plain, 100), 1),
        "hundredth slow corrected": figure(on(slow.corrected, 100), 1),
        "last plain": figure(on(slow.plain, length), 2),
        "last corrected": figure(on(slow.corrected, length), 2),
        "coldest by 0.9": exact(coldest(middle.corrected)),
        "coldest by 0.98": exact(coldest(slow.corrected.slice(10))),
        "beta learnt": figure(betaLearnt ?? 0, 2),
        "days learnt": figure(1 / (1 - (betaLearnt ?? 0)), 1),
        "loss learnt": figure(Number(learnt.done?.train.loss), 2),
        "loss of yesterday": figure(
          days.slice(1).reduce((sum, [, now], at) => sum + (now - on(days, at + 1)) ** 2, 0) / (length - 1),
          2,
        ),
        "beta biased": figure(betaBiased ?? 0, 2),
        "loss biased": figure(Number(biased.done?.train.loss), 2),
      },
      pictures: {
        "averages.svg": pictureOf("Exponentially weighted averages of the temperatures of a year", [
          {
            kind: "chart",
            title: "A year's temperatures, and averages with three values of beta",
            x: { label: "day", from: 0, to: length },
            y: { label: "degrees" },
            marks: [
              { kind: "dots", points: days, colour: 7, radius: 1, name: "temperature" },
              ...all.map(({ beta, colour, corrected }): Mark => ({
                kind: "line",
                points: corrected,
                colour,
                thick: beta === 0.5 ? 1 : 2,
                name: `beta ${beta}`,
              })),
            ],
          },
          {
            kind: "chart",
            title: "The first 100 days, with and without the correction",
            x: { label: "day", from: 0, to: 100 },
            y: { label: "degrees", from: 0, to: 26 },
            marks: [
              { kind: "dots", points: days.slice(0, 100), colour: 7, radius: 1.5 },
              ...[middle, slow].flatMap(({ beta, colour, corrected, plain }): readonly Mark[] => [
                { kind: "line", points: corrected.slice(0, 100), colour, name: `${beta}, corrected` },
                { kind: "line", points: plain.slice(0, 100), colour, dashed: true, name: `${beta}, not` },
              ]),
            ],
          },
          {
            kind: "chart",
            title: "How much each of the days before counts",
            x: { label: "days ago", from: 0, to: 60 },
            y: { label: "weight", scale: "log", from: 0.0009, to: 1 },
            marks: betas.map(({ beta, colour }): Mark => ({
              kind: "line",
              points: weights(beta),
              colour,
              name: `beta ${beta}`,
            })),
          },
        ]),
      },
    };
  },
};
