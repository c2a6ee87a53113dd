/** Samples of primitives and random programs (test/onnx/samples.ts) on every runtime: the rungs below whole networks. */
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../project.mjs";
import { tolerance } from "./compare.mjs";

const programs = 300;
const seed = 1;

/** Of argmax nnc takes the first NaN; ONNX does not say which, and its runtimes take none. */
const known = ["argmax: f32[4, 3] over 1 with ties", "argmax: f32[3, 4] over 0 with ties"];

/** `{ name, count, problems, files }` of each rung: a sentence for each model that computes something else. */
export async function ladder(runtimes, folder) {
  const { sampleTrials, randomTrials } = await samples();
  const rungs = [
    { name: "samples of primitives", trials: sampleTrials() },
    { name: "random programs", trials: randomTrials(seed, programs) },
  ];
  const steps = [];
  for (const { name, trials } of rungs) {
    const problems = [];
    const files = [];
    for (const [at, trial] of trials.entries()) {
      const file = path.join(folder, `${name.replaceAll(" ", "-")}-${at}.onnx`);
      writeFileSync(file, trial.model);
      files.push(file);
      for (const runtime of runtimes) {
        const found = await problemOf(trial, runtime);
        if (found === undefined || known.includes(trial.name)) continue;
        problems.push(`${runtime.name}, ${trial.name}: ${found}`);
        console.log(problems.at(-1));
      }
    }
    console.log(`${name}: ${trials.length}, of which ${problems.length} are wrong`);
    steps.push({ name, count: trials.length, problems, files });
  }
  return steps;
}

/** The module as JavaScript, which Node runs. */
async function samples() {
  const { build } = await import("esbuild");
  const outfile = path.join(root, "dist/cache/onnx-samples.mjs");
  await build({
    absWorkingDir: root,
    entryPoints: ["test/onnx/samples.ts"],
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outfile,
    logLevel: "error",
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile);
  }
}

async function problemOf({ model, inputs, expected }, runtime) {
  try {
    const session = await runtime.open(model);
    const feeds = inputs.map(({ name, dtype, value }) => [name, { type: dtype, ...value }]);
    const results = await session.run(Object.fromEntries(feeds));
    await session.close();
    for (const [at, { single, double }] of expected.entries()) {
      const { name, shape, data } = results[at];
      if (shape.join() !== single.shape.join()) return `${name} is [${shape}], not [${single.shape}]`;
      const allowed = roundedOff(single.data, double.data);
      const wrong = Array.from(data, Number).findIndex((value, i) => !isNear(value, single.data[i], allowed));
      if (wrong >= 0) return `element ${wrong} of ${name} is ${data[wrong]}, not ${single.data[wrong]}`;
    }
    return undefined;
  } catch (error) {
    return error.message;
  }
}

/** Ten times as far as rounding takes our own numbers from those in 64 bits, of those that are finite: so far it may take others. */
function roundedOff(single, double) {
  return Array.from(single).reduce((most, value, at) => {
    const apart = 10 * Math.abs(value - double[at]);
    return Number.isFinite(apart) ? Math.max(most, apart) : most;
  }, 0);
}

function isNear(value, single, allowed) {
  const most = Math.max(tolerance * Math.max(1, Math.abs(single)), allowed);
  return Object.is(value, single) || value === single || Math.abs(value - single) <= most;
}
