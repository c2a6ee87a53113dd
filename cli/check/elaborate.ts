/** A file's graphs with the sizes that its data give, as far as they are there, and what is wrong with the data. */
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { constantValue, symbolsOf } from "../../compiler/dimension/dimension.ts";
import type { DataFacts } from "../../compiler/elaborate/parts.ts";
import type { Elaboration } from "../../compiler/elaborate/types.ts";
import { elaborateSource } from "../../compiler/front.ts";
import type { Front, FrontOptions } from "../../compiler/front.ts";
import { nodesWithin } from "../../compiler/graph/bodies.ts";
import { factsOf } from "../../compiler/project.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import { dataProblems } from "./data.ts";

export interface Elaborated {
  readonly front: Front;
  /** What is wrong with the data; a file that is not there is a warning. */
  readonly problems: readonly Diagnostic[];
}

/** Takes sizes off the data where any is left to them. */
export function elaborateWithData(source: ProjectSource, options: FrontOptions): Elaborated {
  const first = elaborateSource(source.main, { ...options, allowOpen: true });
  if (first.elaboration === undefined) return { front: first, problems: [] };
  const { problems, facts } = lookAtData(first.elaboration, source);
  const isFinal = facts === undefined && options.allowOpen === true;
  const front = isFinal
    ? first
    : elaborateSource(source.main, { ...options, ...(facts === undefined ? {} : { dataFacts: facts }) });
  return { front, problems };
}

/** Whether every dimension has a size or a bound, and nothing that must be known is open. */
export function isClosed({ entries, variables, bounds }: Elaboration): boolean {
  const fixed = variables.every(({ type }) => type.shape.every((size) => constantValue(size) !== undefined));
  const sizes = entries.flatMap(({ graph }) =>
    nodesWithin(graph).flatMap(({ outputs }) => outputs.flatMap(({ shape }) => shape)),
  );
  return fixed && sizes.every((size) => [...symbolsOf(size)].every((name) => bounds.has(name)));
}

/** What is wrong with the data, and the sizes that they give, where any is open. */
function lookAtData(
  elaboration: Elaboration,
  source: ProjectSource,
): { readonly problems: readonly Diagnostic[]; readonly facts?: DataFacts } {
  const { problems, missing } = dataProblems(elaboration, source);
  if (missing || problems.some(({ severity }) => severity === "error") || isClosed(elaboration)) return { problems };
  try {
    const facts = factsOf(elaboration.host, source);
    return facts === undefined ? { problems } : { problems, facts };
  } catch (error) {
    if (!(error instanceof NncError)) throw error;
    return { problems: [...problems, error.diagnostic] };
  }
}
