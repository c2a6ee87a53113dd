/** What a program needs: memory, and the operations of its entries at given sizes of the open dimensions. */
import { evaluate } from "../../compiler/dimension/dimension.ts";
import { callsOf } from "../../compiler/program/steps.ts";
import type { Program } from "../../compiler/program/types.ts";

export interface EntryCost {
  readonly entry: string;
  readonly flops: number;
  readonly bytes: number;
}

/** The entries that a user calls, at the sizes in `dims`; a cost that depends on others counts at the bounds. */
export function costsOf({ entries, kernels, dims }: Program, sizes: ReadonlyMap<string, number>): readonly EntryCost[] {
  const values = new Map([...dims.map(({ name, bound }) => [name, bound] as const), ...sizes]);
  const shown = entries.filter(({ name }) => name === "train_step" || name.startsWith("predict."));
  return shown.map(({ name, steps }) => {
    let flops = 0;
    let bytes = 0;
    for (const { call, loops } of callsOf(steps)) {
      const cost = kernels[call.kernel]?.cost;
      if (cost === undefined) continue;
      const times = loops.reduce((all, { extent }) => all * (evaluate(extent, values) ?? 0), 1);
      flops += times * (evaluate(cost.flops, values) ?? 0);
      bytes += times * ((evaluate(cost.bytesRead, values) ?? 0) + (evaluate(cost.bytesWritten, values) ?? 0));
    }
    return { entry: name, flops, bytes };
  });
}
