/**
 * `npm run sizes`: what exported networks, the runtime and others weigh, and how long the first answer takes from nothing. Writes
 * `bench/results/sizes.json` and `.md`, and the table in README.md. Needs a build. Others are weighed where `npm run bench:peers` installed them; else their last
 * figures stay.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { machineOf } from "../bench/peers/report/machine.mjs";
import { compileFile } from "../dist/files.js";
import { load } from "../dist/runtime.js";
import { inPage, inProcess } from "./lib/first-answer.mjs";
import { nncOutput, root, writeWhole } from "./lib/project.mjs";
import {
  asked,
  bundleBytes,
  gzipped,
  kilobytes,
  moduleBytes,
  runtimeBytes,
  sizesTable,
  withSizes,
} from "./lib/sizes.mjs";

const out = path.join(root, "bench/results/sizes.json");
const peersFolder = path.join(root, "bench/peers");
const scratch = mkdtempSync(path.join(tmpdir(), "nnc-sizes-"));
const workload = (name) => path.join(root, `bench/workloads/${name}.nn`);
const digits = path.join(root, "examples/digits/digits.nn");

/** A module of the network with weights that were drawn; its weights in a file of their own unless they are to be inside. */
async function exported(source, format, weights = "apart") {
  const name = path.basename(source, ".nn");
  const params = path.join(scratch, `${name}.safetensors`);
  if (!existsSync(params)) writeFileSync(params, await drawn(source));
  const file = path.join(scratch, `${format}-${weights}`, `${name}.mjs`);
  const apart = weights === "apart" ? ["--weights", `${name}.weights`] : [];
  nncOutput(["export", source, "--params", params, "--format", format, ...apart, "-o", file]);
  return file;
}

async function drawn(source) {
  if (source === digits) {
    nncOutput(["train", source, "--epochs", "1", "-o", path.join(scratch, "run")]);
    return readFileSync(path.join(scratch, "run/parameters.safetensors"));
  }
  const net = await load(compiled(source), { seed: 1 });
  return net.save();
}

function compiled(source, compact = false) {
  const result = compileFile(source, { target: "wasm", compact });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.artifact;
}

async function trainerBytes(source) {
  const { manifest, files } = compiled(source, true);
  return gzipped(files[manifest.module]) + gzipped(JSON.stringify(manifest)) + (await runtimeBytes());
}

const shipped = async (source, format) => moduleBytes(readFileSync(await exported(source, format), "utf8"));

/** What others need in a page to infer on WebAssembly: their script, and the module that it fetches. */
const others = [
  {
    title: "TensorFlow.js",
    packages: ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"],
    script: 'export * from "@tensorflow/tfjs"; export { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";',
    files: ["@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm"],
  },
  { title: "jax-js", packages: ["@jax-js/jax"], script: 'export * from "@jax-js/jax";', files: [] },
  {
    title: "onnxruntime-web",
    packages: ["onnxruntime-web"],
    script: 'export * from "onnxruntime-web/wasm";',
    files: ["onnxruntime-web/dist/ort-wasm-simd-threaded.wasm"],
  },
];

async function weighed({ title, packages, script, files }) {
  const [main] = packages;
  const installed = path.join(peersFolder, "node_modules");
  const { version } = JSON.parse(readFileSync(path.join(installed, main, "package.json"), "utf8"));
  const modules = files.map((file) => gzipped(readFileSync(path.join(installed, file))));
  const bytes = modules.reduce((sum, one) => sum + one, await bundleBytes(script, peersFolder));
  return { what: `${title} ${version}${files.length > 0 ? " with its WebAssembly" : ""}`, bytes };
}

/** The last figures where the packages are not there. */
async function peers() {
  if (existsSync(path.join(peersFolder, "node_modules/onnxruntime-web"))) return Promise.all(others.map(weighed));
  console.error("bench/peers is not installed (npm run bench:peers installs it): the last figures of others stay");
  return JSON.parse(readFileSync(out, "utf8")).peers;
}

async function firstAnswers() {
  const files = [
    ["digits as JavaScript", await exported(digits, "js", "inside")],
    ["digits as WebAssembly", await exported(digits, "wasm", "inside")],
    ["W2 as WebAssembly", await exported(workload("W2"), "wasm", "inside")],
    ["W4 as WebAssembly", await exported(workload("W4"), "wasm", "inside")],
  ];
  const widths = { digits: 64, W2: 784, W4: 784 };
  const inputs = files.map(([what, file]) => ({ what, file, width: widths[what.split(" ")[0]] }));
  return { process: inputs.map(inProcess), page: await inPage(inputs) };
}

function report({ machine: { cpu, node, load: busy, date }, rows, peers: found, firstAnswer }) {
  const bars = asked.map(
    ({ name, what, most }) =>
      `| ${what} | ${kilobytes(rows[name])} | ${kilobytes(most)} | ${rows[name] <= most ? "yes" : "**no**"} |`,
  );
  const times = firstAnswer.process.map(({ what, wallMs, importMs }, at) => {
    const { answerMs } = firstAnswer.page[at];
    return `| ${what} | ${wallMs.toFixed(0)} | ${importMs.toFixed(1)} | ${answerMs.toFixed(1)} |`;
  });
  return `# Sizes, and the first answer

${cpu}, Node ${node}, load ${busy.toFixed(1)} at the start; ${date}. \`npm run sizes\` repeats it.

Minified by esbuild, gzipped, weights in a file of their own, a kB of 1000 bytes; what is needed at once as one file.

| | kB | asked, at most | holds |
| --- | ---: | ---: | --- |
${bars.join("\n")}
${found.map(({ what, bytes }) => `| ${what} | ${kilobytes(bytes)} | | |`).join("\n")}

From nothing to the first answer, medians of ${firstAnswer.process[0].times}; weights inside. In a fresh process: from its start by another to the answer, and of that what importing the module and the
first call take. In a page of a Chromium that runs already: from the beginning of the navigation, over HTTP from this machine.

| | process ms | of that import and answer ms | page ms |
| --- | ---: | ---: | ---: |
${times.join("\n")}
`;
}

try {
  const rows = {
    "digits-js": await shipped(digits, "js"),
    "digits-wasm": await shipped(digits, "wasm"),
    "W4-wasm": await shipped(workload("W4"), "wasm"),
    "W2-trainer": await trainerBytes(workload("W2")),
  };
  const found = { machine: machineOf(), rows, peers: await peers(), firstAnswer: await firstAnswers() };
  const readme = path.join(root, "README.md");
  const table = sizesTable(found);
  writeWhole(readme, withSizes(readFileSync(readme, "utf8"), table));
  writeWhole(out, `${JSON.stringify(found, undefined, 2)}\n`);
  writeWhole(out.replace(/json$/, "md"), report(found));
  console.log(report(found));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
