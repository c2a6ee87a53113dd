/**
 * Files that are written whole or not at all (Node only): a temporary file beside the place, flushed to the disk, then
 * renamed. A process that is killed leaves the older file as it was; what it left beside it is removed by the next
 * write.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import type { Stats } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { cannotRead, cannotWrite } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { failure } from "./fail.ts";
import { codeOf, fileProblem } from "./file-problem.ts";

/**
 * Replaces the file at `path`, keeping its permissions; links are followed. Devices such as `/dev/full` are written
 * directly. Throws NN0924, and then what was there before is unchanged and nothing is left beside it.
 */
export function writeFileAtomic(path: string, content: Uint8Array | string): void {
  try {
    const old = statSync(path, { throwIfNoEntry: false });
    if (old?.isDirectory() === true)
      throw failure(cannotWrite, { file: path, problem: "it is a folder, expected a file" });
    if (old?.isCharacterDevice() === true) writeFlushed(openSync(path, "w"), content, undefined);
    else if (old?.isFile() === false) throw failure(cannotWrite, { file: path, problem: "it is no file" });
    else replace(old === undefined ? path : realpathSync(path), old, content);
  } catch (error) {
    throw codeOf(error).startsWith("NN") ? error : failure(cannotWrite, { file: path, problem: fileProblem(error) });
  }
}

/** The bytes of a saved file. Throws NN0925 where it cannot be read or is no file. */
export function readSavedFile(path: string): Uint8Array {
  try {
    if (statSync(path).isFile()) return readFileSync(path);
  } catch (error) {
    throw failure(cannotRead, { file: path, problem: fileProblem(error) });
  }
  throw failure(cannotRead, { file: path, problem: "it is no file" });
}

function replace(path: string, old: Stats | undefined, content: Uint8Array | string): void {
  const folder = dirname(path);
  removeStale(folder);
  const temporary = join(folder, `${prefixOfThisHost()}${ownProcess()}-${randomBytes(6).toString("hex")}.tmp`);
  try {
    writeFlushed(openSync(temporary, "wx"), content, old?.mode);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  flushFolder(folder);
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
