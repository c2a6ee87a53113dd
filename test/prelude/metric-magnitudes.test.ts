/** Metrics of numbers that are large, small or far from 0 beside their spread: right whatever the batches, or no number at all. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";
import type { Network } from "../../runtime/load/index.ts";

const rows = 200;

async function networkOf(target: "typescript" | "wasm", columns = 1): Promise<Network> {
  const shape = `[N, ${columns}]`;
  const source = `model M(x: ${shape}) -> ${shape} = x
    train M { data: given  loss: mse  optimizer: sgd(lr: 1)  batch: ${rows}  metrics: [r2, rmse, mean_absolute_error] }`;
  const result = compile({ name: "main.nn", source }, { target });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return load(result.artifact);
}

interface Pairs {
  readonly x: Float32Array;
  readonly target: Float32Array;
}

function metricsOf(net: Network, { x, target }: Pairs, batch = rows, columns = 1): Readonly<Record<string, unknown>> {
  const batches = Array.from({ length: Math.ceil(target.length / columns / batch) }, (_, index) => {
    const [from, to] = [index * batch * columns, (index + 1) * batch * columns];
    return { x: x.slice(from, to), target: target.slice(from, to) };
  });
  return net.evaluateSync(batches, { trusted: true }).metrics;
}

/** In doubles, of numbers shrunk so that no square overflows: `shrink` is about the largest of them. */
function reference({ x, target }: Pairs, shrink = 1): { r2: number; rmse: number; mean_absolute_error: number } {
  const mean = target.reduce((sum, value) => sum + value / shrink, 0) / target.length;
  let [spread, squares, distances] = [0, 0, 0];
  for (const [row, value] of target.entries()) {
    const apart = value / shrink - (x[row] ?? NaN) / shrink;
    spread += (value / shrink - mean) ** 2;
    squares += apart ** 2;
    distances += Math.abs(apart);
  }
  return {
    r2: 1 - squares / spread,
    rmse: Math.sqrt(squares / target.length) * shrink,
    mean_absolute_error: (distances / target.length) * shrink,
  };
}

/** Numbers of [0, 1) that are the same everywhere (Park & Miller 1988). */
function draws(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

function pairs(targetOf: (draw: () => number, row: number) => number, error: number): Pairs {
  const draw = draws(7);
  const target = Float32Array.from({ length: rows }, (_, row) => targetOf(draw, row));
  return { x: target.map((value) => value + error * (draw() - 0.5)), target };
}

const cases: readonly (readonly [name: string, data: Pairs, shrink: number])[] = [
  ["seconds of an hour since 1970", pairs((draw) => 1.7e9 + 3600 * draw(), 5000), 1],
  ["a million and a fraction", pairs((draw) => 1e6 + draw(), 1), 1],
  ["far below 0, with a spread of a few steps of f32", pairs((draw) => -2e7 + 20 * draw(), 20), 1],
  ["one far from the others, first", pairs((draw, row) => (row === 0 ? 1e5 : draw()), 1e4), 1],
  ["one far from the others, last", pairs((draw, row) => (row + 1 === rows ? 1e5 : draw()), 1e4), 1],
  ["squares beyond f32", pairs((draw) => 4e18 * draw(), 2e18), 1e18],
  ["squares far beyond f32", pairs((draw) => 3e38 * draw(), 4e37), 1e38],
  ["squares that vanish", pairs((draw) => 1e-22 * draw(), 5e-23), 1e-22],
  ["squares that vanish altogether", pairs((draw) => 1e-36 * draw(), 5e-37), 1e-36],
  ["growing through the range", pairs((draw, row) => draw() * 10 ** (row / 3 - 32), 1e34), 1e34],
  ["shrinking through the range", pairs((draw, row) => draw() * 10 ** (34 - row / 3), 1e34), 1e34],
];

describe.each(["typescript", "wasm"] as const)("on %s", (backend) => {
  const network = networkOf(backend);

  test.each(cases)("%s", async (_, data, shrink) => {
    const expected = reference(data, shrink);
    for (const batch of [rows, 32, 1]) {
      const found = metricsOf(await network, data, batch);
      for (const [name, value] of Object.entries(expected)) {
        const distance = Math.abs(Number(found[name]) - value) / Math.max(Math.abs(value), name === "r2" ? 1 : 0);
        expect([batch, name, distance < 1e-5 ? "right" : [found[name], value]]).toEqual([batch, name, "right"]);
      }
    }
  });

  test("of numbers whose difference is beyond f32 and their root mean square is not", async () => {
    const [far, near] = [Math.fround(2 ** 127), Math.fround(2 ** 120)];
    const data = { x: Float32Array.of(-far, near, near, near), target: Float32Array.of(far, near, near, near) };
    for (const batch of [4, 1])
      expect(metricsOf(await network, data, batch)).toEqual({
        r2: expect.closeTo(1 - 4 / (0.75 * (1 - 2 ** -7) ** 2), 5),
        rmse: 2 ** 127,
        mean_absolute_error: 2 ** 126,
      });
  });

  test("r2 of targets that are alike is 1 or 0 though no mean of theirs is a number of f32", async () => {
    const target = new Float32Array(rows).fill(0.1);
    for (const batch of [rows, 32, 1]) {
      expect(metricsOf(await network, { x: target, target }, batch)["r2"]).toBe(1);
      expect(metricsOf(await network, { x: target.map((value) => value + 1), target }, batch)["r2"]).toBe(0);
    }
  });

  test("r2 of errors beyond all measure is -Infinity, and rmse what they are", async () => {
    const data = pairs((draw) => draw(), 1e30);
    expect(metricsOf(await network, data, 32)["r2"]).toBe(-Infinity);
    expect(Number(metricsOf(await network, data, 32)["rmse"]) / reference(data, 1e30).rmse).toBeCloseTo(1, 6);
  });

  test.each([
    ["a target that is NaN", [1, 2, 3], [1, NaN, 3], NaN, NaN],
    ["an output that is NaN", [1, NaN, 3], [1, 2, 3], NaN, NaN],
    ["an output that is NaN where all targets are alike", [1, NaN, 1], [1, 1, 1], NaN, NaN],
    ["a target that is infinite", [1, 2, 3], [1, Infinity, 3], NaN, Infinity],
    ["an output that is infinite", [1, Infinity, 3], [1, 2, 3], -Infinity, Infinity],
  ])("%s leaves no plausible number", async (_, x, target, r2, rmse) => {
    const data = { x: Float32Array.from(x), target: Float32Array.from(target) };
    for (const batch of [3, 1]) expect(metricsOf(await network, data, batch)).toMatchObject({ r2, rmse });
  });

  test("r2 measures each column in its own scale", async () => {
    const columns = [pairs((draw) => 1e30 * draw(), 1e30), pairs((draw) => 1e-30 * draw(), 1e-30)];
    const joined = (part: keyof Pairs): Float32Array =>
      Float32Array.from({ length: 2 * rows }, (_, at) => columns[at % 2]?.[part][at >> 1] ?? NaN);
    const found = metricsOf(await networkOf(backend, 2), { x: joined("x"), target: joined("target") }, 32, 2);
    const [large, small] = [reference(columns[0], 1e30).r2, reference(columns[1], 1e-30).r2];
    expect(found["r2"]).toBeCloseTo((large + small) / 2, 5);
  });
});
