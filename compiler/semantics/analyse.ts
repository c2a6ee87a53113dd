/**
 * Parsed files to a typed module: name spaces, `use`, and every check that needs no instantiation. Pure; it never throws.
 */
import { diagnose, label, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { keptName } from "../diagnostics/codes/names.ts";
import type { Train } from "../syntax/ast.ts";
import { BodyChecker } from "./bodies.ts";
import { collectFiles, collectPrelude } from "./collect.ts";
import type { FileScope, SourceModule, TypedModule } from "./module.ts";
import { checkRecursion } from "./recursion.ts";
import { Scope } from "./scope.ts";
import { checkTrains } from "./trains.ts";
import { checkUnused, checkUnusedDeclarations } from "./unused.ts";

export interface AnalysisInput {
  readonly main: SourceModule;
  /** Files that `use` may name, by their path relative to the project. */
  readonly others?: ReadonlyMap<string, SourceModule>;
  readonly prelude: readonly SourceModule[];
}

export interface Analysis {
  readonly module: TypedModule;
  readonly diagnostics: readonly Diagnostic[];
}

/** Analyses a main file with what it uses; the prelude is taken to be right. */
export function analyse({ main, others = new Map(), prelude }: AnalysisInput): Analysis {
  const diagnostics: Diagnostic[] = [];
  const outer = collectPrelude(prelude, diagnostics);
  const { scope, files, models } = collectFiles(main, others, outer, diagnostics);
  for (const { file, scope: own } of files) checkDeclarations(file, own, diagnostics);
  checkRecursion(scope, diagnostics);
  const trains = trainsOf(main);
  const used = files.filter(({ file }) => file.name !== main.name);
  const usedTrains = used.flatMap(({ file }) => trainsOf(file).map((train) => ({ train, file: file.name })));
  checkTrains(trains, scope, diagnostics);
  checkUnusedDeclarations(main.module, diagnostics);
  return { module: { name: main.name, scope, models, trains, usedTrains }, diagnostics };
}

function trainsOf({ module }: SourceModule): readonly Train[] {
  return module.declarations.filter((declaration) => declaration.kind === "train");
}

/** Checks the prelude's own files. */
export function analysePrelude(prelude: readonly SourceModule[]): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const scope = collectPrelude(prelude, diagnostics);
  for (const file of prelude) checkDeclarations(file, scope, diagnostics);
  checkRecursion(scope, diagnostics);
  return diagnostics;
}

/**
 * What the paths of buffers begin with that are no model's; `metric`, `optimizer` and `train` are no names, and what stands behind `predict` and
 * `evaluate`, the name of a model or a metric, is none that a model's own paths have there. `prelude.relu` is no path of a model's.
 */
const keptNames: readonly string[] = ["average", "train_step", "continue", "continue_start", "prelude"];

function checkDeclarations({ module }: SourceModule, scope: FileScope, diagnostics: Diagnostic[]): void {
  for (const declaration of module.declarations) {
    if (declaration.kind === "use" || declaration.kind === "train" || declaration.kind === "data") continue;
    const { name } = declaration;
    if (declaration.kind === "model" && keptNames.includes(name.text))
      diagnostics.push(diagnose(keptName, { name: name.text }, [label(name.span, "this model")]));
    const checker = new BodyChecker(scope, { kind: declaration.kind, name: name.text }, diagnostics);
    if ("body" in declaration) {
      checker.callable(declaration);
      checkUnused(declaration, diagnostics);
    } else checker.expression(declaration.value, new Scope());
  }
}
