/**
 * What `npm run verify:deep` holds the examples to: each is trained by the command with several seeds, and the mean of what it reaches must
 * not fall below a bound. Bounds leave room below what was found over more seeds, since sums in another order are other numbers.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./project.mjs";

const percent = (share) => `${(100 * share).toFixed(2)} %`;
const times = (factor) => `${factor.toFixed(2)} times`;
const nats = (number) => `${number.toFixed(2)} nats`;
const plain = (number) => number.toFixed(3);
/** The seeds from 1 to this one. */
export const firstSeeds = (count) => Array.from({ length: count }, (_, at) => at + 1);

/** Where Debian's package dataset-fashion-mnist puts its files. */
const debian = "/usr/share/datasets/fashion-mnist";

/** A metric of the rows held out, of the only training. */
const final =
  (metric) =>
  ([{ done }]) =>
    done.holdout[metric];

const examples = [
  {
    file: "digits/digits.nn",
    seeds: firstSeeds(10),
    figures: [{ name: "accuracy", of: final("accuracy"), show: percent, least: 0.963 }],
  },
  {
    file: "fashion/fashion.nn",
    seeds: firstSeeds(3),
    figures: [{ name: "accuracy", of: final("accuracy"), show: percent, least: 0.85 }],
  },
  {
    file: "fashion/residual.nn",
    seeds: firstSeeds(2),
    figures: [
      { name: "accuracy", of: final("accuracy"), show: percent, least: 0.8 },
      {
        name: "fall of the loss with the first drop of the rate",
        of: ([run]) => fall(run, 8),
        show: percent,
        least: 0.15,
      },
    ],
  },
  {
    // ReLU is not the faster one here; below the bound something would be wrong with it.
    file: "fashion/tanh_or_relu.nn",
    flags: ["--all"],
    seeds: firstSeeds(3),
    figures: [
      {
        name: "how many times sooner with ReLU than with tanh",
        of: ([tanh, relu]) => sooner(tanh, relu),
        show: times,
        least: 0.6,
      },
    ],
  },
  {
    file: "batch_norm/batch_norm.nn",
    flags: ["--all"],
    seeds: firstSeeds(3),
    figures: [
      { name: "how many times sooner than without", of: ([off, on]) => sooner(off, on), show: times, least: 9 },
      ...["average", "epoch", "batch"].map((statistics, at) => ({
        name: `accuracy by the statistics "${statistics}"`,
        of: (runs) => runs[at + 1].done.holdout.accuracy,
        show: percent,
        least: 0.955,
      })),
    ],
  },
  {
    file: "transfer/transfer.nn",
    flags: ["--all"],
    seeds: firstSeeds(10),
    figures: [
      { name: "accuracy of names", of: ([name]) => name.done.holdout.accuracy, show: percent, least: 0.86 },
      {
        name: "accuracy over the frozen trunk",
        of: ([, frozen]) => frozen.done.holdout.accuracy,
        show: percent,
        least: 0.82,
      },
      {
        name: "what of that is due to the trunk",
        of: ([, frozen, scratch]) => frozen.done.holdout.accuracy - scratch.done.holdout.accuracy,
        show: percent,
        least: 0.18,
      },
    ],
  },
  {
    file: "shapes/segment.nn",
    seeds: firstSeeds(1),
    figures: [{ name: "mean_iou", of: final("mean_iou"), show: percent, least: 0.9 }],
  },
  {
    file: "shapes/detect.nn",
    seeds: firstSeeds(1),
    figures: ["found", "right"].map((name) => ({ name, of: final(name), show: percent, least: 0.75 })),
  },
  {
    file: "gan/gan.nn",
    seeds: firstSeeds(2),
    figures: [
      {
        name: "loss of the critic, 1.386 where it guesses",
        of: ([{ done }]) => done.train.critic,
        show: plain,
        least: 1.37,
      },
    ],
  },
  {
    file: "gan/digits.nn",
    seeds: firstSeeds(2),
    figures: [{ name: "digits that can be read", of: final("legible"), show: percent, least: 0.93 }],
  },
  {
    file: "karate/measured.nn",
    seeds: firstSeeds(10),
    figures: [{ name: "members told right", of: ([{ done }]) => done.train.told, show: percent, least: 0.92 }],
  },
  {
    file: "vae/vae.nn",
    seeds: firstSeeds(3),
    figures: [{ name: "evidence bound", of: ([{ done }]) => -done.holdout.loss, show: nats, least: -33.5 }],
  },
  {
    file: "ode/ode.nn",
    flags: ["--all"],
    seeds: firstSeeds(2),
    figures: ["Path", "Sparing"].map((name, at) => ({
      name: `error of ${name}, below 0`,
      of: (runs) => -runs[at].done.holdout.mean_absolute_error,
      show: plain,
      least: -0.05,
    })),
  },
  ...[
    { file: "text/recurrent_measured.nn", seeds: firstSeeds(2), least: -1.4 },
    { file: "text/transformer_measured.nn", seeds: firstSeeds(1), least: -1.62 },
  ].map(({ file, seeds, least }) => ({
    file,
    seeds,
    figures: [{ name: "nats a character, below 0", of: ([{ done }]) => -done.holdout.log_loss, show: nats, least }],
  })),
  {
    file: "forecast/sunspots.nn",
    flags: ["--all"],
    seeds: firstSeeds(5),
    figures: [
      ["of_last", "of who says that nothing changes", -0.48],
      ["of_cycle", "of who says what was eleven years ago", -0.76],
    ].map(([metric, whose, least]) => ({
      name: `error as a share of that ${whose}, below 0`,
      of: ([{ done }]) => -done.holdout[metric],
      show: percent,
      least,
    })),
  },
  {
    file: "captions/captions.nn",
    seeds: firstSeeds(2),
    figures: [
      { name: "words right, those before known", of: final("right"), show: percent, least: 0.985 },
      { name: "captions written without a mistake", of: final("whole"), show: percent, least: 0.92 },
    ],
  },
  {
    file: "fashion/full.nn",
    seeds: firstSeeds(1),
    data: { from: debian, to: "data/full", missing: "Debian's package dataset-fashion-mnist is not installed" },
    figures: [{ name: "accuracy", of: final("accuracy"), show: percent, least: 0.9 }],
  },
];

