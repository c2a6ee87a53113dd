/**
 * What the data of a train show without being read: paths outside the project, columns that are not there, first rows and shapes that do not fit,
 * as training would find them. Of a table two lines of each file are read, of an array its head. A file that is not there is a warning.
 */
import { unreadableData } from "../../compiler/diagnostics/codes/data.ts";
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { Elaboration } from "../../compiler/elaborate/types.ts";
import { complaints } from "../../compiler/phase.ts";
import type { HostData, HostTrain } from "../../compiler/program/host.ts";
import { dataFiles } from "../../compiler/project.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import { requireElements } from "../../runtime/data/array-file.ts";
import type { ArrayHead } from "../../runtime/data/array-file.ts";
import { alike, arrayOf, rejectUnknown } from "../../runtime/data/arrays.ts";
import { assignColumns, calledAs, idleTarget, recallColumns, targetRead } from "../../runtime/data/columns.ts";
import { firstLines } from "../../runtime/data/csv.ts";
import { elements } from "../../runtime/data/dataset.ts";
import type { Field } from "../../runtime/data/dataset.ts";
import { placeInProject, projectFiles, readBeginning } from "../../runtime/data/files.ts";
import { idxHead } from "../../runtime/data/idx.ts";
import { listImages } from "../../runtime/data/image-list.ts";
import { checkFolders, imageField, imageSize } from "../../runtime/data/images.ts";
import { npyHead } from "../../runtime/data/npy.ts";
import { arrayPaths, columnMapping, eachPath, readTables, testFiles } from "../../runtime/data/open.ts";
import type { OtherFiles } from "../../runtime/data/open.ts";
import { readTable } from "../../runtime/data/raw.ts";
import { requireSize } from "../../runtime/train/images.ts";
import { fieldsWithin } from "../../runtime/train/prepare.ts";

type Place = Pick<ProjectSource, "root" | "folder">;

/** An array's head is far shorter. */
const headBytes = 2 ** 20;

export interface DataProblems {
  readonly problems: readonly Diagnostic[];
  /** Whether files are not there, so that nothing more can be told. */
  readonly missing: boolean;
}

/** Every path is looked at, whatever is wrong with the others. */
export function dataProblems({ host, bounds }: Elaboration, place: Place): DataProblems {
  const { train } = host;
  if (train === undefined) return { problems: [], missing: false };
  const { data, startFrom } = train;
  // What training starts from may still be made.
  const started = (startFrom === undefined ? [] : pathProblems(startFrom, place)).filter(isError);
  const paths = [...new Set(dataFiles(data))].flatMap((file) => pathProblems(file, place));
  if (paths.length > 0) return { problems: [...started, ...paths], missing: true };
  const fields = fieldsWithin(train, host, bounds);
  const found = fields.length === 0 ? [] : attempt(() => look(train, fields, place));
  return { problems: [...started, ...found], missing: false };
}

function isError({ severity }: Diagnostic): boolean {
  return severity === "error";
}

/** Whether there is such a file, inside the project. */
function pathProblems(file: string, { root, folder }: Place): readonly Diagnostic[] {
  return attempt(() => {
    placeInProject(root, folder, file);
    return [];
  }).map((one) => (one.code === unreadableData.code ? { ...one, severity: "warning" } : one));
}

function attempt(act: () => readonly Diagnostic[]): readonly Diagnostic[] {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof NncError)) throw error;
    return complaints(error);
  }
}

/** What is odd about the files; throws what is wrong with them. */
function look(train: HostTrain, fields: readonly Field[], place: Place): readonly Diagnostic[] {
  const { data } = train;
  switch (data.reader) {
    case "csv":
      return lookAtTables(data, fields, place);
    case "images":
      return lookAtImages(train, fields, place);
    case "idx":
    case "npy":
    case "arrays":
      lookAtArrays(data, fields, place);
      return [];
    default:
      return [];
  }
}

/** Of fields whose sizes are not told only the columns and rows can be. */
function isKnown({ shape }: Field): boolean {
  return !Number.isNaN(elements(shape));
}

function lookAtTables(data: HostData, fields: readonly Field[], { root, folder }: Place): readonly Diagnostic[] {
  const read = (path: string): Uint8Array => {
    const { bytes } = readBeginning(root, folder, path, (found) => firstLines(found, 2) !== undefined);
    return firstLines(bytes, 2) ?? bytes;
  };
  const mapping = columnMapping(data);
  const table = readTables(data, read);
  const { file, header } = table;
  const assigned = assignColumns(file, header, mapping, fields);
  readTable(table, fields.filter(isKnown), assigned);
  const recorded = [...assigned].map(([name, columns]) => ({ name, values: columns.map((at) => header[at] ?? "") }));
  const test = testFiles(data);
  if (test !== undefined) {
    const tested = calledAs(readTables(data, read, test), recorded, fields);
    readTable(tested, fields.filter(isKnown), recallColumns(tested.file, tested.header, recorded, fields));
  }
  return [...idleTarget(header, mapping, fields), ...targetRead(file, header, mapping, fields)];
}

function lookAtArrays(data: HostData, fields: readonly Field[], place: Place): void {
  const test = testFiles(data);
  for (const paths of [arrayPaths(data), ...(test === undefined ? [] : [testPaths(test, fields)])]) {
    rejectUnknown(paths.keys(), fields);
    for (const field of fields) arrayOf(paths, field);
    const heads = [...paths].flatMap(([name, path]) => {
      const head = headOf(data.reader, path, place);
      return head === undefined ? [] : [[name, head] as const];
    });
    // A matrix in CSV, of which arrays may be, has no head.
    if (heads.length < paths.size) continue;
    const whole = data.reader === "arrays";
    const { named, rows } = whole ? { named: wholes(new Map(heads), fields), rows: 1 } : alike(new Map(heads), fields);
    for (const [field, head] of named) if (isKnown(field)) requireElements(head, rows, field);
  }
}

function testPaths(test: OtherFiles, fields: readonly Field[]): ReadonlyMap<string, string> {
  return new Map(Object.entries(eachPath(test, fields)));
}

function wholes(
  heads: ReadonlyMap<string, ArrayHead>,
  fields: readonly Field[],
): readonly (readonly [Field, ArrayHead])[] {
  return fields.flatMap((field) => {
    const head = heads.get(field.name);
    return head === undefined ? [] : [[field, head] as const];
  });
}

/** Undefined of one that has none. */
function headOf(reader: string, path: string, { root, folder }: Place): ArrayHead | undefined {
  const { bytes, length } = readBeginning(root, folder, path, (found) => found.length >= headBytes);
  const isNpy = bytes[0] === 0x93 && bytes[1] === 0x4e;
  if (reader === "npy" || (reader === "arrays" && isNpy)) return npyHead(path, bytes, length);
  if (reader === "idx" || (bytes[0] === 0 && bytes[1] === 0)) return idxHead(path, bytes, length);
  return undefined;
}

/** None is decoded, and none opened. */
function lookAtImages(train: HostTrain, fields: readonly Field[], { root, folder }: Place): readonly Diagnostic[] {
  const { data } = train;
  requireSize(train, imageField(fields).name, imageSize(data));
  const place = projectFiles(root, folder);
  const mapping = columnMapping(data);
  const lists = dataFiles(data).map((path) => listImages(place, path, mapping, fields));
  // As in training, where a test's files may be a list and these folders.
  if (testFiles(data) === undefined && lists.some(({ labels }) => labels !== undefined)) checkFolders(data, mapping);
  return lists.flatMap(({ warnings }) => warnings);
}
