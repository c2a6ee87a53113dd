/** Tests made from every op's samples: values against a naive reference, gradients against central differences. */
import { describe, expect, test } from "vitest";
import { isDifferentiable, operation, operations } from "../../compiler/ops/index.ts";
import { runPasses } from "../../compiler/passes/index.ts";
import { apart } from "./numbers.ts";
import { references } from "./reference.ts";
import { cases, floats, gradientErrors, gradientOf, inputsOf, run, trialOf, type Case } from "./trial.ts";

/** Whether the data given are as many as the shape has elements, and of its type. */
function fits({ dtype, shape, data = [] }: Case["sample"]["inputs"][number]): boolean {
  const ofType = {
    f32: () => true,
    i32: (value: number) => Number.isInteger(value),
    bool: (value: number) => [0, 1].includes(value),
  };
  return data.length === shape.reduce((product, size) => product * size, 1) && data.every(ofType[dtype]);
}

test("primitives go by their names", () => {
  expect(operations.filter((op) => operation(op.name) !== op)).toEqual([]);
});

test.each(cases)("$op, $name: its data fit their shapes", ({ sample }) => {
  expect(sample.inputs.filter((input) => input.data !== undefined && !fits(input))).toEqual([]);
});

describe("values in float64", () => {
  test.each(cases.filter(({ op }) => references.has(op)))("$op: $name", (each) => {
    const { trial, output } = trialOf(each);
    const operands = inputsOf(each.sample).map(({ value: { shape, data } }) => ({ shape, data: Array.from(data) }));
    const { shape, data } = run(trial.graph(output), trial.values);
    const expected = references.get(each.op)?.(operands, each.sample.attributes, shape) ?? [];
    expect(apart(data, expected, 1e-12)).toEqual([]);
  });

  test("are checked for every op but those that draw", () => {
    const unchecked = operations.filter(({ name }) => !references.has(name)).map(({ name }) => name);
    expect(unchecked).toEqual(["input", "given", "random_bits", "random_uniform"]);
  });
});

describe("values in float32", () => {
  test.each(cases)("$op: $name are near those in float64, and the passes keep their bits", (each) => {
    const { trial, output } = trialOf(each);
    const graph = trial.graph(output);
    const rounded = new Map(
      [...trial.values].map(([name, { shape, data }]) => [name, { shape, data: Array.from(data, Math.fround) }]),
    );
    const single = run(graph, rounded, "f32");
    expect(apart(single.data, run(graph, rounded).data, 1e-5)).toEqual([]);
    const after = run(runPasses(graph, { verify: true }), rounded, "f32");
    expect({ ...after, data: Array.from(after.data) }).toEqual({ ...single, data: Array.from(single.data) });
  });
});

const differentiable = cases.filter(
  ({ op, sample }) =>
    isDifferentiable(op) && sample.differentiable !== false && sample.inputs.some(({ dtype }) => dtype === "f32"),
);

describe("gradients", () => {
  test.each(differentiable)("$op: $name", (each) => {
    for (const position of floats(trialOf(each))) {
      const { trial, inputs, output } = trialOf(each);
      const scalar = trial.scalarOf(output, "w", 17);
      expect(gradientErrors(trial, scalar, inputs[position], `x${position}`)).toEqual([]);
    }
  });
});

describe("gradients of gradients", () => {
  test.each(differentiable)("$op: $name", (each) => {
    for (const position of floats(trialOf(each))) {
      const { trial, inputs, output } = trialOf(each);
      const first = gradientOf(trial, trial.scalarOf(output, "w", 17), inputs[position]);
      if (first === undefined) throw new Error("no first gradient");
      const scalar = trial.scalarOf(first, "v", 23);
      expect(gradientErrors(trial, scalar, inputs[position], `x${position}`)).toEqual([]);
    }
  });
});
