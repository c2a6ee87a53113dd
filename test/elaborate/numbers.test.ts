/** Numbers on their way from the text, where they are exact, to 32 bits. What does not fit is an error at its place. */
import { describe, expect, test } from "vitest";
import { evaluateGraph } from "../../compiler/graph/evaluate.ts";
import type { ElementType } from "../../compiler/loops/types.ts";
import { elaborated, show } from "./helpers.ts";

/** That a constant is not used by every expression is no matter here. */
function diagnosticsOf(source: string, options?: Parameters<typeof elaborated>[1]) {
  const result = elaborated(source, options);
  return { ...result, diagnostics: result.diagnostics.filter(({ code }) => code !== "NN0215") };
}

function told(source: string, settings: Readonly<Record<string, number>> = {}): readonly string[] {
  const options = { allowOpen: true, settings: new Map(Object.entries(settings)) };
  return show(diagnosticsOf(source, options).diagnostics, source);
}

/** What `model M(x: [N]) -> [N] = expression` gives. */
function valuesOf(expression: string, dtype: ElementType, x: readonly number[], constants = ""): readonly number[] {
  const type = dtype === "f32" ? "[N]" : `${dtype}[N]`;
  const source = `${constants}\nmodel M(x: ${type}) -> ${type} = ${expression}`;
  const { elaboration, diagnostics } = diagnosticsOf(source);
  expect(show(diagnostics, source)).toEqual([]);
  const graph = elaboration?.entries.find(({ name }) => name === "predict.M")?.graph;
  if (graph === undefined) throw new Error("M is not there");
  const elements = dtype === "f32" ? Float32Array.from(x) : Int32Array.from(x);
  const inputs = new Map([["M.x", { shape: [x.length], data: elements }]]);
  const found = evaluateGraph(graph, { inputs, dims: new Map([["N", x.length]]), precision: "f32" });
  return Array.from(found.get("predict.M.output")?.data ?? []);
}

const i32 = "expected a number that an i32 holds, from -2147483648 to 2147483647, found";
const large = "expected a number that an f32 holds, of at most 3.4028234e38 in magnitude, found";
const small = "expected a number that an f32 holds, of at least 1.4e-45 in magnitude, or 0, found";

describe("a whole number beyond 32 bits is an error where it meets an i32", () => {
  test.each([
    ["x + 3000000000", "3000000000"],
    ["x + 2147483648", "2147483648"],
    ["x - 2147483648", "2147483648"],
    ["x * -2147483649", "-2147483649"],
    ["3e9 - x", "3e9"],
    ["where(x > 2147483648, x, 0)", "2147483648"],
    ["where(x > 0, x, 2147483648)", "2147483648"],
    ["maximum(x, 2147483648)", "2147483648"],
    ["minimum(3e9, x)", "3e9"],
    ["pad(x, [[0, 0]], 2147483648)", "2147483648"],
    ["i32(take(x, 2147483648)) + x", "2147483648"],
    ["x + 2147483647 * 2", "2147483647 * 2"],
    ["x + i32(3e9) + (i32(3e9) + 1)", "(i32(3e9) + 1)"],
    ["x + i32(sum(one_hot(2147483648, 3)))", "2147483648"],
    ["x + k", "k"],
  ])("%s", (expression, place) => {
    const [message, where, ...others] = told(`const k = 2 ** 40\nmodel M(x: i32[N]) -> i32[N] = ${expression}`);
    expect(message).toContain(`error NN0336: ${i32} `);
    expect(where).toBe(`  «${place}» this is no i32`);
    expect(others.filter((line) => !line.startsWith("  "))).toEqual([]);
  });

  test.each([
    ["x + 2147483647", [0, -1], [2147483647, 2147483646]],
    ["x - -2147483648", [-1, -2147483648], [2147483647, 0]],
    ["x + -2147483648", [0, 5], [-2147483648, -2147483643]],
    ["maximum(x, -2147483648)", [-3, 4], [-3, 4]],
    ["where(x == 2147483647, x, 0)", [2147483647, 3], [2147483647, 0]],
    ["x + k", [0, 1], [2147483647, -2147483648]],
  ] as const)("%s of %j is %j", (expression, x, expected) => {
    expect(valuesOf(expression, "i32", x, "const k = 2 ** 31 - 1")).toEqual(expected);
  });

  test.each([
    ["i32(3e9)", 2147483647],
    ["i32(1e20)", 2147483647],
    ["i32(-1e20)", -2147483648],
    ["i32(2147483647.9)", 2147483647],
    ["i32(-2.9)", -2],
  ] as const)("the conversion %s is %i, as that of a tensor", (expression, expected) => {
    expect(valuesOf(`x + ${expression}`, "i32", [0])).toEqual([expected]);
  });

  test("a size that is used as a number counts at its largest value", () => {
    const source = "model M(x: [N]) -> [N] = x / (N * N * N)";
    const found = (bound: number) =>
      show(elaborated(source, { bounds: new Map([["N", bound]]) }).diagnostics, source).slice(0, 1);
    expect(found(1290)).toEqual([]);
    expect(found(1291)).toEqual([`error NN0336: ${i32} N*N*N, which can be 2151685171`]);
  });
});

