/**
 * `Fitted` as text and back. The text comes from a file that anybody may have changed, so its form is checked in full.
 */
import type { Fitted, FittedInput, Named } from "./dataset.ts";

/** One line of JSON; numbers survive to the bit. */
export function printFitted(fitted: Fitted): string {
  const { inputs, classes, columns, vocabulary } = fitted;
  return JSON.stringify({ inputs, classes, columns, vocabulary });
}

/** What `printFitted` wrote, or undefined where the text is anything else. */
export function parseFitted(text: string): Fitted | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { inputs, classes, columns, vocabulary } = value;
  if (!isListOf(inputs, isFittedInput) || !isListOf(classes, isNamed) || !isListOf(columns, isNamed)) return undefined;
  if (vocabulary !== null && !isListOf(vocabulary, isString)) return undefined;
  return { inputs, classes, columns, vocabulary };
}

function isFittedInput(value: unknown): value is FittedInput {
  if (!isRecord(value) || !isString(value["name"]) || !isNumber(value["scale"])) return false;
  const { mean, deviation } = value;
  if (mean === null) return deviation === null;
  return isListOf(mean, isNumber) && isListOf(deviation, isNumber) && mean.length > 0 && mean.length === deviation.length;
}

function isNamed(value: unknown): value is Named {
  return isRecord(value) && isString(value["name"]) && isListOf(value["values"], isString);
}

function isListOf<Item>(value: unknown, isItem: (item: unknown) => item is Item): value is readonly Item[] {
  return Array.isArray(value) && value.every(isItem);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
