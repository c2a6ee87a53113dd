/** How the tests run: every `*.test.ts` under `test/`, two files at a time, with `.nn` files importable as text. */
import { defineConfig } from "vitest/config";

/** Gives `import text from "./layers.nn"` the file's text, as the bundled command does. */
const nnText = {
  name: "nn-text",
  enforce: "pre" as const,
  transform: (code: string, id: string) => (id.endsWith(".nn") ? `export default ${JSON.stringify(code)};` : undefined),
};

export default defineConfig({
  plugins: [nnText],
  test: {
    include: ["test/**/*.test.ts"],
    pool: "threads",
    maxWorkers: 2,
    watch: false,
    passWithNoTests: true,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