// The values are those of Python's math, rounded to float32.
test.each([
  ["exp(1)", 2.7182817459106445],
  ["expm1(1e-3)", 0.0010005001677200198],
  ["log(2)", 0.6931471824645996],
  ["log1p(0.5)", 0.40546509623527527],
  ["sqrt(2)", 1.4142135381698608],
  ["abs(-1.5)", 1.5],
  ["sign(-3)", -1],
  ["floor(-1.5)", -2],
  ["sin(1)", 0.8414709568023682],
  ["cos(1)", 0.5403022766113281],
  ["tanh(0.5)", 0.46211716532707214],
  ["erf(0.5)", 0.5204998850822449],
  ["erfc(2)", 0.004677734803408384],
])("the constant %s is a known number, %d", (expression, expected) => {
  // A size must be known.
  const size = "sum(broadcast(0, [floor(k * 10) + 40]))";
  expect(valuesOf(`x * k + ${size}`, "f32", [1], `const k = ${expression}`)).toEqual([expected]);
});

describe("a number beyond f32, or one that becomes 0, is an error at its place", () => {
  test.each([
    ["x * 1e39", "1e39", large],
    ["x + 3.5e38", "3.5e38", large],
    ["x - -1e39", "-1e39", large],
    ["x + 1e-50", "1e-50", small],
    ["x / 1e-46", "1e-46", small],
    ["x ** 1e39", "1e39", large],
    ["where(x > 1e39, 1, 0)", "1e39", large],
    ["where(x > 0, x, 1e-50)", "1e-50", small],
    ["maximum(x, 1e-50)", "1e-50", small],
    ["x * (1e30 * 1e30)", "(1e30 * 1e30)", large],
    ["x * tiny", "tiny", small],
    ["x * 2 ** 2000", "2 ** 2000", large],
    ["x * 2 ** -2000", "2 ** -2000", small],
    ["pad(x, [[0, 0]], 1e39)", "1e39", large],
    ["x |> dropout(1e-50)", "1e-50", small],
    ["x |> leaky_relu(slope: 1e39)", "slope: 1e39", large],
    ["x + normal([N], std: 1e39)", "std: 1e39", large],
  ])("%s", (expression, place, message) => {
    const lines = told(`const tiny = 1e-30 * 1e-30\nmodel M(x: [N]) -> [N] = ${expression}`);
    expect(lines[0]).toContain(`error NN0336: ${message} `);
    expect(lines[1]).toBe(`  «${place}» this is no f32`);
  });

  test("what a double does not hold either is shown by its digits", () => {
    expect(told("model M(x: [N]) -> [N] = x * 2 ** 2000")[0]).toBe(`error NN0336: ${large} 1.148e+602`);
    expect(told("model M(x: [N]) -> [N] = x * -(2 ** -2000)")[0]).toBe(`error NN0336: ${small} -8.709e-603`);
  });

  test.each([
    ["where(x > 9007199254740993, 1, 0)", [9007199254740992, 9007200328482816], [0, 1]],
    ["where(x == 9007199254740992, 1, 0)", [9007199254740992, 1], [1, 0]],
    ["maximum(x, 2 ** 60)", [1, 2 ** 61], [2 ** 60, 2 ** 61]],
    ["minimum(1e30, x)", [1e38, 3], [Math.fround(1e30), 3]],
    ["x * 3.4028235e38", [1, -1], [3.4028234663852886e38, -3.4028234663852886e38]],
    ["x + 1e-45", [0, 0], [2 ** -149, 2 ** -149]],
    ["x * (1e-300 * 1e300)", [2, 3], [2, 3]],
    ["x |> leaky_relu(slope: 1e30)", [-1, 1], [-Math.fround(1e30), 1]],
  ] as const)("%s of %j is %j", (expression, x, expected) => {
    expect(valuesOf(expression, "f32", x)).toEqual(expected);
  });

  const trained = (text: string) => `model M(x: [N, 3]) -> [N, 3] = x |> dense(3)\ntrain M { ${text} }`;

  test.each([
    ["data: given  loss: mse  optimizer: adam(lr: 1, eps: 1e-50)", "eps: 1e-50", small],
    ["data: given  loss: mse  optimizer: sgd(lr: 1)  regularize: l2(1e-50)", "1e-50", small],
    ["data: given  loss: mse  optimizer: sgd(lr: 1)  schedule: exponential(rate: 1e-50)", "rate: 1e-50", small],
  ])("train { %s }", (text, place, message) => {
    const lines = told(trained(text));
    expect(lines[0]).toContain(`error NN0336: ${message} `);
    expect(lines[1]).toBe(`  «${place}» this is no f32`);
  });

  test.each([
    ["data: given  loss: mse  optimizer: sgd(lr: 1e-50)", "1e-50"],
    ["data: given  loss: mse  optimizer: sgd(lr: 1e39)", "1e39"],
    ["data: given  loss: mse  optimizer: sgd(lr: 1)  clip_norm: 1e-50", "1e-50"],
    ["data: given  loss: mse  optimizer: sgd(lr: 1)  clip_norm: 1e39", "1e39"],
    ["data: given  loss: mse  optimizer: sgd(lr: 1)  average: 1e-50", "1e-50"],
  ])("train { %s }: a key with a range of its own", (text, place) => {
    const lines = told(trained(text));
    expect(lines[0]).toMatch(/^error NN0505: /);
    expect(lines[1]).toBe(`  «${place}» this`);
  });

  test("a setting of the caller's, at the optimizer that it is for", () => {
    const source = trained("data: given  loss: mse  optimizer: sgd(lr: 1)");
    const [message, place] = told(source, { lr: 1e-50 });
    expect(message).toMatch(/^error NN0505: `lr` must be a number of at least 0.*, found the number 1e-50$/);
    expect(place).toBe("  «sgd(lr: 1)» this");
    expect(told(source, { lr: 1e-30 })).toEqual([]);
  });

  test.each([
    ["param b: [3] = 1e39", "1e39", large],
    ["param b: [3] = normal(std: 1e-50)", "std: 1e-50", small],
  ])("%s", (declaration, place, message) => {
    const source = `model M(x: [N, 3]) -> [N, 3] {\n  ${declaration}\n  return x + b\n}`;
    const lines = told(source);
    expect(lines[0]).toContain(`error NN0336: ${message} `);
    expect(lines[1]).toBe(`  «${place}» this is no f32`);
  });
});

