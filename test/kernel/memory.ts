/** Where tensors lie while a level of loops is interpreted: each by itself, or a slot of another that loops move. */
import { evaluate, type Dimension } from "../../compiler/dimension/dimension.ts";
import type { Tensor } from "../../compiler/lower/lowered.ts";
import { spoil } from "../random/garbage.ts";
import { newElements, product, type Interpreted, type Precision } from "../../compiler/loops/interpret.ts";

export class Memory {
  readonly #tensors: ReadonlyMap<string, Tensor>;
  readonly #dims: ReadonlyMap<string, number>;
  readonly #precision: Precision;
  readonly #held = new Map<string, Interpreted>();
  readonly #steps = new Map<string, number>();

  constructor(tensors: ReadonlyMap<string, Tensor>, dims: ReadonlyMap<string, number>, precision: Precision) {
    this.#tensors = tensors;
    this.#dims = dims;
    this.#precision = precision;
  }

  fill(name: string, data: ArrayLike<number>): void {
    this.at(name).data.set(data);
  }

  /** The tensor as it is seen at the steps at hand; what is written to it stays. */
  at(name: string): Interpreted {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw new Error(`no tensor ${name}`);
    const shape = tensor.type.shape.map((size) => this.#size(size));
    if (tensor.slot !== undefined) {
      const { of, loop, times, plus, modulo, stride } = tensor.slot;
      const done = loop === undefined ? 0 : (this.#steps.get(loop) ?? NaN);
      const moved = times * done + this.#size(plus);
      const slot = modulo === undefined ? moved : moved % modulo;
      const from = slot * this.#size(stride);
      const { data } = this.at(of);
      if (!(from >= 0 && from + product(shape) <= data.length))
        throw new Error(`${name} is slot ${slot} outside ${of}`);
      return { shape, data: data.subarray(from, from + product(shape)) };
    }
    const known = this.#held.get(name);
    if (known !== undefined) return known;
    const data = newElements(tensor.type.dtype, product(shape), this.#precision);
    // What was never written is whatever was there.
    spoil(data);
    const made = { shape, data };
    this.#held.set(name, made);
    return made;
  }

  /** Runs a loop's steps. */
  run(index: string, extent: Dimension, step: () => void): void {
    const count = this.#size(extent);
    for (let done = 0; done < count; done += 1) {
      this.#steps.set(index, done);
      step();
    }
  }

  #size(size: Dimension): number {
    return evaluate(size, this.#dims) ?? NaN;
  }
}
