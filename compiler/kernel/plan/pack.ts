/**
 * Placing blocks in one arena, offline: variables at the bottom, then each other block into a gap between those placed
 * that it conflicts with. A few orders and both fits are tried, and the smallest arena is kept.
 */
import type { Block } from "./lives.ts";
import { conflict } from "./lives.ts";

export interface Packing {
  readonly offsets: ReadonlyMap<Block, number>;
  readonly bytes: number;
}

/** With more blocks than this only one order is tried. */
const manyBlocks = 1500;

type Order = (left: Block, right: Block) => number;
type Fit = "first" | "best";

const span = ({ lives }: Block): number => lives.reduce((sum, { from, to }) => sum + to - from + 1, 0);
const start = ({ lives }: Block): number => Math.min(...lives.map(({ from }) => from));

const orders: readonly Order[] = [
  (a, b) => b.bytes - a.bytes || span(b) - span(a),
  (a, b) => b.bytes * span(b) - a.bytes * span(a),
  (a, b) => span(b) - span(a) || b.bytes - a.bytes,
  (a, b) => start(a) - start(b) || b.bytes - a.bytes,
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
  const movable = blocks.filter(({ always }) => !always);
  const conflicts = new Map(
    movable.map((block) => [block, movable.filter((other) => other !== block && conflict(block, other))]),
  );
  const tried = (movable.length > manyBlocks ? orders.slice(0, 1) : orders).flatMap((order) =>
    (["first", "best"] as const).map((fit) => place([...movable].sort(order), conflicts, base, fit)),
  );
  const best = tried.reduce((least, one) => (one.bytes < least.bytes ? one : least));
  return { offsets: new Map([...fixed, ...best.offsets]), bytes: best.bytes };
}

function place(
  blocks: readonly Block[],
  conflicts: ReadonlyMap<Block, readonly Block[]>,
  base: number,
  fit: Fit,
): Packing {
  const offsets = new Map<Block, number>();
  let bytes = base;
  for (const block of blocks) {
    const taken = (conflicts.get(block) ?? []).flatMap((other): [number, number][] => {
      const offset = offsets.get(other);
      return offset === undefined ? [] : [[offset, offset + other.bytes]];
    });
    const offset = gapFor(
      block.bytes,
      taken.sort(([a], [b]) => a - b),
      base,
      fit,
    );
    offsets.set(block, offset);
    bytes = Math.max(bytes, offset + block.bytes);
  }
  return { offsets, bytes };
}

/** The lowest, or the tightest, gap between taken ranges, which are sorted by their start. */
function gapFor(bytes: number, taken: readonly (readonly [number, number])[], base: number, fit: Fit): number {
  let end = base;
  let best: { readonly offset: number; readonly size: number } | undefined;
  for (const [from, to] of taken) {
    const size = from - end;
    if (size >= bytes && (best === undefined || (fit === "best" && size < best.size))) best = { offset: end, size };
    end = Math.max(end, to);
  }
  return best?.offset ?? end;
}
