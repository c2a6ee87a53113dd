/** The committed values from PyTorch (test/fixtures/README.md says what is in them), and comparing with them. */
import { readFileSync } from "node:fs";

export interface Tensor {
  readonly dtype: "f32" | "i32";
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

type Tensors = Readonly<Record<string, Tensor>>;

export interface Case {
  readonly name: string;
  readonly source: string;
  readonly inputs: Tensors;
  readonly dims?: Readonly<Record<string, number>>;
  readonly parameters?: Tensors;
  readonly output: Tensor;
  readonly weights?: Tensor;
  readonly gradients?: Tensors;
  readonly training?: boolean;
  readonly state?: Tensors;
}

export interface OptimizerCase extends Pick<Case, "name" | "source" | "inputs"> {
  readonly parameters: Tensors;
  readonly after: Readonly<Record<string, readonly (readonly number[])[]>>;
}

export interface ScheduleCase extends Pick<Case, "name" | "source"> {
  readonly stepsPerEpoch: number;
  readonly rates: readonly number[];
}

export interface MetricCase extends Pick<Case, "name" | "source"> {
  readonly batches: readonly Tensors[];
  readonly parameters?: Tensors;
  readonly value: Tensor;
}

export function read<Item>(file: string): readonly Item[] {
  // The files are written by fixtures/make.py in the shape that its README describes.
  return JSON.parse(readFileSync(new URL(`../fixtures/${file}.json`, import.meta.url), "utf8")) as readonly Item[];
}

/** The largest difference, relative to max(1, |value|); infinite where one is missing or not a number alone. */
export function deviation(found: ArrayLike<number> | undefined, expected: readonly number[]): number {
  if (found === undefined || found.length < expected.length) return Infinity;
  const parts = expected.map((value, at) =>
    Object.is(found[at], value) ? 0 : Math.abs(found[at] - value) / Math.max(1, Math.abs(value)),
  );
  return parts.reduce((worst, part) => (part <= worst ? worst : Number.isNaN(part) ? Infinity : part), 0);
}
