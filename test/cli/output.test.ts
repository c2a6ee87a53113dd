/** Numbers, tables and JSON as they are printed. */
import { expect, test } from "vitest";
import { parseConstant } from "../../cli/flags.ts";
import { toJson } from "../../cli/output/json.ts";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatLoss,
  formatValue,
  formatWhole,
} from "../../cli/output/numbers.ts";
import { plain } from "../../cli/output/style.ts";
import { table } from "../../cli/output/table.ts";
import { cut, shorten, wrap } from "../../cli/output/wrap.ts";

test("sizes, counts and durations", () => {
  expect([0, 999, 1000, 12_345, 999_499, 999_500, 4e6].map(formatBytes)).toEqual([
    "0 B",
    "999 B",
    "1.00 kB",
    "12.3 kB",
    "999 kB",
    "1.00 MB",
    "4.00 MB",
  ]);
  expect([12, 1234, 2.5e9].map(formatCount)).toEqual(["12", "1.23 k", "2.50 G"]);
  expect([7, 1234567].map(formatWhole)).toEqual(["7", "1,234,567"]);
  expect([0.123, 7.44, 59.96, 185, 7440, Infinity].map(formatDuration)).toEqual([
    "0.12 s",
    "7.4 s",
    "1 min 00 s",
    "3 min 05 s",
    "2 h 04 min",
    "—",
  ]);
});

test("losses and other values", () => {
  expect([0, 0.1, 2.71234, 123456, 1e-5, NaN, -Infinity].map(formatValue)).toEqual([
    "0",
    "0.1",
    "2.712",
    "123500",
    "1.00e-5",
    "NaN",
    "-Infinity",
  ]);
  expect([0.1, 2.71234, 1e-5, NaN].map(formatLoss)).toEqual(["0.1000", "2.712", "1.00e-5", "NaN"]);
});

test("JSON has null for what it has no numbers for, and keeps names that JavaScript has", () => {
  const data = Float32Array.of(0.5, NaN);
  expect(toJson({ loss: NaN, best: -Infinity, of: new Map([["__proto__", 1]]), data })).toBe(
    '{"loss":null,"best":null,"of":{"__proto__":1},"data":[0.5,null]}',
  );
});

test("a table", () => {
  const columns = [
    { head: "layer", align: "left" },
    { head: "parameters", align: "right" },
  ] as const;
  expect(
    table(
      columns,
      [
        ["dense", "4,096"],
        ["relu", ""],
      ],
      plain,
    ),
  ).toBe(["  layer  parameters", "  ─────  ──────────", "  dense       4,096", "  relu", ""].join("\n"));
});

test("prose breaks at spaces", () => {
  expect(wrap("one two three\nfour", 8)).toBe("one two\nthree\nfour");
});

test("constants are numbers, words or truth", () => {
  expect(["a=1e-3", "a=true", "a=relu", "a=0x10", "a=Infinity"].map((text) => parseConstant(text).value)).toEqual([
    0.001,
    true,
    "relu",
    "0x10",
    "Infinity",
  ]);
});

test("columns of a table beyond the width go below, beside the first again", () => {
  const columns = ["run", "loss", "accuracy", "f1", "rows"].map((head, at) => ({
    head,
    align: at === 0 ? ("left" as const) : ("right" as const),
  }));
  const rows = [
    ["training", "0.5", "0.9", "1", "12"],
    ["hold-out", "0.25", "0.75", "0.5"],
  ];
  expect(`\n${table(columns, rows, plain, { width: 30 })}`).toMatchInlineSnapshot(`
    "
      run       loss  accuracy
      ────────  ────  ────────
      training   0.5       0.9
      hold-out  0.25      0.75

      run        f1  rows
      ────────  ───  ────
      training    1    12
      hold-out  0.5
    "
  `);
  // The first column and one more are the least; what has no limit stays whole.
  expect(table(columns, rows, plain, { width: 1 }).match(/run/g)).toHaveLength(4);
  expect(table(columns, rows, plain).match(/run/g)).toHaveLength(1);
  expect(table(columns.slice(0, 1), rows, plain, { indent: "", width: 1 })).toBe("run\n────────\ntraining\nhold-out\n");
});

test.each([
  ["loss", 4, "loss"],
  ["runs/digits with lr 0.01", 13, "runs/d…r 0.01"],
  ["runs/digits with lr 0.03", 12, "runs/d… 0.03"],
  ["𝛼𝛽𝛾𝛿𝜀𝜁", 5, "𝛼𝛽…𝜀𝜁"],
  ["loss", 3, "l…s"],
  ["loss", 2, "l…"],
  ["loss", 1, "…"],
  ["loss", 0, ""],
])("of %s, %d letters keep its beginning and its end", (text, width, shown) => {
  expect(shorten(text, width)).toBe(shown);
});

test("text is cut to a width, whatever a letter is made of", () => {
  expect(["loss", "a longer one", "𝛼𝛽𝛾𝛿𝜀"].map((text) => cut(text, 4))).toEqual(["loss", "a l…", "𝛼𝛽𝛾…"]);
  expect([cut("loss", 1), cut("loss", 0), cut("", 0)]).toEqual(["…", "", ""]);
});
