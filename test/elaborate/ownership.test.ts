/** Whose parameters are whose: what a step moves, what it keeps for the optimizer, and whose states it writes. */
import { describe, expect, test } from "vitest";
import { constantValue } from "../../compiler/dimension/dimension.ts";
import { describe as described } from "../../compiler/elaborate/describe.ts";
import { elaborated, show } from "./helpers.ts";

/** `Head` calls `Trunk`, which calls `Base`; each has a layer, and `Base` a state. */
const models = `model Base(x: [N, 3]) -> [N, 4] = x |> batch_norm |> dense(4, bias: false)
model Trunk(x: [N, 3]) -> [N, 4] = x |> Base |> dense(4, bias: false) as "top"
model Head(x: [N, 3]) -> [N, 2] = x |> Trunk |> dense(2, bias: false)
`;

function built(source: string) {
  const { elaboration, diagnostics } = elaborated(source);
  expect(show(diagnostics, source)).toEqual([]);
  if (elaboration === undefined) throw new Error("nothing was elaborated");
  return elaboration;
}

/** What a training step writes, by role. */
function written(source: string) {
  const outputs = built(source).entries.find(({ name }) => name === "train_step")?.graph.outputs ?? [];
  const of = (role: string) => outputs.flatMap((output) => (output.role === role ? [output.name] : []));
  return { moved: of("parameter"), states: of("state"), kept: of("optimizer") };
}

const base = ["Base.batch_norm.gamma", "Base.batch_norm.beta", "Base.dense.w"];
const statistics = ["Base.batch_norm.running_mean", "Base.batch_norm.running_var"];

const updates: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
  ["a model is itself and those that it calls", "Head", [...base, "Trunk.top.w", "Head.dense.w"], statistics],
  ["… wherever it stands", "Trunk", [...base, "Trunk.top.w"], statistics],
  ["a layer's path is what is below it", "Head.dense", ["Head.dense.w"], []],
  ["a parameter's path is itself", "Base.dense.w", ["Base.dense.w"], []],
  ["a path holds its states", "Base.batch_norm", ["Base.batch_norm.gamma", "Base.batch_norm.beta"], statistics],
  ["a list is all of them", "[Head.dense, Trunk.top]", ["Trunk.top.w", "Head.dense.w"], []],
];

describe("`update`", () => {
  test.each(updates)("%s: the short form, %s", (_, path, moved, states) => {
    const train = `train Head { data: given  loss: cross_entropy  optimizer: momentum(lr: 0.1)  update: ${path} }`;
    const kept = moved.map((name) => `optimizer.main.v.${name}`);
    expect(written(models + train)).toEqual({ moved, states, kept });
  });

  test.each(updates)("%s: a step, %s", (_, path, moved, states) => {
    const train = `train T(x: [N, 3]) { data: given  step a { minimize: mean(Head(x))  update: ${path}  optimizer: momentum(lr: 0.1) } }`;
    const kept = moved.map((name) => `optimizer.a.v.${name}`);
    expect(written(models + train)).toEqual({ moved, states, kept });
  });

  test("left out, the short form moves the model and those that it calls, and no model that only the loss calls", () => {
    const judge = `model Judge(x: [N, 2]) -> [N, 2] = x |> batch_norm |> dense(2)
loss seen(output: [N, 2], target: [N, 2]) -> [] = mse(Judge(output), Judge(target))
train Trunked { data: given  loss: seen  optimizer: sgd(lr: 0.1) }
model Trunked(x: [N, 3]) -> [N, 2] = x |> Trunk |> dense(2, bias: false)
`;
    expect(written(models + judge)).toEqual({
      moved: [...base, "Trunk.top.w", "Trunked.dense.w"],
      states: statistics,
      kept: [],
    });
  });

  test("does not depend on the order of the steps", () => {
    // Only the second step shows that `Head` calls `Base`.
    const steps = [
      "step a { minimize: mean(Base(x))  update: Head  optimizer: sgd(lr: 0.1) }",
      "step b { minimize: mean(Head(x))  update: Head.dense  optimizer: sgd(lr: 0.1) }",
    ];
    for (const order of [steps, steps.toReversed()]) {
      const source = `${models}train T(x: [N, 3]) { data: given  ${order.join(" ")} }`;
      const { elaboration } = elaborated(source);
      const outputs = elaboration?.entries.find(({ name }) => name === "train_step")?.graph.outputs ?? [];
      expect(outputs.flatMap(({ name, role }) => (role === "parameter" ? [name] : [])).toSorted()).toEqual(
        [...base, "Head.dense.w"].toSorted(),
      );
    }
  });
});

describe("counts", () => {
  test("are of a model and those that it calls", () => {
    const counts = built(models).host.models.map(({ name, parameters }) => [name, parameters]);
    expect(counts).toEqual([
      ["Base", 3 + 3 + 12],
      ["Trunk", 18 + 16],
      ["Head", 34 + 8],
    ]);
  });

  test("hold what only training uses, and tell what no step moves", () => {
    const source = `model M(x: [N, 3]) -> [N, 2] {
  let h = x |> dense(4)
  if training { return h |> dense(2) as "aside" }
  return h |> dense(2)
}
train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  update: [M.dense.w, M.aside] }`;
    const { elaboration } = elaborated(source);
    const [model] = elaboration === undefined ? [] : described(elaboration);
    expect(constantValue(model.parameters)).toBe(16 + 10 + 10);
    expect(model.layers.map(({ path, output, still }) => [path, output?.shape.length, still])).toEqual([
      ["M.dense", 2, ["M.dense.b"]],
      ["M.dense_2", 2, ["M.dense_2.w", "M.dense_2.b"]],
      ["M.aside", undefined, []],
    ]);
  });
});
