/**
 * The text of an exported module around its kernels: typed, with comments, without any import. It prepares rows as training did, runs the
 * kernels, names the classes, and can test itself. Written as TypeScript; the JavaScript form is the same text without its types.
 */
import { scoresKey } from "../../runtime/predict/interface.ts";
import type { InputField, Interface } from "../../runtime/predict/interface.ts";
import { literal } from "../../targets/typescript/code.ts";
import { answeringOf } from "./answering.ts";
import type { Answering } from "./answering.ts";
import { comment } from "./comment.ts";
import { dataText } from "./data-text.ts";
import {
  argmaxText,
  distanceText,
  headerText,
  importLines,
  mainText,
  mistakeText,
  needsOnly,
  numbersText,
  valuesText,
} from "./frame.ts";
import { openDeclarations } from "./gpu-text.ts";
import type { ModuleParts } from "./module-parts.ts";
import { needsIn } from "./needs.ts";
import { loadDeclaration, openText } from "./weights-text.ts";
import { namedText, overloads, predictText, writeText } from "./predict-forms.ts";
import { rowsText } from "./rows-text.ts";

/** The whole module as TypeScript. */
export function moduleText(parts: ModuleParts): string {
  const examples = parts.examples.length === 1 ? "1 example" : "${examples.length} examples";
  return [modelText(parts), mainText(parts, examples)].join("\n");
}

/** Without what Node's command line asks for. */
export function modelText(parts: ModuleParts): string {
  const { outside, format, fitted } = parts;
  const answering = answeringOf(format);
  const needs = needsIn(outside, fitted, format);
  const ask = parts.requirements === "" ? "" : "\n    requireSizes(count, 1);";
  return [
    header(parts),
    parts.kernels,
    numbersText,
    typesText(outside),
    dataText(parts, needs),
    mistakeText,
    valuesText,
    rowsText(outside, needs),
    ...(answering.async === "" ? [openedText(parts)] : []),
    openText(parts),
    parts.requirements,
    ...(needs.units ? [unscaleText] : []),
    runText(ask, answering),
    ...(needs.classes || needs.whole ? [argmaxText] : []),
    predictText(outside, answering),
    writeText(outside, ask, answering, needs),
    namedText(outside, needs),
    selftestText(answering),
    distanceText(parts),
  ].join("\n");
}

/** The declarations of the module. */
export function declarationText(parts: ModuleParts): string {
  return [
    header(parts),
    numbersText,
    typesText(parts.outside),
    ...loadDeclaration(parts.weights),
    ...(parts.format === "wgsl" ? [openDeclarations] : []),
    `${overloads(parts.outside, answeringOf(parts.format))
      .map(([doc, form]) => `${comment(doc)}\nexport declare function ${form};`)
      .join("\n")}\n`,
  ].join("\n");
}

function header(parts: ModuleParts): string {
  const { outside, notes, format } = parts;
  return headerText(parts, [
    `Inference with the model ${outside.model.name}, exported by nnc. ${needsOnly(parts)}`,
    "",
    ...importLines(["predict"], parts),
    `  const [first] = ${answeringOf(format).await}predict([${exampleRow(outside)}]);`,
    "",
    ...notes,
  ]);
}

function exampleRow({ inputs }: Interface): string {
  const [only, ...others] = inputs;
  if (only !== undefined && others.length === 0) return `[ ${exampleValues(only)} ]`;
  const valuesOf = (input: InputField): string =>
    input.width === 1 ? exampleValues(input) : `[ ${exampleValues(input)} ]`;
  return `{ ${inputs.map((input) => `${rowKey(input.name)}: ${valuesOf(input)}`).join(", ")} }`;
}

/** Where training had words, only a word of them will do. */
function exampleValues({ width, classes }: InputField): string {
  const [word] = classes ?? [];
  if (word === undefined) return `…${width} ${width === 1 ? "number" : "numbers"}…`;
  return width === 1 ? literal(word) : `${literal(word)}, …${width - 1} more…`;
}

