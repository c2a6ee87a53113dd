/**
 * Decoded images as rows: pixels for the one input, and for the target the folder that an image lies in or what a list of names says
 * beside it. Pure: who decodes them, and where they come from, is told by `image-decode.ts`, `image-list.ts` and the caller.
 */
import { unsuitableSetting } from "../../compiler/diagnostics/codes/data.ts";
import { missingField, rowsDisagree, wrongElementCount } from "../../compiler/diagnostics/codes/fields.ts";
import { imagesNotRead, oneImageInput } from "../../compiler/diagnostics/codes/images.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { HostData } from "../../compiler/program/host.ts";
import { failure, listed, quoted, shapeText } from "../save/fail.ts";
import { valuesOf } from "../save/fitted.ts";
import type { Fitted } from "../save/fitted.ts";
import { numberArray, requireElements } from "./array-file.ts";
import { assignColumns, idleTarget, recallColumns } from "./columns.ts";
import type { ColumnMapping } from "./columns.ts";
import { parseCsv } from "./csv.ts";
import type { Table } from "./csv.ts";
import { elements } from "./dataset.ts";
import type { Field } from "./dataset.ts";
import { readTable } from "./raw.ts";
import type { RawData, WordTensor } from "./raw.ts";
import { rowSource } from "./source.ts";
import type { DataSource } from "./source.ts";
import { holdoutOf, holdoutText } from "./split.ts";

/** Images of one size, one after the other. */
export interface DecodedImages {
  /** Rows, height, width, channels. */
  readonly shape: readonly number[];
  /** From 0 to 255, the channels of a pixel side by side. */
  readonly data: Uint8Array;
  /** How messages call each. */
  readonly files: readonly string[];
  /** The class of each, where they lie in a folder for each class. */
  readonly labels?: readonly string[];
  readonly warnings?: readonly Diagnostic[];
}

/** How large images become, and how many numbers a pixel has: 1 is grey, 3 red, green and blue, 4 those and what is opaque. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
}

/** Settings of `images` that name no column. */
export const imageSettings: ReadonlySet<string> = new Set(["size", "channels", "augment"]);

/** What `size` and `channels` say. Throws NN0832. */
export function imageSize({ settings: { size, channels = 3 } }: HostData): ImageSize {
  const [height, width, ...more] = Array.isArray(size) ? size : [];
  if (!isCount(height) || !isCount(width) || more.length > 0)
    throw failure(unsuitableSetting, {
      setting: "size",
      expected: "a height and a width, as in [32, 32]",
      found: JSON.stringify(size) ?? "nothing",
    });
  if (channels === 1 || channels === 3 || channels === 4) return { height, width, channels };
  throw failure(unsuitableSetting, { setting: "channels", expected: "1, 3 or 4", found: JSON.stringify(channels) });
}

/** Whether a field gets classes: also where a `train` with several steps takes it beside its images. */
export function isTarget({ name, role }: Pick<Field, "name" | "role">): boolean {
  return role === "target" || name === "target";
}

/** The one input, which gets the pixels. Throws NN0877. */
export function imageField<One extends Pick<Field, "name" | "role">>(fields: readonly One[]): One {
  const inputs = fields.filter((field) => field.role === "input" && !isTarget(field));
  const [only, ...more] = inputs;
  if (only !== undefined && more.length === 0) return only;
  throw failure(oneImageInput, { inputs: listed(inputs.map(({ name }) => name)) });
}

/**
 * The images that a declaration names by `path`, with their classes, or with the columns of the list at `path`. Throws NN0878 where they are not
 * decoded, NN0814, NN0824, NN0831, NN0832, NN0877 and what tables throw.
 */
