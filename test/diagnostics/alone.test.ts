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
