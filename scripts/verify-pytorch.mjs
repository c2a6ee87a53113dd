/**
 * Holds exports to PyTorch to the network that they are of, and writes `docs/pytorch-report.md`. Needs a build, and a Python with PyTorch:
 * Debian's python3-torch, or what NNC_PYTHON names.
 *
 *   npm run verify:pytorch                     all examples
 *   npm run verify:pytorch -- gan/gan.nn       some of them, without a report
 *
 * Of each `train`: ten steps from weights that nnc has trained by one, in both; the same in two processes that share each minibatch; what every
 * model says after them, of the file that PyTorch wrote; and what both begin with from a seed.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { gunzipSync } from "node:zlib";
import { compileFile, readImages } from "../dist/files.js";
import { load } from "../dist/runtime.js";
import { prepare, train } from "../dist/train.js";
import { inDoubles } from "./lib/in-doubles.mjs";
import { ensureInstalled, root } from "./lib/project.mjs";
import { distance, encode, farthest, tensorsOf } from "./lib/tensors.mjs";

const python = process.env.NNC_PYTHON ?? "/usr/bin/python3";
const steps = 10;
/** Rows that predictions are compared on. */
const rows = 6;

/** What differences are held to, relative to the largest of what is compared. */
const bounds = {
  losses: 1e-5,
  weights: 1e-3,
  predictions: 2e-5,
  initial: 2e-6,
  processes: 2e-5,
};

/** What ten steps make, which may be more of rounding than of what is computed. */
const trained = ["losses", "weights"];

/** How far both may be from each other where they compute in 64 bits, as far as files of 32 tell. */
const doubleBound = 2e-6;

/** Examples that are left out. */
const exceptions = { "fashion/full.nn": "its data are not in the repository" };

