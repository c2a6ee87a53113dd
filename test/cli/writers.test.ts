/** What predictions are written as, whatever they and their names are, read back by readers that are not ours alone. */
import { describe, expect, test } from "vitest";
import { writerOf } from "../../cli/predict/write.ts";
import { toJson } from "../../cli/output/json.ts";
import { constant, symbol } from "../../compiler/dimension/dimension.ts";
import { cellText, parseCsv } from "../../runtime/data/csv.ts";
import { parseIdx } from "../../runtime/data/idx.ts";
import { parseNpy } from "../../runtime/data/npy.ts";
import type { Interface, OutputField } from "../../runtime/predict/interface.ts";

const hard: readonly string[] = [
  'quo"te',
  '"',
  "a,b",
  "a;b",
  "line\nbreak",
  "carriage\rreturn",
  "tab\tbed",
  " blanks ",
  "ünïcödé 日本 😀",
  "\u2028",
  "__proto__",
  "constructor",
  "toString",
  "NaN",
  "1e3",
  "",
  "</script>",
  "x".repeat(10_000),
];

/** Zeros of both signs, the least and the largest, thirds, whole numbers that a float32 holds, and what is no number. */
const numbers = Float32Array.of(
  0,
  -0,
  1,
  -1,
  1 / 3,
  0.1,
  16777217,
  123456.7,
  2 ** -149,
  2 ** -126,
  3.4028234663852886e38,
  -1e-10,
  1e21,
);
const notFinite = Float32Array.of(NaN, Infinity, -Infinity);

function outside(output: Partial<OutputField>, name = "output"): Interface {
  const shape = output.shape ?? [];
  const result = { name: "output", dtype: "f32", shape: [symbol("N"), ...shape.map(constant)] } as const;
  return {
    model: { name: "M", entry: "predict.M", parameters: 0, inputs: [], results: [result] } as never,
    inputs: [],
    outputs: [{ name, shape, width: shape.reduce((all, size) => all * size, 1), ...output }],
  };
}

function written(form: "csv" | "json" | "npy" | "idx", one: Interface, data: Float32Array, rows: number): Uint8Array {
  const writer = writerOf(form, one);
  const shape = [rows, ...(one.outputs[0]?.shape ?? [])];
  const answers = { predictions: [{ name: "output", shape, data }], rows, from: 0, total: rows };
  return Buffer.concat([Buffer.from(writer.head(answers)), Buffer.from(writer.part(answers))]);
}

function table(text: Uint8Array): readonly (readonly string[])[] {
  const csv = parseCsv("out.csv", text);
  const width = csv.header.length;
  const row = (at: number): readonly string[] => csv.header.map((_, column) => cellText(csv, at * width + column));
  return [csv.header, ...Array.from({ length: csv.rows }, (_, at) => row(at))];
}

describe("numbers come back to the bit, but for the sign of 0", () => {
  const positive = (values: Iterable<number>): number[] => Array.from(values, (value) => value + 0);
  const rows = numbers.length;

  test("from CSV", () => {
    const [header, ...cells] = table(written("csv", outside({}), numbers, rows));
    expect(header).toEqual(["output"]);
    expect(cells.map(([cell]) => Math.fround(Number(cell)))).toEqual(positive(numbers));
  });

  test("from JSON lines", () => {
    const lines = Buffer.from(written("json", outside({}), numbers, rows))
      .toString()
      .trimEnd()
      .split("\n");
    const found = lines.map((line) => (JSON.parse(line) as { output: number }).output);
    expect(found.map(Math.fround)).toEqual(positive(numbers));
  });

  test("from NPY and IDX, its sign and what is no number included", () => {
    const all = Float32Array.of(...numbers, ...notFinite);
    const bits = (bytes: Uint8Array): string => Buffer.from(bytes.slice(-4 * all.length)).toString("hex");
    const [npy, idx] = [written("npy", outside({}), all, all.length), written("idx", outside({}), all, all.length)];
    expect(bits(npy)).toBe(Buffer.from(all.buffer).toString("hex"));
    expect(bits(Uint8Array.from(idx.slice(-4 * all.length)).reverse())).toBe(
      Buffer.from(all.slice().reverse().buffer).toString("hex"),
    );
    expect([parseNpy("y.npy", npy).shape, parseIdx("y.idx", idx).shape]).toEqual([[all.length], [all.length]]);
  });
});

