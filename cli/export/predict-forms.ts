/**
 * The forms of an exported module's `predict`: many rows or one, as lists, objects or typed numbers, and typed numbers into those of the caller. They stand
 * behind what reads rows (`rows-text.ts`), and are TypeScript without an import.
 */
import { scoresKey } from "../../runtime/predict/interface.ts";
import type { Interface } from "../../runtime/predict/interface.ts";
import { literal } from "../../targets/typescript/code.ts";
import { comment } from "./frame.ts";

/** The forms of `predict`, each with the lines of its comment: many rows, one, and typed numbers into typed numbers. */
export function overloads({
  inputs,
  outputs,
}: Interface): readonly (readonly [doc: readonly string[], form: string])[] {
  const [first] = outputs;
  const name = `\`${first?.name ?? "output"}\``;
  const says = first?.classes === undefined ? name : `the class (${name}) and the score of each class`;
  const fails = "Throws a TypeError or a RangeError that names the row and what was expected where one does not fit.";
  const [only, ...others] = inputs;
  const alone = others.length === 0 ? only : undefined;
  const isNumeric = alone !== undefined && alone.classes === undefined;
  const typed = isNumeric ? "Numbers" : `{ readonly [name: string]: Numbers }`;
  const scalars = "readonly (number | string | boolean)[]";
  const list = ["readonly Row[]", ...(isNumeric ? ["Numbers"] : []), ...(alone?.width === 1 ? [scalars] : [])];
  const single = ["{ readonly [name: string]: Value }", ...((alone?.width ?? 1) > 1 ? [scalars] : [])];
  return [
    [
      [`Predicts ${says} for each row${isNumeric ? "; typed numbers are rows one after the other" : ""}. ${fails}`],
      `predict(rows: ${list.join(" | ")}): Prediction[]`,
    ],
    [[`Predicts ${says} for one row.`], `predict(row: ${single.join(" | ")}): Prediction`],
    [
      [
        `Writes the ${first?.width === 1 ? "number" : `${first?.width ?? 1} numbers`} of each row into \`into\`, and gives that back: many rows one after the other, and nothing is allocated.`,
      ],
      `predict(rows: ${typed}, into: Float32Array): Float32Array`,
    ],
  ];
}

export function predictText(outside: Interface): string {
  const forms = overloads(outside).map(([doc, form]) => `${comment(doc)}\nexport function ${form};`);
  return `${forms.join("\n")}
export function predict(rows: unknown, into?: Float32Array): Prediction[] | Prediction | Float32Array {
  if (into !== undefined) return write(rows, into);
  if (isNumbers(rows)) return answersOf(rowsIn(rows));
  if (typeof rows !== "object" || rows === null) throw new TypeError(\`predict: expected a list of rows or a single one, found \${shown(rows)}\`);
  if (Array.isArray(rows) && !isRow(rows)) return answersOf(isColumn(rows) ? rows.map((value) => [value]) : rows);
  const [answer] = answersOf([rows as Row]);
  return answer as Prediction;
}

function answersOf(rows: readonly Row[]): Prediction[] {
  return run(rows).map((values) => Object.fromEntries(values.flatMap(named)) as unknown as Prediction);
}

const isScalar = (value: unknown): boolean => typeof value === "number" || typeof value === "string" || typeof value === "boolean";

/** Single values stand for one row, where a row has several; where it has one, for as many rows. */
function isRow(list: readonly unknown[]): boolean {
  return fields.length === 1 && fields[0]?.width !== 1 && list.length > 0 && list.every(isScalar);
}

function isColumn(list: readonly unknown[]): boolean {
  return fields.length === 1 && list.every(isScalar);
}

function rowsIn(numbers: Numbers): Row[] {
  const rows = rowsOf(numbers, fields[0] as Field);
  if (fields.length > 1) throw new TypeError("predict: expected an object with typed numbers for each input, found typed numbers");
  const width = numbers.length / Math.max(1, rows);
  return Array.from({ length: rows }, (_, at) => numbers.subarray(at * width, (at + 1) * width));
}

/** How many rows they are. */
function rowsOf(numbers: Numbers, { name, width }: Field): number {
  if (numbers.length % width === 0) return numbers.length / width;
  throw new RangeError(\`predict: expected \${width} numbers a row for \${name}, found \${numbers.length} in all\`);
}
`;
}

