/**
 * Gradients of gradients of convolutions and windows, by each pair of what they depend on. These ops are linear in every input, so
 * the loss is of squares: only then do second derivatives by one input differ from 0.
 */
import { describe, expect, test } from "vitest";
import type { Value } from "../../compiler/graph/types.ts";
import { cases, floats, gradientErrors, gradientOf, run, trialOf, type Case, type Trial } from "./trial.ts";

const ops = ["conv", "window_max", "window_take", "window_put", "window_sum", "window_spread"];

/** Each sample of an op, with the input that is differentiated by first and the one by second. */
const pairs = ops.flatMap((op) =>
  cases
    .filter((each) => each.op === op && each.sample.differentiable !== false)
    .flatMap((each) => {
      const inputs = floats(trialOf(each));
      return inputs.flatMap((first) => inputs.map((second) => ({ ...each, first, second })));
    }),
);

/** Σ direction · ∂/∂first Σ weights · op(…)². */
function directed({ trial, inputs, output }: ReturnType<typeof trialOf>, first: number): Value {
  const square = trial.builder.one("mul", [output, output]);
  const gradient = gradientOf(trial, trial.scalarOf(square, "weights", 17), inputs[first]);
  if (gradient === undefined) throw new Error("no first gradient");
  return trial.scalarOf(gradient, "direction", 23);
}

function isMoved(trial: Trial, of: Value, wrt: Value): boolean {
  const gradient = gradientOf(trial, of, wrt);
  return (
    gradient !== undefined && Array.from(run(trial.graph(gradient), trial.values).data).some((value) => value !== 0)
  );
}

describe("by differences", () => {
  test.each(pairs)("$op, $name: by x$first, then by x$second", ({ first, second, ...each }: (typeof pairs)[number]) => {
    const made = trialOf(each satisfies Case);
    const scalar = directed(made, first);
    expect(gradientErrors(made.trial, scalar, made.inputs[second], `x${second}`)).toEqual([]);
    expect(isMoved(made.trial, scalar, made.inputs[second])).toBe(true);
  });
});

test("every op of convolutions and windows that has a gradient is tried, by both inputs where two are numbers", () => {
  expect(ops.filter((op) => !pairs.some((pair) => pair.op === op))).toEqual([]);
  const differentiable = new Set(cases.map(({ op }) => op).filter((op) => op === "conv" || op.startsWith("window_")));
  expect([...differentiable].filter((op) => !ops.includes(op))).toEqual(["window_argmax"]);
  const mixed = pairs.filter(({ op, first, second }) => op === "conv" && first !== second);
  expect(mixed.length * 2).toBe(pairs.filter(({ op }) => op === "conv").length);
});
