/** The options of a network's calls, and the looks at them. */
import { checkOptions, seed, trueOrFalse } from "../../compiler/diagnostics/options.ts";
import type { Rules } from "../../compiler/diagnostics/options.ts";
import type { Inputs } from "./inputs.ts";

/**
 * What `step`, `evaluate` and `predict` take are values as the program reads them: nothing is scaled, standardised or turned from words into ids.
 * `predictor` takes rows as the data had them.
 */
export interface CallOptions {
  /** The values were looked at before: leaves out the search for NaN and for integers out of range. Names, types and lengths are checked all the same. */
  readonly trusted?: boolean;
}

export interface PredictOptions {
  /** For models that draw when they predict; by default the network's own seed. */
  readonly seed?: number;
}

export interface RestoreOptions {
  /** `false` leaves out what an optimizer keeps, whichever it was: enough for all but going on. */
  readonly optimizer?: false;
  /** In the place of the file's. */
  readonly seed?: number;
  /** Takes the parameters although the program is built with other constants or dimensions than they were trained with. */
  readonly override?: boolean;
}

export type PeekOptions = Omit<RestoreOptions, "seed">;

const callRules: Rules<CallOptions> = { trusted: trueOrFalse };
export const predictRules: Rules<PredictOptions> = { seed };
export const peekRules: Rules<PeekOptions> = {
  optimizer: { expected: "false, or nothing", fits: (value) => value === false },
  override: trueOrFalse,
};
export const restoreRules: Rules<RestoreOptions> = { ...peekRules, seed };
/** Where a call is given no options, there is nothing to look at. */
export const none = {};

/** Throws NN0706, NN0736. */
export function isTrusted(call: string, options: CallOptions): boolean {
  if (options === none) return false;
  checkOptions(call, options, callRules);
  return options.trusted === true;
}

/** The overloads of `predict` tell options from inputs by their place. */
export function predictArguments(
  first: string | Inputs,
  second: Inputs | PredictOptions | undefined,
  third: PredictOptions | undefined,
): { readonly model: string | undefined; readonly inputs: Inputs; readonly options: PredictOptions } {
  const [model, inputs, options] = typeof first === "string" ? [first, second, third] : [undefined, first, second];
  // What the overloads ask for there; whoever calls without types is told by the checks of both.
  return { model, inputs: inputs as Inputs, options: options === undefined ? none : (options as PredictOptions) };
}