export function imageSource(
  path: string,
  images: DecodedImages | undefined,
  read: (path: string) => Uint8Array,
  mapping: ColumnMapping,
  fields: readonly Field[],
): DataSource {
  if (images === undefined) throw failure(imagesNotRead, { path });
  const { shape, data, files, warnings = [] } = images;
  const pixels = numberArray(path, shape, data);
  const rows = files.length;
  const { name: own } = imageField(fields);
  const readRows = (wanted: readonly Field[], fitted: Fitted | undefined): RawData => {
    const field = imageField(wanted);
    requireElements(pixels, rows, field);
    const others = wanted.filter((one) => one !== field);
    const beside =
      others.length === 0
        ? { tensors: [], columns: [], place: () => path }
        : images.labels === undefined
          ? fromList(parseCsv(path, read(path)), rows, mapping, wanted, fitted)
          : fromFolders(images.labels, files, others);
    return {
      source: path,
      rows,
      tensors: new Map([[own, pixels.read(field)], ...beside.tensors]),
      columns: beside.columns,
      place: (name, row, element) => (name === own ? (files[row] ?? path) : beside.place(name, row, element)),
    };
  };
  // Folders have no columns to name.
  const odd = (): readonly Diagnostic[] =>
    images.labels === undefined && mapping.fields.has("target")
      ? idleTarget(parseCsv(path, read(path)).header, mapping, fields)
      : [];
  const source = rowSource(fields, readRows, odd);
  return {
    apply: source.apply,
    prepare: (options) => {
      const prepared = source.prepare(options);
      return { ...prepared, warnings: [...warnings, ...prepared.warnings] };
    },
  };
}

/** What the columns of a list hold beside the names of so many images. */
function fromList(
  table: Table,
  images: number,
  mapping: ColumnMapping,
  wanted: readonly Field[],
  fitted: Fitted | undefined,
): RawData {
  const { file, header } = table;
  if (table.rows !== images)
    throw failure(rowsDisagree, {
      first: file,
      firstRows: table.rows,
      second: "what was decoded for it",
      secondRows: images,
    });
  const pixels = imageField(wanted);
  const others = wanted.filter((one) => one !== pixels);
  const recorded = fitted?.columns ?? [];
  const isRecalled = others.every(({ name }) => valuesOf(recorded, name) !== undefined);
  const assigned = isRecalled
    ? recallColumns(file, header, recorded, others)
    : assignColumns(file, header, mapping, wanted);
  return readTable(table, others, assigned);
}

/** Throws NN0832 for what folders of classes do not go with: columns, of which they have none, and the last rows, which all are of one class. */
export function checkFolders({ settings: { holdout } }: HostData, { fields }: ColumnMapping): void {
  for (const [setting, columns] of fields)
    throw failure(unsuitableSetting, {
      setting,
      expected: "a list in CSV, which has columns, or no such setting, where the classes are folders",
      found: listed(columns),
    });
  const rows = holdout === undefined ? undefined : holdoutOf(holdout);
  if (rows?.last !== true) return;
  const share = holdoutText(rows);
  throw failure(unsuitableSetting, {
    setting: "holdout",
    expected: `${share}, which are drawn, or a list in CSV, where the classes are folders, whose last rows are of the last class alone`,
    found: `last(${share})`,
  });
}

/** The folders' names are the target's words. */
function fromFolders(labels: readonly string[], files: readonly string[], others: readonly Field[]): RawData {
  const words = [...new Set(labels)];
  const ids = new Map(words.map((word, id) => [word, id]));
  const data = Int32Array.from(labels, (label) => ids.get(label) ?? -1);
  const tensors = others.map((field): readonly [string, WordTensor] => {
    const { name, shape } = field;
    if (!isTarget(field)) throw failure(missingField, { field: name, given: "images and their classes" });
    if (elements(shape) !== 1)
      throw failure(wrongElementCount, {
        source: `the folder of ${quoted(files[0] ?? "")}`,
        field: name,
        shape: shapeText(shape),
        expected: elements(shape),
        found: 1,
      });
    return [name, { dtype: "words", shape, rowStride: 1, data, words }];
  });
  const place = (_: string, row: number): string => files[row] ?? "";
  return { source: "", rows: labels.length, tensors: new Map(tensors), columns: [], place };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}
