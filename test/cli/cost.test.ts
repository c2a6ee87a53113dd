/** What a program's entries cost: loops count as often as they run. */
import { expect, test } from "vitest";
import { costsOf } from "../../cli/check/cost.ts";
import { entries, programOf } from "../program/loops.ts";

test("a step costs what its calls do, those in loops as often as these run at the sizes", () => {
  const program = programOf({ train_step: entries.turns, "predict.Nested": entries.nested, evaluate: entries.turns });
  const [n, steps] = [2, 3];
  const [flops, bytes] = [8 * n, 12 * n];
  const calls = [
    ["train_step", steps + 2],
    ["predict.Nested", 3 * (steps + 2)],
  ] as const;
  const expected = calls.map(([entry, count]) => ({ entry, flops: flops * count, bytes: bytes * count }));
  const sizes = new Map([
    ["N", n],
    ["T", steps],
  ]);
  expect(costsOf(program, sizes)).toEqual(expected);
});
