/** A binary heap of numbers, or of what has numbers: the least comes out first. */
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
