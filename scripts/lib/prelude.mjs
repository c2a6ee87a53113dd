/**
 * An esbuild plugin that parses the prelude when the project is built: in the bundles, `compiler/prelude/parsed.ts` reads
 * the trees from one text instead of parsing a dozen files each time the command starts.
 */
import { build } from "esbuild";
import path from "node:path";
import { root } from "./project.mjs";

const packer = `
export { pack } from "./compiler/prelude/pack.ts";
export { parsePrelude } from "./compiler/prelude/parsed.ts";
`;

/** The trees as `pack` writes them. */
async function packedPrelude() {
  const { outputFiles } = await build({
    stdin: { contents: packer, resolveDir: root, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    loader: { ".nn": "text" },
    logLevel: "warning",
  });
  const url = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`;
  const { pack, parsePrelude } = await import(url);
  return pack(parsePrelude());
}

export function parsedPrelude() {
  return {
    name: "parsed-prelude",
    async setup({ onLoad }) {
      const packed = await packedPrelude();
      const contents = `import { unpack } from "./pack.ts";
export function parsePrelude() { return unpack(${JSON.stringify(packed)}); }`;
      onLoad({ filter: /compiler[\\/]prelude[\\/]parsed\.ts$/ }, () => ({
        contents,
        loader: "ts",
        resolveDir: path.join(root, "compiler/prelude"),
      }));
    },
  };
}
