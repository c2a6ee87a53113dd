/**
 * What the ops' loops share: loads of an operand at the axes of a loop.
 */
import type { Attributes, TensorType } from "../graph/types.ts";
import { axisIndex } from "../loops/index.ts";
import { load } from "../loops/scalar.ts";
import type { Axis, Compute, Index, Scalar } from "../loops/types.ts";
import type { LoopContext } from "./define.ts";

/** An input as the loops load it. */
export interface Operand {
  readonly tensor: string;
  readonly type: TensorType;
}

export function axisIndices(axes: readonly Axis[]): readonly Index[] {
  return axes.map(({ name }) => axisIndex(name));
}

/** The operand's element at these indices. */
export function elementOf({ tensor, type }: Operand, indices: readonly Index[]): Scalar {
  return load(tensor, type.dtype, indices);
}

/** The operand's element at the point that the axes name. */
export function loadAt(operand: Operand, axes: readonly Axis[]): Scalar {
  return elementOf(operand, axisIndices(axes));
}

/** out[i…] = x[at(i…)]. */
export function moved<A extends Attributes>(
  { inputs: [x], outputs: [{ dtype, shape }], axes }: LoopContext<A>,
  at: (axes: readonly Axis[]) => readonly Index[],
): readonly Compute[] {
  const here = axes(shape);
  return [{ kind: "map", axes: here, dtype, value: elementOf(x, at(here)) }];
}
