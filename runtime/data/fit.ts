/**
 * What is learnt from the training rows before training — classes, means, deviations, ranges — and its use on any rows.
 * What is done to numbers is done in 64 bits to the numbers of the file, which are rounded once: of a date in seconds, 32 hold none.
 */
import { constantColumns, notAProbability, unsuitableSetting } from "../../compiler/diagnostics/codes/data.ts";
import { diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { applyFitted, fittedInput, valuesOf } from "../save/fitted.ts";
import { failure, listed, quoted } from "../save/fail.ts";
import type { Fitted, FittedInput } from "../save/fitted.ts";
import { encodeClasses, fitClasses, placeAt, warnFewer, warnGaps } from "./classes.ts";
import type { Dataset, DataTensor, Field } from "./dataset.ts";
import { elements } from "./dataset.ts";
import { rangesOf } from "./ranges.ts";
import type { RawData, WideTensor } from "./raw.ts";

/**
 * `scale` multiplies, `standardize` subtracts the mean and divides by the standard deviation; both touch float inputs
 * only, or `standardize` what it names.
 */
export interface Preprocessing {
  readonly scale?: number;
  /** The names of what is standardised; `true` for all float inputs. */
  readonly standardize?: boolean | readonly string[];
}

/** What is done to one float field. */
export function preprocessingOf(
  { name, role }: Pick<Field, "name" | "role">,
  { scale = 1, standardize = false }: Preprocessing,
): { readonly scale: number; readonly standardize: boolean } {
  const isInput = role === "input";
  return {
    scale: isInput ? scale : 1,
    standardize: typeof standardize === "boolean" ? standardize && isInput : standardize.includes(name),
  };
}

/** The fields, those with numbers that are scaled or standardised wide. With what was fitted earlier the options are of no account. */
export function widened(
  fields: readonly Field[],
  fitted: Fitted | undefined,
  preprocessing: Preprocessing = {},
): readonly Field[] {
  return fields.map((field) => {
    const { scale, standardize } = preprocessingOf(field, preprocessing);
    const wide = fitted === undefined ? scale !== 1 || standardize : fittedInput(fitted, field.name) !== undefined;
    return wide && field.dtype === "f32" ? { ...field, wide } : field;
  });
}

/** Fits to the rows listed in `rows`; constant columns are a warning (NN0822), as are labels with a gap (NN0871) and too few words (NN0892), too many classes an error (NN0820). */
export function fit(
  raw: RawData,
  fields: readonly Field[],
  rows: Uint32Array,
  preprocessing: Preprocessing,
): { readonly fitted: Fitted; readonly warnings: readonly Diagnostic[] } {
  const warnings: Diagnostic[] = [];
  const { standardize = false } = preprocessing;
  const names = typeof standardize === "boolean" ? [] : standardize;
  const floats = fields.flatMap((field) => {
    const tensor = raw.tensors.get(field.name);
    return tensor?.dtype === "f32" || tensor?.dtype === "f64" ? [{ field, data: tensor.data }] : [];
  });
  const unknown = names.find((name) => !floats.some(({ field }) => field.name === name));
  if (unknown !== undefined)
    throw failure(unsuitableSetting, {
      setting: "standardize",
      expected: `names of float inputs (${listed(floats.map(({ field }) => field.name))})`,
      found: quoted(unknown),
    });
  const inputs = floats.flatMap(({ field, data }) =>
    fitInput(raw, field, data, rows, preprocessingOf(field, preprocessing), warnings),
  );
  const classes = fields.flatMap((field) => {
    const tensor = raw.tensors.get(field.name);
    if (tensor === undefined) return [];
    const names = fitClasses(raw, field, tensor, rows);
    warnings.push(...warnFewer(raw, field, tensor, names));
    return names;
  });
  warnings.push(...classes.flatMap((names) => warnGaps(raw, names)));
  const ranges = rangesOf(raw, fields, rows, classes);
  return { fitted: { inputs, classes, columns: raw.columns, vocabulary: null, ranges }, warnings };
}

/**
 * The tensors as the program takes them: words become ids, float inputs are scaled and standardised, ids and probabilities are checked. Throws NN0819, NN0821, NN0834, NN0851.
 */
export function encode(raw: RawData, fields: readonly Field[], fitted: Fitted): Dataset {
  const tensors = new Map<string, DataTensor>();
  for (const field of fields) {
    const tensor = raw.tensors.get(field.name);
    if (tensor === undefined) continue;
    const encoded = encodeClasses(raw, field, tensor, valuesOf(fitted.classes, field.name));
    if (field.probability === true) checkProbabilities(raw, field, encoded.data);
    tensors.set(field.name, prepared(encoded, field.name, fitted));
  }
  return { rows: raw.rows, tensors };
}

function prepared(tensor: DataTensor | WideTensor, name: string, fitted: Fitted): DataTensor {
  if (tensor.dtype === "i32") return tensor;
  if (tensor.dtype === "f32" && fittedInput(fitted, name) === undefined) return tensor;
  return { ...tensor, dtype: "f32", data: applyFitted(fitted, name, tensor.data) };
}

function checkProbabilities(raw: RawData, field: Field, data: ArrayLike<number>): void {
  for (let at = 0; at < data.length; at++) {
    const found = data[at] ?? 0;
    if (!(found >= 0 && found <= 1))
      throw failure(notAProbability, { place: placeAt(raw, field, at), field: field.name, found });
  }
}

function fitInput(
  raw: RawData,
  field: Field,
  data: Floats,
  rows: Uint32Array,
  { scale, standardize }: { readonly scale: number; readonly standardize: boolean },
  warnings: Diagnostic[],
): readonly FittedInput[] {
  if (!standardize) return scale === 1 ? [] : [{ name: field.name, scale, mean: null, deviation: null }];
  const width = elements(field.shape);
  const moments = Array.from({ length: width }, (_, element) => momentsOf(data, rows, width, element, scale));
  const names = valuesOf(raw.columns, field.name);
  const named = names !== undefined;
  const places = moments.flatMap(({ deviation }, element) =>
    deviation === 0 ? [named ? quoted(names[element] ?? "") : String(element)] : [],
  );
  if (places.length > 0)
    warnings.push(diagnose(constantColumns, { source: raw.source, field: field.name, places, named }, []));
  return [
    { name: field.name, scale, mean: moments.map((one) => one.mean), deviation: moments.map((one) => one.deviation) },
  ];
}

type Floats = Float32Array | Float64Array;

/**
 * Mean and standard deviation (of the population) of scaled values, in two passes; a deviation of 0 where all are equal, and nowhere else. They
 * are counted in the power of two below the largest magnitude, so that no sum or square leaves the range of doubles.
 */
function momentsOf(
  data: Floats,
  rows: Uint32Array,
  width: number,
  element: number,
  scale: number,
): { mean: number; deviation: number } {
  const valueAt = (row: number): number => (data[row * width + element] ?? 0) * scale;
  let largest = 0;
  for (const row of rows) largest = Math.max(largest, Math.abs(valueAt(row)));
  const unit = powerBelow(largest);
  const first = valueAt(rows[0] ?? 0) / unit;
  let sum = 0;
  let constant = true;
  for (const row of rows) {
    const offset = valueAt(row) / unit - first;
    sum += offset;
    constant &&= offset === 0;
  }
  if (constant) return { mean: first * unit, deviation: 0 };
  const mean = first + sum / rows.length;
  let squares = 0;
  for (const row of rows) squares += (valueAt(row) / unit - mean) ** 2;
  return { mean: mean * unit, deviation: Math.max(Math.sqrt(squares / rows.length) * unit, Number.MIN_VALUE) };
}

/** The greatest power of two up to a finite number above 0; else 1. */
function powerBelow(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return 1;
  const power = 2 ** Math.floor(Math.log2(value));
  return power > value ? power / 2 : power;
}
