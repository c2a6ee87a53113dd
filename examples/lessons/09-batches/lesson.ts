/** One row, some rows or all rows a step: paths on the surface of the loss, and what an epoch takes. */
import { randomFrom } from "../../../scripts/lib/random.mjs";
import { fieldOf } from "../lib/field.ts";
import { bounded, exact, figure, mean, percent } from "../lib/lesson.ts";
import type { Figure, Lesson } from "../lib/lesson.ts";
import type { Mark, Point } from "../lib/panel.ts";
import { pathOf } from "../lib/path.ts";
import { pictureOf } from "../lib/picture.ts";
import type { Run, Workshop } from "../lib/workshop.ts";

/** Dots about a line with slope 1.5 that meets the axis at 0.5. */
function dots(): readonly Point[] {
  const random = randomFrom(9);
  return Array.from({ length: 128 }, () => {
    const x = 2 * random() - 0.5;
    const y = 0.5 + 1.5 * x + 1.5 * (random() + random() - 1);
    return [Number(x.toFixed(2)), Number(y.toFixed(2))];
  });
}

/** The loss of all dots, which is what the surface shows. */
function lossAt(weight: number, bias: number): number {
  const errors = dots().map(([x, y]) => (weight * x + bias - y) ** 2);
  return mean(errors);
}

/** Where the surface is lowest: the line of least squares. */
function bottom(): Point {
  const [x, y] = [mean(dots().map(([at]) => at)), mean(dots().map(([, at]) => at))];
  const weight = mean(dots().map((dot) => (dot[0] - x) * (dot[1] - y))) / mean(dots().map((dot) => (dot[0] - x) ** 2));
  return [weight, y - weight * x];
}

/** Of a path only so many epochs are drawn: more of the first one would hide the other two. */
const ways = [
  { rows: 1, name: "one row a step", drawn: 3, colour: 1 },
  { rows: 16, name: "16 rows", drawn: 20, colour: 2 },
  { rows: 128, name: "all 128", drawn: 20, colour: 0 },
] as const;

/** How far above the least loss a path is at the end of each epoch, from the start on. */
function above(path: readonly Point[], stepsPerEpoch: number): readonly number[] {
  const least = lossAt(...bottom());
  return path.filter((_, step) => step % stepsPerEpoch === 0).map((point) => lossAt(...point) - least);
}

/** What the digits tell for so many rows a step. The shortest epoch is the one in which the machine did the least beside it. */
function digits(nnc: Workshop, rows: number): { readonly run: Run; readonly milliseconds: number } {
  const run = nnc.train("digits.nn", { flags: ["--const", `rows=${rows}`, "--threads", "1"] });
  return { run, milliseconds: 1000 * Math.min(...run.epochs.map(({ seconds }) => seconds)) };
}

/** A row of the table of digits. */
function figuresOf(name: string, { run, milliseconds }: ReturnType<typeof digits>): Readonly<Record<string, Figure>> {
  return {
    [`steps of ${name}`]: exact((run.done?.steps ?? 0) / run.epochs.length),
    [`ms of ${name}`]: bounded(milliseconds, 0, 0.1, 60_000),
    [`loss of ${name}`]: figure(Number(run.done?.train.loss), 3),
    [`accuracy of ${name}`]: percent(Number(run.done?.holdout?.accuracy), 1),
  };
}

export const lesson: Lesson = {
  summary: "sequential, minibatch and full batch: paths on the surface of the loss, and what an epoch takes.",
  data: () => ({ "data/dots.csv": ["x,y", ...dots().map((dot) => dot.join(",")), ""].join("\n") }),
  run: (nnc) => {
    const names = ["Line.weight", "Line.bias"] as const;
    const found = ways.map((way) => {
      const { points } = pathOf(nnc, "surface.nn", names, { flags: ["--const", `rows=${way.rows}`] });
      return { ...way, points, above: above(points, 128 / way.rows) };
    });
    const calm = pathOf(nnc, "surface.nn", names, { flags: ["--const", "rows=1", "--set", "lr=0.01"] });
    const large = pathOf(nnc, "surface.nn", names, { flags: ["--const", "rows=128", "--set", "lr=0.6"] });
    const late = (values: readonly number[]): number => mean(values.slice(-10));
    const [one, some, all] = found;
    if (one === undefined || some === undefined || all === undefined) throw new Error("three ways were asked for");
    const surface = fieldOf([-2.5, 2.5], [-1, 4], 44, 44, lossAt);
    const ground: readonly Mark[] = [
      { kind: "shades", field: surface },
      { kind: "contours", field: surface, levels: [0.4, 0.7, 1.2, 2, 3, 4.5, 7] },
    ];
    const [sequential, minibatch, full] = [1, 32, 1438].map((rows) => digits(nnc, rows));
    const long = nnc.train("digits.nn", { flags: ["--epochs", "60", "--threads", "1"] });
    if (sequential === undefined || minibatch === undefined || full === undefined) throw new Error("three ways, too");
    return {
      figures: {
        "bottom weight": figure(bottom()[0], 2),
        "bottom bias": figure(bottom()[1], 2),
        "least loss": figure(lossAt(...bottom()), 2),
        "first above": figure(one.above[0] ?? 0, 1),
        "one after 1": figure(one.above[1] ?? 0, 3),
        "some after 1": figure(some.above[1] ?? 0, 2),
        "all after 1": figure(all.above[1] ?? 0, 2),
        "one late": figure(late(one.above), 3),
        "some late": figure(late(some.above), 4),
        "all after 20": figure(all.above.at(-1) ?? 0, 2),
        "calm late": figure(late(above(calm.points, 128)), 4),
        "all of large steps": figure(above(large.points, 1).at(-1) ?? 0, 5),
        ...figuresOf("sequential", sequential),
        ...figuresOf("minibatch", minibatch),
        ...figuresOf("full batch", full),
        "loss of 60 epochs": figure(Number(long.done?.train.loss), 4),
        "accuracy of 60 epochs": percent(Number(long.done?.holdout?.accuracy), 1),
        "times as long": bounded(sequential.milliseconds / minibatch.milliseconds, 0, 1.5, 100),
      },
      pictures: {
        "paths.svg": pictureOf("Paths of three ways over the surface of the loss, and how the loss falls", [
          {
            kind: "chart",
            title: "The two parameters, step by step: the darker, the higher the loss",
            x: { label: "weight", from: -2.5, to: 2.5 },
            y: { label: "bias", from: -1, to: 4 },
            marks: [
              ...ground,
              ...found.map(({ points, rows, drawn, colour, name }): Mark => ({
                kind: "line",
                points: points.slice(0, 1 + (drawn * 128) / rows),
                colour,
                name: `${name}, ${drawn} epochs`,
                thick: colour === 1 ? 1 : 2,
              })),
              { kind: "dots", points: [bottom()], colour: 7, name: "lowest", ring: true, radius: 4 },
            ],
          },
          {
            kind: "chart",
            title: "How far the loss is above the least, after each epoch",
            x: { label: "epoch", from: 0, to: 20 },
            y: { label: "loss above the least", scale: "log" },
            marks: found.map((way): Mark => ({
              kind: "line",
              points: way.above.map((value, epoch) => [epoch, value]),
              colour: way.colour,
              name: way.name,
            })),
          },
        ]),
      },
    };
  },
};
