/** Rows that an exported module computes again to test itself, and what the network makes of them. */
import { existsSync } from "node:fs";
import path from "node:path";
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
import type { HostData } from "../../compiler/program/host.ts";
import { dataFiles } from "../../compiler/project.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import type { Dataset } from "../../runtime/data/dataset.ts";
import { readDataFile } from "../../runtime/data/files.ts";
import { openSource as openData } from "../../runtime/data/open.ts";
import type { Network } from "../../runtime/load/index.ts";
import type { InputField, Interface } from "../../runtime/predict/interface.ts";
import { applyFitted, unfitted } from "../../runtime/save/fitted.ts";
import type { Fitted } from "../../runtime/save/fitted.ts";
import type { ModuleParts } from "./module-parts.ts";

type ExampleRow = ModuleParts["examples"][number]["row"];

const exampleCount = 4;
/** Wide rows are fewer: who fetches a module fetches what is stored there, too. A page shows them. */
const mostValues = { module: 64, page: 1024 } as const;

/** For whom examples are: a module that tests itself, or a page that shows them, too. */
export type ExampleUse = keyof typeof mostValues;

function countFor(inputs: readonly InputField[], use: ExampleUse): number {
  const values = inputs.reduce((sum, { width }) => sum + width, 0);
  return Math.max(1, Math.min(exampleCount, Math.floor(mostValues[use] / values)));
}

/** Raw rows of the train's data, where those are at hand and still of the kind of training's. */
export function dataRows(
  source: ProjectSource,
  { host: { train } }: Manifest,
  { inputs }: Interface,
  fitted: Fitted,
): Dataset | undefined {
  const own = train !== undefined && inputs.every(({ name }) => train.inputs.some((input) => input.name === name));
  if (!own || !readers.has(train.data.reader)) return undefined;
  if (!dataFiles(train.data).every((file) => existsSync(path.resolve(source.folder, file)))) return undefined;
  try {
    return rowsOfData(source, train.data, inputs, fitted);
  } catch (error) {
    // They have changed since training: the network does without them.
    if (error instanceof NncError) return undefined;
    throw error;
  }
}

/** Those whose rows are numbers and words in files. */
const readers: ReadonlySet<string> = new Set(["csv", "idx", "npy"]);

/** With the columns and words of training, but raw numbers. Throws NN08xx. */
function rowsOfData(
  { root, folder }: ProjectSource,
  data: HostData,
  inputs: readonly InputField[],
  { columns, classes }: Fitted,
): Dataset {
  const fields = inputs.map(({ name, dtype, shape }) => ({ name, role: "input" as const, dtype, shape }));
  return openData(data, fields, { read: (name) => readDataFile(root, folder, name) }).apply({
    ...unfitted,
    columns,
    classes,
  });
}

/** A few of the rows, spread over them, else rows that are made up. */
export function exampleRows(data: Dataset | undefined, { inputs }: Interface, use: ExampleUse): readonly ExampleRow[] {
  if (data === undefined) return madeUp(inputs, use);
  const { tensors, rows } = data;
  const count = countFor(inputs, use);
  return Array.from({ length: Math.min(count, rows) }, (_, at) => {
    const row = Math.floor((at * rows) / count);
    return Object.fromEntries(
      inputs.map(({ name, width }) => [
        name,
        [...(tensors.get(name)?.data.subarray(row * width, (row + 1) * width) ?? [])],
      ]),
    );
  });
}

function madeUp(inputs: readonly InputField[], use: ExampleUse): readonly ExampleRow[] {
  return Array.from({ length: countFor(inputs, use) }, (_, row) =>
    Object.fromEntries(
      inputs.map(({ name, dtype, width, limit, classes }) => [
        name,
        Array.from({ length: width }, (_value, at) => madeUpValue(row * width + at, dtype, classes?.length ?? limit)),
      ]),
    ),
  );
}

/** Multiples of the golden ratio: spread without a pattern that a network could be blind to. */
const ratio = 0.618033988749895;

/** In few digits. */
function madeUpValue(at: number, dtype: InputField["dtype"], limit: number | undefined): number {
  const part = (at * ratio) % 1;
  return dtype === "i32" ? Math.floor(part * (limit ?? 2)) : Number((part * 2 - 1).toFixed(2));
}

/** The same of floats as an expression of a module, with the same bits. */
export const spreadForm = (at: string): string => `Number((${at} * ${ratio} % 1 * 2 - 1).toFixed(2))`;

/** As many at once as the module takes, and so in the same places: what draws says something else in each. */
export async function examplesOf(
  rows: readonly ExampleRow[],
  most: number,
  network: Network,
  outside: Interface,
): Promise<ModuleParts["examples"]> {
  const { fitted } = network.record;
  const examples: ModuleParts["examples"][number][] = [];
  for (let from = 0; from < rows.length; from += most) {
    const part = rows.slice(from, from + most);
    const given = outside.inputs.map((input) => {
      const data = prepared(
        input,
        part.flatMap((row) => row[input.name] ?? []),
        fitted,
      );
      return [input.name, { shape: [part.length, ...input.shape], data }] as const;
    });
    const predictions = await network.predict(outside.model.name, new Map(given));
    examples.push(
      ...part.map((row, at) => ({
        row,
        outputs: outside.outputs.map(({ width }, output) => [
          ...(predictions[output]?.data.subarray(at * width, (at + 1) * width) ?? []),
        ]),
      })),
    );
  }
  return examples;
}

function prepared({ name, dtype }: InputField, values: readonly number[], fitted: Fitted): Float32Array | Int32Array {
  if (dtype === "i32") return Int32Array.from(values);
  return applyFitted(fitted, name, values);
}
