/** A row as a reader knows it: inputs as pictures, texts, words or columns, the target and the answer beside each other, in the units of the data. */
import type { HostTrain } from "../../compiler/program/host.ts";
import { elements } from "../../runtime/data/dataset.ts";
import type { Dataset, DataTensor } from "../../runtime/data/dataset.ts";
import { inputField } from "../../runtime/predict/interface.ts";
import { fittedInput, undoFitted } from "../../runtime/save/fitted.ts";
import type { Fitted } from "../../runtime/save/fitted.ts";
import { pictureOf } from "../export/page/view.ts";
import type { Picture } from "../export/page/view.ts";
import { formatValue } from "../output/numbers.ts";
import { pngAddress } from "./png.ts";
import { valuesOfRow } from "./rows.ts";
import { classAt, saidAt } from "./tally.ts";
import type { Classifier } from "./tally.ts";

type Numbers = Float32Array | Int32Array;

/** `wrong`: places of the text that the network has otherwise. */
export type Part =
  | {
      readonly kind: "image";
      readonly name: string;
      readonly address: string;
      readonly size: Size;
      /** Whether its colours are classes. */
      readonly isMap: boolean;
    }
  | { readonly kind: "text"; readonly name: string; readonly letters: readonly string[]; readonly wrong: Places }
  | { readonly kind: "values"; readonly name: string; readonly pairs: readonly Pair[]; readonly more: number };
type Pair = readonly [name: string, value: string];
type Size = Pick<Picture, "width" | "height">;
type Places = ReadonlySet<number>;

/** Values of one input that are shown. */
const mostValues = 16;
const noPlaces: Places = new Set();

/** What is known of the data of a run. */
export interface Known {
  readonly train: HostTrain;
  readonly fitted: Fitted;
  /** The rows that are looked at, prepared as the network has them. */
  readonly rows: Dataset;
  readonly classes: readonly string[];
  /** Inputs that a loss takes beside the target: numbers, though they may have the shape of a picture. */
  readonly extras: ReadonlySet<string>;
}

/** The inputs of each row; the target, and what only says how much each place counts, are none. */
export function inputParts({ train, fitted, rows, extras }: Known): readonly (readonly Part[])[] {
  const shown = train.inputs.filter(({ name, weighs }) => name !== train.target?.input && weighs !== true);
  const parts = shown.flatMap((input) => {
    const tensor = rows.tensors.get(input.name);
    if (tensor === undefined) return [];
    const width = elements(tensor.shape);
    const field = inputField(input.name, input.dtype, { shape: tensor.shape, width }, input.limit, fitted);
    const raw = rawRows(input.name, tensor, rows.rows, fitted);
    const data = { rows: rows.rows, tensors: new Map([[input.name, raw]]) };
    const picture = extras.has(input.name) ? undefined : pictureOf(field, train, fitted, data);
    return [
      Array.from({ length: rows.rows }, (_, row): Part => {
        const values = valuesOfRow(raw, row);
        if (picture !== undefined) return imagePart(input.name, values, picture);
        if (train.data.reader === "text" && fitted.vocabulary !== null)
          return lettersPart(input.name, [...values], fitted.vocabulary);
        return valuesPart(input.name, field.columns, [...values], field.classes);
      }),
    ];
  });
  return Array.from({ length: rows.rows }, (_, row) => parts.flatMap((part) => part.slice(row, row + 1)));
}

function rawRows(name: string, tensor: DataTensor, rows: number, fitted: Fitted): DataTensor {
  const input = fittedInput(fitted, name);
  if (tensor.dtype === "i32" || input === undefined) return tensor;
  const width = elements(tensor.shape);
  const values = Array.from({ length: rows }, (_, row) => [...valuesOfRow(tensor, row)]).flat();
  return { ...tensor, rowStride: width, data: Float32Array.from(undoFitted(input, values)) };
}