/** A key in an object literal; `"__proto__":` there would set the prototype. */
function rowKey(name: string): string {
  return name === "__proto__" ? `[${literal(name)}]` : literal(name);
}

function typesText({ inputs, outputs }: Interface): string {
  const hasColumns = inputs.every((input) => input.columns !== undefined);
  const columns = hasColumns ? ", or its values by column" : "";
  const both = hasColumns
    ? " An object with all columns, each with a single value, is by column, whatever the inputs are called."
    : "";
  const single = inputs.length === 1 ? "a list of the values of its input, or " : "";
  const fields = outputs.map(({ name, classes, columns, width }) => {
    if (classes !== undefined)
      return [
        `  /** The most likely class. */`,
        `  readonly ${literal(name)}: string;`,
        `  /** What the network says for each class. */`,
        `  readonly ${literal(scoresKey(outputs))}: Readonly<Record<string, number>>;`,
      ];
    if (columns !== undefined) return columns.map((column) => `  readonly ${literal(column)}: number;`);
    return [`  readonly ${literal(name)}: ${width === 1 ? "number" : "readonly number[]"};`];
  });
  return [
    "/** Numbers, nested in any way, or words where training had words. */",
    "export type Value = number | string | boolean | Numbers | readonly Value[];",
    "",
    `/** One example: ${single}an object by input${columns}. Raw values: they are prepared here as in training.${both} */`,
    "export type Row = Numbers | readonly Value[] | { readonly [name: string]: Value };",
    "",
    "/** What the network makes of one row. */",
    "export interface Prediction {",
    ...fields.flat(),
    "}",
    "",
  ].join("\n");
}

/** The kernels with the weights in their memory, where they read fields and write outputs, and how they are called. */
function openedText({ outside, placeOf, dims }: ModuleParts): string {
  const buffers = outside.model.inputs.map(({ buffer }) => buffer);
  const inputs = buffers.length;
  const isRead = buffers.every((buffer) => placeOf(buffer) !== undefined);
  const dtypes = [...buffers, ...outside.model.results.map(({ buffer }) => buffer)].map(
    (buffer) => placeOf(buffer)?.dtype ?? "f32",
  );
  const isFloat = dtypes.every((dtype) => dtype === "f32");
  const count = Array.from({ length: dims }, () => "count").join(", ");
  const read = isRead ? "View" : "View | undefined";
  const view = isFloat ? floatView : anyView;
  const unread = isRead ? "" : "place === null ? undefined : ";
  const dtypeOf = (at: readonly string[]): string => (isFloat ? "" : `, ${literal(at)}[index]`);
  return `/** Where the kernels read fields and write outputs, and how they are called. */
interface Opened { readonly given: readonly (${read})[]; readonly answers: readonly View[]; readonly compute: (count: number) => void }

function opened(memory: ArrayBuffer, entries: Instance["entries"]): Opened {
${view}
  const compute = entries[${literal(outside.model.entry)}] as (...dims: number[]) => void;
  return {
    given: fields.map(({ place, width }${isFloat ? "" : ", index"}) => ${unread}viewOf(place, width${dtypeOf(dtypes.slice(0, inputs))})),
    answers: outputs.map(({ place, width }${isFloat ? "" : ", index"}) => viewOf(place, width${dtypeOf(dtypes.slice(inputs))})),
    compute: ${dims === 1 ? "compute" : `(count) => compute(${count})`},
  };
}
`;
}

const floatView =
  "  const viewOf = (place: number, width: number): View => new Float32Array(memory, place, most * width);";
const anyView = `  const viewOf = (place: number, width: number, dtype?: string): View =>
    dtype === "f32" ? new Float32Array(memory, place, most * width) : new Int32Array(memory, place, most * width);`;

