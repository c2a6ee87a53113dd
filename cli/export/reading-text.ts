/**
 * The parts of an exported module that read a text as far as it has come (`runtime/predict/reading.ts`) and draw what comes next
 * (`runtime/predict/sampler.ts`, `runtime/data/threefry.ts`). They stand behind the module's data, and are TypeScript without an import.
 */

import type { Answering } from "./answering.ts";

/** Behind the places of buffers. */
export const openedText = `/** The kernels with the weights in their memory, and its buffers by their names. */
interface Opened { readonly buffers: ReadonlyMap<string, View>; readonly entries: Instance["entries"] }

function opened(memory: ArrayBuffer, entries: Instance["entries"]): Opened {
  const viewOf = (dtype: string, offset: number, length: number): View =>
    dtype === "f32" ? new Float32Array(memory, offset, length) : new Int32Array(memory, offset, length);
  return { entries, buffers: new Map(places.map(([name, dtype, offset, length]) => [name, viewOf(dtype, offset, length)])) };
}
`;

export function callText(asks: boolean, { async, given }: Answering): string {
  const ask = asks ? "\n  requireSizes(rows, length);" : "";
  return `${async === "" ? runAtOnce(ask) : runLater(ask)}
/** A text that grows by ids, at least one at a time: what the model says of the place behind the last of them, or behind each. */
interface Reading { readonly next: (ids: Int32Array) => ${given("Float32Array")}; readonly each: (ids: Int32Array) => ${given("Float32Array")} }
`;
}

function runAtOnce(ask: string): string {
  return `/** Runs an entry on \`rows\` texts of one length; copies of the answers, which belong to nobody else. */
function run({ entry, given, results, dims }: Call, rows: number, length: number, values: readonly View[]): View[] {
  const { buffers, entries } = open();${ask}
  // What no kernel reads has no buffer.
  given.forEach((name, at) => buffers.get(name)?.set(values[at] ?? []));
  (entries[entry] as (...dims: number[]) => void)(...dims.map((size) => (size === "rows" ? rows : size === "length" ? length : size)));
  return results.map((name) => (buffers.get(name) as View).slice());
}
`;
}

function runLater(ask: string): string {
  return `/** Runs an entry on \`rows\` texts of one length. */
async function run({ entry, given, results }: Call, rows: number, length: number, values: readonly View[]): Promise<View[]> {${ask}
  const written = given.flatMap((name, at): readonly (readonly [string, View])[] => {
    const view = values[at];
    return view === undefined ? [] : [[name, view]];
  });
  return (await opened()).call(entry, rows, length, written, results.map((name) => [name, placeOf.get(name)?.[3] ?? 0] as const));
}
`;
}

export function partsText({ async, await: awaits, given }: Answering): string {
  return `/** Keeps what lies behind the last character: each is read once, and none is forgotten. */
function begin(): Reading {
  let behind: readonly View[] | undefined;
  const each = ${async}(ids: Int32Array): ${given("Float32Array")} => {
    const scores = new Float32Array(ids.length * width);
    for (let from = 0; from < ids.length; from += windowSize) {
      const part = ids.subarray(from, from + windowSize);
      behind ??= start === null ? [] : ${awaits}run(start, 1, part.length, [part]);
      const [said, ...next] = ${awaits}run(step, 1, part.length, [part, ...behind]);
      behind = next;
      scores.set((said as View).subarray(0, part.length * width), from * width);
    }
    return scores;
  };
  return { each, next: ${async}(ids) => (${awaits}each(ids)).subarray(-width) };
}
`;
}

