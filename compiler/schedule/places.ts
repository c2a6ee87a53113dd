/** A part of a reduced axis, as loops run over it: from 0, so that what panels hold of it is found without a subtraction. */
import type { Index } from "../loops/types.ts";
import { addIndex } from "../loops/index.ts";
import type { Emitter } from "./emitter.ts";
import { loopOver, zero } from "./loops.ts";
import type { LoopAxis, Place } from "./nest.ts";
import { placesOf } from "./nest.ts";

/** The pseudo axis of a place in its slice. */
export const sliceAxis = "$slice";

export interface Slice {
  readonly axis: LoopAxis;
  readonly from: Index;
  readonly length: Index;
}

export function overSlice(
  emitter: Emitter,
  { axis, from, length }: Slice,
  body: (places: readonly Place[]) => void,
): void {
  loopOver(emitter, axis.name, { from: zero, to: length }, (index) =>
    body([...placesOf(axis, addIndex(from, index)), [sliceAxis, index]]),
  );
}