/** Exactly the values before they were fitted. */
const unscaleText = `function unscaled(value: number, { scale, mean, deviation }: Output, index: number): number {
  if (scale === 1 && mean === null) return value;
  const column = mean === null ? 0 : index % mean.length;
  const spread = deviation?.[column] ?? 1;
  const raw = (value * spread + (mean?.[column] ?? 0)) / scale;
  // Beside a large mean 32 bits would lose digits that the answer has.
  const steps = Math.abs((raw * scale) / (spread * Math.max(1, Math.abs(value)))) * 8388608;
  return steps >= 134217728 ? Number(raw.toPrecision(Math.min(17, Math.ceil(Math.log10(steps)) + 1))) : Math.fround(raw);
}
`;

function runText(ask: string, { async }: Answering): string {
  return async === "" ? runAtOnce(ask) : runLater(ask);
}

function runAtOnce(ask: string): string {
  return `/** The raw results: for each row, the values of each output. Rows are read before anything is written, since a getter of the caller's may call, too. */
function run(rows: readonly Row[]): (readonly number[])[][] {
  const { given, answers, compute } = open();
  const results: (readonly number[])[][] = [];
  const all = rows.length;
  for (let from = 0; from < all; from += most) {
    const count = Math.min(most, all - from);
    Array.from({ length: count }, (_, at) => valuesOf(rows[from + at] as Row, from + at)).forEach((values, at) =>
      fields.forEach((field, index) => prepare(given[index], at * field.width, values[index] as readonly Value[], field, from + at)));${ask}
    compute(count);
    for (let at = 0; at < count; at += 1) results.push(outputs.map(({ width }, index) => Array.from((answers[index] as View).subarray(at * width, (at + 1) * width))));
  }
  return results;
}
`;
}

function runLater(ask: string): string {
  return `/** Room for the values of each field in so many rows. */
function viewsFor(rows: number): readonly View[] {
  return fields.map(({ dtype, width }) => (dtype === "f32" ? new Float32Array(rows * width) : new Int32Array(rows * width)));
}

/** What the network says of some of the rows, whose values lie prepared: of each output, one row after the other. */
async function answersTo(prepared: readonly View[], from: number, count: number): Promise<readonly View[]> {
  const given = fields.map(({ buffer, width }, index) => [buffer, (prepared[index] as View).subarray(from * width, (from + count) * width)] as const);
  return (await opened()).call(entry, count, 1, given, outputs.map(({ buffer, width }) => [buffer, count * width] as const));
}

/** The raw results: for each row, the values of each output. What is given is read before the first promise, and all of it before anything is written. */
async function run(rows: readonly Row[]): Promise<(readonly number[])[][]> {
  const values = Array.from({ length: rows.length }, (_, at) => valuesOf(rows[at] as Row, at));
  const prepared = viewsFor(values.length);
  values.forEach((row, at) => {
    fields.forEach((field, index) => prepare(prepared[index], at * field.width, row[index] as readonly Value[], field, at));
  });
  const results: (readonly number[])[][] = [];
  for (let from = 0; from < values.length; from += most) {
    const count = Math.min(most, values.length - from);${ask}
    const found = await answersTo(prepared, from, count);
    for (let at = 0; at < count; at += 1) {
      results.push(outputs.map(({ width }, index) => Array.from((found[index] as View).subarray(at * width, (at + 1) * width))));
    }
  }
  return results;
}
`;
}

function selftestText({ async, await: awaits, given }: Answering): string {
  return `/** Computes the stored examples again; the largest difference, relative to values beyond 1. */
${async}function selftest(): ${given("number")} {
  const found = ${awaits}run(examples.map(({ row }) => Object.fromEntries(row)));
  // A NaN stays the largest.
  return Math.max(...examples.flatMap(({ outputs: expected }, at) => expected.flatMap((values, output) => values.map((value, index) => distance(found[at]?.[output]?.[index] ?? NaN, value)))));
}
`;
}
