/**
 * `node scripts/measure-threads.mjs [--write]`: measures what sharing a kernel among threads costs on this machine, after
 * `npm run build`, and prints compiler/program/thread-costs.ts with the figures, or writes it. The figures are minima of many
 * repeats, since whatever else the machine does only makes them larger; take those of a run in which two cores were free (`part`
 * is then well below the 300 ns that a part here takes).
 */
import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { compile as assemble } from "watr";
import { alone } from "./lib/alone.mjs";
import { root, writeWhole } from "./lib/project.mjs";

const { compile } = await import(path.join(root, "dist/index.js"));
const file = path.join(root, "compiler/program/thread-costs.ts");

/** Nanoseconds of the fastest of many calls, before each of which something else is done. */
function fastest(times, call, first = () => undefined) {
  let best = Infinity;
  for (let time = 0; time < times; time++) {
    first();
    const before = process.hrtime.bigint();
    call(time);
    best = Math.min(best, Number(process.hrtime.bigint() - before));
  }
  return best;
}

function artifactOf(source, bounds) {
  const result = compile({ name: "measured.nn", source }, { target: "wasm", bounds });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result;
}

/** Phases of parts that do nothing but count to `turns`, by the same agreement as programs; how many each thread did is at `$own`. */
const driver = (pages) => `(module
  (import "env" "memory" (memory ${pages} ${pages}))
  (import "env" "own" (global $own i32))
  ${[
    "put (param i32 i32)",
    "begin",
    "end",
    "next (param i32 i32) (result i32)",
    "job (result i32)",
    "get (param i32) (result i32)",
    "current (result i32)",
  ]
    .map((call) => call.split(/ (.*)/s))
    .map(([name, type = ""]) => `(import "threads" "${name}" (func $${name} ${type}))`)
    .join("\n  ")}
  (func $phases (param $phases i32) (param $parts i32) (param $turns i32) (local $part i32) (local $turn i32)
    (loop $phase
      (local.set $part (i32.const -1))
      (loop $again
        (if (i32.ge_s (local.tee $part (call $next (local.get $part) (local.get $parts))) (i32.const 0))
          (then
            (i32.store (global.get $own) (i32.add (i32.load (global.get $own)) (i32.const 1)))
            (local.set $turn (local.get $turns))
            (loop $count (br_if $count (i32.ge_s (local.tee $turn (i32.sub (local.get $turn) (i32.const 1))) (i32.const 0))))
            (br $again))))
      (br_if $phase (local.tee $phases (i32.sub (local.get $phases) (i32.const 1))))))
  (func (export "run") (param $phases i32) (param $parts i32) (param $turns i32)
    (call $put (i32.const 1) (local.get $phases))
    (call $put (i32.const 2) (local.get $parts))
    (call $put (i32.const 3) (local.get $turns))
    (call $begin)
    (call $phases (local.get $phases) (local.get $parts) (local.get $turns))
    (call $end))
  (func (export "worker") (local $a i32) (local $b i32) (local $c i32)
    (loop $again
      (if (call $job)
        (then
          (local.set $a (call $get (i32.const 1)))
          (local.set $b (call $get (i32.const 2)))
          (local.set $c (call $get (i32.const 3)))
          (if (call $current) (then (call $phases (local.get $a) (local.get $b) (local.get $c))))
          (br $again))))))`;

const workerCode = `
const { workerData: { agreement, program, memory, own }, parentPort } = require("node:worker_threads");
const agreed = new WebAssembly.Instance(agreement, { env: { memory, above: 1, stalled() {} } }).exports;
const { worker } = new WebAssembly.Instance(program, { env: { memory, own }, threads: agreed }).exports;
parentPort.postMessage("ready");
setTimeout(worker);`;

