/** Entries as dispatches one after the other, with the loops that some of them stand in and what moves in these. */
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Dispatch, DispatchEntry, DispatchLoop, Move } from "../../compiler/program/dispatch.ts";
import { knownNumber, scaleIndex } from "../../compiler/program/linear.ts";
import { chainOf, slicesOf, slotOf } from "../../compiler/program/slices.ts";
import type { Call, Entry, Program, Slice, Step } from "../../compiler/program/types.ts";

/** `pointsOf` gives the entry points of a kernel, which are dispatched one after the other. */
export function entryDispatches(
  { name, dims, steps }: Entry,
  program: Program,
  pointsOf: (kernel: number) => readonly number[],
): DispatchEntry {
  const dispatches: Dispatch[] = [];
  const loops: DispatchLoop[] = [];
  const add = (step: Step): void => {
    if (step.kind === "call") {
      const unknown = program.kernels[step.kernel].dims.find((dim) => !dims.includes(dim));
      if (unknown !== undefined) throw new InternalError("wgsl", `${name} does not know the dimension ${unknown}`);
      for (const point of pointsOf(step.kernel)) dispatches.push({ point, ...placesOf(step, program) });
      return;
    }
    const [from, at] = [dispatches.length, loops.length];
    step.steps.forEach(add);
    const { index, extent } = step;
    // Before those within it.
    if (dispatches.length > from) loops.splice(at, 0, { index, extent, from, to: dispatches.length });
  };
  steps.forEach(add);
  return loops.length === 0 ? { name, dispatches } : { name, dispatches, loops };
}

/** Where a call's buffers begin, as far as that is a number, and what moves them. */
function placesOf({ buffers }: Call, program: Program): Omit<Dispatch, "point"> {
  const moves: Move[] = [];
  const starts = buffers.map((position, buffer) => {
    const chain = chainOf(program.buffers[position], program.buffers);
    const [whole] = chain.slice(-1);
    let start = whole.offset / 4;
    for (const slice of slicesOf(chain)) {
      const fixed = knownNumber(scaleIndex(slotOf(slice), slice.stride));
      if (fixed === undefined) moves.push(moveOf(slice, buffer));
      else start += fixed;
    }
    return start;
  });
  return moves.length === 0 ? { buffers: starts } : { buffers: starts, moves };
}

function moveOf({ loop, times, plus, modulo, stride }: Slice, buffer: number): Move {
  return {
    buffer,
    ...(loop === undefined ? {} : { loop }),
    times,
    plus,
    ...(modulo === undefined ? {} : { modulo }),
    stride,
  };
}
