/** What was learnt from the training rows: applied, undone, and read back only in its full form. */
import { describe, expect, test } from "vitest";
import type { Fitted } from "../../runtime/save/fitted.ts";
import { applyFitted, exceedsFloats, printFitted, undoFitted, unfitted, valuesOf } from "../../runtime/save/fitted.ts";
import { parseFitted } from "../../runtime/save/parse-fitted.ts";

const lists = [
  { name: "__proto__", values: ["no", "yes"] },
  { name: "y", values: ["a"] },
];

test("a list is found by its name", () => {
  expect(valuesOf(lists, "y")).toEqual(["a"]);
  expect(valuesOf(lists, "__proto__")).toEqual(["no", "yes"]);
  expect(valuesOf(lists, "z")).toBeUndefined();
});

const fitted: Fitted = {
  ...unfitted,
  inputs: [
    { name: "x", scale: 0.5, mean: [1, 2], deviation: [4, 0] },
    { name: "scaled", scale: 0.5, mean: null, deviation: null },
    { name: "plain", scale: 1, mean: null, deviation: null },
    { name: "centred", scale: 1, mean: [1], deviation: [1] },
  ],
};

describe("values are scaled, then standardised by column", () => {
  test.each<[string, number[], number[]]>([
    // (10/2 − 1)/4 = 1; a deviation of 0 makes 0; (2/2 − 1)/4 = 0
    ["x", [10, 7, 2, 9], [1, 0, 0, 0]],
    ["scaled", [3, 4], [1.5, 2]],
    ["plain", [3, 4], [3, 4]],
    ["centred", [3, 4], [2, 3]],
    ["other", [3, 4], [3, 4]],
  ])("%s", (name, raw, expected) => {
    expect([...applyFitted(fitted, name, raw)]).toEqual(expected);
  });

  test.each<[number, number[], number[]]>([
    // (1·4 + 1)/0.5 = 10; (3·0 + 2)/0.5 = 4
    [0, [1, 3, 0], [10, 4, 2]],
    [1, [1.5, 2], [3, 4]],
    [2, [0.1], [Math.fround(0.1)]],
  ])("and back, of input %d", (at, prepared, raw) => {
    expect(undoFitted(fitted.inputs[at], prepared)).toEqual(raw);
  });
});

