/** `npm run demo`: trains the digits example on the real data and writes parameters, a plot and standalone inference code to `runs/digits`. */
import { ensureInstalled, root, run } from "./lib/project.mjs";
import path from "node:path";

const model = "examples/digits/digits.nn";
const out = "runs/digits";

/** Runs a step; ends the process where it fails. */
function step(title, args) {
  console.log(`\n── ${title}`);
  const code = run(process.execPath, args);
  if (code !== 0) process.exit(code);
}

const nnc = path.join(root, "dist/cli.js");
ensureInstalled();
step("Building nnc", ["scripts/build.mjs"]);
step(`nnc train ${model} -o ${out} --target typescript`, [nnc, "train", model, "-o", out, "--target", "typescript"]);
step(`nnc export ${model} --params ${out}/parameters.safetensors --format js -o ${out}/export`, [
  nnc,
  "export",
  model,
  "--params",
  `${out}/parameters.safetensors`,
  "--format",
  "js",
  "-o",
  `${out}/export`,
]);
step(`node ${out}/export/model.mjs --selftest`, [path.join(root, out, "export/model.mjs"), "--selftest"]);
console.log(`
Done. In ${out}:
  parameters.safetensors   the trained parameters
  plot.svg                 loss and accuracy over the epochs
  log.jsonl                every epoch, one a line
  export/model.mjs         inference without any package: import { predict } from "./model.mjs"`);
