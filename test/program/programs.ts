/** A small sound program for the printer's and the verifier's tests. */
import { simd } from "../../compiler/schedule/machine.ts";
import { inPlacePairs } from "../../compiler/plan/alias.ts";
import { plan } from "../../compiler/plan/plan.ts";
import type { PlanCall, PlanTensor } from "../../compiler/plan/types.ts";
import { schedule } from "../../compiler/schedule/schedule.ts";
import { functions } from "../../compiler/loops/functions.ts";
import type { Program } from "../../compiler/program/types.ts";
import type { Case, Size } from "../kernel/kernels.ts";
import * as kernels from "../kernel/kernels.ts";

const bounds = new Map([["N", 8]]);

function call(one: Case, ...tensors: readonly string[]): PlanCall {
  const scheduled = schedule(one.kernel, (name) => one.tensors.get(name) ?? { dtype: "f32", shape: [] }, bounds, simd);
  return { kernel: scheduled, tensors, inPlace: inPlacePairs(one.kernel, scheduled) };
}

function tensor(role: PlanTensor["role"], ...shape: readonly Size[]): PlanTensor {
  return { role, type: { dtype: "f32", shape: shape.map(kernels.dim) } };
}

/** probabilities = softmax(tanh(x)·scale + b). */
export function program(): Program {
  const {
    buffers,
    arenaBytes,
    kernels: own,
    entries,
  } = plan({
    tensors: new Map([
      ["x", tensor("input", "N", 4)],
      ["scale", tensor("parameter")],
      ["b", tensor("parameter", 4)],
      ["a", tensor("value", "N", 4)],
      ["probabilities", tensor("value", "N", 4)],
      ["total", tensor("value", "N")],
    ]),
    segments: [],
    entries: [
      {
        name: "predict",
        inputs: ["x"],
        results: ["probabilities"],
        dims: ["N"],
        loops: [],
        calls: [
          call(kernels.elementwise("N", 4), "x", "scale", "b", "a"),
          call(kernels.softmax("N", 4), "a", "probabilities", "total"),
        ],
      },
    ],
    bounds,
  });
  const host = { language: "", models: [], requirements: [] };
  return {
    version: 1,
    name: "Small",
    dims: [{ name: "N", bound: 8 }],
    buffers,
    arenaBytes,
    functions,
    kernels: own,
    entries,
    host,
  };
}
