/**
 * Files that are written whole or not at all, alone or as a set (Node only): temporary files beside the places, flushed to
 * the disk, then renamed. A process that is killed leaves the older file as it was; what it left beside it is removed by the next
 * write.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { cannotRead, cannotWrite } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { failure } from "./fail.ts";
import { codeOf, fileProblem, kindProblem } from "./file-problem.ts";

export interface FileToWrite {
  readonly path: string;
  readonly content: Uint8Array | string;
}

/**
 * Replaces the file at `path`, keeping its permissions; links are followed. Devices such as `/dev/full` are written
 * directly. Throws NN0924, and then what was there before is unchanged and nothing is left beside it.
 */
export function writeFileAtomic(path: string, content: Uint8Array | string): void {
  writeFilesAtomic([{ path, content }]);
}

/**
 * All files of a set, or none: the disk has taken every byte before the first gets its name. Throws NN0924, and then
 * what was there before is unchanged and nothing is left beside it.
 */
export function writeFilesAtomic(files: readonly FileToWrite[]): void {
  const staged: Staged[] = [];
  try {
    for (const file of files) inWordsOf(file.path, () => staged.push(stage(file)));
    for (const one of staged) inWordsOf(one.path, () => settle(one));
  } catch (error) {
    for (const one of staged.toReversed()) takeBack(one);
    throw error;
  }
  for (const { kept } of staged) if (kept !== undefined) rmSync(kept, { force: true });
  for (const folder of new Set(staged.map(({ place }) => dirname(place)))) flushFolder(folder);
}

/** Throws NN0924 where no file can be written at `path`: what stands there is none, or its folder is not there or takes none. */
export function requireWritable(path: string): void {
  inWordsOf(path, () => {
    const { place, isDevice } = placeFor(path);
    if (isDevice) return;
    const probe = temporaryIn(dirname(place));
    closeSync(openSync(probe, "wx"));
    rmSync(probe);
  });
}

/** The bytes of a saved file. Throws NN0925 where it cannot be read or is no file. */
export function readSavedFile(path: string): Uint8Array {
  let problem: string | undefined;
  try {
    problem = kindProblem(statSync(path));
    if (problem === undefined) return readFileSync(path);
  } catch (error) {
    throw failure(cannotRead, { file: path, problem: fileProblem(error) });
  }
  throw failure(cannotRead, { file: path, problem });
}

/** A file that is on the disk beside its place. */
interface Staged {
  readonly path: string;
  /** Where it goes, links followed. */
  readonly place: string;
  /** Undefined of a device, which is written directly. */
  readonly temporary: string | undefined;
  /** A second name of the file that it replaces, by which that comes back; not every disk has such names. */
  kept: string | undefined;
  settled: boolean;
}

function stage({ path, content }: FileToWrite): Staged {
  const { place, mode, isDevice } = placeFor(path);
  const staged = { path, place, kept: undefined, settled: false };
  if (isDevice) {
    writeFlushed(openSync(path, "w"), content, undefined);
    return { ...staged, temporary: undefined };
  }
  removeStale(dirname(place));
  const temporary = temporaryIn(dirname(place));
  try {
    writeFlushed(openSync(temporary, "wx"), content, mode);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  return { ...staged, temporary };
}

/** Where a file of this path goes, and the permissions of the one that is there. Throws NN0924 where something else is. */
function placeFor(path: string): {
  readonly place: string;
  readonly mode: number | undefined;
  readonly isDevice: boolean;
} {
  const old = statSync(path, { throwIfNoEntry: false });
  if (old === undefined) return { place: path, mode: undefined, isDevice: false };
  if (old.isDirectory()) throw failure(cannotWrite, { file: path, problem: "it is a folder, expected a file" });
  if (old.isCharacterDevice()) return { place: path, mode: undefined, isDevice: true };
  if (!old.isFile()) throw failure(cannotWrite, { file: path, problem: "it is no file" });
  return { place: realpathSync(path), mode: old.mode, isDevice: false };
}

function settle(one: Staged): void {
  if (one.temporary === undefined) return;
  one.kept = secondName(one.place);
  renameSync(one.temporary, one.place);
  one.settled = true;
}

function secondName(place: string): string | undefined {
  const name = temporaryIn(dirname(place));
  try {
    linkSync(place, name);
    return name;
  } catch {
    return undefined;
  }
}

function takeBack({ place, temporary, kept, settled }: Staged): void {
  if (settled && kept !== undefined) renameSync(kept, place);
  else if (kept !== undefined) rmSync(kept, { force: true });
  else if (settled) rmSync(place, { force: true });
  if (temporary !== undefined) rmSync(temporary, { force: true });
}

function temporaryIn(folder: string): string {
  return join(folder, `${prefixOfThisHost()}${ownProcess()}-${randomBytes(6).toString("hex")}.tmp`);
}

/** What the system refuses, as NN0924. */
function inWordsOf(path: string, act: () => unknown): void {
  try {
    act();
  } catch (error) {
    throw codeOf(error).startsWith("NN") ? error : failure(cannotWrite, { file: path, problem: fileProblem(error) });
  }
}

function writeFlushed(file: number, content: Uint8Array | string, mode: number | undefined): void {
  try {
    if (mode !== undefined) fchmodSync(file, mode);
    writeFileSync(file, content);
    flush(file);
  } finally {
    closeSync(file);
  }
}

/** Devices and some network disks cannot be flushed and say EINVAL; any other error is one. */
function flush(file: number): void {
  try {
    fsyncSync(file);
  } catch (error) {
    if (codeOf(error) !== "EINVAL") throw error;
  }
}

/** Makes the new name itself durable. Not every system can open a folder; the file is complete either way. */
function flushFolder(folder: string): void {
  try {
    const handle = openSync(folder, "r");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // The rename has happened; only its place in time is less certain.
  }
}

/** Removes what processes of this machine left that are no longer running; on a shared disk others may be at work. */
function removeStale(folder: string): void {
  const prefix = prefixOfThisHost();
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix)) continue;
    const owner = /^(\d+)-[0-9a-f]{12}\.tmp$/.exec(name.slice(prefix.length))?.[1];
    if (owner !== undefined && !isRunning(Number(owner))) rmSync(join(folder, name), { force: true });
  }
}

/** Short and independent of the final name, so that a name of the greatest length can be written. */
function prefixOfThisHost(): string {
  return `.nnc-${hostname()
    .replace(/[^A-Za-z0-9]/g, "")
    .slice(0, 32)}-`;
}

function ownProcess(): number {
  // oxlint-disable-next-line no-restricted-globals -- The name tells later writers whose file it is.
  return process.pid;
}

function isRunning(id: number): boolean {
  try {
    // oxlint-disable-next-line no-restricted-globals -- Signal 0 sends nothing; it asks whether the process exists.
    process.kill(id, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}
