/**
 * Measures single kernels and writes the report; README.md of bench/ says how and what the figures mean:
 *
 *     npm run bench:kernels -- --only concat,softmax
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { compile } from "../../dist/index.js";
import { writeWhole } from "../../scripts/lib/project.mjs";
import { machineOf } from "../peers/report/machine.mjs";
import { cases } from "./cases.mjs";
import { openEntry } from "./entry.mjs";
import { openLimits } from "./limits.mjs";
import { inTurns } from "./measure.mjs";
import { optionsOf } from "./options.mjs";
import { cells, markdown } from "./report.mjs";
import { rowOf, skippedRow } from "./row.mjs";

// A call of seconds would run to its end in V8's quick code, and with it the first of few rounds. The optimised code is the same.
setFlagsFromString("--no-liftoff");

function measured(one, limitOf, budgetMs) {
  const entry = openEntry(compile, one);
  const { call, calls } = one.work.kind === "direct" ? directOf(one) : limitOf(one.work);
  const { kernels, check } = entry;
  entry.call();
  check();
  const found = inTurns(entry.call, call, budgetMs);
  // Where the plan lets it write over what it has read, it goes on with other numbers: they must be such as are fast to add.
  check();
  return rowOf(one, { ...found, kernels, calls, ...(one.alone === undefined ? {} : aloneOf(one, limitOf, call)) });
}

/** How long the operations take that the kernel cannot do without, in turns with what it is held against. */
function aloneOf({ alone }, limitOf, limit) {
  const { call, calls } = limitOf(alone);
  return { aloneMs: calls * inTurns(call, limit, 0).kernelMs };
}

/** The same kernel added up term by term. */
function directOf(one) {
  return { call: openEntry(compile, { ...one, options: { winograd: false } }).call, calls: 1 };
}

async function main({ chosen, out, json, budgetMs }) {
  const limitOf = await openLimits();
  const run = { machine: machineOf(), command: process.argv.slice(2).join(" "), ceiling: 0, rows: [], problems: [] };
  for (const one of chosen) {
    try {
      const row = measured(one, limitOf, budgetMs);
      run.rows.push(row);
      if (row.work.kind === "peak" && row.gflops !== undefined) run.ceiling = Math.max(run.ceiling, row.limit);
      console.error(cells(row).join("  "));
    } catch (error) {
      run.problems.push(error.message);
      run.rows.push(skippedRow(one, error.message));
    }
  }
  const document = `${JSON.stringify({ ok: run.problems.length === 0, ...run }, undefined, 2)}\n`;
  const text = markdown(run);
  if (out !== undefined) {
    mkdirSync(path.dirname(out), { recursive: true });
    writeWhole(out, document);
    writeWhole(`${out.slice(0, -".json".length)}.md`, text);
  }
  process.stdout.write(json ? document : text);
  for (const problem of run.problems) console.error(problem);
  return run.problems.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(optionsOf(process.argv.slice(2), cases));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
