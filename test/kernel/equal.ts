/** Holds a scheduled kernel to the interpreter's bits: both run on the same numbers, and every tensor must be equal. */
import { expect } from "vitest";
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import { evaluate } from "../../compiler/dimension/dimension.ts";
import type { TensorType } from "../../compiler/graph/types.ts";
import { interpretKernel } from "../../compiler/kernel/interpret.ts";
import type { Interpreted } from "../../compiler/loops/interpret.ts";
import type { Machine } from "../../compiler/schedule/machine.ts";
import { schedule } from "../../compiler/schedule/schedule.ts";
import { execute, type Buffer } from "./execute.ts";
import type { Case } from "./kernels.ts";

export type Dims = ReadonlyMap<string, number>;

export function typeIn({ tensors }: Pick<Case, "tensors">): (name: string) => TensorType {
  return (name) => {
    const type = tensors.get(name);
    if (type === undefined) throw new InternalError("test", `no tensor ${name}`);
    return type;
  };
}

/** What the tensors hold: numbers that round at every step, or every fifth of them NaN, −0, 0 or infinite. */
type Numbers = "plain" | "special";

const specials = [NaN, -0, 0, Infinity, -Infinity, -0];

/** The same for the same seed; ids also lie outside their table. */
function filled(type: TensorType, count: number, seed: number, numbers: Numbers): Buffer {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
  const buffer = type.dtype === "f32" ? new Float32Array(count) : new Int32Array(count);
  for (let at = 0; at < count; at += 1) buffer[at] = type.dtype === "f32" ? next() * 3 : Math.floor(next() * 12);
  if (numbers === "special" && type.dtype === "f32")
    for (let at = seed % 5; at < count; at += 5) buffer[at] = specials[(at + seed) % specials.length];
  return buffer;
}

function tensorsOf(one: Case, dims: Dims, numbers: Numbers): Map<string, Interpreted & { readonly data: Buffer }> {
  return new Map(
    [...one.tensors].map(([name, type], position) => {
      const shape = type.shape.map((size) => evaluate(size, dims) ?? 0);
      const count = shape.reduce((a, b) => a * b, 1);
      return [name, { shape, data: filled(type, count, position + 1, numbers) }];
    }),
  );
}

/** Runs both, and holds every tensor of the one equal to the other's, to the bit; all NaN are equal. */
export function expectEqual(
  one: Case,
  machine: Machine,
  dims: Dims,
  bounds: Dims = dims,
  numbers: Numbers = "plain",
): void {
  const expected = tensorsOf(one, dims, numbers);
  interpretKernel(one.kernel, (name) => expected.get(name) ?? { shape: [], data: new Float32Array(0) }, dims, "f32");
  const found = tensorsOf(one, dims, numbers);
  const scheduled = schedule(one.kernel, typeIn(one), bounds, machine);
  execute(scheduled, new Map([...found].map(([name, { data }]) => [name, data])), dims);
  for (const [name, { data }] of expected) {
    expect(Array.from(found.get(name)?.data ?? []), `${name} on ${machine.name}`).toStrictEqual(Array.from(data));
  }
}
