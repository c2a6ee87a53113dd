/**
 * What sharing a kernel among threads costs, in nanoseconds: the only numbers by which the compiler decides which kernels are
 * shared, and into how many parts. They change no value. `scripts/measure-threads.mjs` measures them anew.
 */

export interface ThreadCosts {
  /** From the last of a phase's parts to the first of the next one, all threads awake. */
  readonly barrier: number;
  /** From the call until the others, who sleep, have begun to help. */
  readonly wake: number;
  /** To take one more part, its first turns included. */
  readonly part: number;
  /** Of a kernel that stays in the first cache. */
  readonly flop: number;
  readonly byte: number;
}

export const threadCosts: ThreadCosts = { barrier: 300, wake: 5000, part: 100, flop: 0.05, byte: 0.05 };
