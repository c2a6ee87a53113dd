/**
 * A plugin of vitest: what tests import of the sources is loaded by Node itself, out of a copy without types in `node_modules/.cache`, so that it runs
 * as fast as the build and each import costs once. The copy is made anew at each start; a file that did not change keeps its own.
 */
import { build } from "esbuild";
import { existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { bundled } from "./page-script.mjs";
import { root, writeWhole } from "./project.mjs";

const folders = ["compiler", "targets", "runtime", "cli"];
const copies = path.join(root, "node_modules/.cache/nnc-sources");

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

async function writeCopies() {
  const files = folders.flatMap(filesIn).filter((file) => /\.(ts|nn|mjs|script)$/.test(file));
  const { outputFiles } = await build({
    entryPoints: files.filter((file) => /\.(ts|mjs)$/.test(file)),
    outbase: root,
    outdir: copies,
    outExtension: { ".js": ".mjs" },
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    sourcesContent: false,
    write: false,
  });
  for (const { path: file, text } of outputFiles)
    put(
      file,
      text
        .replaceAll(
          /((?:from|import|import\() ?)"(\.[^"]+\.(?:ts|nn|script|json))"/g,
          (_, word, name) => `${word}"${renamed(name)}"`,
        )
        .replaceAll(/ with \{ ?type: "json" ?\}/g, ""),
    );
  for (const file of files.filter((one) => one.endsWith(".nn")))
    put(
      path.join(copies, renamed(path.relative(root, file))),
      `export default ${JSON.stringify(readFileSync(file, "utf8"))};\n`,
    );
  for (const file of files.filter((one) => one.endsWith(".script")))
    put(
      path.join(copies, renamed(path.relative(root, file))),
      `export default ${JSON.stringify(await bundled(file))};\n`,
    );
  put(
    path.join(copies, "package.json.mjs"),
    `export default ${readFileSync(path.join(root, "package.json"), "utf8")};\n`,
  );
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