test("numbers that are not finite are words in CSV, and null in JSON, which has none", () => {
  expect(Buffer.from(written("csv", outside({}), notFinite, 3)).toString()).toBe("output\nNaN\nInfinity\n-Infinity\n");
  expect(Buffer.from(written("json", outside({ shape: [3], width: 3 }), notFinite, 1)).toString()).toBe(
    '{"output":[null,null,null]}\n',
  );
});

describe("names of classes and of the target come back, whatever they are", () => {
  const scores = Float32Array.from(hard, (_, at) => at);
  const each = hard.map((_, at) => {
    const own = scores.slice();
    own[at] = 100;
    return own;
  });
  const data = Float32Array.from(each.flatMap((own) => [...own]));

  test.each(["digit", 'a "target", of\ntwo lines', "a;b\tc", " ", "__proto__"])("from CSV, the target %j", (target) => {
    const one = outside({ shape: [hard.length], classes: hard }, target);
    const [header, ...rows] = table(written("csv", one, data, hard.length));
    expect(header).toEqual([target, ...hard.map((name) => `score ${name}`)]);
    expect(rows.map(([name]) => name)).toEqual(hard);
    expect(rows.map(([, ...cells]) => cells.map(Number))).toEqual(each.map((own) => [...own]));
  });

  test.each(["digit", 'a "target", of\ntwo lines', "__proto__"])("from JSON lines, the target %j", (target) => {
    const one = outside({ shape: [hard.length], classes: hard }, target);
    const lines = Buffer.from(written("json", one, data, hard.length))
      .toString()
      .trimEnd()
      .split("\n");
    const entries = lines.map((line) => Object.entries(JSON.parse(line) as Record<string, unknown>));
    expect(entries.map((row) => row[0])).toEqual(hard.map((name) => [target, name]));
    expect(entries.map((row) => Object.entries(Object(row[1]?.[1])))).toEqual(
      each.map((own) => hard.map((name, at) => [name, own[at]])),
    );
  });
});

describe("JSON for other programs", () => {
  test.each<readonly [string, unknown, string]>([
    ["numbers that JSON has not are null", [NaN, Infinity, -Infinity], "[null,null,null]"],
    ["also in typed arrays and maps", new Map([["a", Float32Array.of(1.5, NaN)]]), '{"a":[1.5,null]}'],
    [
      "the largest and the least keep their digits",
      [1.7976931348623157e308, 5e-324, 2 ** 53],
      "[1.7976931348623157e+308,5e-324,9007199254740992]",
    ],
    ["a negative zero is a zero", [-0], "[0]"],
    [
      "a key is a key",
      new Map([
        ["__proto__", 1],
        ['"', 2],
        ["", 3],
      ]),
      '{"__proto__":1,"\\"":2,"":3}',
    ],
    ["line ends do not end the line", ["a\r\nb\u2028"], '["a\\r\\nb\u2028"]'],
    ["half a surrogate is escaped", ["\ud800"], '["\\ud800"]'],
  ])("%s", (_, value, text) => {
    expect(toJson(value)).toBe(text);
  });

  test("nests as deep as a log does", () => {
    let value: unknown = 1;
    for (let depth = 0; depth < 1000; depth++) value = new Map([["a", [value]]]);
    expect(toJson(value)).toBe(`${'{"a":['.repeat(1000)}1${"]}".repeat(1000)}`);
  });
});
