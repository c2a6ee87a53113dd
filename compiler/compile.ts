/**
 * The pipeline itself: source text to artifact. Pure and synchronous; nothing is thrown, every complaint is a diagnostic.
 *
 *   source ──parse──▶ AST ──analyse──▶ typed module ──elaborate──▶ graphs ──buildProgram──▶ program ──emit──▶ artifact
 */
import { emitTypescript } from "../targets/typescript/index.ts";
import { emitWasm } from "../targets/wasm/index.ts";
import { internalFailure } from "./diagnostics/codes/internal.ts";
import { diagnose, InternalError, label, NncError, type Diagnostic } from "./diagnostics/diagnostic.ts";
import { elaborate, type DataFacts, type ElaborateOptions } from "./elaborate/elaborate.ts";
import type { Elaboration } from "./elaborate/types.ts";
import { cpuAdapter, javascript, simd, type Machine } from "./kernel/machine.ts";
import { buildProgram, type Built } from "./kernel/program.ts";
import { parseSources, type SourceText } from "./sources.ts";
import { gradients } from "./passes/differentiate.ts";
import type { Artifact, TargetName } from "./program/artifact.ts";
import type { Program } from "./program/types.ts";
import { analyse } from "./semantics/analyse.ts";

/** Numbers by name, as a program writes them. */
type Named<Value> = Readonly<Record<string, Value>>;

export interface CompileOptions {
  /** Default: "typescript". */
  readonly target?: TargetName;
  /** Which `train`, by its label or else its name; default: the first. null compiles prediction alone. */
  readonly train?: string | null;
  /** The largest value of open dimensions; default: the batch of the `train`. */
  readonly bounds?: Named<number>;
  /** Dimensions that the source leaves to the data. */
  readonly dims?: Named<number>;
  /** Other values for the source's constants. */
  readonly consts?: Named<number | string | boolean>;
  /** What was read from the data: sizes, and whether targets are classes. */
  readonly dataFacts?: DataFacts;
  /** Runs the verifier of every form after every pass. */
  readonly verify?: boolean;
}

export interface Compiled {
  readonly ok: true;
  /** Warnings. */
  readonly diagnostics: readonly Diagnostic[];
  readonly artifact: Artifact;
  readonly elaboration: Elaboration;
  readonly built: Built;
}

export interface Failed {
  readonly ok: false;
  readonly diagnostics: readonly Diagnostic[];
}

interface Target {
  readonly machine: Machine;
  readonly emit: (program: Program, sources: ReadonlyMap<string, string>) => Artifact;
}

const targets: Readonly<Partial<Record<TargetName, Target>>> = {
  typescript: { machine: javascript, emit: emitTypescript },
  wasm: { machine: simd, emit: emitWasm },
};

/** Compiles a `.nn` source for a target. `files` holds the sources that `use` may name, by path relative to the project. */
export function compile(main: SourceText, options: CompileOptions = {}): Compiled | Failed {
  const warnings: Diagnostic[] = [];
  try {
    const { module, sources, diagnostics: syntax } = parseSources(main);
    if (hasError(syntax)) return { ok: false, diagnostics: syntax };
    const analysis = analyse(module);
    if (hasError(analysis.diagnostics)) return { ok: false, diagnostics: [...syntax, ...analysis.diagnostics] };
    const { elaboration, diagnostics } = elaborate(analysis.module, elaborateOptions(options));
    warnings.push(...syntax, ...analysis.diagnostics, ...diagnostics);
    if (elaboration === undefined) return { ok: false, diagnostics: warnings };
    const { machine, emit } = targets[options.target ?? "typescript"];
    const built = buildProgram(elaboration, machine, { verify: options.verify ?? false });
    return { ok: true, diagnostics: warnings, elaboration, built, artifact: emit(built.program, sources) };
  } catch (error) {
    return { ok: false, diagnostics: [...warnings, diagnosticOf(error)] };
  }
}

/** Own keys only: `__proto__` and its like are ordinary names. */
function elaborateOptions({ train, bounds = {}, dims = {}, consts = {}, dataFacts }: CompileOptions): ElaborateOptions {
  return {
    gradients,
    bounds: new Map(Object.entries(bounds)),
    dims: new Map(Object.entries(dims)),
    consts: new Map(Object.entries(consts)),
    ...(train === undefined ? {} : { train }),
    ...(dataFacts === undefined ? {} : { dataFacts }),
  };
}

function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}

/** What a phase threw, as data: the user's mistake that it met, or a bug of ours. */
function diagnosticOf(error: unknown): Diagnostic {
  if (error instanceof NncError) return error.diagnostic;
  if (error instanceof InternalError) {
    const { phase, message, span } = error;
    const labels = span === undefined ? [] : [label(span, "while compiling this")];
    return diagnose(internalFailure, { phase, what: message }, labels);
  }
  return diagnose(internalFailure, { phase: "compile", what: error instanceof Error ? error.message : String(error) }, []);
}
