/**
 * Measures how long deep networks take to compile, and what memory; README.md of bench/ says how and what the figures mean:
 *
 *     npm run bench:compile -- --rounds 5 --beside ../old --only "dense, sgd" --out bench/results/compile-beside.json
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
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
      beside: { type: "string" },
      only: { type: "string", default: "" },
      out: { type: "string", default: here("../results/compile.json") },
    },
  });
  const rounds = Number(values.rounds);
  if (!(Number.isInteger(rounds) && rounds >= 1 && rounds <= 100))
    throw new Error(`--rounds: expected a whole number from 1 to 100, found ${JSON.stringify(values.rounds)}`);
  if (!values.out.endsWith(".json"))
    throw new Error(`--out: expected a file that ends in .json, found ${JSON.stringify(values.out)}`);
  const beside = values.beside && path.resolve(values.beside);
  if (beside !== undefined && !existsSync(path.join(beside, "dist", "index.js")))
    throw new Error(`--beside: expected a checkout that is built, found no dist/index.js in ${beside}`);
  const places = [...networks.keys()].filter((place) => networks[place].name.includes(values.only));
  if (places.length === 0)
    throw new Error(
      `--only: expected a part of a name among ${[...new Set(networks.map(({ name }) => name))].join("; ")}, found ${JSON.stringify(values.only)}`,
    );
  return { rounds, target: values.target, beside, places, out: path.resolve(values.out) };
}

function measure(place, target, folder, ...limit) {
  const args = [here("measure.mjs"), String(place), target, path.join(folder, "dist"), ...limit];
  const stdio = ["ignore", "pipe", limit.length > 0 ? "ignore" : "inherit"];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", stdio }));
}

/** What another checkout takes, with its own limit on programs; undefined for a network that it does not compile so. */
function measureBeside(place, target, folder) {
  try {
    return measure(place, target, folder, "usual");
  } catch {
    return undefined;
  }
}

/** The least of each figure: whatever else the machine does only adds to it. */
function leastOf(samples) {
  return Object.fromEntries(
    Object.keys(samples[0]).map((key) => [key, Math.min(...samples.map((sample) => sample[key]))]),
  );
}

const columns = {
  seconds: { title: "seconds", digits: 2 },
  cpuSeconds: { title: "processor seconds", digits: 2 },
  peakMB: { title: "peak MB", digits: 0 },
  operations: { title: "operations", digits: 0 },
  artifactKB: { title: "artifact KB", digits: 0 },
  stepMs: { title: "training step, ms", digits: 3 },
};
const compared = ["seconds", "cpuSeconds", "peakMB"];

function markdown({ machine, target, rounds, beside, rows }) {
  const head = ["network", "depth", ...Object.values(columns).map(({ title }) => title)];
  const headBeside = beside ? compared.map((key) => `${beside.commit}: ${columns[key].title}`) : [];
  const figure = (found, key) => found?.[key]?.toFixed(columns[key].digits) ?? "–";
  const cells = rows.map((row) => [
    row.name,
    row.depth,
    ...Object.keys(columns).map((key) => figure(row, key)),
    ...(beside ? compared.map((key) => figure(row.beside, key)) : []),
  ]);
  const line = (list) => `| ${list.join(" | ")} |`;
  const { cpu, cores, node, load, commit, date } = machine;
  const turns = beside ? `, in turns with ${beside.commit} (${beside.date})` : "";
  return `${[
    `Compiled for ${target}, cold, the least of ${rounds} rounds${turns}. ${cpu}, ${cores} cores, Node.js ${node}, load ${load.toFixed(1)}, nnc ${commit}, ${date}.`,
    "",
    line([...head, ...headBeside]),
    line([...head, ...headBeside].map((_, at) => (at === 0 ? "---" : "--:"))),
    ...cells.map(line),
  ].join("\n")}\n`;
}

/** What another checkout was when it was committed. */
function commitOf(folder) {
  const text = execFileSync("git", ["-C", folder, "log", "-1", "--format=%h %cI"], { encoding: "utf8" });
  const [commit, date] = text.trim().split(" ");
  return { commit, date };
}

function main({ rounds, target, beside, places, out }) {
  const samples = new Map(places.map((place) => [place, { own: [], beside: [] }]));
  for (let round = 0; round < rounds; round += 1)
    for (const [place, { own, beside: others }] of samples) {
      own.push(measure(place, target, here("../..")));
      const other = beside && measureBeside(place, target, beside);
      if (other) others.push(other);
    }
  const rows = [...samples].map(([place, { own, beside: others }]) => {
    const { name, depth } = networks[place];
    return { name, depth, ...leastOf(own), ...(others.length > 0 ? { beside: leastOf(others) } : {}) };
  });
  const run = { machine: machineOf(), target, rounds, ...(beside ? { beside: commitOf(beside) } : {}), rows };
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
