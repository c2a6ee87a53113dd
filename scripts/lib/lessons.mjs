/** The lessons of examples/lessons: bundled, run, and written or compared with what is committed. Needs a build. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { external } from "./external.mjs";
import { parsedPrelude } from "./prelude.mjs";
import { root, writeWhole } from "./project.mjs";

const lessons = path.join(root, "examples/lessons");
const command = path.join(root, "dist/cli.js");
/** Below the project, since what is not bundled is looked for in its packages. */
const bundles = path.join(root, "dist/lessons");

/** The folders' names, in order. */
export const lessonNames = readdirSync(lessons)
  .filter((name) => /^\d\d-/.test(name) && existsSync(path.join(lessons, name, "lesson.ts")))
  .sort();

/** The module that runs lessons, and the lessons by their names. */
export async function bundledLessons() {
  const { build } = await import("esbuild");
  await build({
    absWorkingDir: root,
    entryPoints: {
      main: path.join(lessons, "lib/main.ts"),
      ...Object.fromEntries(lessonNames.map((name) => [name, path.join(lessons, name, "lesson.ts")])),
    },
    outdir: bundles,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external,
    loader: { ".nn": "text" },
    plugins: [parsedPrelude()],
    sourcemap: "inline",
    sourcesContent: false,
    logLevel: "warning",
  });
  const load = (name) => import(pathToFileURL(path.join(bundles, `${name}.mjs`)).href);
  const main = await load("main");
  const loaded = await Promise.all(lessonNames.map(async (name) => [name, (await load(name)).lesson]));
  return { main, lessons: new Map(loaded) };
}

function write(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeWhole(path.join(folder, name), text);
  }
}

/** Gives the work a folder of its own, which goes with it. */
async function inScratch(work) {
  const scratch = mkdtempSync(path.join(tmpdir(), "nnc-lesson-"));
  try {
    return await work(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Runs a lesson and writes all that it makes into its folder; answers no complaint. */
export async function makeLesson(name, { main, lessons: all }) {
  const folder = path.join(lessons, name);
  const lesson = all.get(name);
  write(folder, main.dataOf(lesson));
  const { files } = await inScratch((scratch) => main.made(lesson, folder, { command, scratch }));
  write(folder, files);
  return [];
}

/** Runs a lesson, and each command of its README; answers a sentence for whatever is not as it is committed. Writes nothing. */
export async function checkLesson(name, { main, lessons: all }) {
  const folder = path.join(lessons, name);
  const lesson = all.get(name);
  const read = (file) => readFileSync(path.join(folder, file), "utf8");
  return await inScratch(async (scratch) => {
    const data = Object.entries(main.dataOf(lesson)).filter(([file, text]) => read(file) !== text);
    const { facts, files } = await main.made(lesson, folder, { command, scratch });
    const pictures = Object.keys(files).filter((file) => !existsSync(path.join(folder, file)));
    return [
      ...data.map(([file]) => `${file} is not what the lesson draws`),
      ...pictures.map((file) => `${file} is not there`),
      ...main.differences(JSON.parse(read("figures.json")), facts),
      ...commandsOf(read("README.md")).flatMap((line) => complaintOf(line, scratch)),
    ];
  });
}

/** The lines of a README's blocks of commands. */
function commandsOf(readme) {
  const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, body]) => body.trimEnd().split("\n"));
}

/**
 * Runs a command as it stands in a README, with runs/ in the scratch folder; answers what is wrong with it. One whose comment names a code must fail
 * with that.
 */
function complaintOf(line, scratch) {
  const code = /#.*(NN\d{4})/.exec(line)?.[1];
  const typed = line
    .replace(/\s+#.*$/, "")
    .replaceAll("runs/", `${scratch}/runs/`)
    .replace(/^npx nnc/, `"${process.execPath}" "${command}"`);
  const { status, stderr } = spawnSync(typed, { cwd: root, shell: true, encoding: "utf8", maxBuffer: 2 ** 30 });
  const isFine = code === undefined ? status === 0 : status !== 0 && stderr.includes(code);
  return isFine ? [] : [`${line}\n${stderr}`];
}

/** The list of lessons in their README, written anew. */
export function writeList({ lessons: all }) {
  const file = path.join(lessons, "README.md");
  const lines = [...all].map(([name, { summary }]) => {
    const [, title] = /^# (.+)$/m.exec(readFileSync(path.join(lessons, name, "README.md"), "utf8"));
    return `1. [${title}](${name}/README.md): ${summary}`;
  });
  const text = readFileSync(file, "utf8");
  writeWhole(
    file,
    text.replace(/(<!-- =lessons -->\n)[\s\S]*?(<!-- \/ -->)/, (_, from, to) => `${from}${lines.join("\n")}\n${to}`),
  );
}
