/** The parts of a training step, kept apart for whoever differentiates and updates in another system. */
import { describe, expect, test } from "vitest";
import { elaborateSource } from "../../compiler/front.ts";
import type { Graph } from "../../compiler/graph/graph.ts";

const source = `
model A(x: [N, 2]) -> [N, 2] = x |> dense(2, bias: false)
model B(x: [N, 2]) -> [N, 1] = x |> A |> dense(1, bias: false)
train Both(x: [N, 2]) {
  data: csv("x.csv")
  batch: 4
  epochs: 1
  step first { minimize: mean(A(x) ** 2)  update: A  optimizer: momentum(lr: 0.1) }
  step second { minimize: mean(B(x) ** 2)  update: B.dense  optimizer: sgd(lr: 0.1)  clip_norm: 1.0 }
}
`;

function trainStep(apart: boolean): Graph {
  const { elaboration } = elaborateSource({ name: "net.nn", source }, { apart });
  const entry = elaboration?.entries.find(({ name }) => name === "train_step");
  if (entry === undefined) throw new Error("expected a training step");
  return entry.graph;
}

function outputNames({ outputs }: Graph): readonly string[] {
  return outputs.map(({ name }) => name);
}

/** The inputs that an output is computed from. */
function inputsOf(graph: Graph, output: string): readonly unknown[] {
  const values = graph.outputs.filter(({ name }) => name === output).map(({ value }) => value);
  const reached = graph.reaching(values);
  return graph.nodes
    .filter(({ id, op }) => op === "input" && reached.has(id))
    .map(({ attributes }) => attributes["name"]);
}

describe("parts that are kept apart", () => {
  test("are what each step minimises, its gradients, their clipped form, its rate and what it leaves behind", () => {
    expect(outputNames(trainStep(true))).toEqual(
      expect.arrayContaining([
        "minimize.first",
        "gradient.first.A.dense.w",
        "clipped.first.A.dense.w",
        "rate.first",
        "after.first.A.dense.w",
        "after.first.optimizer.first.v.A.dense.w",
        "minimize.second",
        "clipped.second.B.dense.w",
      ]),
    );
  });

  test.for([
    ["minimize.first", ["train.x", "A.dense.w"]],
    ["minimize.second", ["train.x", "B.dense.w", "after.first.A.dense.w"]],
    ["clipped.second.B.dense.w", ["gradient.second.B.dense.w"]],
    ["after.first.A.dense.w", ["A.dense.w", "optimizer.first.v.A.dense.w", "clipped.first.A.dense.w", "rate.first"]],
    ["B.dense.w", ["B.dense.w", "clipped.second.B.dense.w", "rate.second"]],
  ] as const)("%s is computed from what it is given alone", ([output, inputs]) => {
    expect(new Set(inputsOf(trainStep(true), output))).toEqual(new Set<unknown>(inputs));
  });

  test("are none where nobody asks", () => {
    expect(
      outputNames(trainStep(false)).filter((name) => /^(minimize|gradient|clipped|rate|after)\./.test(name)),
    ).toEqual([]);
  });
});
