/** A network of text at work: it reads texts, says what may follow each of their characters, and writes on where they end. */
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { isString, seed } from "../../compiler/diagnostics/options.ts";
import type { Rules } from "../../compiler/diagnostics/options.ts";
import { decodeIds } from "../data/text.ts";
import type { PredictOptions } from "../load/call-options.ts";
import type { Network } from "../load/network.ts";
import { Parts, Windows } from "./reading.ts";
import type { Asks, Reading } from "./reading.ts";
import { Sampler } from "./sampler.ts";
import { idsOf } from "./text.ts";
import type { TextModel } from "./text.ts";

export interface GenerateOptions {
  /** How many characters; without it there is no end, and the loop that takes them is left. */
  readonly length?: number;
  /** 1 draws each character with the chance that the model gives it, less takes likely ones more often, 0 always the likeliest. Default: 1. */
  readonly temperature?: number;
  /** Of the draws; by default the network's own. The same seed gives the same text on every target. */
  readonly seed?: number;
}

export const promptRules: Rules<{ readonly prompt: string }> = { prompt: { expected: "a text", fits: isString } };

export const generateRules: Rules<GenerateOptions> = {
  length: { expected: "a whole number from 0", fits: (value) => Number.isSafeInteger(value) && Number(value) >= 0 },
  temperature: { expected: "a number from 0", fits: (value) => Number.isFinite(value) && Number(value) >= 0 },
  seed,
};

export class TextReader {
  readonly text: TextModel;
  readonly #network: Network;

  constructor(network: Network, text: TextModel) {
    this.#network = network;
    this.text = text;
  }

  /** At the beginning of a text. */
  begin(): Reading {
    const { continuation } = this.text.model;
    return continuation === undefined ? new Windows(this.text) : new Parts(this.text, continuation);
  }

  async drive<Answer>(asks: Asks<Answer>, options: PredictOptions = {}): Promise<Answer> {
    let next = asks.next();
    while (next.done !== true) {
      const { part, inputs } = next.value;
      const { name } = this.text.model;
      next = asks.next(
        part === undefined
          ? await this.#network.predict(name, inputs, options)
          : await this.#network.readOn(name, part, inputs, options),
      );
    }
    return next.value;
  }

  /** As `drive`, for the targets that answer at once. */
  driveSync<Answer>(asks: Asks<Answer>, options: PredictOptions = {}): Answer {
    let next = asks.next();
    while (next.done !== true) {
      const { part, inputs } = next.value;
      const { name } = this.text.model;
      next = asks.next(
        part === undefined
          ? this.#network.predictSync(name, inputs, options)
          : this.#network.readOnSync(name, part, inputs, options),
      );
    }
    return next.value;
  }

  /**
   * What comes behind the prompt, a character at a time, and what is odd about the prompt. Without one it begins as behind the most frequent
   * character, which is none of the text.
   */
  generate(
    prompt: string,
    { length = Infinity, temperature = 1, seed: drawn = this.#network.counters.seed }: GenerateOptions,
  ): { readonly characters: AsyncGenerator<string>; readonly warnings: readonly Diagnostic[] } {
    const { ids, warnings } = idsOf(prompt, "the prompt", this.text);
    const start = ids.length === 0 ? Int32Array.of(0) : ids;
    return { characters: this.#write(start, length, new Sampler(drawn, temperature)), warnings };
  }

  async *#write(start: Int32Array, length: number, sampler: Sampler): AsyncGenerator<string> {
    const { vocabulary } = this.text;
    const reading = this.begin();
    let ids = start;
    for (let made = 0; made < length; made++) {
      const scores = await this.drive(reading.next(ids));
      ids = Int32Array.of(sampler.pick(scores.subarray(0, vocabulary.length)));
      yield decodeIds(ids, vocabulary);
    }
  }
}
