/** Minibatches of the right shapes with made-up values, the same in every run; several, so that no cache knows the next one. */
import { evaluate } from "../../compiler/dimension/dimension.ts";
import type { HostInput } from "../../compiler/program/host.ts";
import type { TensorInput } from "../../runtime/load/index.ts";

export type Minibatch = ReadonlyMap<string, TensorInput>;

/** Takes turns. */
export function rotating(inputs: readonly HostInput[], sizes: ReadonlyMap<string, number>, count = 4): () => Minibatch {
  const batches = Array.from({ length: count }, (_, seed) => minibatch(inputs, sizes, seed + 1));
  let at = 0;
  return () => {
    at = (at + 1) % batches.length;
    return batches[at] ?? new Map();
  };
}

function minibatch(inputs: readonly HostInput[], sizes: ReadonlyMap<string, number>, seed: number): Minibatch {
  const next = generator(seed);
  return new Map(
    inputs.map(({ name, dtype, shape, limit }): readonly [string, TensorInput] => {
      const numbers = shape.map((size) => evaluate(size, sizes) ?? 1);
      const length = numbers.reduce((all, size) => all * size, 1);
      const data =
        dtype === "f32"
          ? Float32Array.from({ length }, () => next() * 2 - 1)
          : Int32Array.from({ length }, () => Math.floor(next() * (limit ?? 2)));
      return [name, { shape: numbers, data }];
    }),
  );
}

/** Numbers in [0, 1) by a linear congruential generator (Numerical Recipes); their quality does not matter here. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
