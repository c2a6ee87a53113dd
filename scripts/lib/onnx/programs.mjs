/** The programs whose exported models are compared with `nnc predict`: the examples, and the workloads of bench/. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { boundFlags, workloads } from "../../../bench/peers/workloads.mjs";
import { root } from "../project.mjs";
import { randomFrom } from "../random.mjs";

const command = path.join(root, "dist/cli.js");
const workloadFolder = "bench/workloads";

/** Those with `_measured` train other sizes of a model beside them; full.nn needs data that few have; lessons show what the others have, smaller. */
const left = /measured|full\.nn|products\.nn|^lessons/;

export function programFiles() {
  return ["examples", workloadFolder].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true })
      .filter((file) => file.endsWith(".nn") && !left.test(file))
      .sort((one, other) => (one < other ? -1 : 1))
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

/** Of the open dimensions that no data tell: a workload's, by its name. */
function boundsOf(file) {
  const { dir, name } = path.parse(file);
  return (dir === workloadFolder ? workloads[name]?.bounds : undefined) ?? {};
}

/**
 * A program with parameters, saved as training saves them, what is fitted to its data included. They are those that it begins with, each moved a
 * little, so that none is 0 or 1 and hides what it is used for. Answers `{ params, bounds, fitted, manifest, network }`: `bounds` as flags, and the network is on WebAssembly.
 */
export async function opened(file, folder) {
  const built = async (name) => import(pathToFileURL(path.join(root, "dist", name)).href);
  const { compileFile } = await built("files.js");
  const { load } = await built("runtime.js");
  const { prepare } = await built("train.js");
  const bounds = boundsOf(file);
  const compiled = compileFile(path.join(root, file), { target: "wasm", bounds });
  if (!compiled.ok) throw new Error(`${file}: ${compiled.diagnostics[0].message}`);
  const { manifest } = compiled.artifact;
  const network = await load(compiled.artifact, { seed: 7, stepsPerEpoch: 1 });
  const random = randomFrom(7);
  const moved = (data) => (data instanceof Float32Array ? data.map((value) => value + 0.2 * random() - 0.1) : data);
  network.put(new Map([...network.snapshot()].map(([name, data]) => [name, moved(data)])));
  if (manifest.host.train?.data.reader !== "given") {
    const bytesOf = (name) => readFileSync(path.join(root, path.dirname(file), name));
    const read = (name) => (name.endsWith(".gz") ? gunzipSync(bytesOf(name)) : bytesOf(name));
    network.record = { ...network.record, fitted: prepare(manifest, { read }).fitted };
  }
  const params = path.join(folder, `${file.replaceAll(/[\\/.]/g, "_")}.safetensors`);
  writeFileSync(params, network.save());
  return { params, bounds: boundFlags(bounds), fitted: network.record.fitted, manifest, network };
}
