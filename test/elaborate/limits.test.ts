/** Programs of a size that a careless compiler would not survive. */
import { describe, expect, test } from "vitest";
import { elaborateSource } from "../../compiler/front.ts";
import { elaborated } from "./helpers.ts";

const chain = (link: (index: number) => string, last: string, count = 3000): string =>
  `${Array.from({ length: count }, (_, index) => link(index)).join("\n")}\n${last}`;

test.each([
  ["10,000 layers in a row", `model M(x: [N, 4]) -> [N, 4] = x ${"|> relu ".repeat(10_000)}`],
  ["10,000 terms", `model M(x: [N, 4]) -> [N, 4] = x ${"+ x ".repeat(10_000)}`],
  [
    "a composition of 10,000 layers",
    `model M(x: [N, 4]) -> [N, 4] {\n  let f = relu ${"|> relu ".repeat(10_000)}\n  return f(x)\n}`,
  ],
  ["repeat of 10,000", "model M(x: [N, 4]) -> [N, 4] = x |> repeat(10000, relu)"],
  [
    "5,000 statements",
    chain((index) => `let a${index + 1} = -a${index}`, "return a5000\n}", 5000).replace(
      "let",
      "model M(x: [N]) -> [N] {\nlet a0 = x\nlet",
    ),
  ],
])("%s", (_, text) => {
  expect(elaborated(text).diagnostics).toEqual([]);
});

test.each([
  [
    "3,000 blocks inside one another",
    chain(
      (index) => `block b${index}(x: [N]) -> [N] = b${index + 1}(x)`,
      "block b3000(x: [N]) -> [N] = x\nmodel M(x: [N]) -> [N] = b0(x)",
    ),
    "NN0601",
  ],
  [
    "3,000 blocks through pipes and branches",
    chain(
      (index) => `block b${index}(x: [N]) -> [N] { if true { return x |> b${index + 1} |> relu }  return x }`,
      "block b3000(x: [N]) -> [N] = x\nmodel M(x: [N]) -> [N] = b0(x)",
    ),
    "NN0601",
  ],
  [
    "3,000 constants",
    chain((index) => `const c${index} = c${index + 1} + 1`, "const c3000 = 1\nmodel M(x: [N]) -> [N] = x * c0"),
    "NN0601",
  ],
  ["a repeat without end", "model M(x: [N]) -> [N] = x |> repeat(2 ** 40, relu)", "NN0319"],
  ["a power without end", "const a = 3 ** 3 ** 3 ** 3\nmodel M(x: [N]) -> [N] = x", "NN0322"],
  ["a dimension of 2^60", "model M(x: [N, 2 ** 60]) -> [N, _] = x", "NN0315"],
  [
    "a fraction that arrives by a name",
    "const half = 1 / 2\nmodel M(x: [N, 3]) -> [N, _] = x |> dense(half)",
    "NN0403",
  ],
  [
    "a negative size",
    "block b(x: [N, C], n: int) -> [N, n] {\n  param w: [C, n] = zeros\n  return x @ w\n}\nmodel M(x: [N, 3]) -> [N, _] = x |> b(-1)",
    "NN0314",
  ],
  ["a negative size of an input", "model M(x: [N, -3]) -> [N, _] = x", "NN0314"],
  ["an input without elements", "model M(x: [N, 0]) -> [N, _] = x", "NN0314"],
  ["a tensor without elements", "model M(x: [N, 3]) -> [N, _] = x + sum(zeros([0]))", "NN0314"],
  ["a parameter of 2^42 elements", "model M(x: [N, 4096]) -> [N, _] = x |> dense(2 ** 30)", "NN0315"],
  ["2^40 elements that nothing stores", "model M(x: [N]) -> [N] = x + sum(f32(range(2 ** 40)))", "NN0315"],
  ["a constant that is a layer", "const f = dense(3)\nmodel M(x: [N, 4]) -> [N, 3] = x |> f", "NN0308"],
  ["a name of two parts", 'model M(x: [N, 4]) -> [N, 3] = dense(x, 3) as "a.b"', "NN0308"],
  ["a slice that ends before it begins", "model M(x: [N, 4]) -> [N, _] = x[:, 3:1]", "NN0318"],
])("%s is refused", (_, text, code) => {
  expect(elaborated(text).diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
});

test.each([
  [
    "a convolution with its bias, and what follows",
    "model M(x: [N, 4, 4, 2]) -> [N, _, _, 4] = x |> conv2d(3, 3, padding: 100000) |> relu |> max_pool2d(2) |> conv2d(4, 1)",
    "NN0315 a tensor [N, 200002, 200002, 3]: expected at most 2147483647 elements, found more",
  ],
  [
    "a train",
    "model M(x: [N, 4, 4, 2]) -> [N, 3] = x |> upsample(20000) |> conv2d(3, 3) |> relu |> global_avg_pool\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 8 }",
    "NN0315 a tensor [N, 4, 20000, 4, 20000, 2]: expected at most 2147483647 elements, found more",
  ],
])("a tensor that is too large is told where it begins: %s", (_, text, message) => {
  expect(elaborated(text).diagnostics.map((found) => `${found.code} ${found.message}`)).toEqual([message]);
});

describe("a name of 100,000 letters is a name like others, and cut where a sentence tells of it:", () => {
  const names = ["N", "F", "C", "wide", "layer", "units", "w", "seen", "Net", "x", "run", "label", "place"];
  const source = `const wide = 2
block layer(x: [N, C], units: int) -> [N, units] {
  param w: [C, units] = zeros
  state seen: [units] = zeros
  seen <- seen + mean(x @ w, over: N)
  return x @ w
}
model Net(x: [N, F]) -> [N, wide] = x |> layer(wide)
train Net as run { data: csv("d.csv", target: "label")  loss: mse  optimizer: sgd(lr: 0.1)  batch: 8 }
data place = csv("d.csv", target: "label", holdout: 2)
`;
  test.each(names)("%s", (name) => {
    const long = name.repeat(100_000 / name.length);
    const text = source.replaceAll(new RegExp(`\\b${name}\\b`, "g"), long);
    const { diagnostics } = elaborateSource({ name: "m.nn", source: text }, { allowOpen: true });
    // A size is written out with all of its names.
    const codes = diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code);
    expect(codes.filter((code) => code !== "NN0315")).toEqual([]);
    for (const { message, labels, help = "" } of diagnostics)
      expect(Math.max(...[message, help, ...labels.map((one) => one.text)].map((said) => said.length))).toBeLessThan(
        1000,
      );
  });
});
