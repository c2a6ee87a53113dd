/** erf in doubles against values from tables. */
import { expect, test } from "vitest";
import { erf64 } from "../../compiler/loops/erf64.ts";

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
