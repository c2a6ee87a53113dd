/** Sigmoid, tanh and ReLU with their slopes, and why layers need one of them: the temperature over a day, by networks with and without. */
import { randomFrom } from "../../../scripts/lib/random.mjs";
import { exact, figure } from "../lib/lesson.ts";
import type { Lesson } from "../lib/lesson.ts";
import type { Chart, Point } from "../lib/panel.ts";
import { pictureOf } from "../lib/picture.ts";
import type { Run, Workshop } from "../lib/workshop.ts";

const activations = ["Sigmoid", "Tanh", "Relu"] as const;
const shown = { Straight: "nothing between", Sigmoid: "sigmoid", Tanh: "tanh", Relu: "ReLU" };

/** Degrees at every half hour: coldest before dawn, warmest in the afternoon, half a degree of chance. */
function day(): readonly Point[] {
  const random = randomFrom(2);
  return Array.from({ length: 48 }, (_, at) => {
    const hour = at / 2;
    const wave = (peak: number, high: number, hours: number) => high * Math.cos((2 * Math.PI * (hour - peak)) / hours);
    return [hour, Number((12 + wave(15, 5, 24) + wave(7, 1.6, 12) + 1.2 * (random() - 0.5)).toFixed(1))];
  });
}

const places = Array.from({ length: 161 }, (_, at) => at / 10 - 8);

interface Bend {
  readonly name: (typeof activations)[number];
  readonly values: readonly Point[];
  readonly slopes: readonly Point[];
}

/** What each activation makes of the places, and its slopes there. */
async function bends(nnc: Workshop): Promise<readonly Bend[]> {
  const network = await nnc.network("slopes.nn", { bounds: { N: places.length } });
  const found: Bend[] = [];
  for (const name of activations) {
    const [values, slopes] = await network.predict(name, { x: Float32Array.from(places) });
    const points = (all: ArrayLike<number> | undefined): readonly Point[] =>
      places.map((place, at) => [place, all?.[at] ?? Number.NaN]);
    found.push({ name, values: points(values?.data), slopes: points(slopes?.data) });
  }
  network.close();
  return found;
}

/** A slope of an activation at a place. */
function slopeAt(all: readonly Bend[], name: string, place: number): number {
  return all.find((one) => one.name === name)?.slopes.find(([x]) => x === place)?.[1] ?? Number.NaN;
}

function chartOf({ name, values, slopes }: Bend, at: number): Chart {
  return {
    kind: "chart",
    title: shown[name],
    x: { label: "x", from: -8, to: 8 },
    y: { label: "", from: -1.25, to: 2 },
    marks: [
      { kind: "rule", y: 0 },
      { kind: "line", points: values, colour: at, name: "value" },
      { kind: "line", points: slopes, colour: 7, dashed: true, name: "slope" },
    ],
  };
}

/** The steepest that so many activations in a row can be. */
function inARow(all: readonly Bend[]): Chart {
  const layers = Array.from({ length: 11 }, (_, at) => at);
  return {
    kind: "chart",
    title: "steepest of several in a row",
    x: { label: "activations in a row", from: 0, to: 10 },
    y: { label: "", scale: "log", from: 1e-6, to: 10 },
    marks: all.map(({ name, slopes }, at) => {
      const most = Math.max(...slopes.map(([, slope]) => slope));
      return {
        kind: "line",
        points: layers.map((count) => [count, most ** count]),
        colour: at,
        name: shown[name],
        dashed: name === "Relu",
      };
    }),
  };
}

const hours = Array.from({ length: 97 }, (_, at) => at / 4);

function curveOf(nnc: Workshop, run: Run, label: string): readonly Point[] {
  const rows = hours.map((hour) => ({ hour }));
  const said = nnc.predictions("day.nn", run, rows, ["--model", label]);
  return hours.map((hour, at) => [hour, Number(said[at]?.["degrees"])]);
}

export const lesson: Lesson = {
  summary: "why a network needs bends between its layers: sigmoid, tanh and ReLU, and how steep they are.",
  data: () => ({ "data/day.csv": ["hour,degrees", ...day().map((one) => one.join(",")), ""].join("\n") }),
  run: async (nnc) => {
    const all = await bends(nnc);
    const runs = (["Straight", ...activations] as const).map((label) => ({
      label,
      run: nnc.train("day.nn", { label }),
    }));
    const lossOf = (run: Run | undefined) => Number(run?.done?.train.loss);
    const loss = (label: string) => lossOf(runs.find((one) => one.label === label)?.run);
    const with2 = nnc.train("day.nn", { label: "Relu", flags: ["--const", "hidden=2"] });
    const dead = nnc.train("day.nn", { label: "Relu", flags: ["--const", "hidden=2", "--seed", "3"] });
    const ofDead = nnc.predictions("day.nn", dead, [{ hour: 3 }, { hour: 15 }], ["--model", "Relu"]);
    const measured: Chart["marks"] = [{ kind: "dots", points: day(), colour: 7, radius: 2, name: "measured" }];
    return {
      figures: {
        "slope of sigmoid at 0": figure(slopeAt(all, "Sigmoid", 0), 2),
        "slope of sigmoid at 6": figure(slopeAt(all, "Sigmoid", 6), 4),
        "slope of tanh at 0": exact(slopeAt(all, "Tanh", 0)),
        "slope of tanh at 6": figure(slopeAt(all, "Tanh", 6), 6),
        "loss of Straight": figure(loss("Straight"), 1),
        "loss of Sigmoid": figure(loss("Sigmoid"), 2),
        "loss of Tanh": figure(loss("Tanh"), 2),
        "loss of Relu": figure(loss("Relu"), 2),
        "loss of 2": figure(lossOf(with2), 1),
        "loss of dead": figure(lossOf(dead), 1),
        "night of dead": figure(Number(ofDead[0]?.["degrees"]), 1),
        "day of dead": figure(Number(ofDead[1]?.["degrees"]), 1),
      },
      pictures: {
        "slopes.svg": pictureOf(
          "Sigmoid, tanh and ReLU, their slopes, and slopes multiplied",
          [...all.map(chartOf), inARow(all)],
          2,
        ),
        "day.svg": pictureOf("Temperatures of a day, and what networks with and without an activation make of them", [
          {
            kind: "chart",
            title: "Nothing between the layers, and ReLU",
            x: { label: "hour", from: 0, to: 24 },
            y: { label: "degrees", from: 4, to: 20 },
            marks: [
              ...measured,
              ...runs
                .filter(({ label }) => label === "Straight" || label === "Relu")
                .map(({ label, run }, at) => ({
                  kind: "line" as const,
                  points: curveOf(nnc, run, label),
                  colour: 1 + at,
                  name: shown[label],
                })),
            ],
          },
          {
            kind: "chart",
            title: "Sigmoid and tanh",
            x: { label: "hour", from: 0, to: 24 },
            y: { label: "degrees", from: 4, to: 20 },
            marks: [
              ...measured,
              ...runs
                .filter(({ label }) => label === "Sigmoid" || label === "Tanh")
                .map(({ label, run }, at) => ({
                  kind: "line" as const,
                  points: curveOf(nnc, run, label),
                  colour: at === 0 ? 0 : 3,
                  name: shown[label],
                })),
            ],
          },
        ]),
      },
    };
  },
};
