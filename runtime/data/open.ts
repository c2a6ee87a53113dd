/**
 * From the `data` declaration in a manifest to a source. Which bytes are behind a path is the caller's to say, so a
 * page can open what it has fetched.
 */
import { unsuitableSetting } from "../../compiler/diagnostics/codes/data.ts";
import { filesForFields, missingField } from "../../compiler/diagnostics/codes/fields.ts";
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import { unsuitable } from "../../compiler/diagnostics/options.ts";
import type { HostData, HostSetting } from "../../compiler/program/host.ts";
import { failure, listed, quoted } from "../save/fail.ts";
import { csvMatrix } from "./array-file.ts";
import type { ArrayFile } from "./array-file.ts";
import { givenArrays, rowArrays, wholeArrays } from "./arrays.ts";
import type { ColumnMapping } from "./columns.ts";
import { parseTables } from "./csv.ts";
import type { Table } from "./csv.ts";
import type { Field } from "./dataset.ts";
import { checkFolders, imageSettings, imageSource } from "./images.ts";
import type { DecodedImages } from "./images.ts";
import { parseIdx } from "./idx.ts";
import { parseNpy } from "./npy.ts";
import { tableSource } from "./source.ts";
import type { DataSource, PrepareOptions } from "./source.ts";
import { holdoutOf } from "./split.ts";
import { textSource } from "./text.ts";

/** Where the contents come from: files by their path as the program writes it, typed arrays for `given`, and images that are decoded already. */
export interface Contents {
  readonly read: (path: string) => Uint8Array;
  readonly given?: ReadonlyMap<string, unknown>;
  /** By the path of the folder or list. */
  readonly images?: ReadonlyMap<string, DecodedImages>;
}

/** Files in the place of those that a declaration names: the path of a `csv`, `text` or `images`, several of a `csv`, of the others one for each field. */
export type OtherFiles = string | readonly string[] | Readonly<Record<string, string>>;

/** Settings that name no field. */
const ownSettings: ReadonlySet<string> = new Set([
  "path",
  "inputs",
  "scale",
  "standardize",
  "holdout",
  "test",
  "window",
  "stride",
  "vocabulary",
]);

/** Those that only a `csv` has, beside which another reader's input may have such a name. */
const csvSettings: ReadonlySet<string> = new Set(["header"]);

/**
 * The source that `data` declares. Its settings are those of the language: `path` is the positional one, other names
 * are fields. `files` take the place of its own, for a test or rows to predict. Throws NN08xx, and NN0706 for arrays that nothing reads.
 */
export function openSource(
  data: HostData,
  fields: readonly Field[],
  contents: Contents,
  files?: OtherFiles,
): DataSource {
  if (contents.given !== undefined && data.reader !== "given")
    throw new NncError(unsuitable("given", "nothing, where the train reads its data from files", contents.given));
  const file = (): string => (files === undefined ? textSetting(data, "path") : onePath(data, files));
  const arrays = (parse: (name: string, bytes: Uint8Array) => ArrayFile): ReadonlyMap<string, ArrayFile> =>
    arrayFiles(files === undefined ? data : { ...data, settings: eachPath(files, fields) }, contents, parse);
  switch (data.reader) {
    case "csv":
      return tableSource(readTables(data, contents.read, files), columnMapping(data), fields);
    case "text":
      return textSource(file(), contents.read(file()), textSettings(data), fields);
    case "images":
      return openImages(data, file(), fields, contents);
    case "idx":
      return rowArrays(arrays(parseIdx), fields);
    case "npy":
      return rowArrays(arrays(parseNpy), fields);
    case "arrays":
      return wholeArrays(arrays(parseArray), fields);
    case "given":
      return openGiven(fields, contents);
    default:
      throw failure(unsuitableSetting, {
        setting: "data",
        expected: "csv, text, images, idx, npy, arrays or given",
        found: quoted(data.reader),
      });
  }
}

/** The table of a `csv`, in one file or in several. Throws NN0803 to NN0809, NN0838. */
export function readTables(data: HostData, read: Contents["read"], files?: OtherFiles): Table {
  const paths = Array.isArray(files) ? files : files === undefined ? csvPaths(data) : [onePath(data, files)];
  return parseTables(
    paths.map((file) => ({ file, content: read(file) })),
    data.settings["header"] !== false,
  );
}

function csvPaths(data: HostData): readonly string[] {
  const { path } = data.settings;
  return isPaths(path) ? path : [textSetting(data, "path")];
}

function isPaths(value: HostSetting | undefined): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string" && one !== "");
}

/** The files that `test` names, where it is given. */
export function testFiles({ settings: { test } }: HostData): OtherFiles | undefined {
  if (test === undefined || typeof test === "string" || isPaths(test)) return test;
  const entries = typeof test === "object" && !Array.isArray(test) ? Object.entries(test) : [];
  const paths = entries.flatMap(([name, path]) => (typeof path === "string" ? [[name, path] as const] : []));
  if (paths.length > 0 && paths.length === entries.length) return Object.fromEntries(paths);
  throw failure(unsuitableSetting, {
    setting: "test",
    expected: "the path of a file, or one for each input",
    found: JSON.stringify(test),
  });
}

function onePath({ reader }: HostData, files: OtherFiles): string {
  if (typeof files === "string") return files;
  const [path, ...more] = Object.values(files);
  if (path !== undefined && more.length === 0) return path;
  const found = listed(Array.isArray(files) ? files : Object.keys(files));
  throw failure(filesForFields, { expected: `one file, as \`${reader}\` reads it`, found });
}

