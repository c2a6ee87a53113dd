/**
 * Which columns of a table each tensor is read from: by pattern, by name, or all that are left. Only the header is
 * needed, so that a number of columns can become a dimension before any row is read.
 */
import { diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import { unsuitableSetting } from "../../compiler/diagnostics/codes/data.ts";
import {
  emptyPattern,
  missingColumn,
  targetAmongInputs,
  targetNotTaken,
  unassignedField,
  unknownField,
} from "../../compiler/diagnostics/codes/fields.ts";
import type { Named } from "../save/fitted.ts";
import type { Field } from "./dataset.ts";
import { withoutNames } from "./csv.ts";
import type { Table } from "./csv.ts";
import { failure, listed, quoted } from "../save/fail.ts";

/**
 * What a `csv(…)` says about columns: patterns by field (`image: "pixel*"`, `target: "digit"`), and `inputs` for a
 * single input.
 */
export interface ColumnMapping {
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly inputs?: readonly string[];
}

type Wanted = Pick<Field, "name" | "role">;

interface Choice {
  readonly file: string;
  readonly header: readonly string[];
  readonly mapping: ColumnMapping;
  readonly wanted: readonly Wanted[];
}

/**
 * The columns of each wanted field, in the order of its patterns and then of the file. A field without a pattern takes
 * the column of its own name; a single input without one takes `inputs`, else all columns that nothing else takes,
 * `target` included even where it is not wanted (a file to predict from may still hold it). Throws NN0810 to NN0813, NN0832.
 */
export function assignColumns(
  file: string,
  header: readonly string[],
  mapping: ColumnMapping,
  wanted: readonly Wanted[],
): ReadonlyMap<string, readonly number[]> {
  const choice: Choice = { file, header, mapping, wanted };
  rejectUnknown(choice);
  rejectInputs(choice);
  const assigned = new Map<string, readonly number[]>();
  for (const field of wanted.filter((one) => !takesTheRest(choice, one)))
    assigned.set(field.name, columnsOf(choice, field));
  for (const field of wanted.filter((one) => takesTheRest(choice, one)))
    assigned.set(field.name, remaining(choice, field, assigned));
  return assigned;
}

/**
 * The columns that `fitted` recorded, found in another file's header whatever their order there. Throws NN0810, NN0812.
 */
export function recallColumns(
  file: string,
  header: readonly string[],
  recorded: readonly Named[],
  wanted: readonly Wanted[],
): ReadonlyMap<string, readonly number[]> {
  const positions = new Map(header.map((column, index) => [column, index]));
  const assigned = new Map<string, readonly number[]>();
  for (const field of wanted) {
    const columns = recorded.find((entry) => entry.name === field.name)?.values;
    if (columns === undefined) throw failure(unassignedField, { file, field: field.name, columns: listed(header) });
    assigned.set(
      field.name,
      columns.map((column) => positions.get(column) ?? reportMissing(file, header, column, field.name)),
    );
  }
  return assigned;
}

/**
 * The table as training's columns are called. One without names has those of training in their places, or, where it has just as many as are wanted,
 * those that are, in training's order: a file to predict from has no target.
 */
export function calledAs(table: Table, recorded: readonly Named[], wanted: readonly Wanted[]): Table {
  if (table.isNamed) return table;
  const columns = recorded.flatMap(({ name, values }) => (wanted.some((one) => one.name === name) ? values : []));
  const places = [...new Set(columns)].map((column) => Number(/^column_(\d+)$/.exec(column)?.[1] ?? NaN));
  if (places.length !== table.header.length || places.some(Number.isNaN)) return table;
  return { ...table, header: places.sort((one, other) => one - other).map((place) => `column_${place}`) };
}

/** Warnings where nothing takes the target, of what `target` says and no column is kept from the one input that takes all others by. */
export function idleTarget(
  header: readonly string[],
  mapping: ColumnMapping,
  wanted: readonly Wanted[],
): readonly Diagnostic[] {
  if (wanted.some(({ name }) => name === "target")) return [];
  const keeps = wanted.some((field) => takesTheRest({ mapping, wanted }, field));
  return (mapping.fields.get("target") ?? [])
    .filter((pattern) => !keeps || indicesOf(header, pattern).length === 0)
    .map((pattern) => notTaken(`target: ${quoted(pattern)}`, didYouMean(pattern, header)));
}

/** Warnings of inputs that read the target's columns among others: all of them alone are what an autoencoder has. */
export function targetRead(
  file: string,
  header: readonly string[],
  mapping: ColumnMapping,
  wanted: readonly Wanted[],
): readonly Diagnostic[] {
  const assigned = assignColumns(file, header, mapping, wanted);
  const target = new Set(assigned.get("target"));
  return wanted.flatMap(({ name, role }) => {
    const columns = assigned.get(name) ?? [];
    const shared = role === "input" ? columns.filter((column) => target.has(column)) : [];
    if (shared.length === columns.length) return [];
    return shared.map((column) =>
      diagnose(targetAmongInputs, { column: quoted(header[column] ?? ""), field: name }, []),
    );
  });
}

/** The warning for a target that is read by nothing. */
export function notTaken(setting: string, help?: string): Diagnostic {
  return diagnose(
    targetNotTaken,
    { setting },
    [],
    help ?? "leave it out, or take `target` among the inputs of the train",
  );
}

/**
 * Whether `text` fits `pattern`, in which `*` stands for any characters. Linear: each piece is taken where it first
 * occurs.
 */
export function fits(pattern: string, text: string): boolean {
  const pieces = pattern.split("*");
  const first = pieces[0] ?? "";
  const last = pieces[pieces.length - 1] ?? "";
  if (pieces.length === 1) return text === pattern;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let position = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, position);
    if (found < 0) return false;
    position = found + piece.length;
  }
  return position <= text.length - last.length;
}

