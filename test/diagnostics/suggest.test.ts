/** Did-you-mean, and the catalogue's order. */
import { expect, test } from "vitest";
import { catalogue } from "../../compiler/diagnostics/codes/index.ts";
import { didYouMean, distance, nearest } from "../../compiler/diagnostics/suggest.ts";

test.each([
  ["relu", "relu", 0],
  ["relu", "rleu", 1],
  ["relu", "elu", 1],
  ["relu", "reluu", 1],
  ["relu", "gelu", 1],
  ["", "abc", 3],
  ["kitten", "sitting", 3],
  ["ca", "abc", 3],
])("from %s to %s are %d slips", (a, b, slips) => {
  expect(distance(a, b)).toBe(slips);
  expect(distance(b, a)).toBe(slips);
});

test.each([
  ["rleu", "relu"],
  ["Relu", "relu"],
  ["batchnorm", "batch_norm"],
  ["cross_entorpy", "cross_entropy"],
  ["xyz", undefined],
  ["relu", undefined],
  ["q", undefined],
])("%s is nearest to %s", (written, expected) => {
  expect(nearest(written, ["relu", "batch_norm", "cross_entropy", "k"])).toBe(expected);
});

test("of equals the first, and nothing for a name out of all measure", () => {
  expect(nearest("bat", ["cat", "hat"])).toBe("cat");
  expect(nearest("a".repeat(101), ["a".repeat(100)])).toBeUndefined();
  expect(didYouMean("modle", ["model"])).toBe("did you mean `model`?");
});

test("the catalogue is in order, and explains each of its codes", () => {
  const codes = [...catalogue.keys()];
  expect(codes).toEqual([...codes].sort());
  expect(codes.filter((code) => !/^NN\d{4}$/.test(code))).toEqual([]);
  const unexplained = [...catalogue.values()].filter(({ explanation }) => !/^.{20}[^]*\.$/.test(explanation));
  expect(unexplained.map(({ code }) => code)).toEqual([]);
});
