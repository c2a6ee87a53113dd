/**
 * The order of every sum, by the shape of the op that asks for it: part of a Compute's meaning, so that all targets form
 * the same sums.
 */
import { constantValue, evaluate, product } from "../dimension/dimension.ts";
import { InternalError } from "../diagnostics/diagnostic.ts";
import { isContraction } from "../loops/contraction.ts";
import { chunkAbove, chunkSize, type Axis, type Compute, type Order } from "../loops/types.ts";
import type { Shape } from "./emit.ts";

const oneByOne: Order = { lanes: 1 };
const fourLanes: Order = { lanes: 4 };

/** With more, it does not matter that one thread has one more than another. */
const fewChunks = 16;

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
  if (extent <= chunkAbove) return compute;
  const ofProducts =
    compute.order.lanes === 1 && isContraction(compute) ? stepsOfAxis(compute.over, bounds) : undefined;
  return { ...compute, order: { ...compute.order, chunk: ofProducts ?? chunkSize } };
}

/**
 * The longest chunk up to `chunkSize` that ends with whole steps of an axis, so that it is a part of it: several pictures
 * of a batch, or several of their rows; and of pictures so many that threads share the chunks out evenly.
 * Undefined where that is less than a quarter of `chunkSize`.
 */
function stepsOfAxis(over: readonly Axis[], bounds: ReadonlyMap<string, number>): number | undefined {
  let inner = 1;
  for (let at = over.length - 1; at >= 0; at -= 1) {
    const size = constantValue(over[at].extent);
    const most = Math.floor(chunkSize / inner);
    if (at > 0 && size === undefined) return undefined;
    if (at > 0 && size !== undefined && size <= most) {
      inner *= size;
      continue;
    }
    const first = evaluate(over[0].extent, bounds) ?? most;
    const steps = inner === 1 ? most : evenSteps(first, most);
    const chunk = inner * (at === 0 ? steps : largestDivisor(size ?? 1, most));
    return 4 * chunk >= chunkSize ? chunk : undefined;
  }
  return undefined;
}

/** Where there are few chunks, so long that two threads have as many each, or four where there are more than four. */
function evenSteps(extent: number, most: number): number {
  const chunks = Math.ceil(extent / most);
  if (chunks > fewChunks) return most;
  const multiple = chunks > 4 ? 4 : 2;
  return Math.ceil(extent / (Math.ceil(chunks / multiple) * multiple));
}

function largestDivisor(value: number, most: number): number {
  let divisor = most;
  while (value % divisor !== 0) divisor -= 1;
  return divisor;
}
