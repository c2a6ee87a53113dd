/** Names that a dimension tells without being one, `[.., 2 * K]`: what they are bound to, on both targets, and what does not fit. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { printShape } from "../../compiler/dimension/dimension.ts";
import { load } from "../../runtime/load/index.ts";
import { errorOf } from "../runtime/support.ts";
import { analysed, elaborated, show } from "./helpers.ts";

type Inputs = Readonly<Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>>;

async function answer(target: "typescript" | "wasm", source: string, inputs: Inputs): Promise<readonly number[]> {
  const bounds = {
    N: 4,
    ...(source.includes("[N, T") ? { T: 8 } : {}),
    ...(source.includes("M(x: [N, 2 * K])") ? { K: 4 } : {}),
    ...(source.includes("M(x: [N, 6 - K])") ? { K: 64 } : {}),
    ...(source.includes("M(x: [N, K + J]") ? { K: 4, J: 4 } : {}),
  };
  const result = compile({ name: "main.nn", source }, { target, bounds });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  const net = await load(result.artifact);
  const given = Object.entries(inputs).map(([name, { shape, data }]) => [
    name,
    { shape, data: Float32Array.from(data) },
  ]);
  const [found] = await net.predict("M", Object.fromEntries(given)).finally(() => {
    net.close();
  });
  return [...(found?.data ?? [])];
}

const row = (...data: readonly number[]) => ({ shape: [1, data.length], data });
const glu = "block glu(x: [.., 2 * K]) -> [.., K] = x[.., 0:K] * x[.., K:]\n";
const halves = "block halves(x: [B, 2 * K]) -> [B, K] = x[:, 0:K] + x[:, K:]\n";
const steps = "block steps(x: [B, K + 1]) -> [B, K] = x[:, 1:] - x[:, 0:K]\n";

describe.each(["typescript", "wasm"] as const)("on %s", (target) => {
  test.each<[string, string, Inputs, readonly number[]]>([
    ["a multiple", `${glu}model M(x: [N, 4]) -> [N, 2] = glu(x)`, { x: row(1, 2, 3, 4) }, [3, 8]],
    ["a number more", `${steps}model M(x: [N, 4]) -> [N, 3] = steps(x)`, { x: row(1, 2, 4, 8) }, [1, 2, 4]],
    [
      "with what falls",
      "block f(x: [N, 10 - K]) -> [K] = broadcast(sum(x), [K])\nmodel M(x: [N, 4]) -> [6] = f(x)",
      { x: row(1, 2, 3, 4) },
      [10, 10, 10, 10, 10, 10],
    ],
    [
      "of settings, one of which waits for it",
      "block f(x: [N, C * r * r], r: int = 2, out: int = C) -> [N, out] = x[:, 0:out] + C\nmodel M(x: [N, 8]) -> [N, 2] = f(x)",
      { x: row(1, 2, 3, 4, 5, 6, 7, 8) },
      [3, 4],
    ],
    [
      "what another dimension tells first, wherever it stands",
      "block f(x: [N, K + J], y: [2 * K]) -> [N, J] = x[:, 0:J] + sum(y)\nmodel M(x: [N, 5], y: [4]) -> [N, 3] = f(x, y)",
      { x: row(1, 2, 3, 4, 5), y: { shape: [4], data: [1, 1, 1, 1] } },
      [5, 6, 7],
    ],
    [
      "an open size, where it divides",
      `${halves}model M(x: [N, T]) -> [N, _] = halves(x)`,
      { x: row(1, 2, 3, 4) },
      [4, 6],
    ],
    [
      "an open size that two inputs show",
      `block pair(a: [B, 2 * K], b: [B, 2 * K]) -> [B, 2 * K] = a + b\nmodel M(x: [N, T], y: [N, T]) -> [N, T] = pair(x, y)`,
      { x: row(1, 2, 3, 4), y: row(1, 1, 1, 1) },
      [2, 3, 4, 5],
    ],
    ["an input of a model", "model M(x: [N, 2 * K]) -> [N, K] = x[:, 0:K] * x[:, K:]", { x: row(1, 2, 3, 4) }, [3, 8]],
    [
      "what falls in an input of a model, largest where its name is 1",
      "model M(x: [N, 6 - K]) -> [N, 6 - K] = 2 * (x + 1)",
      { x: { shape: [4, 5], data: Array.from({ length: 20 }, (_, at) => at) } },
      Array.from({ length: 20 }, (_, at) => 2 * at + 2),
    ],
    [
      "an input of a model that a later one helps to tell",
      "model M(x: [N, K + J], y: [J]) -> [N, K] = x[:, 0:K] + sum(y)",
      { x: row(1, 2, 3), y: { shape: [2], data: [1, 1] } },
      [3],
    ],
    [
      "the gradient flows through",
      `${glu}model M(x: [N, 4]) -> [N, 4] = grad(sum(glu(x)), wrt: x)`,
      { x: row(1, 2, 3, 4) },
      [3, 4, 1, 2],
    ],
  ])("%s", async (_, source, inputs, expected) => {
    expect(await answer(target, source, inputs)).toEqual(expected);
  });

  test.each([
    [
      halves,
      row(1, 2, 3),
      "`halves` takes x: [B, 2 * K], so `K`, told by a size of T, must be a whole number of at least 1",
    ],
    [steps, row(1), "`steps` takes x: [B, K + 1], so `K`, told by a size of T, must be a whole number of at least 1"],
  ])("an open size of a call that does not fit: %s", async (block, x, message) => {
    const name = block.slice("block ".length, block.indexOf("("));
    const source = `${block}model M(x: [N, T]) -> [N, _] = ${name}(x)`;
    expect(await errorOf(() => answer(target, source, { x }))).toContain(message);
  });
});

test.each([
  ["2 * K", [1, 3], "NN0713 `x`: expected the shape [N, 2*K], found [1, 3]"],
  ["6 - K", [1, 6], "NN0713 `x`: expected the shape [N, -K + 6], found [1, 6]"],
])("a shape that is given and does not fit: [N, %s] as %j", async (size, shape, message) => {
  const data = Array.from({ length: shape[1] }, () => 1);
  const source = `model M(x: [N, ${size}]) -> [N, ${size}] = x`;
  expect(await errorOf(() => answer("typescript", source, { x: { shape, data } }))).toBe(message);
});

const trains = (loss: string): string => `model M(x: [N, 3]) -> [N, 4] = x |> dense(4)
train M { data: given  batch: 4  optimizer: sgd(lr: 0.1)  loss: ${loss} }`;

test.each([
  [
    "a setting that is given is a factor",
    "loss f(output: [N, k * C], target: [N, C], k: int) -> [] = mean(output[:, 0:C] - target)",
    "f(k: 2)",
    ["x [N, 3]", "target [N, 2]"],
  ],
  [
    "a setting that has a default is a factor",
    "loss f(output: [N, k * C], target: [N, C], k: int = 4) -> [] = mean(output[:, 0:C] - target)",
    "f",
    ["x [N, 3]", "target [N, 1]"],
  ],
  [
    "a later input helps to tell",
    "loss f(output: [N, C], target: [N, K + J], w: [J]) -> [] = mean(output) + mean(target) + sum(w)",
    "f",
    ["x [N, 3]", "target [N, J + K]", "w [J]"],
  ],
])("the inputs of a loss: %s", (_, loss, called, expected) => {
  const result = compile(
    { name: "main.nn", source: `${loss}\n${trains(called)}` },
    { target: "wasm", bounds: loss.includes("J") ? { K: 4, J: 4 } : {} },
  );
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  const inputs = result.artifact.manifest.host.train?.inputs ?? [];
  expect(inputs.map(({ name, shape }) => `${name} ${printShape(shape)}`)).toEqual(expected);
});

test("the target of a loss that takes two numbers for each", () => {
  const source = `/// Means, and logarithms of variances.
loss likelihood(output: [N, 2 * K], target: [N, K]) -> [] = mean(output[:, K:] + (output[:, 0:K] - target) ** 2 / exp(output[:, K:]))
model M(x: [N, 3]) -> [N, 4] = x |> dense(4)
train M { data: given  batch: 4  optimizer: sgd(lr: 0.1)  loss: likelihood }`;
  const result = compile({ name: "main.nn", source }, { target: "wasm" });
  const inputs = result.ok ? (result.artifact.manifest.host.train?.inputs ?? []) : [];
  expect(inputs.map(({ name, shape }) => `${name} ${printShape(shape)}`)).toEqual(["x [N, 3]", "target [N, 2]"]);
});

test("the data tell what an input of a model has", () => {
  const source = `model M(x: [N, 2 * K]) -> [N, 2] = x[:, 0:K] |> dense(2)
train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 8 }`;
  const shapes = new Map([["x", [undefined, 6]]]);
  const { diagnostics } = elaborated(source, { dataFacts: { shapes } });
  expect(diagnostics).toEqual([]);
});

const told =
  "a dimension tells a name that stands in it alone (`K`), or in a sum or product with what is known (`2 * K + 1`)";

test.each<[string, string, readonly string[]]>([
  [
    "an odd size",
    `${glu}model M(x: [N, 5]) -> [N, _] = glu(x)`,
    [
      "error NN0303: `glu` expects `x`: [.., 2 * K], found [N, 5]",
      "  «x» 5 is `2 * K` for no whole `K` of at least 1",
      "  «2 * K» declared here",
    ],
  ],
  [
    "nothing left",
    `${steps}model M(x: [N, 1]) -> [N, _] = steps(x)`,
    [
      "error NN0303: `steps` expects `x`: [B, K + 1], found [N, 1]",
      "  «x» 1 is `K + 1` for no whole `K` of at least 1",
      "  «K + 1» declared here",
    ],
  ],
  [
    "two that disagree",
    "block f(x: [N, 2 * K], y: [N, K + 1]) -> [N, K] = x[:, 0:K] + y[:, 0:K]\nmodel M(x: [N, 4], y: [N, 4]) -> [N, 2] = f(x, y)",
    ["error NN0303: `f` expects `y`: [N, K + 1], found [N, 4]", "  «y» this is [N, 4]", "  «K + 1» this is 3"],
  ],
  [
    "a name in a quotient, once",
    "block f(x: [N, K / 2]) -> [N, K] = concat([x, x[:, 0:K / 2]], axis: 1)\nmodel M(x: [N, 4]) -> [N, _] = f(x)",
    ["error NN0306: no argument says what the dimension `K` is", "  «K» told by nothing", `  help: ${told}`],
  ],
  [
    "a name that cancels",
    "block f(x: [N, K - K + 4]) -> [N, 4] = x\nmodel M(x: [N, 4]) -> [N, 4] = f(x)",
    [
      "error NN0306: no argument says what the dimension `K` is",
      "  «K - K + 4» the same whatever it is",
      "  «f(x)» in `f`, called here",
    ],
  ],
  [
    "two names that nothing else tells",
    "block f(x: [N, H * W]) -> [N, H] = x[:, 0:H]\nmodel M(x: [N, 4]) -> [N, _] = x |> f",
    ["H", "W"].flatMap((name) => [
      `error NN0306: no argument says what the dimension \`${name}\` is`,
      `  «${name}» told by nothing`,
      `  help: ${told.replaceAll("K", name)}`,
    ]),
  ],
])("what is said of %s", (_, source, expected) => {
  const { diagnostics } = analysed(source);
  const later = diagnostics.length === 0 ? elaborated(source, { allowOpen: true }).diagnostics : [];
  expect(show([...diagnostics, ...later], source)).toEqual(expected);
});
