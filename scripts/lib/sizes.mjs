/**
 * What a page must fetch, in bytes: minified by esbuild as anybody's bundler does, gzipped as any server does. And the table of README.md that says so,
 * made of `bench/results/sizes.json`.
 */
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { withoutExplanations } from "./explanations.mjs";
import { root } from "./project.mjs";

/** In the order of the table, with how many bytes each is to have at most. */
export const asked = [
  { name: "digits-js", what: "`examples/digits` as JavaScript", most: 4000 },
  { name: "digits-wasm", what: "`examples/digits` as WebAssembly", most: 5000 },
  { name: "W4-wasm", what: "W4, a convolutional network, as WebAssembly", most: 8000 },
  {
    name: "W2-trainer",
    what: "W2 to be trained in a page: compact program, manifest and `nnc/slim`, which loads what resumes when it is to",
    most: 25_000,
  },
];

export const gzipped = (content) => gzipSync(content, { level: 9 }).length;

/** Of a module that imports nothing. */
export async function moduleBytes(text) {
  const { code } = await transform(text, { minify: true, format: "esm", target: "es2022" });
  return gzipped(code);
}

/** Of a script with all that it imports at once; what it imports later is not counted. `folder` is where its imports are looked up. */
export async function bundleBytes(contents, folder = root) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: folder, sourcefile: "page.js" },
    absWorkingDir: root,
    outdir: "page",
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    plugins: [withoutExplanations()],
    // What packages ask of Node in branches that a page never takes.
    external: ["fs", "path", "crypto", "os", "util", "worker_threads", "perf_hooks", "module", "node:*"],
    logLevel: "error",
    write: false,
    metafile: true,
  });
  const needed = new Set(["page/stdin.js"]);
  // A set walks what is added to it while it is walked.
  for (const name of needed)
    for (const { path: file, kind } of metafile.outputs[name].imports)
      if (kind === "import-statement" && file in metafile.outputs) needed.add(file);
  const contentsOf = (name) =>
    outputFiles.find(({ path: file }) => path.relative(root, file) === path.normalize(name)).contents;
  // One file, which bundlers such as Rollup make of what is needed at once, though esbuild leaves apart what later parts share.
  return gzipped(Buffer.concat([...needed].map(contentsOf)));
}

/** What a page needs at once to train, evaluate, predict and save with an artifact on one thread, from the beginning: what reads saved files is loaded where it goes on from one. */
export const runtimeBytes = () => bundleBytes('export { load } from "./runtime/load/slim.ts";');

/** A kB has 1000 bytes. */
export const kilobytes = (bytes) => (bytes / 1000).toFixed(bytes < 99_950 ? 1 : 0);

/** The table of README.md. */
export function sizesTable({ rows, peers }) {
  const line = (what, bytes) => `| ${what} | ${kilobytes(bytes)} |`;
  return [
    "| minified and gzipped, without weights | kB |",
    "| --- | ---: |",
    ...asked.map(({ name, what }) => line(what, rows[name])),
    ...peers.map(({ what, bytes }) => line(what, bytes)),
  ].join("\n");
}

/** The text with this table between its markers. */
export function withSizes(text, table) {
  const marked = /(<!-- sizes -->\n)[\s\S]*?(\n<!-- \/sizes -->)/;
  if (!marked.test(text)) throw new Error("README.md has no markers <!-- sizes --> and <!-- /sizes -->");
  return text.replace(marked, (_, before, behind) => `${before}${table}${behind}`);
}
