/** What a network says of each row, in the words of the data: the most likely class and the score of each, or numbers in the target's units. */
import type { Prediction } from "../load/calls.ts";
import { undoFitted } from "../save/fitted.ts";
import type { Interface, OutputField } from "./interface.ts";

/**
 * A class of a `ClassAnswer` and what the network gives it, as the model's output has it: a logit, or a probability behind `softmax`. A single
 * logit is that of the second of two classes, whose first has 0.
 */
export interface Score {
  readonly class: string;
  readonly score: number;
}

/** What a result says where it was trained on classes. */
export interface ClassAnswer {
  readonly kind: "class";
  /** The target's column, or the name of the model's result. */
  readonly name: string;
  /** The most likely one, by its name in the data; the first of equals. */
  readonly class: string;
  /** That of `class`. */
  readonly score: number;
  /** Of all classes, in the order of their ids. */
  readonly scores: readonly Score[];
}

/** Any other result; where it was trained on a standardised or scaled target, in the target's own units. */
export interface NumbersAnswer {
  readonly kind: "numbers";
  readonly name: string;
  /** Of one row: `[]` for a single number. */
  readonly shape: readonly number[];
  readonly values: readonly number[];
  /** The target's columns, where there is one for each value. */
  readonly columns?: readonly string[];
}

/** What a model of text says of a text. */
export interface TextAnswer {
  readonly kind: "text";
  readonly name: string;
  /** For each character of the text the one that most likely comes next. */
  readonly text: string;
  /** The same with the scores of all characters. */
  readonly places: readonly ClassAnswer[];
}

/** What is said of a row that is no text. */
export type RowAnswer = ClassAnswer | NumbersAnswer;
export type Answer = RowAnswer | TextAnswer;

/** For each row an answer for each result of the model. */
export function answersOf(
  { outputs }: Interface,
  predictions: readonly Prediction[],
  rows: number,
): readonly (readonly RowAnswer[])[] {
  return Array.from({ length: rows }, (_, row) =>
    outputs.map((output, at) => answerOf(output, rowOf(predictions[at], row, output))),
  );
}

function answerOf(output: OutputField, values: Float32Array | Int32Array): RowAnswer {
  const { name, classes, shape, columns, units } = output;
  if (classes !== undefined) return classOf(name, classes, values);
  const numbers = units === undefined ? [...values] : undoFitted(units, values);
  return { kind: "numbers", name, shape, values: numbers, ...(columns === undefined ? {} : { columns }) };
}

/** Scores beyond the classes are of none. */
export function classOf(name: string, classes: readonly string[], values: Float32Array | Int32Array): ClassAnswer {
  // A single logit is that of the second class, beside 0 for the first.
  const logits = values.length < classes.length ? [0, ...values] : values.subarray(0, classes.length);
  const scores = classes.map((one, id) => ({ class: one, score: logits[id] ?? NaN }));
  const best = scores[argmax(logits)] ?? { class: "", score: NaN };
  return { kind: "class", name, class: best.class, score: best.score, scores };
}

function rowOf(prediction: Prediction | undefined, row: number, { width }: OutputField): Float32Array | Int32Array {
  return prediction?.data.subarray(row * width, (row + 1) * width) ?? new Float32Array(0);
}

/** The first of the largest; a NaN is the largest, as for `argmax` of the language. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let at = 0; at < values.length; at++) {
    if (Number.isNaN(values[at])) return at;
    if (values[at] > values[best]) best = at;
  }
  return best;
}
