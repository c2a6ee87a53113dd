/**
 * The files of a run, next to each other: `FILE.json` with the rows alone, `FILE.run.json` with all else, `FILE.md` and `FILE.svg`. Each is
 * there whole or not at all.
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { markdown } from "./markdown.mjs";
import { plot } from "./plot.mjs";

export function writeReport(out, run) {
  const stem = out.slice(0, -".json".length);
  const { rows, ...others } = run;
  const table = markdown(run, `${path.basename(stem)}.svg`);
  mkdirSync(path.dirname(out), { recursive: true });
  writeWhole(`${stem}.run.json`, json(others));
  writeWhole(`${stem}.md`, table);
  writeWhole(`${stem}.svg`, plot(run));
  writeWhole(out, json(rows));
  console.log(table);
}

const json = (value) => `${JSON.stringify(value, undefined, 2)}\n`;

function writeWhole(file, text) {
  const unfinished = `${file}.${process.pid}.tmp`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, file);
}
