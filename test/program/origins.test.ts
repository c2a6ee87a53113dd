/** Where code came from, in words: each place once, the first six, and how many more there are. */
import { describe, expect, test } from "vitest";
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

describe("a comment is shown", () => {
  /** A line each, from `a1 = 1` on, with a comment of its own. */
  const texts = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, at) => `/// C${at + 1}.\na${at + 1} = 1`);
  const source = texts(8).join("\n");
  const described = (count: number): readonly string[] =>
    describeOrigins(
      texts(count).map((_, at) => {
        const from = source.indexOf(`a${at + 1}`);
        return { span: { file: "c.nn", from, to: from + 1 }, path: "Net" };
      }),
      linesOf(new Map([["c.nn", source]])),
    );
  const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at + 1);

  test.each([1, 5, 6])("of each of %i places", (count) => {
    expect(described(count).slice(0, count)).toEqual(numbers(count).map((n) => `C${n}.`));
  });

  test.each([7, 8])("of the first six of %i places", (count) => {
    const places = numbers(6).map((n) => `Net (c.nn:${2 * n}:1): a${n} = 1`);
    const more = `… and ${count - 6} more`;
    expect(described(count)).toEqual([...numbers(6).map((n) => `C${n}.`), ...places, more]);
  });

  test("without its empty lines, and without control characters, at the end neither", () => {
    const text = "/// Above.\n///\n/// Bell\u0007.\u0007\nlet y = 1 \u0007";
    const origin = { span: { file: "d.nn", from: text.indexOf("let"), to: text.length }, path: "Net" };
    expect(describeOrigins([origin], linesOf(new Map([["d.nn", text]])))).toEqual([
      "Above.",
      "Bell .",
      "Net (d.nn:4:1): let y = 1",
    ]);
  });
});
