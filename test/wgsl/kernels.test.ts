/** Every form of kernel that the scheduler knows, with one dimension open, as entries of one program on the GPU. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evaluate } from "../../compiler/dimension/dimension.ts";
import { interpretKernel } from "../../compiler/kernel/interpret.ts";
import { cpuAdapter } from "../../compiler/schedule/machine.ts";
import { schedule } from "../../compiler/schedule/schedule.ts";
import { functions } from "../../compiler/loops/functions.ts";
import type { Program } from "../../compiler/program/types.ts";
import { emitWgsl } from "../../targets/wgsl/index.ts";
import type { Case } from "../kernel/kernels.ts";
import * as kernels from "../kernel/kernels.ts";
import { apart, draw } from "../ops/numbers.ts";
import { kernelOf, layOut, programOf } from "../targets/programs.ts";
import type { Results } from "../targets/run.ts";
import { Gpu } from "./gpu.ts";

const bounds = new Map([["N", 13]]);
const sizes = [1, 4, 9, 13];

const cases: Readonly<Record<string, Case>> = {
  elementwise: kernels.elementwise("N", 7),
  "in-place update": kernels.momentum("N", 7),
  transpose: kernels.transpose("N", 7),
  "random draws": kernels.draws("N", 7),
  "border and quotient": kernels.padded("N", 7),
  contraction: kernels.dense("N", 7, 5),
  "contraction over an open axis": kernels.dense(5, 6, "N"),
  "contraction in lanes": kernels.dense("N", 3, 7, { lanes: 4 }),
  "contraction in chunks": kernels.dense("N", 9, 21, { lanes: 1, chunk: 8 }),
  "transposed right": kernels.transposedRight("N", 7, 6),
  "transposed left": kernels.transposedLeft("N", 7, 6),
  batched: kernels.batched(2, "N", 7, 3),
  convolution: kernels.convolution("N", 4, 5, 3),
  "kernel gradient": kernels.kernelGradient("N", 5, 2, 3, 16),
  softmax: kernels.softmax("N", 7),
  "softmax along an open axis": kernels.softmax(3, "N"),
  "row sums": kernels.rowSums("N", 3, 7, { lanes: 4 }),
  "row sums in chunks": kernels.rowSums(2, 7, "N", { lanes: 4, chunk: 16 }),
  "column sums": kernels.columnSums("N", 3, 7),
  "column sums in chunks": kernels.columnSums("N", 9, 7, { lanes: 1, chunk: 16 }),
  "full sum in chunks": kernels.fullSum("N", 7, { lanes: 4, chunk: 16 }),
  argmax: kernels.argmaxes("N", 7),
  "column argmax": kernels.columnArgmax("N", 7),
  take: kernels.take("N", 7, 6),
  pick: kernels.pick("N", 7),
  scatter: kernels.scatter("N", 7, 6),
};

/** The tensors' values where N is `size`; ids also lie outside their table. */
function valuesOf(
  { tensors }: Case,
  size: number,
): ReadonlyMap<string, { shape: readonly number[]; data: Float32Array | Int32Array }> {
  const dims = new Map([["N", size]]);
  const values = [...tensors].map(([name, type], seed) => {
    const shape = type.shape.map((one) => evaluate(one, dims) ?? 0);
    const drawn = draw(
      type.dtype,
      shape.reduce((all, one) => all * one, 1),
      seed + 1,
    );
    const data = type.dtype === "f32" ? Float32Array.from(drawn) : Int32Array.from(drawn, (id) => 3 * id - 3);
    return [name, { shape, data }] as const;
  });
  return new Map(values);
}

/** One entry a case, on buffers of its own. */
function programOfCases(): Program {
  const all = Object.entries(cases);
  const scheduled = all.map(([, { kernel, tensors }]) => {
    const typeOf = (name: string) => tensors.get(name) ?? { dtype: "f32" as const, shape: [] };
    return schedule(kernel, typeOf, bounds, cpuAdapter);
  });
  const buffers = all.flatMap(([name, one], n) => {
    const largest = valuesOf(one, 13);
    return scheduled[n].parameters.map((parameter) => ({
      name: `${name} ${parameter.name}`,
      dtype: parameter.dtype,
      elements: largest.get(parameter.name)?.data.length ?? 1,
    }));
  });
  const layout = layOut(buffers);
  const entries = all.map(([name], n) => {
    const own = scheduled[n].parameters.map((parameter) =>
      buffers.findIndex((buffer) => buffer.name === `${name} ${parameter.name}`),
    );
    return { name, inputs: [], results: [], dims: ["N"], steps: [{ kind: "call", kernel: n, buffers: own } as const] };
  });
  const base = programOf(kernelOf("none", [], []), {});
  return { ...base, ...layout, dims: [{ name: "N", bound: 13 }], functions, kernels: scheduled, entries };
}

let gpu: Gpu;
let found: readonly Results[];

beforeAll(async () => {
  gpu = await Gpu.start();
  const artifact = emitWgsl(programOfCases());
  const calls = Object.entries(cases).flatMap(([entry, one]) =>
    sizes.map((size) => {
      const inputs = [...valuesOf(one, size)].map(([name, { data }]) => [`${entry} ${name}`, data] as const);
      return { entry, dims: [size], inputs: Object.fromEntries(inputs), wanted: inputs.map(([name]) => name) };
    }),
  );
  found = await gpu.runAll(artifact, calls);
}, 120_000);
afterAll(() => gpu.stop());

describe("a kernel, within 10⁻⁵ of the interpreter", () => {
  test.each(Object.entries(cases).map(([name, one], n) => [name, one, n] as const))("%s", (name, one, n) => {
    for (const [at, size] of sizes.entries()) {
      const expected = valuesOf(one, size);
      const valueOf = (tensor: string) => expected.get(tensor) ?? { shape: [], data: new Float32Array(0) };
      interpretKernel(one.kernel, valueOf, new Map([["N", size]]), "f32");
      for (const [tensor, { data }] of expected) {
        const values = found[n * sizes.length + at].get(`${name} ${tensor}`)?.slice(0, data.length) ?? [];
        expect([tensor, size, ...apart(values, data, 1e-5)]).toEqual([tensor, size]);
      }
    }
  });
});
