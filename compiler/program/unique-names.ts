/** Names given once each: `sum`, `sum_2`, `sum_3`. Counting goes on where it ended, so that a thousand of one name cost a thousand steps. */
export class UniqueNames {
  readonly #taken: Set<string>;
  readonly #counts = new Map<string, number>();

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

  /** Keeps a name for whoever has it. */
  reserve(name: string): void {
    this.#taken.add(name);
  }

  /** The name if it is free, else the first free one with a number. */
  take(name: string): string {
    let count = this.#counts.get(name) ?? 1;
    let unique = count === 1 ? name : `${name}_${count}`;
    while (this.#taken.has(unique)) unique = `${name}_${(count += 1)}`;
    this.#counts.set(name, count);
    this.#taken.add(unique);
    return unique;
  }
}
