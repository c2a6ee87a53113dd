/** Stores of four lanes: one of all where they lie side by side, else one of each lane, at its own place. */
import { expect, test } from "vitest";
import { constant } from "../../compiler/dimension/dimension.ts";
import { axisIndex, constantIndex, dataIndex, scaleIndex } from "../../compiler/loops/index.ts";
import { load } from "../../compiler/loops/scalar.ts";
import type { Index } from "../../compiler/loops/types.ts";
import { printKernel } from "../../compiler/program/print.ts";
import { Emitter } from "../../compiler/schedule/emitter.ts";
import { at, evaluate, origin, place, storeAt } from "../../compiler/schedule/evaluate.ts";
import { tidy } from "../../compiler/schedule/tidy.ts";
import { kernelOf as scheduled } from "../targets/programs.ts";
import { from } from "./kernels.ts";

/** y[index] = x[i] at the places 8 to 11 of i, without the first `skip`, as text. */
function stored(index: Index, skip = 0): readonly string[] {
  const emitter = new Emitter(["x", "y", "ids"], ["y"]);
  const point = at(origin, [["i", place(constantIndex(8), 0, true)]], { skip });
  storeAt(emitter, "y", index, evaluate(emitter, from("x", "i"), point), point);
  const body = tidy(emitter.finish());
  return printKernel(scheduled("k", [], body))
    .split("\n")
    .slice(1)
    .map((line) => line.trim());
}

const i = axisIndex("i");
const vector = "let x: f32x4 = x[8 ..4]";
const lanes = [0, 1, 2, 3];
const held = (place: number): string => `minimum(maximum(ids[${place}], 0), 19)`;
test.each<readonly [string, () => readonly string[], readonly string[]]>([
  ["side by side", () => stored(i), ["y[8] = x[8 ..4]"]],
  [
    "at every other place",
    () => stored(scaleIndex(i, 2)),
    [vector, ...lanes.map((lane) => `y[${16 + 2 * lane}] = x.${lane}`)],
  ],
  [
    "where data says",
    () => stored(dataIndex(load("ids", "i32", [i]), constant(20))),
    [
      vector,
      ...["at", "at_1", "at_2", "at_3"].map((name, lane) => `let ${name}: i32 = ${held(8 + lane)}`),
      ...["at", "at_1", "at_2", "at_3"].map((name, lane) => `y[${name}] = x.${lane}`),
    ],
  ],
  [
    "at one place, the last one last",
    () => stored(constantIndex(3)),
    [vector, ...lanes.map((lane) => `y[3] = x.${lane}`)],
  ],
  ["without the first two", () => stored(i, 2), [vector, "y[10] = x.2", "y[11] = x.3"]],
])("%s", (_, found, expected) => {
  expect(found()).toEqual(expected);
});
