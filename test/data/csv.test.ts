/** CSV text → cells: what is taken, what is refused and where, and that a written table is read back. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellText, parseCsv, placeOf, scan } from "../../runtime/data/csv.ts";
import { readNumber } from "../../runtime/data/number.ts";
import { bytes, errorOf } from "./support.ts";

function cellsOf(text: string): string[][] {
  const table = parseCsv("t.csv", text);
  const width = table.header.length;
  const rows = Array.from({ length: table.rows }, (_, row) =>
    table.header.map((_, column) => cellText(table, row * width + column)),
  );
  return [[...table.header], ...rows];
}

describe("a table is read", () => {
  const cases: [string, string, string[][]][] = [
    [
      "with commas",
      "a,b\n1,2\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "without a last line end",
      "a,b\n1,2",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "with CRLF",
      "a,b\r\n1,2\r\n3,4\r\n",
      [
        ["a", "b"],
        ["1", "2"],
        ["3", "4"],
      ],
    ],
    [
      "with lone CR",
      "a,b\r1,2\r",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    ["with empty lines at the end", "a\n1\n\n\r\n", [["a"], ["1"]]],
    ["with a byte order mark", "\uFEFFa\n1", [["a"], ["1"]]],
    [
      "with quotes",
      '"a ""b""","c,d"\n"x\ny",""\n',
      [
        ['a "b"', "c,d"],
        ["x\ny", ""],
      ],
    ],
    [
      "with blanks around cells",
      "a , b\n 1,\t2 \n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    ["with a quote inside a cell", 'a\n5" disk\n', [["a"], ['5" disk']]],
    [
      "with semicolons",
      "a;b\n1,5;2\n",
      [
        ["a", "b"],
        ["1,5", "2"],
      ],
    ],
    [
      "with tabs and an empty last cell",
      "a\tb\n1\t\n",
      [
        ["a", "b"],
        ["1", ""],
      ],
    ],
    [
      "with a comma only in quotes",
      '"a,x";b\n1;2\n',
      [
        ["a,x", "b"],
        ["1", "2"],
      ],
    ],
    [
      "with a comma at the end of each line, as spreadsheets write it: a column without a name",
      "a,b,\n1,2,\n",
      [
        ["a", "b", ""],
        ["1", "2", ""],
      ],
    ],
    [
      "with a column of row numbers, as pandas writes it: another without a name",
      ",a\n0,1\n1,2\n",
      [
        ["", "a"],
        ["0", "1"],
        ["1", "2"],
      ],
    ],
    [
      "with all in quotes, CRLF and a byte order mark",
      '\uFEFF"a";"b"\r\n"1";"x\r\ny"\r\n\r\n',
      [
        ["a", "b"],
        ["1", "x\r\ny"],
      ],
    ],
    [
      "with ordinary names",
      "__proto__,constructor\n1,2\n",
      [
        ["__proto__", "constructor"],
        ["1", "2"],
      ],
    ],
  ];
  it.each(cases)("%s", (_, text, expected) => {
    expect(cellsOf(text)).toEqual(expected);
  });

  it("from bytes", () => {
    expect(parseCsv("t.csv", bytes(0xef, 0xbb, 0xbf, 0x61, 0x0a, 0x31)).header).toEqual(["a"]);
  });

  it.each([
    ["one cell", "7", 1],
    ["two lines", "7\n8", 2],
    ["many cells", "7,8\n".repeat(3000), 6000],
  ])("without names, %s", (_, text, cells) => {
    const { starts } = scan("m.csv", text);
    expect(starts).toHaveLength(cells);
    expect(starts.every((start, cell) => start === 2 * cell)).toBe(true);
  });

  it("and knows line and column of each cell", () => {
    const table = parseCsv("t.csv", 'a,b\r\n"x\ny",2\r\n3,4');
    expect([0, 1, 2, 3].map((cell) => placeOf(table, cell))).toEqual([
      "t.csv:2:1",
      "t.csv:3:4",
      "t.csv:4:1",
      "t.csv:4:3",
    ]);
  });
});

describe("a table is refused", () => {
  const cases: [string, string | Uint8Array, string][] = [
    ["empty", "", "NN0809 t.csv: expected a line of column names and at least one line of data, found nothing"],
    [
      "with a comma at the end of its rows, but not of the first line",
      "a,b\n1,2,\n",
      "NN0807 t.csv:2: expected 2 cells as in the first line, found 3",
    ],
    [
      "with an empty line between others",
      "a,b\n1,2\n\n3,4\n",
      "NN0807 t.csv:3: expected 2 cells as in the first line, found 1",
    ],
    [
      "only line ends",
      "\n\n",
      "NN0809 t.csv: expected a line of column names and at least one line of data, found nothing",
    ],
    [
      "header only",
      "a,b\n",
      "NN0809 t.csv: expected a line of column names and at least one line of data, found only the column names",
    ],
    ["a short row", "a,b\n1,2\n3\n", "NN0807 t.csv:3: expected 2 cells as in the first line, found 1"],
    ["a long row", "a\n1,2\n", "NN0807 t.csv:2: expected 1 cell as in the first line, found 2"],
    ["an empty line", "a,b\n1,2\n\n3,4\n", "NN0807 t.csv:3: expected 2 cells as in the first line, found 1"],
    [
      "a ragged row after a line end in quotes",
      'a,b\n"x\ny",2\n3\n',
      "NN0807 t.csv:4: expected 2 cells as in the first line, found 1",
    ],
    [
      "two columns of one name",
      "a,b,a\n1,2,3\n",
      'NN0808 t.csv:1: columns 1 and 3 are both called "a"; expected different names',
    ],
    ["an open quote", 'a,b\n1,"2\n3,4\n', "NN0805 t.csv:2:3: the quote that opens here is never closed"],
    [
      "text after a quote",
      'a,b\n1,"2"x\n',
      'NN0806 t.csv:2:6: expected the end of the cell after its closing quote, found "x"',
    ],
    [
      "bytes that are not UTF-8",
      bytes(0x61, 0x0a, 0xc3, 0x28),
      "NN0803 t.csv is not UTF-8 text: expected UTF-8, found 0x28 at byte 3",
    ],
    [
      "an unfinished character",
      bytes(0x61, 0x0a, 0xc3),
      "NN0803 t.csv is not UTF-8 text: expected UTF-8, found an unfinished character at byte 3",
    ],
    [
      "UTF-16",
      bytes(0xff, 0xfe, 0x61, 0x00),
      "NN0803 t.csv is not UTF-8 text: expected UTF-8, found the byte order mark of UTF-16 at byte 0",
    ],
    [
      "an image",
      bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      "NN0803 t.csv is not UTF-8 text: expected UTF-8, found a PNG image",
    ],
    [
      "a spreadsheet",
      bytes(0x50, 0x4b, 0x03, 0x04, 0x0a, 0xff),
      "NN0803 t.csv is not UTF-8 text: expected UTF-8, found a ZIP archive, as a spreadsheet is",
    ],
  ];
  it.each(cases)("%s", (_, text, expected) => {
    expect(errorOf(() => parseCsv("t.csv", text))).toBe(expected);
  });
});

describe("a number", () => {
  it.each([
    ["0", 0],
    ["-0", -0],
    ["+7", 7],
    ["1.5", 1.5],
    [".5", 0.5],
    ["5.", 5],
    [" 2\t", 2],
    ["1e3", 1000],
    ["1E-3", 0.001],
    ["0.1", 0.1],
    ["123456789.123456", 123456789.123456],
    ["12345678901234567890", 12345678901234567000],
    ["3.4028236e38", 3.4028236e38],
  ])("%s is read", (text, value) => {
    expect(readNumber(text, 0, text.length)).toBe(value);
  });

  it.each([
    "",
    " ",
    "NaN",
    "Infinity",
    "-inf",
    "1abc",
    "1,5",
    "0x10",
    "1e",
    ".",
    "-",
    "+-1",
    "1.2.3",
    "1 2",
    "1_000",
    "١",
  ])("%j is none", (text) => {
    expect(readNumber(text, 0, text.length)).toBeNaN();
  });

  it("agrees with the language's own reading", () => {
    const decimal = fc.double({ noNaN: true, noDefaultInfinity: true }).map(String);
    const agree = (text: string): void => {
      expect(readNumber(text, 0, text.length)).toBe(Number(text));
    };
    fc.assert(fc.property(decimal, agree), { seed: 1 });
    const short = fc.tuple(fc.nat(999999999), fc.nat(999999)).map(([whole, part]) => `${whole}.${part}`);
    fc.assert(fc.property(short, agree), { seed: 2 });
  });

  it("of a hundred thousand digits and a letter is refused at once", () => {
    expect(readNumber(`${"1".repeat(100_000)}x`, 0, 100_001)).toBeNaN();
  });
});

it("reads back what was written", () => {
  const cell = fc.string({ unit: fc.constantFrom("a", "1", ",", '"', "\n", "\r", " ", ";", "é", "😀"), maxLength: 6 });
  const tables = fc
    .integer({ min: 1, max: 4 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 5 }));
  const line = (cells: readonly string[]): string => cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(",");
  fc.assert(
    fc.property(tables, fc.constantFrom("\n", "\r\n", "\r"), (rows, end) => {
      const header = rows[0]?.map((_, column) => `c${column}`) ?? [];
      expect(cellsOf([header, ...rows].map(line).join(end))).toEqual([header, ...rows]);
    }),
    { seed: 3 },
  );
});
