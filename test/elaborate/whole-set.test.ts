/** Metrics without state, over a whole set at once: their rows have a name and a bound, and what they ask of sizes and numbers is asked. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { CompileOptions } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";
import { errorOf } from "../runtime/support.ts";

function built(source: string, options: Partial<CompileOptions> = {}) {
  const result = compile({ name: "main.nn", source }, { target: "typescript", ...options });
  if (!result.ok) throw new Error(result.diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n"));
  return result.artifact;
}

const floats = (...values: readonly number[]): Float32Array => Float32Array.from(values);

/** Its predictions are its inputs, times 1. */
const model = "model M(x: [N, 1]) -> [N, 1] { param w: [] = ones  return w * x }";
const trained = (metrics: string, loss = "mse") =>
  `train M { data: given  loss: ${loss}  metrics: [${metrics}]  optimizer: sgd(lr: 0.1)  batch: 8 }`;

describe("what a metric requires of the rows holds for the rows of the set", () => {
  const batch = (count: number) => ({
    x: floats(...Array.from({ length: count }, (_, row) => row)),
    target: floats(...Array.from({ length: count }, () => 0)),
  });

  test.each([
    ["a slice's end", "mean(abs(output[0:5] - target[0:5]))"],
    ["a requirement", '{\n  require N >= 5, "five rows at least"\n  return mean(abs(output - target))\n}'],
  ])("%s", async (_, body) => {
    const declared = `metric head(output: [N, K], target: [N, K]) -> [] ${body.startsWith("{") ? "" : "= "}${body}`;
    const net = await load(built(`${declared}\n${model}\n${trained("head")}`));
    expect(await net.evaluate([batch(3), batch(2)])).toMatchObject({ metrics: { head: expect.any(Number) } });
    expect(await errorOf(() => net.evaluate([batch(2), batch(1)]))).toContain("NN0719");
  });
});

describe("a dimension that a program calls `rows`", () => {
  const gap = "metric gap(output: [N, K], target: [N, K]) -> [] = mean(abs(output - target))";

  test("as the batch keeps the bound of the batch", () => {
    const { manifest } = built(`${gap}\nmodel M(x: [rows, 1]) -> [rows, 1] = x |> dense(1)\n${trained("gap")}`);
    expect(manifest.dims.map(({ name, bound }) => `${name} ${bound}`)).toEqual(["rows 8", "rows_2 16384"]);
  });

  test("beside the batch stays another one than the rows of the set", async () => {
    const source = `metric widest(output: [N, T], target: [N, T]) -> [] = max(sum(output - target, over: T))
model M(x: [N, rows]) -> [N, rows] { param w: [] = ones  return w * x }
${trained("widest")}`;
    const net = await load(built(source, { bounds: { rows: 4 } }));
    const batch = { shape: [3, 2], data: floats(1, 2, 3, 4, 5, 6) };
    const zeros = { shape: [3, 2], data: new Float32Array(6) };
    expect((await net.evaluate({ x: batch, target: zeros })).metrics["widest"]).toBe(11);
  });
});

test("a metric's own input may be called `value`", async () => {
  const declared = "metric gap(value: [N, K], target: [N, K]) -> [] = mean(value - target)";
  const net = await load(built(`${declared}\n${model}\n${trained("gap")}`));
  expect((await net.evaluate({ x: floats(5, 6, 7), target: floats(1, 1, 1) })).metrics["gap"]).toBe(5);
});

test("whole numbers that a metric alone looks something up by are held to its limit", async () => {
  const source = `metric ids(output: [N, 3], target: i32[N]) -> [] = sum(one_hot(target, 3) * output)
loss far(output: [N, K], target: i32[N]) -> [] = mean((sum(output, over: K) - f32(target)) ** 2)
model M(x: [N, 3]) -> [N, 3] { param w: [] = ones  return w * x }
${trained("ids", "far")}`;
  const artifact = built(source);
  expect(artifact.manifest.host.train?.inputs.map(({ name, limit }) => [name, limit])).toEqual([
    ["x", undefined],
    ["target", 3],
  ]);
  const net = await load(artifact);
  const x = floats(1, 2, 3);
  expect((await net.evaluate({ x, target: Int32Array.of(2) })).metrics["ids"]).toBe(3);
  expect(await errorOf(() => net.evaluate({ x, target: Int32Array.of(3) }))).toContain("NN0717");
});
