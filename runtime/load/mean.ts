/** Means of losses over batches of different sizes. */
import type { HostTrain } from "../../compiler/program/host.ts";
import { evaluate } from "./dimensions.ts";
import type { View } from "./executable.ts";
import type { Checked } from "./inputs.ts";

/** How much the loss of a batch weighs: as many as its rows, or the sum of the input by whose sum it is divided. */
export function weightOf({ inputs }: HostTrain, { given, sizes }: Checked): number {
  const weights = given.find(({ input }) => input.weighs === true);
  if (weights !== undefined) return sumOf(weights.data);
  const [rows] = inputs[0]?.shape ?? [];
  return rows === undefined ? 1 : evaluate(rows, sizes);
}

function sumOf(values: View): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** A weighted mean; the mean of one value is that value to the bit. */
export class Mean {
  #weight: number;
  #value: number;

  constructor(value = 0, weight = 0) {
    this.#value = value;
    this.#weight = weight;
  }

  add(value: number, weight: number): void {
    if (weight === 0) return;
    this.#weight += weight;
    if (this.#weight === weight) this.#value = value;
    // An infinite mean stays so, whatever follows; the difference would be no number.
    else if (!Number.isFinite(this.#value)) this.#value += value;
    else this.#value += (value - this.#value) * (weight / this.#weight);
  }

  get value(): number {
    return this.#value;
  }

  get weight(): number {
    return this.#weight;
  }
}
