/** The polynomials: their error in units in the last place over all exponents, special values, known answers. */
import { describe, expect, test } from "vitest";
import { bitsOf, fromBits } from "../../compiler/loops/arithmetic.ts";
import { erf64 } from "../../compiler/loops/erf64.ts";
import { evaluateFunction } from "../../compiler/loops/evaluate-function.ts";
import * as library from "../../compiler/loops/functions.ts";
import { nodesOf } from "../../compiler/loops/scalar.ts";

const { cos, erf, exp, expm1, functions, log, log1p, mod, pow, sign, sin, tanh, threefry0, threefry1 } = library;

/** 400 floats of each binade, its ends among them. */
function* floats(): Generator<number> {
  for (let exponent = 0; exponent < 255; exponent += 1) {
    for (let mantissa = 0; mantissa < 2 ** 23; mantissa += 42_001) {
      const bits = exponent * 2 ** 23 + mantissa;
      yield fromBits(bits);
      yield fromBits(bits + 42_000 < (exponent + 1) * 2 ** 23 ? bits + 20_501 : (exponent + 1) * 2 ** 23 - 1);
    }
  }
}

/** More points where a function bends. */
function* dense(from: number, to: number): Generator<number> {
  const count = 60_000;
  for (let i = 0; i <= count; i += 1) yield Math.fround(from + ((to - from) * i) / count);
}

/** The distance between neighbouring float32 at x. */
function spacing(x: number): number {
  const magnitude = Math.max(Math.abs(Math.fround(x)), 2 ** -126);
  return 2 ** (Math.min(127, Math.floor(Math.log2(magnitude))) - 23);
}

function ulps(found: number, exact: number): number {
  const rounded = Math.fround(exact);
  if (Object.is(found, rounded) || (Number.isNaN(found) && Number.isNaN(rounded))) return 0;
  if (!Number.isFinite(found) || !Number.isFinite(rounded)) {
    // Half an ulp beyond the greatest float is where infinity begins.
    return Math.abs(exact) > 3.4028234e38 && (found === rounded || Math.abs(found) > 3.4028232e38) ? 0 : Infinity;
  }
  return Math.abs(found - exact) / spacing(exact);
}

interface Worst {
  ulps: number;
  x: number;
}

function worst(found: (x: number) => number, exact: (x: number) => number, points: Iterable<number>): Worst {
  let most: Worst = { ulps: 0, x: 0 };
  for (const x of points) {
    const error = ulps(found(x), exact(x));
    if (!(error <= most.ulps)) most = { ulps: error, x };
  }
  return most;
}

const real = [
  { definition: exp, exact: Math.exp, bound: 2, range: [-104, 89] },
  { definition: expm1, exact: Math.expm1, bound: 2, range: [-18, 4] },
  { definition: log, exact: Math.log, bound: 2, range: [0, 4] },
  { definition: log1p, exact: Math.log1p, bound: 2, range: [-1, 4] },
  { definition: tanh, exact: Math.tanh, bound: 4, range: [-10, 10] },
  { definition: erf, exact: erf64, bound: 4, range: [-4.5, 4.5] },
] as const;

describe.each(real)("$definition.name", ({ definition, exact, bound, range }) => {
  const f = evaluateFunction(definition);

  test(`errs by at most ${bound} ulp`, () => {
    const all = worst(
      f,
      exact,
      [...floats()].flatMap((x) => [x, -x]),
    );
    const bend = worst(f, exact, dense(range[0], range[1]));
    expect(all.ulps, `at ${all.x}`).toBeLessThanOrEqual(bound);
    expect(bend.ulps, `at ${bend.x}`).toBeLessThanOrEqual(bound);
  });

  test.each([
    0,
    -0,
    Infinity,
    -Infinity,
    NaN,
    2 ** -149,
    -(2 ** -149),
    2 ** -126,
    3.4028234663852886e38,
    -3.4028234663852886e38,
    -1,
    1,
  ])("at %d", (x) => {
    expect(ulps(f(x), exact(x))).toBeLessThanOrEqual(bound);
    expect(Object.is(f(x), -0)).toBe(Object.is(exact(x), -0));
  });
});

