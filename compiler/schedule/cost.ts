/** What a kernel costs, from its unscheduled form: operations, and bytes of the tensors that it reads and writes. */
import type { Dimension } from "../dimension/dimension.ts";
import { add, constant, multiply, product } from "../dimension/dimension.ts";
import type { TensorType } from "../graph/types.ts";
import { scalarCost, loadsOf } from "../loops/scalar.ts";
import type { Axis, Scalar } from "../loops/types.ts";
import type { Cost } from "../program/types.ts";
import { scalarsOf } from "../kernel/stage.ts";
import { readsOf, writesOf } from "../kernel/tensors.ts";
import type { Kernel, Stage } from "../kernel/types.ts";

const bytesPerElement = 4;

/** As polynomials of the open dimensions. Operations are counted as scalarCost does, without the loads. */
export function costOf(kernel: Kernel, tensors: (name: string) => TensorType): Cost {
  const points = extentOf(kernel.grid);
  const flops = kernel.stages.map((stage) => multiply(points, multiply(constant(operations(stage)), pointsOf(stage))));
  const bytes = (names: ReadonlySet<string>): Dimension =>
    sum([...names].map((name) => multiply(product(tensors(name).shape), constant(bytesPerElement))));
  return { flops: sum(flops), bytesRead: bytes(readsOf(kernel)), bytesWritten: bytes(writesOf(kernel)) };
}

function sum(dimensions: readonly Dimension[]): Dimension {
  return dimensions.reduce(add, constant(0));
}

function extentOf(axes: readonly Axis[]): Dimension {
  return product(axes.map(({ extent }) => extent));
}

function pointsOf(stage: Stage): Dimension {
  return stage.kind === "let" || stage.kind === "store" ? constant(1) : extentOf(stage.over);
}

/** A combination or a scattered add is one operation more. */
function operations(stage: Stage): number {
  const own = scalarsOf(stage).reduce((total, scalar) => total + scalarOperations(scalar), 0);
  if (stage.kind === "reduce") return own + stage.results.length;
  return stage.kind === "scatter" ? own + 1 : own;
}

function scalarOperations(scalar: Scalar): number {
  return scalarCost(scalar) - loadsOf(scalar).length;
}
