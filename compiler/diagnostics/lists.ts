/** Lists in messages: cut where they grow with what the user has, with a count of the rest. */

/** `a, b, c`; of more than `most`, the first of them `and 12 more`. An empty list is `none`. */
export function listOf(items: readonly string[], most = 8, separator = ", "): string {
  if (items.length === 0) return "none";
  const shown = items.slice(0, most).join(separator);
  return items.length > most ? `${shown} and ${items.length - most} more` : shown;
}
