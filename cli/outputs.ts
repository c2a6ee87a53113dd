/**
 * The files that a command writes: all of them or none, and none in the place of a file that may be the user's or that the command reads,
 * unless `--force` asks for it. What nnc writes says so in itself, by which it is known again; predictions have no place for that.
 */
import { closeSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { inTheWay } from "../compiler/diagnostics/codes/checkpoint.ts";
import { diagnose, NncError } from "../compiler/diagnostics/diagnostic.ts";
import { dataFiles } from "../compiler/project.ts";
import type { ProjectSource } from "../compiler/project.ts";
import type { HostTrain } from "../compiler/program/host.ts";
import { requireWritable, writeFilesAtomic } from "../runtime/save/write-file.ts";
import { onnxMark } from "./export/onnx/model.ts";
import { UsageError } from "./exit.ts";
import { placeOf } from "./files.ts";
import type { Context } from "./context.ts";

/** What may be replaced. */
export interface Permission {
  readonly force: boolean;
  /** Places that the command reads. */
  readonly reads: readonly string[];
}

/** How much of a file is looked at for the mark of nnc. */
const looked = 65_536;

/** A file that only speaks of what nnc wrote has the words somewhere else. */
const inFirstComment = /^\/\*\*(?:(?!\*\/)[^])*, (exported|compiled) by nnc\./;

/** The marks, by the end of a file's name. */
const marks: readonly (readonly [end: string, mark: RegExp])[] = [
  [".safetensors", /^.{8}\{"__metadata__":\{"nnc\.format":/s],
  [".jsonl", /^\{"event":"(start","name"|step","step"|epoch","epoch"|done","holdout"):/],
  [".svg", /^<svg [^>]*>\n<title>[^<]*<\/title>\n<desc>drawn by nnc<\/desc>/],
  ["manifest.json", /^\{"format":"nnc-artifact",/],
  ["bench.json", /^\{"ok":(true|false),"format":"nnc-bench",/],
  ["run.json", /^\{"format":"nnc-run",/],
  [".mjs", inFirstComment],
  [".mts", inFirstComment],
  [".js", inFirstComment],
  [".html", /^<!doctype html>\n<!-- [^\n]*, (exported|measured|drawn) by nnc\./],
  [".dot", /^\/\/ drawn by nnc\n/],
  [".py", /^"""(?:(?!""")[^])*, exported by nnc\./],
  [".ts", inFirstComment],
  [".wat", /^;; [^\n]*, compiled by nnc\./],
  [".wgsl", /^\/\/ [^\n]*, compiled by nnc\./],
  // Of any name: `--weights` takes what the user calls them.
  ["", /^nnc weights v1 \n/],
  [".onnx", onnxMark],
];
/** The files of an artifact that have no place for a mark, each with the end of the text that it was made with. */
const unmarked: readonly (readonly [end: string, text: string])[] = [
  [".wasm", ".wat"],
  [".js", ".ts"],
  [".d.ts", ".ts"],
  [".dispatch.json", ".wgsl"],
];

/** Throws a UsageError for a `--force` that has nothing to replace. */
export function requireOutputForForce(force: boolean, out: string | undefined, what = "FILE"): void {
  if (force && out === undefined)
    throw new UsageError(`--force: expected -o ${what} with it, found none: nothing is written that could be replaced`);
}

/** Throws NN0928 at the first file, named as the user does, that must not be replaced. */
function requireReplaceable(context: Context, files: readonly string[], { force, reads }: Permission): void {
  if (force) return;
  const read = new Set(reads.map(realPlace));
  for (const file of files) {
    const place = placeOf(context, file);
    if (!isFile(place)) continue;
    const problem = read.has(realPlace(place))
      ? "this command reads it"
      : isOurs(place)
        ? undefined
        : "nothing says that nnc wrote it";
    if (problem !== undefined)
      throw new NncError(
        diagnose(inTheWay, { file, problem }, [], "choose another place, or add --force to replace it"),
      );
  }
}

/** What cannot be looked at, such as a name that is too long, cannot be written either: that is told then. */
function isFile(place: string): boolean {
  try {
    return statSync(place).isFile();
  } catch {
    return false;
  }
}

/** Writes a set into a folder that is there. Throws NN0924, NN0928, and then nothing is changed. */
export function writeOutputs(
  context: Context,
  folder: string,
  files: readonly (readonly [name: string, content: string | Uint8Array])[],
  permission: Permission,
): void {
  requireReplaceable(
    context,
    files.map(([name]) => path.join(folder, name)),
    permission,
  );
  writeFilesAtomic(files.map(([name, content]) => ({ path: path.join(placeOf(context, folder), name), content })));
}

/** Writes one file. Throws NN0924, NN0928. */
export function writeOutput(context: Context, file: string, content: Uint8Array, permission: Permission): void {
  requireReplaceable(context, [file], permission);
  writeFilesAtomic([{ path: placeOf(context, file), content }]);
}

/** Throws NN0924 and NN0928 before there is anything to write into the folder. */
export function requireOutputs(
  context: Context,
  folder: string,
  names: readonly string[],
  permission: Permission,
): void {
  for (const name of names) requireOutput(context, path.join(folder, name), permission);
}

/** Throws NN0924 and NN0928 before there is anything to write. */
export function requireOutput(context: Context, file: string, permission: Permission): void {
  requireReplaceable(context, [file], permission);
  requireWritable(placeOf(context, file));
}

/** The places of what a train reads: its sources, its data and the parameters that it starts from. */
export function readBy({ root, folder, main }: ProjectSource, train: HostTrain | undefined): readonly string[] {
  const sources = [main.name, ...(main.files?.keys() ?? [])].map((name) => path.resolve(root, name));
  const data =
    train === undefined ? [] : [...dataFiles(train.data), ...(train.startFrom === undefined ? [] : [train.startFrom])];
  return [...sources, ...data.map((file) => path.resolve(folder, file))];
}

function isOurs(place: string): boolean {
  if (isMarked(place)) return true;
  const text = unmarked.find(([end]) => place.endsWith(end))?.[1];
  // All files of an artifact share a name.
  const [name] = path.basename(place).split(".");
  return text !== undefined && isMarked(path.join(path.dirname(place), `${name}${text}`));
}

function isMarked(place: string): boolean {
  const beginning = beginningOf(place);
  return marks.some(([end, mark]) => place.toLowerCase().endsWith(end) && mark.test(beginning));
}

/** Nothing where there is no such file. */
function beginningOf(place: string): string {
  if (statSync(place, { throwIfNoEntry: false })?.isFile() !== true) return "";
  const file = openSync(place, "r");
  try {
    const bytes = Buffer.alloc(looked);
    return bytes.toString("latin1", 0, readSync(file, bytes, 0, looked, 0));
  } finally {
    closeSync(file);
  }
}

/** Without links, as far as it is there. */
export function realPlace(place: string): string {
  try {
    return realpathSync(place);
  } catch {
    return path.resolve(place);
  }
}
