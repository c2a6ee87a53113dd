/**
 * Measures how long deep networks take to compile, and what memory; README.md of bench/ says how and what the figures mean:
 *
 *     npm run bench:compile -- --rounds 5
 */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeWhole } from "../../scripts/lib/project.mjs";
import { machineOf } from "../peers/report/machine.mjs";
import { networks } from "./networks.mjs";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

function optionsOf(args) {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: "string", default: "3" },
      target: { type: "string", default: "wasm" },
      out: { type: "string", default: here("../results/compile.json") },
    },
  });
  const rounds = Number(values.rounds);
  if (!(Number.isInteger(rounds) && rounds >= 1 && rounds <= 100))
    throw new Error(`--rounds: expected a whole number from 1 to 100, found ${JSON.stringify(values.rounds)}`);
  if (!values.out.endsWith(".json"))
    throw new Error(`--out: expected a file that ends in .json, found ${JSON.stringify(values.out)}`);
  return { rounds, target: values.target, out: path.resolve(values.out) };
}

function measure(place, target) {
  return JSON.parse(execFileSync(process.execPath, [here("measure.mjs"), String(place), target], { encoding: "utf8" }));
}

/** The least of each figure: whatever else the machine does only adds to it. */
function leastOf(samples) {
  return Object.fromEntries(
    Object.keys(samples[0]).map((key) => [key, Math.min(...samples.map((sample) => sample[key]))]),
  );
}

function markdown({ machine, target, rounds, rows }) {
  const head = ["network", "depth", "seconds", "processor seconds", "peak MB", "operations", "artifact KB"];
  const cells = rows.map((row) => [
    row.name,
    row.depth,
    row.seconds.toFixed(2),
    row.cpuSeconds.toFixed(2),
    row.peakMB.toFixed(0),
    row.operations,
    row.artifactKB.toFixed(0),
  ]);
  const line = (list) => `| ${list.join(" | ")} |`;
  const { cpu, cores, node, load, commit, date } = machine;
  return `${[
    `Compiled for ${target}, cold, the least of ${rounds} rounds. ${cpu}, ${cores} cores, Node.js ${node}, load ${load.toFixed(1)}, nnc ${commit}, ${date}.`,
    "",
    line(head),
    line(head.map((_, at) => (at === 0 ? "---" : "--:"))),
    ...cells.map(line),
  ].join("\n")}\n`;
}

function main({ rounds, target, out }) {
  const samples = networks.map(() => []);
  for (let round = 0; round < rounds; round += 1)
    for (const place of networks.keys()) samples[place].push(measure(place, target));
  const rows = networks.map(({ name, depth }, place) => ({ name, depth, ...leastOf(samples[place]) }));
  const run = { machine: machineOf(), target, rounds, rows };
  mkdirSync(path.dirname(out), { recursive: true });
  writeWhole(out, `${JSON.stringify(run, undefined, 2)}\n`);
  writeWhole(`${out.slice(0, -".json".length)}.md`, markdown(run));
  process.stdout.write(markdown(run));
}

try {
  main(optionsOf(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
