/** The memory plan as text: where every buffer lies, how long it lives, and how near the arena is to its lower bound. */
import { alignColumns } from "../program/print.ts";
import type { Block } from "./lives.ts";
import type { Plan } from "./plan.ts";

/** A table of the buffers, then peak bytes against the largest set alive at once. */
export function planReport({ buffers, blocks, entries, arenaBytes, lowerBound }: Plan): string {
  const head = ["buffer", "role", "bytes", "offset", "lives"];
  const rows = buffers.map(({ name, role, bytes, offset }, position) => [
    name,
    role,
    String(bytes),
    String(offset),
    printLives(
      blocks[position],
      entries.map((entry) => entry.name),
    ),
  ]);
  const ratio = lowerBound === 0 ? 1 : arenaBytes / lowerBound;
  return [
    ...alignColumns([head, ...rows]),
    "",
    `peak ${arenaBytes} bytes, lower bound ${lowerBound}: ${ratio.toFixed(3)} times`,
  ].join("\n");
}

function printLives({ always, lives }: Block, entries: readonly string[]): string {
  return always ? "always" : lives.map(({ entry, from, to }) => `${entries[entry]} ${from}–${to}`).join(", ");
}
