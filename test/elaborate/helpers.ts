/** Source text to elaboration, as the pipeline does it. */
import { analyse } from "../../compiler/semantics/analyse.ts";
import { elaborate } from "../../compiler/elaborate/elaborate.ts";
import type { ElaborateOptions } from "../../compiler/elaborate/parts.ts";
import { gradients } from "../../compiler/passes/differentiate.ts";
import { preludeFiles } from "../../compiler/prelude/index.ts";
import { parse } from "../../compiler/syntax/parse.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";

export function parsed(name: string, text: string) {
  const { module, diagnostics } = parse({ name, text });
  return { file: { name, module }, diagnostics };
}

export const prelude = preludeFiles.map(({ name, text }) => parsed(name, text));

export function analysed(text: string, others: ReadonlyMap<string, string> = new Map()) {
  const main = parsed("main.nn", text);
  const used = new Map([...others].map(([name, source]) => [name, parsed(name, source).file]));
  const { module, diagnostics } = analyse({ main: main.file, others: used, prelude: prelude.map(({ file }) => file) });
  return { module, diagnostics: [...main.diagnostics, ...diagnostics] };
}

export function elaborated(text: string, options: Partial<ElaborateOptions> = {}) {
  const { module, diagnostics } = analysed(text);
  const result = elaborate(module, { gradients, ...options });
  return { ...result, diagnostics: [...diagnostics, ...result.diagnostics] };
}

/** One line a diagnostic, then its labels with the text that they mark. */
export function show(diagnostics: readonly Diagnostic[], source: string): readonly string[] {
  return diagnostics.flatMap(({ code, severity, message, labels, help }) => [
    `${severity} ${code}: ${message}`,
    ...labels.map(
      ({ file, from, to, text }) => `  ${file === "main.nn" ? `«${source.slice(from, to)}»` : file} ${text}`,
    ),
    ...(help === undefined ? [] : [`  help: ${help}`]),
  ]);
}
