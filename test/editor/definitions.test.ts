/** Where names are declared and where they are used. */
import { expect, test } from "vitest";
import { definitionAt, inspect, usesAt } from "../../compiler/editor.ts";
import { marked } from "./marked.ts";

/** The first mark is the name that is asked for, the second its declaration, each further one a use. */
const cases: readonly (readonly [what: string, text: string])[] = [
  ["a block of the file", "block ‸f(x: [..]) -> [..] = x\nmodel M(x: [N]) -> [N] = x |> ‸f"],
  ["an input, hidden by no other body's", "block f(‸x: [..]) -> [..] = ‸x\nblock g(x: [..]) -> [..] = x"],
  [
    "a setting, and the argument that gives it",
    "block f(x: [..], ‸by: int) -> [..] = x * ‸by\nmodel M(x: [N]) -> [N] = f(x, ‸by: 2)",
  ],
  ["a dimension", "block f(x: [N, ‸C]) -> [N, ‸C] {\n  param w: [‸C] = zeros\n  return x * w / ‸C\n}"],
  ["a dimension that a sum tells", "block f(x: [N, 2 * ‸K]) -> [N, ‸K] = x[:, 0:‸K]"],
  [
    "a let, in branches as well",
    "block f(x: [..], a: bool) -> [..] {\n  let ‸y = x\n  if a { return ‸y }\n  return 2 * ‸y\n}",
  ],
  ["a state and its update", "block f(x: [..]) -> [..] {\n  state ‸s: [] = zeros\n  ‸s <- ‸s + 1\n  return x * ‸s\n}"],
  [
    "what a scan carries",
    "block f(x: [N, T]) -> [N, T] {\n  let (a, _) = scan r in x along T with ‸h = zeros([N]) {\n    next ‸h = ‸h + r\n    emit ‸h\n  }\n  return a\n}",
  ],
  ["a constant in shapes", "const ‸wide = 4\nmodel M(x: [N, ‸wide]) -> [N, ‸wide] = x"],
  [
    "data and a model in a train",
    'data ‸d = csv("d.csv", target: "y")\nmodel M(x: [N, 2]) -> [N, 2] = x\ntrain M { data: ‸d  loss: mse  optimizer: sgd(lr: 1)  batch: 1  epochs: 1 }',
  ],
  [
    "a model, its path, its train",
    'model ‸M(x: [N, 2]) -> [N, 2] = x |> dense(2) as "head"\ntrain ‸M { data: given  loss: mse  update: [‸M.head]  optimizer: sgd(lr: 1)  batch: 1  epochs: 1 }',
  ],
  [
    "a loss, apart from a block of its name",
    "loss ‸f(output: [N], target: [N]) -> [] = sum(output - target)\nblock f(x: [..]) -> [..] = x\nmodel M(x: [N, 2]) -> [N] = x |> f |> sum(axis: -1)\ntrain M { data: given  loss: ‸f  optimizer: sgd(lr: 1)  batch: 1  epochs: 1 }",
  ],
  [
    "an initialiser",
    "initializer ‸small(std: float = 0.1) = std * random_normal(shape)\nblock f(x: [C]) -> [C] {\n  param w: [C] = ‸small\n  param v: [C] = ‸small(std: 1)\n  return x * w * v\n}",
  ],
];

test.each(cases)("%s", (_, text) => {
  const { inspection, at } = marked(text);
  const [declared, ...uses] = at;
  for (const place of at) {
    expect(definitionAt(inspection, place)?.from).toBe(declared);
    expect(usesAt(inspection, place).map(({ from }) => from)).toEqual([declared, ...uses]);
  }
});

test("what the prelude declares is shown in its source", () => {
  const { inspection, at } = marked("model M(x: [N, 4]) -> [N, 2] = x |> ‸dense(2, ‸bias: false) |> dense(2)");
  const places = at.map((offset) => definitionAt(inspection, offset));
  const texts = places.map((span) => span && inspection.sources.get(span.file)?.slice(span.from, span.to));
  expect(places.map((span) => span?.file)).toEqual(["prelude/layers.nn", "prelude/layers.nn"]);
  expect(texts).toEqual(["dense", "bias"]);
  expect(usesAt(inspection, at[0] ?? 0).map(({ file }) => file)).toEqual(["prelude/layers.nn", "main.nn", "main.nn"]);
});

test("`prelude.relu` is the prelude's beside a `relu` of the file", () => {
  const { inspection, at } = marked(
    "block ‸relu(x: [..]) -> [..] = 2 * ‸prelude.relu(x)\nmodel M(x: [N]) -> [N] = x |> ‸relu",
  );
  expect(at.map((offset) => definitionAt(inspection, offset)?.file)).toEqual([
    "main.nn",
    "prelude/activations.nn",
    "main.nn",
  ]);
});

test("other files: where `use` leads, and what they declare and use", () => {
  const files = new Map([["lib/blocks.nn", "block f(x: [..]) -> [..] = g(x)\nblock g(x: [..]) -> [..] = x\n"]]);
  const { inspection, at } = marked('use ‸"./lib/blocks.nn"\nmodel M(x: [N]) -> [N] = x |> f |> ‸g', files);
  expect(at.map((offset) => definitionAt(inspection, offset))).toEqual([
    { file: "lib/blocks.nn", from: 0, to: 0 },
    { file: "lib/blocks.nn", from: 38, to: 39 },
  ]);
  expect(usesAt(inspection, at[1] ?? 0).map(({ file }) => file)).toEqual(["lib/blocks.nn", "lib/blocks.nn", "main.nn"]);
});

test("names in a declaration that does not parse are those of the file and the prelude", () => {
  const { inspection, at } = marked(
    "block ‸f(x: [..]) -> [..] = x\nmodel M(x: [N]) -> [N] = x |> ‸f |> ‸relu |> dense(",
  );
  expect(at.map((offset) => definitionAt(inspection, offset)?.file)).toEqual([
    "main.nn",
    "main.nn",
    "prelude/activations.nn",
  ]);
});

test("built-ins are declared nowhere, but their uses are found", () => {
  const { inspection, at } = marked("model M(x: [N, 2]) -> [N, 2] = ‸exp(x) + exp(x)");
  expect(definitionAt(inspection, at[0] ?? 0)).toBeUndefined();
  expect(usesAt(inspection, at[0] ?? 0)).toHaveLength(2);
});

test("an inspection that goes on from the one before tells the same", () => {
  const one =
    "block f(x: [.., C]) -> [.., C] = x |> dense(C)\nmodel M(x: [N, 4]) -> [N, 4] = x |> f\nmodel L(x: [N, 5]) -> [N, 6] = x |> f + x\n";
  const before = inspect({ name: "main.nn", source: one });
  for (const source of [
    `\n\n// moved\n${one}`,
    one.replace("dense(C)", "dense(2 * C)"),
    one.replace("[N, 4]) ->", "[N, 9]) ->"),
    one.slice(0, 90),
    "",
  ]) {
    const { sources: _, ...again } = inspect({ name: "main.nn", source }, before);
    const { sources: __, ...fresh } = inspect({ name: "main.nn", source });
    expect(again).toEqual(fresh);
  }
});
