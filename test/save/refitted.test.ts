/** What a program that begins from parameters is told of the data that they were trained on. */
import { expect, test } from "vitest";
import { unfitted } from "../../runtime/save/fitted.ts";
import type { Fitted } from "../../runtime/save/fitted.ts";
import { refittings } from "../../runtime/save/refitted.ts";

const input = (scale: number, mean: readonly number[] | null = null, deviation = mean): Fitted => ({
  ...unfitted,
  inputs: [{ name: "x", scale, mean, deviation }],
});

test.each<[string, Fitted, Fitted, readonly string[]]>([
  ["nothing and nothing", unfitted, unfitted, []],
  ["equal statistics", input(0.5, [1, 2]), input(0.5, [1, 2]), []],
  ["another deviation", input(1, [1], [2]), input(1, [1], [3]), ["`x` is standardised with other statistics"]],
  ["another scale", input(0.5), input(0.25), ["`x` was scaled by 0.5 and is scaled by 0.25"]],
  ["a scale of one is none", unfitted, input(1), []],
  [
    "statistics beside a scale",
    input(0.5),
    input(0.5, [1]),
    ["`x` was scaled by 0.5 and is scaled by 0.5 and standardised"],
  ],
  [
    "an input that the program has not",
    { ...input(2), inputs: [{ name: "z", scale: 2, mean: null, deviation: null }] },
    unfitted,
    [],
  ],
  [
    "another vocabulary",
    { ...unfitted, vocabulary: ["e", "t"] },
    { ...unfitted, vocabulary: ["t", "e"] },
    ['the characters behind the ids were "e", "t" and are "t", "e"'],
  ],
  ["classes of one side", { ...unfitted, classes: [{ name: "x", values: ["a"] }] }, unfitted, []],
])("%s", (_, saved, now, expected) => {
  expect(refittings(saved, now, new Set(["x"]))).toEqual(expected);
});
