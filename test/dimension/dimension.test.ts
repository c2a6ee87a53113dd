/** The algebra of dimensions: the laws it promises, agreement with numbers, overflow, facts and intervals. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  add,
  constant,
  DimensionOverflow,
  divideExactly,
  equal,
  evaluate,
  floorDivide,
  isConstant,
  maximum,
  minimum,
  multiply,
  negate,
  print,
  printShape,
  product,
  remainder,
  substitute,
  subtract,
  symbol,
  symbolsOf,
} from "../../compiler/dimension/dimension.ts";
import type { Dimension } from "../../compiler/dimension/dimension.ts";
import { assume, divideUnder, equalIfExact, equalUnder, noFacts, simplify } from "../../compiler/dimension/facts.ts";
import { intervalOf, isNonNegative } from "../../compiler/dimension/interval.ts";

const [a, b, m, n] = ["a", "b", "m", "n"].map(symbol);
const c = constant;

/** The least even number from this on. */
const evenFrom = (size: Dimension) => multiply(c(2), floorDivide(add(size, c(1)), c(2)));
/** How many windows of two, side by side, cover it once it is padded, as the prelude computes it. */
const sameHalf = (size: Dimension) => {
  const missing = maximum(subtract(evenFrom(size), size), c(0));
  return add(floorDivide(subtract(add(size, missing), c(2)), c(2)), c(1));
};

describe("laws", () => {
  test.each<[string, () => readonly [Dimension, Dimension]]>([
    ["⌊⌊a/m⌋/n⌋ = ⌊a/(mn)⌋", () => [floorDivide(floorDivide(a, m), n), floorDivide(a, multiply(m, n))]],
    ["⌊(a − m)/m⌋ + 1 = ⌊a/m⌋", () => [add(floorDivide(subtract(a, m), m), c(1)), floorDivide(a, m)]],
    [
      "the same for a sum",
      () => [add(floorDivide(subtract(a, add(b, c(1))), add(b, c(1))), c(1)), floorDivide(a, add(b, c(1)))],
    ],
    ["⌊(a − 2)/2⌋ + 1 = ⌊a/2⌋", () => [add(floorDivide(subtract(a, c(2)), c(2)), c(1)), floorDivide(a, c(2))]],
    [
      "⌊(⌊a/2⌋ + 1)/2⌋ = ⌊(a + 2)/4⌋",
      () => [floorDivide(add(floorDivide(a, c(2)), c(1)), c(2)), floorDivide(add(a, c(2)), c(4))],
    ],
    ["(m·a)/m = a", () => [floorDivide(multiply(m, a), m), a]],
    ["((a + 1)·m)/(a + 1) = m", () => [floorDivide(multiply(add(a, c(1)), m), add(a, c(1))), m]],
    ["(m·a + b) mod m = b mod m", () => [remainder(add(multiply(m, a), b), m), remainder(b, m)]],
    [
      "⌊(a + b + 5)/3⌋ = ⌊(a + b + 2)/3⌋ + 1",
      () => [floorDivide(add(add(a, b), c(5)), c(3)), add(floorDivide(add(add(a, b), c(2)), c(3)), c(1))],
    ],
    [
      "(a + b + 5) mod 3 = (a + b + 2) mod 3",
      () => [remainder(add(add(a, b), c(5)), c(3)), remainder(add(add(a, b), c(2)), c(3))],
    ],
    ["(a + 7) mod 3 = (a + 1) mod 3", () => [remainder(add(a, c(7)), c(3)), remainder(add(a, c(1)), c(3))]],
    ["max(a, a + 1) = a + 1", () => [maximum(a, add(a, c(1))), add(a, c(1))]],
    [
      "max(2⌊(a + 1)/2⌋ − a, 0) = 2⌊(a + 1)/2⌋ − a",
      () => [maximum(subtract(evenFrom(a), a), c(0)), subtract(evenFrom(a), a)],
    ],
    [
      "the same of ⌊(a + 1)/2⌋, and so on: half of a half, rounded up, is ⌊(a + 3)/4⌋",
      () => [sameHalf(sameHalf(a)), floorDivide(add(a, c(3)), c(4))],
    ],
    ["max(2⌊a/2⌋ − a, 0) = 0", () => [maximum(subtract(multiply(c(2), floorDivide(a, c(2))), a), c(0)), c(0)]],
    [
      "min(⌊a/3⌋, ⌊(a + 1)/3⌋) = ⌊a/3⌋",
      () => [minimum(floorDivide(a, c(3)), floorDivide(add(a, c(1)), c(3))), floorDivide(a, c(3))],
    ],
    ["min(a, b) = min(b, a)", () => [minimum(a, b), minimum(b, a)]],
    [
      "(a + b)² = a² + 2ab + b²",
      () => [multiply(add(a, b), add(a, b)), add(add(multiply(a, a), multiply(c(2), multiply(a, b))), multiply(b, b))],
    ],
    ["a − a = 0", () => [subtract(a, a), c(0)]],
    ["no factors make 1", () => [product([]), c(1)]],
  ])("%s", (_, sides) => {
    const [left, right] = sides();
    expect(print(left)).toBe(print(right));
  });

  test("a maximum stays where rounding may decide it either way", () => {
    const third = floorDivide(add(a, c(1)), c(3));
    expect(print(maximum(subtract(multiply(c(3), third), a), c(0)))).toBe("max(-a + 3*floor((a + 1)/(3)), 0)");
  });

  test("exact division fails where it is not exact", () => {
    expect(divideExactly(add(a, c(1)), c(2))).toBeUndefined();
    expect(divideExactly(a, b)).toBeUndefined();
    expect(divideExactly(a, c(0))).toBeUndefined();
  });
});

