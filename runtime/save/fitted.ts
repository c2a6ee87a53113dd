/**
 * What was learnt from the training rows before training. It is kept with the parameters, in a checkpoint and in
 * exported code, applied to what comes from outside, and read back with its form checked in full, since anybody may
 * have changed the file.
 */
import { isFields } from "../../compiler/diagnostics/values.ts";

/** A list of strings that belongs to a field. Lists of pairs, since a field may be called `__proto__`. */
export interface Named {
  readonly name: string;
  readonly values: readonly string[];
}

/**
 * x becomes (x · scale − mean) / deviation, element by element; a deviation of 0 makes it 0. Means are of scaled
 * values.
 */
export interface FittedInput {
  readonly name: string;
  readonly scale: number;
  readonly mean: readonly number[] | null;
  readonly deviation: readonly number[] | null;
}

/** The least and the largest raw number of an input in the training rows: for each value of a row, or of long rows one for all. */
export interface FieldRange {
  readonly name: string;
  readonly least: readonly number[];
  readonly most: readonly number[];
}

/** What was learnt from the training rows before training; JSON-serialisable. */
export interface Fitted {
  readonly inputs: readonly FittedInput[];
  /** The names behind class ids, in the order of the ids, of each field that held words. */
  readonly classes: readonly Named[];
  /** The columns that each field was read from, so that another file may order them otherwise. */
  readonly columns: readonly Named[];
  /** The characters behind the ids of a text, or null. */
  readonly vocabulary: readonly string[] | null;
  /** For who is shown what to give; nothing is computed with them. Files that were written before there were any have none. */
  readonly ranges?: readonly FieldRange[];
}

/** Stands in a vocabulary for all characters that share the last id; a text may hold it, too. */
export const sharedCharacter = "\uFFFD";

/** The preprocessing of data that need none. */
export const unfitted: Fitted = { inputs: [], classes: [], columns: [], vocabulary: null };

/** The list that belongs to `name`, if there is one. */
export function valuesOf(list: readonly Named[], name: string): readonly string[] | undefined {
  return list.find((entry) => entry.name === name)?.values;
}

/** What was fitted to one input, if anything was. */
export function fittedInput({ inputs }: Fitted, name: string): FittedInput | undefined {
  return inputs.find((one) => one.name === name);
}

/** The raw values of one input scaled and standardised, rounded to 32 bits at the end; of other names only rounded. */
export function applyFitted(fitted: Fitted, name: string, values: ArrayLike<number>): Float32Array {
  const input = fittedInput(fitted, name);
  if (input === undefined || (input.scale === 1 && input.mean === null)) return new Float32Array(values);
  const { scale, mean, deviation } = input;
  const width = mean?.length ?? 1;
  const data = new Float32Array(values.length);
  for (let at = 0; at < data.length; at++) {
    const value = (values[at] ?? 0) * scale - (mean?.[at % width] ?? 0);
    const spread = deviation?.[at % width] ?? 1;
    data[at] = spread === 0 ? 0 : value / spread;
  }
  return data;
}

/**
 * The raw values behind prepared ones: a network's answers in the units of what it was trained to say. They are rounded to 32 bits, or where
 * those lose digits of an answer beside a large mean, to the decimal digits that it has.
 */
export function undoFitted({ scale, mean, deviation }: FittedInput, values: ArrayLike<number>): readonly number[] {
  const width = mean?.length ?? 1;
  return Array.from(values, (value, at) => {
    const spread = deviation?.[at % width] ?? 1;
    const raw = (value * spread + (mean?.[at % width] ?? 0)) / scale;
    const steps = Math.abs((raw * scale) / (spread * Math.max(1, Math.abs(value)))) * 2 ** 23;
    // No number where all values were 0: 0 has no digits to lose.
    return steps >= farOff ? Number(raw.toPrecision(digitsOf(steps))) : Math.fround(raw);
  });
}

/** So many steps of an answer's 24 bits from 0, 32 bits no longer tell neighbours apart. */
const farOff = 2 ** 27;

function digitsOf(steps: number): number {
  return Math.min(17, Math.ceil(Math.log10(steps)) + 1);
}

/** Whether what `undoFitted` gives may need more than 32 bits. */
export function exceedsFloats({ mean, deviation }: FittedInput): boolean {
  return mean?.some((one, at) => Math.abs(one) * 2 ** 23 >= farOff * (deviation?.[at] ?? 1)) ?? false;
}

/** One line of JSON; numbers survive to the bit. */
export function printFitted(fitted: Fitted): string {
  const { inputs, classes, columns, vocabulary, ranges } = fitted;
  return JSON.stringify({ inputs, classes, columns, vocabulary, ranges });
}

/** What `printFitted` wrote, or undefined where the text is anything else. */
export function parseFitted(text: string): Fitted | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return fittedFrom(value);
}

/** The value, where it has the form in full: of each field one entry, and nothing that no training rows can give. */
export function fittedFrom(value: unknown): Fitted | undefined {
  if (!isFields(value)) return undefined;
  const { inputs, classes, columns, vocabulary, ranges = [] } = value;
  if (!isListOf(inputs, isFittedInput) || !isListOf(classes, isDistinct) || !isListOf(columns, isDistinct))
    return undefined;
  if (vocabulary !== null && !isVocabulary(vocabulary)) return undefined;
  if (!isListOf(ranges, isFieldRange)) return undefined;
  const once = [inputs, classes, columns, ranges].every((list) => areDifferent(list.map(({ name }) => name)));
  const own = value["ranges"] === undefined ? {} : { ranges };
  return once ? { inputs, classes, columns, vocabulary, ...own } : undefined;
}

function isFittedInput(value: unknown): value is FittedInput {
  if (!isFields(value) || !isString(value["name"]) || !isNumber(value["scale"]) || value["scale"] === 0) return false;
  const { mean, deviation } = value;
  if (mean === null) return deviation === null;
  return (
    isListOf(mean, isNumber) && isListOf(deviation, isSpread) && mean.length > 0 && mean.length === deviation.length
  );
}

function isFieldRange(value: unknown): value is FieldRange {
  if (!isFields(value) || !isString(value["name"])) return false;
  const { least, most } = value;
  if (!isListOf(least, isNumber) || !isListOf(most, isNumber) || least.length === 0) return false;
  return least.length === most.length && least.every((one, at) => one <= (most[at] ?? NaN));
}

function isNamed(value: unknown): value is Named {
  return isFields(value) && isString(value["name"]) && isListOf(value["values"], isString);
}

/** Each class and each column is another. */
function isDistinct(value: unknown): value is Named {
  return isNamed(value) && value.values.length > 0 && areDifferent(value.values);
}

/** Each character has one id, but for the one that stands behind the last for others. */
function isVocabulary(value: unknown): value is readonly string[] {
  if (!isListOf(value, isCharacter) || value.length === 0) return false;
  return areDifferent(value.at(-1) === sharedCharacter ? value.slice(0, -1) : value);
}

function areDifferent(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}

function isListOf<Item>(value: unknown, isItem: (item: unknown) => item is Item): value is readonly Item[] {
  return Array.isArray(value) && value.every(isItem);
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

/** One character, however many units it takes. */
function isCharacter(value: unknown): value is string {
  return isString(value) && String.fromCodePoint(value.codePointAt(0) ?? 0) === value;
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

function isSpread(value: unknown): value is number {
  return isNumber(value) && value >= 0;
}
