/** A mistake is told of where it is, and of nothing else: what stands beside it is looked at as it would be without it. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { CompileOptions } from "../../compiler/compile.ts";

function codesOf(source: string, options: CompileOptions = {}, files?: ReadonlyMap<string, string>): readonly string[] {
  const { diagnostics } = compile({ name: "main.nn", source, ...(files === undefined ? {} : { files }) }, options);
  return diagnostics.map(({ code }) => code);
}

const broken = "block bad(x: [N, 4]) -> [N, 4] = x +\n";

describe("beside a mistake", () => {
  test.each<readonly [string, string, CompileOptions, readonly string[]]>([
    [
      "sizes are those that were given",
      `${broken}model M(x: [N, F]) -> [N, 3] = 2 * x`,
      { dims: { F: 3 }, bounds: { N: 4 } },
      ["NN0110"],
    ],
    [
      "a broken declaration hides its name, whatever its letters are",
      "block ähnlich(x: [N, 4]) -> [N, 4] = x +\nmodel M(x: [N, 4]) -> [N, 4] = x |> ähnlich",
      {},
      ["NN0110"],
    ],
    [
      "a name that is bound too late in one place and nowhere for another is two mistakes",
      "block a(x: [N, 4]) -> [N, 4] { let p = y  let y = x  return p + y }\nmodel M(x: [N, 4]) -> [N, 4] { return a(x) + y }",
      {},
      ["NN0203", "NN0201"],
    ],
    [
      "a label of an argument is no use of what is called so",
      "const bias = nonsense\nmodel M(x: [N, 4]) -> [N, 3] = x |> dense(4, bias: false)",
      {},
      ["NN0201", "NN0215", "NN0305"],
    ],
    [
      "a broken declaration hides no inputs and values of others that are called as its own are",
      `${broken.replace("x +", "let x = +")}model M(x: [N, 4]) -> [N, 3] = x`,
      {},
      ["NN0110", "NN0305"],
    ],
    [
      "constants are looked at where no model is left, for want of a file",
      'use "./away.nn"\nconst wrong = 1 / 0\nmodel M(x: [N, 4]) -> [N, 4] = x |> far',
      {},
      ["NN0207", "NN0321"],
    ],
    ...["const", "block", "model", "train"].map(
      (word): readonly [string, string, CompileOptions, readonly string[]] => [
        `a last \`${word}\` without a name leaves what is before it alone`,
        `model M(x: [N, 4]) -> [N, 3] = x\n${word}`,
        {},
        ["NN0110", "NN0305"],
      ],
    ),
    [
      "a key that nothing reads hides no key that is missing, but the one that it means",
      "model M(x: [N, 4]) -> [N, 3] = x |> dense(3)\ntrain M { data: given  colour: 3 }",
      {},
      ["NN0501", "NN0503", "NN0503"],
    ],
    [
      "a misspelt key hides the one that it means",
      "model M(x: [N, 4]) -> [N, 3] = x |> dense(3)\ntrain M { data: given  criterion: mse }",
      {},
      ["NN0501", "NN0503"],
    ],
  ])("%s", (_, source, options, codes) => {
    expect(codesOf(source, options)).toEqual(codes);
  });

  test("files may use each other in a long chain", () => {
    const count = 2000;
    const files = new Map(
      Array.from({ length: count }, (_, at) => {
        const next = at + 1 < count ? `use "./f${at + 1}.nn"\n` : "";
        return [`f${at}.nn`, `${next}block b${at}(x: [N, 4]) -> [N, 4] = x\n`] as const;
      }),
    );
    const source = `use "./f0.nn"\nblock bad(x: [N, 4]) -> [N, 4] = nonsense\nmodel M(x: [N, 4]) -> [N, 4] = x`;
    expect(codesOf(source, {}, files)).toEqual(["NN0201"]);
  });
});

describe("nothing is said of", () => {
  test.each([
    [
      "an input whose size nothing else tells",
      "block f(x: [N, K * K], size: [K]) -> [N, K] = x[:, 0:K]\nmodel M(x: [N, 9], y: [3]) -> [N, 3] = f(x, y)",
    ],
    [
      "a list for an input that is left, where the settings are given by name",
      "block f(x: [N, C], y: [C], k: int = 1) -> [N, C] = x * y + k\nmodel M(x: [N, 4]) -> [N, 4] = x |> f([1, 2, 3, 4], k: 3)",
    ],
  ])("%s", (_, source) => {
    expect(codesOf(source, { bounds: { N: 4 } })).toEqual([]);
  });
});

describe("no edit is proposed that would not fit", () => {
  test.each([
    ["a dense layer behind whole numbers", "model M(x: i32[N, 3]) -> i32[N, 2] = x + 1"],
    ["a turned factor of other batches", "model M(x: [2, 3, 4], y: [5, 6, 4]) -> [2, 3, 6] = x @ y"],
    [
      "an axis of size 1 where 28 are written",
      "block f(x: [N, 28, 28]) -> [N] = sum(x, axis: [1, 2])\nmodel M(x: [N, 784]) -> [N] = f(x)",
    ],
  ])("%s", (_, source) => {
    const { diagnostics } = compile({ name: "main.nn", source }, { bounds: { N: 4 } });
    expect(diagnostics.map(({ severity, help }) => [severity, help])).toEqual([["error", undefined]]);
  });
});

test("a product is no part of a name, and what the body binds is no library", () => {
  const told = (source: string) =>
    compile({ name: "main.nn", source }, { bounds: { N: 4 } }).diagnostics.map(({ message, help }) => [message, help]);
  expect(told("model M(x: [N, 4], y: [N, 4]) -> [N, 4] = x·y")).toEqual([[expect.any(String), "write `*`"]]);
  expect(told("model M(F: [N, 4]) -> [N, 4] = F.relu")).toEqual([
    ["expected a value, found `.relu`: tensors have no methods", "write `relu(x)`, or `x |> relu`"],
  ]);
});

test("what is proposed for a name of the prelude is near to what stands behind the point", () => {
  const proposed = (name: string) =>
    compile({ name: "main.nn", source: `model M(x: [N, 4]) -> [N, 4] = prelude.${name}(x)` }, { bounds: { N: 4 } })
      .diagnostics[0]?.help;
  expect(proposed("rleu")).toBe("did you mean `prelude.relu`?");
  expect(proposed("abcd")).toBe(undefined);
});

test("options name a constant or a size however their accents are composed", () => {
  const source = "const größe = 3\nmodel M(x: [N, É]) -> [N, 3] = x |> dense(größe)";
  const options = { consts: { ["größe".normalize("NFD")]: 3 }, dims: { ["É".normalize("NFD")]: 4 }, bounds: { N: 4 } };
  expect(codesOf(source, options)).toEqual([]);
});

test("the time that many mistakes take grows as they do", () => {
  const seconds = (count: number): number => {
    const blocks = Array.from({ length: count }, (_, at) => `block b${at}(x: [N]) -> [N] = x |> unknown${at}`);
    const source = `${blocks.join("\n")}\nmodel M(x: [N]) -> [N] = x`;
    const start = performance.now();
    expect(codesOf(source)).toHaveLength(count);
    return (performance.now() - start) / 1000;
  };
  seconds(100);
  // Eight times as many took 40 times as long where each was compared with all names.
  expect(seconds(3200)).toBeLessThan(20 * seconds(400) + 1);
});
