/**
 * A program that can be called one kernel at a time: for each call of an entry there is one more entry, which makes this call and no other. A call in a
 * loop is given the number of the turn as a further open dimension, from 1. Kernels, buffers and addresses are those of the program itself.
 */
import { add, constant, evaluate, multiply, subtract, symbol } from "../../../compiler/dimension/dimension.ts";
import { callsOf } from "../../../compiler/program/steps.ts";
import type { PlacedCall } from "../../../compiler/program/steps.ts";
import type { Entry, Loop, Program, ProgramBuffer, Slice } from "../../../compiler/program/types.ts";

/** A call of an entry, and the further entry that makes it. */
export interface Piece {
  readonly name: string;
  readonly placed: PlacedCall;
  /** In the order in which the further entry takes them. */
  readonly dims: readonly string[];
}

export interface Pieces {
  /** With the buffers and the dimensions that the further entries need; without these. */
  readonly program: Program;
  readonly alone: readonly Entry[];
  /** By entry, in the order of its text. */
  readonly pieces: ReadonlyMap<string, readonly Piece[]>;
}

/** A further entry that does nothing, by which the clock itself is measured. */
export const nothing = "#nothing";

/** The dimension that holds the turn of a loop. No name of the user's has a point in it. */
export function turnOf(index: string): string {
  return `${index}.turn`;
}

/** The pieces of these entries. */
export function inPieces(program: Program, entries: readonly string[]): Pieces {
  const still = new StillBuffers(program.buffers);
  const bounds = new Map(program.dims.map(({ name, bound }) => [name, bound]));
  const turns = new Map<string, number>();
  const pieces = new Map<string, readonly Piece[]>();
  const alone: Entry[] = [entryOf(nothing, [], [])];
  for (const entry of program.entries.filter(({ name }) => entries.includes(name))) {
    const own = callsOf(entry.steps).map((placed): Piece => {
      const { call, loops, at } = placed;
      const name = `${entry.name}#${at}`;
      const dims = [...entry.dims, ...loops.map(({ index }) => turnOf(index))];
      alone.push(entryOf(name, dims, [{ ...call, buffers: call.buffers.map((buffer) => still.of(buffer)) }]));
      for (const loop of loops) noteTurns(loop, bounds, turns);
      return { name, placed, dims };
    });
    pieces.set(entry.name, own);
  }
  const dims = [...program.dims, ...[...turns].map(([name, bound]) => ({ name, bound }))];
  return { program: { ...program, dims, buffers: still.buffers }, alone, pieces };
}

function entryOf(name: string, dims: readonly string[], steps: Entry["steps"]): Entry {
  return { name, inputs: [], results: [], dims, steps };
}

/** Loops of two entries may have one name: the dimension holds the turns of both. */
function noteTurns({ index, extent }: Loop, bounds: ReadonlyMap<string, number>, turns: Map<string, number>): void {
  const name = turnOf(index);
  turns.set(name, Math.max(1, turns.get(name) ?? 1, evaluate(extent, bounds) ?? 1));
}

/** Buffers that move with loops, once more as such that stay where a turn's number puts them. */
class StillBuffers {
  readonly buffers: ProgramBuffer[];
  readonly #known = new Map<number, number>();

  constructor(buffers: readonly ProgramBuffer[]) {
    this.buffers = [...buffers];
  }

  /** The position of the buffer's likeness; its own where it does not move. */
  of(position: number): number {
    const known = this.#known.get(position);
    if (known !== undefined) return known;
    const buffer = this.buffers[position];
    if (buffer?.slice === undefined) return position;
    const slice = { ...stillSlice(buffer.slice), of: this.of(buffer.slice.of) };
    const made = this.buffers.push({ ...buffer, name: `${buffer.name}, one turn`, slice }) - 1;
    this.#known.set(position, made);
    return made;
  }
}

function stillSlice({ loop, ...place }: Slice): Slice {
  if (loop === undefined) return place;
  const done = subtract(symbol(turnOf(loop)), constant(1));
  return { ...place, times: 1, plus: add(place.plus, multiply(constant(place.times), done)) };
}
