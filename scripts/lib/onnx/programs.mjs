/** The programs whose exported models are compared with `nnc predict`: the examples after an epoch, and the workloads of bench/ as they begin. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../project.mjs";

const command = path.join(root, "dist/cli.js");

/** Those with `_measured` train other sizes of a model beside them; full.nn needs data that few have. */
const left = /measured|full\.nn|products\.nn/;

export function programFiles() {
  return ["examples", "bench/workloads"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true })
      .filter((file) => file.endsWith(".nn") && !left.test(file))
      .sort()
      .map((file) => path.join(folder, file)),
  );
}

/** Runs the command; answers what it printed, or the first line of what it complained of. */
export function nnc(args, input = "") {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    cwd: root,
    input,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  const mistake = stderr.split("\n").find((line) => line.startsWith("error")) ?? stderr.trim();
  return status === 0 ? { stdout } : { mistake };
}

/**
 * Trains a program, or where its data are handed over by a program takes the parameters that it begins with. Answers
 * `{ params, fitted, manifest, network }`; the network is the program's on WebAssembly.
 */
export async function trained(file, folder) {
  const out = path.join(folder, file.replaceAll(/[\\/.]/g, "_"));
  const params = path.join(out, "parameters.safetensors");
  mkdirSync(out, { recursive: true });
  const built = async (name) => import(pathToFileURL(path.join(root, "dist", name)).href);
  const { compileFile } = await built("files.js");
  const { load } = await built("runtime.js");
  const compiled = await compileFile(path.join(root, file), { target: "wasm" });
  if (!compiled.ok) throw new Error(`${file}: ${compiled.diagnostics[0].message}`);
  const { manifest } = compiled.artifact;
  const network = await load(compiled.artifact, { seed: 7, stepsPerEpoch: 1 });
  if (manifest.host.train?.data.reader === "given") writeFileSync(params, network.save());
  else {
    const { mistake } = nnc(["train", file, "-o", out, "--epochs", "1", "--force"]);
    if (mistake !== undefined) throw new Error(`${file}: ${mistake}`);
  }
  network.restore(readFileSync(params), { optimizer: false });
  return { params, fitted: network.record.fitted, manifest, network };
}
