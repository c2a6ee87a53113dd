/** Diagnostics as a person reads them: labels, spans, columns and help. */
import { expect, test } from "vitest";
import type { Diagnostic, Label } from "../../compiler/diagnostics/diagnostic.ts";
import { lineTable, positionAt } from "../../compiler/diagnostics/lines.ts";
import { render } from "../../compiler/diagnostics/render.ts";

function spot(file: string, text: string, part: string, remark = ""): Label {
  const from = text.indexOf(part);
  return { file, from, to: from + part.length, text: remark };
}

function diagnostic(labels: readonly Label[], help?: string): Diagnostic {
  return {
    code: "NN0399",
    severity: "error",
    message: "expected this, found that",
    labels,
    ...(help === undefined ? {} : { help }),
  };
}

function shown(text: string, parts: readonly (readonly [string, string])[], help?: string, width?: number): string {
  const labels = parts.map(([part, remark]) => spot("a.nn", text, part, remark));
  return `\n${render([diagnostic(labels, help)], new Map([["a.nn", text]]), { colour: false, ...(width === undefined ? {} : { width }) })}`;
}

test("labels on lines apart, the first one primary, and help of two lines", () => {
  const text = "one two\nthree\nfour\nfive six\n";
  expect(
    shown(
      text,
      [
        ["five", "to mend"],
        ["two", "from here"],
        ["six", ""],
      ],
      "do this\nor that",
    ),
  ).toMatchInlineSnapshot(`
    "
    error[NN0399]: expected this, found that
      --> a.nn:4:1
       |
     1 | one two
       |     --- from here
      ...
     4 | five six
       | ^^^^ to mend
       |      ---
       = help: do this
               or that
    "
  `);
});

test("a span over several lines", () => {
  expect(shown("let a = f(\n  x,\n  y,\n  z)", [["f(\n  x,\n  y,\n  z)", "this call"]])).toMatchInlineSnapshot(`
    "
    error[NN0399]: expected this, found that
      --> a.nn:1:9
       |
     1 | let a = f(
       |         ^^
      ...
     4 |   z)
       |   ^^ this call
    "
  `);
});

test("tabs, wide and combining characters keep the underline under the span", () => {
  expect(shown("\tab\tcd", [["cd", "x"]])).toMatchInlineSnapshot(`
    "
    error[NN0399]: expected this, found that
      --> a.nn:1:5
       |
     1 |     ab  cd
       |         ^^ x
    "
  `);
  expect(shown("界界 = e\u0301 + q", [["q", "x"]])).toMatchInlineSnapshot(`
    "
    error[NN0399]: expected this, found that
      --> a.nn:1:11
       |
     1 | 界界 = é + q
       |            ^ x
    "
  `);
  expect(shown("😀👍 ab", [["ab", "x"]])).toMatchInlineSnapshot(`
    "
    error[NN0399]: expected this, found that
      --> a.nn:1:4
       |
     1 | 😀👍 ab
       |      ^^ x
    "
  `);
});

test("nothing in a source or a message moves the cursor", () => {
  const text = "a\u001b[31mb\u0000\u202ec\u2028d";
  const found = render(
    [{ ...diagnostic([spot("a.nn", text, "b", "\u001b[2J")]), message: "found \u001b[0m\n" }],
    new Map([["a.nn", text]]),
    { colour: false },
  );
  expect(`\n${found}`).toMatchInlineSnapshot(`
    "
    error[NN0399]: found ␛[0m␊
      --> a.nn:1:7
       |
     1 | a␛[31mb␀\\u{202E}c\\u{2028}d
       |       ^ ␛[2J
    "
  `);
});

test("long lines are cut around the span", () => {
  expect(shown(`${"x".repeat(500)}HERE${"y".repeat(500)}`, [["HERE", "x"]], undefined, 40)).toMatchInlineSnapshot(`
    "
    error[NN0399]: expected this, found that
      --> a.nn:1:501
       |
     1 | …xxxxxxxxxxxxxHEREyyyyyyyyyyyyyyyyyyyyyyy…
       |               ^^^^ x
    "
  `);
  const started = performance.now();
  shown(`${"x".repeat(1_000_000)}HERE`, [["HERE", "x"]]);
  expect(performance.now() - started).toBeLessThan(2_000);
});

test("spans at the end, in an empty file and in a file that is not at hand", () => {
  const end: Label = { file: "a.nn", from: 3, to: 3, text: "" };
  const sources = new Map([
    ["a.nn", "abc"],
    ["empty.nn", ""],
  ]);
  const found = render(
    [
      diagnostic([end]),
      diagnostic([{ ...end, file: "empty.nn", from: 0, to: 0 }]),
      diagnostic([end, { ...end, file: "gone.nn", text: "declared here" }]),
      diagnostic([]),
    ],
    sources,
    { colour: false },
  );
  expect(`\n${found}`).toMatchInlineSnapshot(`
    "
    error[NN0399]: expected this, found that
      --> a.nn:1:4
       |
     1 | abc
       |    ^

    error[NN0399]: expected this, found that
      --> empty.nn

    error[NN0399]: expected this, found that
      --> a.nn:1:4
       |
     1 | abc
       |    ^
      ::: gone.nn: declared here

    error[NN0399]: expected this, found that
    "
  `);
});

test("labels in two files", () => {
  const sources = new Map([
    ["a.nn", 'use "./b.nn"\nf(x)'],
    ["b.nn", "block f(y)"],
  ]);
  const found = render(
    [
      diagnostic([
        spot("a.nn", sources.get("a.nn") ?? "", "f(x)", "called here"),
        spot("b.nn", sources.get("b.nn") ?? "", "f(y)", "declared here"),
      ]),
    ],
    sources,
    { colour: false },
  );
  expect(`\n${found}`).toMatchInlineSnapshot(`
    "
    error[NN0399]: expected this, found that
      --> a.nn:2:1
       |
     2 | f(x)
       | ^^^^ called here
      ::: b.nn:1:7
       |
     1 | block f(y)
       |       ---- declared here
    "
  `);
});

test("CR, CRLF and LF count as one line end each", () => {
  for (const end of ["\n", "\r", "\r\n"]) {
    const text = `a${end}b${end}${end}cd`;
    expect(positionAt(lineTable(text), text.indexOf("d"))).toEqual({ line: 4, column: 2 });
    expect(shown(text, [["b", ""]])).toBe(
      "\nerror[NN0399]: expected this, found that\n  --> a.nn:2:1\n   |\n 2 | b\n   | ^\n",
    );
  }
});

test("colour wraps, and changes nothing else", () => {
  const text = "one two";
  const plain = shown(
    text,
    [
      ["two", "x"],
      ["one", "y"],
    ],
    "z",
  );
  const labels = [spot("a.nn", text, "two", "x"), spot("a.nn", text, "one", "y")];
  const coloured = render([diagnostic(labels, "z")], new Map([["a.nn", text]]), { colour: true });
  expect(coloured).toContain("\u001b[1;31merror[NN0399]\u001b[0m");
  // oxlint-disable-next-line no-control-regex -- the escapes are what this takes out
  expect(`\n${coloured.replaceAll(/\u001b\[[0-9;]*m/g, "")}`).toBe(plain);
});
