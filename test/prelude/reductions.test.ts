/** `clip`, `variance`, `logsumexp` and `norm`: values and gradients worked out by hand, at their edges too, on both targets with the same bits. */
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";

/** The values of a block over rows of two, and the gradient of their sum. */
async function both(
  target: "typescript" | "wasm",
  call: string,
  rows: readonly number[],
): Promise<readonly number[][]> {
  const source = `model V(x: [N, 2]) -> [N, _] = reshape(x |> ${call}, [N, -1])
model G(x: [N, 2]) -> [N, 2] = grad(sum(x |> ${call}), wrt: x)`;
  const result = compile({ name: "main.nn", source }, { target, bounds: { N: 4 } });
  if (!result.ok) throw new Error(result.diagnostics[0]?.message);
  const net = await load(result.artifact);
  const answers: number[][] = [];
  for (const name of ["V", "G"]) {
    const [{ data }] = await net.predict(name, { x: Float32Array.from(rows) });
    answers.push([...data]);
  }
  net.close();
  return answers;
}

const half = Math.exp(1) / (1 + Math.exp(1));

test.each<[string, number[], number[], number[]]>([
  ["clip(-1, 2)", [-3, -1, 2, 5], [-1, -1, 2, 2], [0, 1, 1, 0]],
  ["clip(0, 0)", [-3, 0, 0, 5], [0, 0, 0, 0], [0, 1, 1, 0]],
  ["variance", [1, 5, 3, 3], [4, 0], [-2, 2, 0, 0]],
  ["logsumexp", [1000, 1000, 0, 1], [1000 + Math.LN2, Math.log(1 + Math.E)], [0.5, 0.5, 1 - half, half]],
  ["logsumexp", [-1000, -1001, 3, -500], [-1000 + Math.log1p(Math.exp(-1)), 3], [half, 1 - half, 1, 0]],
  ["norm", [3, -4, 0, 0], [5, 0], [0.6, -0.8, 0, 0]],
  ["norm", [3e30, 4e30, 3e-30, -4e-30], [5e30, 5e-30], [0.6, 0.8, 0.6, -0.8]],
])("%s of %j", async (call, rows, values, gradient) => {
  const found = await both("wasm", call, rows);
  for (const [list, expected] of [
    [found[0], values],
    [found[1], gradient],
  ] as const)
    for (const [at, value] of expected.entries())
      expect((list?.[at] ?? NaN) / (value === 0 ? 1 : value)).toBeCloseTo(value === 0 ? 0 : 1, 5);
  expect(await both("typescript", call, rows)).toEqual(found);
});

const infinite = Infinity;

/** As PyTorch: a row of -∞ is -∞ and moves nothing, a NaN stays one; 1000 stands for ∞ and 2000 for a NaN. */
test.each<[string, number[], number[], number[]]>([
  ["logsumexp", [-1000, 3, -1000, -1000], [3, -infinite], [0, 1, 0, 0]],
  ["logsumexp", [1000, 1, 2000, 1], [infinite, NaN], [NaN, 0, NaN, NaN]],
  ["norm", [1000, 1, 2000, 1], [infinite, NaN], [NaN, 0, NaN, NaN]],
  ["norm", [0, 0, 0, -1], [0, 1], [0, 0, 0, -1]],
])("%s at the edges: %j", async (call, rows, values, gradient) => {
  const edges = "let v = where(x == 2000, (x - x) / (x - x), x / where(abs(x) < 1000, 1, 0))";
  for (const target of ["typescript", "wasm"] as const) {
    const source = `model V(x: [N, 2]) -> [N] {
  ${edges}
  return v |> ${call}
}
model G(x: [N, 2]) -> [N, 2] {
  ${edges}
  return grad(sum(v |> ${call}), wrt: v)
}`;
    const result = compile({ name: "main.nn", source }, { target, bounds: { N: 4 } });
    if (!result.ok) throw new Error(result.diagnostics[0]?.message);
    const net = await load(result.artifact);
    for (const [name, expected] of [
      ["V", values],
      ["G", gradient],
    ] as const) {
      const [found] = await net.predict(name, { x: Float32Array.from(rows) });
      expect([...(found?.data ?? [])].map((value) => value + 0)).toEqual(expected);
    }
    net.close();
  }
});

test("clip wants its limits in order", () => {
  const { diagnostics } = compile({ name: "main.nn", source: "model V(x: [N]) -> [N] = clip(x, 2, 1)" });
  expect(diagnostics.map(({ message }) => message)).toEqual([expect.stringContaining("low must be at most high")]);
});