/** How many times the steps of `fast` are the steps that `slow` takes to a loss that both reach. */
function sooner(slow, fast) {
  const loss = Math.max(...[slow, fast].map(({ steps }) => steps.at(-1).average));
  const stepsOf = ({ steps }) => 1 + steps.findIndex(({ average }) => average <= loss);
  return stepsOf(slow) / stepsOf(fast);
}

/** Which share of the training loss goes from the epoch before to this one. */
function fall({ epochs }, epoch) {
  return 1 - epochs[epoch - 1].train.loss / epochs[epoch - 2].train.loss;
}

/** The files of the examples that are held to something. */
export const exampleFiles = examples.map(({ file }) => file);

/**
 * Trains an example with each of its seeds. Answers each figure with its values, one for each seed (NaN where training failed), or why nothing
 * was trained. Runs lie in `folder`. `otherSeeds` takes the place of its own.
 */
export function measureExample(file, folder, otherSeeds) {
  const { data, flags = [], seeds, figures: asked } = examples.find((one) => one.file === file);
  if (data !== undefined && !existsSync(data.from)) return { file, skipped: data.missing, figures: [] };
  const source = data === undefined ? path.join(root, "examples", file) : withData(file, data, folder);
  const all = (otherSeeds ?? seeds).map((seed) => {
    const out = path.join(folder, `${path.basename(file, ".nn")}-${seed}`);
    return trainings(source, [...flags, "--seed", String(seed), "-o", out]);
  });
  const figures = asked.map((figure) => {
    const values = all.map((runs) => (runs.length === 0 ? Number.NaN : figure.of(runs)));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return { ...figure, values, mean, passed: mean >= figure.least };
  });
  return { file, figures };
}

/** A copy of the example in a project of its own that has the data, since nothing outside a project is read. */
function withData(file, { from, to }, folder) {
  const project = path.join(folder, "project");
  const copy = path.join(project, path.basename(file));
  mkdirSync(path.join(project, to), { recursive: true });
  writeFileSync(path.join(project, "package.json"), "{}");
  cpSync(path.join(root, "examples", file), copy);
  cpSync(from, path.join(project, to), { recursive: true });
  return copy;
}

/** The events of each training, by their kind; none where the command fails. */
function trainings(source, flags) {
  const args = [path.join(root, "dist/cli.js"), "train", source, "--json", ...flags];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) {
    console.error(stderr);
    return [];
  }
  const runs = [];
  for (const event of stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))) {
    if (event.event === "start") runs.push({ steps: [], epochs: [] });
    if (event.event === "step") runs.at(-1).steps.push(event);
    if (event.event === "epoch") runs.at(-1).epochs.push(event);
    if (event.event === "done") runs.at(-1).done = event;
  }
  return runs;
}
