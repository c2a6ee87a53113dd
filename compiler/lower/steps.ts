/**
 * A compute of one step of a loop as the compute of all steps: the loop becomes an axis in front, and what differs from step to step
 * is loaded from where all steps lie one after another. Each element is computed as before.
 */
import { mapCompute } from "../loops/compute.ts";
import { axisIndex, mapDataScalars } from "../loops/index.ts";
import { replaceLoads } from "../loops/scalar.ts";
import type { Axis, Compute, Scalar } from "../loops/types.ts";

/** Where a value of every step lies: all of them in a tensor with the loop's axis in front, or one that serves all. */
export interface Everywhere {
  readonly tensor: string;
  readonly isStacked: boolean;
}

/** `all` says, by what a step loads, where that lies for all steps; what it lacks is the same tensor at every step. */
export function ofAllSteps(compute: Compute, axis: Axis | undefined, all: ReadonlyMap<string, Everywhere>): Compute {
  const front = axis === undefined ? [] : [axisIndex(axis.name)];
  const scalar = (value: Scalar): Scalar =>
    replaceLoads(value, (load) => {
      const found = all.get(load.tensor);
      if (found === undefined) return undefined;
      const { tensor, isStacked } = found;
      return { ...load, tensor, indices: isStacked ? [...front, ...load.indices] : load.indices };
    });
  const moved = mapCompute(compute, scalar, (index) => mapDataScalars(index, scalar));
  return axis === undefined ? moved : withAxis(moved, axis);
}

function withAxis(compute: Compute, axis: Axis): Compute {
  const axes = [axis, ...compute.axes];
  const place = axisIndex(axis.name);
  switch (compute.kind) {
    case "map":
    case "reduce":
      return { ...compute, axes };
    case "scatter":
      return { ...compute, axes, from: [axis, ...compute.from], at: [place, ...compute.at] };
    case "unrolled": {
      const elements = compute.elements.map(({ at, value }) => ({ at: [place, ...at], value }));
      return { ...compute, axes, points: [axis, ...compute.points], elements };
    }
  }
}
