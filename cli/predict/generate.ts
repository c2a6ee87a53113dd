/** `nnc predict … --generate N`: a text behind a prompt, written as it is made. */
import type { HostModel } from "../../compiler/program/host.ts";
import { requireTextModel } from "../../runtime/predict/text.ts";
import { TextReader } from "../../runtime/predict/text-reader.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../exit.ts";
import type { FileFlag } from "../flags.ts";
import { takenJson } from "../kept.ts";
import type { Opened } from "../network.ts";
import { toJson } from "../output/json.ts";
import { report } from "../output/report.ts";

export interface GenerateFlags {
  readonly generate?: number;
  readonly prompt?: string;
  readonly temperature?: number;
  readonly seed?: number;
  readonly data?: readonly FileFlag[];
  readonly format?: string;
  readonly out?: string;
  readonly json: boolean;
}

/** Throws a UsageError for flags that would have no effect. */
export function checkGenerateFlags({ generate, prompt, temperature, seed, data, format }: GenerateFlags): void {
  if (generate === undefined) {
    const [flag] = Object.entries({ prompt, temperature, seed }).find(([, value]) => value !== undefined) ?? [];
    if (flag !== undefined) throw new UsageError(`--${flag}: expected --generate beside it, found none`);
    return;
  }
  const [first] = data ?? [];
  if (first !== undefined)
    throw new UsageError(`--data: expected none beside --generate, which goes on from --prompt, found ${first.file}`);
  if (format !== undefined) throw new UsageError(`--format: expected none beside --generate, found ${format}`);
}

/** The prompt and what comes behind it; with --json one document, where it goes to standard output. Throws NN0760, NN0761. */
export async function* generated(
  context: Context,
  flags: GenerateFlags,
  { compiled, network, taken, diagnostics }: Opened,
  model: HostModel,
): AsyncGenerator<string> {
  const text = requireTextModel(compiled.artifact.manifest, model, network.record.fitted);
  const { generate: length = 0, prompt = "", temperature = 1, seed = network.counters.seed, out, json } = flags;
  const { characters, warnings } = new TextReader(network, text).generate(prompt, { length, temperature, seed });
  report(context, warnings, new Map());
  if (flags.seed !== undefined && temperature === 0)
    context.process.stderr.write("--seed: at temperature 0 nothing is drawn but what the model itself draws\n");
  if (json && out === undefined) {
    let whole = prompt;
    for await (const character of characters) whole += character;
    const told = { ok: true, prompt, text: whole, temperature, seed, ...takenJson(taken) };
    yield `${toJson({ ...told, diagnostics: [...diagnostics, ...warnings] })}\n`;
    return;
  }
  yield prompt;
  yield* characters;
  // A prompt of the shell begins on a line of its own; pipes and files get the text alone.
  if (out === undefined && context.process.stdout.isTTY === true) yield "\n";
}
