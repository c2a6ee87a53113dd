/** Exact numbers as messages show them: the way in which people write them. */
import { expect, test } from "vitest";
import { divide, print, whole } from "../../compiler/elaborate/rational.ts";

test.each([
  [3n, 1n, "3"],
  [-3n, 2n, "-1.5"],
  [1n, 16n, "0.0625"],
  [1n, 3n, "1/3"],
  [2n ** 60n, 1n, "1152921504606846976"],
  [10n ** 39n, 1n, "1e+39"],
  [1n, 10n ** 30n, "1e-30"],
])("%s / %s is shown as %s", (numerator, denominator, text) => {
  const value = divide(whole(numerator), whole(denominator));
  expect(value === undefined ? undefined : print(value)).toBe(text);
});
