/**
 * Looks for an order in which first fit places blocks lower: one that ends too high is moved forward in the order, now and
 * then any one to any place, at random but always alike, and stays there unless that makes the arena larger. For few blocks, since each
 * pair is asked whether it meets.
 */
import type { Period } from "./occupancy.ts";

export interface Placeable {
  readonly bytes: number;
  readonly periods: readonly Period[];
}

export interface Found {
  /** In the order in which the blocks were given. */
  readonly offsets: Float64Array;
  readonly bytes: number;
}

/** Places all blocks above `base` so many times at most, until they end at `enough`. The blocks are given in the order to begin with. */
export function search(blocks: readonly Placeable[], base: number, enough: number, rounds: number): Found {
  const meets = Uint8Array.from(blocks.flatMap((one) => blocks.map((other) => (meet(one, other) ? 1 : 0))));
  const below = numbers();
  let order = [...blocks.keys()];
  let found = firstFit(order, blocks, meets, base);
  for (let round = 1; round < rounds && found.bytes > enough; round += 1) {
    const { offsets } = found;
    const high = [...order.keys()].filter((at) => offsets[order[at]] + blocks[order[at]].bytes > enough);
    const from = below(3) === 0 ? below(order.length) : high[below(high.length)];
    const to = below(3) === 0 ? below(order.length) : below(from + 1);
    const moved = order.toSpliced(from, 1).toSpliced(to, 0, order[from]);
    const tried = firstFit(moved, blocks, meets, base);
    if (tried.bytes > found.bytes) continue;
    found = tried;
    order = moved;
  }
  return found;
}

function meet({ periods }: Placeable, { periods: others }: Placeable): boolean {
  return periods.some((one) => others.some((other) => one.from <= other.to && other.from <= one.to));
}

/** Each block in turn in the lowest gap between those placed before that it meets; `meets` has a row for each block. */
function firstFit(order: readonly number[], blocks: readonly Placeable[], meets: Uint8Array, base: number): Found {
  const offsets = new Float64Array(blocks.length);
  /** By ascending offset. */
  const placed = new Int32Array(blocks.length);
  let bytes = base;
  for (let count = 0; count < order.length; count += 1) {
    const block = order[count];
    const row = block * blocks.length;
    const size = blocks[block].bytes;
    let offset = base;
    for (let at = 0; at < count; at += 1) {
      const other = placed[at];
      if (offsets[other] >= offset + size) break;
      if (meets[row + other] === 1) offset = Math.max(offset, offsets[other] + blocks[other].bytes);
    }
    offsets[block] = offset;
    bytes = Math.max(bytes, offset + size);
    let at = count;
    for (; at > 0 && offsets[placed[at - 1]] > offset; at -= 1) placed[at] = placed[at - 1];
    placed[at] = block;
  }
  return { offsets, bytes };
}

/** Whole numbers below a count, always the same ones (a congruential generator, Knuth 1981). */
function numbers(): (count: number) => number {
  let state = 1;
  return (count) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
}
