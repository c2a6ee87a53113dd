/**
 * Parsed files to a typed module: name spaces, `use`, and every check that needs no instantiation. Pure; it never throws.
 */
import { diagnose, label, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { keptName } from "../diagnostics/codes/names.ts";
import { repeatedKey, unknownKey, uselessKey } from "../diagnostics/codes/train.ts";
import type { Declaration, Train } from "../syntax/ast.ts";
import { BodyChecker } from "./bodies.ts";
import { collectFiles, collectPrelude, wholeDeclarations } from "./collect.ts";
import type { FileScope, SourceModule, TypedModule } from "./module.ts";
import { checkRecursion } from "./recursion.ts";
import { Scope } from "./scope.ts";
import { restrictedTo, standing } from "./sound.ts";
import { checkTrains } from "./trains.ts";
import { UnknownNames } from "./unknown-names.ts";
import { checkUnused, checkUnusedDeclarations } from "./unused.ts";

export interface AnalysisInput {
  readonly main: SourceModule;
  /** Files that `use` may name, by their path relative to the project. */
  readonly others?: ReadonlyMap<string, SourceModule>;
  readonly prelude: readonly SourceModule[];
}

export interface Analysis {
  readonly module: TypedModule;
  /** What the mistakes of the module leave alone; the module itself where it has none. */
  readonly sound: TypedModule;
  readonly diagnostics: readonly Diagnostic[];
}

/** Analyses a main file with what it uses; the prelude is taken to be right. */
export function analyse({ main, others = new Map(), prelude }: AnalysisInput): Analysis {
  const diagnostics: Diagnostic[] = [];
  const outer = collectPrelude(prelude, diagnostics);
  const { scope, files, models } = collectFiles(main, others, outer, diagnostics);
  const unknown = new UnknownNames(diagnostics);
  for (const { file, scope: own } of files) checkDeclarations(wholeDeclarations(file), own, unknown);
  checkRecursion(scope, diagnostics);
  const trains = trainsOf(main);
  const used = files.filter(({ file }) => file.name !== main.name);
  const usedTrains = used.flatMap(({ file }) => trainsOf(file).map((train) => ({ train, file: file.name })));
  checkTrains(trains, scope, unknown);
  // What cannot be read may name it.
  if (scope.hidden?.any !== true) checkUnusedDeclarations(main.module, diagnostics);
  const module = { name: main.name, scope, models, trains, usedTrains };
  const all = files.flatMap(({ file, scope: own }) =>
    wholeDeclarations(file).map((declaration) => ({ declaration, scope: own })),
  );
  const errors = placesOf(diagnostics);
  const wrong = new Set(
    all.map(({ declaration }) => declaration).filter((one) => unknown.failed.has(one) || hasError(one, errors)),
  );
  const isWhole = wrong.size === 0 && scope.hidden?.any !== true;
  return { module, sound: isWhole ? module : restrictedTo(module, standing(all, wrong)), diagnostics };
}

/** What a train says beside such a key can still be looked at. */
const ofKeys: readonly string[] = [unknownKey, repeatedKey, uselessKey].map(({ code }) => code);

/** Where errors are, by file, in order. */
function placesOf(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const { code, severity, labels } of diagnostics) {
    const [first] = labels;
    if (severity !== "error" || ofKeys.includes(code) || first === undefined) continue;
    const known = places.get(first.file);
    if (known === undefined) places.set(first.file, [first.from]);
    else known.push(first.from);
  }
  for (const found of places.values()) found.sort((a, b) => a - b);
  return places;
}

/** By halves: there may be as many errors as declarations. */
function hasError({ span }: Declaration, errors: ReadonlyMap<string, readonly number[]>): boolean {
  const places = errors.get(span.file) ?? [];
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) < span.from) low = middle + 1;
    else high = middle;
  }
  return (places[low] ?? Infinity) <= span.to;
}

function trainsOf(file: SourceModule): readonly Train[] {
  return wholeDeclarations(file).filter((declaration) => declaration.kind === "train");
}

/** Checks the prelude's own files. */
export function analysePrelude(prelude: readonly SourceModule[]): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const scope = collectPrelude(prelude, diagnostics);
  const unknown = new UnknownNames(diagnostics);
  for (const file of prelude) checkDeclarations(wholeDeclarations(file), scope, unknown);
  checkRecursion(scope, diagnostics);
  return diagnostics;
}

/**
 * What the paths of buffers begin with that are no model's; `metric`, `optimizer` and `train` are no names, and what stands behind `predict` and
 * `evaluate`, the name of a model or a metric, is none that a model's own paths have there. `prelude.relu` is no path of a model's.
 */
const keptNames: readonly string[] = ["average", "train_step", "continue", "continue_start", "prelude"];

function checkDeclarations(declarations: readonly Declaration[], scope: FileScope, unknown: UnknownNames): void {
  const { diagnostics } = unknown;
  for (const declaration of declarations) {
    if (declaration.kind === "use" || declaration.kind === "train" || declaration.kind === "data") continue;
    const { name } = declaration;
    if (declaration.kind === "model" && keptNames.includes(name.text))
      diagnostics.push(diagnose(keptName, { name: name.text }, [label(name.span, "this model")]));
    const checker = new BodyChecker(scope, { kind: declaration.kind, name: name.text, declaration }, unknown);
    if ("body" in declaration) {
      checker.callable(declaration);
      checkUnused(declaration, diagnostics);
    } else checker.expression(declaration.value, new Scope());
  }
}
