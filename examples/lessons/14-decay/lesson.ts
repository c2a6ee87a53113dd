/** Two weights found from noisy rows, with a learning rate that stays and with five that decay. */
import { randomFrom } from "../../../scripts/lib/random.mjs";
import { fieldOf } from "../lib/field.ts";
import { exact } from "../lib/lesson.ts";
import type { Figure, Lesson } from "../lib/lesson.ts";
import type { Chart, Point } from "../lib/panel.ts";
import { pictureOf } from "../lib/picture.ts";
import { tableOf } from "../lib/table.ts";
import type { Workshop } from "../lib/workshop.ts";

type Row = readonly [a: number, b: number, y: number];

/** The second input varies less than the first, so that its weight is learnt more slowly. */
function rows(): readonly Row[] {
  const random = randomFrom(14);
  const bell = () => random() + random() + random() - 1.5;
  return Array.from({ length: 200 }, (): Row => {
    const [a, b] = [2 * bell(), 0.6 * bell()];
    const y = a + 2 * b + 2 * bell();
    return [Number(a.toFixed(3)), Number(b.toFixed(3)), Number(y.toFixed(3))];
  });
}

/** How far the mean squared error over all rows lies above the least that any two weights have: a parabola, worked out from the rows. */
function lossAboveLeast(): (w: Point) => number {
  const all = rows();
  const mean = (of: (row: Row) => number) => all.reduce((sum, row) => sum + of(row), 0) / all.length;
  const [aa, ab, bb] = [mean(([a]) => a * a), mean(([a, b]) => a * b), mean(([, b]) => b * b)];
  const [ay, by] = [mean(([a, , y]) => a * y), mean(([, b, y]) => b * y)];
  const determinant = aa * bb - ab * ab;
  const best: Point = [(ay * bb - by * ab) / determinant, (by * aa - ay * ab) / determinant];
  return ([w1, w2]) => {
    const [x, y] = [w1 - best[0], w2 - best[1]];
    return aa * x * x + 2 * ab * x * y + bb * y * y;
  };
}

const ways = [
  { label: "large", name: "0.2, always", colour: 1 },
  { label: "small", name: "0.002, always", colour: 4 },
  { label: "inverse_time", name: "inverse time", colour: 0 },
  { label: "exponential", name: "exponential", colour: 2 },
  { label: "sqrt_epoch", name: "k/√epoch", colour: 3 },
  { label: "sqrt_step", name: "k/√t", colour: 5 },
  { label: "staircase", name: "staircase", colour: 7 },
] as const;

interface Watched {
  readonly rates: readonly Point[];
  /** The weights before the first step and after each. */
  readonly path: readonly Point[];
}

const [epochs, stepsPerEpoch] = [100, 50];

