/** A generator and a critic on a ring of points: what is made after how many epochs, and both losses, with and without a price on steep slopes. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { normalFrom, randomFrom } from "../../../scripts/lib/random.mjs";
import { exact, figure, mean, percent } from "../lib/lesson.ts";
import type { Lesson } from "../lib/lesson.ts";
import type { LessonPanel, Mark, Point } from "../lib/panel.ts";
import { pictureOf } from "../lib/picture.ts";
import type { Workshop } from "../lib/workshop.ts";

const shown = [1, 10, 30, 60];
const points = 300;

/** Always the same, so that one sees how the same point moves. */
function noise(): Float32Array {
  const random = randomFrom(1);
  return Float32Array.from({ length: 8 * points }, () => normalFrom(random));
}

interface Watched {
  /** What is made of the noise after each epoch. */
  readonly made: readonly (readonly Point[])[];
  /** Means of each epoch. */
  readonly critic: readonly number[];
  readonly generator: readonly number[];
}

async function watch(nnc: Workshop, penalty: number): Promise<Watched> {
  const z = noise();
  const made: (readonly Point[])[] = [];
  const [critic, generator]: [number[], number[]] = [[], []];
  let steps: Readonly<Record<string, number>>[] = [];
  const network = await nnc.watch("ring.nn", { compiling: { consts: { penalty } } }, (event, now) => {
    if (event.event === "step") steps.push(event.losses);
    if (event.event !== "epoch") return;
    critic.push(mean(steps.map((losses) => losses["critic"] ?? Number.NaN)));
    generator.push(mean(steps.map((losses) => losses["generator"] ?? Number.NaN)));
    steps = [];
    // In parts that a batch has room for.
    const rows = Array.from({ length: points / 100 }, (_, part) => z.slice(800 * part, 800 * (part + 1))).flatMap(
      (part) => Array.from(now.predictSync("Generator", { z: part })[0]?.data ?? []),
    );
    made.push(Array.from({ length: points }, (_, at) => [rows[2 * at] ?? 0, rows[2 * at + 1] ?? 0]));
  });
  network.close();
  return { made, critic, generator };
}

/** The share that lies in the ring: from 0.9 to 1.1 off the middle. */
const inRing = (all: readonly Point[]): number =>
  mean(all.map((point) => Number(Math.abs(Math.hypot(...point) - 1) <= 0.1)));

function pointsPanel(title: string, real: readonly Point[], made: readonly Point[]): LessonPanel {
  const ends = { from: -1.5, to: 1.5 };
  const marks: readonly Mark[] = [
    { kind: "dots", points: real, colour: 7, radius: 1, name: "real" },
    { kind: "dots", points: made, colour: 1, radius: 1.6, name: "made" },
  ];
  return {
    kind: "chart",
    title,
    x: { label: "first number", ...ends },
    y: { label: "second number", ...ends },
    square: true,
    marks,
  };
}

function lossPanel(title: string, { critic, generator }: Watched): LessonPanel {
  const curve = (losses: readonly number[]): readonly Point[] => losses.map((loss, at) => [at + 1, loss]);
  return {
    kind: "chart",
    title,
    x: { label: "epoch", from: 0, to: 60 },
    y: { label: "loss, mean of the epoch", from: 0.6, to: 1.8 },
    marks: [
      { kind: "rule", y: 2 * Math.LN2 },
      { kind: "rule", y: Math.LN2 },
      { kind: "line", points: curve(critic), colour: 0, name: "critic" },
      { kind: "line", points: curve(generator), colour: 1, name: "generator" },
    ],
  };
}

export const lesson: Lesson = {
  summary: "two networks play against each other, until what one makes cannot be told from what is real.",
  run: async (nnc) => {
    const table = readFileSync(path.join(nnc.folder, "../../gan/data/ring.csv"), "utf8").trim().split("\n").slice(1);
    const real = table.slice(0, points).map((line): Point => {
      const [x = 0, y = 0] = line.split(",").map(Number);
      return [x, y];
    });
    const priced = await watch(nnc, 0.5);
    const free = await watch(nnc, 0);
    const last = ({ made }: Watched): readonly Point[] => made.at(-1) ?? [];
    const end = (losses: readonly number[]) => figure(losses.at(-1) ?? 0, 3);
    return {
      figures: {
        ...Object.fromEntries(
          shown.map((epoch) => [`in the ring after ${epoch}`, percent(inRing(priced.made[epoch - 1] ?? []))]),
        ),
        points: exact(points),
        "in the ring without": percent(inRing(last(free))),
        "critic's loss": end(priced.critic),
        "generator's loss": end(priced.generator),
        "critic's loss without": end(free.critic),
        "generator's loss without": end(free.generator),
      },
      pictures: {
        "ring.svg": pictureOf(
          "What the generator makes after 1, 10, 30 and 60 epochs",
          shown.map((epoch) =>
            pointsPanel(epoch === 1 ? "After 1 epoch" : `After ${epoch} epochs`, real, priced.made[epoch - 1] ?? []),
          ),
          2,
        ),
        "losses.svg": pictureOf("The losses of both players", [
          lossPanel("The losses, with a price on steep slopes", priced),
          lossPanel("The losses without it", free),
        ]),
      },
    };
  },
};
