/** The polynomials: their error in units in the last place over all exponents, special values, known answers. */
import { describe, expect, test } from "vitest";
import { bitsOf, fromBits } from "../../compiler/loops/arithmetic.ts";
import { erf64, erfc64 } from "../../compiler/loops/erf64.ts";
import { evaluateFunction } from "../../compiler/loops/evaluate-function.ts";
import { functions, mod, pow, randomWords, unaryFunctions } from "../../compiler/loops/functions.ts";
import { nodesOf } from "../../compiler/loops/scalar.ts";

const { cos, erf, erfc, exp, expm1, log, log1p, sign, sin, tanh } = unaryFunctions;

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
  { of: exp, exact: Math.exp, bound: 2, range: [-104, 89] },
  { of: expm1, exact: Math.expm1, bound: 2, range: [-18, 4] },
  { of: log, exact: Math.log, bound: 2, range: [0, 4] },
  { of: log1p, exact: Math.log1p, bound: 2, range: [-1, 4] },
  { of: tanh, exact: Math.tanh, bound: 4, range: [-10, 10] },
  { of: erf, exact: erf64, bound: 4, range: [-4.5, 4.5] },
] as const;

describe.each(real)("$of.definition.name", ({ of, exact, bound, range }) => {
  const f = evaluateFunction(of.definition);

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
  { of: sin, exact: Math.sin },
  { of: cos, exact: Math.cos },
])("$of.definition.name", ({ of, exact }) => {
  const f = evaluateFunction(of.definition);

  test("errs by at most 2⁻²² up to 8192", () => {
    let most = 0;
    const points = [...floats(), ...dense(-8192, 8192), ...dense(-7, 7)].filter((x) => Math.abs(x) <= 8192);
    for (const x of points.flatMap((value) => [value, -value])) most = Math.max(most, Math.abs(f(x) - exact(x)));
    expect(most).toBeLessThanOrEqual(2 ** -22);
  });

  test.each([
    [8192, 2 ** 17, 2 ** -18],
    [2 ** 17, 2 ** 19, 1 / 60],
    [2 ** 19, 2 ** 21, 1 / 15],
    [2 ** 21, 2 ** 23, 1 / 4],
  ])("errs by at most as much as is said from %d to %d: %d", (from, to, bound) => {
    let most = 0;
    for (const x of dense(from, to - 1)) most = Math.max(most, Math.abs(f(x) - exact(x)), Math.abs(f(-x) - exact(-x)));
    expect(most).toBeLessThanOrEqual(bound);
  });

  test("stays in [−1, 1] beyond, and is NaN for what is not finite", () => {
    expect([...floats()].every((x) => Math.abs(f(x)) <= 1)).toBe(true);
    expect([f(Infinity), f(-Infinity), f(NaN)]).toEqual([NaN, NaN, NaN]);
    expect(Object.is(f(-0), exact(-0))).toBe(true);
  });
});

describe("erfc", () => {
  const f = evaluateFunction(erfc.definition);

  test("errs by at most 8 + x² ulp where it is normal, and by 8 below 0", () => {
    const wrong = [...dense(-4, 1), ...dense(1, 9.2)].filter((x) => {
      const exact = erfc64(x);
      const error = Math.abs(f(x) - exact) / spacing(exact);
      return exact >= 2 ** -126 && !(error <= 8 + Math.max(0, x) ** 2);
    });
    expect(wrong).toEqual([]);
  });

  test.each([
    [0, 1],
    [-0, 1],
    [9.35, 0],
    [11, 0],
    [-11, 2],
    [3.4028234663852886e38, 0],
    [-3.4028234663852886e38, 2],
    [Infinity, 0],
    [-Infinity, 2],
    [NaN, NaN],
  ])("at %d it is %d", (x, expected) => {
    expect(f(x)).toBe(expected);
  });
});

test("erfc ends where its exponential does, among subnormal numbers", () => {
  const last = evaluateFunction(erfc.definition)(9.34);
  expect([last > 0, last < 2 ** -126]).toEqual([true, true]);
});

