/**
 * How a command ends: its exit code, and what is said about an error. A mistake of the user is a diagnostic, wrong usage is a sentence, and
 * everything else is a bug of ours, with its phase and place and without a stack (unless NNC_DEBUG is set).
 */
import { InternalError, NncError } from "../compiler/diagnostics/diagnostic.ts";
import { render } from "../compiler/diagnostics/render.ts";
import { hasColour } from "./context.ts";
import type { Context } from "./context.ts";

/** 0 fine, 1 a mistake in files or data, 2 wrong usage, 70 a bug of ours, 130 stopped by Ctrl-C. */
export const exitCodes = { success: 0, mistake: 1, usage: 2, bug: 70, interrupted: 130 } as const;

/** The command was given what it cannot work with; the message says what was expected. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** Says on standard error what went wrong, and answers with the exit code. */
export function reportFailure(context: Context, error: unknown): number {
  const { stderr, env } = context.process;
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

/** The exit code of what the argument scanner answered, whose own codes are negative. */
export function exitCodeOf(code: number | string | null | undefined): number {
  const number = Number(code ?? 0);
  if (number >= 0) return number;
  return number === -4 || number === -5 ? exitCodes.usage : exitCodes.bug;
}
