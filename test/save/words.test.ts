/** How the runtime shows what foreign files hold, and what the operating system says about them. */
import { describe, expect, test } from "vitest";
import { listed, quoted, shapeText } from "../../runtime/save/fail.ts";
import { codeOf, fileProblem } from "../../runtime/save/file-problem.ts";

describe("what a file holds", () => {
  test.each([
    ["x".repeat(60), `"${"x".repeat(60)}"`],
    ["x".repeat(61), `"${"x".repeat(59)}…"`],
    ['a"b\n', String.raw`"a\"b\n"`],
    ["a\u202eb\u007f", String.raw`"a\u202eb\u007f"`],
  ])("%j is shown as %s", (text, shown) => {
    expect(quoted(text)).toBe(shown);
  });

  test("names are listed in quotes", () => {
    expect(listed(["a", "b"])).toBe('"a", "b"');
  });

  test.each<[number, string]>([
    [0, "[]"],
    [2, "[1, 2]"],
    [12, "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]"],
    [13, "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, … 13 axes]"],
  ])("a shape of %d axes is shown as %s", (rank, shown) => {
    expect(shapeText(Array.from({ length: rank }, (_, axis) => axis + 1))).toBe(shown);
  });
});

describe("what the system says", () => {
  const system = (code: unknown) => Object.assign(new Error("it failed"), { code });

  test.each<[string, unknown, string]>([
    ["a code that is known", system("ENOSPC"), "no space is left on the disk"],
    ["a code that is not", system("EWEIRD"), "the system reports EWEIRD"],
    ["an error without a code", new Error("it failed"), "Error: it failed"],
    ["a code that is no word", system(7), "Error: it failed"],
    ["what is no error", { code: "ENOSPC" }, "[object Object]"],
  ])("of %s", (_, error, sentence) => {
    expect(fileProblem(error)).toBe(sentence);
  });

  test("its code, or none", () => {
    expect(codeOf(system("ENOENT"))).toBe("ENOENT");
    expect(codeOf("ENOENT")).toBe("");
  });
});
