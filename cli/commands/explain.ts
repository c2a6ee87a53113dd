/** `nnc explain CODE`: what an error means, with a program that has it and one that has not. */
import { catalogue } from "../../compiler/diagnostics/codes/index.ts";
import { sceneExamples, sceneText } from "../../compiler/diagnostics/examples/index.ts";
import type { Diagnostic, DiagnosticDefinition } from "../../compiler/diagnostics/diagnostic.ts";
import { render } from "../../compiler/diagnostics/render.ts";
import { hasColour, widthOf } from "../context.ts";
import type { Context } from "../context.ts";
import { exitCodes, UsageError } from "../exit.ts";
import { writeJson } from "../output/json.ts";
import { painter } from "../output/style.ts";
import { indent, wrap } from "../output/wrap.ts";

export type ExplainFlags = {
  readonly json: boolean;
};

/** Lines of prose longer than this are hard to read. */
const readable = 90;
const fileOfExample = "example.nn";

/** `nn0102` and `0102` mean NN0102. */
export async function explain(context: Context, { json }: ExplainFlags, written: string): Promise<number> {
  const code = written.toUpperCase().replace(/^(?=\d)/, "NN");
  const definition = catalogue.get(code);
  if (definition === undefined) {
    throw new UsageError(`expected a code such as NN0102, found ${JSON.stringify(written.slice(0, 60))}`);
  }
  const { severity, explanation } = definition;
  const example = definition.example ?? sceneExamples[code];
  const { stdout } = context.process;
  if (json) writeJson(stdout, { ok: true, code, severity, explanation, ...(example === undefined ? {} : { example }) });
  else stdout.write(await textOf(context, code, definition));
  return exitCodes.success;
}

async function textOf(
  context: Context,
  code: string,
  { severity, explanation, example }: DiagnosticDefinition<never>,
): Promise<string> {
  const { stdout, env } = context.process;
  const paint = painter(stdout, env);
  const width = Math.min(readable, widthOf(stdout));
  const head = `${paint("strong", code)} (${severity})\n\n${wrap(explanation, width)}\n`;
  const sides = (bad: string, good: string, message = ""): string =>
    `${head}\n${paint("strong", "This has it:")}\n\n${indent(bad.trimEnd())}\n${message}\n${paint("strong", "This has not:")}\n\n${indent(good.trimEnd())}\n`;
  const scene = sceneExamples[code];
  if (scene !== undefined) return sides(sceneText(scene.bad), sceneText(scene.good));
  if (example === undefined) return head;
  const shown = await diagnosticsOf(example.bad, code);
  const message =
    shown.length === 0
      ? ""
      : `\n${indent(render(shown, new Map([[fileOfExample, example.bad]]), { colour: hasColour(stdout, env) }).trimEnd())}\n`;
  return sides(example.bad, example.good, message);
}

/** What the compiler says about the example; nothing where the code needs more than a source to arise. */
async function diagnosticsOf(source: string, code: string): Promise<readonly Diagnostic[]> {
  const { elaborateSource } = await import("../../compiler/front.ts");
  const { diagnostics } = elaborateSource({ name: fileOfExample, source }, { allowOpen: true });
  const shown = diagnostics.find((one) => one.code === code);
  // Places in the prelude would need its texts; the example's own are what matters.
  return shown === undefined ? [] : [{ ...shown, labels: shown.labels.filter(({ file }) => file === fileOfExample) }];
}