describe("pow", () => {
  const f = evaluateFunction(pow.definition);

  // NumPy 1.24's powers of float32.
  const exponents = [0, -0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 16777215, -16777216, Infinity, -Infinity, NaN];
  test.each([
    [0, [1, 1, 0, Infinity, 0, Infinity, 0, Infinity, 0, Infinity, 0, Infinity, 0, Infinity, NaN]],
    [-0, [1, 1, -0, -Infinity, 0, Infinity, -0, -Infinity, 0, Infinity, -0, Infinity, 0, Infinity, NaN]],
    [1, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
    [-1, [1, 1, -1, -1, 1, 1, -1, -1, NaN, NaN, -1, 1, 1, 1, NaN]],
    [2, [1, 1, 2, 0.5, 4, 0.25, 8, 0.125, 1.4142135381698608, 0.7071067690849304, Infinity, 0, Infinity, 0, NaN]],
    [-2, [1, 1, -2, -0.5, 4, 0.25, -8, -0.125, NaN, NaN, -Infinity, 0, Infinity, 0, NaN]],
    [0.5, [1, 1, 0.5, 2, 0.25, 4, 0.125, 8, 0.7071067690849304, 1.4142135381698608, 0, Infinity, 0, Infinity, NaN]],
    [-0.5, [1, 1, -0.5, -2, 0.25, 4, -0.125, -8, NaN, NaN, -0, Infinity, 0, Infinity, NaN]],
    [Infinity, [1, 1, Infinity, 0, Infinity, 0, Infinity, 0, Infinity, 0, Infinity, 0, Infinity, 0, NaN]],
    [-Infinity, [1, 1, -Infinity, -0, Infinity, 0, -Infinity, -0, Infinity, 0, -Infinity, 0, Infinity, 0, NaN]],
    [NaN, [1, 1, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN]],
  ])("%d to the exponents of the table is %j", (a, expected) => {
    const found = exponents.map((b) => f(a, b));
    for (const [at, value] of expected.entries()) {
      const same = Object.is(found[at], value) || Math.abs(found[at] - value) <= 1e-6 * Math.abs(value);
      expect(same, `${a} ** ${exponents[at]} is ${found[at]}`).toBe(true);
      expect(Object.is(found[at], -0)).toBe(Object.is(value, -0));
    }
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

test("sign", () => {
  const s = evaluateFunction(sign.definition);
  expect([3, -0.5, Infinity, 0, -0, NaN].map((x) => s(x))).toEqual([1, -1, 1, 0, -0, NaN]);
});

describe("mod", () => {
  const f = evaluateFunction(mod.definition);
  const below = (b: number): number => fromBits(bitsOf(b) - 1);

  // NumPy 1.24's np.mod of float32, but where it rounds to the divisor.
  test.each([
    [7, 3, 1],
    [-7, 3, 2],
    [7, -3, -2],
    [-7, -3, -1],
    [5.5, 2, 1.5],
    // The quotient is rounded up to a whole number.
    [721745.6875, 0.5318775773048401, 0.04828161001205444],
    [-721745.6875, 0.5318775773048401, 0.48359596729278564],
    [495803.75, 1.84765625, 1.82421875],
    [2, below(1), 1.1920928955078125e-7],
    [below(1), 1, below(1)],
    // The product of divisor and quotient has more digits than a float32.
    [16777215, 3.000000238418579, 1.6666669845581055],
    [1e6, 0.10000000149011612, 0.08509884029626846],
    // Beyond 2²⁴ the quotient is a step away.
    [100663312, 3, 1],
    // What would be rounded to the divisor stays below it.
    [-1e-20, 1, 0.9999999403953552],
    [1e-20, -1, -0.9999999403953552],
    [-(2 ** -149), 2 ** -126, below(2 ** -126)],
    // Near the ends of the range.
    [3.4028234663852886e38, 1.1342745561277432e38, 1.1342742859710002e38],
    // The product is beyond the range.
    [3.4028234663852886e38, 1.3611294372601394e37, 1.3611281696095392e37],
    [3.4028234663852886e38, -3.4028232635611926e38, -3.4028230607370965e38],
    [3 * 2 ** -149, 2 ** -148, 2 ** -149],
    // Zeros have the sign of the divisor.
    [6, 2, 0],
    [-6, 2, 0],
    [6, -2, -0],
    [0, -1, -0],
    [-0, 1, 0],
    // Infinities and what has no remainder.
    [1, Infinity, 1],
    [-1, Infinity, Infinity],
    [1, -Infinity, -Infinity],
    [-1, -Infinity, -1],
    [Infinity, 1, NaN],
    [-Infinity, Infinity, NaN],
    [1, 0, NaN],
    [0, 0, NaN],
    [NaN, 1, NaN],
    [1, NaN, NaN],
  ])("%d %% %d = %d", (a, b, expected) => {
    expect(f(Math.fround(a), Math.fround(b))).toBe(expected);
  });

  /** Of doubles, `%` is exact. */
  const exact = (a: number, b: number): number => {
    const rest = a % b;
    const floored = Math.fround(rest < 0 === b < 0 ? rest : rest + b);
    if (rest === 0) return b < 0 ? -0 : 0;
    return floored === b ? below(b) : floored;
  };

  /** Pairs of all magnitudes; every other is next to a multiple of its divisor. */
  function* pairs(): Generator<readonly [number, number]> {
    let state = 1;
    const next = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return Math.imul(state ^ (state >>> 16), 0x45d9f3b);
    };
    for (let n = 0; n < 200_000; n += 1) {
      const b = fromBits(next());
      const product = Math.fround(b * (next() >>> (8 + (next() & 15))));
      const a = n % 2 === 0 ? fromBits(bitsOf(product) + (next() % 3)) : fromBits(next());
      if (Number.isFinite(a) && Number.isFinite(b) && b !== 0) yield [next() < 0 ? a : -a, b];
    }
  }

  test("is exact where |a/b| ≤ 2²⁴, and between 0 and the divisor everywhere", () => {
    const isNegative = (value: number): boolean => value < 0 || Object.is(value, -0);
    const all = [...pairs()];
    const outside = all.filter(([a, b]) => {
      const found = f(a, b);
      const inside = Math.abs(found) < Math.abs(b) && isNegative(found) === isNegative(b);
      return !inside || !Object.is(found, Math.fround(found));
    });
    expect(outside).toEqual([]);
    const small = all.filter(([a, b]) => Math.abs(a / b) <= 2 ** 24);
    expect(small.length).toBeGreaterThan(100_000);
    expect(small.filter(([a, b]) => !Object.is(f(a, b), exact(a, b)))).toEqual([]);
  });
});

test.each([
  { key: [0, 0], counter: [0, 0], words: ["6b200159", "99ba4efe"] },
  { key: [0xffffffff, 0xffffffff], counter: [0xffffffff, 0xffffffff], words: ["1cb996fc", "bb002be7"] },
  { key: [0x13198a2e, 0x03707344], counter: [0x243f6a88, 0x85a308d3], words: ["c4923a9c", "483df7a0"] },
])("Threefry's known answer $words", ({ key, counter, words }) => {
  const operands = [...key, ...counter].map((value) => value | 0);
  const found = randomWords.map((word) => (evaluateFunction(word.definition)(...operands) >>> 0).toString(16));
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
