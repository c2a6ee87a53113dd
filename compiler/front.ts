/**
 * The pipeline up to the graphs, for whoever needs no artifact: source text to elaboration. Pure; no target is loaded.
 */
import { noNetwork } from "./diagnostics/codes/syntax.ts";
import { diagnose, label, NncError, type Diagnostic } from "./diagnostics/diagnostic.ts";
import { elaborate, type DataFacts } from "./elaborate/elaborate.ts";
import type { Elaboration } from "./elaborate/types.ts";
import { gradients } from "./passes/differentiate.ts";
import { analyse } from "./semantics/analyse.ts";
import { parseSources, type SourceText } from "./sources.ts";

/** Values by name, as a program writes them. */
type Named<Value> = Readonly<Record<string, Value>>;

export interface FrontOptions {
  /** Which `train`, by its label or else its name; default: the first. null elaborates prediction alone. */
  readonly train?: string | null;
  /** The largest value of open dimensions; default: the batch of the `train`. */
  readonly bounds?: Named<number>;
  /** Dimensions that the source leaves to the data. */
  readonly dims?: Named<number>;
  /** Other values for the source's constants. */
  readonly consts?: Named<number | string | boolean>;
  /** Other values for the settings of the train's optimizers: `{ lr: 0.01 }`. */
  readonly settings?: Named<number>;
  /**
   * What `train_step` tells of at each step: mean, spread and gradient norm of layers' outputs and of parameters, by their paths
   * (`Digits.dense_2`, `Digits.dense.w`). A layer that is used several times counts with all of its uses.
   */
  readonly probes?: readonly string[];
  /** What was read from the data: sizes, and whether targets are classes. */
  readonly dataFacts?: DataFacts;
  /** Dimensions without a value stay symbols, as for `check`. */
  readonly allowOpen?: boolean;
}

export interface Front {
  /** Missing where any diagnostic is an error. */
  readonly elaboration?: Elaboration;
  readonly diagnostics: readonly Diagnostic[];
  /** Every text under the name that spans carry, the prelude's included. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Parses, analyses and elaborates. Throws InternalError for bugs of ours; mistakes in the source are diagnostics. */
export function elaborateSource(main: SourceText, options: FrontOptions = {}): Front {
  const { module, sources, diagnostics: syntax } = parseSources(main);
  if (hasError(syntax)) return { sources, diagnostics: syntax };
  const analysis = analyse(module);
  const before = [...syntax, ...analysis.diagnostics];
  if (hasError(before)) return { sources, diagnostics: before };
  const { models, trains } = analysis.module;
  if (models.length === 0 && trains.length === 0) {
    const whole = label({ file: main.name, from: 0, to: 0 }, "expected a `model`");
    return { sources, diagnostics: [...before, diagnose(noNetwork, {}, [whole])] };
  }
  try {
    const { bounds = {}, dims = {}, consts = {}, settings = {}, ...others } = options;
    // Own keys only: `__proto__` and its like are ordinary names.
    const maps = {
      bounds: new Map(Object.entries(bounds)),
      dims: new Map(Object.entries(dims)),
      consts: new Map(Object.entries(consts)),
      settings: new Map(Object.entries(settings)),
    };
    const { elaboration, diagnostics } = elaborate(analysis.module, { ...others, ...maps, gradients });
    const all = [...before, ...diagnostics];
    return elaboration === undefined ? { sources, diagnostics: all } : { sources, elaboration, diagnostics: all };
  } catch (error) {
    if (error instanceof NncError) return { sources, diagnostics: [...before, error.diagnostic] };
    throw error;
  }
}

function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}
