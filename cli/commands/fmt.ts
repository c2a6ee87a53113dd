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
import { writeJson } from "../output/json.ts";
import { exitCodeFor, report } from "../output/report.ts";

export type FmtFlags = {
  readonly check: boolean;
  readonly json: boolean;
};

type Formatted =
  | { readonly kind: "failed"; readonly diagnostics: readonly Diagnostic[]; readonly text: string }
  | { readonly kind: "formatted"; readonly before: string; readonly after: string };

/** A file with a mistake in it is left as it is; the others are formatted all the same. */
export function fmt(context: Context, { check, json }: FmtFlags, ...names: readonly string[]): number {
  if (names.length === 0) throw new UsageError("expected at least one FILE, found no argument");
  const results = names.map((name) => ({ name, ...formatFile(context, name, check) }));
  const worst = Math.max(exitCodes.success, ...results.map(({ exitCode }) => exitCode));
  const { stdout } = context.process;
  if (json) {
    const files = results.map(({ name, changed }) => ({ file: name, changed }));
    const diagnostics = results.flatMap((one) => one.diagnostics);
    writeJson(stdout, { ok: worst === exitCodes.success, files, diagnostics });
  } else {
    for (const { name, changed } of results)
      if (changed) stdout.write(check ? `${name} is not formatted\n` : `${name} formatted\n`);
  }
  return worst;
}

interface Outcome {
  readonly exitCode: number;
  /** Whether the file was, or with `--check` would be, another afterwards. */
  readonly changed: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

function formatFile(context: Context, name: string, check: boolean): Outcome {
  const result = formatted(context, name);
  if (result.kind === "failed") {
    const { diagnostics } = result;
    report(context, diagnostics, new Map([[name, result.text]]));
    return { exitCode: exitCodeFor(diagnostics), changed: false, diagnostics };
  }
  const changed = result.before !== result.after;
  if (changed && !check) writeFileAtomic(placeOf(context, name), result.after);
  return { exitCode: changed && check ? exitCodes.mistake : exitCodes.success, changed, diagnostics: [] };
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
