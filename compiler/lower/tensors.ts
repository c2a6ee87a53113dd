/** The tensors of an entry by name, while it is lowered. Loops see them without axes of size 1. */
import { isConstant, type Dimension } from "../dimension/dimension.ts";
import type { TensorType } from "../graph/types.ts";
import type { Slot, Tensor } from "./lowered.ts";

export class Tensors {
  readonly #tensors = new Map<string, Tensor>();

  get all(): ReadonlyMap<string, Tensor> {
    return this.#tensors;
  }

  add(name: string, role: Tensor["role"], declared: TensorType, slot?: Slot): void {
    const { dtype, shape } = declared;
    const type = shape.some(isSingle) ? { dtype, shape: shape.filter((size) => !isSingle(size)) } : declared;
    this.#tensors.set(name, { name, role, type, declared, ...(slot === undefined ? {} : { slot }) });
  }

  find(name: string): Tensor | undefined {
    return this.#tensors.get(name);
  }
}

export function isSingle(size: Dimension): boolean {
  return isConstant(size, 1);
}
