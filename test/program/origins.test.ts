/** Where code came from, in words: each place once, the first six, and how many more there are. */
import { expect, test } from "vitest";
import { describeOrigins, linesOf } from "../../compiler/program/origins.ts";

const lines = linesOf(new Map([["a.nn", "/// Twice.\nlet y = 2 * x\r\nlet z = y"]]));
const origins = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ span: undefined, path: `Net.dense_${at + 1}` }));
const shown = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `Net.dense_${at + 1}`);

test.each<readonly [number, readonly string[]]>([
  [1, shown(1)],
  [6, shown(6)],
  [7, [...shown(6), "… and 1 more"]],
  [9, [...shown(6), "… and 3 more"]],
])("of %i origins", (count, expected) => {
  expect(describeOrigins([...origins(count), ...origins(count)], lines)).toEqual(expected);
});

test("a place in a source is its line, and the comment above it comes first", () => {
  const at = (from: number, file = "a.nn") => ({ span: { file, from, to: from + 1 }, path: "Net" });
  expect(describeOrigins([at(19), at(38), at(0, "b.nn")], lines)).toEqual([
    "Twice.",
    "Net (a.nn:2:9): let y = 2 * x",
    "Net (a.nn:3:13): let z = y",
    "Net (b.nn)",
  ]);
});
