/**
 * What was learnt from the training rows before training. It is kept with the parameters, in a checkpoint and in
 * exported code, and applied to what comes from outside; `parse-fitted.ts` reads it back.
 */

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
