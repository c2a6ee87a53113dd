/**
 * What is taken of the arena, and when: a segment tree over time whose nodes keep, as disjoint ranges of addresses, what is
 * taken during all of their steps and what during any. A life then asks a few lists instead of every block placed before.
 */

/** Steps from the first to the last, on one line of time. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type Fit = "first" | "best";

/** Disjoint ranges of addresses that do not touch, ascending. */
class Ranges {
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  /** The first range that ends after `address`. */
  after(address: number): number {
    return lowerBound(this.ends, address + 1);
  }

  /** Joins what the range meets or touches. */
  add(from: number, to: number): void {
    const first = lowerBound(this.ends, from);
    const last = lowerBound(this.starts, to + 1);
    if (first < last) {
      from = Math.min(from, this.starts[first]);
      to = Math.max(to, this.ends[last - 1]);
    }
    this.starts.splice(first, last - first, from);
    this.ends.splice(first, last - first, to);
  }
}

/** The position of the first of the ascending numbers that is at least `least`. */
function lowerBound(numbers: readonly number[], least: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class Occupancy {
  /** Leaves of the tree: a power of two. Node 1 is the root, the children of n are 2n and 2n + 1. */
  readonly #leaves: number;
  /** Taken during all steps of the node, by blocks that do not live during all of its parent's. */
  readonly #whole = new Map<number, Ranges>();
  /** Taken during any step of the node by blocks that do not live during all of them. */
  readonly #parts = new Map<number, Ranges>();

  constructor(steps: number) {
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, steps)));
  }

  take(spans: readonly Span[], from: number, to: number): void {
    const above = new Set<number>();
    for (const node of this.#cover(spans)) {
      rangesOf(this.#whole, node).add(from, to);
      for (let parent = node >> 1; parent > 0 && !above.has(parent); parent >>= 1) above.add(parent);
    }
    for (const node of above) rangesOf(this.#parts, node).add(from, to);
  }

  /** Where `bytes` are free during all of the spans: the lowest gap at or above `base`, or the tightest. */
  gapFor(bytes: number, spans: readonly Span[], base: number, fit: Fit): number {
    const lists = this.#listsOf(spans);
    const next = lists.map((list) => list.after(base));
    let end = base;
    let best: { readonly offset: number; readonly size: number } | undefined;
    for (;;) {
      let from = Infinity;
      let to = end;
      for (const [position, { starts, ends }] of lists.entries()) {
        while (next[position] < ends.length && ends[next[position]] <= end) next[position] += 1;
        const start = starts[next[position]] ?? Infinity;
        from = Math.min(from, start);
        if (start <= end) to = Math.max(to, ends[next[position]]);
      }
      if (from === Infinity) return best?.offset ?? end;
      const size = from - end;
      if (size >= bytes && (best === undefined || size < best.size)) {
        if (fit === "first") return end;
        best = { offset: end, size };
      }
      end = Math.max(to, from);
    }
  }

  /** All lists with what is taken during some step of the spans. */
  #listsOf(spans: readonly Span[]): readonly Ranges[] {
    const above = new Set<number>();
    const found: Ranges[] = [];
    const push = (list: Ranges | undefined): void => {
      if (list !== undefined) found.push(list);
    };
    for (const node of this.#cover(spans)) {
      push(this.#whole.get(node));
      push(this.#parts.get(node));
      for (let parent = node >> 1; parent > 0 && !above.has(parent); parent >>= 1) above.add(parent);
    }
    for (const node of above) push(this.#whole.get(node));
    return found;
  }

  /** The fewest nodes that make up the spans. */
  #cover(spans: readonly Span[]): readonly number[] {
    const nodes: number[] = [];
    for (const span of spans) {
      let [low, high] = [span.from + this.#leaves, span.to + this.#leaves + 1];
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
