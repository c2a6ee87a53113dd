/**
 * How much the loss of a batch weighs in the mean over several: the sum of the input by whose sum it is divided, else the rows. And an input that
 * the model and its loss both take, by one name.
 */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";

const head = `model Plain(x: [N, 2]) -> [N, 2] { param w: [] = ones  return w * x }
model Seen(x: [N, 2], mask: [N, 2]) -> [N, 2] { param w: [] = ones  return w * x + 0 * mask }
model Rows(x: [N, 2], mask: [N]) -> [N, 2] { param w: [] = ones  return w * x + 0 * mask[:, newaxis] }
loss masked(output: [N, K], target: [N, K], mask: [N, K]) -> [] = sum(mask * (output - target) ** 2) / sum(mask)
loss hidden(output: [N, K], mask: [N, K]) -> [] = mean((output - mask) ** 2)
`;
const rest = "data: given  optimizer: sgd(lr: 0.1)";

function built(source: string) {
  const result = compile({ name: "main.nn", source: head + source }, { target: "typescript", bounds: { N: 4 } });
  if (result.ok) return result.artifact;
  throw new Error(result.diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n"));
}

/** The losses of two batches, one row with a mask of 1 and 0 and two rows with ones, and of both. */
async function lossesOf(source: string, given: readonly string[]) {
  const net = await load(built(source));
  const batch = (x: readonly number[], mask: readonly number[]) => {
    const all = { x, y: x.map(() => 0), target: x.map(() => 0), mask };
    const wanted = Object.entries(all).filter(([name]) => given.includes(name));
    return Object.fromEntries(wanted.map(([name, values]) => [name, Float32Array.from(values)]));
  };
  const [a, b] = [batch([2, 4], [1, 0]), batch([1, 1, 1, 1], [1, 1, 1, 1])];
  const [first, second] = [(await net.evaluate(a)).loss, (await net.evaluate(b)).loss];
  return { first, second, both: (await net.evaluate([a, b])).loss, weight: (await net.step(a)).weight };
}

const data = "x: [N, 2], y: [N, 2], mask: [N, 2]";
const error = "sum(mask * (Plain(x) - y) ** 2) / sum(mask)";

describe("the mask weighs", () => {
  const kept = "sum(mask * (Plain(x) - y) ** 2)";
  test.each([
    [
      "a sum that is kept from 0",
      `train T(${data}) { ${rest}  minimize: ${kept} / maximum(sum(mask), 1)  update: Plain }`,
      ["x", "y", "mask"],
    ],
    [
      "behind factors",
      `train T(${data}) { ${rest}  minimize: -(0.5 * ${kept} / sum(mask)) / -0.5  update: Plain }`,
      ["x", "y", "mask"],
    ],
    ["of a loss that takes it", `train Plain { ${rest}  loss: masked }`, ["x", "target", "mask"]],
    ["of a loss and of the model, as one input", `train Seen { ${rest}  loss: masked }`, ["x", "target", "mask"]],
    ["in what is minimised", `train T(${data}) { ${rest}  minimize: ${error}  update: Plain }`, ["x", "y", "mask"]],
    [
      "in what is minimised, by `let`s and handed to a loss",
      `train T(${data}) { ${rest}  let m = 1 * mask  let e = masked(Plain(x), y, mask: m)  minimize: e  update: Plain }`,
      ["x", "y", "mask"],
    ],
    [
      "in what is minimised, and in the model",
      `train T(${data}) { ${rest}  minimize: masked(Seen(x, mask), y, mask)  update: Seen }`,
      ["x", "y", "mask"],
    ],
  ])("%s", async (_, source, given) => {
    const { first, second, both, weight } = await lossesOf(source, given);
    expect([first, second, weight]).toEqual([4, 1, 1]);
    expect(both).toBeCloseTo((1 * 4 + 4 * 1) / 5, 6);
  });
});

test("an input of any name weighs", async () => {
  const source = `train T(x: [N, 2], m: [N, 2]) { ${rest}  minimize: sum(m * Plain(x) ** 2) / sum(m)  update: Plain }`;
  const { inputs = [] } = built(source).manifest.host.train ?? {};
  expect(inputs.map(({ name, weighs }) => [name, weighs])).toEqual([
    ["x", undefined],
    ["m", true],
  ]);
});

describe("the rows weigh", () => {
  test.each([
    ["where the model alone takes a mask", `train Seen { ${rest}  loss: mse }`, ["x", "target", "mask"]],
    [
      "where what is minimised hands it to the model alone",
      `train T(${data}) { ${rest}  minimize: mse(Seen(x, mask: mask), y)  update: Seen }`,
      ["x", "y", "mask"],
    ],
    [
      "where a pipe hands it to the model alone",
      `train T(${data}) { ${rest}  let m = 1 * mask  let out = x |> Seen(m)  minimize: mse(out, y)  update: Seen }`,
      ["x", "y", "mask"],
    ],
    ["where the target is called so", `train Plain { ${rest}  loss: hidden }`, ["x", "mask"]],
    [
      "where it is the target of what is minimised",
      `train T(${data}) { ${rest}  minimize: mse(Plain(x), mask)  update: Plain }`,
      ["x", "y", "mask"],
    ],
    [
      "where the loss is divided by the rows",
      `train T(${data}) { ${rest}  minimize: sum(mask * (Plain(x) - y) ** 2) / N  update: Plain }`,
      ["x", "y", "mask"],
    ],
    [
      "where more is minimised",
      `train T(${data}) { ${rest}  minimize: ${error} + mse(Plain(x), y)  update: Plain }`,
      ["x", "y", "mask"],
    ],
    [
      "where a mask of another name is only read",
      `train T(${data}) { ${rest}  let m = mask + 1  minimize: mean(m * Plain(x) ** 2)  update: Plain }`,
      ["x", "y", "mask"],
    ],
  ])("%s", async (_, source, given) => {
    const { first, second, both, weight } = await lossesOf(source, given);
    expect(weight).toBe(1);
    expect(both).toBeCloseTo((1 * first + 2 * second) / 3, 6);
  });
});

describe("a name that a model and its loss share", () => {
  test.each([
    [
      "is not the target's",
      "model M(target: [N, 2]) -> [N, 2] = target |> dense(2)\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 0.1) }",
      "NN0531 the model `M` and the loss `mse` both take `target`, which is to tell what the model should answer: expected names of their own",
    ],
    [
      "is not the target's, as the loss calls it",
      `train Seen { ${rest}  loss: hidden }`,
      "NN0531 the model `Seen` and the loss `hidden` both take `mask`, which is to tell what the model should answer: expected names of their own",
    ],
    [
      "has one type",
      `train Rows { ${rest}  loss: masked }`,
      "NN0531 the model `Rows` and the loss `masked` both take `mask`, as [N] and as [N, 2]: expected names of their own",
    ],
  ])("%s", (_, source, message) => {
    expect(() => built(source)).toThrow(message);
  });

  test("is one input of the train", () => {
    const { host } = built(`train Seen(mask: [N, 2]) { ${rest}  loss: masked }`).manifest;
    expect(host.train?.inputs.map(({ name, weighs }) => [name, weighs])).toEqual([
      ["x", undefined],
      ["mask", true],
      ["target", undefined],
    ]);
  });
});
