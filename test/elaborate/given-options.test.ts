/** What a caller gives beside the source: each has its effect, or an error or a warning that says why not. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { CompileOptions } from "../../compiler/compile.ts";

const source = `const width = 3
const mode = "wide"
const deep = true
model M(x: [N, F]) -> [N, 2] = x |> dense(width) |> dense(2)
train M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 8 }
train M as halves(x: [N, 2 * H], target: [N, 2]) { data: given  loss: mse  optimizer: sgd(lr: 0.1) }`;

function told(options: CompileOptions, text = source): readonly string[] {
  const { diagnostics } = compile({ name: "main.nn", source: text }, { target: "wasm", ...options });
  return diagnostics
    .filter(({ code }) => code !== "NN0215")
    .map(({ code, message, help }) => `${code} ${message}${help === undefined ? "" : ` (${help})`}`);
}

const bare = source.split("\ntrain")[0] ?? "";

describe("what is given is told of", () => {
  test.each<[string, CompileOptions, readonly string[]]>([
    ["a size and a bound", { dims: { F: 4 }, bounds: { N: 8 } }, []],
    ["constants of their kinds", { dims: { F: 4 }, consts: { width: 5, mode: "narrow", deep: false } }, []],
    ["a size of another train", { dims: { F: 4, H: 2 } }, []],
    [
      "a size of no dimension",
      { dims: { F: 4, f: 4 } },
      ["NN0409 no input has the dimension `f` to give a size: expected `N`, `F` (did you mean `F`?)"],
    ],
    [
      "a bound of no dimension",
      { dims: { F: 4 }, bounds: { units: 4 } },
      ["NN0409 no input has the dimension `units` to give a size: expected `N`, `F`"],
    ],
    [
      "a misspelt size, and not what it leaves open",
      { dims: { G: 4 } },
      ["NN0409 no input has the dimension `G` to give a size: expected `N`, `F`"],
    ],
    [
      "a bound of what has a size",
      { dims: { F: 4 }, bounds: { F: 8 } },
      ["NN0415 `F` is 4: expected no bound beside a size, found the bound 8"],
    ],
    [
      "a bound below the batch",
      { dims: { F: 4 }, bounds: { N: 7 } },
      ["NN0416 `N` has at most 7 rows, and the train's batches have 8"],
    ],
    [
      "a constant of another kind",
      { dims: { F: 4 }, consts: { width: "wide", mode: 1, deep: "true" } },
      [
        'NN0418 `const width` is the number 3: expected a value of that kind, found the string "wide"',
        'NN0418 `const mode` is the string "wide": expected a value of that kind, found the number 1',
        'NN0418 `const deep` is true: expected a value of that kind, found the string "true"',
      ],
    ],
    [
      "a setting without a train",
      { dims: { F: 4 }, train: null, settings: { lr: 1 } },
      ["NN0417 there is no train whose optimizer could take `lr`"],
    ],
  ])("%s", (_, options, expected) => {
    expect(told(options)).toEqual(expected);
  });

  test("a setting for a file without a train", () => {
    expect(told({ dims: { F: 4 }, settings: { lr: 1 } }, bare)).toEqual([
      "NN0417 there is no train whose optimizer could take `lr`",
    ]);
  });
});

test("a batch that nobody wrote keeps to the bounds", () => {
  const batch = (options: CompileOptions) => {
    const result = compile(
      { name: "main.nn", source: source.replace("batch: 8", "") },
      { target: "wasm", dims: { F: 4 }, ...options },
    );
    return result.ok ? result.artifact.manifest.host.train?.batch : result.diagnostics;
  };
  expect([batch({}), batch({ bounds: { N: 4 } }), batch({ bounds: { N: 64 } })]).toEqual([32, 4, 32]);
});
