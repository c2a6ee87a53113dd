/**
 * Constructors for the scalar expressions that the ops' loops are made of.
 */
import type { Attributes, TensorType } from "../graph/types.ts";
import { axisIndex } from "../loops/index.ts";
import type { Axis, BinaryOperator, Comparison, Compute, ElementType, Index, Scalar, UnaryOperator } from "../loops/types.ts";
import type { LoopContext } from "./define.ts";

/** An input as the loops load it. */
export interface Operand {
  readonly tensor: string;
  readonly type: TensorType;
}

export function number(value: number, dtype: ElementType = "f32"): Scalar {
  return { kind: "constant", dtype, value: dtype === "f32" ? Math.fround(value) : value };
}

export function load({ tensor, type }: Operand, indices: readonly Index[]): Scalar {
  return { kind: "load", tensor, dtype: type.dtype, indices };
}

export function axisIndices(axes: readonly Axis[]): readonly Index[] {
  return axes.map(({ name }) => axisIndex(name));
}

/** The operand's element at the point that the axes name. */
export function loadAt(operand: Operand, axes: readonly Axis[]): Scalar {
  return load(operand, axisIndices(axes));
}

/** out[i…] = x[at(i…)]. */
export function moved<A extends Attributes>(
  { inputs: [x], outputs: [{ dtype, shape }], axes }: LoopContext<A>,
  at: (axes: readonly Axis[]) => readonly Index[],
): readonly Compute[] {
  const here = axes(shape);
  return [{ kind: "map", axes: here, dtype, value: load(x, at(here)) }];
}

export function indexScalar(index: Index): Scalar {
  return { kind: "index", index };
}

export function unary(operator: UnaryOperator, dtype: ElementType, value: Scalar): Scalar {
  return { kind: "unary", operator, dtype, value };
}

export function binary(operator: BinaryOperator, dtype: ElementType, left: Scalar, right: Scalar): Scalar {
  return { kind: "binary", operator, dtype, left, right };
}

export function compare(operator: Comparison, left: Scalar, right: Scalar): Scalar {
  return { kind: "compare", operator, left, right };
}

export function cast(dtype: ElementType, value: Scalar): Scalar {
  return { kind: "cast", dtype, value };
}

export function select(dtype: ElementType, condition: Scalar, then: Scalar, otherwise: Scalar): Scalar {
  return { kind: "select", dtype, condition, then, otherwise };
}

/** Every condition holds; true where there are none. */
export function all(conditions: readonly Scalar[]): Scalar {
  if (conditions.length === 0) return number(1, "bool");
  return conditions.reduce((left, right) => binary("and", "bool", left, right));
}
