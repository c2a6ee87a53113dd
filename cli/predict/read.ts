/**
 * Rows to predict from: CSV with a line of column names, or one JSON value a line. Both are checked in full and prepared as in training;
 * a complaint names the line.
 */
import { notUtf8, unsuitableValue } from "../../compiler/diagnostics/codes/data.ts";
import { diagnose, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { DiagnosticDefinition } from "../../compiler/diagnostics/diagnostic.ts";
import type { HostData } from "../../compiler/program/host.ts";
import { columnMapping } from "../../runtime/data/open.ts";
import type { Dataset, DataTensor, Field } from "../../runtime/data/dataset.ts";
import { csvSource } from "../../runtime/data/source.ts";
import type { InputField } from "../../runtime/predict/interface.ts";
import { readRows } from "../../runtime/predict/rows.ts";
import type { Fitted } from "../../runtime/save/fitted.ts";

export type RowFormat = "csv" | "json";

/** JSON where the first letter opens an object or a list, else CSV. */
export function formatOf(bytes: Uint8Array): RowFormat {
  const first = bytes.find((byte) => byte > 32 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
  return first === 0x7b || first === 0x5b ? "json" : "csv";
}

/** `name` is the file as messages call it. Throws NN08xx. */
export function readCsv(
  name: string,
  bytes: Uint8Array,
  inputs: readonly InputField[],
  data: HostData | undefined,
  fitted: Fitted,
): Dataset {
  const fields = inputs.map(({ name: input, dtype, shape, limit }): Field => {
    const base = { name: input, role: "input", dtype, shape } as const;
    return limit === undefined ? base : { ...base, classes: limit };
  });
  const recorded = inputs.every(({ columns }) => columns !== undefined);
  const mapping = data?.reader === "csv" ? columnMapping(data) : { fields: new Map<string, readonly string[]>() };
  return csvSource(name, bytes, mapping, fields).apply(recorded ? fitted : { ...fitted, columns: [] });
}

/** A line is a list of the numbers of a single input, or an object by input or by column. */
export function readJsonLines(name: string, bytes: Uint8Array, inputs: readonly InputField[], fitted: Fitted): Dataset {
  const rows = decode(name, bytes)
    .split("\n")
    .map((text, at) => ({ text: text.trim(), place: `${name}:${at + 1}` }))
    .filter(({ text }) => text !== "")
    .map(({ text, place }) => ({ value: parseLine(text, place), place }));
  const values = readRows(rows, inputs, fitted);
  const tensors = inputs.map(({ name: input, shape, width }): readonly [string, DataTensor] => {
    const base = { shape, rowStride: width };
    const data = values.get(input) ?? new Float32Array(0);
    return [input, data instanceof Float32Array ? { ...base, dtype: "f32", data } : { ...base, dtype: "i32", data }];
  });
  return { rows: rows.length, tensors: new Map(tensors) };
}

function parseLine(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw failure(unsuitableValue, {
      place,
      expected: "one JSON value on each line",
      found: JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text),
    });
  }
}

function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw failure(notUtf8, { file: name, byte: 0, found: "other bytes" });
  }
}

function failure<Values>(definition: DiagnosticDefinition<Values>, values: Values): NncError {
  return new NncError(diagnose(definition, values, []));
}
