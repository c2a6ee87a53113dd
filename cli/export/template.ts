/**
 * The text of an exported module around its kernels: typed, with comments, without any import. It prepares rows as training did, runs the
 * kernels, names the classes, and can test itself. Written as TypeScript; the JavaScript form is the same text without its types.
 */
import type { Dataset } from "../../runtime/data/dataset.ts";
import { scoresKey } from "../../runtime/predict/interface.ts";
import type { Interface } from "../../runtime/predict/interface.ts";
import { keysBeside } from "../../runtime/predict/rows.ts";
import type { Fitted } from "../../runtime/save/fitted.ts";
import { literal } from "../../targets/typescript/code.ts";
import { answeringOf } from "./answering.ts";
import type { Answering } from "./answering.ts";
import { comment } from "./comment.ts";
import {
  argmaxText,
  distanceText,
  headerText,
  importLines,
  mainText,
  needsOnly,
  numbersLiteral,
  numbersText,
  valuesText,
} from "./frame.ts";
import type { FrameParts } from "./frame.ts";
import { openDeclarations } from "./gpu-text.ts";
import { loadDeclaration, openText, weightsText } from "./weights-text.ts";
import { namedText, overloads, predictText, writeText } from "./predict-forms.ts";
import { rowsText } from "./rows-text.ts";

/** Everything that the text of a model of rows holds. */
export interface ModuleParts extends FrameParts {
  /** Lines on what a caller must do to have rows as training had them. */
  readonly notes: readonly string[];
  readonly outside: Interface;
  readonly fitted: Fitted;
  /** Names of open dimensions that the entry takes, in order; all are the number of rows. */
  readonly dims: readonly string[];
  /** The most rows at once. */
  readonly bound: number;
  /** The raw rows of the data, where they are at hand. */
  readonly data: Dataset | undefined;
  /** Raw rows, but ids in the place of words, and what the network made of them when it was exported: for each output, its values in a row. */
  readonly examples: readonly {
    readonly row: Readonly<Record<string, readonly number[]>>;
    readonly outputs: readonly (readonly number[])[];
  }[];
}

/** The whole module as TypeScript. */
export function moduleText(parts: ModuleParts): string {
  const examples = parts.examples.length === 1 ? "1 example" : "${examples.length} examples";
  return [modelText(parts), mainText(parts, examples)].join("\n");
}

