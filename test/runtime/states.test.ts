/** States of whole numbers and of bools: exact, kept with their types, the same on both targets that agree to the bit. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";
import { decode } from "../../runtime/save/safetensors.ts";
import { startFrom } from "../../runtime/train/start-from.ts";

const targets = ["typescript", "wasm"] as const;

/** 2²⁴ + 1 is the first whole number that an f32 does not hold. */
const source = `
  model M(x: [N, 3]) -> [N, 3] {
    param w: [3] = ones
    state calls: i32[] = 16777216
    state rows: i32[3] = zeros
    state positive: bool[3] = zeros
    state fresh: bool[] = true
    if training {
      calls <- calls + 1
      rows <- rows + sum(i32(x > 0), axis: 0)
      positive <- positive or x[0] > 0
      fresh <- false
    }
    return w * x
  }
  metric beyond(output: [N, 3], target: [N, 3]) -> [] {
    state seen: i32[] = 16777216
    state any: bool[] = false
    seen <- seen + 1
    any <- any or max(output) > 100
    return f32(seen - 16777216) + where(any, 0.5, 0)
  }
  train M { data: given  loss: mse  optimizer: counted(lr: 0.125)  batch: 4  epochs: 1  metrics: [beyond] }
  optimizer counted(w, g) {
    state moves: i32[] = 16777216
    moves <- moves + 1
    w <- w - lr * g
  }
`;

const batch = { x: Float32Array.of(1, -1, 0, 2, 3, -5), target: new Float32Array(6) };

async function stepped(target: (typeof targets)[number], steps: number) {
  const result = compile({ name: "counts.nn", source }, { target, verify: true });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  const net = await load(result.artifact, { seed: 1 });
  for (let step = 0; step < steps; step++) await net.step(batch);
  return { net, artifact: result.artifact };
}

describe.each(targets)("on %s", (target) => {
  test("a state has the type that it declares", async () => {
    const { net } = await stepped(target, 3);
    expect([...net.state].map(([name, { data }]) => [name, data.constructor.name, [...data]])).toEqual([
      ["M.calls", "Int32Array", [16_777_219]],
      ["M.rows", "Int32Array", [6, 3, 0]],
      ["M.positive", "Int32Array", [1, 0, 0]],
      ["M.fresh", "Int32Array", [0]],
    ]);
  });

  test("a metric's states count exactly, and start anew for each evaluation", async () => {
    const { net } = await stepped(target, 0);
    const large = { ...batch, x: Float32Array.of(1, 2, 3, 4, 5, 101) };
    for (const [batches, expected] of [
      [[batch, batch, batch], 3],
      [[batch, large], 2.5],
      [[batch], 1],
    ] as const)
      expect((await net.evaluate(batches)).metrics).toEqual({ beyond: expected });
  });

  test("a saved file holds the types, and restores them", async () => {
    const { net, artifact } = await stepped(target, 3);
    const saved = net.save();
    const { tensors } = decode("counts.safetensors", saved);
    expect(["M.calls", "M.rows", "M.positive", "optimizer.main.moves.M.w"].map((name) => tensors.get(name))).toEqual([
      { dtype: "i32", shape: [], data: Int32Array.of(16_777_219) },
      { dtype: "i32", shape: [3], data: Int32Array.of(6, 3, 0) },
      { dtype: "bool", shape: [3], data: Uint8Array.of(1, 0, 0) },
      { dtype: "i32", shape: [], data: Int32Array.of(16_777_219) },
    ]);
    const other = await load(artifact, { seed: 2 });
    other.restore(saved);
    await other.step(batch);
    await net.step(batch);
    expect(other.save()).toEqual(net.save());
  });
});

test("`start_from` fills them", async () => {
  const { net, artifact } = await stepped("wasm", 3);
  const other = await load(artifact, { seed: 2 });
  const { left, warnings } = startFrom(other, net.save());
  expect({ left, warnings }).toEqual({ left: [], warnings: [] });
  expect([...other.state]).toEqual([...net.state]);
});

test("both targets save the same bytes", async () => {
  const [a, b] = await Promise.all(targets.map((target) => stepped(target, 5)));
  expect(a.net.save()).toEqual(b.net.save());
});