describe("settings", () => {
  test.each([
    ["dense(2147483648)", "2147483648"],
    ["dense(units: 2 ** 40)", "units: 2 ** 40"],
    ["repeated([3, 3e9])", "[3, 3e9]"],
  ])("an int has 32 bits: %s", (call, place) => {
    const lines = told(
      `block repeated(x: [N, C], sizes: [int]) -> [N, C] = x * length(sizes)\nmodel M(x: [N, 3]) -> [N, _] = x |> ${call}`,
    );
    expect(lines[0]).toContain(`error NN0336: ${i32} `);
    expect(lines[1]).toBe(`  «${place}» this is no i32`);
  });

  test("a float may be whole and larger", () => {
    expect(told("block f(x: [N], by: int | float) -> [N] = x * by\nmodel M(x: [N]) -> [N] = f(x, 3000000000)")).toEqual(
      [],
    );
  });
});

describe("exact numbers stay short", () => {
  test.each([
    "1e-300 ** 1000",
    "2 ** 10000000",
    "(1/3) ** 100000",
    "2 ** 2 ** 2 ** 2 ** 2 ** 2",
    `1${" * 1e300".repeat(60)}`,
    `1${" / 1e300".repeat(60)}`,
  ])("%s", (expression) => {
    expect(told(`const k = ${expression}\nmodel M(x: [N]) -> [N] = x`)[0]).toMatch(/^error NN0322: /);
  });

  test("powers of 1 and -1 know whether a large exponent is odd", () => {
    expect(valuesOf("x * (-1) ** (2 ** 60 + 1) * 1 ** (2 ** 60)", "f32", [3])).toEqual([-3]);
    expect(valuesOf("x * (-1) ** (2 ** 60)", "f32", [3])).toEqual([3]);
  });
});