test("what a person reads", () => {
  expect(printShape([a, c(64), subtract(multiply(c(2), b), c(1)), floorDivide(a, c(2))])).toBe(
    "[a, 64, 2*b - 1, floor((a)/(2))]",
  );
});

test.each<[string, () => Dimension]>([
  ["max(a, b)", () => maximum(b, a)],
  ["min(a, b)", () => minimum(b, a)],
  ["((a) mod (b))", () => remainder(a, b)],
  ["floor((a)/(0))", () => floorDivide(a, c(0))],
  ["floor((3*a)/(2))", () => floorDivide(multiply(c(3), a), c(2))],
  ["((3*a) mod (2))", () => remainder(multiply(c(3), a), c(2))],
  ["((a) mod (0))", () => remainder(a, c(0))],
])("a person reads %s", (text, dimension) => {
  expect(print(dimension())).toBe(text);
});

test.each<[string, () => Dimension]>([
  ["a sum", () => add(b, a)],
  ["a quotient", () => floorDivide(b, a)],
  ["a remainder", () => remainder(b, a)],
  ["a maximum", () => maximum(b, a)],
])("%s has the names of its parts", (_, dimension) => {
  expect([...symbolsOf(dimension())].sort()).toEqual(["a", "b"]);
});

describe("the limits", () => {
  const sum = (count: number) => Array.from({ length: count }, (_, at) => symbol(`n${at}`)).reduce(add, c(0));

  test("are 256 terms, 4096 characters and 64 steps of a division", () => {
    expect(sum(256).monomials).toHaveLength(256);
    expect(print(add(symbol("x".repeat(4092)), c(1)))).toHaveLength(4096);
    expect(equal(divideExactly(multiply(sum(64), m), m) ?? c(0), sum(64))).toBe(true);
  });

  test("are told where they are exceeded; a longer division is none", () => {
    expect(() => sum(257)).toThrow(new DimensionOverflow("a size that is written out", "256 terms"));
    expect(() => add(symbol("x".repeat(4093)), c(1))).toThrow(
      new DimensionOverflow("a size that is written out", "4096 characters"),
    );
    expect(divideExactly(multiply(sum(65), m), m)).toBeUndefined();
  });
});

