/**
 * Data files of a project (Node only): found relative to the `.nn` file, never outside the project, unpacked where they
 * are gzipped.
 */
import { closeSync, openSync, readdirSync, readFileSync, readSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import { dataOutsideProject, unreadableData } from "../../compiler/diagnostics/codes/data.ts";
import type { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import { failure, quoted } from "../save/fail.ts";
import { fileProblem, kindProblem } from "../save/file-problem.ts";
import { gunzip, gunzipStart, isGzip } from "./gunzip.ts";
import type { Folder, ImageFiles } from "./image-list.ts";

/**
 * The bytes of the file at `path`, as a program in `folder` inside the project `root` names it; a gzip file's content.
 * Throws NN0801, NN0802, and what `gunzip` throws.
 */
export function readDataFile(root: string, folder: string, path: string): Uint8Array {
  const bytes = readBytes(placeInProject(root, folder, path), path);
  return isGzip(bytes) ? gunzip(path, bytes) : bytes;
}

/** The beginning of a file, unpacked. */
export interface Beginning {
  readonly bytes: Uint8Array;
  /** Of the whole file; undefined where only unpacking all of it would tell. */
  readonly length: number | undefined;
}

/** As `readDataFile`, but no further than is enough. */
export function readBeginning(
  root: string,
  folder: string,
  path: string,
  isEnough: (bytes: Uint8Array) => boolean,
): Beginning {
  const place = placeInProject(root, folder, path);
  const total = sizeOf(place, path);
  for (let size = 65_536; size < total; size *= 4) {
    const raw = attempt(path, () => readUpTo(place, size));
    const isPacked = isGzip(raw);
    const bytes = isPacked ? gunzipStart(path, raw) : raw;
    if (isEnough(bytes)) return { bytes, length: isPacked ? undefined : total };
  }
  const bytes = readDataFile(root, folder, path);
  return { bytes, length: bytes.length };
}

/** The folders and files of a project, as a program in `folder` names them. They throw NN0801, NN0802, and what `gunzip` throws. */
export function projectFiles(root: string, folder: string): ImageFiles {
  return {
    isFolder: (path) => {
      const place = placeInProject(root, folder, path);
      return attempt(path, () => statSync(place).isDirectory());
    },
    list: (path) => {
      const place = placeInProject(root, folder, path);
      return attempt(path, () => folderAt(place));
    },
    read: (path) => readDataFile(root, folder, path),
  };
}

/** What is in the folder at a place. A link that leads nowhere is taken for a file, which cannot be read. */
export function folderAt(place: string): Folder {
  const entries = readdirSync(place).map((name) => {
    const isFolder = statSync(resolve(place, name), { throwIfNoEntry: false })?.isDirectory() === true;
    return { name, isFolder };
  });
  return { real: realpathSync(place), entries };
}

/** The file's real place. Links are followed before it is decided whether that is inside. Throws NN0801, NN0802. */
export function placeInProject(root: string, folder: string, path: string): string {
  const refuse = (problem: string, help?: string): NncError =>
    failure(dataOutsideProject, { file: quoted(path), project: quoted(resolve(root)), problem }, help);
  if (/^[a-z][a-z0-9+.-]+:/i.test(path))
    throw refuse("is a URL", "load the file down into the project, and name it there");
  if (path.includes("\0")) throw refuse("holds a NUL character");
  if (isAbsolute(path) || /^([a-z]:)?[\\/]/i.test(path)) {
    const inside = isInside(resolve(root), resolve(path));
    throw refuse("is an absolute path", inside ? `write ${quoted(fromFolder(folder, path))}` : wayOut);
  }
  const place = resolve(folder, path);
  if (!isInside(resolve(root), place)) throw refuse("lies outside the project", wayOut);
  const real = attempt(path, () => realpathSync(place));
  if (!isInside(realpathSync(root), real)) throw refuse("is a link that leads out of the project", wayOut);
  return real;
}

const wayOut =
  "copy it into the project; or put a `package.json` with nothing but `{}` into a folder that holds both the program and the file: the nearest one above a program makes its project";

/** As programs write paths, on every system. */
function fromFolder(folder: string, path: string): string {
  return relative(resolve(folder), resolve(path)).replaceAll("\\", "/");
}

function readBytes(place: string, path: string): Uint8Array {
  sizeOf(place, path);
  return attempt(path, () => readFileSync(place));
}

function sizeOf(place: string, path: string): number {
  const stats = attempt(path, () => statSync(place));
  const problem = kindProblem(stats);
  if (problem !== undefined) throw failure(unreadableData, { file: path, problem });
  return stats.size;
}

function readUpTo(place: string, size: number): Uint8Array {
  const file = openSync(place, "r");
  try {
    const bytes = Buffer.alloc(size);
    return bytes.subarray(0, readSync(file, bytes, 0, size, 0));
  } finally {
    closeSync(file);
  }
}

function attempt<Answer>(path: string, act: () => Answer): Answer {
  try {
    return act();
  } catch (error) {
    throw failure(unreadableData, { file: path, problem: fileProblem(error) });
  }
}

function isInside(root: string, place: string): boolean {
  const path = relative(root, place);
  return path !== ".." && !/^\.\.[\\/]/.test(path) && !isAbsolute(path);
}
