/** A ravine, and ways down: momentum in its three forms, RMSprop, Adam with both places of epsilon. */
import { bounded, exact, figure } from "../lib/lesson.ts";
import type { Lesson } from "../lib/lesson.ts";
import type { Chart, Mark, Point } from "../lib/panel.ts";
import { pathOf } from "../lib/path.ts";
import { pictureOf } from "../lib/picture.ts";
import type { Workshop } from "../lib/workshop.ts";

/** Along one direction the inputs are ten times as large as across it, so that the loss bends a hundred times as much. */
const inputs: readonly Point[] = [
  [0.48, 1.33],
  [-0.48, -1.33],
  [-0.13, 0.05],
  [0.13, -0.05],
];
const lowest: Point = [2, 0];

interface Way {
  readonly points: readonly Point[];
  /** How far it is from the lowest place, at first and after each step. */
  readonly away: readonly number[];
}

function way(nnc: Workshop, label: string, flags: readonly string[] = [], file = "ravine.nn"): Way {
  const { points } = pathOf(nnc, file, ["Ravine.x", "Ravine.y"], { label, flags });
  return { points, away: points.map(([x, y]) => Math.hypot(x - lowest[0], y - lowest[1])) };
}

/** After how many steps it is within a tenth of the lowest place and stays there; one more than there were, where it never does. */
function arrival({ away }: Way): number {
  return away.findLastIndex((distance) => distance >= 0.1) + 1;
}

/** How far two ways are ever apart. */
function apart(one: Way, other: Way): number {
  return Math.max(
    ...one.points.map(([x, y], at) => {
      const [otherX, otherY] = other.points[at] ?? [Number.NaN, Number.NaN];
      return Math.hypot(x - otherX, y - otherY);
    }),
  );
}

interface Shown extends Way {
  readonly name: string;
  readonly colour: number;
}

/** Where the loss has this value: an ellipse about the lowest place, since the loss is a quadratic form of the way from there. */
function ellipse(level: number): readonly Point[] {
  const sum = (of: (a: number, b: number) => number): number =>
    inputs.reduce((all, [a, b]) => all + of(a, b) / inputs.length, 0);
  // The root of the form's matrix, a triangle (Cholesky).
  const first = Math.sqrt(sum((a) => a * a));
  const mixed = sum((a, b) => a * b) / first;
  const second = Math.sqrt(sum((_a, b) => b * b) - mixed ** 2);
  return Array.from({ length: 73 }, (_, at): Point => {
    const [across, up] = [Math.cos, Math.sin].map((part) => Math.sqrt(level) * part((2 * Math.PI * at) / 72));
    const y = (up ?? 0) / second;
    return [lowest[0] + ((across ?? 0) - mixed * y) / first, lowest[1] + y];
  });
}

function map(title: string, ways: readonly Shown[]): Chart {
  return {
    kind: "chart",
    title,
    x: { label: "weight x", from: -5, to: 3 },
    y: { label: "weight y", from: -1, to: 4 },
    marks: [
      ...[0.01, 0.05, 0.15, 0.4, 1, 2, 4].map((level): Mark => ({
        kind: "line",
        points: ellipse(level),
        colour: 7,
        thick: 0.6,
      })),
      ...ways.map(({ points, colour, name }): Mark => ({ kind: "line", points, colour, name, thick: 1.5 })),
      { kind: "dots", points: [lowest], colour: 7, ring: true, radius: 4, name: "lowest" },
    ],
  };
}

function distances(title: string, steps: number, ways: readonly Shown[], scale: "linear" | "log"): Chart {
  return {
    kind: "chart",
    title,
    x: { label: "step", from: 0, to: steps },
    y: { label: "away from the lowest", scale, ...(scale === "log" ? { from: 0.009, to: 10 } : { from: 0, to: 7 }) },
    marks: ways.map(({ away, colour, name }): Mark => ({
      kind: "line",
      points: away.slice(0, steps + 1).map((distance, step) => [step, distance]),
      colour,
      name,
    })),
  };
}

export const lesson: Lesson = {
  summary: "momentum in its three forms, RMSprop, and Adam with both places of epsilon, on a ravine.",
  data: () => ({
    "data/rows.csv": ["a,b,t", ...inputs.map(([a, b]) => `${a},${b},${2 * a}`), ""].join("\n"),
  }),
  run: (nnc) => {
    const plain = { ...way(nnc, "plain"), name: "gradient descent", colour: 3 };
    const averaged = { ...way(nnc, "averaged"), name: "momentum", colour: 0 };
    const rmsprop = { ...way(nnc, "rmsprop"), name: "RMSprop", colour: 2 };
    const adam = { ...way(nnc, "adam"), name: "Adam", colour: 1 };
    const [summed, velocity] = [way(nnc, "summed"), way(nnc, "velocity")];
    const tooFast = nnc.train("ravine.nn", { label: "plain", flags: ["--set", "lr=1.05"] });
    const summedBrake = { ...way(nnc, "summed_brake", [], "brake.nn"), name: "sum", colour: 1 };
    const velocityBrake = { ...way(nnc, "velocity_brake", [], "brake.nn"), name: "velocity", colour: 0 };
    const inside = way(nnc, "adam_inside");
    const tiny = ["--const", "scale=1e-6"];
    const tinyOutside = { ...way(nnc, "adam", tiny), name: "outside, a millionth of the loss", colour: 1 };
    const tinyInside = { ...way(nnc, "adam_inside", tiny), name: "inside, a millionth of the loss", colour: 0 };
    const mended = way(nnc, "adam_inside", [...tiny, "--set", "eps=1e-16"]);
    const gentle = way(nnc, "adam", ["--set", "lr=0.1"]);
    const at = ({ away }: Way, step: number): number => away[step] ?? Number.NaN;
    return {
      figures: {
        start: figure(at(plain, 0), 1),
        "steps of plain": exact(arrival(plain)),
        "steps of momentum": exact(arrival(averaged)),
        "steps of rmsprop": exact(arrival(rmsprop)),
        "steps of adam": exact(arrival(adam)),
        "forms apart": bounded(Math.max(apart(averaged, summed), apart(averaged, velocity)), 7, 0, 0.0001),
        "loss of too fast": figure(tooFast.steps[20]?.loss ?? Number.NaN, 1),
        "at the brake": figure(at(summedBrake, 20), 2),
        "sum after the brake": figure(at(summedBrake, 36), 2),
        "velocity after the brake": figure(at(velocityBrake, 36), 2),
        "places apart": bounded(apart(adam, inside), 7, 0, 0.0001),
        "tiny outside": exact(arrival(tinyOutside)),
        "tiny inside away": figure(at(tinyInside, 250), 2),
        mended: exact(arrival(mended)),
        "gentle away": figure(at(gentle, 250), 2),
      },
      pictures: {
        "ravine.svg": pictureOf("Ways down a ravine, and how soon they arrive", [
          map("Gradient descent and momentum", [plain, averaged]),
          map("RMSprop and Adam", [rmsprop, adam]),
          distances("How far from the lowest place, step by step", 250, [plain, averaged, rmsprop, adam], "log"),
        ]),
        "brake.svg": pictureOf("Two forms of momentum under a learning rate that falls", [
          distances("The learning rate falls to a tenth after step 20", 40, [summedBrake, velocityBrake], "linear"),
        ]),
        "epsilon.svg": pictureOf("Adam with both places of epsilon, on a loss that is a millionth", [
          distances("Adam, epsilon = 1e-8 outside and inside the root", 250, [tinyOutside, tinyInside], "linear"),
        ]),
      },
    };
  },
};
