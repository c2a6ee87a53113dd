/** A file that is one array of rows is told as that; lists that may be rows, and lines of JSON, are left to the reader. */
import { describe, expect, test } from "vitest";
import { refuseArray } from "../../cli/rows/json-array.ts";
import { errorOf } from "../runtime/support.ts";

const refused = (elements: string, width: number | undefined): string =>
  `NN0828 rows.json: expected an object${width === undefined ? "" : " or a list"} on each line, found one array of ${elements} ` +
  "(write each of its elements on a line of its own, without commas between the lines)";

describe("an array", () => {
  test.each<[text: string, width: number | undefined, elements: string]>([
    ['[{"x": 1}]', undefined, "1 element"],
    ['[{"x": 1}, {"x": 2}]\n', 2, "2 elements"],
    ['[\n  {"x": 1},\n  {"x": 2}\n]\n', 1, "2 elements"],
    ["[\r\n[1, 2],\r\n[3, 4]\r\n]", 2, "2 elements"],
    ["[[1, 2], [3, 4]]", 2, "2 elements"],
    ["[[1, 2], [3, 4]]", undefined, "2 elements"],
    ["[\n]", 2, "0 elements"],
  ])("%j is refused", async (text, width, elements) => {
    expect(await errorOf(async () => refuseArray("rows.json", text, width))).toBe(refused(elements, width));
  });

  test.each<[text: string, width: number | undefined]>([
    ["[1, 2]", 2],
    ["[1, 2]", undefined],
    ["[[1], [2]]", 2],
    ["[[1, 2], [3, 4]]\n[[1, 2], [3, 4]]", 4],
    ["[1, 2]\n[3, 4]", 2],
    ['["red"]', 1],
    ["[]", 2],
    ["[1,\n{", 2],
    ["[1, 2", 2],
    ['{"x": [1]}\n{"x": [2]}', 2],
    ["", 2],
  ])("%j is not", async (text, width) => {
    expect(await errorOf(async () => refuseArray("rows.json", text, width))).toBe("no error");
  });
});
