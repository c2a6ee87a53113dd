/**
 * The forms of an exported module's `predict`: many rows or one, as lists, objects or typed numbers, and typed numbers into those of the caller. They stand
 * behind what reads rows (`rows-text.ts`), and are TypeScript without an import.
 */
import { scoresKey } from "../../runtime/predict/interface.ts";
import type { Interface } from "../../runtime/predict/interface.ts";
import { literal } from "../../targets/typescript/code.ts";
import type { Answering } from "./answering.ts";
import { comment } from "./comment.ts";
import type { Needs } from "./needs.ts";

type Forms = readonly (readonly [doc: readonly string[], form: string])[];

/** The forms of `predict`, each with the lines of its comment: many rows, one, and typed numbers, which stand for no words, into typed numbers. */
export function overloads({ inputs, outputs }: Interface, { async, given }: Answering): Forms {
  const [first] = outputs;
  const name = `\`${first?.name ?? "output"}\``;
  const says = first?.classes === undefined ? name : `the class (${name}) and the score of each class`;
  const fails = "Throws a TypeError or a RangeError that names the row and what was expected where one does not fit.";
  const [only, ...others] = inputs;
  const alone = others.length === 0 ? only : undefined;
  const isNumeric = alone !== undefined && alone.classes === undefined;
  const typed = alone === undefined ? `{ readonly [name: string]: Numbers }` : "Numbers";
  const scalars = "readonly (number | string | boolean)[]";
  const list = ["readonly Row[]", ...(isNumeric ? ["Numbers"] : []), ...(alone?.width === 1 ? [scalars] : [])];
  const single = ["{ readonly [name: string]: Value }", ...((alone?.width ?? 1) > 1 ? [scalars] : [])];
  const rows: Forms = [
    [
      [`Predicts ${says} for each row${isNumeric ? "; typed numbers are rows one after the other" : ""}. ${fails}`],
      `predict(rows: ${list.join(" | ")}): ${given("Prediction[]")}`,
    ],
    [[`Predicts ${says} for one row.`], `predict(row: ${single.join(" | ")}): ${given("Prediction")}`],
  ];
  if (inputs.some(({ classes }) => classes !== undefined)) return rows;
  return [
    ...rows,
    [
      [
        `Writes the ${first?.width === 1 ? "number" : `${first?.width ?? 1} numbers`} of each row into \`into\`, and gives that back: many rows one after the other${async === "" && alone !== undefined ? ", and nothing is allocated" : ""}.`,
      ],
      `predict(rows: ${typed}, into: Float32Array): ${given("Float32Array")}`,
    ],
  ];
}

/** Single values stand for one row, where a row has several; where it has one, for as many rows. What a list lacks is none. */
const scalarsText = `function areScalars(list: readonly unknown[]): boolean {
  for (let at = 0; at < list.length; at += 1) if (!/^(number|string|boolean)$/.test(typeof list[at])) return false;
  return true;
}

`;

const rowsInText = `function rowsIn(numbers: Numbers): Row[] {
  const { width } = fields[0] as Field;
  return Array.from({ length: rowsOf(numbers, fields[0] as Field) }, (_, at) => numbers.subarray(at * width, (at + 1) * width));
}

`;

export function predictText(outside: Interface, answering: Answering): string {
  const { async, await: awaits, given } = answering;
  const forms = overloads(outside, answering).map(([doc, form]) => `${comment(doc)}\nexport function ${form};`);
  const [only, ...others] = outside.inputs;
  const width = others.length === 0 ? (only?.width ?? 1) : undefined;
  const isList =
    width !== undefined && width > 1
      ? "Array.isArray(rows) && !(rows.length > 0 && areScalars(rows))"
      : "Array.isArray(rows)";
  const list = width === 1 ? "areScalars(rows) ? rows.map((value) => [value as Value]) : rows" : "rows";
  return `${forms.join("\n")}
export ${async}function predict(rows: unknown, into?: Float32Array): ${given("Prediction[] | Prediction | Float32Array")} {
  if (into !== undefined) return write(rows, into);
  if (isNumbers(rows)) ${width === undefined ? `mistake("predict", "an object with typed numbers for each input", "typed numbers")` : "return answersOf(rowsIn(rows))"};
  if (typeof rows !== "object" || rows === null) mistake("predict", "a list of rows or a single one", shown(rows));
  if (${isList}) return answersOf(${list});
  const [answer] = ${awaits}answersOf([rows as Row]);
  return answer as Prediction;
}

${async}function answersOf(rows: readonly Row[]): ${given("Prediction[]")} {
  return (${awaits}run(rows)).map((values) => Object.fromEntries(values.flatMap(named)) as unknown as Prediction);
}

${width === undefined ? "" : scalarsText + rowsInText}${rowsOfText}`;
}

const rowsOfText = `/** How many rows they are. */
function rowsOf(numbers: Numbers, { name, width }: Field): number {
  if (numbers.length === 0) requireAttached(numbers, name);
  if (numbers.length % width !== 0) mistake("predict", \`\${width} numbers a row for \${name}\`, \`\${numbers.length} in all\`, RangeError);
  return numbers.length / width;
}

/** Numbers whose memory went to somebody else look like none. */
function requireAttached({ buffer }: Numbers, name: string): void {
  try {
    new Uint8Array(buffer);
  } catch {
    mistake("predict", \`typed numbers for \${name}\`, "some whose memory is detached");
  }
}
`;
/** `ask`: what the model requires of sizes. A single input needs no list of what is given. */
export function writeText({ inputs }: Interface, ask: string, { async }: Answering, { words, units }: Needs): string {
  const single = inputs.length === 1;
  const several = single && async === "" ? "" : severalText;
  const answer = units ? "unscaled(answers[at] ?? NaN, output, at % output.width)" : "answers[at] ?? NaN";
  return `${async === "" ? writeAtOnce(ask, single, answer) : writeLater(ask, answer)}
${several}/** Before anything of the rows is looked at. */
function requireFloats(into: unknown): asserts into is Float32Array {
  if (!ArrayBuffer.isView(into) || !(into instanceof Float32Array)) mistake("predict", "a Float32Array for the answer", shown(into));
}

function requireRoom(into: Float32Array, numbers: number): void {
  if (into.length !== numbers) mistake("predict", \`room for \${numbers} numbers\`, into.length, RangeError);
}

${numbersForText(single, words)}`;
}

