/**
 * Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011),
 * and a stream of bounded integers on top of it. Counter-based: the same key and counter give the same bits on every
 * machine, in any order.
 */

const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;
/** The constant that the last word of the key schedule is made from (Skein's parity). */
const parity = 0x1bd11bda;

/**
 * Writes the two words of `threefry2x32_20(key, counter)` to `out`; words are taken and given as unsigned 32-bit
 * integers.
 */
export function threefry2x32(key0: number, key1: number, counter0: number, counter1: number, out: Uint32Array): void {
  const schedule = [key0 | 0, key1 | 0, parity ^ key0 ^ key1] as const;
  let x0 = (counter0 + schedule[0]) | 0;
  let x1 = (counter1 + schedule[1]) | 0;
  for (let group = 0; group < 5; group++) {
    for (let round = 0; round < 4; round++) {
      const turn = rotations[(group % 2) * 4 + round] ?? 0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << turn) | (x1 >>> (32 - turn))) ^ x0;
    }
    x0 = (x0 + (schedule[(group + 1) % 3] ?? 0)) | 0;
    x1 = (x1 + (schedule[(group + 2) % 3] ?? 0) + group + 1) | 0;
  }
  out[0] = x0;
  out[1] = x1;
}

/**
 * Independent uses of one seed. Each takes its key from `threefry(seed, [purpose, index])`, so that drawing more for
 * one never moves another. The numbers are part of what makes a run repeatable: never change one.
 */
export const purposes = { split: 1, shuffle: 2, augment: 3, characters: 4 } as const;

/** A stream of unsigned 32-bit words, a function of (seed, purpose, index) and a row alone; `seed` is any safe integer. */
export class WordStream {
  readonly #key = new Uint32Array(2);
  readonly #block = new Uint32Array(2);
  #row = 0;
  #drawn = 0;

  constructor(seed: number, purpose: number, index: number) {
    threefry2x32(seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0, purpose, index, this.#key);
  }

  /** From here on the words of this row (0 before): those of one are the same whichever rows were drawn for before. */
  begin(row: number): void {
    this.#row = row;
    this.#drawn = 0;
  }

  next(): number {
    const half = this.#drawn % 2;
    if (half === 0) this.#refill();
    this.#drawn++;
    return this.#block[half] ?? 0;
  }

  /** A whole number in [0, bound), each equally likely: words beyond the last multiple of `bound` are drawn again. */
  below(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let word = this.next();
    while (word >= limit) word = this.next();
    return word % bound;
  }

  #refill(): void {
    const block = this.#drawn / 2;
    threefry2x32(
      this.#key[0] ?? 0,
      this.#key[1] ?? 0,
      block >>> 0,
      this.#row + Math.floor(block / 2 ** 32),
      this.#block,
    );
  }
}
