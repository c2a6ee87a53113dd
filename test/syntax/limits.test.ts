/** Programs that are long, deep or large: what parses, and what is refused. */
import { describe, expect, test } from "vitest";
import { children, walk } from "../../compiler/syntax/children.ts";
import { maximalNesting } from "../../compiler/syntax/lex.ts";
import { parse } from "../../compiler/syntax/parse.ts";
import { maximalSourceLength } from "../../compiler/syntax/source.ts";

function messages(text: string): readonly string[] {
  return parse({ name: "test.nn", text }).diagnostics.map(({ code, message }) => `${code} ${message}`);
}

function chain(length: number, first: string, link: string): string {
  return `const a = ${first}${link.repeat(length)}`;
}

describe("long but flat", () => {
  test.each([
    ["10,000 terms", chain(10_000, "a", " + a")],
    ["10,000 layers", chain(10_000, "x", " |> dense(3)")],
    ["10,000 factors and terms", chain(10_000, "a", " * b - c")],
    ["10,000 comparisons joined", chain(10_000, "a < b", " and not c == d")],
    ["10,000 items", `const a = [${"1, ".repeat(10_000)}1]`],
    ["10,000 branches", `schedule a() { if x { return 1 } ${"else if y { return 2 } ".repeat(10_000)} }`],
    ["10,000 declarations", "const a = 1\n".repeat(10_000)],
    ["10,000 statements", `schedule a() { ${"let x = 1\n".repeat(10_000)} return x }`],
  ])("%s parse", (_, text) => {
    const { module, diagnostics } = parse({ name: "test.nn", text });
    expect(diagnostics).toEqual([]);
    expect([...walk(module)].length).toBeGreaterThan(10_000);
    expect(children(module)).toBe(module.declarations);
  });
});

describe("nesting", () => {
  const nested = (depth: number, open: string, close: string): string =>
    `const a = ${open.repeat(depth)}1${close.repeat(depth)}`;

  test.each([
    ["parentheses", maximalNesting, "(", ")"],
    ["lists", maximalNesting, "[", "]"],
    ["calls", maximalNesting, "f(", ")"],
    ["sums of calls", 110, "1 + f(-", ")"],
    ["scans", 140, "scan x in y along T { emit ", " }"],
    ["everything", 60, "a or not b < -f(2 ** x * ", ")"],
  ])("%s nest %d deep, and are refused with one sentence beyond", (_, deepest, open, close) => {
    expect(messages(nested(deepest, open, close))).toEqual([]);
    for (const depth of [maximalNesting + 1, 10_000]) {
      expect(messages(nested(depth, open, close).slice(0, maximalSourceLength))).toEqual([
        `NN0109 nesting deeper than ${maximalNesting}`,
      ]);
    }
  });

  test.each([
    ["signs", `const a = ${"- ".repeat(10_000)}1`],
    ["not", `const a = ${"not ".repeat(10_000)}b`],
    ["powers", chain(10_000, "a", " ** a")],
    ["calls of calls", chain(10_000, "f", "(x)")],
    ["slices of slices", chain(10_000, "x", "[0]")],
    ["transposes", chain(10_000, "x", ".T")],
    [
      "a mixture within the limit of brackets",
      `const a = ${"a or not b < - - - f(2 ** x * ".repeat(190)}1${")".repeat(190)}`,
    ],
  ])("%s are refused with one sentence", (_, text) => {
    expect(messages(text)).toEqual(["NN0109 nesting deeper than 600"]);
  });

  test("10,000 openers that nothing closes are one mistake", () => {
    for (const open of ["(", "[", "{", "f(", "block f("])
      expect(messages(`const a = ${open.repeat(10_000)}`)).toHaveLength(1);
  });
});

describe("size", () => {
  test("a source of the limit is read, a longer one is not", () => {
    expect(messages(" ".repeat(maximalSourceLength))).toEqual([]);
    expect(messages(" ".repeat(maximalSourceLength + 1))).toEqual([
      "NN0108 the source is 1048577 characters long, and the limit is 1048576",
    ]);
  });

  test.each([
    ["one name", "a"],
    ["digits", "1"],
    ["quotes", '"'],
    ["unknown characters", "$"],
    ["control characters", "\u0000"],
    ["opened comments", "/*"],
    ["stars in a comment", "*"],
    ["slashes", "/"],
    ["dots", "."],
    ["doc comments", "///\n"],
    ["minus signs", "-"],
    ["closers", ")"],
    ["backslashes in a string", "\\"],
    ["exponents", "1e+"],
    ["line ends", "\r"],
    ["statements without an end", "let "],
    ["keys", "a: "],
    ["declarations without an end", "model a "],
    ["braces", "}"],
  ])("100,000 characters of %s are read in linear time", (name, unit) => {
    const body = unit.repeat(100_000 / unit.length);
    const start = name === "stars in a comment" ? "/*" : name === "backslashes in a string" ? '"' : "const a = ";
    expect(messages(start + body).length).toBeLessThanOrEqual(101);
  });
});