const severalText = `/** How many rows are given, the same of every input. */
function countOf(given: readonly Numbers[]): number {
  const counts = fields.map((field, index) => rowsOf(given[index] as Numbers, field));
  const [rows = 0] = counts;
  const other = counts.findIndex((count) => count !== rows);
  if (other >= 0) mistake("predict", \`numbers for \${rows} rows for \${fields[other]?.name ?? ""}\`, \`those for \${counts[other] ?? 0}\`, RangeError);
  return rows;
}

`;

/**
 * Written for speed: no list and no object is made on the way, unless rows that are taken in several parts share memory with the answer, which could lie on what
 * is still to be read. What belongs to the caller is asked first, since a getter may call, too.
 */
function writeAtOnce(ask: string, isSingle: boolean, answer: string): string {
  const apart = (numbers: string): string =>
    `rows > most && ${numbers}.buffer === into.buffer ? ${numbers}.slice() : ${numbers}`;
  const taken = isSingle
    ? `  const field = fields[0] as Field;
  const found = numbersFor(given, field);
  const rows = rowsOf(found, field);`
    : `  const found = fields.map((field) => numbersFor(given, field));
  const rows = countOf(found);`;
  const numbers = isSingle ? apart("found") : `found.map((one) => (${apart("one")}))`;
  const filled = isSingle
    ? "fill(views[0], numbers, field, from, count);"
    : "fields.forEach((field, index) => fill(views[index], numbers[index] as Numbers, field, from, count));";
  return `function write(given: unknown, into: unknown): Float32Array {
  requireFloats(into);
${taken}
  const output = outputs[0] as Output;
  requireRoom(into, rows * output.width);
  const numbers = ${numbers};
  const { given: views, answers: all, compute } = open();
  const answers = all[0] as View;
  for (let from = 0; from < rows; from += most) {
    const count = Math.min(most, rows - from);
    ${filled}${ask}
    compute(count);
    for (let at = 0; at < count * output.width; at += 1) into[from * output.width + at] = ${answer};
  }
  return into;
}
`;
}

/** What is given is read before the first promise, so that it may change afterwards. */
function writeLater(ask: string, answer: string): string {
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
    const [answers = new Float32Array()] = await answersTo(prepared, from, count);
    requireRoom(into, rows * output.width);
    for (let at = 0; at < count * output.width; at += 1) into[from * output.width + at] = ${answer};
  }
  return into;
}
`;
}

function numbersForText(single: boolean, words: boolean): string {
  return `/** Those of an input: ${single ? "all that is given, or" : ""} what has its name. */
function numbersFor(given: unknown, { name${words ? ", classes" : ""} }: Field): Numbers {${
    words
      ? `
  if (classes !== null) mistake("predict", \`words for \${name}\`, "typed numbers", TypeError);`
      : ""
  }${single ? "\n  if (isNumbers(given)) return given;" : ""}
  const own = typeof given === "object" && given !== null && Object.hasOwn(given, name) ? (given as { readonly [name: string]: unknown })[name] : undefined;
  if (!isNumbers(own)) mistake("predict", \`typed numbers for \${name}\`, shown(own === undefined ? given : own));
  return own;
}

function fill(view: View | undefined, numbers: Numbers, field: Field, from: number, rows: number): void {
  const { width } = field;
  for (let at = 0; at < rows; at += 1) putRow(view, at * width, numbers, (from + at) * width, field, from + at);
}
`;
}

/** An output under its name, and what stands for it. */
export function namedText({ outputs }: Interface, { classes, targets, units }: Needs): string {
  const value = units ? "values.map((value, index) => unscaled(value, output, index))" : "values";
  const number = outputs.every(({ width }) => width === 1)
    ? "numbers[0]"
    : outputs.some(({ width }) => width === 1)
      ? "width === 1 ? numbers[0] : numbers"
      : "numbers";
  const numbers = `  const numbers = ${value};${targets ? "\n  if (output.columns !== null) return output.columns.map((column, index) => [column, numbers[index]]);" : ""}
  return [[output.name, ${number.replace("width", "output.width")}]];`;
  const scores = `  // A single logit is that of the second class, beside 0 for the first.
  const scores = values.length < classes.length ? [0, ...values] : values;
  return [[output.name, classes[argmax(scores)]], [${literal(scoresKey(outputs))}, Object.fromEntries(classes.map((one, id) => [one, scores[id]]))]];`;
  const all = classes && outputs.every((output) => output.classes !== undefined);
  return `/** An output under its name${targets ? ", or under the columns of its target" : ""}${classes ? "; scores under those of their classes" : ""}. */
function named(values: readonly number[], at: number): [string, unknown][] {
  const output = outputs[at] as Output;${classes ? `\n  const classes = output.classes${all ? " ?? []" : ""};` : ""}
${classes && !all ? "  if (classes !== null) {\n" : ""}${classes ? scores : ""}${classes && !all ? "\n  }\n" : ""}${all ? "" : numbers}
}
`;
}
