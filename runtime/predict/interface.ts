/** How a model is spoken to from outside: its inputs with their columns and preprocessing, its outputs with the names of classes. */
import { rowOfOpenSize, rowsAsWhole } from "../../compiler/diagnostics/codes/rows.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
import type { HostModel, HostTrain } from "../../compiler/program/host.ts";
import { elements, evaluate, printShape, symbolsOf } from "../load/dimensions.ts";
import { failure, named } from "../load/fail.ts";
import { valuesOf } from "../save/fitted.ts";
import type { Fitted, FittedInput } from "../save/fitted.ts";

export interface InputField {
  readonly name: string;
  /** A bool is an i32 below 2. */
  readonly dtype: "f32" | "i32";
  /** Of one row. */
  readonly shape: readonly number[];
  /** Values in a row. */
  readonly width: number;
  /** The columns that it was read from in training. */
  readonly columns?: readonly string[];
  /** Words behind the ids. */
  readonly classes?: readonly string[];
  /** Ids are below. */
  readonly limit?: number;
}

export interface OutputField {
  /** Of the first the target's column (`digit`) where the model was trained to predict it, else that of the model's result. */
  readonly name: string;
  /** Of one row. */
  readonly shape: readonly number[];
  /** Values in a row. */
  readonly width: number;
  /** Where the row's values are scores of classes: their names. Of two classes it may have one logit, which is above 0 for the second. */
  readonly classes?: readonly string[];
  /** The target's columns, where there is one for each value of a row. */
  readonly columns?: readonly string[];
  /** Where the network answers in standardised or scaled values: what was fitted to the target. */
  readonly units?: FittedInput;
}

export interface Interface {
  readonly model: HostModel;
  readonly inputs: readonly InputField[];
  readonly outputs: readonly OutputField[];
}

/** Throws NN0735 where an input or output has an open dimension in its rows, NN0755 where the model has no rows that stand alone. */
export function interfaceOf(manifest: Manifest, model: HostModel, fitted: Fitted): Interface {
  requireRows(model);
  const train = manifest.host.train?.name === model.name ? manifest.host.train : undefined;
  const { dims } = manifest;
  return {
    model,
    inputs: model.inputs.map(({ name, dtype, shape, limit }) =>
      inputField(name, dtype, rowShape(shape, name, dims), limit, fitted),
    ),
    outputs: model.results.map((result, at) => {
      const output = outputField(result, at === 0 ? train : undefined, fitted, dims);
      return at === 0 ? headed(output, train, fitted, model.results.slice(1)) : output;
    }),
  };
}

/** Rows in any number, of which none is as long as there are many, and an answer for each. */
function requireRows({ inputs, results }: HostModel): void {
  const counts = new Set(inputs.flatMap(({ shape }) => symbolsOf(shape.slice(0, 1), new Map())));
  for (const { name, shape } of inputs) {
    const [rows, ...row] = shape;
    if (rows === undefined) continue;
    const both = symbolsOf(row, new Map()).find((symbol) => counts.has(symbol));
    const isFixed = symbolsOf([rows], new Map()).length === 0 && evaluate(rows, new Map()) !== 1;
    if (both === undefined && !isFixed) continue;
    const found = printShape(shape);
    const front = symbolsOf(shape, new Map()).includes("N") ? "Graphs" : "N";
    const help = `an axis in front of each input and result, as in \`${name}: [${front}, ${found.slice(1)}\`, makes one row of each whole${both === undefined ? "" : `, with \`--dim\` for the size of ${both}`}`;
    throw failure(rowsAsWhole, { name: named(name), shape: found, dimension: both ?? rows.key }, help);
  }
  const [counted] = counts;
  const all = results.find(({ shape: [rows] }) => inputs.every(({ shape }) => shape[0]?.key !== rows?.key));
  if (counted === undefined || all === undefined) return;
  const shape = printShape(all.shape);
  throw failure(rowsAsWhole, { name: named(all.name), shape, dimension: counted, of: "result" });
}

/** The first output, called as the target's column or with a column for each of its values. Columns that other results are called by would take their place. */
function headed(
  output: OutputField,
  train: HostTrain | undefined,
  { columns: known }: Fitted,
  others: readonly { readonly name: string }[],
): OutputField {
  const { input, kind } = train?.target ?? { input: "", kind: "numbers" };
  const columns = valuesOf(known, input) ?? [];
  const [only, ...more] = columns;
  if (only !== undefined && more.length === 0) return { ...output, name: only };
  const isEach = more.length > 0 && kind === "numbers" && columns.length === output.width;
  return isEach && !others.some(({ name }) => columns.includes(name)) ? { ...output, columns } : output;
}

/** Under which the scores of classes stand in an object beside the outputs: `scores`, but where one of these is called so. */
export function scoresKey(outputs: readonly OutputField[]): string {
  return outputs.some(({ name }) => name === "scores") ? "class scores" : "scores";
}

/** An input with what training knew of it. */
export function inputField(
  name: string,
  dtype: HostModel["inputs"][number]["dtype"],
  row: Pick<InputField, "shape" | "width">,
  limit: number | undefined,
  fitted: Fitted,
): InputField {
  const [columns, classes] = [valuesOf(fitted.columns, name), valuesOf(fitted.classes, name)];
  const below = dtype === "bool" ? 2 : limit;
  return {
    name,
    dtype: dtype === "f32" ? "f32" : "i32",
    ...row,
    ...(columns === undefined ? {} : { columns }),
    ...(classes === undefined ? {} : { classes }),
    ...(below === undefined ? {} : { limit: below }),
  };
}

/** `train` is the one that compares this output with its target. */
function outputField(
  { name, dtype, shape }: HostModel["results"][number],
  train: HostTrain | undefined,
  fitted: Fitted,
  dims: Manifest["dims"],
): OutputField {
  const row = rowShape(shape, name, dims);
  const base = { name, ...row };
  const target = train?.target;
  if (target === undefined || dtype !== "f32") return base;
  const words = valuesOf(fitted.classes, target.input);
  if (target.logit === true && row.width === 1 && words?.length === 2) return { ...base, classes: words };
  if (target.kind === "numbers") return { ...base, ...unitsOf(train, fitted) };
  const most = train?.inputs.find((input) => input.name === target.input)?.limit ?? row.width;
  if (row.shape.length !== 1 || row.width < 2 || row.width !== most) return base;
  return { ...base, classes: Array.from({ length: row.width }, (_, id) => words?.[id] ?? String(id)) };
}

/** What was fitted to the target of a train. */
export function unitsOf(train: HostTrain | undefined, { inputs }: Fitted): { readonly units?: FittedInput } {
  const units = inputs.find(({ name }) => name === train?.target?.input);
  return units === undefined ? {} : { units };
}

/** The sizes behind the batch's. Who is to say an open one reads its bound, which the data gave if nobody else did. */
function rowShape(
  shape: HostModel["inputs"][number]["shape"],
  name: string,
  dims: Manifest["dims"],
): Pick<InputField, "shape" | "width"> {
  const row = shape.slice(1);
  const [open] = symbolsOf(row, new Map());
  if (open !== undefined) {
    const size = dims.find((one) => one.name === open)?.bound ?? 8;
    throw failure(rowOfOpenSize, { name: named(name), shape: printShape(shape), dimension: open, size });
  }
  return { shape: row.map((size) => evaluate(size, new Map())), width: elements(row, new Map()) };
}
