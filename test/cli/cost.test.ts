/** What a program's entries cost: loops count as often as they run. */
import { expect, test } from "vitest";
import { costsOf } from "../../cli/check/cost.ts";
import { entries, programOf } from "../program/loops.ts";
import { folderWith, nnc } from "./helpers.ts";

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

test.each([
  ["dense(16)", 2 * 64 * 16 + 16],
  // Where its padding begins and ends is no operation.
  ['reshape([N, 8, 8, 1]) |> conv2d(4, 3, padding: "same")', 8 * 8 * 4 * (2 * 9 + 1)],
  ['reshape([N, 8, 8, 1]) |> conv2d(4, 3, padding: "same", bias: false) |> max_pool2d(2)', 8 * 8 * 4 * (2 * 9 + 1)],
])("a product that is added up is two operations: %s", async (stages, expected) => {
  const { folder: cwd } = folderWith({ "net.nn": `model M(x: [N, 64]) -> [N, ..] = x |> ${stages}\n` });
  const { stdout } = await nnc(["check", "net.nn", "--json"], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({ models: [{ flops: expected }] });
});
