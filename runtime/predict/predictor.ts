/**
 * A trained network as its users want it: rows as the data had them go in, classes by name and numbers in their units come out. What was fitted
 * to the data in training is applied, which the raw calls of a network leave to their caller.
 */
import { unsuitableValue } from "../../compiler/diagnostics/codes/data.ts";
import { wrongType } from "../../compiler/diagnostics/codes/runtime.ts";
import { NncError, type Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { checkOptions, count, isString, unsuitable } from "../../compiler/diagnostics/options.ts";
import type { Rules } from "../../compiler/diagnostics/options.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import { none, predictRules } from "../load/call-options.ts";
import type { PredictOptions } from "../load/call-options.ts";
import type { Prediction } from "../load/calls.ts";
import type { View } from "../load/executable.ts";
import { failure, kindOf } from "../load/fail.ts";
import type { TensorInput } from "../load/inputs.ts";
import { rules as loadRules } from "../load/begin.ts";
import type { LoadOptions } from "../load/begin.ts";
import { load } from "../load/load.ts";
import { findModel } from "../load/models.ts";
import type { Network } from "../load/network.ts";
import { answersOf, classOf } from "./answers.ts";
import type { Answer, TextAnswer } from "./answers.ts";
import { interfaceOf } from "./interface.ts";
import type { InputField, Interface, OutputField } from "./interface.ts";
import { readRows, requireKnownKeys } from "./rows.ts";
import type { PlacedRow, Row } from "./rows.ts";
import { inTurn, requireRows } from "./stream.ts";
import { generateRules, promptRules, TextReader } from "./text-reader.ts";
import type { GenerateOptions } from "./text-reader.ts";
import { apartWarnings, rowsAtOnce } from "./together.ts";
import { idsOf, interfaceOfText, requireTextModel, textModelOf } from "./text.ts";

export interface PredictorOptions extends Pick<LoadOptions, "gpu" | "seed" | "threads"> {
  /** By default the model that was trained, else the first of the file. */
  readonly model?: string;
}

export interface StreamOptions extends PredictOptions {
  /**
   * How many rows are gathered before they are answered, at most as many as the program takes at once, which is the default. With 1, each is answered
   * before the next is asked for: for rows that come slowly.
   */
  readonly batch?: number;
}

const streamRules: Rules<StreamOptions> = { ...predictRules, batch: count };

const rules: Rules<PredictorOptions> = {
  gpu: loadRules.gpu,
  seed: loadRules.seed,
  threads: loadRules.threads,
  model: { expected: "the name of a model", fits: isString },
};

/**
 * Loads an artifact with the bytes that `nnc train` or `net.save()` wrote. Throws NN0701 to NN0704 for artifacts, NN0706 and NN0736 for options,
 * NN0708 for the model, NN0735 for a model whose rows have no fixed size, NN0755 for one whose rows belong together, NN09xx for parameters that do not fit.
 */
export async function predictor(
  artifact: Artifact,
  parameters: Uint8Array,
  options: PredictorOptions = {},
): Promise<Predictor> {
  checkOptions("predictor", options, rules);
  const { model, ...loading } = options;
  // It makes no steps, so that how many make an epoch is of no account.
  const network = await load(artifact, { ...loading, stepsPerEpoch: 1 });
  try {
    network.restore(parameters, { optimizer: false, ...(options.seed === undefined ? {} : { seed: options.seed }) });
    return new Predictor(network, model);
  } catch (error) {
    network.close();
    throw error;
  }
}

export class Predictor {
  /** What a row holds; of a model of text, what each character does. */
  readonly inputs: readonly InputField[];
  /** What is answered to each. */
  readonly outputs: readonly OutputField[];
  readonly #network: Network;
  readonly #outside: Interface;
  /** Rows at once. */
  readonly #most: number;
  /** Of a model of text. */
  readonly #reader: TextReader | undefined;
  /** About the texts and rows that it was given, each once. */
  readonly #told = new Map<string, Diagnostic>();

  /** Use `predictor`. */
  constructor(network: Network, name: string | undefined) {
    const { manifest, record } = network;
    const model = findModel(manifest.host, name);
    const text = textModelOf(manifest, model, record.fitted);
    this.#network = network;
    this.#reader = text === undefined ? undefined : new TextReader(network, text);
    this.#outside = text === undefined ? interfaceOf(manifest, model, record.fitted) : interfaceOfText(text);
    this.#most = rowsAtOnce(manifest, model);
    this.inputs = this.#outside.inputs;
    this.outputs = this.#outside.outputs;
  }

  /**
   * Of the network: parameters that are not finite, threads that it does without. And characters of texts that the vocabulary lacks, and more rows
   * than are taken at once by a model that looks at those beside each (NN0746).
   */
  get warnings(): readonly Diagnostic[] {
    return [...this.#network.warnings, ...this.#told.values()];
  }

  /**
   * For each row, in their order, an answer for each result of the model: `const [[answer]] = await it.predict([{ width: 3.1, colour: "red" }])`.
   * Any number of rows. They are read before it returns. A row that has all columns, each with a single value, is by column, as a row of CSV is, even
   * where an input is called as a column; else an input is found by its name, or by its columns, and not by both. To a model of text, a row is a text,
   * of any length. `seed` is for models that draw when they predict. Throws NN0706 and NN0736, NN0814, NN0821, NN0828, NN0848 for a row, by its number from 0, and NN0705 after `close`.
   */
  async predict(
    rows: readonly (Row | string)[],
    options: PredictOptions = none,
  ): Promise<readonly (readonly Answer[])[]> {
    checkOptions("predict", options, predictRules);
    const reader = this.#reader;
    if (reader !== undefined) {
      const texts = this.#texts(rows, reader);
      const said: (readonly Answer[])[] = [];
      for (const ids of texts) said.push([await this.#textAnswer(reader, ids, options)]);
      return said;
    }
    const answers: (readonly Answer[])[] = [];
    for (const { inputs, count } of this.#batches(rows)) {
      const predictions = await this.#network.predict(this.#outside.model.name, inputs, options);
      answers.push(...this.#answers(predictions, count));
    }
    return answers;
  }

  /** As `predict`, for the targets that answer at once. */
  predictSync(rows: readonly (Row | string)[], options: PredictOptions = none): readonly (readonly Answer[])[] {
    checkOptions("predictSync", options, predictRules);
    const reader = this.#reader;
    if (reader !== undefined)
      return this.#texts(rows, reader).map((ids) => [
        textAnswer(reader, reader.driveSync(reader.begin().each(ids), options)),
      ]);
    return this.#batches(rows).flatMap(({ inputs, count }) =>
      this.#answers(this.#network.predictSync(this.#outside.model.name, inputs, options), count),
    );
  }

  /**
   * For each row that comes, in their order, what `predict` says of it: `for await (const [answer] of it.stream(rows)) …`. Rows come from anything that
   * can be iterated over, waiting for each or not: a generator, a list, a stream of Node's that gives objects. A batch of them is gathered and answered, and none is
   * asked for before those answers are taken; each is read when it comes. Who leaves the loop ends the rows, too. Throws as `predict` does, for a
   * row behind the answers to those before it, and NN0712 for what gives no rows.
   */
  stream(
    rows: AsyncIterable<Row | string> | Iterable<Row | string>,
    options: StreamOptions = none,
  ): AsyncGenerator<readonly Answer[], void, undefined> {
    checkOptions("stream", options, streamRules);
    requireRows(rows);
    const reader = this.#reader;
    const { batch, ...others } = options;
    // Texts have lengths of their own, and are answered one by one.
    const most = reader === undefined ? this.#most : 1;
    if (batch !== undefined && batch > most) {
      const expected =
        most === 1
          ? "1, as many as are taken at once"
          : `a whole number from 1 to ${most}, as many as are taken at once`;
      throw new NncError(unsuitable("batch", expected, batch));
    }
    if (reader === undefined) return this.#rowsInTurn(rows, batch ?? most, others);
    const answer = async (texts: readonly Int32Array[]): Promise<readonly (readonly Answer[])[]> =>
      Promise.all(texts.map(async (ids) => [await this.#textAnswer(reader, ids, others)]));
    return inTurn(rows, most, (row, at) => this.#text(row, at, reader), answer);
  }

  /**
   * What a model of text writes behind the prompt, a character at a time: `for await (const character of it.generate("In the", { length: 200 }))`. Without
   * a prompt it begins as behind the most frequent character, which is none of the text. What a model takes from place to place in forward scans alone
   * is kept, so that each character is read once and none is forgotten; another reads its last window again for each. Throws NN0760 for another model, NN0706 and NN0736 for options.
   */
  generate(prompt = "", options: GenerateOptions = none): AsyncGenerator<string> {
    checkOptions("generate", { prompt }, promptRules);
    checkOptions("generate", options, generateRules);
    const { manifest, record } = this.#network;
    // Another model is refused.
    const reader =
      this.#reader ?? new TextReader(this.#network, requireTextModel(manifest, this.#outside.model, record.fitted));
    const { characters, warnings } = reader.generate(prompt, options);
    this.#tell(warnings);
    return characters;
  }

  /** Gives the memory back and ends threads. */
  close(): void {
    this.#network.close();
  }

  #answers(predictions: readonly Prediction[], rows: number): readonly (readonly Answer[])[] {
    return answersOf(this.#outside, predictions, rows);
  }

  #rowsInTurn(
    rows: AsyncIterable<Row | string> | Iterable<Row | string>,
    most: number,
    options: PredictOptions,
  ): AsyncGenerator<readonly Answer[], void, undefined> {
    const { manifest } = this.#network;
    const { model } = this.#outside;
    const read = (value: unknown, at: number): ReadonlyMap<string, View> => {
      if (at === most) this.#tell(apartWarnings(manifest, model, at + 1, most));
      return this.#values([{ value, place: placeOf(at) }]);
    };
    const answer = async (batch: readonly ReadonlyMap<string, View>[]): Promise<readonly (readonly Answer[])[]> => {
      const parts = this.inputs.map((input): readonly [string, TensorInput] => [input.name, joined(batch, input)]);
      return this.#answers(await this.#network.predict(model.name, new Map(parts), options), batch.length);
    };
    return inTurn(rows, most, read, answer);
  }

  async #textAnswer(reader: TextReader, ids: Int32Array, options: PredictOptions): Promise<TextAnswer> {
    return textAnswer(reader, await reader.drive(reader.begin().each(ids), options));
  }

  #texts(rows: readonly unknown[], reader: TextReader): readonly Int32Array[] {
    return requireList(rows).map((row, at) => this.#text(row, at, reader));
  }

  #text(row: unknown, at: number, { text }: TextReader): Int32Array {
    if (typeof row !== "string")
      throw failure(unsuitableValue, { place: placeOf(at), expected: "a text", found: kindOf(row) });
    const { ids, warnings } = idsOf(row, placeOf(at), text);
    this.#tell(warnings);
    return ids;
  }

  #tell(warnings: readonly Diagnostic[]): void {
    for (const warning of warnings) this.#told.set(warning.message, warning);
  }

  #batches(
    rows: readonly (Row | string)[],
  ): readonly { readonly inputs: ReadonlyMap<string, TensorInput>; readonly count: number }[] {
    const placed = requireList(rows).map((value, at) => ({ value, place: placeOf(at) }));
    const values = this.#values(placed);
    this.#tell(apartWarnings(this.#network.manifest, this.#outside.model, placed.length));
    const starts = Array.from({ length: Math.ceil(placed.length / this.#most) }, (_, batch) => batch * this.#most);
    return starts.map((from) => {
      const count = Math.min(this.#most, placed.length - from);
      const parts = this.inputs.map(({ name, shape, width }): readonly [string, TensorInput] => {
        const data = values.get(name)?.subarray(from * width, (from + count) * width) ?? new Float32Array(0);
        return [name, { shape: [count, ...shape], data }];
      });
      return { inputs: new Map(parts), count };
    });
  }

  /** Rows as the network takes them, by input. */
  #values(rows: readonly PlacedRow[]): ReadonlyMap<string, View> {
    const { fitted } = this.#network.record;
    requireKnownKeys(rows, this.inputs, fitted);
    return readRows(rows, this.inputs, fitted);
  }
}

const placeOf = (at: number): string => `row ${at}`;

/** One input of rows that were read one by one. */
function joined(rows: readonly ReadonlyMap<string, View>[], { name, dtype, shape, width }: InputField): TensorInput {
  const length = rows.length * width;
  const data = dtype === "f32" ? new Float32Array(length) : new Int32Array(length);
  for (const [at, values] of rows.entries()) data.set(values.get(name) ?? [], at * width);
  return { shape: [rows.length, ...shape], data };
}

function requireList(rows: unknown): readonly unknown[] {
  // A list with holes has undefined there, which is no row.
  if (Array.isArray(rows)) return Array.from<unknown>(rows);
  throw failure(wrongType, { name: "rows", expected: "a list of rows", found: kindOf(rows) });
}

/** `scores`: those of every place. */
function textAnswer({ text: { vocabulary, width } }: TextReader, scores: Float32Array): TextAnswer {
  const places = Array.from({ length: scores.length / width }, (_, place) =>
    classOf("output", vocabulary, scores.subarray(place * width, (place + 1) * width)),
  );
  return { kind: "text", name: "output", text: places.map((place) => place.class).join(""), places };
}
