/** What the text of an exported module of rows is made from. */
import type { Dataset } from "../../runtime/data/dataset.ts";
import type { Interface } from "../../runtime/predict/interface.ts";
import type { Fitted } from "../../runtime/save/fitted.ts";
import type { FrameParts } from "./frame.ts";

/** Everything that the text of a model of rows holds. */
export interface ModuleParts extends FrameParts {
  /** Lines on what a caller must do to have rows as training had them. */
  readonly notes: readonly string[];
  readonly outside: Interface;
  readonly fitted: Fitted;
  /** How many open dimensions the entry takes; all are the number of rows. */
  readonly dims: number;
  /** Of buffers that kernels read or write: the first byte, and what they hold. */
  readonly placeOf: (buffer: string) => { readonly offset: number; readonly dtype: string } | undefined;
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
