/**
 * Which character comes next, from what the model says of each: drawn with the chances of a softmax, flattened or sharpened by a temperature.
 * The same scores and seed give the same characters on every engine: the draws are Threefry's, and exponentials are rounded to 32 bits.
 */
import { purposes, WordStream } from "../data/threefry.ts";
import { argmax } from "./answers.ts";

export class Sampler {
  readonly #stream: WordStream;
  readonly #temperature: number;

  /** At the temperature 0 the most likely one is taken, the first of equals. */
  constructor(seed: number, temperature: number) {
    this.#stream = new WordStream(seed, purposes.characters, 0);
    this.#temperature = temperature;
  }

  /** An id; takes one word of the stream at every temperature but 0. */
  pick(scores: Float32Array): number {
    const best = argmax(scores);
    if (this.#temperature === 0) return best;
    const draw = (this.#stream.next() >>> 8) * 2 ** -24;
    const highest = scores[best] ?? NaN;
    // A NaN, and what is infinitely likelier than all else, are taken as they are at the temperature 0.
    if (!Number.isFinite(highest)) return best;
    const weights = Array.from(scores, (score) => Math.fround(Math.exp((score - highest) / this.#temperature)));
    let left = draw * weights.reduce((sum, weight) => sum + weight, 0);
    const drawn = weights.findIndex((weight) => (left -= weight) < 0);
    return drawn < 0 ? best : drawn;
  }
}
