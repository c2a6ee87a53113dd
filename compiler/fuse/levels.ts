/**
 * The order of a cluster's members: a level is everything that needs the results of the same number of passes. Within
 * one, maps come first, then all reductions, which therefore do not need each other.
 */
import type { Cluster } from "./cluster.ts";
import type { Member } from "./definition.ts";

export interface Level {
  readonly maps: readonly Member[];
  readonly reductions: readonly Member[];
}

export function levelsOf({ members }: Cluster): readonly Level[] {
  const levels = new Map<string, number>();
  const byLevel: { maps: Member[]; reductions: Member[] }[] = [];
  for (const member of members) {
    const level = Math.max(0, ...member.loads.map((tensor) => levels.get(tensor) ?? 0));
    const reduces = member.compute.kind === "reduce";
    // What a reduction makes is at hand one level later.
    levels.set(member.tensor, reduces ? level + 1 : level);
    while (byLevel.length <= level) byLevel.push({ maps: [], reductions: [] });
    byLevel[level][reduces ? "reductions" : "maps"].push(member);
  }
  return byLevel;
}
