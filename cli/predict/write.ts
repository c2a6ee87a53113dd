/** Predictions as CSV or JSON lines: for classes the most likely one and the score of each, for numbers the numbers. */
import type { Prediction } from "../../runtime/load/index.ts";
import { toJson } from "../output/json.ts";
import { answersOf } from "../../runtime/predict/answers.ts";
import type { Answer } from "../../runtime/predict/answers.ts";
import type { Interface, OutputField } from "../../runtime/predict/interface.ts";

/** The first line of CSV. */
export function csvHeader({ outputs, target }: Interface): string {
  return `${outputs
    .flatMap((output, at) => columnsOf(output, at === 0 ? target : output.name))
    .map(quote)
    .join(",")}\n`;
}

/** One line a row. */
export function csvRows(outside: Interface, predictions: readonly Prediction[], rows: number): string {
  return answersOf(outside, predictions, rows)
    .map((answers) => `${answers.flatMap(cellsOf).join(",")}\n`)
    .join("");
}

export function jsonRows(outside: Interface, predictions: readonly Prediction[], rows: number): string {
  return answersOf(outside, predictions, rows)
    .map((answers) => `${toJson(new Map(answers.flatMap(entriesOf)))}\n`)
    .join("");
}

function columnsOf({ classes, width }: OutputField, name: string): readonly string[] {
  if (classes !== undefined) return [name, ...classes.map((one) => `score ${one}`)];
  return width === 1 ? [name] : Array.from({ length: width }, (_, at) => `${name} ${at}`);
}

function cellsOf(answer: Answer): readonly string[] {
  return answer.kind === "class"
    ? [quote(answer.class), ...answer.scores.map(({ score }) => shortest(score))]
    : answer.values.map(shortest);
}

function entriesOf(answer: Answer): readonly (readonly [string, unknown])[] {
  const number = (value: number): number => Number(shortest(value));
  if (answer.kind === "class")
    return [
      [answer.name, answer.class],
      ["scores", new Map(answer.scores.map(({ class: name, score }) => [name, number(score)]))],
    ];
  const numbers = answer.values.map(number);
  return [[answer.name, numbers.length === 1 ? numbers[0] : numbers]];
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
