/**
 * Builds `dist/`: one bundle for each entry of package.json's `exports`, the `nnc` command, and the declarations.
 * What only some runs need (the targets and their libraries) lies in chunks of its own that `import()` loads when asked for.
 */
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ensureInstalled, root, run, tool } from "./lib/project.mjs";

const entries = {
  index: "compiler/index.ts",
  files: "compiler/files.ts",
  runtime: "runtime/load/index.ts",
  train: "runtime/train/index.ts",
  cli: "cli/main.ts",
};

/** Loaded from `node_modules` at run time: too large, too native, or (benny) in a form that cannot be bundled as ES modules. */
const external = ["ts-morph", "webgpu", "benny"];

async function bundle() {
  const { build } = await import("esbuild");
  const { parsedPrelude } = await import("./lib/prelude.mjs");
  const present = Object.entries(entries).filter(([, source]) => existsSync(path.join(root, source)));
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(present),
    outdir: "dist",
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external,
    loader: { ".nn": "text" },
    // Less to read at each start; names stay, so that a stack trace tells something.
    minifyWhitespace: true,
    minifySyntax: true,
    plugins: [parsedPrelude()],
    sourcemap: true,
    sourcesContent: false,
    logLevel: "warning",
  });
}

/** Makes `dist/cli.js` a command. */
function makeExecutable(file) {
  if (!existsSync(file)) return;
  const text = readFileSync(file, "utf8");
  if (!text.startsWith("#!")) writeFileSync(file, `#!/usr/bin/env node\n${text}`);
  chmodSync(file, 0o755);
}

ensureInstalled();
rmSync(path.join(root, "dist"), { recursive: true, force: true });
await bundle();
makeExecutable(path.join(root, "dist/cli.js"));
process.exitCode = run(tool("tsc"), ["-p", "tsconfig.build.json"]);