async function watch(nnc: Workshop, label: string, consts: Readonly<Record<string, number>> = {}): Promise<Watched> {
  const rates: Point[] = [];
  const path: Point[] = [[0, 0]];
  const network = await nnc.watch("decay.nn", { compiling: { train: label, consts } }, (event, { parameters }) => {
    if (event.event !== "step") return;
    const [w1 = 0, w2 = 0] = parameters.get("Plane.dense.w")?.data ?? [];
    path.push([w1, w2]);
    rates.push([event.step / stepsPerEpoch, event.lr ?? 0]);
  });
  network.close();
  return { rates, path };
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A number between powers of ten as people write it. */
function power(value: number): Figure {
  const [digits = "", exponent = ""] = value.toExponential(1).split("e-");
  const raised = Array.from(exponent, (digit) => superscripts[Number(digit)]).join("");
  const shown = value >= 0.001 ? value.toPrecision(2) : `${digits} · 10⁻${raised}`;
  return { value, shown, within: value / 20 };
}

/** The weights' way over the loss in some epochs. */
function pathChart(title: string, path: readonly Point[], colour: number, loss: (w: Point) => number): Chart {
  const [x, y] = [[-0.2, 1.8] as const, [-0.1, 3.1] as const];
  const field = fieldOf(x, y, 33, 33, (w1, w2) => loss([w1, w2]));
  return {
    kind: "chart",
    title,
    square: true,
    x: { label: "weight of a", from: x[0], to: x[1] },
    y: { label: "weight of b", from: y[0], to: y[1] },
    marks: [
      { kind: "contours", field, levels: [0.01, 0.05, 0.15, 0.3, 0.6] },
      { kind: "line", points: path, colour, thick: 1.2 },
      { kind: "dots", points: path.slice(-1), colour: 7 },
    ],
  };
}

export const lesson: Lesson = {
  summary: "noisy steps never settle at one learning rate; five ways to let it decay, and what each costs.",
  data: () => ({ "data/rows.csv": ["a,b,y", ...rows().map((row) => row.join(",")), ""].join("\n") }),
  run: async (nnc) => {
    const loss = lossAboveLeast();
    const runs = new Map<string, Watched>();
    for (const { label } of ways) runs.set(label, await watch(nnc, label));
    const pathOf = (label: string) => runs.get(label)?.path ?? [];
    /** The mean over the ends of ten epochs, the last of which is given. */
    const level = (path: readonly Point[], last: number): number => {
      const ends = Array.from({ length: 10 }, (_, at) => path[(last - at) * stepsPerEpoch] ?? [0, 0]);
      return ends.reduce((sum, end) => sum + loss(end), 0) / ends.length;
    };
    const hasty = await watch(nnc, "exponential", { rate: 0.5 });
    const table = ways.map(({ label, name }) => {
      const [early, late] = [20, epochs].map((last) => power(level(pathOf(label), last)).shown);
      return [name, runs.get(label)?.rates.at(-1)?.[1].toPrecision(2) ?? "", early ?? "", late ?? ""];
    });
    const head = ["rate", "at the end", "epochs 11 to 20", "epochs 91 to 100"];
    const settled = pathOf("inverse_time");
    return {
      figures: {
        rows: exact(rows().length),
        "large at the end": power(level(pathOf("large"), epochs)),
        "small after 20": power(level(pathOf("small"), 20)),
        "small at the end": power(level(pathOf("small"), epochs)),
        "inverse time at the end": power(level(settled, epochs)),
        "square root at the end": power(level(pathOf("sqrt_epoch"), epochs)),
        "too soon": power(level(hasty.path, epochs)),
      },
      texts: { levels: tableOf(head, table) },
      pictures: {
        "rates.svg": pictureOf("Learning rates that stay and that decay, and the loss with each", [
          {
            kind: "chart",
            title: "The learning rate",
            x: { label: "epoch", from: 0, to: epochs },
            y: { label: "learning rate", scale: "log", from: 0.0002, to: 0.3 },
            marks: ways.map(({ label, colour, name }) => {
              const constant = label === "large" || label === "small";
              return { kind: "line", points: runs.get(label)?.rates ?? [], colour, name, dashed: constant } as const;
            }),
          },
          {
            kind: "chart",
            title: "How far the loss is above the least, mean of ten epochs",
            x: { label: "epoch", from: 0, to: epochs },
            y: { label: "loss − least loss", scale: "log" },
            marks: ways.map(({ label, colour, name }) => {
              const points = Array.from({ length: epochs - 9 }, (_, at): Point => [
                at + 10,
                level(pathOf(label), at + 10),
              ]);
              return { kind: "line", points, colour, name, dashed: label === "large" || label === "small" } as const;
            }),
          },
        ]),
        "paths.svg": pictureOf(
          "The last epochs over the loss with a constant rate, and all of them with one that decays",
          [
            pathChart("0.2, always: epochs 99 and 100", pathOf("large").slice(-2 * stepsPerEpoch), 1, loss),
            pathChart("inverse time: epochs 1–100", settled, 0, loss),
          ],
          2,
        ),
      },
    };
  },
};
