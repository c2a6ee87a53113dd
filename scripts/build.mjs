/**
 * Builds `dist/`: one bundle for each entry of package.json's `exports`, the `nnc` command, and the declarations.
 * The command starts in a few tenths of a second: it is one file that V8's code cache fits.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { external } from "./lib/external.mjs";
import { ensureInstalled, root, run, tool } from "./lib/project.mjs";

const entries = {
  index: "compiler/index.ts",
  files: "compiler/files.ts",
  runtime: "runtime/load/index.ts",
  slim: "runtime/load/slim.ts",
  train: "runtime/train/index.ts",
};

/** `import()` has no loader in a script out of V8's cache: it goes through a small file that Node.js compiles each time. */
const importer = "module.exports = (name) => import(name);\n";
const banner = `
const Import = require("./import.cjs");
const moduleUrl = require("node:url").pathToFileURL(__filename).href;`;

/** The name is as long as the keyword, so the source map stays true. */
function replaceImports(folder) {
  const file = path.join(folder, "nnc.cjs");
  const text = readFileSync(file, "utf8");
  if (text.includes("Import(")) throw new Error(`${file} has an Import of its own`);
  writeFileSync(file, text.replace(/\bimport\(/g, "Import("));
  writeFileSync(path.join(folder, "import.cjs"), importer);
}

async function bundle() {
  const { build } = await import("esbuild");
  const { withoutExplanations } = await import("./lib/explanations.mjs");
  const { parsedPrelude } = await import("./lib/prelude.mjs");
  const { scriptFiles } = await import("./lib/page-script.mjs");
  const common = {
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node20",
    external,
    loader: { ".nn": "text" },
    minifySyntax: true,
    plugins: [parsedPrelude()],
    sourcemap: true,
    sourcesContent: false,
    logLevel: "warning",
  };
  // With its line ends: of an error that a program does not catch, Node.js prints the line that threw it.
  await build({
    ...common,
    entryPoints: entries,
    outdir: "dist",
    plugins: [parsedPrelude(), withoutExplanations()],
    chunkNames: "chunks/[name]-[hash]",
    splitting: true,
    format: "esm",
  });
  // One CommonJS file: Node.js keeps no compiled form of ES modules before 22. Less to read at each start; names stay, so that a stack trace tells something.
  await build({
    ...common,
    minifyWhitespace: true,
    entryPoints: { nnc: "cli/main.ts" },
    outdir: "dist/command",
    plugins: [parsedPrelude(), scriptFiles(path.join(root, "dist/command"))],
    outExtension: { ".js": ".cjs" },
    format: "cjs",
    define: { "import.meta.url": "moduleUrl" },
    banner: { js: banner },
  });
  replaceImports(path.join(root, "dist/command"));
  await build({ ...common, entryPoints: { cli: "cli/launch.ts" }, outdir: "dist", format: "esm" });
}

/** Makes the command's file one that a shell can run. */
function makeExecutable(file) {
  const text = readFileSync(file, "utf8");
  if (!text.startsWith("#!")) writeFileSync(file, `#!/usr/bin/env node\n${text}`);
  chmodSync(file, 0o755);
}

/** Runs the command on what it does most, so that it leaves its compiled form behind (`cli/launch.ts`), then starts it from that. */
function warm(command) {
  const out = mkdtempSync(path.join(tmpdir(), "nnc-build-"));
  const args = [command, "build", "examples/digits/digits.nn", "--target", "typescript", "-o", out];
  try {
    return [{ NNC_WRITE_CACHE: "1" }, {}].every((added) => {
      const env = { ...process.env, ...added };
      return spawnSync(process.execPath, args, { cwd: root, env, stdio: ["ignore", "ignore", "inherit"] }).status === 0;
    });
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

ensureInstalled();
rmSync(path.join(root, "dist"), { recursive: true, force: true });
await bundle();
const command = path.join(root, "dist/cli.js");
makeExecutable(command);
const declared = run(tool("tsc"), ["-p", "tsconfig.build.json"]) === 0;
process.exitCode = warm(command) && declared ? 0 : 1;
