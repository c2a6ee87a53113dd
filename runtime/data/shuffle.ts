/**
 * The order in which an epoch visits the rows: a function of (seed, epoch) alone, so that a resumed run sees what an
 * unbroken one would have seen.
 */
import { purposes, WordStream } from "./threefry.ts";

/** Fisher–Yates from the end, in place. */
export function permute(order: Uint32Array, words: WordStream): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = words.below(last + 1);
    const moved = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = moved;
  }
}

/** 0, 1, …, rows − 1. */
export function inOrder(rows: number): Uint32Array {
  return fillInOrder(new Uint32Array(rows));
}

/** Fills `order` with the permutation of its rows for one epoch (counted from 1); allocates nothing of its size. */
export function shuffleInto(order: Uint32Array, seed: number, epoch: number): void {
  fillInOrder(order);
  permute(order, new WordStream(seed, purposes.shuffle, epoch));
}

function fillInOrder(order: Uint32Array): Uint32Array {
  for (let row = 0; row < order.length; row++) order[row] = row;
  return order;
}