function isByField(files: OtherFiles): files is Readonly<Record<string, string>> {
  return typeof files !== "string" && !Array.isArray(files);
}

/** One path is enough for one field. */
export function eachPath(files: OtherFiles, fields: readonly Field[]): Readonly<Record<string, string>> {
  if (isByField(files)) return files;
  const [field, ...more] = fields;
  if (typeof files === "string" && field !== undefined && more.length === 0)
    return Object.fromEntries([[field.name, files]]);
  throw failure(filesForFields, {
    expected: `a file for each of ${listed(fields.map(({ name }) => name))}`,
    found: typeof files === "string" ? files : listed(files),
  });
}

/**
 * How to prepare what `openSource` opened: hold-out, scaling and standardising as declared, and the seed of the run.
 */
export function prepareOptions(data: HostData, seed: number): PrepareOptions {
  const { holdout, scale, standardize } = data.settings;
  return {
    seed,
    ...(holdout === undefined ? {} : { holdout: holdoutOf(holdout) }),
    ...(scale === undefined ? {} : { scale: numberSetting(data, "scale") }),
    ...(standardize === undefined ? {} : { standardize: standardizeSetting(standardize) }),
  };
}

/** What `csv(…)` and `images(…)` say about columns. */
export function columnMapping(data: HostData): ColumnMapping {
  const special = data.reader === "images" ? imageSettings : data.reader === "csv" ? csvSettings : undefined;
  const isOwn = (name: string): boolean => ownSettings.has(name) || special?.has(name) === true;
  const named = Object.entries(data.settings).filter(([name]) => !isOwn(name));
  const fields = new Map(named.map(([name, value]) => [name, patterns(name, value)]));
  const { inputs } = data.settings;
  return inputs === undefined ? { fields } : { fields, inputs: patterns("inputs", inputs) };
}

/**
 * The arrays of `idx`, `npy` or `arrays`, one per field; their shapes give dimensions a value before anything is
 * trained.
 */
export function arrayFiles(
  data: HostData,
  contents: Contents,
  parse: (file: string, bytes: Uint8Array) => ArrayFile = parseArray,
): ReadonlyMap<string, ArrayFile> {
  return new Map([...arrayPaths(data)].map(([name, path]) => [name, parse(path, contents.read(path))]));
}

/** The file of each field of `idx`, `npy` or `arrays`. */
export function arrayPaths(data: HostData): ReadonlyMap<string, string> {
  const named = Object.keys(data.settings).filter((name) => !ownSettings.has(name));
  return new Map(named.map((name) => [name, textSetting(data, name)]));
}

function openImages(data: HostData, path: string, fields: readonly Field[], contents: Contents): DataSource {
  const images = contents.images?.get(path);
  const mapping = columnMapping(data);
  const { path: own, test } = data.settings;
  // Others may be lists where these are folders, or the other way round.
  if (path === own && test === undefined && images?.labels !== undefined) checkFolders(data, mapping);
  return imageSource(path, images, contents.read, mapping, fields);
}

function openGiven(fields: readonly Field[], contents: Contents): DataSource {
  const { given } = contents;
  if (given === undefined)
    throw failure(
      missingField,
      { field: fields[0]?.name ?? "target", given: listed([]) },
      '`given` stands for arrays that a program passes; name files, as in `csv("data.csv")`, to read them here',
    );
  return givenArrays(given, fields);
}

/** An array in whichever form its first bytes show; what is neither NPY nor IDX is read as CSV. */
function parseArray(file: string, bytes: Uint8Array): ArrayFile {
  if (bytes[0] === 0x93 && bytes[1] === 0x4e) return parseNpy(file, bytes);
  if (bytes[0] === 0 && bytes[1] === 0) return parseIdx(file, bytes);
  return csvMatrix(file, bytes);
}

function textSettings(data: HostData): { window: number; vocabulary: number; stride?: number } {
  const base = { window: numberSetting(data, "window"), vocabulary: numberSetting(data, "vocabulary") };
  return data.settings["stride"] === undefined ? base : { ...base, stride: numberSetting(data, "stride") };
}

function patterns(setting: string, value: HostSetting): readonly string[] {
  const list = Array.isArray(value) ? value : [value];
  const strings = list.filter((one): one is string => typeof one === "string");
  if (strings.length === list.length && list.length > 0) return strings;
  throw failure(unsuitableSetting, {
    setting,
    expected: "the name of a column, a pattern or a list of them",
    found: JSON.stringify(value),
  });
}

function textSetting(data: HostData, setting: string): string {
  const value = data.settings[setting];
  if (typeof value === "string" && value !== "") return value;
  throw failure(unsuitableSetting, {
    setting,
    expected: "the path of a file",
    found: JSON.stringify(value) ?? "nothing",
  });
}

function standardizeSetting(value: HostSetting): boolean | readonly string[] {
  if (typeof value === "boolean") return value;
  const names = Array.isArray(value) ? value : [];
  if (names.length > 0 && names.every((name): name is string => typeof name === "string")) return names;
  throw failure(unsuitableSetting, {
    setting: "standardize",
    expected: "true, false or a list of names",
    found: JSON.stringify(value),
  });
}

function numberSetting(data: HostData, setting: string): number {
  const value = data.settings[setting];
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw failure(unsuitableSetting, { setting, expected: "a number", found: JSON.stringify(value) ?? "nothing" });
}
