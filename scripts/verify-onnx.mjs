/**
 * `npm run verify:onnx`: exports every sample of every primitive, random programs, every example and every workload of bench/ as ONNX, and compares
 * what ONNX Runtime computes with what nnc does, and has Debian's python3-onnx judge the files where it is installed. Writes `docs/onnx-report.md`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { compareModel, tolerance } from "./lib/onnx/compare.mjs";
import { ladder } from "./lib/onnx/ladder.mjs";
import { opened, programFiles } from "./lib/onnx/programs.mjs";
import { reportText } from "./lib/onnx/report.mjs";
import { checkModels, openRuntimes } from "./lib/onnx/runtimes.mjs";
import { install, root, run, writeWhole } from "./lib/project.mjs";

/** A row of the report for each model of a program. */
async function compareProgram(file, runtimes, folder) {
  const { manifest, network, ...rest } = await opened(file, folder);
  const rows = [];
  for (const model of manifest.host.models) {
    const out = path.join(folder, `${path.basename(file, ".nn")}-${rows.length}-${model.name}.onnx`);
    const row = await compareModel({ file, model, out, manifest, network, ...rest }, runtimes);
    console.log(`${file} ${model.name}: ${row.refused ?? row.differences.join(", ")}`);
    rows.push(row);
  }
  network.close();
  return rows;
}

async function verifyOnnx() {
  // The package has its processor library with it; its install script would fetch one for GPUs.
  process.env.ONNXRUNTIME_NODE_INSTALL = "skip";
  if (!install() || !install("bench/peers") || run(process.execPath, ["scripts/build.mjs"]) !== 0) return false;
  const runtimes = await openRuntimes();
  const folder = mkdtempSync(path.join(os.tmpdir(), "nnc-verify-onnx-"));
  try {
    const steps = await ladder(runtimes, folder);
    const rows = [];
    for (const file of programFiles()) rows.push(...(await compareProgram(file, runtimes, folder)));
    const files = [...steps.flatMap((step) => step.files), ...rows.flatMap((row) => row.out ?? [])];
    const checked = checkModels(files);
    writeWhole(path.join(root, "docs/onnx-report.md"), reportText({ runtimes, steps, rows, checked, files }));
    const problems = [
      ...steps.flatMap((step) => step.problems),
      ...rows.filter(({ differences }) => differences?.some((one) => !(one <= tolerance))).map(({ file }) => file),
      ...Object.entries(checked?.problems ?? {}).map(([file, problem]) => `${path.basename(file)}: ${problem}`),
    ];
    for (const problem of problems) console.error(problem);
    return problems.length === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = (await verifyOnnx()) ? 0 : 1;
