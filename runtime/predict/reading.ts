/**
 * How a text is read by its model, as far as it has come: what the model says of the place behind the last character, or behind each. Written
 * once for targets that answer at once and targets that answer later: a generator asks for calls of the model and is given what it said.
 */
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import type { HostContinuation, TextPart } from "../../compiler/program/host.ts";
import type { Prediction } from "../load/calls.ts";
import type { TensorInput } from "../load/inputs.ts";
import type { TextModel } from "./text.ts";

/** A call of the model, or of what reads a text in parts. */
export interface Ask {
  readonly part?: TextPart;
  readonly inputs: ReadonlyMap<string, TensorInput>;
}

export type Asks<Answer> = Generator<Ask, Answer, readonly Prediction[]>;

/** A text that grows by ids, at least one at a time. */
export interface Reading {
  /** Reads on; a score for each id of the place behind. */
  readonly next: (ids: Int32Array) => Asks<Float32Array>;
  /** Reads on; those of the places behind each of these ids, one after the other. */
  readonly each: (ids: Int32Array) => Asks<Float32Array>;
}

/** Keeps what lies behind the last character: each is read once, and none is forgotten. */
export class Parts implements Reading {
  readonly #text: TextModel;
  readonly #continuation: HostContinuation;
  /** Undefined at the beginning. */
  #behind: readonly Prediction[] | undefined;

  constructor(text: TextModel, continuation: HostContinuation) {
    this.#text = text;
    this.#continuation = continuation;
  }

  *next(ids: Int32Array): Asks<Float32Array> {
    const scores = yield* this.each(ids);
    return scores.subarray(scores.length - this.#text.width);
  }

  *each(ids: Int32Array): Asks<Float32Array> {
    const { window, width } = this.#text;
    const scores = new Float32Array(ids.length * width);
    for (let from = 0; from < ids.length; from += window)
      scores.set(yield* this.#part(ids.subarray(from, from + window)), from * width);
    return scores;
  }

  *#part(ids: Int32Array): Asks<Float32Array> {
    const { start, step } = this.#continuation;
    const text = ask(this.#text, [1, ids.length], ids).inputs;
    const behind = this.#behind ?? (start === undefined ? [] : yield { part: "start", inputs: text });
    const carried = step.inputs.slice(1).map(({ name }, at) => [name, told(behind[at])] as const);
    const [said, ...next] = yield { part: "step", inputs: new Map([...text, ...carried]) };
    this.#behind = next;
    return Float32Array.from(told(said).data);
  }
}

/** What the network's check of its artifact promises. */
function told(one: Prediction | undefined): Prediction {
  if (one === undefined) throw new InternalError("predict", "a part of a text was answered with too little");
  return one;
}

/** Shows the model the last characters at each call, as many as its window. */
export class Windows implements Reading {
  readonly #text: TextModel;
  /** At most a window. */
  #seen = new Int32Array(0);

  constructor(text: TextModel) {
    this.#text = text;
  }

  *next(ids: Int32Array): Asks<Float32Array> {
    this.#read(ids);
    return yield* this.#behind(this.#seen);
  }

  *each(ids: Int32Array): Asks<Float32Array> {
    const { window, rows, width } = this.#text;
    const scores = new Float32Array(ids.length * width);
    const before = this.#seen.length;
    const all = joined(this.#seen, ids);
    // Shorter than the window, each beginning of the text has a length of its own.
    let end = before + 1;
    for (; end < window && end <= all.length; end++)
      scores.set(yield* this.#behind(all.subarray(0, end)), (end - 1 - before) * width);
    for (; end <= all.length; end += rows) {
      const count = Math.min(rows, all.length - end + 1);
      const data = new Int32Array(count * window);
      for (let row = 0; row < count; row++) data.set(all.subarray(end + row - window, end + row), row * window);
      const said = yield ask(this.#text, [count, window], data);
      for (let row = 0; row < count; row++)
        scores.set(scoresAt(said, (row + 1) * window - 1, width), (end + row - 1 - before) * width);
    }
    this.#read(ids);
    return scores;
  }

  #read(ids: Int32Array): void {
    this.#seen = joined(this.#seen, ids).slice(-this.#text.window);
  }

  /** Where the model takes whole windows alone, what stands behind the ids is not for their places to see. */
  *#behind(ids: Int32Array): Asks<Float32Array> {
    const { window, isOpen, width } = this.#text;
    const data = new Int32Array(isOpen ? ids.length : window);
    data.set(ids);
    return scoresAt(yield ask(this.#text, [1, data.length], data), ids.length - 1, width);
  }
}

function joined(first: Int32Array, second: Int32Array): Int32Array {
  const all = new Int32Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

function ask({ input }: TextModel, shape: readonly number[], data: Int32Array): Ask {
  return { inputs: new Map([[input, { shape, data }]]) };
}

function scoresAt([said]: readonly Prediction[], place: number, width: number): Float32Array {
  return Float32Array.from(said?.data.subarray(place * width, (place + 1) * width) ?? []);
}
