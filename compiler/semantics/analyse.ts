/**
 * Parsed files to a typed module: name spaces, `use`, and every check that needs no instantiation. Pure; it never throws.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { collectFiles, collectPrelude } from "./collect.ts";
import type { SourceModule, TypedModule } from "./module.ts";

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

export function analyse({ main, others = new Map(), prelude }: AnalysisInput): Analysis {
  const diagnostics: Diagnostic[] = [];
  const outer = collectPrelude(prelude, diagnostics);
  const { scope, models } = collectFiles(main, others, outer, diagnostics);
  const trains = main.module.declarations.filter((declaration) => declaration.kind === "train");
  return { module: { name: main.name, scope, models, trains }, diagnostics };
}
