/**
 * What `--fail-above` asks: that no figure is worse than in an earlier run by more than a limit. It does not hold where the two runs have no figure in
 * common: nothing was held to anything.
 */
import { printable } from "../../compiler/diagnostics/display.ts";
import { listOf } from "../../compiler/diagnostics/lists.ts";
import { plural } from "../output/numbers.ts";
import { failuresOf, nameOf, namesIn } from "./compare.ts";
import type { Change, Comparison } from "./compare.ts";
import type { Document } from "./document.ts";
import { formatChange, formatShare } from "./figures.ts";

/** As `--json` tells it. */
export interface Gate {
  /** A share: 0.1 of `10%`. */
  readonly limit: number;
  readonly failed: readonly Change[];
  /** Why the gate does not hold; none where it does. */
  readonly problem?: string;
}

export function gateOf(before: Document, after: Document, comparison: Comparison, limit: number): Gate {
  const failed = failuresOf(comparison, limit);
  const problem =
    comparison.changes.length === 0
      ? nothingCompared(before, after, comparison)
      : failed.length === 0
        ? undefined
        : tooMuchWorse(failed, comparison, limit);
  return { limit, failed, ...(problem === undefined ? {} : { problem }) };
}

/** What is said of a gate that does not hold, line by line. */
export function linesOf({ limit, failed, problem }: Gate): readonly string[] {
  if (problem === undefined) return [];
  const each = failed.map(
    (one) => `worse by more than ${formatShare(limit)}: ${nameOf(one)}, ${formatChange(one.change)}`,
  );
  return [...each, failed.length === 0 ? `error: ${problem}` : problem];
}

function nothingCompared(before: Document, after: Document, { file }: Comparison): string {
  const [earlier, now] = [before, after].map((document) => listOf(namesIn(document)));
  return printable(
    `--fail-above: nothing could be compared, since no figure of this run is in ${file}: expected a figure that both have; this run measured ${now}; ${file} has ${earlier}`,
  );
}

function tooMuchWorse(failed: readonly Change[], { file, changes }: Comparison, limit: number): string {
  const verb = failed.length === 1 ? "is" : "are";
  const all = plural(changes.length, "figure");
  return `${failed.length} of ${all} ${verb} worse than in ${file} by more than ${formatShare(limit)}`;
}
