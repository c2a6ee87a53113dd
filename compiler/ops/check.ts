/**
 * The checks that shape rules share. Each answers the problem or undefined, so that a rule reads as
 * `arity(…) ?? dtypes(…) ?? [result]`. Sentences say what was expected, then what was found.
 */
import { alternatives, counted } from "../diagnostics/lists.ts";
import { printShape } from "../dimension/dimension.ts";
import type { TensorType } from "../graph/types.ts";
import type { ElementType } from "../loops/types.ts";
import { problem, type ShapeProblem } from "./define.ts";
import { countUp, sameShape } from "./emit.ts";

/** `f32[N, 64]`. */
export function printType({ dtype, shape }: TensorType): string {
  return `${dtype}${printShape(shape)}`;
}

export function arity(op: string, inputs: readonly TensorType[], count: number): ShapeProblem | undefined {
  if (inputs.length === count) return undefined;
  return problem(`${op} takes ${counted(count, "input")}, not ${inputs.length}`, countUp(inputs.length));
}

/** Input `position` has one of these dtypes. */
export function dtypeOf(
  op: string,
  inputs: readonly TensorType[],
  position: number,
  allowed: readonly ElementType[],
): ShapeProblem | undefined {
  const type = inputs[position];
  if (allowed.includes(type.dtype)) return undefined;
  const wanted = allowed.includes("f32") ? "f32" : allowed[0];
  const help = type.dtype === "bool" && wanted === "i32" ? undefined : `write ${wanted}(…) to convert it`;
  return problem(`${op} takes ${alternatives(allowed)}, not ${printType(type)}`, [position], help);
}

/** Inputs `left` and `right` have one dtype. */
export function equalDtypes(
  op: string,
  inputs: readonly TensorType[],
  left: number,
  right: number,
): ShapeProblem | undefined {
  const [a, b] = [inputs[left], inputs[right]];
  if (a.dtype === b.dtype) return undefined;
  const message = `${op} takes two operands of one type; the left one is ${printType(a)}, the right one ${printType(b)}`;
  return problem(message, [left, right], "convert one of them with f32(…) or i32(…)");
}

/** Inputs `left` and `right` have one shape. */
export function equalShapes(
  op: string,
  inputs: readonly TensorType[],
  left: number,
  right: number,
): ShapeProblem | undefined {
  const [a, b] = [inputs[left], inputs[right]];
  if (sameShape(a.shape, b.shape)) return undefined;
  return problem(
    `${op} takes operands of equal shape; the left one is ${printShape(a.shape)}, the right one ${printShape(b.shape)}`,
    [left, right],
  );
}

/** Axes exist, ascend and so do not repeat. */
export function axesWithin(op: string, axes: readonly number[], type: TensorType): ShapeProblem | undefined {
  const rank = type.shape.length;
  const outside = axes.find((axis) => !Number.isInteger(axis) || axis < 0 || axis >= rank);
  if (outside !== undefined) {
    return problem(`${op}: axis ${outside} does not exist; ${printShape(type.shape)} has ${axisCount(rank)}`, [0]);
  }
  const repeated = axes.find((axis, position) => axes.indexOf(axis) !== position);
  if (repeated !== undefined) return problem(`${op}: axis ${repeated} is named twice`, [0]);
  const ascending = axes.every((axis, position) => position === 0 || axis > axes[position - 1]);
  return ascending ? undefined : problem(`${op}: the axes ${axes.join(", ")} do not ascend`, [0]);
}

/** `no axes`, `1 axis`, `2 axes`. */
export function axisCount(rank: number): string {
  return rank === 0 ? "no axes" : counted(rank, "axis", "axes");
}
