/**
 * What is taken of the arena, and when: a segment tree over time whose nodes keep, as disjoint ranges of addresses, what is
 * taken during all of their steps and what during any. A life then asks a few lists instead of every block placed before.
 */
import type { AddressRange } from "../program/ranges.ts";
import { Ranges } from "../program/ranges.ts";

/** Steps from the first to the last, on one line of time. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

export type Fit = "first" | "best";

export class Occupancy {
  readonly #base: number;
  /** Leaves of the tree: a power of two. Node 1 is the root, the children of n are 2n and 2n + 1. */
  readonly #leaves: number;
  /** Taken during all steps of the node, by blocks that do not live during all of its parent's. */
  readonly #whole = new Map<number, Ranges>();
  /** Taken during any step of the node by blocks that do not live during all of them. */
  readonly #parts = new Map<number, Ranges>();
  /** Below this address all is taken during all steps of the node … */
  readonly #full: Float64Array;
  /** … and below this during one of its steps at least. */
  readonly #fullest: Float64Array;
  /** All that is taken during single steps: one list where several would be searched in turn. */
  readonly #columns: ReadonlyMap<number, Ranges>;

  /** Nothing is taken yet during so many steps, of which `busy` are within most lives; addresses begin at `base`. */
  constructor(steps: number, base: number, busy: readonly number[]) {
    this.#columns = new Map(busy.map((step) => [step, new Ranges()]));
    this.#base = base;
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, steps)));
    this.#full = new Float64Array(2 * this.#leaves).fill(base);
    this.#fullest = new Float64Array(2 * this.#leaves).fill(base);
  }

  /** Takes the range during all of the periods. */
  take(periods: readonly Period[], range: AddressRange): void {
    const nodes = this.#cover(periods);
    for (const node of nodes) {
      rangesOf(this.#whole, node).add(range);
      let full = this.#full[node];
      for (let parent = node >> 1; parent > 0; parent >>= 1) full = Math.max(full, this.#full[parent]);
      if (range.from > full || range.to <= full) continue;
      this.#full[node] = range.to;
      for (let at = node; at > 0 && this.#fullest[at] < range.to; at >>= 1) this.#fullest[at] = range.to;
    }
    for (const node of this.#above(nodes)) rangesOf(this.#parts, node).add(range);
    for (const column of this.#columnsIn(periods)) column.add(range);
  }

  /** Where `bytes` are free during all of the periods: the lowest gap, or the tightest. */
  gapFor(bytes: number, periods: readonly Period[], fit: Fit): number {
    const nodes = this.#cover(periods);
    const above = this.#above(nodes);
    let end = this.#base;
    for (const node of nodes) end = Math.max(end, this.#fullest[node]);
    for (const node of above) end = Math.max(end, this.#full[node]);
    return gapIn([...this.#columnsIn(periods), ...this.#listsOf(nodes, above)], bytes, end, fit);
  }

  #columnsIn(periods: readonly Period[]): readonly Ranges[] {
    return [...this.#columns].flatMap(([step, column]) =>
      periods.some(({ from, to }) => from <= step && step <= to) ? [column] : [],
    );
  }

  /** All lists with what is taken during some step of the nodes, which have these above them. */
  #listsOf(nodes: readonly number[], above: ReadonlySet<number>): readonly Ranges[] {
    const lists = [...nodes, ...above].map((node) => this.#whole.get(node));
    return [...lists, ...nodes.map((node) => this.#parts.get(node))].filter((list) => list !== undefined);
  }

  /** Every node above one of these. */
  #above(nodes: readonly number[]): ReadonlySet<number> {
    const above = new Set<number>();
    for (const node of nodes) {
      for (let parent = node >> 1; parent > 0 && !above.has(parent); parent >>= 1) above.add(parent);
    }
    return above;
  }

  /** The fewest nodes that make up the periods. */
  #cover(periods: readonly Period[]): readonly number[] {
    const nodes: number[] = [];
    for (const period of periods) {
      let [low, high] = [period.from + this.#leaves, period.to + this.#leaves + 1];
      for (; low < high; low >>= 1, high >>= 1) {
        if (low % 2 === 1) nodes.push(low++);
        if (high % 2 === 1) nodes.push(--high);
      }
    }
    return nodes;
  }
}

function rangesOf(map: Map<number, Ranges>, node: number): Ranges {
  const known = map.get(node);
  if (known !== undefined) return known;
  const made = new Ranges();
  map.set(node, made);
  return made;
}

/** The lowest or the tightest gap between what any of the lists has, at or above `from`. */
function gapIn(lists: readonly Ranges[], bytes: number, from: number, fit: Fit): number {
  const next = lists.map((list) => list.after(from));
  let end = from;
  let best: { readonly offset: number; readonly size: number } | undefined;
  for (;;) {
    let start = Infinity;
    let to = end;
    for (let position = 0; position < lists.length; position++) {
      const list = lists[position];
      if (list.ends[next[position]] <= end) next[position] = list.after(end);
      const first = list.starts[next[position]] ?? Infinity;
      start = Math.min(start, first);
      if (first <= end) to = Math.max(to, list.ends[next[position]]);
    }
    if (start === Infinity) return best?.offset ?? end;
    const size = start - end;
    if (size === bytes || (size > bytes && fit === "first")) return end;
    if (size > bytes && (best === undefined || size < best.size)) best = { offset: end, size };
    end = Math.max(to, start);
  }
}
