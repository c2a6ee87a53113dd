/** The files that a command reads and writes, by the names that the user gave. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from "node:fs";
import path from "node:path";
import { gunzip, isGzip } from "../runtime/data/gunzip.ts";
import { fileProblem, kindProblem } from "../runtime/save/file-problem.ts";
import { cannotRead, cannotWrite } from "../compiler/diagnostics/codes/checkpoint.ts";
import { diagnose, NncError } from "../compiler/diagnostics/diagnostic.ts";
import type { Context } from "./context.ts";

/** The place of `name`, which is relative to the user's folder. */
export function placeOf(context: Context, name: string): string {
  return path.resolve(context.cwd, name);
}

/** Why there is nothing to read under this name; undefined where there is a file. */
export function problemOf(context: Context, name: string): string | undefined {
  try {
    return kindProblem(statSync(placeOf(context, name)));
  } catch (error) {
    return fileProblem(error);
  }
}

/** Whether there is a folder under this name. */
export function isFolder(context: Context, name: string): boolean {
  return statSync(placeOf(context, name), { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The bytes of an input, or a sentence about why there are none. */
export function readInput(
  context: Context,
  name: string,
): { readonly bytes: Uint8Array } | { readonly problem: string } {
  const problem = problemOf(context, name);
  if (problem !== undefined) return { problem };
  try {
    return { bytes: readFileSync(placeOf(context, name)) };
  } catch (error) {
    return { problem: fileProblem(error) };
  }
}

/** The bytes of a data file that the user names on the command line, which may lie anywhere; a gzip file's content. Throws NN0925, NN0825. */
export function readUserFile(context: Context, name: string): Uint8Array {
  const input = readInput(context, name);
  if ("problem" in input) throw new NncError(diagnose(cannotRead, { file: name, problem: input.problem }, []));
  return isGzip(input.bytes) ? gunzip(name, input.bytes) : input.bytes;
}

/** Acts in the folder for results, which is made with those above it. Those that are made and still empty afterwards are gone again. Throws NN0924. */
export async function inFolder<Result>(
  context: Context,
  name: string,
  act: (place: string) => Result | Promise<Result>,
): Promise<Result> {
  const place = placeOf(context, name);
  const made = makeFolders(place, name);
  try {
    return await act(place);
  } finally {
    for (const folder of made.toReversed()) if (readdirSync(folder).length === 0) rmdirSync(folder);
  }
}

/** Those that were missing, the outermost first. */
function makeFolders(place: string, name: string): readonly string[] {
  try {
    // One by one: the recursive form of `mkdir` never ends in places such as /proc (Node 20).
    const missing: string[] = [];
    for (let at = place; !existsSync(at); at = path.dirname(at)) missing.unshift(at);
    for (const folder of missing) mkdirSync(folder);
    if (!statSync(place).isDirectory())
      throw new NncError(diagnose(cannotWrite, { file: name, problem: "it is a file, expected a folder" }, []));
    return missing;
  } catch (error) {
    throw error instanceof NncError
      ? error
      : new NncError(diagnose(cannotWrite, { file: name, problem: fileProblem(error) }, []));
  }
}
