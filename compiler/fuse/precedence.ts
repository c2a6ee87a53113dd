/**
 * Which nodes need which, while needs are added and nodes merged: an acyclic graph that keeps itself in topological order
 * (Pearce and Kelly 2007). What a node needs comes before it, so a question looks only at what lies between the two.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";

/** Nodes are the numbers from 0 in the order in which they were added. */
export class Precedence {
  /** The place of each node in the topological order. */
  readonly #places: number[] = [];
  readonly #needs: Set<number>[] = [];
  readonly #users: Set<number>[] = [];

  /** A new node, last in the order. */
  add(): number {
    this.#needs.push(new Set());
    this.#users.push(new Set());
    return this.#places.push(this.#places.length) - 1;
  }

  /** What the node needs directly. */
  needsOf(node: number): ReadonlySet<number> {
    return this.#needs[node];
  }

  /** What needs the node directly. */
  usersOf(node: number): ReadonlySet<number> {
    return this.#users[node];
  }

  /** Throws where `needed` needs `node`. */
  require(node: number, needed: number): void {
    if (this.#needs[node].has(needed)) return;
    this.#putAfter(node, needed);
    this.#needs[node].add(needed);
    this.#users[needed].add(node);
  }

  /** Whether one of `nodes` is `target` or needs it, through any number of others. */
  reaches(nodes: Iterable<number>, target: number): boolean {
    const place = this.#places[target];
    const isUsed = this.#users[target].size > 0;
    // Nearest to the target first: most paths are short, though long ones stand beside them.
    const pending = new Heap((node) => this.#places[node]);
    const seen = new Set<number>();
    const see = (node: number): boolean => {
      if (node === target) return true;
      if (isUsed && this.#places[node] > place && !seen.has(node)) {
        seen.add(node);
        pending.push(node);
      }
      return false;
    };
    for (const node of nodes) if (see(node)) return true;
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (const needed of this.#needs[next]) if (see(needed)) return true;
    }
    return false;
  }

  /** Makes `from` a part of `into`; neither may need the other through a third. */
  merge(into: number, from: number): void {
    for (const [one, other] of [
      [into, from],
      [from, into],
    ]) {
      this.#needs[one].delete(other);
      this.#users[one].delete(other);
    }
    this.#putTogether(into, from);
    for (const needed of this.#needs[from]) {
      this.#users[needed].delete(from);
      this.#users[needed].add(into);
      this.#needs[into].add(needed);
    }
    for (const user of this.#users[from]) {
      this.#needs[user].delete(from);
      this.#needs[user].add(into);
      this.#users[into].add(user);
    }
    this.#needs[from].clear();
    this.#users[from].clear();
  }

  /** Gives `into` a place after all that the two need and before all that needs one of them. */
  #putTogether(into: number, from: number): void {
    const places = this.#places;
    if (places[into] < places[from]) return this.#putAfter(into, from);
    this.#putAfter(from, into);
    [places[into], places[from]] = [places[from], places[into]];
  }

  /** Changes the order so that `node` comes after `earlier`, moving only what lies between and hangs on one of the two. */
  #putAfter(node: number, earlier: number): void {
    const [from, to] = [this.#places[node], this.#places[earlier]];
    if (from > to) return;
    const after = this.#collect(node, this.#users, (place) => place <= to);
    if (after.includes(earlier)) throw new InternalError("fuse", "two kernels need each other");
    const before = this.#collect(earlier, this.#needs, (place) => place >= from);
    const moved = [...before, ...after];
    const places = moved.map((one) => this.#places[one]).sort((a, b) => a - b);
    for (const [at, one] of moved.entries()) this.#places[one] = places[at];
  }

  /** What `start` leads to within the places that `inside` allows, in the order. */
  #collect(
    start: number,
    edges: readonly ReadonlySet<number>[],
    inside: (place: number) => boolean,
  ): readonly number[] {
    const found = new Set([start]);
    for (const node of found) {
      for (const next of edges[node]) if (inside(this.#places[next])) found.add(next);
    }
    return [...found].sort((a, b) => this.#places[a] - this.#places[b]);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// The heap
// ---------------------------------------------------------------------------------------------------------------------

// A binary heap of numbers, or of what has numbers: the least comes out first.

export class Heap {
  readonly #items: number[] = [];
  readonly #rank: (item: number) => number;

  /** `rank` says which is the least; it must not change for what is in the heap. */
  constructor(rank: (item: number) => number) {
    this.#rank = rank;
  }

  push(item: number): void {
    const items = this.#items;
    const rank = this.#rank(item);
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#rank(items[parent]) <= rank) break;
      items[at] = items[parent];
      at = parent;
    }
    items[at] = item;
  }

  /** The least, which leaves the heap; undefined where none is left. */
  pop(): number | undefined {
    const items = this.#items;
    const [least] = items;
    const last = items.pop();
    if (last === undefined || items.length === 0) return last;
    const rank = this.#rank(last);
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.#rank(items[child + 1]) < this.#rank(items[child])) child += 1;
      if (this.#rank(items[child]) >= rank) break;
      items[at] = items[child];
      at = child;
    }
    items[at] = last;
    return least;
  }
}
