/** What the verifier finds in a broken program, and nothing in a sound one. */
import { describe, expect, test } from "vitest";
import type { Program, ProgramBuffer, ScheduledKernel, Statement } from "../../compiler/program/types.ts";
import { verifyProgram } from "../../compiler/program/verify.ts";
import { program } from "./programs.ts";

function withBuffer(name: string, change: Partial<ProgramBuffer>): Program {
  const sound = program();
  return {
    ...sound,
    buffers: sound.buffers.map((buffer) => (buffer.name === name ? { ...buffer, ...change } : buffer)),
  };
}

function withKernel(change: Partial<ScheduledKernel>): Program {
  const sound = program();
  return { ...sound, kernels: [{ ...sound.kernels[0], ...change }, ...sound.kernels.slice(1)] };
}

const one = { terms: [], constant: { monomials: [], key: "0" } } as const;
const f32 = { dtype: "f32", lanes: 1 } as const;
const defineTwice: Statement = {
  kind: "define",
  name: "t",
  type: f32,
  mutable: false,
  value: { kind: "constant", type: f32, value: 1 },
};
const storeVector: Statement = {
  kind: "store",
  buffer: "y",
  address: one,
  value: { kind: "variable", name: "u", type: { dtype: "f32", lanes: 4 } },
};
const storeInt: Statement = {
  kind: "store",
  buffer: "y",
  address: one,
  value: { kind: "constant", type: { dtype: "i32", lanes: 1 }, value: 1 },
};
const storeInput: Statement = {
  kind: "store",
  buffer: "x",
  address: one,
  value: { kind: "constant", type: f32, value: 1 },
};
const assign: Statement = { kind: "assign", name: "t", value: { kind: "constant", type: f32, value: 1 } };

describe("verifyProgram", () => {
  test("finds nothing in a sound program", () => {
    expect(verifyProgram(program())).toEqual([]);
  });

  const cases: readonly (readonly [string, () => Program, string])[] = [
    ["an unaligned buffer", () => withBuffer("b", { offset: 20 }), "b: expected an offset that 64 divides, found 20"],
    [
      "a buffer beyond the arena",
      () => withBuffer("x", { offset: 64000 }),
      "x: expected to end within 448 bytes, found 64128",
    ],
    ["wrong bytes", () => withBuffer("total", { bytes: 4 }), "total: expected 32 bytes, found 4"],
    ["shared variables", () => withBuffer("b", { offset: 0 }), "scale and b share bytes"],
    [
      "values that overlap",
      () => withBuffer("a", { offset: 128 }),
      "predict: x and a share bytes while both are needed",
    ],
    ["a name twice", () => withBuffer("total", { name: "a" }), "two buffers are a"],
    [
      "a wrong type",
      () => withBuffer("x", { dtype: "i32" }),
      "predict: step 0: expected f32 for elementwise's x, found i32",
    ],
    [
      "no function",
      () => ({ ...program(), functions: [] }),
      "elementwise: expected a function of the program, found tanh",
    ],
    [
      "an open dimension",
      () => withKernel({ dims: [] }),
      "elementwise: expected a dimension of the kernel, found N in N",
    ],
    [
      "a name defined twice",
      () => withKernel({ body: [defineTwice, defineTwice] }),
      "elementwise: expected a new name, found t again",
    ],
    [
      "a name before its definition",
      () => withKernel({ body: [storeVector] }),
      "elementwise: expected a name defined before, found u",
    ],
    [
      "a store of the wrong type",
      () => withKernel({ body: [storeInt] }),
      "elementwise: expected f32x1, found i32x1: 1",
    ],
    [
      "a store to what is read",
      () => withKernel({ body: [storeInput] }),
      "elementwise: expected a buffer to write, found x",
    ],
    [
      "an assignment to a constant",
      () => withKernel({ body: [defineTwice, assign] }),
      "elementwise: expected a variable to assign, found t",
    ],
  ];
  test.each(cases)("finds %s", (_, make, sentence) => {
    expect(verifyProgram(make())).toContain(sentence);
  });

  test("finds a value that is read before it is written", () => {
    const sound = program();
    const [entry] = sound.entries;
    const swapped = { ...sound, entries: [{ ...entry, steps: [...entry.steps].reverse() }] };
    expect(verifyProgram(swapped)).toContain(
      "predict: step 0: expected a to be written before, found no step that does",
    );
  });
});
