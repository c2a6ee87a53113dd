/**
 * In place: whether an output may lie where an operand lies that dies in the kernel. It may if each grid point overwrites
 * only what it alone reads, and reads it before.
 */
import { axisIndex, indexKey, substituteAxes } from "../../loops/index.ts";
import { loadsOf } from "../../loops/scalar.ts";
import type { Axis, Index, Scalar } from "../../loops/types.ts";
import type { ScheduledKernel } from "../../program/types.ts";
import { readsOf, scalarsOfStage, writesOf } from "../tensors.ts";
import type { Kernel, Stage, Store } from "../types.ts";

/** Positions among a kernel's parameters: `output` may take the place of `input`. */
export interface InPlace {
  readonly output: number;
  readonly input: number;
}

/** Every pair that may share a place, as positions among the scheduled kernel's parameters. */
export function inPlacePairs(kernel: Kernel, { parameters }: ScheduledKernel): readonly InPlace[] {
  const [reads, writes] = [readsOf(kernel), writesOf(kernel)];
  return parameters.flatMap((into, output) =>
    parameters.flatMap((from, input) => {
      if (into.dtype !== from.dtype || reads.has(into.name) || !writes.has(into.name) || writes.has(from.name))
        return [];
      return canAlias(kernel, into.name, from.name) ? [{ output, input }] : [];
    }),
  );
}

/**
 * True if every load of `input` has exactly the indices of the one store to `output`, and none comes after it: in an
 * earlier stage (then of the same grid point's row), earlier in the same sweep, or in the same run of lets and stores,
 * whose loads all come first.
 */
export function canAlias(kernel: Kernel, output: string, input: string): boolean {
  const position = kernel.stages.findIndex((stage) => storesOf(stage).some(({ tensor }) => tensor === output));
  const stage = kernel.stages[position];
  if (stage === undefined || kernel.stages.filter((one) => writesTo(one, output)).length !== 1) return false;
  const stores = storesOf(stage).filter(({ tensor }) => tensor === output);
  if (stores.length !== 1) return false;
  const target = addressKey(stores[0].indices, overOf(stage));
  const last = stage.kind === "store" ? endOfRun(kernel.stages, position) : position;
  return kernel.stages.every((one, at) => {
    const loads = loadsIn(one, at === position && stage.kind === "sweep" ? output : undefined);
    if (loads.after.some(({ tensor }) => tensor === input)) return false;
    const own = loads.before.filter(({ tensor }) => tensor === input);
    return own.length === 0 || (at <= last && own.every(({ indices }) => addressKey(indices, overOf(one)) === target));
  });
}

function storesOf(stage: Stage): readonly Store[] {
  if (stage.kind === "store") return [stage.store];
  return stage.kind === "sweep" ? stage.stores : [];
}

function writesTo(stage: Stage, tensor: string): boolean {
  return (
    storesOf(stage).some((store) => store.tensor === tensor) || (stage.kind === "scatter" && stage.tensor === tensor)
  );
}

function overOf(stage: Stage): readonly Axis[] {
  return stage.kind === "let" || stage.kind === "store" ? [] : stage.over;
}

/** The last stage of the run of lets and stores around `position`. */
function endOfRun(stages: readonly Stage[], position: number): number {
  const next = stages.findIndex(({ kind }, at) => at > position && kind !== "let" && kind !== "store");
  return next < 0 ? stages.length - 1 : next - 1;
}

interface Loads {
  readonly before: ReturnType<typeof loadsOf>;
  readonly after: ReturnType<typeof loadsOf>;
}

/** A stage's loads; those of stores that follow the store to `output` apart. */
function loadsIn(stage: Stage, output: string | undefined): Loads {
  if (stage.kind !== "sweep" || output === undefined)
    return { before: scalarsOfStage(stage).flatMap(loadsOf), after: [] };
  const cut = stage.stores.findIndex(({ tensor }) => tensor === output) + 1;
  const scalars = (stores: readonly Store[]): readonly Scalar[] => scalarsOfStage({ ...stage, lets: [], stores });
  const lets = stage.lets.flatMap(({ value }) => loadsOf(value));
  return {
    before: [...lets, ...scalars(stage.stores.slice(0, cut)).flatMap(loadsOf)],
    after: scalars(stage.stores.slice(cut)).flatMap(loadsOf),
  };
}

/** Indices with the stage's own axes by position and extent, so that passes over equal ranges compare equal. */
function addressKey(indices: readonly Index[], over: readonly Axis[]): string {
  const numbered = new Map(over.map(({ name, extent }, d) => [name, axisIndex(`over ${d} of ${extent.key}`)]));
  return indices.map((index) => indexKey(substituteAxes(index, numbered))).join(", ");
}
