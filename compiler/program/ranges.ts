/** Sets of addresses as disjoint ranges: many that lie side by side are one. */

/** From the first address up to the one behind the last. */
export interface AddressRange {
  readonly from: number;
  readonly to: number;
}

/** Ascending; no two meet or touch. */
export class Ranges {
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  constructor(ranges: Iterable<AddressRange> = []) {
    for (const range of ranges) this.add(range);
  }

  /** The position of the first range that ends behind `address`. */
  after(address: number): number {
    return firstAtLeast(this.ends, address + 1);
  }

  /** Joins what the range meets or touches. */
  add({ from, to }: AddressRange): void {
    const first = firstAtLeast(this.ends, from);
    const last = firstAtLeast(this.starts, to + 1);
    const joins = first < last;
    this.starts.splice(first, last - first, joins ? Math.min(from, this.starts[first]) : from);
    this.ends.splice(first, last - first, joins ? Math.max(to, this.ends[last - 1]) : to);
  }

  meets({ from, to }: AddressRange): boolean {
    const first = this.after(from);
    return first < this.starts.length && this.starts[first] < to;
  }

  /** The others are few. */
  meetsAny(others: Iterable<AddressRange>): boolean {
    return [...others].some((range) => this.meets(range));
  }

  *[Symbol.iterator](): Generator<AddressRange> {
    for (const [position, from] of this.starts.entries()) yield { from, to: this.ends[position] };
  }
}

/** The position of the first of the ascending numbers that is at least `least`. */
function firstAtLeast(numbers: readonly number[], least: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
