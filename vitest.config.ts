/**
 * How the tests run: every `*.test.ts` under `test/`, three files at a time (on two cores: they wait for child processes and browsers a fifth of their time), with `.nn`
 * files importable as text. Files share what they import, which costs a fifth of the time otherwise; those that put something else in the place of a module or a global have it to themselves.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { external, nativeSources } from "./scripts/lib/native-sources.mjs";
import { scriptText } from "./scripts/lib/page-script.mjs";

const root = fileURLToPath(new URL(".", import.meta.url));

/** Gives `import text from "./layers.nn"` the file's text, as the bundled command does. */
const nnText = {
  name: "nn-text",
  enforce: "pre" as const,
  transform: (code: string, id: string) => (id.endsWith(".nn") ? `export default ${JSON.stringify(code)};` : undefined),
};

/** Also of the tests under mutation. */
export const common = {
  plugins: [nnText, scriptText],
  test: {
    pool: "threads" as const,
    maxWorkers: 3,
    watch: false,
    passWithNoTests: true,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
};

const every = "test/**/*.test.ts";

/** They put something else in the place of a module or a global, or set how they run; a spy that is taken away again disturbs nobody. */
const replacing = readdirSync(path.join(root, "test"), { recursive: true, encoding: "utf8" })
  .map((file) => path.posix.join("test", file.split(path.sep).join("/")))
  .filter((file) => file.endsWith(".test.ts"))
  .filter((file) => /\bvi\.(mock|hoisted|stubGlobal|setConfig)\b/.test(readFileSync(path.join(root, file), "utf8")));

export default defineConfig({
  ...common,
  test: {
    ...common.test,
    projects: [
      {
        extends: true,
        plugins: [nativeSources],
        test: {
          name: "shared",
          include: [every],
          exclude: replacing,
          isolate: false,
          server: { deps: { external: [external] } },
        },
      },
      { extends: true, test: { name: "apart", include: replacing } },
    ],
  },
});
