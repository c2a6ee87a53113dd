/** The package `nnc` as `npm run build` bundles it, in a folder's `node_modules`: programs of the docs import it by its name. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

const root = path.resolve(import.meta.dirname, "../..");
const entryPoints = {
  index: "compiler/index.ts",
  files: "compiler/files.ts",
  runtime: "runtime/load/index.ts",
  slim: "runtime/load/slim.ts",
  train: "runtime/train/index.ts",
};

// The script is plain JavaScript; this is its promise.
const { parsedPrelude } = (await import(pathToFileURL(path.join(root, "scripts/lib/prelude.mjs")).href)) as {
  readonly parsedPrelude: () => Plugin;
};

export async function installLibrary(folder: string): Promise<void> {
  const home = path.join(folder, "node_modules/nnc");
  mkdirSync(home, { recursive: true });
  // Its `exports` are what is tried here.
  writeFileSync(path.join(home, "package.json"), readFileSync(path.join(root, "package.json")));
  symlinkSync(path.join(root, "node_modules"), path.join(home, "node_modules"), "junction");
  await build({
    entryPoints,
    absWorkingDir: root,
    outdir: path.join(home, "dist"),
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node20",
    format: "esm",
    packages: "external",
    loader: { ".nn": "text" },
    plugins: [parsedPrelude()],
    logLevel: "error",
  });
}
