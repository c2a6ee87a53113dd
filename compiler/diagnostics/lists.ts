/** Lists, numbers of things and articles in messages; lists are cut where they grow with what the user has, with a count of the rest. */

/** `a, b, c`; of more than `most`, the first of them `and 12 more`. An empty list is `none`. */
export function listOf(items: readonly string[], most = 8, separator = ", "): string {
  if (items.length === 0) return "none";
  const shown = items.slice(0, most).join(separator);
  return items.length > most ? `${shown} and ${items.length - most} more` : shown;
}

/** `a`, `a or b`, `a, b or c`. */
export function alternatives(items: readonly string[]): string {
  const [last = "none", ...others] = items.toReversed();
  return others.length === 0 ? last : `${others.toReversed().join(", ")} or ${last}`;
}

/** `row` of one, else `rows`. */
export function numbered(count: number, noun: string, many = `${noun}s`): string {
  return count === 1 ? noun : many;
}

/** `1 row`, `12 rows`. */
export function counted(count: number, noun: string, many?: string): string {
  return `${count} ${numbered(count, noun, many)}`;
}

/** `a Map`, `an array`. */
export function withArticle(noun: string): string {
  return `${/^[AEIOU]/i.test(noun) ? "an" : "a"} ${noun}`;
}
