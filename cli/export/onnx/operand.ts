/**
 * What rules take and make: a value of the graph by its name in the file. What only repeats is kept in its small form as far as possible, since
 * ONNX's operators on elements repeat by themselves, from the last axis backwards.
 */
import { constantValue, isConstant } from "../../../compiler/dimension/dimension.ts";
import type { Dimension } from "../../../compiler/dimension/dimension.ts";
import type { TensorType } from "../../../compiler/graph/types.ts";
import type { Emitter } from "./emitter.ts";

export type Shape = readonly Dimension[];

export interface Operand {
  readonly name: string;
  readonly type: TensorType;
  /** The value in the file is smaller, and repeats to the type's shape. */
  readonly repeats?: true;
}

export function whole(emitter: Emitter, { name, type: { shape }, repeats }: Operand): string {
  if (repeats === undefined) return name;
  const key = `${name} [${shape.map(({ key: size }) => size).join(", ")}]`;
  return emitter.once(key, () => emitter.op("Expand", [name, emitter.sizes(shape)]));
}

/** An operator on elements; what all its operands repeat, it repeats, too. */
export function elementwise(
  operands: readonly Operand[],
  type: TensorType,
  compute: (names: readonly string[]) => string,
): Operand {
  const name = compute(operands.map((operand) => operand.name));
  return operands.every(({ repeats }) => repeats) ? { name, type, repeats: true } : { name, type };
}

export function reshape(emitter: Emitter, name: string, shape: Shape): string {
  const known = shape.map(constantValue);
  const open = known.filter((value) => value === undefined).length;
  // What the others leave is the one that is not known.
  const left = open === 1 && known.every((value) => value !== 0);
  const sizes = left ? emitter.ints(...known.map((value) => value ?? -1)) : emitter.sizes(shape);
  return emitter.op("Reshape", [name, sizes]);
}

export function transpose(emitter: Emitter, name: string, permutation: readonly number[]): string {
  if (permutation.every((from, to) => from === to)) return name;
  return emitter.op("Transpose", [name], { perm: permutation });
}

/** With axes of size 1 at these places of the result. */
export function unsqueeze(emitter: Emitter, name: string, axes: readonly number[]): string {
  return axes.length === 0 ? name : emitter.op("Unsqueeze", [name, emitter.ints(...axes)]);
}

/** Elements of that value around, or where a width is negative elements left out. */
export function pad(emitter: Emitter, name: string, low: Shape, high: Shape, value: string): string {
  const idle = [...low, ...high].every((width) => isConstant(width, 0));
  return idle ? name : emitter.op("Pad", [name, emitter.sizes([...low, ...high]), value]);
}
