/** A model of text on the command line: what may follow each character of a text, and what it writes behind a prompt. */
import type { HostData } from "../../compiler/program/host.ts";
import { decodeText } from "../../runtime/data/decode.ts";
import { codePoints } from "../../runtime/data/text.ts";
import type { Network } from "../../runtime/load/index.ts";
import { answersOf } from "../../runtime/predict/answers.ts";
import type { Interface } from "../../runtime/predict/interface.ts";
import { idsOf, interfaceOfText } from "../../runtime/predict/text.ts";
import type { TextModel } from "../../runtime/predict/text.ts";
import { TextReader } from "../../runtime/predict/text-reader.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../exit.ts";
import type { FileFlag } from "../flags.ts";
import { report } from "../output/report.ts";
import { formOfName } from "../rows/form.ts";
import type { Answers } from "./answer.ts";
import type { NamedRows, Writer } from "./write.ts";

/** Characters at once: as they are read, their answers are written. */
const part = 4096;

/** A text that a model reads, each character of which is a row. */
export interface ReadText {
  readonly outside: Interface;
  readonly answers: AsyncGenerator<Answers>;
  readonly named: NamedRows;
}

/** A file for one input holds its ids, and so does one whose name says so, unless training read its text from such a file. */
function isTextFile({ field, file }: FileFlag, { settings: { path } }: HostData): boolean {
  if (field !== undefined) return false;
  const form = formOfName(file);
  return form === undefined || (typeof path === "string" && formOfName(path) === form);
}

/** The one file of text among `data`; undefined where they are rows of ids. */
export function textFileIn(data: readonly FileFlag[], declared: HostData): string | undefined {
  const [first, second] = data;
  if (first === undefined || !isTextFile(first, declared)) return undefined;
  if (second !== undefined) throw new UsageError(`--data: expected one file of text, found ${second.file}`);
  return first.file;
}

export function readText(
  context: Context,
  network: Network,
  text: TextModel,
  file: string,
  bytes: Uint8Array,
): ReadText {
  const content = decodeText(file, bytes);
  const { ids, warnings } = idsOf(content, file, text);
  report(context, warnings, new Map());
  const characters = Array.from(codePoints(content), (point) => String.fromCodePoint(point));
  const answers = answersTo(new TextReader(network, text), ids);
  return { outside: interfaceOfText(text), answers, named: { key: "character", names: characters } };
}

async function* answersTo(reader: TextReader, ids: Int32Array): AsyncGenerator<Answers> {
  const { model, width } = reader.text;
  const [{ name } = { name: "output" }] = model.results;
  const reading = reader.begin();
  for (let from = 0; from < ids.length; from += part) {
    const next = ids.subarray(from, from + part);
    const data = await reader.drive(reading.each(next));
    yield {
      predictions: [{ name, shape: [next.length, width], data }],
      rows: next.length,
      from,
      total: ids.length,
    };
  }
}

/** The characters that most likely come next, one for each of the text. */
export function textWriter(outside: Interface): Writer {
  return {
    binary: false,
    head: () => "",
    part: ({ predictions, rows }) =>
      answersOf(outside, predictions, rows)
        .map(([answer]) => (answer?.kind === "class" ? answer.class : ""))
        .join(""),
  };
}
