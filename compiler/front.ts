/**
 * The pipeline up to the graphs, for whoever needs no artifact: source text to elaboration. Pure; no target is loaded.
 *
 *   source ──parse──▶ AST ──analyse──▶ typed module ──elaborate──▶ graphs
 */
import { missingKey, unknownKey } from "./diagnostics/codes/train.ts";
import { unknownField } from "./diagnostics/codes/fields.ts";
import { noNetwork } from "./diagnostics/codes/syntax.ts";
import { diagnose, InternalError, label, type Diagnostic } from "./diagnostics/diagnostic.ts";
import { elaborate } from "./elaborate/elaborate.ts";
import type { DataFacts } from "./elaborate/parts.ts";
import type { Elaboration } from "./elaborate/types.ts";
import { gradients } from "./passes/differentiate.ts";
import { printGraph } from "./graph/print.ts";
import { begin, complaints, Rejected, type Phase } from "./phase.ts";
import { analyse } from "./semantics/analyse.ts";
import { composed } from "./syntax/identifiers.ts";
import type { TypedModule } from "./semantics/module.ts";
import { parseSources, type Parsed, type SourceText } from "./sources.ts";
import { printModule } from "./syntax/print.ts";

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
  /** Whether `train_step` tells the norm of all gradients together, of each step of the `train`: as the optimizer gets them, but before `clip_norm`. */
  readonly norms?: boolean;
  /** What was read from the data: sizes, and whether targets are classes. */
  readonly dataFacts?: DataFacts;
  /** How many operations the program may have once every call is written out (NN0603); default: 220,000, which take about five seconds to compile. */
  readonly operations?: number;
  /** Keeps the parts of a training step apart, as `ElaborateOptions` says. */
  readonly apart?: boolean;
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

/** What the front tells while it runs: diagnostics, and the texts that they speak of. */
export class Log {
  readonly diagnostics: Diagnostic[] = [];
  sources: ReadonlyMap<string, string> = new Map();

  get failed(): boolean {
    return this.diagnostics.some(({ severity }) => severity === "error");
  }

  /** Throws Rejected where one of them is an error. */
  report(diagnostics: readonly Diagnostic[]): void {
    this.diagnostics.push(...diagnostics);
    if (diagnostics.some(({ severity }) => severity === "error")) throw new Rejected();
  }
}

export interface FrontContext {
  readonly front: FrontOptions;
  readonly log: Log;
}

const parsing: Phase<SourceText, Parsed["module"], FrontContext> = {
  name: "parse",
  run: (main, { log }) => {
    const { module, sources, diagnostics } = parseSources(main);
    log.sources = sources;
    // What a mistake leaves alone is looked at, too.
    log.diagnostics.push(...diagnostics);
    return module;
  },
  verify: () => [],
  print: ({ main }) => printModule(main.module),
};

const analysis: Phase<Parsed["module"], TypedModule, FrontContext> = {
  name: "analyse",
  run: (parsed, { front: options, log }) => {
    const { module, sound, diagnostics } = analyse(parsed);
    log.diagnostics.push(...diagnostics);
    if (log.failed) {
      // A key that is missing may be one that is misspelt: what is proposed for that.
      const proposals = diagnostics.flatMap(({ code, help = "" }) => (code === unknownKey.code ? [help] : []));
      const misspelt = proposals.flatMap((help) => /^(?:did you mean|the key is) `(\w+)`/.exec(help)?.[1] ?? []);
      const isMisspelt = ({ code, message }: Diagnostic): boolean =>
        code === missingKey.code && misspelt.some((key) => message.includes(`\`${key}:\``));
      const others = independentMistakes(module, sound, options);
      log.diagnostics.push(...others.filter((one) => !isMisspelt(one)));
      throw new Rejected();
    }
    if (module.models.length > 0 || module.trains.length > 0) return module;
    const whole = label({ file: module.name, from: 0, to: 0 }, "expected a `model`");
    log.report([diagnose(noNetwork, {}, [whole])]);
    throw new Rejected();
  },
  verify: () => [],
  print: ({ models, trains }) =>
    [
      ...models.map(({ declaration }) => `model ${declaration.name.text}`),
      ...trains.map(({ name }) => `train ${name.text}`),
    ].join("\n"),
};

/** By the names as the source has them, however their accents are composed. Own keys only: `__proto__` and its like are ordinary names. */
function named<Value>(given: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> {
  return new Map(Object.entries(given).map(([name, value]) => [composed(name), value]));
}

/** What only the whole module can tell: what takes a field of the data, or is a network, may be what is left out. */
const ofTheWhole: readonly string[] = [unknownField.code, noNetwork.code];

/**
 * What is wrong with the part of a module that its other mistakes leave alone. Options may speak of the part that is left out: of them nothing
 * is said.
 */
function independentMistakes(
  module: TypedModule,
  sound: TypedModule,
  { train, consts = {}, dims = {}, bounds = {}, dataFacts, operations }: FrontOptions,
): readonly Diagnostic[] {
  const labelOf = ({ name, label: own }: TypedModule["trains"][number]): string => (own ?? name).text;
  const [first] = module.trains;
  const wanted = train === undefined && first !== undefined ? labelOf(first) : train;
  const chosen = sound.trains.some((one) => labelOf(one) === wanted) ? wanted : null;
  const { diagnostics } = elaborate(sound, {
    gradients,
    train: chosen,
    consts: named(consts),
    dims: named(dims),
    bounds: named(bounds),
    allowOpen: true,
    ...(dataFacts === undefined ? {} : { dataFacts }),
    ...(operations === undefined ? {} : { operations }),
  });
  return diagnostics.filter(
    ({ code, severity, labels }) => severity === "error" && labels.length > 0 && !ofTheWhole.includes(code),
  );
}

const elaboration: Phase<TypedModule, Elaboration, FrontContext> = {
  name: "elaborate",
  run: (module, { front: options, log }) => {
    const { bounds = {}, dims = {}, consts = {}, settings = {}, ...others } = options;
    const maps = {
      bounds: named(bounds),
      dims: named(dims),
      consts: named(consts),
      settings: named(settings),
    };
    const made = elaborate(module, { ...others, ...maps, gradients });
    log.report(made.diagnostics);
    if (made.elaboration === undefined) throw new Rejected();
    return made.elaboration;
  },
  // The passes look at the graphs that they are given.
  verify: () => [],
  print: ({ entries }) => entries.map(({ name, graph }) => `${name}\n${printGraph(graph)}`).join("\n\n"),
};

export const front = begin(parsing).to(analysis).to(elaboration);

/** Parses, analyses and elaborates. Throws InternalError for bugs of ours; mistakes in the source are diagnostics. */
export function elaborateSource(main: SourceText, options: FrontOptions = {}): Front {
  const log = new Log();
  try {
    const made = front.run(main, { front: options, log, verify: false });
    return { sources: log.sources, elaboration: made, diagnostics: log.diagnostics };
  } catch (error) {
    if (error instanceof InternalError) throw error;
    return { sources: log.sources, diagnostics: [...log.diagnostics, ...complaints(error)] };
  }
}
