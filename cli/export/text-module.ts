/** The module of a model of text: all that its text holds, and the texts that it tests itself with. */
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import type { HostCall } from "../../compiler/program/host.ts";
import type { Program } from "../../compiler/program/types.ts";
import type { Network } from "../../runtime/load/index.ts";
import { nameOf } from "../../runtime/load/dimensions.ts";
import { classOf } from "../../runtime/predict/answers.ts";
import { interfaceOfText, idsOf } from "../../runtime/predict/text.ts";
import type { TextModel } from "../../runtime/predict/text.ts";
import { TextReader } from "../../runtime/predict/text-reader.ts";
import { frameOf, isRelaxed } from "./program.ts";
import type { Exported } from "./program.ts";
import { predictingProgram } from "./restrict.ts";
import type { SizeNames } from "./sizes-text.ts";
import type { ModuleCall, TextExample, TextParts } from "./text-template.ts";

/** Longer ones than the window show how it moves on; but where it is long, a few characters are enough to tell a fault. */
const longestExample = 64;

export async function textParts(exported: Exported, text: TextModel): Promise<TextParts> {
  const { network } = exported;
  const { model, vocabulary, window, width } = text;
  const { continuation } = model;
  const { start, step } = continuation ?? { step: model };
  const calls = start === undefined ? [step] : [start, step];
  // A text that is read in parts is alone; windows come as many at once as `predict` has them.
  const rows = continuation === undefined ? text.rows : 1;
  const predicting = predictingProgram(exported, model, calls, rows);
  const { program } = predicting;
  const callOf = (call: HostCall): ModuleCall => moduleCall(call, text, program);
  return {
    ...frameOf(exported, model, predicting, sizesOf(text, program)),
    model: model.name,
    isRelaxed: isRelaxed(exported),
    output: interfaceOfText(text).outputs[0]?.name ?? "output",
    vocabulary,
    window,
    width,
    seed: network.counters.seed,
    reading:
      continuation === undefined
        ? { kind: "windows", call: callOf(step), rows: text.rows, isOpen: text.isOpen }
        : { kind: "parts", start: start === undefined ? null : callOf(start), step: callOf(step) },
    example: await exampleOf(network, text),
  };
}

/** By the buffers of its program and what its open dimensions are. */
function moduleCall({ entry, inputs, results }: HostCall, text: TextModel, program: Program): ModuleCall {
  const found = program.entries.find(({ name }) => name === entry);
  if (found === undefined) throw new InternalError("export", `the program has no entry ${entry}`);
  const sizes = sizesOf(text, program);
  return {
    entry,
    given: inputs.map(({ buffer }) => buffer),
    results: results.map(({ buffer }) => buffer),
    dims: found.dims.map((name) => {
      const size = sizes.get(name);
      if (size === "_rows") return "rows";
      return size === "_length" ? "length" : Number(size);
    }),
  };
}

/** The open dimensions of a call: how many texts, how long they are, or where these have one length, what that makes them. */
function sizesOf({ model, isOpen }: TextModel, { dims }: Program): SizeNames {
  const [rows, length] = (model.inputs[0]?.shape ?? []).map(nameOf);
  return new Map(
    dims.map(({ name, bound }) => {
      if (name === rows) return [name, "_rows"];
      return [name, isOpen && name === length ? "_length" : String(bound)];
    }),
  );
}

/** What the network writes by itself, and what it says of that. */
async function exampleOf(network: Network, text: TextModel): Promise<TextExample> {
  const reader = new TextReader(network, text);
  const length = Math.min(text.window + 4, longestExample);
  const write = async (prompt: string): Promise<string> => {
    let written = "";
    for await (const character of reader.generate(prompt, { length }).characters) written += character;
    return written;
  };
  const sample = await write("");
  const [first = ""] = sample;
  const scores = await reader.drive(reader.begin().each(idsOf(sample, "the example", text).ids));
  const places = Array.from({ length: scores.length / text.width }, (_, place) =>
    scores.subarray(place * text.width, (place + 1) * text.width),
  );
  return {
    text: sample,
    likeliest: places.map((place) => classOf("output", text.vocabulary, place).class).join(""),
    last: [...(places.at(-1) ?? [])].slice(0, text.vocabulary.length),
    prompt: first,
    written: await write(first),
  };
}
