/**
 * Placing blocks in one arena, offline: variables at the bottom, then each other block into a gap between those placed
 * that it conflicts with. A few orders and both fits are tried, and the smallest arena is kept.
 */
import type { Block } from "./lives.ts";
import type { Fit, Span } from "./occupancy.ts";
import { Occupancy } from "./occupancy.ts";

export interface Packing {
  readonly offsets: ReadonlyMap<Block, number>;
  readonly bytes: number;
}

/** With more blocks than this only one order is tried. */
const manyBlocks = 1500;

/** A block that shares its place, with what orders ask of it. */
interface Movable {
  readonly block: Block;
  readonly bytes: number;
  /** When it must keep its content, the entries one after another on one line of time. */
  readonly spans: readonly Span[];
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

/** Offsets in bytes, multiples of the alignment since all sizes are. */
export function pack(blocks: readonly Block[]): Packing {
  const fixed = new Map<Block, number>();
  let base = 0;
  for (const block of blocks) {
    if (!block.always) continue;
    fixed.set(block, base);
    base += block.bytes;
  }
  const { movable, steps } = onOneLine(blocks.filter(({ always }) => !always));
  const tried = (movable.length > manyBlocks ? orders.slice(0, 1) : orders).flatMap((order) => {
    const sorted = [...movable].sort(order);
    return (["first", "best"] as const).map((fit) => place(sorted, steps, base, fit));
  });
  const best = tried.reduce((least, one) => (one.bytes < least.bytes ? one : least));
  return { offsets: new Map([...fixed, ...best.offsets]), bytes: best.bytes };
}

/** The lives of all entries on one line of time, where those of different entries do not meet. */
function onOneLine(blocks: readonly Block[]): { readonly movable: readonly Movable[]; readonly steps: number } {
  const lengths: number[] = [];
  for (const { lives } of blocks)
    for (const { entry, to } of lives) lengths[entry] = Math.max(lengths[entry] ?? 0, to + 1);
  let steps = 0;
  const starts = Array.from(lengths, (length = 0) => (steps += length) - length);
  const movable = blocks.map((block): Movable => {
    const { bytes, lives } = block;
    const spans = lives.map(({ entry, from, to }) => ({ from: starts[entry] + from, to: starts[entry] + to }));
    const length = spans.reduce((sum, { from, to }) => sum + to - from + 1, 0);
    const start = lives.reduce((least, { from }) => Math.min(least, from), Infinity);
    return { block, bytes, spans, length, start };
  });
  return { movable, steps };
}

/** Each block in turn where nothing placed before it is in its way. */
function place(blocks: readonly Movable[], steps: number, base: number, fit: Fit): Packing {
  const offsets = new Map<Block, number>();
  const taken = new Occupancy(steps);
  let bytes = base;
  for (const { block, bytes: size, spans } of blocks) {
    const offset = taken.gapFor(size, spans, base, fit);
    taken.take(spans, offset, offset + size);
    offsets.set(block, offset);
    bytes = Math.max(bytes, offset + size);
  }
  return { offsets, bytes };
}
