/** Plans: where buffers lie, what is apart, and how near the lower bound the arena is. */
import { describe, expect, test } from "vitest";
import { constant } from "../../compiler/dimension/dimension.ts";
import type { TensorType } from "../../compiler/graph/types.ts";
import { simd } from "../../compiler/schedule/machine.ts";
import { inPlacePairs } from "../../compiler/plan/alias.ts";
import { plan } from "../../compiler/plan/plan.ts";
import { planReport } from "../../compiler/plan/report.ts";
import type { PlanCall, PlanEntry, PlanInput, PlanTensor } from "../../compiler/plan/types.ts";
import { schedule } from "../../compiler/schedule/schedule.ts";
import { functions } from "../../compiler/loops/functions.ts";
import { callsOf } from "../../compiler/program/steps.ts";
import type { Program } from "../../compiler/program/types.ts";
import { verifyProgram } from "../../compiler/program/verify.ts";
import type { Case } from "./kernels.ts";
import * as kernels from "./kernels.ts";

const bounds = new Map([["N", 32]]);

function call(one: Case, ...tensors: readonly string[]): PlanCall {
  const scheduled = schedule(one.kernel, (name) => one.tensors.get(name) ?? { dtype: "f32", shape: [] }, bounds, simd);
  return { kernel: scheduled, tensors, inPlace: inPlacePairs(one.kernel, scheduled) };
}

function value(...shape: readonly kernels.Size[]): PlanTensor {
  return { role: "value", type: { dtype: "f32", shape: shape.map(kernels.dim) } };
}

const parameter = (...shape: readonly kernels.Size[]): PlanTensor => ({ ...value(...shape), role: "parameter" });
const given = (...shape: readonly kernels.Size[]): PlanTensor => ({ ...value(...shape), role: "input" });

function programOf(input: PlanInput): Program {
  const { buffers, arenaBytes, kernels: own, entries } = plan(input);
  const host = { language: "", models: [], requirements: [] };
  return {
    version: 1,
    name: "test",
    dims: [{ name: "N", bound: 32 }],
    buffers,
    arenaBytes,
    functions,
    kernels: own,
    entries,
    host,
  };
}

/** dense → softmax (in place of its operand) → dense, twice with other parameters. */
function network(): PlanInput {
  const entry = (name: string, w: string): PlanEntry => ({
    name,
    inputs: ["x"],
    results: [`${name}.y`],
    dims: ["N"],
    loops: [],
    calls: [
      call(kernels.dense("N", 16, 8), "x", w, "b", `${name}.h`),
      call(kernels.elementwise("N", 16), `${name}.h`, "scale", "b", `${name}.a`),
      call(kernels.elementwise("N", 16), `${name}.a`, "scale", "b", `${name}.y`),
    ],
  });
  const own = (name: string): [string, PlanTensor][] =>
    ["h", "a", "y"].map((part) => [`${name}.${part}`, value("N", 16)]);
  return {
    tensors: new Map([
      ["x", given("N", 8)],
      ["w", parameter(8, 16)],
      ["v", parameter(8, 16)],
      ["b", parameter(16)],
      ["scale", parameter()],
      ["run", value(256)],
      ...own("first"),
      ...own("second"),
    ]),
    segments: [{ name: "run", tensors: ["w", "v"] }],
    entries: [entry("first", "w"), entry("second", "v")],
    bounds,
  };
}

describe("plan", () => {
  test("prints where every buffer lies and how long it lives", () => {
    expect(planReport(plan(network()))).toMatchInlineSnapshot(`
      "buffer    role       bytes  offset  lives
      run       segment    1024   0       always
      w         parameter  512    0       always
      v         parameter  512    512     always
      b         parameter  64     1024    always
      scale     parameter  4      1088    always
      x         input      1024   3200    first 0–3, second 0–3
      first.y   result     2048   1152    first 0–3
      second.y  result     2048   1152    second 0–3
      first.h   temporary  2048   1152    first 0–3
      first.a   temporary  2048   1152    first 0–3
      second.h  temporary  2048   1152    second 0–3
      second.a  temporary  2048   1152    second 0–3

      peak 4224 bytes, lower bound 4224: 1.000 times"
    `);
  });

  test("makes a sound program, with equal kernels once", () => {
    const program = programOf(network());
    expect(verifyProgram(program)).toEqual([]);
    expect(program.kernels.map(({ name }) => name)).toEqual(["dense", "elementwise"]);
    expect(program.entries.map(({ steps }) => callsOf(steps).map(({ call }) => call.kernel))).toEqual([
      [0, 1, 1],
      [0, 1, 1],
    ]);
  });

  test("keeps what is alive apart, near the lower bound", () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const input = randomInput(seed);
      const program = programOf(input);
      const { arenaBytes, lowerBound } = plan(input);
      expect(verifyProgram(program), `seed ${seed}`).toEqual([]);
      expect(arenaBytes / lowerBound, `seed ${seed}`).toBeLessThanOrEqual(1.01);
    }
  });
});

/** A chain of maps with long-lived values, as a forward and a backward pass have them. */
function randomInput(seed: number): PlanInput {
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) % below;
  };
  const length = 12 + next(20);
  const sizes = Array.from({ length }, () => 16 * (1 + next(40)));
  const names = sizes.map((_, at) => `t${at}`);
  const forward = sizes.map((size, at) => call(join(size), at === 0 ? "x" : names[at - 1], "x", names[at]));
  const backward = sizes.map((size, at) =>
    call(join(size), at === 0 ? names[length - 1] : `d${at - 1}`, names[length - 1 - at], `d${at}`),
  );
  const tensors = new Map([
    ["x", given(640)],
    ...names.map((name, at): [string, PlanTensor] => [name, value(sizes[at])]),
    ...sizes.map((size, at): [string, PlanTensor] => [`d${at}`, value(size)]),
  ]);
  const entry = {
    name: "step",
    inputs: ["x"],
    results: [`d${length - 1}`],
    dims: [],
    loops: [],
    calls: [...forward, ...backward],
  };
  return { tensors, segments: [], entries: [entry], bounds };
}

/** y[i] = a[0] + b[0]: reads little, so that any sizes go together. */
function join(size: number): Case {
  const zero = { terms: [], constant: constant(0) };
  const sum = {
    kind: "binary",
    operator: "add",
    dtype: "f32",
    left: kernels.from("a", zero),
    right: kernels.from("b", zero),
  } as const;
  const type: TensorType = { dtype: "f32", shape: [constant(size)] };
  return kernels.kernelOf("join", [kernels.axis("i", size)], [kernels.store("y", ["i"], sum)], {
    a: type,
    b: type,
    y: type,
  });
}
