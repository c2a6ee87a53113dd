/** Slices as whole numbers of loop indices and open dimensions: which slot they are, and how far behind the start of the arena's buffer. */
import { constant } from "../dimension/dimension.ts";
import type { Ranges } from "../loops/index.ts";
import { addIndex, axisIndex, constantIndex, remainder, scaleIndex, sumIndices } from "../loops/index.ts";
import type { Index } from "../loops/types.ts";
import type { Loop, ProgramBuffer, Slice } from "./types.ts";

/** A buffer, the one that it is a part of, and so on; the last is no slice, unless they lead in a circle. */
export function chainOf(buffer: ProgramBuffer, buffers: readonly ProgramBuffer[]): readonly ProgramBuffer[] {
  if (buffer.slice === undefined) return [buffer];
  const chain = new Set<ProgramBuffer>();
  let next: ProgramBuffer | undefined = buffer;
  while (next !== undefined && !chain.has(next)) {
    chain.add(next);
    next = next.slice && buffers[next.slice.of];
  }
  return [...chain];
}

/** The slices among them. */
export function slicesOf(chain: readonly ProgramBuffer[]): readonly Slice[] {
  return chain.flatMap(({ slice }) => (slice === undefined ? [] : [slice]));
}

/** The slot's number, of which loop indices are axes. */
export function slotOf({ loop, times, plus, modulo }: Slice): Index {
  const moved = loop === undefined ? constantIndex(0) : scaleIndex(axisIndex(loop), times);
  const slot = addIndex(moved, constantIndex(plus));
  return modulo === undefined ? slot : remainder(slot, constant(modulo));
}

/** How many elements lie between the start of the whole buffer and that of its part. */
export function placeOf(buffer: ProgramBuffer, buffers: readonly ProgramBuffer[]): Index {
  return sumIndices(slicesOf(chainOf(buffer, buffers)).map((slice) => scaleIndex(slotOf(slice), slice.stride)));
}

/** Where the indices of loops run. */
export function rangesIn(loops: readonly Loop[]): Ranges {
  return new Map(loops.map(({ index, extent }) => [index, { from: constant(0), to: extent }]));
}
