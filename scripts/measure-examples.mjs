/**
 * What examples reach over some seeds, for bounds in `scripts/lib/examples.mjs` and figures in READMEs. Needs a build.
 *
 *   node scripts/measure-examples.mjs --seeds 10 transfer/transfer.nn
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { exampleFiles, firstSeeds, measureExample } from "./lib/examples.mjs";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { seeds: { type: "string" } } });
const seeds = values.seeds === undefined ? undefined : firstSeeds(Number(values.seeds));
const unknown = positionals.filter((file) => !exampleFiles.includes(file));
if (unknown.length > 0) throw new Error(`no example ${unknown.join(", ")}; there are ${exampleFiles.join(", ")}`);

const folder = mkdtempSync(path.join(tmpdir(), "nnc-measure-examples-"));
try {
  for (const file of positionals.length > 0 ? positionals : exampleFiles) {
    const { skipped, figures } = measureExample(file, folder, seeds);
    if (skipped !== undefined) console.log(`${file} is skipped: ${skipped}`);
    for (const { name, show, mean, values: each } of figures)
      console.log(`${file}, ${name}: mean ${show(mean)} of ${each.map(show).join(", ")}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
