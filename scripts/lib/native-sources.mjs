/**
 * A plugin of vitest: what tests import of the sources is loaded by Node itself, out of a copy without types in `dist/cache`, so that it runs as fast
 * as the build. The copy is made anew at each start; a file that did not change keeps its own. What tests mock must not go through it.
 */
import { build } from "esbuild";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { bundled } from "./page-script.mjs";
import { root, writeWhole } from "./project.mjs";

/** A copy of the project that has planted bugs may lack some. */
const folders = ["compiler", "targets", "runtime", "cli"].filter((folder) => existsSync(path.join(root, folder)));
const copies = path.join(root, "dist/cache/sources");

/** What of the copies vitest leaves to Node. */
export const external = /\/dist\/cache\/sources\//;

/** Where the copy of a source lies; undefined for what is none. */
function copyOf(file) {
  const within = path.relative(root, file).split(path.sep).join("/");
  const isSource = folders.some((folder) => within.startsWith(`${folder}/`));
  return isSource ? path.join(copies, renamed(within)) : undefined;
}

function renamed(file) {
  return file.endsWith(".ts") ? `${file.slice(0, -3)}.mjs` : file.endsWith(".mjs") ? file : `${file}.mjs`;
}

function filesIn(folder) {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" }).map((file) =>
    path.join(root, folder, file),
  );
}

/** Imports of what has other names there. */
const imports = /((?:from|import|import\() ?)"(\.[^"]+\.(?:ts|nn|script|json))"(?: with \{ ?type: "json" ?\})?/g;

async function writeCopies() {
  const files = folders.flatMap(filesIn);
  const of = (pattern) => files.filter((file) => pattern.test(file));
  const { outputFiles } = await build({
    entryPoints: of(/\.(ts|mjs)$/),
    outbase: root,
    outdir: copies,
    outExtension: { ".js": ".mjs" },
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    sourcesContent: false,
    write: false,
  });
  const texts = new Map(
    outputFiles.map(({ path: file, text }) => [
      file,
      text.replaceAll(imports, (_, word, name) => `${word}"${renamed(name)}"`),
    ]),
  );
  const setText = (file, text) => texts.set(copyOf(file), `export default ${JSON.stringify(text)};\n`);
  for (const file of of(/\.nn$/)) setText(file, readFileSync(file, "utf8"));
  for (const file of of(/\.script$/)) setText(file, await bundled(file));
  texts.set(
    path.join(copies, "package.json.mjs"),
    `export default ${readFileSync(path.join(root, "package.json"), "utf8")};\n`,
  );
  for (const [file, text] of texts) put(file, text);
  for (const name of readdirSync(copies, { recursive: true, encoding: "utf8" })) {
    const file = path.join(copies, name);
    if (name.endsWith(".mjs") && !texts.has(file)) rmSync(file, { force: true });
  }
}

/** Another run may be reading it. */
function put(file, text) {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(path.dirname(file), { recursive: true });
  writeWhole(file, text);
}

export const nativeSources = {
  name: "native-sources",
  enforce: "pre",
  configResolved: writeCopies,
  resolveId(source, importer) {
    if (importer === undefined || !source.startsWith(".")) return undefined;
    return copyOf(path.resolve(path.dirname(importer.split("?")[0]), source));
  },
};
