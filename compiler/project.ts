/**
 * A `.nn` file of a project and the files that it uses, read and decoded; and the sizes that its data give. Nothing outside the project is read.
 */
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { arrayFiles, columnMapping, prepareOptions, readTables } from "../runtime/data/open.ts";
import { assignColumns } from "../runtime/data/columns.ts";
import { parseCsv } from "../runtime/data/csv.ts";
import { projectFiles, readDataFile } from "../runtime/data/files.ts";
import { columnsBeside, listImages } from "../runtime/data/image-list.ts";
import { imageField, imageSize } from "../runtime/data/images.ts";
import { roleOf } from "../runtime/data/roles.ts";
import { holdoutRows } from "../runtime/data/split.ts";
import { fileProblem, kindProblem } from "../runtime/save/file-problem.ts";
import { cannotRead } from "./diagnostics/codes/checkpoint.ts";
import { useOutside } from "./diagnostics/codes/names.ts";
import { sourceTooLarge } from "./diagnostics/codes/syntax.ts";
import { diagnose, label } from "./diagnostics/diagnostic.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { constantValue } from "./dimension/dimension.ts";
import type { Dimension } from "./dimension/dimension.ts";
import type { DataFacts } from "./elaborate/parts.ts";
import type { Host, HostSetting, HostTrain } from "./program/host.ts";
import { resolveUse } from "./semantics/collect.ts";
import type { SourceText } from "./sources.ts";
import type { Use } from "./syntax/ast.ts";
import { decodeSource } from "./syntax/decode.ts";
import { parse } from "./syntax/parse.ts";
import { maximalSourceLength } from "./syntax/source.ts";

/** A file of a project and what it uses, read and decoded. */
export interface ProjectSource {
  /** Absolute. */
  readonly root: string;
  /** Where the paths of its data are relative to. Absolute. */
  readonly folder: string;
  /** Its name is its path relative to the project, with `/`. */
  readonly main: SourceText;
  /** What is wrong with the files themselves; with an error, `main` holds what could be read. */
  readonly diagnostics: readonly Diagnostic[];
  /** The texts of the project's files, under the names that diagnostics carry. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Four bytes is the longest character. */
const maximalBytes = 4 * maximalSourceLength;

/** Reads the file and all that it uses. */
export function readProject(file: string, root?: string): ProjectSource {
  const place = path.resolve(file);
  const folder = path.dirname(place);
  const project = path.resolve(root ?? projectOf(folder));
  const name = path.relative(project, place).split(path.sep).join("/");
  const read = readSource(place, name);
  if (!("text" in read))
    return { root: project, folder, main: { name, source: "" }, diagnostics: [read], sources: new Map() };
  const files = new Map<string, string>();
  const diagnostics = readUsed(project, { name, text: read.text }, files);
  return {
    root: project,
    folder,
    main: { name, source: read.text, files },
    diagnostics,
    sources: new Map([...files, [name, read.text]]),
  };
}

/** What the data of the train tell about sizes; undefined where they are not in files. Throws NN08xx. */
export function factsOf(host: Host, { root, folder }: Pick<ProjectSource, "root" | "folder">): DataFacts | undefined {
  const { train } = host;
  if (train === undefined) return undefined;
  const { data, seed, inputs, target } = train;
  const read = (file: string): Uint8Array => readDataFile(root, folder, file);
  const { holdout } = prepareOptions(data, seed);
  const trained = (rows: number): number => rows - (holdout === undefined ? 0 : holdoutRows(rows, holdout));
  switch (data.reader) {
    case "csv": {
      const { file, header, rows } = readTables(data, read);
      const wanted = inputs.map(({ name }) => ({ name, role: roleOf(host, name) }));
      const columns = assignColumns(file, header, columnMapping(data), wanted);
      const shapes = new Map(
        inputs.map(({ name, shape }) => [name, shapeOf(trained(rows), columns.get(name)?.length ?? 0, shape.length)]),
      );
      const targetColumns = target === undefined ? undefined : columns.get(target.input)?.length;
      return targetColumns === undefined ? { shapes } : { shapes, targetColumns };
    }
    case "images":
      return factsOfImages(host, train, { root, folder }, trained);
    case "idx":
    case "npy": {
      const shapes = [...arrayFiles(data, { read })].map(
        ([
          name,
          {
            shape: [rows = 0, ...row],
          },
        ]) => {
          const wanted = inputs.find((input) => input.name === name)?.shape;
          return [name, aligned([trained(rows), ...row], wanted)] as const;
        },
      );
      return { shapes: new Map(shapes) };
    }
    case "arrays":
      return { shapes: new Map([...arrayFiles(data, { read })].map(([name, { shape }]) => [name, shape])) };
    default:
      return undefined;
  }
}

/** Of images: none is decoded, since their size is what the train says. */
function factsOfImages(
  host: Host,
  { data, inputs, target }: HostTrain,
  { root, folder }: Pick<ProjectSource, "root" | "folder">,
  trained: (rows: number) => number,
): DataFacts {
  const place = projectFiles(root, folder);
  const { path: written } = data.settings;
  const file = typeof written === "string" ? written : "";
  const wanted = inputs.map(({ name }) => ({ name, role: roleOf(host, name) }));
  const mapping = columnMapping(data);
  const { files, labels } = listImages(place, file, mapping, wanted);
  const { height, width, channels } = imageSize(data);
  const image = imageField(wanted).name;
  const columns =
    labels === undefined && wanted.length > 1
      ? columnsBeside(parseCsv(file, place.read(file)), mapping, wanted)
      : undefined;
  const rows = trained(files.length);
  const shapes = inputs.map(({ name, shape: { length: rank } }) => {
    if (name !== image) return [name, shapeOf(rows, columns?.get(name)?.length ?? 1, rank)] as const;
    return [
      name,
      rank === 4 ? [rows, height, width, channels] : shapeOf(rows, height * width * channels, rank),
    ] as const;
  });
  const targetColumns = target === undefined ? undefined : columns?.get(target.input)?.length;
  return targetColumns === undefined ? { shapes: new Map(shapes) } : { shapes: new Map(shapes), targetColumns };
}

/** The files and folders that a data source names, as written. */
export function dataFiles({ reader, settings }: HostTrain["data"]): readonly string[] {
  if (reader === "given") return [];
  const { test, ...own } = settings;
  const isOne = reader === "csv" || reader === "text" || reader === "images";
  const values = isOne ? pathsIn(own["path"]) : Object.values(own);
  return [...values, ...pathsIn(test)].filter((value) => typeof value === "string");
}

/** A path, several, or one for each field. */
function pathsIn(setting: HostSetting | undefined): readonly (HostSetting | undefined)[] {
  return typeof setting === "object" ? Object.values(setting) : [setting];
}

/**
 * The shape of an array as the input has it, where rows are reshaped and each size can still be told: grey images may have an axis of one channel or
 * none, in the file or in the program, and a list of numbers takes rows of any shape.
 */
function aligned(shape: readonly number[], wanted: readonly Dimension[] = []): readonly number[] {
  const [rows = 0, ...row] = shape;
  const last = wanted.at(-1);
  if (wanted.length === shape.length + 1 && last !== undefined && constantValue(last) === 1) return [...shape, 1];
  if (wanted.length === 2 && shape.length > 2) return [rows, row.reduce((all, size) => all * size, 1)];
  return wanted.length === shape.length - 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape;
}

/** A table's columns tell the size of a row only where the row has one axis. */
function shapeOf(rows: number, columns: number, rank: number): readonly (number | undefined)[] {
  if (rank <= 1) return rank === 0 ? [] : [rows];
  return rank === 2 ? [rows, columns] : [rows, ...Array.from({ length: rank - 1 }, () => undefined)];
}

function projectOf(folder: string): string {
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, "package.json")) || existsSync(path.join(at, ".git"))) return at;
    if (path.dirname(at) === at) return folder;
  }
}

