/**
 * A value that differentiation takes for a constant.
 */
import { arity } from "./check.ts";
import { defineOp } from "./define.ts";
import { f32 } from "./samples.ts";
import { axisIndices, moved } from "./scalars.ts";

export const stopGradient = defineOp<Record<string, never>>({
  name: "stop_gradient",
  summary: "x, of which no gradient is asked.",
  constraints: ["1. The result has the type of x."],
  infer: (inputs) => arity("stop_gradient", inputs, 1) ?? [inputs[0]],
  gradient: () => [undefined],
  loops: (context) => moved(context, axisIndices),
  samples: [
    { name: "matrix", attributes: {}, inputs: [f32(2, 3)], differentiable: false },
    { name: "scalar", attributes: {}, inputs: [f32()], differentiable: false },
  ],
});
