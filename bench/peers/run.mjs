/**
 * Measures a training step (or inference) of the workloads in nnc and its peers, in interleaved rounds of one process:
 *
 *     npm run bench:peers -- --workloads W1,W2 --phase train --threads 1 --out FILE
 *
 * A round gives every system the same minibatches in turn. Before and after each round a loop of fixed work is timed; a
 * round in which the machine ran below 90 % of its best is thrown away and repeated.
 */
import { writeFileSync } from "node:fs";
import os from "node:os";
import { parseArgs } from "node:util";
import { nnc } from "./systems/nnc.mjs";
import { tfjs } from "./systems/tfjs.mjs";
import { batchesOf, workloads } from "./workloads.mjs";

const { values: flags } = parseArgs({
  options: {
    workloads: { type: "string", default: Object.keys(workloads).join(",") },
    phase: { type: "string", default: "train" },
    threads: { type: "string", default: "1" },
    rounds: { type: "string", default: "7" },
    out: { type: "string" },
  },
});

const systems = [nnc("typescript"), nnc("wasm"), tfjs("cpu"), tfjs("wasm")];
/** A turn is at least this long, so that the clock's grain and one pause do not matter. */
const turnMs = 120;
const acceptable = 0.9;
const mostRounds = 40;

/** Fixed work in plain JavaScript: how fast the machine is just now, in operations a millisecond. */
function peak() {
  const from = performance.now();
  let sum = 0;
  for (let i = 0; i < 3e7; i++) sum = Math.fround(sum * 0.999 + i);
  const took = performance.now() - from;
  if (Number.isNaN(sum)) throw new Error("impossible");
  return 3e7 / took;
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Milliseconds of each call in one turn. */
function turn(call, state) {
  const times = [];
  const until = performance.now() + turnMs;
  do {
    const from = performance.now();
    call(state.count++);
    times.push(performance.now() - from);
  } while (performance.now() < until || times.length < 3);
  return times;
}

async function measure(name) {
  const workload = workloads[name];
  const batches = batchesOf(workload);
  const subjects = [];
  for (const system of systems) {
    await system.prepare();
    const subject = await system.create(workload, batches, name);
    const call = flags.phase === "train" ? subject.step : subject.predict;
    await subject.activate();
    for (let i = 0; i < 20; i++) call(i);
    subjects.push({ system, subject, call, state: { count: 0 }, times: [] });
  }
  let best = Math.max(peak(), peak());
  let kept = 0;
  for (let round = 0; kept < Number(flags.rounds) && round < mostRounds; round++) {
    const before = peak();
    const taken = [];
    for (const one of subjects) {
      await one.subject.activate();
      taken.push(turn(one.call, one.state));
    }
    const slowest = Math.min(before, peak());
    best = Math.max(best, before);
    if (slowest < acceptable * best) continue;
    kept++;
    for (const [at, one] of subjects.entries()) one.times.push(median(taken[at]));
  }
  for (const { subject } of subjects) subject.close();
  if (kept === 0) throw new Error("the machine was never calm enough to measure");
  return subjects.map(({ system, times }) => ({
    system: system.name, workload: name, phase: flags.phase, batch: workload.batch, threads: Number(flags.threads),
    medianMs: median(times), minMs: Math.min(...times),
  }));
}

const results = [];
for (const name of flags.workloads.split(",")) results.push(...(await measure(name)));

console.log(`${os.cpus()[0].model}, Node ${process.version}, ${systems.map(({ name, version }) => `${name} ${version}`).join(", ")}`);
for (const name of flags.workloads.split(",")) {
  const rows = results.filter(({ workload }) => workload === name);
  console.table(
    Object.fromEntries(rows.map(({ system, medianMs, minMs }) => [
      system,
      { "median ms": medianMs.toFixed(4), "min ms": minMs.toFixed(4), ...ratios(rows, medianMs) },
    ])),
  );
}
if (flags.out !== undefined) writeFileSync(flags.out, `${JSON.stringify(results, undefined, 2)}\n`);

/** How many times as fast as each peer. */
function ratios(rows, medianMs) {
  const peers = rows.filter(({ system }) => !system.startsWith("nnc"));
  return Object.fromEntries(peers.map((peer) => [`× ${peer.system}`, (peer.medianMs / medianMs).toFixed(2)]));
}
