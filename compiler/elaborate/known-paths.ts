/** What is said of a path that names nothing: the one that was meant, as far as anybody can tell, and those that there are. */
import { listOf } from "../diagnostics/lists.ts";
import { didYouMean, nearest } from "../diagnostics/suggest.ts";

/** How many paths a message lists. */
const listed = 30;

/** The help line; `none` where there are no paths at all. */
export function helpWithPaths(path: string, known: readonly string[], none: string): string {
  if (known.length === 0) return none;
  const list = listOf(
    known.map((one) => `\`${one}\``),
    listed,
  );
  const near = didYouMean(path, known) ?? endingLike(path, known);
  return `${near === undefined ? "" : `${near} `}there are ${list}`;
}

/** For a path whose beginning was left out: `dense` for `Digits.dense`. */
function endingLike(path: string, known: readonly string[]): string | undefined {
  const parts = path.split(".").length;
  const ends = known.map((one) => one.split(".").slice(-parts).join("."));
  const found = known[ends.indexOf(ends.includes(path) ? path : (nearest(path, ends) ?? ""))];
  return found === undefined ? undefined : `did you mean \`${found}\`?`;
}
