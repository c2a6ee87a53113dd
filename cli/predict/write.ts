/** Predictions as CSV or JSON lines: for classes the most likely one and the score of each, for numbers the numbers. */
import type { Prediction } from "../../runtime/load/index.ts";
import { toJson } from "../output/json.ts";
import type { Interface, OutputField } from "./interface.ts";

/** The first line of CSV. */
export function csvHeader({ outputs, target }: Interface): string {
  return `${outputs
    .flatMap((output, at) => columnsOf(output, at === 0 ? target : output.name))
    .map(quote)
    .join(",")}\n`;
}

/** One line a row. */
export function csvRows({ outputs }: Interface, predictions: readonly Prediction[], rows: number): string {
  return lines(rows, (row) =>
    outputs.flatMap((output, at) => cellsOf(output, rowOf(predictions[at], row, output.width))).join(","),
  );
}

export function jsonRows({ outputs, target }: Interface, predictions: readonly Prediction[], rows: number): string {
  return lines(rows, (row) =>
    toJson(
      new Map(
        outputs.flatMap((output, at) =>
          entriesOf(output, at === 0 ? target : output.name, rowOf(predictions[at], row, output.width)),
        ),
      ),
    ),
  );
}

function columnsOf({ classes, width }: OutputField, name: string): readonly string[] {
  if (classes !== undefined) return [name, ...classes.map((one) => `score ${one}`)];
  return width === 1 ? [name] : Array.from({ length: width }, (_, at) => `${name} ${at}`);
}

function cellsOf({ classes }: OutputField, values: readonly number[]): readonly string[] {
  const numbers = values.map(shortest);
  return classes === undefined ? numbers : [quote(classes[argmax(values)] ?? ""), ...numbers];
}

function entriesOf(
  { classes, width }: OutputField,
  name: string,
  values: readonly number[],
): readonly (readonly [string, unknown])[] {
  const numbers = values.map((value) => Number(shortest(value)));
  if (classes !== undefined)
    return [
      [name, classes[argmax(values)]],
      ["scores", new Map(classes.map((one, at) => [one, numbers[at]]))],
    ];
  return [[name, width === 1 ? numbers[0] : numbers]];
}

function rowOf(prediction: Prediction | undefined, row: number, width: number): readonly number[] {
  return [...(prediction?.data.subarray(row * width, (row + 1) * width) ?? [])];
}

/** The first of the largest, as everywhere. */
function argmax(values: readonly number[]): number {
  return values.reduce((best, value, at) => (value > (values[best] ?? -Infinity) ? at : best), 0);
}

/** The shortest decimal that is this float32. */
function shortest(value: number): string {
  for (let digits = 6; digits < 9; digits += 1) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function lines(rows: number, line: (row: number) => string): string {
  return Array.from({ length: rows }, (_, row) => `${line(row)}\n`).join("");
}
