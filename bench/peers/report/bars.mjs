/** What is asked of nnc beside its peers and the ceiling, by medians, and whether it holds. */
import { operations, workloads } from "../workloads.mjs";

/** `system` is to be so many times as fast as `beside` on one thread; with `threads`, as itself on one. Of training steps, or of inference of `rows`, by default one. */
const bars = [
  { workload: "W4", system: "nnc-wasm", beside: "tfjs-cpu", least: 500 },
  { workload: "W4", system: "nnc-typescript", beside: "tfjs-cpu", least: 30 },
  { workload: "W4", system: "nnc-wasm", beside: "torch", least: 0.6 },
  { workload: "W4", system: "nnc-wasm", threads: 2, least: 1.8 },
  { workload: "W5", system: "nnc-wasm", beside: "tfjs-cpu", least: 100 },
  { workload: "W5", system: "nnc-wasm", beside: "torch", least: 0.4 },
  { workload: "W5", system: "nnc-wasm", threads: 2, least: 1.8 },
  { workload: "W6", system: "nnc-wasm", beside: "torch", least: 0.4 },
  { workload: "W6", system: "nnc-wasm", threads: 2, least: 1.6 },
  { workload: "W4", phase: "inference", system: "nnc-wasm", beside: "onnxruntime-web", least: 2 },
  { workload: "W5", phase: "inference", system: "nnc-wasm", beside: "onnxruntime-web", least: 1.2 },
  ...exportBars(),
];

/** Exported code beside onnxruntime-web: so many times as fast for one row, and not behind for the batch of training. */
function exportBars() {
  const single = { W1: 12, W2: 1.4, W3: 1.5, W4: 2, W5: 1.2, W6: 1.5, W7: 1.8 };
  const one = { phase: "inference", beside: "onnxruntime-web" };
  return [
    ...Object.entries(single).map(([workload, least]) => ({ ...one, workload, system: "nnc-export-wasm", least })),
    { ...one, workload: "W2", system: "nnc-export-wasm-f16", least: 1.8 },
    ...Object.keys(single).map((workload) => ({
      ...one,
      workload,
      system: "nnc-export-wasm",
      rows: workloads[workload].batch,
      least: 1,
    })),
  ];
}

/** The share of the ceiling that a whole training step is to reach on one thread, by the operations of its products. */
const shares = [
  { workload: "W1", least: 0.55 },
  { workload: "W2", least: 0.85 },
  { workload: "W3", least: 0.8 },
  { workload: "W7", least: 0.8 },
];
/** Of nnc-wasm beside torch, both on one thread, the geometric mean over all workloads. */
const meanBar = 0.9;

/**
 * `[{ title, least, found, isBound, holds, most }]`, those that the run has both sides of; `holds` is undefined where it cannot tell, `most` what
 * would be found if all that nnc computes were done at the ceiling, where a bar does not hold. `ceilings` are GFLOP/s by number of threads.
 */
export function barsOf({ rows, ceilings }) {
  const step = (system, workload, threads, phase = "train", count = 1) =>
    rows.find(
      (row) =>
        row.system === system &&
        row.workload === workload &&
        row.threads === threads &&
        row.phase === phase &&
        (phase === "train" || row.batch === count),
    );
  const single = bars.flatMap(({ workload, phase, system, beside, threads = 1, rows: count = 1, least }) => {
    const own = step(system, workload, threads, phase, count);
    const other = step(beside ?? system, workload, 1, phase, count);
    if (own?.medianMs === undefined || other === undefined) return [];
    const isBound = other.medianMs === undefined;
    const found = (other.medianMs ?? other.atLeastMs) / own.medianMs;
    const title =
      beside === undefined
        ? `${workload}: ${system} on ${threads} threads beside one`
        : `${workload}: ${system} beside ${beside}${phase === undefined ? "" : `, ${phase} of ${count === 1 ? "one row" : `${count} rows`}`}`;
    const holds = found >= least || (isBound ? undefined : false);
    const isTold = holds === false && beside !== undefined && own.all !== undefined;
    const most = isTold ? { most: (other.medianMs * ceilings[1] * 1e6) / own.all } : {};
    return [{ title, least, found, isBound, holds, ...most }];
  });
  return [...single, ...sharesOf(step, ceilings[1]), ...meanOf(step)];
}

function sharesOf(step, ceiling) {
  return shares.flatMap(({ workload, least }) => {
    const own = step("nnc-wasm", workload, 1);
    if (own?.medianMs === undefined || ceiling === undefined) return [];
    const found = operations(workloads[workload], "train", own.batch) / ceiling / 1e6 / own.medianMs;
    return [{ title: `${workload}: nnc-wasm beside the ceiling`, least, found, isBound: false, holds: found >= least }];
  });
}

function meanOf(step) {
  const names = Object.keys(workloads);
  const pairs = names.flatMap((name) => {
    const [own, other] = ["nnc-wasm", "torch"].map((system) => step(system, name, 1)?.medianMs);
    return own === undefined || other === undefined ? [] : [{ name, ratio: other / own }];
  });
  if (pairs.length === 0) return [];
  const found = Math.exp(pairs.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / pairs.length);
  const isWhole = pairs.length === names.length;
  const over = isWhole ? `${names[0]} to ${names.at(-1)}` : `${pairs.map(({ name }) => name).join(", ")} only`;
  const title = `nnc-wasm beside torch, the geometric mean over ${over}`;
  return [{ title, least: meanBar, found, isBound: false, holds: isWhole ? found >= meanBar : undefined }];
}