/** What is so and what is said, of a classifier. */
export function classParts(
  { train, fitted, rows, classes }: Known,
  classifier: Classifier,
  targets: DataTensor,
  scores: readonly Numbers[],
): readonly (readonly [target: Part, answer: Part])[] {
  const name = (id: number): string => (id < 0 ? "no class" : (classes[id] ?? String(id)));
  return Array.from({ length: rows.rows }, (_, row) => {
    const own = valuesOfRow(targets, row);
    const truth = Array.from(own, (_value, place) => classAt(classifier, own, place));
    const said = truth.map((_value, place) => saidAt(classifier, scores[row] ?? new Float32Array(0), place));
    const wrong = new Set(truth.flatMap((one, place) => (one === said[place] ? [] : [place])));
    if (train.data.reader === "text" && fitted.vocabulary !== null)
      return [lettersPart("what came", truth, fitted.vocabulary), lettersPart("said", said, fitted.vocabulary, wrong)];
    const [height = 0, width = 0] = targets.shape;
    if (targets.shape.length === 2 && Math.min(height, width) > 2)
      return [mapPart("target", truth, { height, width }), mapPart("predicted", said, { height, width })];
    const words = (ids: readonly number[]): readonly string[] => ids.map(name);
    return [listPart("target", words(truth)), listPart("predicted", words(said))];
  });
}

/** Numbers, in the target's own units; the answer alone where nothing says that both are the same quantities. */
export function numberParts({ train, fitted, rows }: Known, answers: readonly Numbers[]): readonly (readonly Part[])[] {
  const target = train.target === undefined ? undefined : rows.tensors.get(train.target.input);
  const units = train.target === undefined ? undefined : fittedInput(fitted, train.target.input);
  const shown = (values: Numbers): readonly string[] =>
    (units === undefined ? [...values] : undoFitted(units, values)).map(formatValue);
  return Array.from({ length: rows.rows }, (_, row) => {
    const own = target === undefined ? undefined : valuesOfRow(target, row);
    const said = answers[row];
    return [
      ...(own === undefined ? [] : [listPart("target", shown(own))]),
      ...(said === undefined || (own !== undefined && own.length !== said.length)
        ? []
        : [listPart("predicted", shown(said))]),
    ];
  });
}

/** Grey, or colours; what is beyond black and white is black and white. */
function imagePart(name: string, values: Numbers, { width, height, channels, least, most }: Picture): Part {
  const bytes = Uint8Array.from(values, (value) =>
    Math.max(0, Math.min(255, Math.round((255 * (value - least)) / (most - least)))),
  );
  return {
    kind: "image",
    name,
    address: pngAddress({ width, height, channels, bytes }),
    size: { width, height },
    isMap: false,
  };
}

/** Colours of the classes of pixels, told apart on any ground. */
export const mapColours = [
  [38, 38, 38],
  [86, 180, 233],
  [230, 159, 0],
  [0, 158, 115],
  [204, 121, 167],
  [240, 228, 66],
  [213, 94, 0],
  [255, 255, 255],
] as const;

function mapPart(name: string, ids: readonly number[], { width, height }: Size): Part {
  const bytes = Uint8Array.from(ids.flatMap((id) => mapColours[Math.max(0, id) % mapColours.length] ?? []));
  const address = pngAddress({ width, height, channels: 3, bytes });
  return { kind: "image", name, address, size: { width, height }, isMap: true };
}

/** A character as the name of a class: one that leaves no trace has a sign. */
export function letterName(letter: string): string {
  return letter === " " ? "␣" : letter === "\n" ? "↵" : letter;
}

function lettersPart(
  name: string,
  ids: readonly number[],
  vocabulary: readonly string[],
  wrong: Places = noPlaces,
): Part {
  return { kind: "text", name, letters: ids.map((id) => vocabulary[id] ?? "\ufffd"), wrong };
}

function valuesPart(
  name: string,
  columns: readonly string[] | undefined,
  values: readonly number[],
  words: readonly string[] | undefined,
): Part {
  const shown = values.map((value) => words?.[value] ?? formatValue(value));
  if (columns === undefined) return listPart(name, shown);
  const pairs = shown.slice(0, mostValues).map((value, at): Pair => [columns[at] ?? String(at), value]);
  return { kind: "values", name, pairs, more: values.length - pairs.length };
}

/** One value under its name, or several in a row. */
function listPart(name: string, values: readonly string[]): Part {
  const more = Math.max(0, values.length - mostValues);
  const shown = `${values.slice(0, mostValues).join(", ")}${more === 0 ? "" : `, … and ${more} more`}`;
  return { kind: "values", name, pairs: [[name, shown]], more: 0 };
}
