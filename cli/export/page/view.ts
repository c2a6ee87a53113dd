/** How a page asks for the inputs of a model: as a picture, value by value, or as a list; with what training kept and the data at hand tell of them. */
import type { Manifest } from "../../../compiler/program/artifact.ts";
import type { HostTrain } from "../../../compiler/program/host.ts";
import type { Dataset } from "../../../runtime/data/dataset.ts";
import type { InputField } from "../../../runtime/predict/interface.ts";
import { fittedInput } from "../../../runtime/save/fitted.ts";
import type { FieldRange, Fitted } from "../../../runtime/save/fitted.ts";
import type { ModuleParts } from "../module-parts.ts";

/** What a picture's numbers are. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
  /** Of black, and of white. */
  readonly least: number;
  readonly most: number;
  /** Whether what is drawn is bright on a dark ground. */
  readonly dark: boolean;
  /** How it becomes as small as the model has it: means of triangles, as training stretched images, or of boxes. */
  readonly filter: "triangle" | "box";
}

export interface Range {
  readonly least: number;
  readonly most: number;
}

export type FieldView =
  | { readonly kind: "picture"; readonly picture: Picture }
  | { readonly kind: "values"; readonly labels: readonly string[]; readonly ranges: readonly (Range | null)[] }
  | { readonly kind: "list" };

/** More values than these are typed as a list. */
const mostValues = 64;
/** A side that a picture without a shape has at least: less is a row of numbers. */
const leastSide = 5;

export function viewsOf({ outside, fitted, data }: ModuleParts, { host: { train } }: Manifest): readonly FieldView[] {
  return outside.inputs.map((field): FieldView => {
    const own = train?.inputs.some(({ name }) => name === field.name) === true ? train : undefined;
    const picture = pictureOf(field, own, fitted, data);
    if (picture !== undefined) return { kind: "picture", picture };
    const { name, width, columns } = field;
    if (width > mostValues || (columns === undefined && width > mostValues / 4)) return { kind: "list" };
    const labels = columns ?? Array.from({ length: width }, (_, at) => (width === 1 ? name : `${name}[${at}]`));
    return { kind: "values", labels, ranges: labels.map((_, column) => rangeOf(fitted, data, field, column)) };
  });
}

/** Of one column, or of all values, as the parameters keep it or as the rows have it that are at hand; none where neither says, and for words. */
function rangeOf(fitted: Fitted, data: Dataset | undefined, field: InputField, column?: number): Range | null {
  if (field.classes !== undefined) return null;
  const kept = fitted.ranges?.find(({ name }) => name === field.name);
  return kept === undefined ? rangeIn(data, field, column) : keptRange(kept, column);
}

function keptRange({ least, most }: FieldRange, column: number | undefined): Range | null {
  if (column === undefined) return { least: Math.min(...least), most: Math.max(...most) };
  const [low, high] = [least[column], most[column]];
  return low === undefined || high === undefined ? null : { least: low, most: high };
}

function rangeIn(data: Dataset | undefined, { name, width }: InputField, column?: number): Range | null {
  const values = data?.tensors.get(name)?.data;
  if (values === undefined) return null;
  let [least, most] = [Infinity, -Infinity];
  for (let at = column ?? 0; at < values.length; at += column === undefined ? 1 : width) {
    const value = values[at] ?? NaN;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return least <= most ? { least, most } : null;
}

/** What the field's numbers show, where they are a picture's; `data` are rows as they were before they were prepared. */
export function pictureOf(
  field: InputField,
  train: HostTrain | undefined,
  fitted: Fitted,
  data: Dataset | undefined,
): Picture | undefined {
  const shape = field.dtype === "f32" && field.classes === undefined ? pictureShape(field, train) : undefined;
  if (shape === undefined) return undefined;
  const isImage = train?.data.reader === "images";
  const { least, most } = isImage ? { least: 0, most: 255 } : brightness(rangeOf(fitted, data, field), field, fitted);
  const filter = isImage ? "triangle" : "box";
  return { ...shape, least, most, dark: isDark(data, field, shape, (least + most) / 2), filter };
}

/** Rows of one length are a square picture where the data say so: arrays of pixels, or columns that are numbered. */
function pictureShape(
  { shape, width: values, columns }: InputField,
  train: HostTrain | undefined,
): Pick<Picture, "height" | "width" | "channels"> | undefined {
  const [height = 0, width = 0, channels, ...more] = shape;
  if (channels !== undefined && more.length === 0 && Math.min(height, width) >= leastSide)
    return channels === 1 || channels === 3 || channels === 4 ? { height, width, channels } : undefined;
  if (shape.length === 2 && Math.min(height, width) >= leastSide && train?.data.reader === "idx")
    return { height, width, channels: 1 };
  const side = Math.sqrt(values);
  if (shape.length !== 1 || !Number.isInteger(side) || side < leastSide) return undefined;
  // Columns without names of their own are numbered, whatever they hold.
  const isNamed = train?.data.settings["header"] !== false;
  const isPicture = columns === undefined ? train?.data.reader === "idx" : isNamed && areNumbered(columns);
  return isPicture ? { height: side, width: side, channels: 1 } : undefined;
}

/** `p0`, `p1`, … */
function areNumbered(columns: readonly string[]): boolean {
  const [, stem = "", first = ""] = /^(.*?)(\d+)$/s.exec(columns[0] ?? "") ?? [];
  return first !== "" && columns.every((column, at) => column === `${stem}${Number(first) + at}`);
}

/** What the data have; else what the scale makes 1, which is how pixels are scaled; else from 0 to 1. */
function brightness(range: Range | null, { name }: InputField, fitted: Fitted): Range {
  if (range !== null && range.least < range.most) return range;
  const scale = fittedInput(fitted, name)?.scale ?? 1;
  return { least: 0, most: scale > 0 && scale < 1 ? 1 / scale : 1 };
}

/** As the corners of most pictures are; without any, dark, as in most collections of drawings. */
function isDark(
  data: Dataset | undefined,
  { name, width: row }: InputField,
  { height, width, channels }: Pick<Picture, "height" | "width" | "channels">,
  middle: number,
): boolean {
  const values = data?.tensors.get(name)?.data;
  if (values === undefined) return true;
  const corners = [0, width - 1, (height - 1) * width, height * width - 1].map((pixel) => pixel * channels);
  const rows = values.length / row;
  let bright = 0;
  for (let at = 0; at < rows; at += 1)
    bright += corners.filter((corner) => (values[at * row + corner] ?? 0) > middle).length;
  return bright <= 2 * rows;
}
