/**
 * One interface over every kind of data: what is fitted is fitted to the training rows, and another file of the
 * same kind can be read with what was fitted before.
 */
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { Fitted } from "../save/fitted.ts";
import { assignColumns, calledAs, idleTarget, targetRead, recallColumns } from "./columns.ts";
import type { ColumnMapping } from "./columns.ts";
import { parseCsv } from "./csv.ts";
import type { Table } from "./csv.ts";
import type { Dataset, Field } from "./dataset.ts";
import { encode, fit, widened } from "./fit.ts";
import type { Preprocessing } from "./fit.ts";
import type { RawData } from "./raw.ts";
import { readTable } from "./raw.ts";
import { split, takeRows } from "./split.ts";
import type { Holdout } from "./split.ts";

export interface PrepareOptions extends Preprocessing {
  readonly seed: number;
  readonly holdout?: Holdout;
  /** What was fitted earlier, in the place of a fit to these rows. */
  readonly fitted?: Fitted;
}

export interface Prepared {
  readonly train: Dataset;
  /** Null where nothing is held out. */
  readonly holdout: Dataset | null;
  readonly fitted: Fitted;
  readonly warnings: readonly Diagnostic[];
}

export interface DataSource {
  /** Splits, fits to the training rows where nothing was fitted earlier, and encodes both parts. */
  readonly prepare: (options: PrepareOptions) => Prepared;
  /** All rows, encoded with what was fitted earlier: a test file, or rows to predict. */
  readonly apply: (fitted: Fitted) => Dataset;
}

/** A CSV file; `fields` says what to read from it (leave the target out to predict). Throws NN0803 to NN0821. */
export function csvSource(
  file: string,
  content: Uint8Array | string,
  mapping: ColumnMapping,
  fields: readonly Field[],
): DataSource {
  return tableSource(parseCsv(file, content), mapping, fields);
}

/** A table that is parsed already, for who has looked at its header or counted its rows to find a dimension. */
export function tableSource(table: Table, mapping: ColumnMapping, fields: readonly Field[]): DataSource {
  const { file, header } = table;
  const read = (wanted: readonly Field[], fitted: Fitted | undefined): RawData => {
    if (fitted === undefined || fitted.columns.length === 0)
      return readTable(table, wanted, assignColumns(file, header, mapping, fields));
    const called = calledAs(table, fitted.columns, fields);
    return readTable(called, wanted, recallColumns(file, called.header, fitted.columns, fields));
  };
  return rowSource(fields, read, (fitted) => [
    ...idleTarget(header, mapping, fields),
    // Columns that were fitted earlier are found by their names.
    ...(fitted === undefined ? targetRead(file, header, mapping, fields) : []),
  ]);
}

/**
 * A source of independent rows, read anew by `read` for each use: how wide its numbers are depends on what is done to them. `odd`: what training
 * should know of a declaration that says more than is read.
 */
export function rowSource(
  fields: readonly Field[],
  read: (wanted: readonly Field[], fitted: Fitted | undefined) => RawData,
  odd: (fitted: Fitted | undefined) => readonly Diagnostic[],
): DataSource {
  return {
    apply: (fitted) => encode(read(widened(fields, fitted), fitted), fields, fitted),
    prepare: (options) => {
      const raw = read(widened(fields, options.fitted, options), options.fitted);
      const parts = split(raw.rows, options.holdout, options.seed);
      const { fitted, warnings: found } =
        options.fitted === undefined
          ? fit(raw, fields, parts.train, options)
          : { fitted: options.fitted, warnings: [] };
      const warnings = [...found, ...odd(options.fitted)];
      const whole = encode(raw, fields, fitted);
      if (options.holdout === undefined) return { train: whole, holdout: null, fitted, warnings };
      return { train: takeRows(whole, parts.train), holdout: takeRows(whole, parts.holdout), fitted, warnings };
    },
  };
}
