/** erf and erfc in doubles against values from tables. */
import { expect, test } from "vitest";
import { erf64, erfc64 } from "../../compiler/loops/erf64.ts";

test.each([
  [0.1, 0.1124629160182849],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [2, 0.9953222650189527],
  [2.4, 0.9993114861033549],
  [2.6, 0.9997639655834707],
  [3.5, 0.9999992569016276],
  [-1, -0.8427007929497149],
  [Infinity, 1],
])("erf %d = %d", (x, expected) => {
  expect(Math.abs(erf64(x) - expected)).toBeLessThanOrEqual(4e-16);
});

test.each([
  [-3, 1.999977909503001],
  [0.5, 0.479500122186953],
  [1, 0.157299207050285],
  [2.5, 4.06952017444959e-4],
  [3.5, 7.43098372341413e-7],
  [6, 2.15197367124989e-17],
  [9, 4.13703174651381e-37],
  [12, 1.3562611692059e-64],
  [Infinity, 0],
  [-Infinity, 2],
])("erfc %d = %d", (x, expected) => {
  expect(Math.abs(erfc64(x) - expected)).toBeLessThanOrEqual(1e-13 * expected);
});
