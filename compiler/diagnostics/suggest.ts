/**
 * "Did you mean …?": the candidate that a slip of the fingers turns into what was written. Deterministic: the nearest, then
 * the first in the order given.
 */

/** Longer names are not compared; nobody mistypes a name of a hundred letters by two of them. */
const maximalLength = 100;

function next(
  previous: readonly number[],
  before: readonly number[] | undefined,
  a: string,
  b: string,
  row: number,
): number[] {
  const current = [row];
  for (let column = 1; column <= b.length; column += 1) {
    const same = a[row - 1] === b[column - 1];
    const substitution = (previous[column - 1] ?? 0) + (same ? 0 : 1);
    let best = Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
    if (before !== undefined && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
      best = Math.min(best, (before[column - 2] ?? Infinity) + 1);
    }
    current.push(best);
  }
  return current;
}

/**
 * The Damerau–Levenshtein distance in its restricted form (optimal string alignment): how many letters must be added,
 * left out, replaced or exchanged with their neighbour.
 */
export function distance(a: string, b: string): number {
  let before: readonly number[] | undefined;
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = next(previous, before, a, b, row);
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

const preludePrefix = "prelude.";

/** The candidate nearest to `written`, if it is near enough: one slip for every three letters, at least one. */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  if (written.length > maximalLength) return undefined;
  // `prelude.` before a name is no part of what could be misspelt.
  const prefix = written.startsWith(preludePrefix) ? preludePrefix : "";
  const tolerance = Math.max(1, Math.floor((written.length - prefix.length) / 3));
  let best: { readonly candidate: string; readonly slips: number } | undefined;
  for (const candidate of candidates) {
    if (candidate === written || Math.abs(candidate.length - written.length) > tolerance) continue;
    const slips = distance(written.toLowerCase(), candidate.toLowerCase());
    const bound = best === undefined ? Math.min(tolerance, candidate.length - 1) : best.slips - 1;
    if (slips <= bound) best = { candidate, slips };
  }
  return best?.candidate;
}

/** The same for words that data hold, which numbers set apart: `class4` is no slip for `class0`, nor 12 for 13. */
export function didYouMeanWord(written: string, candidates: Iterable<string>): string | undefined {
  const digits = digitsOf(written);
  return didYouMean(
    written,
    [...candidates].filter((one) => digitsOf(one) === digits && /\p{L}/u.test(one)),
  );
}

function digitsOf(text: string): string {
  return text.replaceAll(/\P{Nd}/gu, "");
}

/** The help line ``did you mean `relu`?``, or nothing. */
export function didYouMean(written: string, candidates: Iterable<string>): string | undefined {
  const found = nearest(written, candidates);
  return found === undefined ? undefined : `did you mean \`${found}\`?`;
}
