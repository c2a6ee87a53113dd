/**
 * What sharing a kernel among threads costs, in nanoseconds: the only numbers by which the compiler decides which kernels are
 * shared, and into how many parts. They change no value. `scripts/measure-threads.mjs` measures them anew.
 */

export interface ThreadCosts {
  /** From the last of a phase's parts to the first of the next one, all threads awake. */
  readonly barrier: number;
  /** Of the call that wakes the others where they sleep; the work goes on meanwhile. */
  readonly wake: number;
  /** To take one more part, its first turns included. */
  readonly part: number;
  /** Of a kernel that stays in the first cache. */
  readonly flop: number;
  readonly byte: number;
}

/** Measured on AMD EPYC, Node 20.20.2, 2026-11-24. */
export const threadCosts: ThreadCosts = { barrier: 180, wake: 2900, part: 47, flop: 0.033, byte: 0.0091 };

/** By which nothing is shared: for a program that one thread runs. */
export const noThreads: ThreadCosts = { ...threadCosts, barrier: Infinity };