ensureInstalled();
const asked = process.argv.slice(2);
const strangers = asked.filter((file) => !exampleFiles().includes(file));
if (strangers.length > 0) throw new Error(`expected examples such as gan/gan.nn, found ${strangers.join(", ")}`);
const folder = mkdtempSync(path.join(tmpdir(), "nnc-verify-pytorch-"));
const results = [];
const server = spawn(python, [path.join(root, "scripts/lib/check-pytorch.py")], { stdio: ["pipe", "pipe", "inherit"] });
const answers = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
try {
  for (const file of exampleFiles()) {
    if (asked.length > 0 && !asked.includes(file)) continue;
    for (const label of labelsOf(file)) {
      const result = await verify(file, label);
      results.push(result);
      console.log(lineOf(result));
    }
  }
} finally {
  server.stdin.end();
  rmSync(folder, { recursive: true, force: true });
}
if (asked.length === 0) writeFileSync(path.join(root, "docs/pytorch-report.md"), reportText());
const failed = results.filter(({ problems }) => problems.length > 0);
console.log(`${results.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;

function exampleFiles() {
  const examples = path.join(root, "examples");
  return readdirSync(examples, { withFileTypes: true })
    .filter((one) => one.isDirectory())
    .flatMap(({ name }) => readdirSync(path.join(examples, name)).map((file) => `${name}/${file}`))
    .filter((file) => file.endsWith(".nn") && exceptions[file] === undefined)
    .sort();
}

/** Of a file's trains. */
function labelsOf(file) {
  const text = readFileSync(path.join(root, "examples", file), "utf8");
  return [...text.matchAll(/^train (\w+)(?:\([^)]*\))?(?: as (\w+))?/gm)].map(([, name, label]) => label ?? name);
}

async function verify(file, label) {
  const result = { file, label, figures: {}, problems: [] };
  try {
    await compare(result);
  } catch (error) {
    result.problems.push(error instanceof Error ? error.message.split("\n").slice(-6).join(" ") : String(error));
  }
  for (const name of beyond(result.figures, Object.keys(bounds))) {
    if (trained.includes(name) && result.doubles?.apart <= doubleBound) continue;
    result.problems.push(`${name} differ by ${result.figures[name].toExponential(1)}`);
  }
  return result;
}

/** Of these figures those that the bounds do not allow. */
function beyond(figures, names) {
  return names.filter((name) => figures[name] !== undefined && !(figures[name] <= bounds[name]));
}

async function compare(result) {
  const { file, label, figures } = result;
  const source = path.join(root, "examples", file);
  const compiled = compileFile(source, { train: label, target: "wasm" });
  if (!compiled.ok) throw new Error(compiled.diagnostics.map(({ message }) => message).join("; "));
  const { artifact } = compiled;
  const { manifest } = artifact;
  const place = path.dirname(source);
  const contents = {
    read: (name) => {
      const bytes = readFileSync(path.resolve(place, name));
      return name.endsWith(".gz") ? gunzipSync(bytes) : bytes;
    },
    images: await readImages(source, manifest),
  };
  const data = prepare(manifest, contents);
  const own = mkdtempSync(path.join(folder, "train-"));
  const begun = await stoppedAt(artifact, data, 1, undefined);
  const ended = await stoppedAt(artifact, data, 1 + steps, begun.checkpoint);
  const start = path.join(own, "start.safetensors");
  writeFileSync(start, begun.checkpoint);
  // As a user has it.
  const app = path.join(own, "app");
  run(process.execPath, [
    path.join(root, "dist/cli.js"),
    "export",
    source,
    "--params",
    start,
    "--format",
    "pytorch",
    "-o",
    app,
    "--label",
    label,
  ]);
  const script = path.join(app, "network.py");
  const training = { kind: "train", folder: app, params: start, steps };
  const losses = await ask({ ...training, out: path.join(own, "one") });
  figures.losses = Math.max(...ended.losses.map((expected, at) => distance(losses[at] ?? [NaN], expected)));
  const written = readFileSync(path.join(own, "one/parameters.safetensors"));
  const [found, expected] = [tensorsOf(written), tensorsOf(ended.checkpoint)];
  figures.weights = farthest(found, expected);
  if (beyond(figures, trained).length > 0)
    result.doubles = await doublesOf({ source, label, data, own, training, resume: begun.checkpoint, expected, found });
  await predictions(result, artifact, app, own, written);
  const begins = await load(artifact, { seed: manifest.host.train.seed });
  await ask({
    kind: "initial",
    folder: app,
    params: start,
    seed: manifest.host.train.seed,
    out: path.join(own, "initial.safetensors"),
  });
  figures.initial =
    manifest.host.train.startFrom === undefined
      ? farthest(tensorsOf(readFileSync(path.join(own, "initial.safetensors"))), tensorsOf(begins.save()))
      : undefined;
  begins.close();
  const apart = /^ROWS_APART = True/m.test(readFileSync(script, "utf8"));
  result.normalised = /batch_norm\./.test([...expected.keys()].join(" "));
  if (!apart) {
    result.together = "its rows belong together";
    return;
  }
  if (label === "Progression") {
    // Once as a user starts it; then by processes that begin with PyTorch imported, which is the same and takes less long.
    const launch = [
      "-m",
      "torch.distributed.run",
      "--nproc_per_node",
      "2",
      // By default PyTorch 1.13 looks for a value that Python 3.11 no longer finds.
      "--redirects",
      "1",
      "--tee",
      "1",
      "--log_dir",
      own,
      "--master_port",
      String(29500 + (process.pid % 1000)),
      script,
    ];
    run(python, [...launch, "--steps", String(steps), "--out", path.join(own, "two")], { OMP_NUM_THREADS: "1" });
  } else await ask({ ...training, out: path.join(own, "two"), processes: 2 });
  const two = farthest(tensorsOf(readFileSync(path.join(own, "two/parameters.safetensors"))), found);
  if (result.normalised) result.together = `${two.toExponential(1)}, with statistics of half the rows`;
  else figures.processes = two;
}

/** The same steps in 64 bits by both: how far they are apart, and how far from there each is in 32 bits. */
async function doublesOf({ source, label, data, own, training, resume, expected, found }) {
  const compiled = compileFile(source, { train: label, target: "typescript" });
  if (!compiled.ok) throw new Error(compiled.diagnostics.map(({ message }) => message).join("; "));
  const { checkpoint } = await stoppedAt(inDoubles(compiled.artifact), data, 1 + steps, resume);
  const out = path.join(own, "doubles");
  await ask({ ...training, doubles: true, out });
  const there = tensorsOf(readFileSync(path.join(out, "parameters.safetensors")));
  return {
    apart: farthest(there, tensorsOf(checkpoint)),
    nnc: farthest(expected, there),
    pytorch: farthest(found, there),
  };
}

/** Trains up to this step; the losses on the way, and the checkpoint there. */
async function stoppedAt(artifact, data, step, resume) {
  const controller = new AbortController();
  const losses = [];
  let checkpoint;
  for await (const event of train(artifact, data, {
    signal: controller.signal,
    ...(resume === undefined ? {} : { resume }),
  })) {
    if (event.event === "step") losses.push(Object.values(event.losses));
    if (event.event === "step" && event.step === step) controller.abort();
    if (event.event === "stopped") checkpoint = event.checkpoint;
  }
  return { losses, checkpoint };
}

/** What both say of the same rows, with the parameters that PyTorch has written. */
async function predictions(result, artifact, app, own, bytes) {
  const { manifest } = artifact;
  const sizes = new Map(manifest.dims.map(({ name, bound }) => [name, bound]));
  const net = await load(artifact);
  net.restore(bytes);
  const { models } = manifest.host;
  const tensors = new Map();
  const leading = new Set(models.flatMap(({ inputs }) => inputs.map(({ shape }) => shape[0]?.key)));
  // Whole arrays are of what is counted or measured, such as who is linked with whom.
  const isWhole = manifest.host.train.data.reader === "arrays";
  const inputsOf = (model) =>
    model.inputs.map((input) => {
      const shape = input.shape.map((size, axis) => {
        const known = /^\d+$/.test(size.key) ? Number(size.key) : undefined;
        if (known !== undefined) return known;
        const most = sizes.get(size.key) ?? rows;
        return axis === 0 && leading.has(size.key) && !isWhole ? Math.min(rows, most) : most;
      });
      const count = shape.reduce((product, size) => product * size, 1);
      const values = Array.from({ length: count }, (_, at) => (at * 0.618033988749895) % 1);
      const data =
        input.dtype === "f32"
          ? Float32Array.from(values, (value) => (isWhole ? value : value * 2 - 1))
          : Int32Array.from(values, (value) => Math.floor(value * (input.limit ?? 2)));
      return { name: input.name, shape, data };
    });
  const expected = new Map();
  for (const model of models) {
    const inputs = inputsOf(model);
    for (const input of inputs) tensors.set(`${model.name}.${input.name}`, input);
    const given = Object.fromEntries(inputs.map(({ name, shape, data }) => [name, { shape, data }]));
    const answers = await net.predict(model.name, given);
    expected.set(
      model.name,
      answers.map(({ data }) => [...data]),
    );
  }
  net.close();
  const file = path.join(own, "inputs.safetensors");
  writeFileSync(file, encode(tensors));
  const asked = Object.fromEntries(
    models.map(({ name, inputs }) => [name, inputs.map((input) => `${name}.${input.name}`)]),
  );
  const found = await ask({
    kind: "predict",
    folder: app,
    params: path.join(own, "one/parameters.safetensors"),
    inputs: file,
    models: asked,
  });
  const each = [...expected].flatMap(([model, answers]) =>
    answers.map((answer, at) => [model, distance(found[model][at].map(numberOf), answer)]),
  );
  result.figures.predictions = Math.max(...each.map(([, far]) => far));
  result.models = models.length;
}

/** As Python prints it. */
function numberOf(text) {
  return Number(text.replace("inf", "Infinity"));
}

/** What the Python beside answers. */
async function ask(task) {
  server.stdin.write(`${JSON.stringify(task)}\n`);
  const { value, done } = await answers.next();
  if (done) throw new Error("Python has ended");
  const { result, error } = JSON.parse(value);
  if (error !== undefined) throw new Error(error.trim());
  return result;
}

function run(command, args, env = {}, input = "") {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    input,
    env: { ...process.env, OMP_NUM_THREADS: "1", ...env },
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${path.basename(command)} ${args.slice(0, 3).join(" ")}: ${stderr || stdout}`);
  return stdout;
}