/** Without what Node's command line asks for. */
export function modelText(parts: ModuleParts): string {
  const { outside, format } = parts;
  const answering = answeringOf(format);
  const asks = parts.requirements !== "";
  return [
    header(parts),
    parts.kernels,
    numbersText,
    typesText(outside),
    dataText(parts),
    valuesText,
    rowsText,
    openText(parts),
    parts.requirements,
    scaleText,
    runText(asks, answering),
    argmaxText,
    predictText(outside, answering),
    writeText(outside, asks, answering),
    namedText(outside),
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
  if (only !== undefined && others.length === 0) return exampleValues(only);
  return `{ ${inputs.map((input) => `${rowKey(input.name)}: ${exampleValues(input)}`).join(", ")} }`;
}

/** Where training had words, only a word of them will do. */
function exampleValues({ width, classes }: Interface["inputs"][number]): string {
  const [word] = classes ?? [];
  if (word === undefined) return `[ …${width} ${width === 1 ? "number" : "numbers"}… ]`;
  return width === 1 ? `[ ${literal(word)} ]` : `[ ${literal(word)}, …${width - 1} more… ]`;
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

/** A row as a caller writes it. */
function inWords(
  row: ModuleParts["examples"][number]["row"],
  { inputs }: Interface,
): readonly (readonly [name: string, values: readonly (number | string)[]])[] {
  return Object.entries(row).map(([name, values]) => {
    const classes = inputs.find((input) => input.name === name)?.classes;
    return [name, classes === undefined ? values : values.map((id) => classes[id] ?? id)];
  });
}

function dataText(parts: ModuleParts): string {
  const { outside, fitted, dims, bound, examples } = parts;
  const inputs = outside.inputs.map(({ name, dtype, width, columns, classes, limit }) => {
    const buffer = outside.model.inputs.find((input) => input.name === name)?.buffer ?? name;
    const own = fitted.inputs.find((input) => input.name === name);
    return {
      name,
      buffer,
      dtype,
      width,
      columns: columns ?? null,
      classes: classes ?? null,
      limit: limit ?? null,
      scale: own?.scale ?? 1,
      mean: own?.mean ?? null,
      deviation: own?.deviation ?? null,
    };
  });
  const outputs = outside.outputs.map(({ name, width, classes, columns, units }, at) => ({
    name,
    buffer: outside.model.results[at]?.buffer ?? name,
    width,
    classes: classes ?? null,
    columns: columns ?? null,
    scale: units?.scale ?? 1,
    mean: units?.mean ?? null,
    deviation: units?.deviation ?? null,
  }));
  return [
    "/** How values become numbers: (x · scale − mean) / deviation, as fitted to the training rows. */",
    "interface Field { readonly name: string; readonly buffer: string; readonly dtype: string; readonly width: number; readonly columns: readonly string[] | null; readonly classes: readonly string[] | null; readonly limit: number | null; readonly scale: number; readonly mean: readonly number[] | null; readonly deviation: readonly number[] | null }",
    `const fields: readonly Field[] = ${literal(inputs)};`,
    "",
    "/** What a row may have beside its fields: what training read beside them. */",
    `const beside: readonly string[] = ${literal(keysBeside(outside.inputs, fitted))};`,
    "",
    "/** Numbers are given back as they were before they were fitted. */",
    "interface Output { readonly name: string; readonly buffer: string; readonly width: number; readonly classes: readonly string[] | null; readonly columns: readonly string[] | null; readonly scale: number; readonly mean: readonly number[] | null; readonly deviation: readonly number[] | null }",
    `const outputs: readonly Output[] = ${literal(outputs)};`,
    "",
    `const entry = ${literal(outside.model.entry)};`,
    `/** The most rows that the kernels take at once${parts.format === "wgsl" ? "" : ", and how many numbers of rows they are told"}. */`,
    `const most = ${bound};`,
    ...(parts.format === "wgsl" ? [] : [`const openDimensions = ${dims.length};`]),
    "",
    weightsText(parts.weights),
    "/** Rows, input by input, with what came out for them when this was exported. */",
    "interface Example { readonly row: readonly (readonly [name: string, values: readonly Value[]])[]; readonly outputs: readonly (readonly number[])[] }",
    `const examples: readonly Example[] = [${examples.map((example) => exampleText(example, outside)).join(",")}];`,
    "",
  ].join("\n");
}

function exampleText({ row, outputs }: ModuleParts["examples"][number], outside: Interface): string {
  return `{"row":${literal(inWords(row, outside))},"outputs":[${outputs.map(numbersLiteral).join(",")}]}`;
}

const scaleText = `function scaled(value: number, { scale, mean, deviation }: Field, index: number): number {
  if (scale === 1 && mean === null) return value;
  const column = mean === null ? 0 : index % mean.length;
  const spread = deviation === null ? 1 : deviation[column] ?? 1;
  return spread === 0 ? 0 : (value * scale - (mean === null ? 0 : mean[column] ?? 0)) / spread;
}

function unscaled(value: number, { scale, mean, deviation }: Output, index: number): number {
  if (scale === 1 && mean === null) return value;
  const column = mean === null ? 0 : index % mean.length;
  const spread = deviation === null ? 1 : deviation[column] ?? 1;
  const raw = (value * spread + (mean === null ? 0 : mean[column] ?? 0)) / scale;
  // Beside a large mean 32 bits would lose digits that the answer has.
  const steps = Math.abs((raw * scale) / (spread * Math.max(1, Math.abs(value)))) * 8388608;
  return steps >= 134217728 ? Number(raw.toPrecision(Math.min(17, Math.ceil(Math.log10(steps)) + 1))) : Math.fround(raw);
}

`;

function runText(asks: boolean, { async }: Answering): string {
  const ask = asks ? "\n    requireSizes(count, 1);" : "";
  return `${readText}
${async === "" ? runAtOnce(ask) : runLater(ask)}`;
}

const readText = `/** The values of each field in so many of the rows; of all of them before anything is written, since a getter of the caller's may call, too. */
function read(rows: readonly Row[], from: number, count: number): readonly (readonly (readonly Value[])[])[] {
  return Array.from({ length: count }, (_, at) => {
    const row = rows[from + at] as Row;
    requireKnown(row, from + at);
    return valuesOf(row, from + at);
  });
}
`;

function runAtOnce(ask: string): string {
  return `/** The raw results: for each row, the values of each output. */
function run(rows: readonly Row[]): (readonly number[])[][] {
  const { buffers, entries } = open();
  const results: (readonly number[])[][] = [];
  const all = rows.length;
  for (let from = 0; from < all; from += most) {
    const count = Math.min(most, all - from);
    read(rows, from, count).forEach((values, at) => {
      fields.forEach((field, index) => prepare(buffers.get(field.buffer), at * field.width, values[index] as readonly Value[], field, from + at));
    });${ask}
    (entries[entry] as (...dims: number[]) => void)(...Array.from({ length: openDimensions }, () => count));
    for (let at = 0; at < count; at += 1) {
      results.push(outputs.map(({ buffer, width }) => Array.from((buffers.get(buffer) as View).subarray(at * width, (at + 1) * width))));
    }
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

/** The raw results: for each row, the values of each output. What is given is read before the first promise. */
async function run(rows: readonly Row[]): Promise<(readonly number[])[][]> {
  const values = read(rows, 0, rows.length);
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
  let worst = 0;
  const found = ${awaits}run(examples.map(({ row }) => Object.fromEntries(row)));
  examples.forEach((example, at) => example.outputs.forEach((values, output) => values.forEach((value, index) => {
    const difference = distance(found[at]?.[output]?.[index] ?? NaN, value);
    if (!(difference <= worst)) worst = difference;
  })));
  return worst;
}
`;
}
