/**
 * What a run of an entry asks of a GPU at given sizes: its dispatches in order, those of loops as often as they run, and where the
 * buffers of each begin. These places are rows of a table that is written before the dispatches run; equal ones are one row.
 */
import type { Dispatch, DispatchEntry, DispatchList, DispatchLoop } from "../../compiler/program/dispatch.ts";
import { evaluate } from "./dimensions.ts";
import type { Sizes } from "./dimensions.ts";

interface Command {
  readonly point: number;
  /** Of the table. */
  readonly row: number;
  /** How many workgroups. */
  readonly groups: number;
}

/** Commands that have their rows in one table. */
export interface Batch {
  readonly rows: readonly (readonly number[])[];
  readonly commands: readonly Command[];
}

/** So many rows of 256 bytes are 4 MiB; a run with more commands is several batches. */
const mostCommands = 16_384;

/** One batch or more; dispatches without a thread are left out. */
export function* batchesOf(
  entry: DispatchEntry,
  points: DispatchList["points"],
  sizes: Sizes,
  most = mostCommands,
): Generator<Batch> {
  let batch = emptyBatch();
  const groups = entry.dispatches.map(({ point }) => {
    const { threads, workgroup } = points[point];
    return Math.ceil(evaluate(threads, sizes) / workgroup);
  });
  for (const { at, indices } of turnsOf(entry, sizes)) {
    if (!(groups[at] > 0)) continue;
    if (batch.commands.length === most) {
      yield batch;
      batch = emptyBatch();
    }
    const dispatch = entry.dispatches[at];
    const starts = startsOf(dispatch, indices, sizes);
    const key = starts.join();
    const row = batch.known.get(key) ?? batch.rows.push(starts) - 1;
    batch.known.set(key, row);
    batch.commands.push({ point: dispatch.point, row, groups: groups[at] });
  }
  yield batch;
}

function emptyBatch(): {
  readonly rows: (readonly number[])[];
  readonly commands: Command[];
  readonly known: Map<string, number>;
} {
  return { rows: [], commands: [], known: new Map() };
}

/** The positions of dispatches in the order in which they run, with the indices of the loops around. */
function* turnsOf(
  { dispatches, loops = [] }: DispatchEntry,
  sizes: Sizes,
): Generator<{ readonly at: number; readonly indices: ReadonlyMap<string, number> }> {
  const indices = new Map<string, number>();
  const around: { readonly loop: DispatchLoop; readonly extent: number; readonly inner: number }[] = [];
  let [at, next] = [0, 0];
  while (at < dispatches.length || around.length > 0) {
    const innermost = around.at(-1);
    if (innermost?.loop.to === at) {
      const { loop, extent, inner } = innermost;
      const turn = (indices.get(loop.index) ?? 0) + 1;
      indices.set(loop.index, turn);
      if (turn < extent) [at, next] = [loop.from, inner];
      else around.pop();
    } else if (loops[next]?.from === at) {
      const loop = loops[next++];
      const extent = evaluate(loop.extent, sizes);
      indices.set(loop.index, 0);
      if (extent > 0) around.push({ loop, extent, inner: next });
      else {
        at = loop.to;
        while ((loops[next]?.from ?? at) < at) next++;
      }
    } else yield { at: at++, indices };
  }
}

/** Where the buffers of a dispatch begin, in elements. */
export function startsOf(
  { buffers, moves = [] }: Dispatch,
  indices: ReadonlyMap<string, number>,
  sizes: Sizes,
): readonly number[] {
  const starts = [...buffers];
  for (const { buffer, loop, times, plus, modulo, stride } of moves) {
    const moved = loop === undefined ? 0 : times * (indices.get(loop) ?? 0);
    const slot = moved + evaluate(plus, sizes);
    const taken = modulo === undefined ? slot : slot - modulo * Math.floor(slot / modulo);
    starts[buffer] = (starts[buffer] ?? 0) + evaluate(stride, sizes) * taken;
  }
  return starts;
}
