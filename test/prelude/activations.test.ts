/**
 * Activations and their slopes far from 0: all digits of their tails, limits at infinities, and NaN of NaN. The values are
 * those of the definitions to 40 digits.
 */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { load } from "../../runtime/load/index.ts";

/** The host refuses inputs that are not finite: these two stand for ±∞ and NaN. */
const [infinite, none] = [1048576, 524288];
const special = `block special(x: [..]) -> [..] {
  let far = x * 1e38
  return where(x == ${none}, far - far, where(abs(x) == ${infinite}, far, x))
}
`;

function encoded(value: number): number {
  if (Number.isNaN(value)) return none;
  return Number.isFinite(value) ? value : Math.sign(value) * infinite;
}

/** What each model answers for the rows of its one input. */
async function answers(
  target: "typescript" | "wasm",
  source: string,
  data: readonly number[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const result = compile({ name: "activations.nn", source: special + source }, { target, bounds: { N: 32 } });
  if (!result.ok) throw new Error(result.diagnostics[0].message);
  const network = await load(result.artifact);
  const models = result.artifact.manifest.host.models.map(({ name }) => name);
  const x = Float32Array.from(data, encoded);
  return new Map(models.map((model) => [model, Array.from(network.predictSync(model, { x })[0].data)]));
}

const points = [-Infinity, -100, -20, -12, -6, -5.5, -1, 0, 0.5, 6, 20, 100, Infinity];

const table: readonly (readonly [string, readonly number[], readonly number[]])[] = [
  [
    "gelu",
    [0, 0, 0, -2.131779e-32, -5.919526e-9, -1.044426e-7, -0.1586553, 0, 0.3457312, 6, 20, 100, Infinity],
    [0, 0, 0, -2.557896e-31, -3.546871e-8, -5.733472e-7, -0.08331547, 0.5, 0.8674951, 1, 1, 1, 1],
  ],
  [
    "silu",
    [0, 0, -4.122307e-8, -7.37301e-5, -0.01483574, -0.02238576, -0.2689414, 0, 0.3112297, 5.985164, 20, 100, Infinity],
    [0, 0, -3.916192e-8, -6.758547e-5, -0.01232643, -0.01822451, 0.07232949, 0.5, 0.7399612, 1.012326, 1, 1, 1],
  ],
  [
    "sigmoid",
    [0, 0, 2.061154e-9, 6.144175e-6, 0.002472623, 0.004070138, 0.2689414, 0.5, 0.6224593, 0.9975274, 1, 1, 1],
    [
      0, 0, 2.061154e-9, 6.144137e-6, 0.002466509, 0.004053572, 0.1966119, 0.25, 0.2350037, 0.002466509, 2.061154e-9, 0,
      0,
    ],
  ],
  [
    "softplus",
    [
      0,
      0,
      2.061154e-9,
      6.144193e-6,
      0.002475685,
      0.004078443,
      0.3132617,
      Math.LN2,
      0.974077,
      6.002476,
      20,
      100,
      Infinity,
    ],
    [0, 0, 2.061154e-9, 6.144175e-6, 0.002472623, 0.004070138, 0.2689414, 0.5, 0.6224593, 0.9975274, 1, 1, 1],
  ],
  [
    "elu",
    [-1, -1, -1, -0.9999939, -0.9975212, -0.9959132, -0.6321206, 0, 0.5, 6, 20, 100, Infinity],
    [0, 0, 2.061154e-9, 6.144212e-6, 0.002478752, 0.004086771, 0.3678794, 1, 1, 1, 1, 1, 1],
  ],
  ["relu", [0, 0, 0, 0, 0, 0, 0, 0, 0.5, 6, 20, 100, Infinity], [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1]],
  [
    "leaky_relu",
    [-Infinity, -1, -0.2, -0.12, -0.06, -0.055, -0.01, 0, 0.5, 6, 20, 100, Infinity],
    [0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 1, 1, 1, 1, 1],
  ],
];

const limits: typeof table = [["tanh", [-1, 0, 1], [0, 1, 0]]];

/** Within 10⁻⁵ of itself where it is normal. */
function isNear(found: number, expected: number): boolean {
  return Object.is(found + 0, expected) || Math.abs(found - expected) <= 1e-5 * Math.abs(expected) + 1e-37;
}

function source(names: readonly string[]): string {
  return names
    .map(
      (name, n) => `model Value${n}(x: [N]) -> [N] = ${name}(special(x))
model Slope${n}(x: [N]) -> [N] {
  let y = special(x)
  return grad(sum(${name}(y)), wrt: y)
}`,
    )
    .join("\n");
}

function apart(of: typeof table, at: readonly number[], found: Awaited<ReturnType<typeof answers>>): readonly string[] {
  return of.flatMap(([name, values, slopes], n) =>
    [values, slopes].flatMap((expected, kind) => {
      const [model, what] = kind === 0 ? [`Value${n}`, name] : [`Slope${n}`, `the slope of ${name}`];
      const data = found.get(model) ?? [];
      return expected.flatMap((value, i) =>
        isNear(data[i], value) ? [] : [`${what} at ${at[i]} is ${data[i]}, not ${value}`],
      );
    }),
  );
}

describe.each(["typescript", "wasm"] as const)("on %s", (target) => {
  test("activations have their tails and limits, and so have their slopes", async () => {
    const found = await answers(target, source(table.map(([name]) => name)), points);
    expect(apart(table, points, found)).toEqual([]);
    const ends = [-Infinity, 0, Infinity];
    expect(apart(limits, ends, await answers(target, source(["tanh"]), ends))).toEqual([]);
  });

  test("activations are NaN of NaN", async () => {
    const names = [...table, ...limits].map(([name]) => name);
    const models = names.map((name, n) => `model M${n}(x: [N]) -> [N] = ${name}(special(x))`).join("\n");
    const found = await answers(target, models, [1, NaN, 2, 3, NaN]);
    expect([...found.values()].map((data) => data.map(Number.isNaN))).toEqual(
      names.map(() => [false, true, false, false, true]),
    );
  });

  test("softmax and its logarithm take −∞ and the largest numbers", async () => {
    const rows = [0, -Infinity, 3e38, -3e38, 0, 0, 100, -100];
    const pairs = `model Softmax(x: [N, 2]) -> [N, 2] = softmax(special(x))
model Logarithm(x: [N, 2]) -> [N, 2] = log_softmax(special(x))
model Slope(x: [N, 2]) -> [N, 2] {
  let y = special(x)
  return grad(sum(log_softmax(y)[:, 0]), wrt: y)
}`;
    const found = await answers(target, pairs, rows);
    expect(found.get("Softmax")?.map((value) => Math.fround(value))).toEqual([1, 0, 1, 0, 0.5, 0.5, 1, 0]);
    expect(found.get("Logarithm")?.map((value) => value + 0)).toEqual([
      0,
      -Infinity,
      0,
      -Infinity,
      Math.fround(-Math.LN2),
      Math.fround(-Math.LN2),
      0,
      -200,
    ]);
    expect(found.get("Slope")?.map((value) => value + 0)).toEqual([0, 0, 0, 0, 0.5, -0.5, 0, 0]);
  });
});