describe.each([
  { definition: sin, exact: Math.sin },
  { definition: cos, exact: Math.cos },
])("$definition.name", ({ definition, exact }) => {
  const f = evaluateFunction(definition);

  test("errs by at most 2⁻²² up to 8192", () => {
    let most = 0;
    const points = [...floats(), ...dense(-8192, 8192), ...dense(-7, 7)].filter((x) => Math.abs(x) <= 8192);
    for (const x of points.flatMap((value) => [value, -value])) most = Math.max(most, Math.abs(f(x) - exact(x)));
    expect(most).toBeLessThanOrEqual(2 ** -22);
  });

  test("stays in [−1, 1] beyond, and is NaN for what is not finite", () => {
    expect([...floats()].every((x) => Math.abs(f(x)) <= 1)).toBe(true);
    expect([f(Infinity), f(-Infinity), f(NaN)]).toEqual([NaN, NaN, NaN]);
    expect(Object.is(f(-0), exact(-0))).toBe(true);
  });
});

describe("pow", () => {
  const f = evaluateFunction(pow);

  test.each([
    [0, 0, 1],
    [NaN, 0, 1],
    [-3, 0, 1],
    [Infinity, 0, 1],
    [0, 2, 0],
    [0, -2, Infinity],
    [-2, 3, NaN],
    [1, 5, 1],
    [Infinity, -1, 0],
    [NaN, 2, NaN],
    [2, NaN, NaN],
    [2, 10, 1024],
  ])("%d ** %d = %d", (a, b, expected) => {
    const found = f(a, b);
    expect(Object.is(found, expected) || Math.abs(found - expected) <= 1e-6 * Math.abs(expected)).toBe(true);
  });

  test("errs as the rounding of b·log a makes it", () => {
    let most = 0;
    for (const a of dense(0.01, 20)) {
      for (const b of [-2.5, 0.69921875, 3.125]) {
        const relative = Math.abs(f(a, b) / a ** b - 1);
        most = Math.max(most, relative / (1 + Math.abs(b * Math.log(a))));
      }
    }
    expect(most).toBeLessThanOrEqual(2 ** -22);
  });
});

test("sign and mod", () => {
  const s = evaluateFunction(sign);
  expect([3, -0.5, Infinity, 0, -0, NaN].map((x) => s(x))).toEqual([1, -1, 1, 0, -0, NaN]);
  const m = evaluateFunction(mod);
  expect([m(7, 3), m(-7, 3), m(7, -3), m(5.5, 2)]).toEqual([1, 2, -2, 1.5]);
});

test.each([
  { key: [0, 0], counter: [0, 0], words: ["6b200159", "99ba4efe"] },
  { key: [0xffffffff, 0xffffffff], counter: [0xffffffff, 0xffffffff], words: ["1cb996fc", "bb002be7"] },
  { key: [0x13198a2e, 0x03707344], counter: [0x243f6a88, 0x85a308d3], words: ["c4923a9c", "483df7a0"] },
])("Threefry's known answer $words", ({ key, counter, words }) => {
  const operands = [...key, ...counter].map((value) => value | 0);
  const found = [threefry0, threefry1].map((word) => (evaluateFunction(word)(...operands) >>> 0).toString(16));
  expect(found).toEqual(words);
});

test("every function is made of operators that all targets have exactly", () => {
  const operators = functions.flatMap(({ lets, result }) =>
    [...lets.map(({ value }) => value), result].flatMap(nodesOf),
  );
  const used = new Set(operators.map((node) => ("operator" in node ? node.operator : node.kind)));
  const exactOnes = [
    "neg",
    "abs",
    "floor",
    "sqrt",
    "bits",
    "unbits",
    "add",
    "sub",
    "mul",
    "div",
    "maximum",
    "minimum",
    "and",
    "or",
    "xor",
    "shiftLeft",
    "shiftRight",
    "shiftRightUnsigned",
    "equal",
    "less",
    "greater",
    "select",
    "cast",
    "local",
    "constant",
  ];
  expect([...used].filter((name) => !exactOnes.includes(name))).toEqual([]);
});

test("bits and back", () => {
  for (const x of [1, -0, 1e-45, Infinity]) expect(Object.is(fromBits(bitsOf(x)), Math.fround(x))).toBe(true);
});
