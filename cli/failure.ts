/**
 * What is said about an error, for people and for programs. A mistake of the user is a diagnostic, wrong usage is a sentence, and
 * everything else is a bug of ours, with its phase and place and without a stack (unless NNC_DEBUG is set).
 */
import { InternalError, NncError } from "../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../compiler/diagnostics/diagnostic.ts";
import { render } from "../compiler/diagnostics/render.ts";
import { hasColour } from "./context.ts";
import type { Context } from "./context.ts";
import { exitCodes, UsageError } from "./exit.ts";
import { writeJson } from "./output/json.ts";
import { exitCodeFor, report } from "./output/report.ts";
import type { Sources } from "./output/report.ts";

/** The compiler refused the user's file: all its complaints, and the texts that they point into. */
export class SourceMistakes extends Error {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: Sources;
  /** A sentence for people behind the complaints; empty where there is none. */
  readonly note: string;

  constructor(diagnostics: readonly Diagnostic[], sources: Sources, note = "") {
    super(diagnostics.find(({ severity }) => severity === "error")?.message ?? "the file does not compile");
    this.name = "SourceMistakes";
    this.diagnostics = diagnostics;
    this.sources = sources;
    this.note = note;
  }
}

/** What `--json` tells of a command that failed: the sentence, and the diagnostics where the mistake is in files or data. */
interface Failure {
  readonly message: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** A command's answer as one document, or, of one that tells events, the last of them. */
export type FailureForm = "document" | "event";

/** Writes the failure as JSON. */
export function writeFailure({ process: { stdout } }: Context, error: unknown, form: FailureForm): void {
  writeJson(stdout, { ...(form === "event" ? { event: "failed" } : { ok: false }), ...failureOf(error) });
}

function failureOf(error: unknown): Failure {
  if (error instanceof SourceMistakes) return { message: error.message, diagnostics: error.diagnostics };
  if (error instanceof NncError) return { message: error.message, diagnostics: [error.diagnostic] };
  return { message: error instanceof UsageError ? error.message : bugSentence(error), diagnostics: [] };
}

/** Says on standard error what went wrong, and answers with the exit code. */
export function reportFailure(context: Context, error: unknown): number {
  const { stderr, env } = context.process;
  if (error instanceof SourceMistakes) {
    report(context, error.diagnostics, error.sources);
    if (error.note !== "") stderr.write(`${error.note}\n`);
    return exitCodeFor(error.diagnostics);
  }
  if (error instanceof NncError) {
    stderr.write(render([error.diagnostic], new Map(), { colour: hasColour(stderr, env) }));
    return exitCodes.mistake;
  }
  if (error instanceof UsageError) {
    stderr.write(`error: ${error.message}\n`);
    return exitCodes.usage;
  }
  stderr.write(`${bugSentence(error)}\n`);
  if ((env["NNC_DEBUG"] ?? "") !== "" && error instanceof Error) stderr.write(`${error.stack ?? ""}\n`);
  return exitCodes.bug;
}

/** What a user is told, and can pass on, where nnc itself is broken. */
function bugSentence(error: unknown): string {
  if (error instanceof InternalError) {
    const place = error.span === undefined ? "no span" : `span ${error.span.file}:${error.span.from}-${error.span.to}`;
    const message = error.message.replace(`${error.phase}: `, "");
    return `this is a bug in nnc: phase ${error.phase}, ${place}: ${message}`;
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `this is a bug in nnc: phase unknown, no span: ${message}`;
}
