/**
 * Predictions as CSV or JSON lines: for classes the most likely one and the score of each, for numbers the numbers. As NPY or IDX: what the
 * model's one result holds, scores for classes. Rows of images begin with the name of their file, places of a text with its character,
 * where the form has room for it.
 */
import type { Prediction } from "../../runtime/load/index.ts";
import { exceedsFloats, undoFitted } from "../../runtime/save/fitted.ts";
import { UsageError } from "../exit.ts";
import { idx, npy } from "../rows/arrays.ts";
import type { ArrayForm, ArrayType } from "../rows/arrays.ts";
import type { Form } from "../rows/form.ts";
import type { Answers } from "./answer.ts";
import { toJson } from "../output/json.ts";
import { answersOf } from "../../runtime/predict/answers.ts";
import type { RowAnswer } from "../../runtime/predict/answers.ts";
import { scoresKey } from "../../runtime/predict/interface.ts";
import type { Interface, OutputField } from "../../runtime/predict/interface.ts";

export interface Writer {
  /** Whether what it writes is no text. */
  readonly binary: boolean;
  /** What stands before all answers; `first` are the first of them. */
  readonly head: (first: Answers) => string | Uint8Array;
  readonly part: (answers: Answers) => string | Uint8Array;
}

/** What rows are known by, and what that is called. */
export interface NamedRows {
  readonly key: string;
  readonly names: readonly string[];
}

/** Throws a UsageError where the form holds one result and the model has several. */
export function writerOf(form: Form, outside: Interface, named?: NamedRows): Writer {
  switch (form) {
    case "csv":
      return {
        binary: false,
        head: () => csvHeader(outside, named),
        part: (answers) => csvRows(outside, answers, named),
      };
    case "json":
      return { binary: false, head: () => "", part: (answers) => jsonRows(outside, answers, named) };
    case "npy":
      return arrayWriter(form, npy, outside);
    case "idx":
      return arrayWriter(form, idx, outside);
    default: {
      const never: never = form;
      return never;
    }
  }
}

function arrayWriter(form: Form, array: ArrayForm, { model, outputs }: Interface): Writer {
  const [output, ...more] = outputs;
  const dtype = model.results[0]?.dtype ?? "f32";
  if (output === undefined || more.length > 0)
    throw new UsageError(
      `--format: expected csv or json, which hold the ${outputs.length} results of ${model.name}, found ${form}`,
    );
  const { shape, units } = output;
  const head =
    (type: ArrayType): Writer["head"] =>
    ({ total }) =>
      array.head(type, [total, ...shape]);
  if (units === undefined)
    return { binary: true, head: head(dtype), part: ({ predictions }) => array.part(dtype, dataOf(predictions)) };
  const [type, Floats] = exceedsFloats(units) ? (["f64", Float64Array] as const) : (["f32", Float32Array] as const);
  return {
    binary: true,
    head: head(type),
    part: ({ predictions }) => array.part(type, Floats.from(undoFitted(units, dataOf(predictions)))),
  };
}

function dataOf([prediction]: readonly Prediction[]): Float32Array | Int32Array {
  return prediction?.data ?? new Float32Array(0);
}

/** Rows by their files: `file`, but where a result is called so. */
export function byFile({ outputs }: Interface, names: readonly string[]): NamedRows {
  return { key: outputs.flatMap(columnsOf).includes("file") ? "image file" : "file", names };
}

/** The first line of CSV. */
function csvHeader({ outputs }: Interface, named?: NamedRows): string {
  const key = named === undefined ? [] : [named.key];
  return `${[...key, ...outputs.flatMap(columnsOf)].map(quote).join(",")}\n`;
}

/** One line a row. */
function csvRows(outside: Interface, { predictions, rows, from }: Answers, named?: NamedRows): string {
  return answersOf(outside, predictions, rows)
    .map((answers, row) => {
      const file = named === undefined ? [] : [quote(named.names[from + row] ?? "")];
      return `${[...file, ...answers.flatMap(cellsOf)].join(",")}\n`;
    })
    .join("");
}

function jsonRows(outside: Interface, { predictions, rows, from }: Answers, named?: NamedRows): string {
  const key = scoresKey(outside.outputs);
  return answersOf(outside, predictions, rows)
    .map((answers, row) => {
      const file = named === undefined ? [] : [[named.key, named.names[from + row] ?? ""] as const];
      return `${toJson(new Map([...file, ...answers.flatMap((answer) => entriesOf(answer, key))]))}\n`;
    })
    .join("");
}

function columnsOf({ name, classes, columns, width }: OutputField): readonly string[] {
  if (classes !== undefined) return [name, ...classes.map((one) => `score ${one}`)];
  if (columns !== undefined) return columns;
  return width === 1 ? [name] : Array.from({ length: width }, (_, at) => `${name} ${at}`);
}

function cellsOf(answer: RowAnswer): readonly string[] {
  return answer.kind === "class"
    ? [quote(answer.class), ...answer.scores.map(({ score }) => shortest(score))]
    : answer.values.map(shortest);
}

/** `key`: that of the scores of classes. */
function entriesOf(answer: RowAnswer, key: string): readonly (readonly [string, unknown])[] {
  const number = (value: number): number => Number(shortest(value));
  if (answer.kind === "class")
    return [
      [answer.name, answer.class],
      [key, new Map(answer.scores.map(({ class: name, score }) => [name, number(score)]))],
    ];
  const numbers = answer.values.map(number);
  if (answer.columns !== undefined) return answer.columns.map((column, at) => [column, numbers[at]]);
  return [[answer.name, numbers.length === 1 ? numbers[0] : numbers]];
}

/** The shortest decimal that is this float32, or this float64 where it is no such. */
function shortest(value: number): string {
  if (Math.fround(value) !== value) return String(value);
  for (let digits = 6; digits < 9; digits += 1) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

/** In quotes where a reader could take a part of it for a separator, an end of a line, or blanks around it. */
function quote(cell: string): string {
  return /[",;\t\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