function lineOf({ file, label, figures, doubles, together, problems }) {
  const told = Object.entries(figures).map(([name, figure]) => `${name} ${figure?.toExponential(1) ?? "-"}`);
  return [
    `${file} ${label}:`,
    ...told,
    ...(doubles === undefined ? [] : [`in 64 bits: ${doublesText(doubles)}`]),
    ...(together === undefined ? [] : [`two: ${together}`]),
    ...problems.map((one) => `FAILED ${one}`),
  ].join("  ");
}

function doublesText({ apart, nnc, pytorch }) {
  return `${cell(apart)}, nnc in 32 ${cell(nnc)} from there, PyTorch ${cell(pytorch)}`;
}

function cell(figure) {
  return figure === undefined ? "–" : figure === 0 ? "0" : figure.toExponential(1);
}

function reportText() {
  const version = run(python, ["-c", "import torch, platform; print(torch.__version__, platform.python_version())"])
    .trim()
    .split(" ");
  const lines = results.map(
    ({ file, label, figures, together, problems }) =>
      `| ${file} | ${label} | ${["losses", "weights", "predictions", "initial"].map((name) => cell(figures[name])).join(" | ")} | ${together ?? cell(figures.processes)} | ${problems.length === 0 ? "yes" : problems.join("; ").replaceAll("|", "\\|")} |`,
  );
  return `# Exports to PyTorch, held to the network

Written by \`npm run verify:pytorch\` with PyTorch ${version[0]} and Python ${version[1]}, on CPUs in float32. Every number is the largest difference of a kind, relative to
the largest number of its tensor.

- **losses**, **weights**: of ${steps} steps from the same checkpoint, by nnc (WebAssembly) and by the exported script, which reads and shuffles the rows itself. Weights are all tensors of
  the checkpoint after them: parameters, states, and what optimisers remember. Held to ${bounds.losses} and ${bounds.weights}.
- **predictions**: of every model of the file, with the parameters that PyTorch has written and nnc has read again. Held to ${bounds.predictions}.
- **initial**: what both begin with from the seed of the train. Held to ${bounds.initial}.
- **two processes**: the weights after the same steps by \`torchrun\` (gloo), each process with half of every minibatch, against one process. Held to ${bounds.processes}, but where batch
  normalisation has the statistics of the rows that a process has.

Bounds were set after the first numbers were seen. Where losses or weights are beyond them, the same steps are repeated by both in float64, from the same weights with the same minibatches. Where they
agree there, to ${doubleBound}, what is apart in float32 is rounding, which few values that almost tie (a rectified one near 0, the two largest of a window) make larger: another side of it is another gradient.

| example | train | nnc and PyTorch in float64 | nnc in float32 from there | PyTorch in float32 from there |
| --- | --- | ---: | ---: | ---: |
${results
  .filter(({ doubles }) => doubles !== undefined)
  .map(
    ({ file, label, doubles: { apart, nnc, pytorch } }) =>
      `| ${[file, label, cell(apart), cell(nnc), cell(pytorch)].join(" | ")} |`,
  )
  .join("\n")}

| example | train | losses | weights | predictions | initial | two processes | holds |
| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |
${lines.join("\n")}

Left out: ${Object.entries(exceptions)
    .map(([file, why]) => `${file}, as ${why}`)
    .join("; ")}.
`;
}
