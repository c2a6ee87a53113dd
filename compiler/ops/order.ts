/**
 * The order of every sum, by the shape of the op that asks for it: part of a Compute's meaning, so that all targets form
 * the same sums.
 */
import { constantValue, evaluate, product } from "../dimension/dimension.ts";
import { InternalError } from "../diagnostics/diagnostic.ts";
import { chunkAbove, chunkSize, type Compute, type Order } from "../loops/types.ts";
import type { Shape } from "./emit.ts";

const oneByOne: Order = { lanes: 1 };
const fourLanes: Order = { lanes: 4 };

/** A reduction over axes that include the operand's last one runs in four lanes along it. */
export function reduceOrder(rank: number, axes: readonly number[]): Order {
  return axes.includes(rank - 1) ? fourLanes : oneByOne;
}

/** A contraction adds its products one by one, but in four lanes where it has fewer than four output columns. */
export function contractOrder(output: Shape): Order {
  const columns = output.at(-1);
  const known = columns === undefined ? 1 : constantValue(columns);
  return known !== undefined && known < 4 ? fourLanes : oneByOne;
}

/** The compute with its reduction cut into chunks where its extent, at the dimensions' bounds, is long. */
export function stampChunk(compute: Compute, bounds: ReadonlyMap<string, number>): Compute {
  if (compute.kind !== "reduce") return compute;
  const total = product(compute.over.map(({ extent }) => extent));
  const extent = evaluate(total, bounds);
  if (extent === undefined) throw new InternalError("ops", `a sum over ${total.key} terms has no bound`);
  return extent > chunkAbove ? { ...compute, order: { ...compute.order, chunk: chunkSize } } : compute;
}
