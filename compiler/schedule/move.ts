/** Kernels whose axes are replaced by others, simplified in the ranges of what they have now. */
import type { Bounds } from "../dimension/interval.ts";
import type { Kernel, Stage, Store } from "../kernel/types.ts";
import { rangesOf, substituteAxes, substituteAxesInScalar } from "../loops/index.ts";
import { simplifyIndex, simplifyScalar } from "../loops/simplify.ts";
import type { Axis, Index, Scalar } from "../loops/types.ts";

/** What stands for an axis: the axes in its place, and where it is by them. */
export interface Replacement {
  readonly axes: readonly Axis[];
  readonly index: Index;
}

/** The kernel with these axes, of its grid or of a stage's own, replaced. */
export function replaceAxes(kernel: Kernel, replacements: ReadonlyMap<string, Replacement>, bounds: Bounds): Kernel {
  const axesFor = (axes: readonly Axis[]): readonly Axis[] =>
    axes.flatMap((axis) => replacements.get(axis.name)?.axes ?? [axis]);
  const places = new Map([...replacements].map(([name, { index }]) => [name, index]));
  const grid = axesFor(kernel.grid);
  return { ...kernel, grid, stages: kernel.stages.map((stage) => replaceIn(stage, grid, axesFor, places, bounds)) };
}

type Named = { readonly value: Scalar };

function replaceIn(
  stage: Stage,
  grid: readonly Axis[],
  axesFor: (axes: readonly Axis[]) => readonly Axis[],
  places: ReadonlyMap<string, Index>,
  bounds: Bounds,
): Stage {
  const over = "over" in stage ? axesFor(stage.over) : [];
  const ranges = rangesOf([...grid, ...over]);
  const scalar = (value: Scalar): Scalar => simplifyScalar(substituteAxesInScalar(value, places), ranges, bounds);
  const index = (one: Index): Index => simplifyIndex(substituteAxes(one, places), ranges, bounds);
  const named = <One extends Named>(list: readonly One[]): readonly One[] =>
    list.map((one) => ({ ...one, value: scalar(one.value) }));
  const store = (one: Store): Store => ({ ...one, indices: one.indices.map(index), value: scalar(one.value) });
  switch (stage.kind) {
    case "let":
      return { ...stage, value: scalar(stage.value) };
    case "store":
      return { ...stage, store: store(stage.store) };
    case "reduce":
      return { ...stage, over, lets: named(stage.lets), results: named(stage.results) };
    case "sweep":
      return { ...stage, over, lets: named(stage.lets), stores: stage.stores.map(store) };
    case "nest":
      return {
        ...stage,
        over,
        stages: stage.stages.map((one) => replaceIn(one, [...grid, ...over], axesFor, places, bounds)),
      };
    case "scatter": {
      const zero = axesFor(stage.zero);
      const zeroed = rangesOf([...grid, ...zero]);
      return {
        ...stage,
        zero,
        zeroIndices: stage.zeroIndices.map((one) => simplifyIndex(substituteAxes(one, places), zeroed, bounds)),
        over,
        lets: named(stage.lets),
        at: stage.at.map(index),
        value: scalar(stage.value),
      };
    }
  }
}
