/**
 * Which image files a path stands for, in an order that is the same everywhere: those in a folder, by class and path, or those that a list
 * in CSV names. Nothing is decoded here.
 */
import { unsuitableValue } from "../../compiler/diagnostics/codes/data.ts";
import { filesLeftOut, imageColumn, imageFolder } from "../../compiler/diagnostics/codes/images.ts";
import { diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { counted } from "../../compiler/diagnostics/lists.ts";
import { failure, listed, quoted } from "../save/fail.ts";
import { assignColumns } from "./columns.ts";
import type { ColumnMapping } from "./columns.ts";
import { cellText, parseCsv, placeOf } from "./csv.ts";
import type { Table } from "./csv.ts";
import type { Field } from "./dataset.ts";
import { imageField, isTarget } from "./images.ts";

/** Folders and files by the paths that a program or a user names. Each throws where there is nothing of the kind. */
export interface ImageFiles {
  readonly isFolder: (path: string) => boolean;
  readonly list: (path: string) => Folder;
  readonly read: (path: string) => Uint8Array;
}

export interface Folder {
  /** Tells one folder under two names. */
  readonly real: string;
  /** In any order; links are what they lead to. */
  readonly entries: readonly { readonly name: string; readonly isFolder: boolean }[];
}

export interface ImageList {
  readonly path: string;
  readonly files: readonly string[];
  /** The class of each, where the folders are classes. */
  readonly labels?: readonly string[];
  readonly warnings: readonly Diagnostic[];
}

type Wanted = Pick<Field, "name" | "role">;

/** What a folder holds, at any depth. */
interface Found {
  readonly images: readonly string[];
  readonly others: readonly string[];
}

/**
 * The images behind `path`: a folder, with a folder for each class where a target is wanted, or a list in CSV, with the columns that `mapping` tells.
 * Throws NN0874, NN0876, NN0877, NN0828 and what tables throw.
 */
export function listImages(
  place: ImageFiles,
  path: string,
  mapping: ColumnMapping,
  wanted: readonly Wanted[],
): ImageList {
  imageField(wanted);
  if (!place.isFolder(path)) return listTable(place, path, mapping, wanted);
  return wanted.some(isTarget) ? listClasses(place, path) : listFolder(place, path);
}

/** The columns that a list has beside the names of images, for each of the others that are wanted. */
export function columnsBeside(
  table: Table,
  mapping: ColumnMapping,
  wanted: readonly Wanted[],
): ReadonlyMap<string, readonly number[]> {
  const columns = new Map(assignedTo(table, mapping, wanted));
  columns.delete(imageField(wanted).name);
  return columns;
}

function listFolder(place: ImageFiles, path: string): ImageList {
  const { images, others } = walk(place, path);
  if (images.length === 0) throw failure(imageFolder, { folder: path, expected: "images", found: contentOf(others) });
  return { path, files: images, warnings: leftOut(path, others) };
}

function listClasses(place: ImageFiles, path: string): ImageList {
  const { folders: classes, files: beside } = contentsOf(place.list(path));
  const loose = beside.find(isImage);
  const expected = "a folder for each class, with its images";
  if (loose !== undefined) throw failure(imageFolder, { folder: path, expected, found: `the image ${quoted(loose)}` });
  if (classes.length === 0) throw failure(imageFolder, { folder: path, expected, found: contentOf(beside) });
  const files: string[] = [];
  const labels: string[] = [];
  const others = beside.map((name) => join(path, name));
  for (const name of classes) {
    const folder = join(path, name);
    const found = walk(place, folder);
    if (found.images.length === 0)
      throw failure(imageFolder, {
        folder,
        expected: "images, since each folder is a class",
        found: contentOf(found.others),
      });
    for (const file of found.images) {
      files.push(file);
      labels.push(name);
    }
    others.push(...found.others);
  }
  return { path, files, labels, warnings: leftOut(path, others) };
}

/** All files in a folder and below it, by path. A folder that links lead to again is read once, so that the walk ends. */
function walk(place: ImageFiles, start: string): Found {
  const images: string[] = [];
  const others: string[] = [];
  const seen = new Set<string>();
  const queue = [start];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    const folder = place.list(path);
    if (seen.has(folder.real)) continue;
    seen.add(folder.real);
    const { folders, files } = contentsOf(folder);
    for (const name of files) (isImage(name) ? images : others).push(join(path, name));
    for (const name of folders.toReversed()) queue.push(join(path, name));
  }
  return { images: images.sort(), others: others.sort() };
}

/** By name, without what systems leave behind. */
function contentsOf({ entries }: Folder): { readonly folders: readonly string[]; readonly files: readonly string[] } {
  const seen = entries.filter(({ name }) => !isHidden(name));
  const namesOf = (folders: boolean): readonly string[] =>
    seen.flatMap(({ name, isFolder }) => (isFolder === folders ? [name] : [])).sort();
  return { folders: namesOf(true), files: namesOf(false) };
}

function listTable(place: ImageFiles, path: string, mapping: ColumnMapping, wanted: readonly Wanted[]): ImageList {
  const table = parseCsv(path, place.read(path));
  const { name } = imageField(wanted);
  const columns = assignedTo(table, mapping, wanted).get(name) ?? [];
  // Of several that nobody chose among, the one that is called as the input, as of a table.
  const called = columns.filter((index) => table.header[index] === name);
  const [column, ...more] = called.length === 1 ? called : columns;
  if (column === undefined || more.length > 0)
    throw failure(imageColumn, {
      file: path,
      field: name,
      columns: listed(columns.map((index) => table.header[index] ?? "")),
    });
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const files = Array.from({ length: table.rows }, (_, row) => {
    const cell = row * table.header.length + column;
    const file = cellText(table, cell);
    if (file !== "") return isAbsolute(file) ? file : folder + file;
    throw failure(unsuitableValue, {
      place: placeOf(table, cell),
      expected: "the name of an image file",
      found: "an empty cell",
    });
  });
  return { path, files, warnings: [] };
}

/** As in a table of numbers, but that a column which is called `target` is one, also where no target is wanted. */
function assignedTo(
  { file, header }: Table,
  mapping: ColumnMapping,
  wanted: readonly Wanted[],
): ReadonlyMap<string, readonly number[]> {
  const isNamed = header.includes("target") && !mapping.fields.has("target");
  const isHere = wanted.some(({ name }) => name === "target");
  const hidden = { name: "target", role: "target" } as const;
  return assignColumns(file, header, mapping, isNamed && !isHere ? [...wanted, hidden] : wanted);
}

function leftOut(folder: string, others: readonly string[]): readonly Diagnostic[] {
  if (others.length === 0) return [];
  return [diagnose(filesLeftOut, { folder, count: others.length, first: listed(others) }, [])];
}

function contentOf(others: readonly string[]): string {
  return others.length === 0 ? "none" : `${counted(others.length, "other file")}: ${listed(others)}`;
}

function isImage(name: string): boolean {
  return /\.(png|jpe?g|webp)$/i.test(name);
}

/** What systems leave in folders of images. */
function isHidden(name: string): boolean {
  return name.startsWith(".") || /^(thumbs\.db|desktop\.ini)$/i.test(name);
}

function isAbsolute(path: string): boolean {
  return /^([\\/]|[a-z][a-z0-9+.-]*:)/i.test(path);
}

function join(folder: string, name: string): string {
  return `${folder.replace(/\/+$/, "")}/${name}`;
}
