/** `nnc explain CODE`: what an error means, with a program that has it and one that has not. */
import { catalogue } from "../../compiler/diagnostics/codes/index.ts";
import type { Diagnostic, DiagnosticDefinition } from "../../compiler/diagnostics/diagnostic.ts";
import { render } from "../../compiler/diagnostics/render.ts";
import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import { hasColour, widthOf } from "../context.ts";
import type { Context } from "../context.ts";
import { exitCodes, UsageError } from "../exit.ts";
import { writeJson } from "../output/json.ts";
import { painter } from "../output/style.ts";
import { indent, wrap } from "../output/wrap.ts";

export type ExplainFlags = {

  readonly json: boolean;
}

/** Lines of prose longer than this are hard to read. */
const readable = 90;
const fileOfExample = "example.nn";

/** `nn0102` and `0102` mean NN0102. */
export async function explain(context: Context, { json }: ExplainFlags, written: string): Promise<number> {
  const code = written.toUpperCase().replace(/^(?=\d)/, "NN");
  const definition = catalogue.get(code);
  if (definition === undefined) {
    const hint = didYouMean(code, catalogue.keys());
    throw new UsageError(`there is no error ${JSON.stringify(written.slice(0, 60))}${hint === undefined ? "; expected a code such as NN0102" : `; ${hint}`}`);
  }
  const { severity, explanation, example } = definition;
  const { stdout } = context.process;
  if (json) writeJson(stdout, { code, severity, explanation, ...(example === undefined ? {} : { example }) });
  else stdout.write(await textOf(context, code, definition));
  return exitCodes.success;
}

async function textOf(context: Context, code: string, { severity, explanation, example }: DiagnosticDefinition<never>): Promise<string> {
  const { stdout, env } = context.process;
  const paint = painter(stdout, env);
  const width = Math.min(readable, widthOf(stdout));
  const head = `${paint("strong", code)} (${severity})\n\n${wrap(explanation, width)}\n`;
  if (example === undefined) return head;
  const shown = await diagnosticsOf(example.bad, code);
  const message = shown.length === 0 ? "" : `\n${indent(render(shown, new Map([[fileOfExample, example.bad]]), { colour: hasColour(stdout, env) }).trimEnd())}\n`;
  return `${head}\n${paint("strong", "This has it:")}\n\n${indent(example.bad.trimEnd())}\n${message}\n${paint("strong", "This has not:")}\n\n${indent(example.good.trimEnd())}\n`;
}

/** What the compiler says about the example; nothing where the code needs more than a source to arise. */
async function diagnosticsOf(source: string, code: string): Promise<readonly Diagnostic[]> {
  const { parse } = await import("../../compiler/syntax/parse.ts");
  const { diagnostics } = parse({ name: fileOfExample, text: source });
  return diagnostics.filter((one) => one.code === code).slice(0, 1);
}
