/**
 * `npm run lessons`: makes every picture and figure of examples/lessons anew, and puts the figures into the READMEs. `-- 03` or `-- --only neuron`
 * runs the lessons whose names have that in them; `-- --check` writes nothing, but runs each lesson and the commands of its README and says what is
 * not as committed. Builds nnc where there is no build.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { bundledLessons, checkLesson, lessonNames, makeLesson, writeList } from "./lib/lessons.mjs";
import { ensureInstalled, root, run } from "./lib/project.mjs";

const asked = process.argv.slice(2).filter((one) => one !== "--only");
const isCheck = asked.includes("--check");
const parts = asked.filter((one) => one !== "--check");
const wrong = parts.filter((part) => !lessonNames.some((name) => name.includes(part)));
if (wrong.length > 0)
  throw new Error(`no lesson has ${wrong.join(", ")} in its name; there are ${lessonNames.join(", ")}`);
const names =
  parts.length === 0 ? lessonNames : lessonNames.filter((name) => parts.some((part) => name.includes(part)));

ensureInstalled();
if (!existsSync(path.join(root, "dist/cli.js")) && run(process.execPath, ["scripts/build.mjs"]) !== 0) process.exit(1);
const bundle = await bundledLessons();

/** Answers what is wrong, a sentence each. */
async function work(name) {
  try {
    return isCheck ? await checkLesson(name, bundle) : await makeLesson(name, bundle);
  } catch (error) {
    return [error.message];
  }
}

for (const [at, name] of names.entries()) {
  const started = Date.now();
  process.stdout.write(`${String(at + 1).padStart(2)}/${names.length}  ${name} … `);
  const complaints = await work(name);
  console.log([`${((Date.now() - started) / 1000).toFixed(1)} s`, ...complaints].join("\n"));
  if (complaints.length > 0) process.exitCode = 1;
}
if (!isCheck) writeList(bundle);
