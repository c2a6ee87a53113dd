/** Lists, numbers of things and articles in messages. */
import { describe, expect, test } from "vitest";
import { alternatives, counted, listOf, numbered, withArticle } from "../../compiler/diagnostics/lists.ts";

describe("lists", () => {
  test.each([
    [[], "none"],
    [["a"], "a"],
    [["a", "b", "c"], "a, b, c"],
    [["a", "b", "c", "d"], "a, b, c and 1 more"],
  ])("of %j, of which three are shown", (items, text) => {
    expect(listOf(items, 3)).toBe(text);
  });

  test.each([
    [[], "none"],
    [["a"], "a"],
    [["a", "b"], "a or b"],
    [["a", "b", "c"], "a, b or c"],
  ])("of %j as alternatives", (items, text) => {
    expect(alternatives(items)).toBe(text);
  });

  test("are cut behind eight", () => {
    const items = Array.from({ length: 9 }, (_, at) => String(at));
    expect(listOf(items.slice(1))).toBe("1, 2, 3, 4, 5, 6, 7, 8");
    expect(listOf(items)).toBe("0, 1, 2, 3, 4, 5, 6, 7 and 1 more");
  });
});

describe("numbers of things", () => {
  test.each([
    [0, "0 rows", "0 axes"],
    [1, "1 row", "1 axis"],
    [2, "2 rows", "2 axes"],
    [11, "11 rows", "11 axes"],
  ])("%d", (count, rows, axes) => {
    expect(counted(count, "row")).toBe(rows);
    expect(counted(count, "axis", "axes")).toBe(axes);
    expect(`${count} ${numbered(count, "row")}`).toBe(rows);
  });
});

describe("articles", () => {
  test.each([
    ["array", "an array"],
    ["Int32Array", "an Int32Array"],
    ["Map", "a Map"],
    ["string", "a string"],
  ])("of %s", (noun, text) => {
    expect(withArticle(noun)).toBe(text);
  });
});
