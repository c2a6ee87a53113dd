/**
 * What is not a time of a call: how long nnc takes to build a workload, how large it is, and how long digits takes from the command line
 * to the saved file.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipped, runtimeBytes } from "../../scripts/lib/sizes.mjs";
import { median } from "./statistics.mjs";
import { boundFlags, workloads } from "./workloads.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const times = 3;

/** `{ glueBytes, workloads: [{ workload, buildMs, moduleBytes, manifestBytes, trainerBytes }], digitsMs }`; bytes are gzipped. */
export async function extrasOf(names) {
  const glueBytes = await runtimeBytes();
  const built = names.map((workload) => {
    const { milliseconds, result } = timed(
      ["build", path.join("bench/workloads", `${workload}.nn`), "--target", "wasm", ...boundFlags(workloads[workload].bounds)],
      (folder) => ({
        moduleBytes: gzipped(readFileSync(path.join(folder, `${workload}.wasm`))),
        manifestBytes: gzipped(readFileSync(path.join(folder, "manifest.json"))),
      }),
    );
    return {
      workload,
      buildMs: milliseconds,
      ...result,
      trainerBytes: result.moduleBytes + result.manifestBytes + glueBytes,
    };
  });
  const digits = timed(["train", "examples/digits/digits.nn", "--target", "wasm"], (folder) => {
    if (!existsSync(path.join(folder, "parameters.safetensors"))) throw new Error("nnc train saved no parameters");
  });
  return { glueBytes, workloads: built, digitsMs: digits.milliseconds };
}

/** Runs the command into a fresh folder some times: the median of its wall time, and what `look` finds in the last folder. */
function timed(args, look) {
  const taken = [];
  let result;
  for (let i = 0; i < times; i++) {
    const folder = mkdtempSync(path.join(os.tmpdir(), "nnc-bench-"));
    try {
      const from = performance.now();
      const { status, stderr } = spawnSync(process.execPath, ["dist/cli.js", ...args, "-o", folder], {
        cwd: root,
        encoding: "utf8",
      });
      taken.push(performance.now() - from);
      if (status !== 0) throw new Error(`nnc ${args.join(" ")} failed:\n${stderr}`);
      result = look(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return { milliseconds: median(taken), result };
}
