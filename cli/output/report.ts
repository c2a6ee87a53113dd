/** Diagnostics on standard error, with their source frames and a count at the end; and what they mean for the exit code. */
import { internalFailure } from "../../compiler/diagnostics/codes/internal.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { render } from "../../compiler/diagnostics/render.ts";
import { hasColour } from "../context.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit.ts";
import { plural } from "./numbers.ts";

export type Sources = ReadonlyMap<string, string>;

/** Prints the diagnostics, if there are any. */
export function report(context: Context, diagnostics: readonly Diagnostic[], sources: Sources): void {
  if (diagnostics.length === 0) return;
  const { stderr, env } = context.process;
  const bugs = diagnostics.filter(isBug);
  const others = diagnostics.filter((one) => !isBug(one));
  if (others.length > 0)
    stderr.write(`${render(others, sources, { colour: hasColour(stderr, env) })}\n${countOf(others)}\n`);
  for (const bug of bugs) stderr.write(`${bugText(bug)}\n`);
}

/** 0 where none is an error, 70 where one is a bug of ours, else 1. */
export function exitCodeFor(diagnostics: readonly Diagnostic[]): number {
  if (diagnostics.some(isBug)) return exitCodes.bug;
  return diagnostics.some(({ severity }) => severity === "error") ? exitCodes.mistake : exitCodes.success;
}

/** `2 errors, 1 warning`. */
function countOf(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  const parts = [
    ...(errors > 0 ? [plural(errors, "error")] : []),
    ...(warnings > 0 ? [plural(warnings, "warning")] : []),
  ];
  return parts.join(", ");
}

function isBug({ code }: Diagnostic): boolean {
  return code === internalFailure.code;
}

function bugText({ message, labels: [first] }: Diagnostic): string {
  return first === undefined ? message : `${message} (span ${first.file}:${first.from}-${first.to})`;
}