test("names of JavaScript's own are ordinary", () => {
  const odd = add(symbol("__proto__"), symbol("constructor"));
  expect(
    evaluate(
      odd,
      new Map([
        ["__proto__", 2],
        ["constructor", 3],
      ]),
    ),
  ).toBe(5);
  expect([...symbolsOf(odd)]).toEqual(["__proto__", "constructor"]);
});

test("beyond 2⁵³ − 1 it overflows, never rounds", () => {
  const large = c(2 ** 52);
  expect(() => multiply(large, c(4))).toThrow(DimensionOverflow);
  expect(() => add(c(Number.MAX_SAFE_INTEGER), c(1))).toThrow(DimensionOverflow);
  expect(() => multiply(multiply(large, a), multiply(large, b))).toThrow(DimensionOverflow);
  expect(() => evaluate(multiply(a, a), new Map([["a", 2 ** 30]]))).toThrow(DimensionOverflow);
});

test("a quotient by zero has no value", () => {
  expect(
    evaluate(
      floorDivide(a, b),
      new Map([
        ["a", 3],
        ["b", 0],
      ]),
    ),
  ).toBeUndefined();
  expect(
    evaluate(
      remainder(a, b),
      new Map([
        ["a", 0],
        ["b", 0],
      ]),
    ),
  ).toBeUndefined();
});

/** A dimension, and what it is as a function of its names' values. */
type Case = readonly [Dimension, (values: ReadonlyMap<string, number>) => number];

const names = ["a", "b", "m"];
const positive: fc.Arbitrary<Case> = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map((value): Case => [c(value), () => value]),
  fc.constantFrom(...names).map((name): Case => [symbol(name), (values) => values.get(name) ?? 0]),
  fc.constantFrom(...names).map((name): Case => [add(symbol(name), c(1)), (values) => (values.get(name) ?? 0) + 1]),
);
const cases = fc.letrec<{ any: Case }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    positive,
    fc.integer({ min: -9, max: 9 }).map((value): Case => [c(value), () => value]),
    fc.tuple(tie("any"), tie("any")).map(([[x, f], [y, g]]): Case => [add(x, y), (v) => f(v) + g(v)]),
    fc.tuple(tie("any"), positive).map(([[x, f], [y, g]]): Case => [multiply(x, y), (v) => f(v) * g(v)]),
    fc.tuple(tie("any"), positive).map(([[x, f], [y, g]]): Case => [floorDivide(x, y), (v) => Math.floor(f(v) / g(v))]),
    fc
      .tuple(tie("any"), positive)
      .map(([[x, f], [y, g]]): Case => [remainder(x, y), (v) => f(v) - g(v) * Math.floor(f(v) / g(v))]),
    fc.tuple(tie("any"), tie("any")).map(([[x, f], [y, g]]): Case => [maximum(x, y), (v) => Math.max(f(v), g(v))]),
    fc.tuple(tie("any"), tie("any")).map(([[x, f], [y, g]]): Case => [minimum(x, y), (v) => Math.min(f(v), g(v))]),
    fc.tuple(tie("any"), tie("any")).map(([[x, f], [y, g]]): Case => [subtract(x, negate(y)), (v) => f(v) + g(v)]),
  ),
})).any;
const value = fc.integer({ min: 1, max: 12 });
const values = fc.tuple(value, value, value).map((all) => new Map(names.map((name, at) => [name, all[at]])));

/** What breaks the property, null where nothing does. */
function counterexample<T>(property: fc.IProperty<T>): T | null {
  return fc.check(property, { seed: 7, numRuns: 500 }).counterexample;
}

