/** The most memory that a program may have, and what takes it where that is too much: the largest buffers, in words. */
import { tooMuchMemory } from "../diagnostics/codes/limits.ts";
import { diagnose, NncError } from "../diagnostics/diagnostic.ts";
import type { ProgramBuffer } from "./types.ts";

/** What WebAssembly addresses: 65,536 pages. */
export const maximalBytes = 2 ** 32;

const shown = 4;

/** Throws NN0602 where so many bytes are more. */
export function requireMemory(bytes: number, buffers: readonly ProgramBuffer[]): void {
  if (bytes > maximalBytes)
    throw new NncError(diagnose(tooMuchMemory, { bytes, limit: maximalBytes }, [], largestBuffers(buffers)));
}

/** `the largest are "W2.dense.w" (parameter, 802816 bytes), …`. A segment is told by what lies in it. */
function largestBuffers(buffers: readonly ProgramBuffer[]): string {
  const own = buffers.filter(({ role }) => role !== "segment" && role !== "slice").sort((a, b) => b.bytes - a.bytes);
  const list = own.slice(0, shown).map(({ name, role, bytes }) => `"${name}" (${role}, ${bytes} bytes)`);
  return `the largest are ${list.join(", ")}`;
}
