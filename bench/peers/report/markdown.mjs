/** A run as tables to read. */
import { operations, workloads } from "../workloads.mjs";
import { barsOf } from "./bars.mjs";
import { groupsOf, milliseconds } from "./groups.mjs";

export function markdown(run, picture) {
  return [
    "# nnc and its peers",
    machine(run),
    `![Milliseconds of each system](${picture})`,
    ...groupsOf(run.rows).map((group) => comparison(group, run.notes)),
    bars(run),
    ceiling(run),
    threads(run),
    products(run),
    extras(run),
  ]
    .filter((section) => section !== "")
    .join("\n\n")
    .concat("\n");
}

/** Where and when a run took place, as a sentence. */
export function placeOf({ cpu, cores, memoryGiB, system, node, v8, load, commit, date }) {
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node} (V8 ${v8}), load ${load.toFixed(1)} at the start; nnc at ${commit}; ${date}.`;
}

function machine({ machine: place, versions, ceilings, rejected, settings }) {
  const peaks = Object.entries(ceilings).map(
    ([count, speed]) => `${speed.toFixed(1)} GFLOP/s with ${count} thread${count === "1" ? "" : "s"}`,
  );
  return [
    placeOf(place),
    `Versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}.`,
    `The ceiling, the best of all peak loops: ${peaks.join(", ")}. ${settings.rounds} rounds of each job; ${rejected} turns rejected because the machine ran below ${Math.round(settings.calm * 100)} % of it.`,
  ].join("\n\n");
}

/** Whose speed the others are held against: the first of these that was measured. */
const own = ["nnc-wasm", "nnc-export-wasm"];

function comparison({ title, rows, job }, notes) {
  const name = own.find((one) => rows.some(({ system }) => system === one)) ?? own[0];
  const reference = rows.find(({ system }) => system === name)?.medianMs;
  const body = rows.map(({ system, medianMs, minMs, atLeastMs, rounds }) => {
    const times = reference === undefined || system === name ? "" : faster((medianMs ?? atLeastMs) / reference);
    if (atLeastMs !== undefined) return [system, `> ${milliseconds(atLeastMs)}`, "", "", times && `> ${times}`];
    return [system, milliseconds(medianMs), milliseconds(minMs), rounds, times];
  });
  const told = notes.filter((note) => Object.entries(job).every(([key, value]) => note[key] === value));
  const absent = told.filter(({ system }) => !rows.some((row) => row.system === system));
  return [
    `## ${title}`,
    table(
      ["system", "median ms", "fastest ms", "rounds", `speed of ${name}`],
      [...body, ...absent.map(({ system }) => [system, "–", "–", "", ""])],
    ),
    told.map(({ system, note }) => `- ${system}: ${note}`).join("\n"),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

const faster = (times) => `${times.toPrecision(3)} ×`;

function bars(run) {
  const body = barsOf(run).map(({ title, least, found, isBound, holds, most }) => [
    title,
    `${least} ×`,
    `${isBound ? "> " : ""}${faster(found)}`,
    holds === undefined ? "not known" : holds ? "yes" : "**no**",
    most === undefined ? "" : faster(most),
  ]);
  if (body.length === 0) return "";
  return [
    "## What is asked of nnc",
    "How many times as fast a training step is to be, by medians, or inference where that is said, on one thread where nothing else is said; beside the ceiling, what share of it is to be reached. *At most*, where a bar does not hold: what would be found if all that nnc's kernels compute, functions written out, were done at the ceiling.",
    table(["speed", "at least", "found", "holds", "at most"], body),
  ].join("\n\n");
}

/** What the products of a job would take at the ceiling, and how much of the ceiling nnc-wasm reaches over the whole call. */
function ceiling({ rows, ceilings }) {
  const body = rows
    .filter(({ system, medianMs }) => system === "nnc-wasm" && medianMs !== undefined)
    .map(({ workload, phase, batch, threads: count, medianMs, computed }) => {
      const share = (work) => percent(work / ceilings[count] / 1e6 / medianMs);
      const work = operations(workloads[workload], phase, batch);
      return [
        workload,
        phase,
        batch,
        count,
        (work / 1e6).toPrecision(4),
        milliseconds(work / ceilings[count] / 1e6),
        (computed / 1e6).toPrecision(4),
        milliseconds(computed / ceilings[count] / 1e6),
        milliseconds(medianMs),
        share(work),
        share(computed),
      ];
    });
  if (body.length === 0) return "";
  return [
    "## nnc-wasm against the ceiling",
    "Operations of the products, forward and backward, two for a multiply–add; all else a call does is not counted, but its time is. *Direct* are those of sums of products as the layers define them, taps on padding included; *computed* those of the form that nnc chose, Winograd's transforms included. A share of the direct ones may be above 100 % where that form has fewer.",
    table(
      [
        "workload",
        "phase",
        "batch",
        "threads",
        "direct MFLOP",
        "at the ceiling ms",
        "computed MFLOP",
        "at the ceiling ms",
        "median ms",
        "share, direct",
        "share, computed",
      ],
      body,
    ),
  ].join("\n\n");
}

function threads({ rows }) {
  const one = rows.filter((row) => row.threads === 1);
  const body = rows
    .filter((row) => row.threads > 1)
    .flatMap((row) => {
      const alone = one.find(
        ({ system, workload, phase, batch }) =>
          system === row.system && workload === row.workload && phase === row.phase && batch === row.batch,
      );
      return alone?.medianMs === undefined || row.medianMs === undefined
        ? []
        : [
            [
              row.system,
              row.workload,
              row.phase,
              row.batch,
              row.threads,
              `${(alone.medianMs / row.medianMs).toFixed(2)} ×`,
              `${(alone.minMs / row.minMs).toFixed(2)} ×`,
            ],
          ];
    });
  if (body.length === 0) return "";
  return [
    "## Several threads against one",
    table(["system", "workload", "phase", "batch", "threads", "by medians", "by the fastest samples"], body),
  ].join("\n\n");
}

function products({ products: rows, ceilings }) {
  if (rows.length === 0) return "";
  const body = rows.map(({ title, operations: count, threads: used, medianMs, minMs }) => {
    const [usual, best] = [medianMs, minMs].map((time) => count / time / 1e6);
    return [title, used, usual.toFixed(1), percent(usual / ceilings[used]), best.toFixed(1)];
  });
  return [
    "## Products alone, nnc-wasm",
    table(["product", "threads", "median GFLOP/s", "share of the ceiling", "best GFLOP/s"], body),
  ].join("\n\n");
}

function extras({ extras: found }) {
  if (found === undefined) return "";
  const { glueBytes, workloads: built, digitsMs } = found;
  const body = built.map(({ workload, buildMs, moduleBytes, manifestBytes, trainerBytes }) => [
    workload,
    buildMs.toFixed(0),
    ...[moduleBytes, manifestBytes, glueBytes, trainerBytes].map((bytes) => (bytes / 1000).toFixed(1)),
  ]);
  return [
    "## Building, and size",
    "`nnc build --target wasm` by the clock on the wall, start of the command included; gzipped: the module, its manifest, the runtime that a page loads (minified), and all three, which are the whole trainer.",
    table(["workload", "build ms", "module kB", "manifest kB", "runtime kB", "trainer kB"], body),
    `examples/digits from the command line to the saved file: ${(digitsMs / 1000).toFixed(2)} s.`,
  ].join("\n\n");
}

export const percent = (share) => `${(100 * share).toFixed(0)} %`;

export function table(head, body) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, at) => (at === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...body.map(line)].join("\n");
}