describe("against numbers", () => {
  test("every operation", () => {
    expect(
      counterexample(fc.property(cases, values, ([dimension, f], v) => evaluate(dimension, v) === f(v) + 0)),
    ).toBeNull();
  });

  test("equal keys mean equal values; a difference of equals is 0", () => {
    expect(
      counterexample(
        fc.property(cases, cases, values, ([x, f], [y, g], v) => {
          const exact = divideExactly(x, y);
          const dividesBack = exact === undefined || evaluate(multiply(exact, y), v) === f(v) + 0;
          return dividesBack && (!equal(x, y) || f(v) === g(v)) && isConstant(subtract(add(x, y), add(y, x)), 0);
        }),
      ),
    ).toBeNull();
  });

  test("substituting in two steps is substituting at once", () => {
    expect(
      counterexample(
        fc.property(cases, values, ([dimension, f], v) => {
          const [first, ...rest] = [...v].map(([name, number]) => [name, c(number)] as const);
          return evaluate(substitute(substitute(dimension, new Map([first])), new Map(rest)), new Map()) === f(v) + 0;
        }),
      ),
    ).toBeNull();
  });

  test("intervals contain the value", () => {
    const bounds = new Map(names.map((name) => [name, 12]));
    expect(
      counterexample(
        fc.property(cases, values, ([dimension, f], v) => {
          const unbounded = intervalOf(dimension);
          const { low, high } = intervalOf(dimension, bounds);
          return low <= f(v) && f(v) <= high && unbounded.low <= f(v) && f(v) <= unbounded.high;
        }),
      ),
    ).toBeNull();
  });
});

describe("intervals", () => {
  test.each<[string, Dimension, boolean]>([
    ["a − 1", subtract(a, c(1)), true],
    ["a·b − a", subtract(multiply(a, b), a), true],
    ["2a − b", subtract(multiply(c(2), a), b), false],
    ["⌊a/2⌋", floorDivide(a, c(2)), true],
    ["⌊a/2⌋ − 1", subtract(floorDivide(a, c(2)), c(1)), false],
    ["a·b − (m mod 2)·a·b", subtract(multiply(a, b), product([remainder(m, c(2)), a, b])), true],
    ["2a·b − (m mod 3)·a·b", subtract(product([c(2), a, b]), product([remainder(m, c(3)), a, b])), true],
    ["a·b − (m mod 3)·a·b", subtract(multiply(a, b), product([remainder(m, c(3)), a, b])), false],
  ])("%s is never negative: see", (_, dimension, expected) => {
    expect(isNonNegative(dimension)).toBe(expected);
  });

  const bounds = new Map([
    ["a", 3],
    ["b", 4],
  ]);

  test.each<[string, Dimension, number, number]>([
    ["7", c(7), 7, 7],
    ["a·b − a = a·(b − 1)", subtract(multiply(a, b), a), 0, 9],
    ["m mod (a + 2)", remainder(m, add(a, c(2))), 0, 4],
    ["⌊b/(a + 1)⌋", floorDivide(b, add(a, c(1))), 0, 2],
    ["⌊(b − 9)/(a + 1)⌋", floorDivide(subtract(b, c(9)), add(a, c(1))), -4, -2],
    ["⌊b/(a − 2)⌋, whose divisor is positive", floorDivide(b, subtract(a, c(2))), 1, 4],
    ["a·m", multiply(a, m), 1, Infinity],
  ])("of %s with a to 3 and b to 4", (_, dimension, low, high) => {
    expect(intervalOf(dimension, bounds)).toEqual({ low, high });
  });

  const many = (count: number) => Array.from({ length: count }, (_, at) => symbol(`n${at}`));
  const sum = (all: readonly Dimension[]) => all.reduce(add, c(0));

  test("see through four factors and sixteen terms", () => {
    expect(isNonNegative(subtract(product([a, b, m, n]), a))).toBe(true);
    expect(isNonNegative(add(subtract(multiply(a, b), a), sum(many(14))))).toBe(true);
  });

  test("cope with more factors and terms than can be multiplied out", () => {
    expect(intervalOf(add(product(many(9)), a))).toEqual({ low: 2, high: Infinity });
    const quadruples = Array.from({ length: 20 }, (_, at) => product([a, b, m, n].map((x) => symbol(`${x.key}${at}`))));
    expect(intervalOf(sum(quadruples))).toEqual({ low: 20, high: Infinity });
  });
});