/** The agreement of a real program, driven by phases of chosen sizes on two threads. */
async function measureAgreement() {
  const { artifact } = artifactOf(readFileSync(path.join(root, "bench/workloads/W2.nn"), "utf8"), {});
  const { module, own, ownBytes } = artifact.manifest.threads;
  const agreement = new WebAssembly.Module(artifact.files[module]);
  const pages = Math.ceil((own + ownBytes) / 65_536);
  const bytes = assemble(driver(pages));
  bytes[bytes.indexOf(2, bytes.indexOf(121)) + 1] = 3; // Behind "memory": its limits are those of a shared one.
  const program = new WebAssembly.Module(bytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const counts = new Int32Array(memory.buffer);
  const agreed = new WebAssembly.Instance(agreement, { env: { memory, above: 0, stalled() {} } }).exports;
  const { run } = new WebAssembly.Instance(program, { env: { memory, own }, threads: agreed }).exports;
  const worker = new Worker(workerCode, { eval: true, workerData: { agreement, program, memory, own: own + 64 } });
  await new Promise((ready) => worker.once("message", ready));
  const [mine, others] = [own / 4, own / 4 + 16];
  /** The fastest run of many in which each thread did a fair share of the parts. */
  const together = (phases, parts, turns) => {
    let best = Infinity;
    for (const until = performance.now() + 3000; performance.now() < until;) {
      counts[mine] = counts[others] = 0;
      const time = fastest(1, () => run(phases, parts, turns));
      if (Math.min(counts[mine], counts[others]) > (phases * parts) / 5) best = Math.min(best, time);
    }
    return best;
  };
  const turns = 1000;
  const one = fastest(2000, () => run(1, 1, 127 * turns)) / 127;
  const barrier = together(200, 2, turns) / 200 - one;
  const part = (2 * (together(100, 127, turns) / 100 - barrier)) / 127 - one;
  const asleep = () => Atomics.wait(counts, 0, counts[0], 1);
  const wake = fastest(500, () => run(1, 1, 0), asleep) - fastest(500, () => run(1, 1, 0));
  await worker.terminate();
  agreed.stop();
  return { barrier, wake, part };
}

/** Nanoseconds of an entry alone, and its operations and bytes. */
function measureEntry(source, N) {
  const { artifact, built } = artifactOf(source, { N });
  const { entries } = alone(artifact);
  const entry = built.program.entries.find(({ name }) => name.startsWith("predict"));
  const costs = entry.steps.map(({ kernel }) => built.program.kernels[kernel].cost);
  const total = (of) => costs.reduce((sum, cost) => sum + of(cost), 0);
  const at = ({ monomials }) =>
    monomials.reduce((sum, { coefficient, atoms }) => sum + coefficient * N ** atoms.length, 0);
  return {
    time: fastest(300, () => entries[entry.name](N)),
    flops: total(({ flops }) => at(flops)),
    bytes: total(({ bytesRead, bytesWritten }) => at(bytesRead) + at(bytesWritten)),
  };
}

/** What explains both a product, which computes, and a map, which moves bytes. */
function measureWork() {
  const product = measureEntry("model P(x: [N, 512]) -> [N, 512] = x |> dense(512)", 256);
  const map = measureEntry("model M(x: [N, 4096]) -> [N, 4096] = x |> relu", 256);
  const determinant = product.flops * map.bytes - map.flops * product.bytes;
  return {
    flop: (product.time * map.bytes - map.time * product.bytes) / determinant,
    byte: (map.time * product.flops - product.time * map.flops) / determinant,
  };
}

const figures = { ...(await measureAgreement()), ...measureWork() };
const rounded = Object.entries(figures).map(([name, value]) => `${name}: ${Number(value.toPrecision(2))}`);
const machine = `${os.cpus()[0]?.model.trim() ?? "an unknown machine"}, Node ${process.versions.node}`;
const day = new Date().toISOString().slice(0, 10);
const text = readFileSync(file, "utf8").replace(
  /\/\*\* Measured .*$/s,
  `/** Measured on ${machine}, ${day}. */\nexport const threadCosts: ThreadCosts = { ${rounded.join(", ")} };\n`,
);
if (process.argv.includes("--write")) writeWhole(file, text);
else console.log(text);