describe("back, of an answer beside a large mean", () => {
  const back = (mean: number, deviation: number, value: number) =>
    undoFitted({ name: "t", scale: 1, mean: [mean], deviation: [deviation] }, [value]);
  test.each<[number, number, number, number]>([
    // 32 bits tell numbers near 1.7e9 apart by 128.
    [1_700_000_000, 1000, 0.0625, 1_700_000_062.5],
    [1_700_000_000, 1000, -0.123, 1_699_999_877],
    [1_700_000_000, 0, 3, 1_700_000_000],
    [1_700_000_000.5, 0, 3, 1_700_000_000.5],
    [0, 0, 3, 0],
    // A third has as many digits as 24 bits of a deviation: 2000 + 10/3 to six behind the point.
    [2000, 10, Math.fround(1 / 3), 2003.3333334],
    [5, 1, 0.1, Math.fround(5.1)],
    [1_700_000_000, 1000, NaN, NaN],
    [1_700_000_000, 1000, Infinity, Infinity],
  ])("%d ± %d: %d is %d", (mean, deviation, value, expected) => {
    expect(back(mean, deviation, value)).toEqual([expected]);
  });

  test("the answers of which need more than 32 bits", () => {
    const exceeds = (mean: readonly number[] | null, deviation: readonly number[] | null) =>
      exceedsFloats({ name: "t", scale: 1, mean, deviation });
    expect([exceeds([5, 1.7e9], [1, 1000]), exceeds([5, 15.9], [1, 1]), exceeds(null, null)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe("its text", () => {
  const whole = { ...fitted, classes: lists, columns: lists, vocabulary: ["a", "b"] };

  test("is read back as it was", () => {
    expect(parseFitted(printFitted(whole))).toEqual(whole);
    expect(parseFitted(printFitted(unfitted))).toEqual(unfitted);
    // A text may hold the character that stands for all others.
    const text = { ...unfitted, vocabulary: ["\uFFFD", "😀", "\ud800", "\uFFFD"] };
    expect(parseFitted(printFitted(text))).toEqual(text);
    const ranges = [{ name: "x", least: [-1, 0.1], most: [-1, 1e300] }];
    expect(parseFitted(printFitted({ ...whole, ranges }))).toEqual({ ...whole, ranges });
  });

  test("may be of a file that was written before ranges were kept", () => {
    expect(printFitted(unfitted)).toBe('{"inputs":[],"classes":[],"columns":[],"vocabulary":null}');
    expect(parseFitted(printFitted(unfitted))).not.toHaveProperty("ranges");
  });

  const range = { name: "x", least: [0, 1], most: [2, 1] };

  const input = { name: "x", scale: 1, mean: [0], deviation: [1] };
  test.each<[string, unknown]>([
    ["null", null],
    ["a list", []],
    ["a word", "x"],
    ["inputs that are no list", { ...whole, inputs: {} }],
    ["an input that is none", { ...whole, inputs: [null] }],
    ["an input without a name", { ...whole, inputs: [{ ...input, name: 1 }] }],
    ["a scale that is no number", { ...whole, inputs: [{ ...input, scale: "1" }] }],
    ["a scale that is not finite", JSON.stringify({ ...whole, inputs: [input] }).replace('"scale":1', '"scale":1e999')],
    ["a mean without a deviation", { ...whole, inputs: [{ ...input, deviation: null }] }],
    ["a deviation without a mean", { ...whole, inputs: [{ ...input, mean: null }] }],
    ["a mean of words", { ...whole, inputs: [{ ...input, mean: ["0"] }] }],
    ["a mean of nothing", { ...whole, inputs: [{ ...input, mean: [], deviation: [] }] }],
    ["a mean and a deviation of two widths", { ...whole, inputs: [{ ...input, deviation: [1, 2] }] }],
    ["classes without values", { ...whole, classes: [{ name: "y" }] }],
    ["classes that are numbers", { ...whole, classes: [{ name: "y", values: [1] }] }],
    ["columns without a name", { ...whole, columns: [{ values: [] }] }],
    ["a vocabulary of numbers", { ...whole, vocabulary: [1] }],
    ["a scale of 0", { ...whole, inputs: [{ ...input, scale: 0 }] }],
    [
      "a mean that is not finite",
      JSON.stringify({ ...whole, inputs: [input] }).replace('"mean":[0]', '"mean":[-1e999]'),
    ],
    ["a mean without a number", { ...whole, inputs: [{ ...input, mean: [null] }] }],
    ["a deviation below 0", { ...whole, inputs: [{ ...input, deviation: [-1] }] }],
    ["a list of no classes", { ...whole, classes: [{ name: "y", values: [] }] }],
    ["two classes of one name", { ...whole, classes: [{ name: "y", values: ["a", "a"] }] }],
    ["a vocabulary with no character", { ...whole, vocabulary: ["a", ""] }],
    ["a vocabulary with two for one id", { ...whole, vocabulary: ["a", "bc"] }],
    ["a vocabulary of nothing", { ...whole, vocabulary: [] }],
    ["a vocabulary with one character twice", { ...whole, vocabulary: ["a", "a"] }],
    ["a vocabulary with the last character twice", { ...whole, vocabulary: ["b", "a", "a"] }],
    ["a vocabulary with the character for others thrice", { ...whole, vocabulary: ["\uFFFD", "\uFFFD", "\uFFFD"] }],
    ["one column twice in a field", { ...whole, columns: [{ name: "x", values: ["t", "u", "t"] }] }],
    ["no columns of a field", { ...whole, columns: [{ name: "x", values: [] }] }],
    ["an input twice", { ...whole, inputs: [input, input] }],
    ["classes of a field twice", { ...whole, classes: [lists[1], lists[1]] }],
    ["columns of a field twice", { ...whole, columns: [lists[1], lists[1]] }],
    ["ranges that are no list", { ...whole, ranges: {} }],
    ["null in the place of ranges", { ...whole, ranges: null }],
    ["a range without a name", { ...whole, ranges: [{ ...range, name: 1 }] }],
    ["a range of nothing", { ...whole, ranges: [{ ...range, least: [], most: [] }] }],
    ["a range of two widths", { ...whole, ranges: [{ ...range, most: [2] }] }],
    ["a range that ends before it begins", { ...whole, ranges: [{ ...range, most: [2, 0.5] }] }],
    ["a range of words", { ...whole, ranges: [{ ...range, least: ["0", "1"] }] }],
    ["ranges of a field twice", { ...whole, ranges: [range, range] }],
  ])("is refused where it is %s", (_, value) => {
    expect(parseFitted(typeof value === "string" && value !== "x" ? value : JSON.stringify(value))).toBeUndefined();
  });

  test("is refused where it is no JSON", () => {
    expect(parseFitted("{")).toBeUndefined();
  });
});
