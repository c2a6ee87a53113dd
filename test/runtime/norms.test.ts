/** The norm of all gradients of a step together: against gradients worked out by hand, before they are clipped, and changing nothing else. */
import { describe, expect, it, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { CompileOptions } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";
import type { Network } from "../../runtime/load/index.ts";
import { decode } from "../../runtime/save/safetensors.ts";

async function networkOf(source: string, options: CompileOptions): Promise<Network> {
  const result = compile({ name: "test.nn", source }, { target: "wasm", verify: true, ...options });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return load(result.artifact, { seed: 5 });
}

const wave = (length: number, pace: number): Float32Array =>
  Float32Array.from({ length }, (_, at) => Math.sin(pace * at + 1));

describe("a small dense net", () => {
  const sourceOf = (more: string) => `
    loss distance(output: [N, 2], target: [N, 2]) -> [] = sum((output - target) ** 2)
    model Two(x: [N, 3]) -> [N, 2] = x |> dense(4) |> tanh |> dense(2)
    train Two { data: given  loss: distance  optimizer: sgd(lr: 0.01)  batch: 4  ${more} }
  `;
  const given = { "dense.w": wave(12, 2), "dense.b": wave(4, 3), "dense_2.w": wave(8, 5), "dense_2.b": wave(2, 7) };
  const batch = { x: wave(9, 1.3), target: wave(6, 0.7) };

  async function start(more: string, options: CompileOptions = {}): Promise<Network> {
    const network = await networkOf(sourceOf(more), options);
    for (const [name, values] of Object.entries(given)) network.parameters.set(`Two.${name}`, values);
    return network;
  }

  /** By the chain rule in float64; `decay` is the weight of an L2 regulariser on the matrices. */
  function byHand(decay: number): number {
    const [w, b, v, c] = Object.values(given);
    const [dw, db, dv, dc] = [w, b, v, c].map(({ length }) => new Float64Array(length));
    for (let row = 0; row < 3; row += 1) {
      const x = batch.x.subarray(3 * row, 3 * row + 3);
      const h = Array.from(b, (bias, unit) => Math.tanh(x.reduce((sum, one, k) => sum + one * w[4 * k + unit], bias)));
      const slope = Array.from(c, (bias, out) => {
        const y = h.reduce((sum, one, unit) => sum + one * v[2 * unit + out], bias);
        return 2 * (y - batch.target[2 * row + out]);
      });
      slope.forEach((s, out) => (dc[out] += s));
      for (const [unit, one] of h.entries()) {
        slope.forEach((s, out) => (dv[2 * unit + out] += s * one));
        const back = slope.reduce((sum, s, out) => sum + s * v[2 * unit + out], 0) * (1 - one * one);
        db[unit] += back;
        x.forEach((input, k) => (dw[4 * k + unit] += back * input));
      }
    }
    w.forEach((one, at) => (dw[at] += 2 * decay * one));
    v.forEach((one, at) => (dv[at] += 2 * decay * one));
    return Math.hypot(...dw, ...db, ...dv, ...dc);
  }

  const limit = 0.25;
  test.each([
    ["as they are", "", 0],
    ["clipped", `clip_norm: ${limit}`, 0],
    ["regularised and clipped", `regularize: l2(0.3)  clip_norm: ${limit}`, 0.3],
  ])(
    "gradients %s: the norm is that before clipping, with equal bits on TypeScript and WebAssembly",
    async (_, more, decay) => {
      const steps = await Promise.all(
        (["typescript", "wasm"] as const).map(async (target) => {
          const network = await start(more, { target, norms: true });
          return [network.stepSync(batch), network.stepSync(batch)];
        }),
      );
      expect(steps[0]).toEqual(steps[1]);
      const { main = NaN } = steps[0]?.[0]?.norms ?? {};
      expect(byHand(decay)).toBeGreaterThan(2 * limit);
      expect(main / byHand(decay)).toBeCloseTo(1, 5);
    },
  );

  it("is the length by which sgd moves the parameters, of what is not clipped", async () => {
    const network = await start("", { norms: true });
    const { main = NaN } = network.stepSync(batch).norms ?? {};
    const moved = Object.entries(given).flatMap(([name, values]) =>
      Array.from(network.parameters.get(`Two.${name}`)?.data ?? [], (one, at) => one - values[at]),
    );
    expect(Math.hypot(...moved) / 0.01 / main).toBeCloseTo(1, 4);
  });

  it.each(["", `clip_norm: ${limit}`])("trains to the same bits with norms and without (%s)", async (more) => {
    const saved = await Promise.all(
      [false, true].map(async (norms) => {
        const network = await start(more, { norms });
        for (let step = 0; step < 3; step += 1) network.stepSync(batch);
        return decode("saved", network.save()).tensors;
      }),
    );
    expect(saved[1]).toEqual(saved[0]);
  });

  it("says nothing and costs nothing where nobody asks, and tells the bound of those that have one where one does", async () => {
    const clipped = sourceOf(`clip_norm: ${limit}`);
    expect((await start(`clip_norm: ${limit}`)).stepSync(batch)).not.toHaveProperty("norms");
    const [without, off, on] = [{}, { norms: false }, { norms: true }].map((options) =>
      compile({ name: "test.nn", source: clipped }, options),
    );
    expect(off).toEqual(without);
    expect(on?.ok === true ? on.artifact.manifest.host.train?.norms : undefined).toEqual([
      { name: "main", buffer: "train_step.norm", dtype: "f32", shape: [], limit },
    ]);
  });
});

const train = (steps: string) => `train T(x: [N, 2]) { data: given  batch: 2  ${steps} }`;
const model = (name: string) => `model ${name}(x: [N, 2]) -> [N, 2] { param w: [2] = ones  return w * x }`;

test("of several steps each has its own", async () => {
  const source = `${model("A")}\n${model("B")}\n${train(`
    step first { minimize: sum(A(x))  update: A  optimizer: sgd(lr: 0.1)  clip_norm: 1 }
    step second { minimize: 3 * sum(B(x))  update: B  optimizer: sgd(lr: 0.1) }`)}`;
  const { norms = {} } = (await networkOf(source, { norms: true })).stepSync({ x: Float32Array.of(1, 2, 3, 4) });
  // The slopes of the two weights are the sums of the columns, 4 and 6.
  expect(Object.entries(norms)).toEqual([
    ["first", expect.closeTo(Math.hypot(4, 6), 5)],
    ["second", expect.closeTo(3 * Math.hypot(4, 6), 5)],
  ]);
});

test.each([1e-30, 1e30])("gradients of %f, whose squares leave the range of f32, have one", async (size) => {
  const source = `${model("M")}\n${train(`
    step a { minimize: ${size} * sum(M(x))  update: M  optimizer: sgd(lr: 0.1)  clip_norm: 1 }`)}`;
  const { norms } = (await networkOf(source, { norms: true })).stepSync({ x: Float32Array.of(1, 2, 3, 4) });
  expect((norms?.["a"] ?? NaN) / size).toBeCloseTo(Math.hypot(4, 6), 4);
});