describe("facts", () => {
  const [D, heads] = [symbol("D"), symbol("heads")];
  const facts = assume(noFacts, D, heads);
  const perHead = floorDivide(D, heads);

  test.each<[string, Dimension, Dimension]>([
    ["⌊D/heads⌋·heads = D", multiply(perHead, heads), D],
    ["D mod heads = 0", remainder(D, heads), c(0)],
    ["⌊3D/heads⌋ = 3⌊D/heads⌋", floorDivide(multiply(D, c(3)), heads), multiply(c(3), perHead)],
    ["inside others", floorDivide(add(multiply(perHead, heads), c(1)), c(2)), floorDivide(add(D, c(1)), c(2))],
    ["in products with others", multiply(a, multiply(perHead, heads)), multiply(a, D)],
    ["what has nothing to do with it", floorDivide(a, heads), floorDivide(a, heads)],
    ["the quotient alone", perHead, perHead],
  ])("%s", (_, left, right) => {
    expect(print(simplify(facts, left))).toBe(print(right));
    expect(equalUnder(facts, left, right)).toBe(true);
  });

  test("a number as divisor, chains, sums and products", () => {
    const even = assume(noFacts, a, c(2));
    expect(print(simplify(even, multiply(c(2), floorDivide(a, c(2)))))).toBe("a");
    const chain = assume(assume(noFacts, D, heads), heads, c(2));
    expect(print(simplify(chain, remainder(D, c(2))))).toBe("0");
    const sum = assume(noFacts, add(a, c(1)), c(2));
    expect(print(simplify(sum, multiply(c(2), floorDivide(add(a, c(1)), c(2)))))).toBe("a + 1");
    const inProduct = assume(noFacts, multiply(a, b), m);
    expect(print(simplify(inProduct, remainder(multiply(a, b), m)))).toBe("0");
    expect(print(simplify(inProduct, multiply(m, floorDivide(multiply(a, b), m))))).toBe("a*b");
    expect(print(simplify(inProduct, floorDivide(multiply(c(2), multiply(a, b)), m)))).toBe("2*floor((a*b)/(m))");
  });

  test("what was divided may be divided again", () => {
    const half = floorDivide(a, c(2));
    const twice = assume(assume(noFacts, a, c(2)), half, c(3));
    expect(equalUnder(twice, multiply(c(3), floorDivide(half, c(3))), half)).toBe(true);
    expect(equalUnder(assume(noFacts, a, c(2)), multiply(c(3), floorDivide(half, c(3))), half)).toBe(false);
  });

  test("tell the quotient of what they divide", () => {
    const even = assume(noFacts, a, c(2));
    const quotient = divideUnder(even, multiply(a, b), multiply(c(2), b));
    expect(quotient === undefined ? "none" : print(quotient)).toBe(print(floorDivide(a, c(2))));
    expect(divideUnder(noFacts, multiply(a, b), multiply(c(2), b))).toBeUndefined();
  });

  test("sizes with exact quotients are equal, others not", () => {
    const sixth = floorDivide(a, c(6));
    expect(equalIfExact(multiply(c(3), multiply(b, sixth)), multiply(b, floorDivide(a, c(2))))).toBe(true);
    expect(equalIfExact(multiply(multiply(c(4), floorDivide(a, c(2))), floorDivide(a, c(2))), multiply(a, a))).toBe(
      true,
    );
    expect(equalIfExact(multiply(c(2), sixth), floorDivide(a, c(2)))).toBe(false);
    expect(equalIfExact(a, b)).toBe(false);
  });

  test("are extended without a change to the ones before, and say nothing new twice", () => {
    assume(facts, a, b);
    expect(print(simplify(facts, remainder(a, b)))).toBe(print(remainder(a, b)));
    expect(assume(facts, D, heads)).toBe(facts);
  });

  test("never change a value that they allow", () => {
    const divisor = fc.integer({ min: 1, max: 4 });
    expect(
      counterexample(
        fc.property(cases, divisor, value, value, ([dimension, f], k, q, other) => {
          const known = assume(noFacts, symbol("a"), symbol("m"));
          const v = new Map([
            ["m", k],
            ["a", k * q],
            ["b", other],
          ]);
          return evaluate(simplify(known, dimension), v) === f(v) + 0;
        }),
      ),
    ).toBeNull();
  });
});