export function windowsText({ async, await: awaits, given }: Answering): string {
  return `/** Shows the model the last characters at each call, as many as its window. */
function begin(): Reading {
  /** At most a window. */
  let seen = new Int32Array(0);
  const read = (ids: Int32Array): void => {
    seen = joined(seen, ids).slice(-windowSize);
  };
  return {
    next: (ids) => {
      read(ids);
      return behind(seen);
    },
    each: ${async}(ids) => {
      const scores = new Float32Array(ids.length * width);
      const before = seen.length;
      const all = joined(seen, ids);
      // Shorter than a window, each beginning of the text has a length of its own.
      let end = before + 1;
      for (; end < windowSize && end <= all.length; end += 1) scores.set(${awaits}behind(all.subarray(0, end)), (end - 1 - before) * width);
      for (; end <= all.length; end += most) {
        const count = Math.min(most, all.length - end + 1);
        const data = new Int32Array(count * windowSize);
        for (let row = 0; row < count; row += 1) data.set(all.subarray(end + row - windowSize, end + row), row * windowSize);
        const [said] = ${awaits}run(call, count, windowSize, [data]);
        for (let row = 0; row < count; row += 1) scores.set(scoresAt(said, (row + 1) * windowSize - 1), (end + row - 1 - before) * width);
      }
      read(ids);
      return scores;
    },
  };
}

/** Where the model takes whole windows alone, what stands behind the ids is not for their places to see. */
${async}function behind(ids: Int32Array): ${given("Float32Array")} {
  const data = new Int32Array(isOpen ? ids.length : windowSize);
  data.set(ids);
  const [said] = ${awaits}run(call, 1, data.length, [data]);
  return scoresAt(said, ids.length - 1);
}

function scoresAt(said: View | undefined, place: number): Float32Array {
  return Float32Array.from((said as View).subarray(place * width, (place + 1) * width));
}

function joined(first: Int32Array, second: Int32Array): Int32Array {
  const all = new Int32Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
`;
}

export const idsText = `const isList = (value: unknown): value is readonly unknown[] | Numbers => Array.isArray(value) || isNumbers(value);

/** What the vocabulary lacks is read as its last character; a character is a code point. */
function idsOf(text: Text, place: string): Int32Array {
  if (typeof text === "string") return Int32Array.from(Array.from(text), (one) => ids.get(one) ?? vocabulary.length - 1);
  if (!isList(text)) throw new TypeError(\`\${place}: expected a text or a list of ids, found \${shown(text)}\`);
  const found: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const id = text[at];
    const Mistake = typeof id === "number" ? RangeError : TypeError;
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id >= vocabulary.length)
      throw new Mistake(\`\${place}: expected ids from 0 to \${vocabulary.length - 1}, found \${shown(id)} at place \${at}\`);
    found.push(id);
  }
  return Int32Array.from(found);
}

const ids: ReadonlyMap<string, number> = new Map(vocabulary.map((character, id) => [character, id]));
`;

export const samplerText = `/** Draws the next character's id with the chances of a softmax; at the temperature 0 the most likely one, the first of equals. */
function sampler(seed: number, temperature: number): (scores: Float32Array) => number {
  const next = words(seed);
  return (scores) => {
    const best = argmax(scores);
    if (temperature === 0) return best;
    const draw = (next() >>> 8) * 2 ** -24;
    const highest = scores[best] ?? NaN;
    // A NaN, and what is infinitely likelier than all else, are taken as they are at the temperature 0.
    if (!Number.isFinite(highest)) return best;
    const chances = Array.from(scores, (score) => Math.fround(Math.exp((score - highest) / temperature)));
    let left = draw * chances.reduce((sum, chance) => sum + chance, 0);
    const drawn = chances.findIndex((chance) => (left -= chance) < 0);
    return drawn < 0 ? best : drawn;
  };
}

/** The stream of 32-bit words that characters are drawn from, a function of the seed. */
function words(seed: number): () => number {
  const [key0, key1] = threefry(seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0, 4, 0);
  let drawn = 0;
  let block: readonly [number, number] = [0, 0];
  return () => {
    const half = drawn % 2;
    if (half === 0) block = threefry(key0, key1, (drawn / 2) >>> 0, Math.floor(drawn / 2 ** 33));
    drawn += 1;
    return half === 0 ? block[0] : block[1];
  };
}

/** Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011). */
function threefry(key0: number, key1: number, counter0: number, counter1: number): readonly [number, number] {
  const keys = [key0 | 0, key1 | 0, 0x1bd11bda ^ key0 ^ key1];
  const turns = [13, 15, 26, 6, 17, 29, 16, 24];
  let [a, b] = [(counter0 + key0) | 0, (counter1 + key1) | 0];
  for (let round = 0; round < 20; round += 1) {
    const turn = turns[round % 8] ?? 0;
    a = (a + b) | 0;
    b = ((b << turn) | (b >>> (32 - turn))) ^ a;
    if (round % 4 < 3) continue;
    const group = (round + 1) / 4;
    a = (a + (keys[group % 3] ?? 0)) | 0;
    b = (b + (keys[(group + 1) % 3] ?? 0) + group) | 0;
  }
  return [a >>> 0, b >>> 0];
}
`;
