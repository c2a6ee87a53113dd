/** A file's graphs with the sizes that its data give, as far as they are there: what needs no data takes it as it is, with a warning. */
import { existsSync } from "node:fs";
import path from "node:path";
import { unreadableData } from "../../compiler/diagnostics/codes/data.ts";
import { diagnose, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { constantValue, symbolsOf } from "../../compiler/dimension/dimension.ts";
import type { Elaboration } from "../../compiler/elaborate/types.ts";
import { elaborateSource } from "../../compiler/front.ts";
import type { Front, FrontOptions } from "../../compiler/front.ts";
import { nodesWithin } from "../../compiler/graph/bodies.ts";
import type { HostTrain } from "../../compiler/program/host.ts";
import { dataFiles, factsOf } from "../../compiler/project.ts";
import type { ProjectSource } from "../../compiler/project.ts";

/** Looks at the data only where a size is left to them. */
export function elaborateWithData(source: ProjectSource, options: FrontOptions): Front {
  const first = elaborateSource(source.main, { ...options, allowOpen: true });
  if (first.elaboration === undefined) return first;
  const { warnings, facts } = lookAtData(first.elaboration, source);
  const isFinal = facts === undefined && options.allowOpen === true;
  const front = isFinal
    ? first
    : elaborateSource(source.main, { ...options, ...(facts === undefined ? {} : { dataFacts: facts }) });
  return { ...front, diagnostics: [...front.diagnostics, ...warnings] };
}

/** Whether every dimension has a size or a bound, and nothing that must be known is open. */
export function isClosed({ entries, variables, bounds }: Elaboration): boolean {
  const fixed = variables.every(({ type }) => type.shape.every((size) => constantValue(size) !== undefined));
  const sizes = entries.flatMap(({ graph }) =>
    nodesWithin(graph).flatMap(({ outputs }) => outputs.flatMap(({ shape }) => shape)),
  );
  return fixed && sizes.every((size) => [...symbolsOf(size)].every((name) => bounds.has(name)));
}

/** The sizes that the data give, where any is open; a file that is not there or cannot be read is a warning. */
function lookAtData(
  elaboration: Elaboration,
  source: ProjectSource,
): { readonly warnings: readonly Diagnostic[]; readonly facts?: FrontOptions["dataFacts"] } {
  const { train } = elaboration.host;
  if (train === undefined) return { warnings: [] };
  const missing = missingFiles(train, source);
  const warnings = missing.map((file) =>
    asWarning(diagnose(unreadableData, { file, problem: "there is no such file or folder" }, [])),
  );
  if (missing.length > 0 || isClosed(elaboration)) return { warnings };
  try {
    const facts = factsOf(elaboration.host, source);
    return facts === undefined ? { warnings } : { warnings, facts };
  } catch (error) {
    if (!(error instanceof NncError)) throw error;
    return { warnings: [asWarning(error.diagnostic)] };
  }
}

export function missingFiles({ data }: HostTrain, { folder }: ProjectSource): readonly string[] {
  return dataFiles(data).filter((file) => !existsSync(path.resolve(folder, file)));
}

export function asWarning(diagnostic: Diagnostic): Diagnostic {
  return { ...diagnostic, severity: "warning" };
}
