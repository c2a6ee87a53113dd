/** Probes of a training step: what their numbers mean, and that they change nothing else. */
import { describe, expect, it, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { CompileOptions } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";
import type { Network, ProbeValues } from "../../runtime/load/index.ts";
import { decode } from "../../runtime/save/safetensors.ts";

type Batch = Readonly<Record<string, Float32Array>>;

async function networkOf(source: string, options: CompileOptions): Promise<Network> {
  const result = compile({ name: "test.nn", source }, { target: "wasm", verify: true, ...options });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return load(result.artifact, { seed: 5 });
}

/** The probes of one step with WebAssembly. */
async function probed(source: string, probes: readonly string[], batch: Batch) {
  return (await networkOf(source, { probes })).stepSync(batch).probes;
}

function rounded(values: ProbeValues | undefined): readonly number[] {
  const { mean = NaN, spread = NaN, gradientNorm = NaN } = values ?? {};
  return [mean, spread, gradientNorm].map((value) => Number(value.toPrecision(6)));
}

describe("two layers", () => {
  const source = `
    loss distance(output: [N, 2], target: [N, 2]) -> [] = sum((output - target) ** 2)
    model Two(x: [N, 3]) -> [N, 2] = x |> dense(4) |> tanh |> dense(2)
    train Two { data: given  loss: distance  optimizer: momentum(lr: 0.01)  regularize: l2(0.01)  clip_norm: 1  batch: 4 }
  `;
  const wave = (length: number, pace: number): Float32Array =>
    Float32Array.from({ length }, (_, at) => Math.sin(pace * at + 1));
  const given = { "dense.w": wave(12, 2), "dense.b": wave(4, 3), "dense_2.w": wave(8, 5), "dense_2.b": wave(2, 7) };
  const batch = { x: wave(9, 1.3), target: wave(6, 0.7) };
  const paths = ["Two.dense", "Two.dense_2", "Two", "Two.dense.w"];

  /** The same network in float64, from any of its values on. */
  const layer = (x: readonly number[], w: ArrayLike<number>, b: ArrayLike<number>): readonly number[] => {
    const [units, inputs] = [b.length, w.length / b.length];
    return Array.from({ length: (x.length / inputs) * units }, (_, at) => {
      const [row, unit] = [Math.floor(at / units), at % units];
      return x.slice(row * inputs, (row + 1) * inputs).reduce((sum, v, k) => sum + v * w[k * units + unit], b[unit]);
    });
  };
  const loss = (output: readonly number[]) => output.reduce((sum, v, at) => sum + (v - batch.target[at]) ** 2, 0);
  const head = (hidden: readonly number[]) => layer(hidden.map(Math.tanh), given["dense_2.w"], given["dense_2.b"]);
  const first = (w: ArrayLike<number>) => layer([...batch.x], w, given["dense.b"]);
  const penalty = (w: readonly number[]) => w.reduce((sum, v) => sum + 0.01 * v * v, 0);

  /** Mean and deviation by definition, the gradient by central differences. */
  function expected(values: readonly number[], of: (values: readonly number[]) => number): ProbeValues {
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
    const slopes = values.map((_, at) => {
      const moved = (by: number) => of(values.map((v, other) => (other === at ? v + by : v)));
      return (moved(1e-5) - moved(-1e-5)) / 2e-5;
    });
    return { mean, spread, gradientNorm: Math.hypot(...slopes) };
  }

  async function start(options: CompileOptions): Promise<Network> {
    const network = await networkOf(source, options);
    for (const [name, values] of Object.entries(given)) network.parameters.set(`Two.${name}`, values);
    return network;
  }

  it.each(["typescript", "wasm"] as const)("have the numbers of a calculation by hand (%s)", async (target) => {
    const { probes = {} } = (await start({ target, probes: paths })).stepSync(batch);
    const hidden = first(given["dense.w"]);
    const wanted = {
      "Two.dense": expected(hidden, (values) => loss(head(values))),
      "Two.dense_2": expected(head(hidden), loss),
      Two: expected(head(hidden), loss),
      // A parameter's gradient is that which it would move by: with the regulariser, before it is clipped.
      "Two.dense.w": expected([...given["dense.w"]], (w) => loss(head(first(w))) + penalty(w)),
    };
    expect(Object.keys(probes)).toEqual(paths);
    for (const [path, { mean, spread, gradientNorm }] of Object.entries(wanted)) {
      expect(probes[path]?.mean).toBeCloseTo(mean, 5);
      expect(probes[path]?.spread).toBeCloseTo(spread, 5);
      expect(probes[path]?.gradientNorm).toBeCloseTo(gradientNorm, 4);
    }
  });

  it("have equal bits on typescript and wasm, step by step", async () => {
    const [a, b] = [await start({ target: "typescript", probes: paths }), await start({ probes: paths })];
    for (let step = 0; step < 4; step += 1) expect(a.stepSync(batch)).toEqual(b.stepSync(batch));
  });

  it("say nothing and cost nothing without probes", async () => {
    expect((await start({})).stepSync(batch)).not.toHaveProperty("probes");
    const [without, empty] = [{}, { probes: [] }].map((options) => compile({ name: "test.nn", source }, options));
    expect(empty).toEqual(without);
  });
});

describe("what is trained has the same bits with probes and without", () => {
  const data = "data: given  batch: 4  optimizer: adam(lr: 0.01)";
  test.each([
    [
      "normalised batches, dropout, an average of the weights",
      `model M(x: [N, 3]) -> [N, 2] = x |> dense(6) |> batch_norm |> relu |> dropout(0.3) |> dense(2)
       train M { ${data}  loss: mse  average: 0.9 }`,
      ["M.batch_norm", "M.dropout", "M.dense_2", "M", "M.batch_norm.gamma"],
    ],
    [
      "a block that computes nothing, before another of its name",
      `block same(x: [.., C]) -> [.., C] = x
       block around(x: [.., C], f: layer) -> [.., C] = f(x)
       model M(x: [N, 3]) -> [N, 2] = x |> around(same) |> around(dense(3)) |> dense(2)
       train M { ${data}  loss: mse }`,
      ["M.around", "M.around.dense"],
    ],
    [
      "softmax rows and layer normalisation",
      `model M(x: [N, 3]) -> [N, 2] = x |> dense(8) |> layer_norm |> gelu |> residual(dense(8)) |> softmax |> dense(2)
       train M { ${data}  loss: mse  clip_norm: 0.1  regularize: l2(1e-3) }`,
      ["M.layer_norm", "M.gelu", "M.residual", "M.softmax"],
    ],
  ])("%s", async (_, source, probes) => {
    const batch = {
      x: Float32Array.from({ length: 12 }, (__, at) => Math.cos(at)),
      target: Float32Array.from({ length: 8 }, (__, at) => Math.sin(at)),
    };
    const saved = await Promise.all(
      [[], probes].map(async (own) => {
        const network = await networkOf(source, { probes: own, dataFacts: { targetColumns: 2 } });
        for (let step = 0; step < 3; step += 1) network.stepSync(batch);
        return decode("saved", network.save()).tensors;
      }),
    );
    expect(saved[1]).toEqual(saved[0]);
  });
});

describe("a path", () => {
  const x = Float32Array.of(1, 2, 3, 4);
  const train = (minimize: string) =>
    `train T(x: [N, 2]) { data: given  batch: 2  step a { minimize: ${minimize}  update: M  optimizer: sgd(lr: 0.1) } }`;

  test("of a shared layer stands for all of its uses", async () => {
    const source = `
      block scaled(x: [.., C]) -> [.., C] { param w: [C] = ones  return 2 * w * x }
      model M(x: [N, 2]) -> [N, 2] {
        let f = scaled
        return f(f(x))
      }
      ${train("sum(M(x))")}
    `;
    // 2 4 6 8 and 4 8 12 16; the loss moves by 2 with each of the former, by 1 with each of the latter.
    const spread = Math.sqrt([2, 4, 6, 8, 4, 8, 12, 16].reduce((sum, v) => sum + (v - 7.5) ** 2, 0) / 8);
    expect(rounded((await probed(source, ["M.f"], { x }))?.["M.f"])).toEqual(
      [7.5, spread, Math.sqrt(4 * 4 + 4)].map((value) => Number(value.toPrecision(6))),
    );
  });

  test("of a block with several results stands for those of f32", async () => {
    const source = `
      block split(x: [N, 2]) -> ([N], i32[N], []) {
        param w: [] = ones
        return (w * x[:, 0], argmax(x, axis: 1), 3 * w)
      }
      model M(x: [N, 2]) -> [] {
        let (a, b, c) = split(x)
        return sum(a) + c
      }
      ${train("M(x)")}
    `;
    const [mean, spread] = [7 / 3, Math.sqrt(((4 / 3) ** 2 + (2 / 3) ** 2 + (2 / 3) ** 2) / 3)];
    expect(rounded((await probed(source, ["M.split"], { x }))?.["M.split"])).toEqual(
      [mean, spread, Math.sqrt(3)].map((value) => Number(value.toPrecision(6))),
    );
  });

  test.each([
    ["stop_gradient", "sum(M(x)) + sum(stop_gradient(x |> f))"],
    ["an op that has no gradient", "sum(M(x)) + sum(floor(x |> f))"],
  ])("that the loss reaches only through %s has a gradient of 0", async (_, minimize) => {
    const source = `
      block f(x: [..]) -> [..] = 0.5 * x
      model M(x: [N, 2]) -> [N, 2] { param w: [2] = ones  return w * x }
      ${train(minimize)}
    `;
    expect(rounded((await probed(source, ["T.f"], { x }))?.["T.f"])).toEqual([1.25, 0.559017, 0]);
  });

  test("is judged by each step whose loss depends on it, by its name where there are several", async () => {
    const source = `
      model G(z: [N, 2]) -> [N, 2] { param w: [2] = ones  return w * z }
      model D(x: [N, 2]) -> [N, 2] { param w: [2] = ones  return 3 * w * x }
      train Gan(x: [N, 2]) {
        data: given  batch: 2
        let fake = G(x)
        step critic { minimize: sum(D(stop_gradient(fake))) - 7 * sum(D(x))  update: D  optimizer: sgd(lr: 0.5) }
        step generator { minimize: sum(D(fake))  update: G  optimizer: sgd(lr: 0.5) }
      }
    `;
    const probes = await probed(source, ["G", "D", "G.w", "D.w"], { x });
    // By the second step D has moved by −½ · 3 · (1 − 7) · [4, 6], to [37, 55].
    const wanted: readonly (readonly [name: string, mean: number, gradientNorm: number])[] = [
      ["G", 2.5, 3 * Math.sqrt(2 * 37 ** 2 + 2 * 55 ** 2)],
      ["D (critic)", 7.5, Math.sqrt(4 + 4 * 49)],
      ["D (generator)", (3 * (37 + 110 + 111 + 220)) / 4, 2],
      ["G.w", 1, 3 * Math.hypot(4 * 37, 6 * 55)],
      ["D.w (critic)", 1, 18 * Math.hypot(4, 6)],
      ["D.w (generator)", 46, 3 * Math.hypot(4, 6)],
    ];
    expect(Object.keys(probes ?? {})).toEqual(wanted.map(([name]) => name));
    for (const [name, mean, gradientNorm] of wanted) {
      expect([name, probes?.[name]?.mean]).toEqual([name, expect.closeTo(mean, 3)]);
      expect([name, probes?.[name]?.gradientNorm]).toEqual([name, expect.closeTo(gradientNorm, 2)]);
    }
    const network = await networkOf(source, { probes: ["G", "D", "G.w", "D.w"], target: "typescript" });
    expect(network.stepSync({ x }).probes).toEqual(probes);
  });

  test.each([
    ["vanishing", 1e-30],
    ["exploding", 1e30],
  ])("tells %s gradients whose squares leave the range of f32", async (_, size) => {
    const source = `
      model M(x: [N, 2]) -> [N, 2] { param w: [2] = ones  return w * x }
      ${train(`${size} * sum(M(x))`)}
    `;
    const { gradientNorm = NaN } = (await probed(source, ["M"], { x }))?.["M"] ?? {};
    expect(gradientNorm / size).toBeCloseTo(2, 5);
  });
});
