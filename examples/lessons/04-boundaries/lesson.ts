/** Two crescents of points told apart by a neuron, and by networks with more and more hidden neurons. */
import { randomFrom } from "../../../scripts/lib/random.mjs";
import { fieldFrom, placesOf } from "../lib/field.ts";
import { exact, figure, percent } from "../lib/lesson.ts";
import type { Lesson } from "../lib/lesson.ts";
import type { Chart, Mark, Point } from "../lib/panel.ts";
import { pictureOf } from "../lib/picture.ts";
import type { Run, Workshop } from "../lib/workshop.ts";

/** Points on two half circles that reach into each other, blurred; the third number says on which. */
function moons(): readonly (readonly [x: number, y: number, moon: number])[] {
  const random = randomFrom(4);
  const blur = () => 0.3 * (random() + random() - 1);
  return Array.from({ length: 200 }, (_, at) => {
    const angle = Math.PI * random();
    const [x, y] = [Math.cos(angle), Math.sin(angle)];
    const [moon, atX, atY] = at % 2 === 0 ? [0, x, y] : [1, 1 - x, 0.45 - y];
    return [Number((atX + blur()).toFixed(2)), Number((atY + blur()).toFixed(2)), moon];
  });
}

const [across, down] = [[-1.5, 2.5] as const, [-1.25, 1.75] as const];
const columns = 65;

interface Trained {
  readonly title: string;
  readonly run: Run;
  readonly label: "Moons" | "Line";
  readonly hidden: number;
}

/** The plane as the network divides it. */
async function chartOf(nnc: Workshop, { title, run, label, hidden }: Trained): Promise<Chart> {
  const places = placesOf(across, down, columns, 49);
  const compiling = { train: label, consts: { hidden } };
  const scores = await nnc.outputs("moons.nn", { run, model: label, compiling }, { point: places });
  const values = scores.map(([score = 0]) => score);
  const regions = fieldFrom(
    across,
    down,
    columns,
    values.map((score) => (score > 0 ? 1 : 0)),
  );
  const points = [0, 1].map((moon): Mark => {
    const own = moons().filter((one) => one[2] === moon);
    return { kind: "dots", points: own.map(([x, y]) => [x, y]), colour: moon, radius: 2 };
  });
  return {
    kind: "chart",
    title,
    x: { label: "x", from: across[0], to: across[1] },
    y: { label: "y", from: down[0], to: down[1] },
    marks: [
      { kind: "regions", field: regions },
      ...(hidden === 3 && label === "Moons" ? linesOf(nnc, run) : []),
      { kind: "contours", field: fieldFrom(across, down, columns, values), levels: [0], colour: 7 },
      ...points,
    ],
  };
}

/** Where each hidden neuron's sum is 0. */
function linesOf(nnc: Workshop, run: Run): readonly Mark[] {
  const parameters = nnc.parameters(run);
  const [weights, biases] = [parameters.get("Moons.dense.w") ?? [], parameters.get("Moons.dense.b") ?? []];
  return biases.map((bias, at) => {
    const [ofX, ofY] = [weights[at], weights[biases.length + at]];
    const points = across.map((x): Point => [x, -(bias + ofX * x) / ofY]);
    return { kind: "line", points, colour: 7, dashed: true };
  });
}

export const lesson: Lesson = {
  summary: "two classes in a plane: where a network changes its mind, and how hidden neurons bend that line.",
  data: () => ({ "data/moons.csv": ["x,y,moon", ...moons().map((one) => one.join(",")), ""].join("\n") }),
  run: async (nnc) => {
    const line: Trained = {
      title: "a single neuron",
      run: nnc.train("moons.nn", { label: "Line" }),
      label: "Line",
      hidden: 8,
    };
    const trained = [line];
    for (const hidden of [2, 3, 8]) {
      const run = nnc.train("moons.nn", { label: "Moons", flags: ["--const", `hidden=${hidden}`] });
      trained.push({ title: `${hidden} hidden neurons`, run, label: "Moons", hidden });
    }
    const charts: Chart[] = [];
    for (const one of trained) charts.push(await chartOf(nnc, one));
    const found = trained.map(({ run }) => ({
      right: Number(run.done?.train["binary_accuracy"]),
      loss: Number(run.done?.train.loss),
    }));
    const names = ["line", "2", "3", "8"];
    const figures = found.flatMap(({ right, loss }, at) => [
      [`right of ${names[at]}`, percent(right, 1)] as const,
      [`loss of ${names[at]}`, figure(loss, 3)] as const,
    ]);
    const one = nnc.train("moons.nn", { label: "Moons", flags: ["--const", "hidden=1"] });
    const eight = trained.at(-1);
    if (eight === undefined) throw new Error("a network was trained");
    const asked = [
      { x: 1.5, y: -0.5 },
      { x: 0.5, y: 0.2 },
    ];
    const [within = 0, near = 0] = nnc.predictions("moons.nn", eight.run, asked).map((said) => Number(said["moon"]));
    const chance = (score: number) => percent(1 / (1 + Math.exp(-score)), 1);
    return {
      figures: {
        points: exact(moons().length),
        ...Object.fromEntries(figures),
        "right of 1": percent(Number(one.done?.train["binary_accuracy"]), 1),
        "score within": figure(within, 2),
        "chance within": chance(within),
        "score near": figure(near, 2),
        "chance near": chance(near),
      },
      pictures: { "moons.svg": pictureOf("Two crescents, and where networks draw the line between them", charts, 2) },
    };
  },
};
