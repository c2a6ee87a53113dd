/** What a caller gives beside the source: each has its effect, or an error or a warning that says why not. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { CompileOptions } from "../../compiler/compile.ts";

const source = `const width = 3
const mode = "wide"
const deep = true
model M(x: [N, F]) -> [N, 2] = x |> dense(width) |> dense(2)
train M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 8 }
train M as halves(x: [N, 2 * H], target: [N, width - 1]) { data: given  loss: mse  optimizer: sgd(lr: 0.1) }`;
/** With a metric that takes a whole set at once. */
const measured = source.replace("batch: 8", "batch: 8  metrics: [gap]");
const gap = `
metric gap(output: [N, K], target: [N, K]) -> [] = mean(abs(output - target))
train M as plain { data: given  loss: mse  optimizer: sgd(lr: 0.1) }`;

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

  test.each([
    ["the name of an input", "x"],
    ["the name of what the loss takes", "target"],
    ["a constant in a shape", "width"],
    ["the rows of a metric without state, of which there is none", "rows"],
  ])("%s is no dimension", (_, name) => {
    const expected = [`NN0409 no input has the dimension \`${name}\` to give a size: expected \`N\`, \`F\``];
    expect(told({ dims: { F: 4, [name]: 5 } })).toEqual(expected);
    expect(told({ dims: { F: 4 }, bounds: { [name]: 5 } })).toEqual(expected);
  });

  test.each<[string, CompileOptions, readonly string[]]>([
    ["a bound", { bounds: { rows: 5 } }, []],
    ["a bound for another train", { bounds: { rows: 5 }, train: "plain" }, []],
    ["a size", { dims: { rows: 5 } }, ["NN0409 no input has the dimension `rows` to give a size: expected `N`, `F`"]],
    [
      "a misspelt bound",
      { bounds: { row: 5 } },
      ["NN0409 no input has the dimension `row` to give a size: expected `N`, `F`, `rows` (did you mean `rows`?)"],
    ],
  ])("of the rows of a metric without state, %s", (_, options, expected) => {
    expect(told({ ...options, dims: { F: 4, ...options.dims } }, measured + gap)).toEqual(expected);
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

describe("a constant of a file that is used", () => {
  const files = new Map([
    ["b.nn", 'use "./c.nn"\nconst width = 4\nblock b(x: [.., C]) -> [.., depth * width] = x |> dense(depth * width)'],
    ["c.nn", "const depth = 1"],
  ]);
  const main = 'use "./b.nn"\nmodel M(x: [N, 2]) -> [N, K] = x |> b |> dense(K)\nconst K = 3';

  function widthOf(consts: CompileOptions["consts"] = {}) {
    const result = compile({ name: "main.nn", source: main, files }, { target: "wasm", consts });
    if (!result.ok) return result.diagnostics.map(({ code, message }) => `${code} ${message}`);
    const { buffers, host } = result.artifact.manifest;
    const shape = buffers.find(({ name }) => name === "M.b.dense.b")?.shape.map(({ key }) => key);
    return [shape, host.options?.consts.map(({ name, value, given }) => `${name} ${value} ${given}`)];
  }

  test.each<[string, CompileOptions["consts"], readonly unknown[]]>([
    ["as it is written", {}, [["4"], ["K 3 false", "width 4 false", "depth 1 false"]]],
    ["with another value", { width: 8 }, [["8"], ["K 3 false", "width 8 true", "depth 1 false"]]],
    ["of a file that the used one uses", { depth: 2 }, [["8"], ["K 3 false", "width 4 false", "depth 2 true"]]],
    [
      "with a value of another kind",
      { width: "wide" },
      ['NN0418 `const width` is the number 4: expected a value of that kind, found the string "wide"'],
    ],
    ["which there is none of", { breadth: 2 }, ["NN0408 there is no `const breadth` to give another value"]],
  ])("%s", (_, consts, expected) => {
    expect(widthOf(consts)).toEqual(expected);
  });

  test("a name that is wrong is all that is wrong where the data would tell a size", () => {
    const source = `const width = 4
model M(x: [N, F]) -> [N, 3] = x |> dense(width) |> dense(3)
data d = csv("d.csv", target: "y")
train M { data: d  loss: mse  optimizer: sgd(lr: 0.05)  batch: 16  epochs: 2 }`;
    const codes = (options: CompileOptions): readonly string[] =>
      compile({ name: "main.nn", source }, options).diagnostics.map(({ code }) => code);
    expect([codes({ consts: { widht: 8 } }), codes({ settings: { beta1: 0.5 } })]).toEqual([["NN0408"], ["NN0458"]]);
    expect(codes({})).toEqual(["NN0327"]);
  });
});
