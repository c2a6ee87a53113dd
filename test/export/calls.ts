/** What tests hand to exported modules, and what comes of it. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { nnc } from "../cli/helpers.ts";
import { settings, sized } from "../random/settings.ts";

export interface Module {
  readonly predict: (...given: readonly unknown[]) => unknown;
  readonly generate: (...given: readonly unknown[]) => Iterable<string>;
}

/** Trains a program of a folder, exports it, and imports the module. */
export async function exportedModule(cwd: string, name: string, format: string): Promise<Module> {
  const run = async (...args: readonly string[]): Promise<void> => {
    const { code, stderr } = await nnc(args, { cwd });
    if (code !== 0) throw new Error(stderr);
  };
  const place = `${name}-${format}.mjs`;
  await run("train", `${name}.nn`, "-o", name);
  await run("export", `${name}.nn`, "--params", `${name}/parameters.safetensors`, "--format", format, "-o", place);
  // It was exported just now.
  return (await import(pathToFileURL(path.join(cwd, place)).href)) as Module;
}

/** What a caller's own code throws. */
export class Own extends Error {}

export const parameters = { seed: settings.seed, numRuns: sized(150, 3000) };

export interface Outcome {
  readonly answer?: unknown;
  readonly problem?: string;
}

/** What a call gives; of what is no TypeError, no RangeError and not the caller's own, the failure of the test. */
export function outcome(call: () => unknown): Outcome {
  try {
    return { answer: call() };
  } catch (error) {
    if (error instanceof Own) return { problem: "own" };
    if (error instanceof TypeError || error instanceof RangeError) return { problem: error.message };
    throw error;
  }
}

/** A problem that does not say what it is about. */
export const unnamed = (problem: string | undefined): readonly string[] =>
  problem === undefined || /^(row \d+|predict|the prompt|generate): expected /.test(problem) ? [] : [problem];

/** A number that a 32-bit float holds, so that every form of it is the same. */
export const float = fc.float({ min: -100, max: 100, noNaN: true });
