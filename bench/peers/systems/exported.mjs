/**
 * What `nnc export` writes, as its users call it: a module that imports nothing, `predict(numbers, into)` with typed numbers of many rows. Every number
 * is looked at within the time, as always there.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compileFile } from "../../../dist/files.js";
import { load } from "../../../dist/runtime.js";
import { elements, minibatches, workloads } from "../workloads.mjs";
import { operationsOf } from "./nnc.mjs";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));

/** `only`: the workloads that it is measured on, where not all. */
export function exported(format, dtype = "f32", only) {
  const suffix = dtype === "f32" ? "" : `-${dtype}`;
  return {
    name: `nnc-export-${format}${suffix}`,
    version: async () => version,
    lacks: ({ phase, threads, name }) => {
      if (phase === "train") return "does inference only";
      if (threads > 1) return "runs on one thread";
      return only === undefined || only.includes(name) ? undefined : `measured on ${only.join(", ")} only`;
    },
    create: (job) => create(format, dtype, job),
  };
}

async function create(format, dtype, job) {
  const { name, batch, weights, batches } = job;
  const { target } = workloads[name];
  const { predict } = await moduleOf(format, dtype, name, weights);
  // Of a row: scores of each class at each place.
  const into = new Float32Array(batch * elements(target.shape) * target.classes);
  return {
    // Those of the library's kernels: an export computes some before, so that this is no less than what it does.
    all: operationsOf(format === "wasm" ? "wasm" : "typescript", job).all,
    reset() {},
    call: (turn) => predict(batches[turn % minibatches].x, into),
    close() {},
  };
}

const modules = new Map();

/** The module, read into memory and gone from the disk; exported once for all batches. */
async function moduleOf(format, dtype, name, weights) {
  const key = [format, dtype, name].join(" ");
  if (!modules.has(key)) modules.set(key, await writtenModule(format, dtype, name, weights));
  return modules.get(key);
}

async function writtenModule(format, dtype, name, weights) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "nnc-bench-"));
  try {
    // Sequences of an open length have no rows of one size: an export is told it.
    const dims = workloads[name].bounds ?? {};
    writeFileSync(path.join(folder, "parameters.safetensors"), await saved(name, dims, weights));
    const file = path.join(folder, `${name}.mjs`);
    const source = path.join("bench/workloads", `${name}.nn`);
    const sizes = Object.entries(dims).flatMap(([dimension, size]) => ["--dim", `${dimension}=${size}`]);
    const args = ["export", source, "--params", path.join(folder, "parameters.safetensors"), ...sizes];
    const { status, stderr } = spawnSync(
      process.execPath,
      ["dist/cli.js", ...args, "--format", format, "--dtype", dtype, "-o", file],
      { cwd: root, encoding: "utf8" },
    );
    if (status !== 0) throw new Error(`nnc ${args.join(" ")} failed: ${stderr}`);
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file of parameters as `nnc train` writes it, with these weights. */
async function saved(name, dims, weights) {
  const result = compileFile(path.join(root, "bench/workloads", `${name}.nn`), { target: "wasm", dims });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  const net = await load(result.artifact, { seed: 1 });
  for (const [parameter, values] of weights) {
    const tensors = net.parameters.has(parameter) ? net.parameters : net.state;
    tensors.set(parameter, values);
  }
  const bytes = net.save();
  net.close();
  return bytes;
}