function rejectUnknown({ mapping, wanted }: Choice): void {
  const names = wanted.map((field) => field.name);
  for (const name of mapping.fields.keys()) {
    if (name === "target" || names.includes(name)) continue;
    throw failure(unknownField, { field: name, fields: listed(names) }, didYouMean(name, names));
  }
}

/** `inputs` are the columns of a single input that has none under its own name. */
function rejectInputs({ mapping, wanted }: Choice): void {
  const inputs = wanted.filter((one) => one.role === "input");
  const named = inputs.filter(({ name }) => mapping.fields.has(name));
  if (mapping.inputs === undefined || (inputs.length === 1 && named.length === 0)) return;
  const names = inputs.map(({ name }) => name);
  throw failure(unsuitableSetting, {
    setting: "inputs",
    expected: `columns by the name of each input (${listed(names)}), or \`inputs\` for a single one`,
    found: named.length === 0 ? `\`inputs\` for ${names.length} inputs` : `\`inputs\` beside \`${named[0]?.name}\``,
  });
}

function takesTheRest({ mapping, wanted }: Pick<Choice, "mapping" | "wanted">, field: Wanted): boolean {
  const inputs = wanted.filter((one) => one.role === "input");
  return (
    field.role === "input" && inputs.length === 1 && !mapping.fields.has(field.name) && mapping.inputs === undefined
  );
}

function columnsOf(choice: Choice, field: Wanted): readonly number[] {
  const { mapping, file, header } = choice;
  const single = field.role === "input" && choice.wanted.filter((one) => one.role === "input").length === 1;
  const patterns = mapping.fields.get(field.name) ?? (single ? mapping.inputs : undefined);
  if (patterns !== undefined) {
    const found = patterns.flatMap((pattern) => matching(choice, pattern, field.name));
    rejectRepeated(found, header, mapping.fields.has(field.name) ? field.name : "inputs");
    return found;
  }
  const own = header.indexOf(field.name);
  if (own < 0)
    throw failure(unassignedField, { file, field: field.name, columns: listed(header) }, withoutNames(header));
  return [own];
}

/** A saved file tells the columns of a field by name, each once. */
function rejectRepeated(found: readonly number[], header: readonly string[], setting: string): void {
  const seen = new Set<number>();
  for (const index of found) {
    if (seen.has(index))
      throw failure(unsuitableSetting, {
        setting,
        expected: "each column once",
        found: `${quoted(header[index] ?? "")} twice`,
      });
    seen.add(index);
  }
}

function matching({ file, header }: Choice, pattern: string, field: string): readonly number[] {
  const found = indicesOf(header, pattern);
  if (found.length > 0) return found;
  if (!pattern.includes("*")) return [reportMissing(file, header, pattern, field)];
  throw failure(emptyPattern, { file, pattern: quoted(pattern), field, columns: listed(header) }, withoutNames(header));
}

/** The column of this very name, `*` included, else all that fit. */
function indicesOf(header: readonly string[], pattern: string): readonly number[] {
  const exact = header.indexOf(pattern);
  return exact >= 0 ? [exact] : [...header.keys()].filter((index) => fits(pattern, header[index] ?? ""));
}

function remaining(choice: Choice, field: Wanted, assigned: ReadonlyMap<string, readonly number[]>): readonly number[] {
  const { file, header, mapping } = choice;
  const target = mapping.fields.get("target") ?? [];
  const taken = new Set([...assigned.values(), ...target.map((pattern) => indicesOf(header, pattern))].flat());
  const left = [...header.keys()].filter((index) => !taken.has(index));
  if (left.length === 0) throw failure(unassignedField, { file, field: field.name, columns: listed(header) });
  return left;
}

function reportMissing(file: string, header: readonly string[], column: string, field: string): never {
  throw failure(
    missingColumn,
    { file, column: quoted(column), field, columns: listed(header) },
    withoutNames(header) ?? didYouMean(column, header),
  );
}
