/** Reads back what was fitted to the data, with its form checked in full, since anybody may have changed the file. */
import { isFields } from "../../compiler/diagnostics/values.ts";
import { sharedCharacter } from "./fitted.ts";
import type { FieldRange, Fitted, FittedInput, Named } from "./fitted.ts";

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
