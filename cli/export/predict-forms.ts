/**
 * The forms of an exported module's `predict`: many rows or one, as lists, objects or typed numbers, and typed numbers into those of the caller. They stand
 * behind what reads rows (`rows-text.ts`), and are TypeScript without an import.
 */
import { scoresKey } from "../../runtime/predict/interface.ts";
import type { Interface } from "../../runtime/predict/interface.ts";
import { literal } from "../../targets/typescript/code.ts";
import type { Answering } from "./answering.ts";
import { comment } from "./comment.ts";

/** The forms of `predict`, each with the lines of its comment: many rows, one, and typed numbers into typed numbers. */
export function overloads(
  { inputs, outputs }: Interface,
  { async, given }: Answering,
): readonly (readonly [doc: readonly string[], form: string])[] {
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
      `predict(rows: ${list.join(" | ")}): ${given("Prediction[]")}`,
    ],
    [[`Predicts ${says} for one row.`], `predict(row: ${single.join(" | ")}): ${given("Prediction")}`],
    [
      [
        `Writes the ${first?.width === 1 ? "number" : `${first?.width ?? 1} numbers`} of each row into \`into\`, and gives that back: many rows one after the other${async === "" && alone !== undefined ? ", and nothing is allocated" : ""}.`,
      ],
      `predict(rows: ${typed}, into: Float32Array): ${given("Float32Array")}`,
    ],
  ];
}

export function predictText(outside: Interface, answering: Answering): string {
  const { async, await: awaits, given } = answering;
  const forms = overloads(outside, answering).map(([doc, form]) => `${comment(doc)}\nexport function ${form};`);
  return `${forms.join("\n")}
export ${async}function predict(rows: unknown, into?: Float32Array): ${given("Prediction[] | Prediction | Float32Array")} {
  if (into !== undefined) return write(rows, into);
  if (isNumbers(rows)) return answersOf(rowsIn(rows));
  if (typeof rows !== "object" || rows === null) throw new TypeError(\`predict: expected a list of rows or a single one, found \${shown(rows)}\`);
  if (Array.isArray(rows) && !isRow(rows)) return answersOf(isColumn(rows) ? rows.map((value) => [value]) : rows);
  const [answer] = ${awaits}answersOf([rows as Row]);
  return answer as Prediction;
}

${async}function answersOf(rows: readonly Row[]): ${given("Prediction[]")} {
  return (${awaits}run(rows)).map((values) => Object.fromEntries(values.flatMap(named)) as unknown as Prediction);
}

const isScalar = (value: unknown): boolean => typeof value === "number" || typeof value === "string" || typeof value === "boolean";

/** Single values stand for one row, where a row has several; where it has one, for as many rows. */
function isRow(list: readonly unknown[]): boolean {
  return fields.length === 1 && fields[0]?.width !== 1 && list.length > 0 && areScalars(list);
}

function isColumn(list: readonly unknown[]): boolean {
  return fields.length === 1 && areScalars(list);
}

/** What a list lacks is none. */
function areScalars(list: readonly unknown[]): boolean {
  for (let at = 0; at < list.length; at += 1) if (!isScalar(list[at])) return false;
  return true;
}

function rowsIn(numbers: Numbers): Row[] {
  const rows = rowsOf(numbers, fields[0] as Field);
  if (fields.length > 1) throw new TypeError("predict: expected an object with typed numbers for each input, found typed numbers");
  const width = numbers.length / Math.max(1, rows);
  return Array.from({ length: rows }, (_, at) => numbers.subarray(at * width, (at + 1) * width));
}

/** How many rows they are. */
function rowsOf(numbers: Numbers, { name, width }: Field): number {
  if (numbers.length === 0) requireAttached(numbers, name);
  if (numbers.length % width === 0) return numbers.length / width;
  throw new RangeError(\`predict: expected \${width} numbers a row for \${name}, found \${numbers.length} in all\`);
}

/** Numbers whose memory went to somebody else look like none. */
function requireAttached({ buffer }: Numbers, name: string): void {
  try {
    new Uint8Array(buffer);
  } catch {
    throw new TypeError(\`predict: expected typed numbers for \${name}, found some whose memory is detached\`);
  }
}
`;
}

