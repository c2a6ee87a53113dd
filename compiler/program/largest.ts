/** What takes the memory of a program that has too much: the largest buffers, in words, for the diagnostic that says so. */
import type { ProgramBuffer } from "./types.ts";

const shown = 4;

/** `the largest are "W2.dense.w" (parameter, 802816 bytes), …`. A segment is told by what lies in it. */
export function largestBuffers(buffers: readonly ProgramBuffer[]): string {
  const own = buffers.filter(({ role }) => role !== "segment" && role !== "slice").sort((a, b) => b.bytes - a.bytes);
  const list = own.slice(0, shown).map(({ name, role, bytes }) => `"${name}" (${role}, ${bytes} bytes)`);
  return `the largest are ${list.join(", ")}`;
}
