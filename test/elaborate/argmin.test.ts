/** `argmin` is the place of what `min` finds, and `prod` takes integers: at their extremes, on both targets. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";

const least = -(2 ** 31);

/** The host refuses NaNs and infinities: these numbers stand for them. */
const [none, infinite] = [524288, 1048576];
const special = `block special(x: [..]) -> [..] {
  let far = x * 1e38
  return where(x == ${none}, far - far, where(abs(x) == ${infinite}, far, x))
}
`;

async function answer(
  target: "typescript" | "wasm",
  model: string,
  x: Float32Array | Int32Array,
): Promise<readonly number[]> {
  const bounds: Readonly<Record<string, number>> = model.includes("N") ? { N: 4 } : {};
  const compiled = compile({ name: "main.nn", source: `${special}model M(x: ${model}` }, { target, bounds });
  if (!compiled.ok) throw new Error(compiled.diagnostics[0]?.message);
  const net = await load(compiled.artifact);
  const [found] = await net.predict({ x });
  net.close();
  return [...(found?.data ?? [])];
}

describe.each(["typescript", "wasm"] as const)("on %s", (target) => {
  test.each<[string, readonly number[], number]>([
    ["the first of the least", [3, 1, 2, 1, 5], 1],
    ["zeros of both signs", [1, 0, -0, 2, 0], 1],
    ["the first NaN", [3, none, -1, none, -infinite], 1],
    ["infinities", [infinite, 3e38, -3e38, -infinite, -infinite], 3],
    ["all alike", [infinite, infinite, infinite, infinite, infinite], 0],
  ])("of f32: %s", async (_, row, place) => {
    const x = Float32Array.from(row);
    expect(await answer(target, "[N, 5]) -> i32[N] = argmin(special(x), axis: 1)", x)).toEqual([place]);
    expect(await answer(target, "[N, 5]) -> i32[] = argmin(special(x))", x)).toEqual([place]);
    expect(await answer(target, "[5]) -> i32[] = argmin(special(x), axis: 0)", x)).toEqual([place]);
  });

  test.each<[string, readonly number[], number]>([
    ["the least of all", [2 ** 31 - 1, 0, least, -1, least], 2],
    ["the greatest of all beside its neighbour", [2 ** 31 - 1, 2 ** 31 - 2, 2 ** 31 - 1, 2 ** 31 - 2, 2 ** 31 - 1], 1],
    ["digits that f32 has not", [16777217, 16777216, 16777217, 16777216, 16777218], 1],
  ])("of i32: %s", async (_, row, place) => {
    const model = "i32[N, 5]) -> i32[N] = argmin(x, axis: 1)";
    expect(await answer(target, model, Int32Array.from(row))).toEqual([place]);
  });

  test("over no axis, each is the first of itself; over a label, in columns", async () => {
    const x = Float32Array.of(1, 2, 3, 0, 5, 1);
    expect(await answer(target, "[N, 3]) -> i32[N, 3] = argmin(x, axis: [])", x)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await answer(target, "[N, 3]) -> i32[3] = argmin(x, over: N)", x)).toEqual([1, 0, 1]);
    expect(await answer(target, "[N, 3]) -> i32[N] = x |> argmin(axis: 1)", x)).toEqual([0, 0]);
  });

  test("`prod` of i32 wraps around, as the other operators do", async () => {
    const x = Int32Array.of(3, -4, 65536, 65536);
    expect(await answer(target, "i32[N, 2]) -> i32[N] = prod(x, axis: 1)", x)).toEqual([-12, 0]);
  });
});
