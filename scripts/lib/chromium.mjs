/** The headless Chromium of the tests, for scripts. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "./project.mjs";

/** Answers `{ browser, close }`. What starts it is TypeScript, so it is bundled first. */
export async function startChromium() {
  const outfile = path.join(root, "dist/cache/chromium.mjs");
  await build({
    entryPoints: [path.join(root, "test/browser/chromium.ts")],
    outfile,
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    logLevel: "error",
  });
  const { startChromium: start } = await import(pathToFileURL(outfile).href);
  return await start();
}
