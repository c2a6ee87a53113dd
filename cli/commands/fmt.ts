/** `nnc fmt FILE…`: writes each file in the one form that there is, or, with `--check`, only says which files have another. */
import { decodeSource } from "../../compiler/syntax/decode.ts";
import { format } from "../../compiler/syntax/format.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { cannotRead } from "../../compiler/diagnostics/codes/checkpoint.ts";
import { diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import { writeFileAtomic } from "../../runtime/save/write-file.ts";
import type { Context } from "../context.ts";
import { exitCodes, UsageError } from "../exit.ts";
import { placeOf, readInput } from "../files.ts";
import { exitCodeFor, report } from "../output/report.ts";

export type FmtFlags = {
  readonly check: boolean;
};

type Formatted =
  | { readonly kind: "failed"; readonly diagnostics: readonly Diagnostic[]; readonly text: string }
  | { readonly kind: "formatted"; readonly before: string; readonly after: string };

/** A file with a mistake in it is left as it is; the others are formatted all the same. */
export function fmt(context: Context, { check }: FmtFlags, ...names: readonly string[]): number {
  if (names.length === 0) throw new UsageError("expected at least one FILE, found no argument");
  const codes = names.map((name) => formatFile(context, name, check));
  return Math.max(exitCodes.success, ...codes);
}

function formatFile(context: Context, name: string, check: boolean): number {
  const result = formatted(context, name);
  if (result.kind === "failed") {
    report(context, result.diagnostics, new Map([[name, result.text]]));
    return exitCodeFor(result.diagnostics);
  }
  if (result.before === result.after) return exitCodes.success;
  const { stdout } = context.process;
  if (check) {
    stdout.write(`${name} is not formatted\n`);
    return exitCodes.mistake;
  }
  writeFileAtomic(placeOf(context, name), result.after);
  stdout.write(`${name} formatted\n`);
  return exitCodes.success;
}

function formatted(context: Context, name: string): Formatted {
  const input = readInput(context, name);
  if ("problem" in input) {
    return {
      kind: "failed",
      diagnostics: [diagnose(cannotRead, { file: name, problem: input.problem }, [])],
      text: "",
    };
  }
  const decoded = decodeSource(name, input.bytes);
  if (!("text" in decoded)) return { kind: "failed", diagnostics: [decoded], text: "" };
  const { text, diagnostics } = format({ name, text: decoded.text });
  if (diagnostics.some(({ severity }) => severity === "error"))
    return { kind: "failed", diagnostics, text: decoded.text };
  return { kind: "formatted", before: decoded.text, after: text };
}