/** `asks`: whether the model requires something of sizes. A single input needs no list of what is given. */
export function writeText({ inputs }: Interface, asks: boolean, { async }: Answering): string {
  const ask = asks ? "\n    requireSizes(count, 1);" : "";
  const several = inputs.length === 1 && async === "" ? "" : severalText;
  return `${async === "" ? writeAtOnce(ask, inputs.length === 1) : writeLater(ask)}
${several}/** Before anything of the rows is looked at. */
function requireFloats(into: unknown): asserts into is Float32Array {
  if (!ArrayBuffer.isView(into) || !(into instanceof Float32Array)) throw new TypeError(\`predict: expected a Float32Array for the answer, found \${shown(into)}\`);
}

function requireRoom(into: Float32Array, numbers: number): void {
  if (into.length !== numbers) throw new RangeError(\`predict: expected room for \${numbers} numbers, found \${into.length}\`);
}

${numbersForText}`;
}

const severalText = `/** How many rows are given, the same of every input. */
function countOf(given: readonly Numbers[]): number {
  const counts = fields.map((field, index) => rowsOf(given[index] as Numbers, field));
  const [rows = 0] = counts;
  const other = counts.findIndex((count) => count !== rows);
  if (other >= 0) throw new RangeError(\`predict: expected numbers for \${rows} rows for \${fields[other]?.name ?? ""}, found those for \${counts[other] ?? 0}\`);
  return rows;
}

`;

/** Written for speed: no list and no object is made on the way. What belongs to the caller is asked first, since a getter may call, too. */
function writeAtOnce(ask: string, isSingle: boolean): string {
  const fill = (field: string, numbers: string): string =>
    `fill(buffers.get(${field}.buffer), ${numbers}, ${field}, from, count)`;
  const apart = (field: string, numbers: string): string => `requireApart(${numbers}, ${field}, into, rows)`;
  const each = (work: typeof fill): string =>
    isSingle
      ? `${work("field", "numbers")};`
      : `fields.forEach((field, index) => ${work("field", "numbers[index] as Numbers")});`;
  const taken = isSingle
    ? `  const field = fields[0] as Field;
  const numbers = numbersFor(given, field);
  const rows = rowsOf(numbers, field);`
    : `  const numbers = fields.map((field) => numbersFor(given, field));
  const rows = countOf(numbers);`;
  return `const sizes: number[] = Array.from({ length: openDimensions }, () => 0);

function write(given: unknown, into: unknown): Float32Array {
  requireFloats(into);
${taken}
  const output = outputs[0] as Output;
  requireRoom(into, rows * output.width);
  ${each(apart)}
  const { buffers, entries } = open();
  const answers = buffers.get(output.buffer) as View;
  for (let from = 0; from < rows; from += most) {
    const count = Math.min(most, rows - from);
    ${each(fill)}${ask}
    sizes.fill(count);
    (entries[entry] as (...dims: number[]) => void).apply(undefined, sizes);
    for (let at = 0; at < count * output.width; at += 1) into[from * output.width + at] = unscaled(answers[at] ?? NaN, output, at % output.width);
  }
  return into;
}

/** Where rows are taken in several parts, no answer may lie on what is still to be read. */
function requireApart(numbers: Numbers, { name, width }: Field, into: Float32Array, rows: number): void {
  if (rows <= most || numbers.buffer !== into.buffer) return;
  const isBehind = numbers.byteOffset >= into.byteOffset + into.byteLength || into.byteOffset >= numbers.byteOffset + numbers.byteLength;
  const isSame = numbers.byteOffset === into.byteOffset && numbers.BYTES_PER_ELEMENT === 4 && into.length <= rows * width;
  if (!isBehind && !isSame) throw new RangeError(\`predict: expected room for the answer beside the numbers for \${name}, found it among them\`);
}
`;
}

/** What is given is read before the first promise, so that it may change afterwards. */
function writeLater(ask: string): string {
  return `async function write(given: unknown, into: unknown): Promise<Float32Array> {
  requireFloats(into);
  const numbers = fields.map((field) => numbersFor(given, field));
  const rows = countOf(numbers);
  const output = outputs[0] as Output;
  requireRoom(into, rows * output.width);
  const prepared = viewsFor(rows);
  fields.forEach((field, index) => fill(prepared[index], numbers[index] as Numbers, field, 0, rows));
  for (let from = 0; from < rows; from += most) {
    const count = Math.min(most, rows - from);${ask}
    const [answers] = await answersTo(prepared, from, count);
    requireRoom(into, rows * output.width);
    for (let at = 0; at < count * output.width; at += 1) into[from * output.width + at] = unscaled(answers?.[at] ?? NaN, output, at % output.width);
  }
  return into;
}
`;
}

const numbersForText = `/** Those of an input: all that is given where there is one, else what has its name. */
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
    const value = numberOf(numbers[from * width + at] as Value, field, at % width, from + Math.floor(at / width));
    if (view !== undefined) view[at] = field.dtype === "i32" ? value : scaled(value, field, at % width);
  }
}
`;

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
