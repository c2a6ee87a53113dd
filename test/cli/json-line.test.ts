/** A line of JSON Lines: read as JSON, and refused where a key stands twice, however it is written. */
import { describe, expect, test } from "vitest";
import { parseLine } from "../../cli/rows/json-line.ts";
import { errorOf } from "../runtime/support.ts";

describe("a line", () => {
  test.each<[string, unknown]>([
    ["3", 3],
    ['"a: b"', "a: b"],
    ["[1, [2]]", [1, [2]]],
    ["{}", {}],
    ['{"x": 1, "y": "x"}', { x: 1, y: "x" }],
    ['{"x": {"x": 1}, "y": [{"x": 2}]}', { x: { x: 1 }, y: [{ x: 2 }] }],
    ['{"x": "\\"x\\":", "\\\\": "}{", ":": "\\\\"}', { x: '"x":', "\\": "}{", ":": "\\" }],
  ])("%s is what it says", (text, value) => expect(parseLine(text, "rows:1")).toEqual(value));

  test.each([
    ['{"x": 1, "x": 1}', "x"],
    ['{"x": [1], "y": 2, "\\u0078": 3}', "x"],
    ['{"": 1, "a": {"": 1}, "": 2}', ""],
    ['{"__proto__": 1, "__proto__": 2}', "__proto__"],
    ['{"a\\"b": "\\\\", "a\\"b": 2}', 'a\\"b'],
  ])("%s is refused", async (text, key) => {
    expect(await errorOf(async () => parseLine(text, "rows:7"))).toBe(
      `NN0891 rows:7: expected each key once, found "${key}" twice`,
    );
  });
});
