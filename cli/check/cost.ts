/** What a program needs: memory, and the operations of its entries at given sizes of the open dimensions. */
import { evaluate, type Dimension } from "../../compiler/dimension/dimension.ts";
import { callsOf, type PlacedCall } from "../../compiler/program/steps.ts";
import type { Loop, Program } from "../../compiler/program/types.ts";

export interface Work {
  /** As networks are compared by: a product that is added up is two. */
  readonly flops: number;
  /** Of the tensors that kernels read and write, each counted once a call. */
  readonly bytes: number;
}

export interface EntryCost extends Work {
  readonly entry: string;
}

/** The entries that a user calls, at the sizes in `dims`; a cost that depends on others counts at the bounds. */
export function costsOf(program: Program, sizes: ReadonlyMap<string, number>): readonly EntryCost[] {
  const { entries, dims } = program;
  const values = new Map([...dims.map(({ name, bound }) => [name, bound] as const), ...sizes]);
  const shown = entries.filter(({ name }) => name === "train_step" || name.startsWith("predict."));
  return shown.map(({ name, steps }) => {
    const works = callsOf(steps).map((placed) => workOf(program, placed, values));
    return { entry: name, ...totalOf(works) };
  });
}

/** What a call costs in all turns of the loops around it. */
export function workOf({ kernels }: Program, { call, loops }: PlacedCall, values: ReadonlyMap<string, number>): Work {
  const cost = kernels[call.kernel]?.cost;
  if (cost === undefined) return { flops: 0, bytes: 0 };
  const at = (size: Dimension): number => evaluate(size, values) ?? 0;
  const turns = turnsOf(loops, values);
  return { flops: turns * at(cost.arithmetic), bytes: turns * (at(cost.bytesRead) + at(cost.bytesWritten)) };
}

/** How often what stands in the loops runs. */
export function turnsOf(loops: readonly Loop[], values: ReadonlyMap<string, number>): number {
  return loops.reduce((all, { extent }) => all * (evaluate(extent, values) ?? 0), 1);
}

export function totalOf(works: readonly Work[]): Work {
  return {
    flops: works.reduce((sum, { flops }) => sum + flops, 0),
    bytes: works.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
