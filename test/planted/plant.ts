/** Planting: a copy of the project in a temporary folder, one edit, and the quick tests on it in a process of their own. */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { PlantedBug } from "./bugs.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const copied = [
  "compiler",
  "targets",
  "runtime",
  "scripts",
  "test",
  "examples",
  "package.json",
  "tsconfig.json",
  "vitest.config.ts",
];

/** What must notice a bug: rules and samples of every op, passes, functions, where loads lie, and random programs. */
const quickTests = [
  "test/ops",
  "test/passes",
  "test/loops/functions.test.ts",
  "test/kernel/align.test.ts",
  "test/random/regressions.test.ts",
  "test/random/programs.test.ts",
];

/** How often the text of a bug occurs in its file, which should be once. */
export function occurrences({ file, text }: PlantedBug, folder: string = root): number {
  return readFileSync(path.join(folder, file), "utf8").split(text).length - 1;
}

/** The test that failed first, by its name; undefined where none did, or where one only ran out of time. */
export function noticedBy(output: string): string | undefined {
  if (/timed out/.test(output)) return undefined;
  // Colours are written as escape sequences, which begin with a control character.
  const plain = output.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g"), "");
  // Before the name stands that of the project of `vitest.config.ts`.
  return /FAIL +(?:\|\w+\| )?(.+)/.exec(plain)?.[1];
}

/** Runs the quick tests on a copy with the bug, or on an unchanged one; answers whether they passed, and what they said. */
export async function runPlanted(
  bug: PlantedBug | undefined,
): Promise<{ readonly passed: boolean; readonly output: string }> {
  const folder = mkdtempSync(path.join(tmpdir(), "nnc-planted-"));
  try {
    for (const name of copied) cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
    symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"), "dir");
    if (bug !== undefined) plant(bug, folder);
    return await quick(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function plant(bug: PlantedBug, folder: string): void {
  if (occurrences(bug, folder) !== 1) throw new Error(`${bug.name}: expected its text once in ${bug.file}`);
  const file = path.join(folder, bug.file);
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace(bug.text, () => bug.replacement),
  );
}

function quick(folder: string): Promise<{ readonly passed: boolean; readonly output: string }> {
  const vitest = path.join(folder, "node_modules/vitest/vitest.mjs");
  const { NNC_DEEP: _deep, NNC_SEED: _seed, NNC_FACTS: _facts, ...inherited } = process.env;
  const env = { ...inherited, NNC_QUICK: "1" };
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [vitest, "run", "--bail", "1", "--testTimeout", "300000", "--root", folder, ...quickTests],
      {
        cwd: folder,
        env,
      },
    );
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => said.push(chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ passed: code === 0, output: said.join("") }));
  });
}
