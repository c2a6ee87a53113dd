/**
 * `nnc check FILE`: what is wrong with a file and all its trains, and what its models are made of. Needs no data: where a size is left to a file that is not
 * there, shapes show the dimension's name, and a warning says why.
 */
import { internalFailure } from "../../compiler/diagnostics/codes/internal.ts";
import { diagnose, InternalError, NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { constantValue, symbolsOf } from "../../compiler/dimension/dimension.ts";
import type { DataFacts } from "../../compiler/elaborate/parts.ts";
import type { Elaboration } from "../../compiler/elaborate/types.ts";
import { elaborateSource } from "../../compiler/front.ts";
import { nodesWithin } from "../../compiler/graph/bodies.ts";
import { javascript } from "../../compiler/schedule/machine.ts";
import { buildProgram } from "../../compiler/middle.ts";
import { factsOf } from "../../compiler/project.ts";
import type { ProjectSource } from "../../compiler/project.ts";
import { dataProblems } from "../check/data.ts";
import { jsonOf, textOf } from "../check/show.ts";
import type { Part } from "../check/show.ts";
import type { Context } from "../context.ts";
import { writeJson } from "../output/json.ts";
import { plural } from "../output/numbers.ts";
import { exitCodeFor, report } from "../output/report.ts";
import type { Sources } from "../output/report.ts";
import { painter } from "../output/style.ts";
import { named, openSource, optionsOf, trainLabels } from "../source.ts";
import type { ClosingFlags, SourceOptions } from "../source.ts";

export type CheckFlags = ClosingFlags & { readonly verify: boolean; readonly json: boolean };

interface Checked extends Part {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: Sources;
}

export function check(context: Context, flags: CheckFlags, file: string): number {
  const source = openSource(context, file);
  const options = optionsOf(flags);
  const labels = options.train === undefined ? trainLabels(source) : [options.train];
  const parts = (labels.length === 0 ? [undefined] : labels).map((label) =>
    inspect(source, label === undefined ? options : { ...options, train: label }, flags.verify),
  );
  const texts = new Map(parts.flatMap((part) => [...part.sources]));
  const [diagnostics, sources] = named(context, source, eachOnce(parts.flatMap((part) => part.diagnostics)), texts);
  const exitCode = exitCodeFor(diagnostics);
  report(context, diagnostics, sources);
  const { stdout, stderr, env } = context.process;
  const verified = flags.verify ? parts.filter(({ program }) => program !== undefined).length : undefined;
  if (verified !== undefined) stderr.write(verifiedText(verified, parts.length));
  if (flags.json)
    writeJson(stdout, {
      ok: exitCode === 0,
      models: jsonOf(parts),
      ...(verified === undefined ? {} : { verified }),
      diagnostics,
    });
  else stdout.write(textOf(parts, painter(stdout, env)));
  return exitCode;
}

/** Forms are there to look at only where a program could be built: without mistakes, and with a value for every dimension. */
function verifiedText(verified: number, all: number): string {
  const rest = verified === all ? "" : `, ${all - verified} could not be built`;
  return `verified every form of ${plural(verified, "program")}${rest}\n`;
}

/** What is wrong with a model is found again with each train. */
function eachOnce(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((one) => [JSON.stringify(one), one])).values()];
}

/** The file as one of its trains builds it. */
function inspect(source: ProjectSource, options: SourceOptions, verify: boolean): Checked {
  if (source.diagnostics.some(({ severity }) => severity === "error")) return source;
  try {
    const first = elaborateSource(source.main, { ...options, allowOpen: true });
    const data = first.elaboration === undefined ? { problems: [] } : lookAtData(first.elaboration, source);
    const front =
      data.facts === undefined
        ? first
        : elaborateSource(source.main, { ...options, allowOpen: true, dataFacts: data.facts });
    const { elaboration, sources } = front;
    const diagnostics = [...front.diagnostics, ...data.problems];
    if (elaboration === undefined) return { diagnostics, sources };
    const known = { diagnostics, sources, elaboration };
    if (!isClosed(elaboration)) return known;
    const { program, plan } = buildProgram(elaboration, javascript, { verify, outline: !verify, compared: true });
    return { ...known, program, ...(plan.leastOfAnyOrder === undefined ? {} : { leastBytes: plan.leastOfAnyOrder }) };
  } catch (error) {
    if (!(error instanceof InternalError)) throw error;
    return {
      diagnostics: [diagnose(internalFailure, { phase: error.phase, what: error.message }, [])],
      sources: source.sources,
    };
  }
}

/** Whether every dimension has a size or a bound, and nothing that must be known is open. */
function isClosed({ entries, variables, bounds }: Elaboration): boolean {
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