function readSource(place: string, name: string): { readonly text: string } | Diagnostic {
  const start = [label({ file: name, from: 0, to: 0 }, "")];
  try {
    const stats = statSync(place);
    const problem = kindProblem(stats);
    if (problem !== undefined) return diagnose(cannotRead, { file: name, problem }, []);
    if (stats.size > maximalBytes)
      return diagnose(sourceTooLarge, { length: stats.size, limit: maximalSourceLength }, start);
    return decodeSource(name, readFileSync(place));
  } catch (error) {
    return diagnose(cannotRead, { file: name, problem: fileProblem(error) }, []);
  }
}

/** Fills `files` with what is used, directly or not. A file that is not there is left out, which `compile` reports at its `use`. */
function readUsed(
  root: string,
  main: { readonly name: string; readonly text: string },
  files: Map<string, string>,
): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const queue = [main];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const use of parse(next).module.declarations) {
      const resolved = use.kind === "use" ? resolveUse(next.name, use.path.value) : undefined;
      if (use.kind !== "use" || resolved === undefined || "problem" in resolved) continue;
      if (resolved.path === main.name || files.has(resolved.path)) continue;
      const read = readInside(root, resolved.path, use);
      if (read === undefined) continue;
      if (!("text" in read)) {
        diagnostics.push(read);
        continue;
      }
      files.set(resolved.path, read.text);
      queue.push({ name: resolved.path, text: read.text });
    }
  }
  return diagnostics;
}

/** Links are followed before it is decided whether the file is inside. */
function readInside(
  root: string,
  name: string,
  { path: written }: Use,
): { readonly text: string } | Diagnostic | undefined {
  const place = path.join(root, name);
  if (!existsSync(place)) return undefined;
  const inside = path.relative(realpathSync(root), realpathSync(place));
  if (inside.startsWith("..") || path.isAbsolute(inside)) {
    return diagnose(useOutside, { path: written.value, problem: "is a link that leads out of the project" }, [
      label(written.span, "this path"),
    ]);
  }
  const problem = kindProblem(statSync(place));
  if (problem !== undefined)
    return diagnose(cannotRead, { file: JSON.stringify(written.value), problem }, [label(written.span, "this path")]);
  return readSource(place, name);
}
