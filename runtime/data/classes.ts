/**
 * Names of classes: which of the training rows' words and numbers are some, and the ids behind them. Words are sorted by their UTF-16 code
 * units, which is the same everywhere, numbers by size; `true` is 1 and `false` is 0 whichever of them occur.
 */
import {
  fewerClasses,
  idOutOfRange,
  labelsWithGaps,
  notANumber,
  tooManyClasses,
  unseenClass,
} from "../../compiler/diagnostics/codes/data.ts";
import { numbersForNames } from "../../compiler/diagnostics/codes/fields.ts";
import { diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { listOf } from "../../compiler/diagnostics/lists.ts";
import { didYouMeanWord } from "../../compiler/diagnostics/suggest.ts";
import { failure, listed, quoted } from "../save/fail.ts";
import type { Named } from "../save/fitted.ts";
import type { DataTensor, Field } from "./dataset.ts";
import { elements } from "./dataset.ts";
import type { RawData, RawTensor, WideTensor, WordTensor } from "./raw.ts";

const truths: readonly (readonly [string, string])[] = [
  ["false", "true"],
  ["False", "True"],
  ["FALSE", "TRUE"],
];

/** Of words, and of a target's numbers that are no ids; nothing where the field holds what it says. Throws NN0815, NN0820. */
export function fitClasses(raw: RawData, field: Field, tensor: RawTensor, rows: Uint32Array): readonly Named[] {
  if (tensor.dtype === "words") return [{ name: field.name, values: wordClasses(raw, field, tensor, rows) }];
  const labels = field.role === "target" && tensor.dtype === "i32" ? numberClasses(field, tensor.data, rows) : [];
  return labels.length === 0 ? [] : [{ name: field.name, values: labels.map(String) }];
}

/** The ids of names, or the numbers as they are where the field has no names. Throws NN0819, NN0821, NN0834. */
export function encodeClasses(
  raw: RawData,
  field: Field,
  tensor: RawTensor,
  names: readonly string[] | undefined,
): DataTensor | WideTensor {
  if (tensor.dtype === "words") return idsOf(raw, field, tensor, (word) => tensor.words[word] ?? "", names ?? []);
  if (names !== undefined) {
    if (names.every((name) => Number.isNaN(Number(name)))) throw numbersWhereNames(raw, field, tensor.data, names);
    return idsOf(raw, field, tensor, String, names);
  }
  if (tensor.dtype === "i32") checkIds(raw, field, tensor.data);
  return tensor;
}

function wordClasses(raw: RawData, field: Field, tensor: WordTensor, rows: Uint32Array): readonly string[] {
  const most = field.dtype === "f32" ? 2 : field.classes;
  const used = usedIn(tensor.data, elements(field.shape), rows);
  const words = tensor.words.filter((_, word) => used.has(word)).sort();
  const truth = truthNames(words);
  if (truth !== undefined) return truth;
  if (field.dtype === "f32" && words.length !== 2) throw notBinary(raw, field, tensor, words);
  if (most !== undefined && words.length > most)
    throw failure(tooManyClasses, { source: raw.source, field: field.name, found: words.length, classes: most });
  return words;
}

/** How the words write false and true, alike or not: `false` beside `True` stays 0. */
function truthNames(words: readonly string[]): readonly string[] | undefined {
  const alike = truths.find((pair) => words.every((word) => pair.includes(word)));
  if (alike !== undefined) return alike;
  const both = ["false", "true"].map((value) => words.find((word) => word.toLowerCase() === value));
  const names = both.filter((word) => word !== undefined);
  return words.length === 2 && names.length === 2 ? names : undefined;
}

/**
 * Labels such as 1, 2 and 3 of three classes. Where there are more or fewer of them than classes they are taken for ids, one of which is out of
 * range.
 */
function numberClasses({ classes, shape }: Field, data: Int32Array, rows: Uint32Array): readonly number[] {
  if (classes === undefined) return [];
  const labels = [...usedIn(data, elements(shape), rows)].sort((one, other) => one - other);
  const areIds = labels.every((label) => label >= 0 && label < classes);
  return areIds || labels.length !== classes ? [] : labels;
}

/** A warning (NN0892) where a target has fewer words than the network has outputs: nothing is learnt of the others. */
export function warnFewer(
  { source }: RawData,
  { name, role, dtype, classes = 0 }: Field,
  tensor: RawTensor,
  names: readonly Named[],
): readonly Diagnostic[] {
  if (role !== "target" || dtype !== "i32" || tensor.dtype !== "words") return [];
  return names.flatMap(({ values }) =>
    values.length < classes ? [diagnose(fewerClasses, { source, field: name, found: values.length, classes }, [])] : [],
  );
}

/** A warning (NN0871) where labels that begin at 0 are no ids, since numbers between them are missing: that may be a mistake. */
export function warnGaps({ source }: RawData, { name, values }: Named): readonly Diagnostic[] {
  if (values[0] !== "0") return [];
  const names = values.flatMap((value, id) => (value === String(id) ? [] : [`${quoted(value)} of class ${id}`]));
  const meaning = listOf(names);
  return [diagnose(labelsWithGaps, { source, field: name, labels: listOf(values), meaning }, [])];
}

function usedIn(data: Int32Array, width: number, rows: Uint32Array): ReadonlySet<number> {
  const used = new Set<number>();
  for (const row of rows) for (let element = 0; element < width; element++) used.add(data[row * width + element] ?? 0);
  return used;
}

function idsOf(
  raw: RawData,
  field: Field,
  { data, shape, rowStride }: RawTensor,
  nameOf: (value: number) => string,
  names: readonly string[],
): DataTensor {
  const idOf = new Map(names.map((name, id) => [name, id]));
  const ids = field.dtype === "f32" ? new Float32Array(data.length) : new Int32Array(data.length);
  for (const [at, value] of data.entries()) {
    const name = nameOf(value);
    const id = idOf.get(name);
    if (id === undefined)
      throw failure(
        unseenClass,
        { place: placeAt(raw, field, at), field: field.name, found: quoted(name), known: listed(names) },
        didYouMeanWord(name, names),
      );
    ids[at] = id;
  }
  return ids instanceof Float32Array
    ? { dtype: "f32", shape, rowStride, data: ids }
    : { dtype: "i32", shape, rowStride, data: ids };
}

function notBinary(raw: RawData, field: Field, { words }: WordTensor, found: readonly string[]): Error {
  const names = raw.columns.find(({ name }) => name === field.name)?.values;
  return failure(
    notANumber,
    { place: placeAt(raw, field, 0), column: quoted(names?.[0] ?? field.name), found: quoted(words[0] ?? "") },
    `two words would stand for 0 and 1, and these rows hold ${found.length === 1 ? "only" : `${found.length}:`} ${listed(found)}`,
  );
}

function numbersWhereNames(raw: RawData, field: Field, data: ArrayLike<number>, names: readonly string[]): Error {
  return failure(numbersForNames, {
    place: placeAt(raw, field, 0),
    field: field.name,
    found: String(data[0]),
    names: listed(names),
  });
}

function checkIds(raw: RawData, field: Field, data: Int32Array): void {
  const { classes } = field;
  if (classes === undefined) return;
  for (const [at, found] of data.entries())
    if (found < 0 || found >= classes)
      throw failure(idOutOfRange, { place: placeAt(raw, field, at), field: field.name, found, classes });
}

/** The place of an element, for a message. */
export function placeAt(raw: RawData, field: Field, at: number): string {
  const width = elements(field.shape);
  return raw.place(field.name, Math.floor(at / width), at % width);
}
