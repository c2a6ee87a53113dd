/**
 * Scripts of pages: a `.script` file names a module, and `import text from "./main.script"` gives that module, bundled with all that it imports, as
 * text that can stand in a `<script>`. Vitest bundles when it meets one; the build leaves a file beside the command, which is read when it is wanted,
 * so that no start reads it.
 */
import { build } from "esbuild";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./project.mjs";

const suffix = ".script";

export async function bundled(file) {
  const { outputFiles, metafile } = await build({
    entryPoints: [path.resolve(path.dirname(file), readFileSync(file, "utf8").trim())],
    absWorkingDir: root,
    bundle: true,
    metafile: true,
    write: false,
    format: "iife",
    platform: "browser",
    target: "es2022",
    minify: true,
    charset: "ascii",
    legalComments: "none",
    logLevel: "error",
  });
  // In a string, the only place where they can stand, both mean the same.
  const script = outputFiles[0].text.replace(/<(?=\/script|!--|script)/gi, "\\x3c");
  return `${licencesOf(Object.keys(metafile.inputs))}${script}`;
}

/** Of the packages that are in it, whose licences go where their code goes. */
function licencesOf(files) {
  const packages = files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []);
  return [...new Set(packages)]
    .map(
      (folder) =>
        `/*! ${folder.replace(/^.*node_modules\//, "")}\n${readFileSync(path.join(root, folder, "LICENSE"), "utf8")}*/\n`,
    )
    .join("");
}

/** For Vite. */
export const scriptText = {
  name: "page-script",
  enforce: "pre",
  load: async (id) => (id.endsWith(suffix) ? `export default ${JSON.stringify(await bundled(id))};` : undefined),
};

/** For esbuild: puts the scripts into `folder`, which is where the bundle lies. */
export function scriptFiles(folder) {
  return {
    name: "page-script",
    setup({ onLoad }) {
      onLoad({ filter: /\.script$/ }, async ({ path: file }) => {
        const name = `${path.basename(path.dirname(path.dirname(file)))}-page.js`;
        mkdirSync(folder, { recursive: true });
        writeFileSync(path.join(folder, name), await bundled(file));
        const contents = `import { readFileSync } from "node:fs";
export default readFileSync(new URL("./${name}", import.meta.url), "utf8");`;
        return { contents, loader: "js" };
      });
    },
  };
}
