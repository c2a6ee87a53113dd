/**
 * Placing blocks in one arena, offline: variables at the bottom, then each other block into a gap between those placed
 * that it conflicts with. A few orders and both fits are tried, others are searched where these miss, and the smallest arena is kept.
 */
import type { Block } from "./lives.ts";
import type { Fit, Period } from "./occupancy.ts";
import { Occupancy } from "./occupancy.ts";
import { search } from "./search.ts";

export interface Packing {
  readonly offsets: ReadonlyMap<Block, number>;
  readonly bytes: number;
}

/** With more blocks than this only one order is tried, and the tighter fit only where the other misses … */
const manyBlocks = 1500;
/** … the least that is possible by more than this factor. */
const nearEnough = 1.01;

/** Of no more blocks than this better orders are searched, in as many placements of a block in all. */
const fewBlocks = 512;
const mostPlaced = 2 ** 15;

/** A block that shares its place, with what orders ask of it. */
interface Movable {
  readonly block: Block;
  readonly bytes: number;
  /** When it must keep its content, the entries one after another on one line of time. */
  readonly periods: readonly Period[];
  /** How many steps that are. */
  readonly length: number;
  /** Its first step in any entry. */
  readonly start: number;
}

type Order = (left: Movable, right: Movable) => number;

const orders: readonly Order[] = [
  (a, b) => b.bytes - a.bytes || b.length - a.length,
  (a, b) => b.bytes * b.length - a.bytes * a.length,
  (a, b) => b.length - a.length || b.bytes - a.bytes,
  (a, b) => a.start - b.start || b.bytes - a.bytes,
];

/** Offsets in bytes, multiples of the alignment since all sizes are. `least` is what no packing can do without. */
export function pack(blocks: readonly Block[], least: number): Packing {
  const fixed = new Map<Block, number>();
  let base = 0;
  for (const block of blocks) {
    if (!block.always) continue;
    fixed.set(block, base);
    base += block.bytes;
  }
  const timeline = onOneLine(blocks.filter(({ always }) => !always));
  const { movable } = timeline;
  const isLarge = movable.length > manyBlocks;
  const enough = isLarge ? nearEnough * least : least;
  let best: Packing | undefined;
  for (const order of isLarge ? orders.slice(0, 1) : orders) {
    const sorted = [...movable].sort(order);
    for (const fit of ["first", "best"] as const) {
      if (best !== undefined && best.bytes <= enough) break;
      const tried = place(sorted, timeline, base, fit);
      if (best === undefined || tried.bytes < best.bytes) best = tried;
    }
  }
  if (movable.length <= fewBlocks && best !== undefined && best.bytes > nearEnough * least) {
    const found = searched(movable, base, least);
    if (found.bytes < best.bytes) best = found;
  }
  return { offsets: new Map([...fixed, ...(best?.offsets ?? [])]), bytes: best?.bytes ?? base };
}

function searched(movable: readonly Movable[], base: number, least: number): Packing {
  const sorted = [...movable].sort(orders[0]);
  const { offsets, bytes } = search(sorted, base, least, Math.floor(mostPlaced / sorted.length));
  return { offsets: new Map(sorted.map(({ block }, at) => [block, offsets[at]])), bytes };
}

/** The lives of all entries on one line of time, where those of different entries do not meet. */
interface Timeline {
  readonly movable: readonly Movable[];
  readonly steps: number;
  /** In each entry the step when most is alive. */
  readonly busy: readonly number[];
}

function onOneLine(blocks: readonly Block[]): Timeline {
  const lengths: (number | undefined)[] = [];
  for (const { lives } of blocks)
    for (const { entry, to } of lives) lengths[entry] = Math.max(lengths[entry] ?? 0, to + 1);
  let steps = 0;
  const starts = Array.from(lengths, (length = 0) => (steps += length) - length);
  const movable = blocks.map((block): Movable => {
    const { bytes, lives } = block;
    const periods = lives.map(({ entry, from, to }) => ({ from: starts[entry] + from, to: starts[entry] + to }));
    const length = periods.reduce((sum, { from, to }) => sum + to - from + 1, 0);
    const start = lives.reduce((least, { from }) => Math.min(least, from), Infinity);
    return { block, bytes, periods, length, start };
  });
  return { movable, steps, busy: busiest(movable, [...starts, steps]) };
}

/** Between each two of the ascending `starts` the step at which the most bytes are alive. */
function busiest(movable: readonly Movable[], starts: readonly number[]): readonly number[] {
  const alive = new Float64Array(starts[starts.length - 1] + 1);
  for (const { periods, bytes } of movable) {
    for (const { from, to } of periods) {
      alive[from] += bytes;
      alive[to + 1] -= bytes;
    }
  }
  for (const step of alive.keys()) if (step > 0) alive[step] += alive[step - 1];
  return starts.slice(1).flatMap((end, entry) => {
    const start = starts[entry];
    if (start === end) return [];
    let most = start;
    for (let step = start; step < end; step += 1) if (alive[step] > alive[most]) most = step;
    return [most];
  });
}

/** Each block in turn where nothing placed before it is in its way. */
function place(blocks: readonly Movable[], { steps, busy }: Timeline, base: number, fit: Fit): Packing {
  const offsets = new Map<Block, number>();
  const taken = new Occupancy(steps, base, busy);
  let bytes = base;
  for (const { block, bytes: size, periods } of blocks) {
    const offset = taken.gapFor(size, periods, fit);
    taken.take(periods, { from: offset, to: offset + size });
    offsets.set(block, offset);
    bytes = Math.max(bytes, offset + size);
  }
  return { offsets, bytes };
}