/** Written for speed: no list and no object is made on the way. `asks`: whether the model requires something of sizes. */
export function writeText(asks: boolean): string {
  const ask = asks ? "\n    requireSizes(count, 1);" : "";
  return `const sizes: number[] = Array.from({ length: openDimensions }, () => 0);

function write(given: unknown, into: unknown): Float32Array {
  if (!(into instanceof Float32Array)) throw new TypeError(\`predict: expected a Float32Array for the answer, found \${shown(into)}\`);
  const { buffers, entries } = open();
  const output = outputs[0] as Output;
  const rows = rowsOf(numbersFor(given, fields[0] as Field), fields[0] as Field);
  for (const field of fields) {
    const found = rowsOf(numbersFor(given, field), field);
    if (found !== rows) throw new RangeError(\`predict: expected numbers for \${rows} rows for \${field.name}, found those for \${found}\`);
  }
  if (into.length !== rows * output.width) throw new RangeError(\`predict: expected room for \${rows * output.width} numbers, found \${into.length}\`);
  const answers = buffers.get(output.buffer) as View;
  for (let from = 0; from < rows; from += most) {
    const count = Math.min(most, rows - from);
    for (const field of fields) fill(buffers.get(field.buffer), numbersFor(given, field), field, from, count);${ask}
    sizes.fill(count);
    (entries[entry] as (...dims: number[]) => void).apply(undefined, sizes);
    for (let at = 0; at < count * output.width; at += 1) into[from * output.width + at] = unscaled(answers[at] ?? NaN, output, at % output.width);
  }
  return into;
}

/** Those of an input: all that is given where there is one, else what has its name. */
function numbersFor(given: unknown, { name, classes }: Field): Numbers {
  if (classes !== null) throw new TypeError(\`predict: expected words for \${name}, which typed numbers are not\`);
  if (isNumbers(given) && fields.length === 1) return given;
  const own = typeof given === "object" && given !== null && Object.hasOwn(given, name) ? (given as { readonly [name: string]: unknown })[name] : undefined;
  if (isNumbers(own)) return own;
  throw new TypeError(\`predict: expected typed numbers for \${name}, found \${shown(own === undefined ? given : own)}\`);
}

function fill(view: View | undefined, numbers: Numbers, field: Field, from: number, rows: number): void {
  const { width } = field;
  for (let at = 0; at < rows * width; at += 1) {
    const value = numberOf(numbers[from * width + at] as Value, field, from + Math.floor(at / width));
    if (view !== undefined) view[at] = field.dtype === "i32" ? value : scaled(value, field, at % width);
  }
}
`;
}

/** An output under its name, and what stands for it. */
export function namedText({ outputs }: Interface): string {
  return `/** An output under its name, or under the columns of its target; scores under those of their classes. */
function named(values: readonly number[], at: number): [string, unknown][] {
  const output = outputs[at] as Output;
  const { name, width, classes, columns } = output;
  if (classes === null) {
    const numbers = values.map((value, index) => unscaled(value, output, index));
    if (columns !== null) return columns.map((column, index) => [column, numbers[index]]);
    return [[name, width === 1 ? numbers[0] : numbers]];
  }
  // A single logit is that of the second class, beside 0 for the first.
  const scores = width < classes.length ? [0, ...values] : values;
  return [[name, classes[argmax(scores)]], [${literal(scoresKey(outputs))}, Object.fromEntries(classes.map((one, id) => [one, scores[id]]))]];
}
`;
}
