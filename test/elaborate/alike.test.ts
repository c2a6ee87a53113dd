/** Parameters that an optimizer moves alike: evaluated once, repeated for the others, the graph is what it would be without. */
import { describe, expect, test } from "vitest";
import { printGraph } from "../../compiler/graph/print.ts";
import { runPasses } from "../../compiler/passes/index.ts";
import { elaborated } from "./helpers.ts";

/** The training step of layers, two of one shape and one of another, moved by an optimizer of this body. */
function stepOf(body: string, layers = "dense(3) |> dense(3) |> dense(2)") {
  const { elaboration, diagnostics } = elaborated(`
optimizer own(w, g, beta: float = 0.9) {
${body}
}
block noise(x: [.., C]) -> [.., C] = x * random_uniform([C])
model M(x: [N, 3]) -> [N, 2] = x |> ${layers}
train M { data: given  loss: mse  optimizer: own(lr: 0.1)  batch: 4 }`);
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  const graph = elaboration?.entries.find(({ name }) => name === "train_step")?.graph;
  if (graph === undefined) throw new Error("no training step");
  return graph;
}

const printed = (body: string): string => printGraph(runPasses(stepOf(body), { verify: true }));

/** Behind a `let`, a state's declaration may depend on anything, so such a body is evaluated for each parameter. */
const evaluatedForEach = (states: string, rest: string): string => `let nothing = 0\n${states}\n${rest}`;

describe("the graph is that of a body which is evaluated for each parameter", () => {
  test.each([
    ["no state", "", "w <- w - lr * g"],
    ["a state", "state v = zeros", "v <- beta * v + g\nw <- w - lr * v"],
    [
      "states, one of another shape",
      "state v = zeros\nstate n: [] = zeros",
      "n <- n + 1\nv <- v + g / n\nw <- w - lr * v",
    ],
    ["numbers of the step", "state v = zeros", "let b = 1 - beta ** step\nv <- v + g\nw <- w - lr / b * v"],
    ["a state that is only read", "state v = ones", "w <- w - lr * v * g"],
    ["a state that is written from the weight", "state v = zeros", "let old = w\nw <- w - lr * (g + v)\nv <- w - old"],
    ["a weight that does not move", "state v = zeros", "v <- v + g"],
    ["what depends on the rank", "", "if rank(w) >= 2 { w <- w - lr * g } else { w <- w - 2 * lr * g }"],
    ["a block", "state v = zeros", "v <- relu(v - g)\nw <- w - lr * v"],
    ["draws, which differ by the path", "", "w <- w - lr * (g + 0.01 * random_normal([4])[0])"],
  ])("%s", (_, states, rest) => {
    expect(printed(`${states}\n${rest}`)).toBe(printed(evaluatedForEach(states, rest)));
  });
});

test("what depends on no parameter is emitted once for each shape", () => {
  const body = "state v = zeros\nlet b = 1 - beta ** step\nv <- v + g\nw <- w - lr / b * v";
  const count = (layers: number): number =>
    stepOf(body, `repeat(${layers}, dense(3)) |> dense(2)`).nodes.filter(({ op }) => op === "constant").length;
  expect(count(12)).toBe(count(3));
});

test("draws of an optimizer differ from parameter to parameter", () => {
  const graph = stepOf("w <- w - lr * (g + 0.01 * random_normal([4])[0])");
  const streams = graph.nodes.flatMap(({ attributes }) => ("stream" in attributes ? [attributes["stream"]] : []));
  expect(new Set(streams).size).toBe(6);
});
