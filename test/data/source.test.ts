/** From a CSV file to tensors: columns, classes, scaling and standardising, and every way in which a file does not fit. */
import { describe, expect, it } from "vitest";
import type { ColumnMapping } from "../../runtime/data/columns.ts";
import { assignColumns, fits } from "../../runtime/data/columns.ts";
import type { Dataset, Field } from "../../runtime/data/dataset.ts";
import { applyFitted, unfitted } from "../../runtime/save/fitted.ts";
import type { Fitted } from "../../runtime/save/fitted.ts";
import { csvMatrix, numberArray } from "../../runtime/data/array-file.ts";
import type { ArrayFile, Numbers } from "../../runtime/data/array-file.ts";
import { rowArrays, wholeArrays } from "../../runtime/data/arrays.ts";
import { csvSource } from "../../runtime/data/source.ts";
import { readRows } from "../../runtime/predict/rows.ts";
import type { Prepared, PrepareOptions } from "../../runtime/data/source.ts";
import { errorOf, ids, input } from "./support.ts";

const x1 = input("x", 1);
const numbers: Field = { name: "target", role: "target", dtype: "f32", shape: [] };

function mapping(fields: Record<string, string | string[]>, inputs?: string[]): ColumnMapping {
  const lists = Object.entries(fields).map(([name, patterns]) => [name, [patterns].flat()] as const);
  return inputs === undefined ? { fields: new Map(lists) } : { fields: new Map(lists), inputs };
}

function prepare(
  text: string,
  map: ColumnMapping,
  fields: readonly Field[],
  options: Partial<PrepareOptions> = {},
): Prepared {
  return csvSource("t.csv", text, map, fields).prepare({ seed: 1, ...options });
}

function values(dataset: Dataset | null): Record<string, number[]> {
  return Object.fromEntries([...(dataset?.tensors ?? [])].map(([name, { data }]) => [name, [...data]]));
}

describe("columns", () => {
  const header = ["id", "pixel0", "age", "pixel1", "target", "digit"];
  const wanted = [input("image", 2), input("age", 1), ids(10)];
  const chosen = (map: ColumnMapping, fields: readonly Field[]): Record<string, readonly number[]> =>
    Object.fromEntries(assignColumns("t.csv", header, map, fields));

  it.each([
    [
      "a pattern, a name and the target",
      mapping({ image: "pixel*", age: "id", target: "digit" }),
      wanted,
      { image: [1, 3], age: [0], target: [5] },
    ],
    [
      "the field's own name",
      mapping({ image: ["pixel1", "pixel0"] }),
      wanted,
      { image: [3, 1], age: [2], target: [4] },
    ],
    ["all but the target", mapping({ target: "digit" }), [x1, ids(10)], { x: [0, 1, 2, 3, 4], target: [5] }],
    ["all but a target that is not wanted", mapping({ target: "digit" }), [x1], { x: [0, 1, 2, 3, 4] }],
    ["all, where nothing else is wanted", mapping({}), [x1], { x: [0, 1, 2, 3, 4, 5] }],
    [
      "the inputs that are named",
      mapping({ target: "digit" }, ["age", "pix*0"]),
      [x1, ids(10)],
      { x: [2, 1], target: [5] },
    ],
  ])("are chosen by %s", (_, map, fields, expected) => {
    expect(chosen(map, fields)).toEqual(expected);
  });

  it("called as the target's pattern, which is their very name, leave those that fit it to the input", () => {
    const odd = ["y*", "y1", "y2"];
    const target = mapping({ target: "y*" });
    expect([...assignColumns("t.csv", odd, target, [x1, ids(10)])]).toEqual([
      ["target", [0]],
      ["x", [1, 2]],
    ]);
    expect([...assignColumns("t.csv", odd, target, [x1])]).toEqual([["x", [1, 2]]]);
  });

  it.each([
    ["pixel*", "pixel", true],
    ["*", "", true],
    ["a*a", "a", false],
    ["a*b*c", "aXbYc", true],
    ["a*b*c", "abcb", false],
    ["*a", "b", false],
    ["a.c", "abc", false],
    ["a*bc*bc", "abc", false],
    [`${"a*".repeat(2000)}b`, "a".repeat(5000), false],
  ])("%.20s fits %.20s: %s", (pattern, text, expected) => {
    expect(fits(pattern, text)).toBe(expected);
  });

  const list = '"id", "pixel0", "age", "pixel1", "target", "digit"';
  it.each([
    [
      "missing",
      mapping({ target: "digits" }),
      [x1, ids(10)],
      `NN0810 t.csv has no column "digits", which \`target\` is read from; its columns are ${list} (did you mean \`digit\`?)`,
    ],
    [
      "a pattern without a match",
      mapping({ image: "pix_*" }),
      wanted,
      `NN0811 no column of t.csv fits the pattern "pix_*", which \`image\` is read from; its columns are ${list}`,
    ],
    [
      "not told",
      mapping({}),
      wanted,
      `NN0812 expected to be told which column of t.csv \`image\` is read from, as in \`image: "column"\`; its columns are ${list}`,
    ],
    [
      "for a field that nobody takes",
      mapping({ imag: "pixel*" }),
      wanted,
      'NN0813 the data give `imag`, which nothing takes; expected "image", "age", "target" (did you mean `image`?)',
    ],
    [
      "told twice, by `inputs` and by name",
      mapping({ x: ["pixel0"] }, ["pixel*"]),
      [x1],
      'NN0832 `inputs` of the data: expected columns by the name of each input ("x"), or `inputs` for a single one, found `inputs` beside `x`',
    ],
    [
      "told by `inputs` for several",
      mapping({}, ["pixel*"]),
      wanted,
      'NN0832 `inputs` of the data: expected columns by the name of each input ("image", "age"), or `inputs` for a single one, found `inputs` for 2 inputs',
    ],
    [
      "taken twice by one field",
      mapping({ image: ["pixel*", "pixel1"] }),
      [input("image", 3)],
      'NN0832 `image` of the data: expected each column once, found "pixel1" twice',
    ],
    [
      "taken twice by `inputs`",
      mapping({}, ["age", "*"]),
      [x1],
      'NN0832 `inputs` of the data: expected each column once, found "age" twice',
    ],
  ])("that are %s are refused", (_, map, fields, expected) => {
    expect(errorOf(() => assignColumns("t.csv", header, map, fields))).toBe(expected);
  });
});

describe("a CSV file becomes tensors", () => {
  it("with rows reshaped, numbers as ids, and a hold-out", () => {
    const text = ["a,b,c,d,y", ...Array.from({ length: 10 }, (_, row) => `${row},1,2,3,${row % 3}`)].join("\n");
    const { train, holdout, warnings } = prepare(text, mapping({ target: "y" }), [input("x", 2, 2), ids(3)], {
      holdout: { kind: "fraction", value: 0.3 },
    });
    expect([train.rows, holdout?.rows, warnings]).toEqual([7, 3, []]);
    expect(train.tensors.get("x")).toMatchObject({ dtype: "f32", shape: [2, 2], rowStride: 4 });
    const firsts = [...(train.tensors.get("x")?.data ?? []), ...(holdout?.tensors.get("x")?.data ?? [])].filter(
      (_, at) => at % 4 === 0,
    );
    expect(firsts.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(firsts.length).toBe(10);
  });

  it("with words as ids in sorted order, their names kept", () => {
    const { train, fitted } = prepare("a,y\n1,dog\n2,cat\n3,Dog\n4,cat\n", mapping({ target: "y" }), [x1, ids(3)]);
    expect(values(train)).toEqual({ x: [1, 2, 3, 4], target: [2, 1, 0, 1] });
    expect(fitted.classes).toEqual([{ name: "target", values: ["Dog", "cat", "dog"] }]);
    expect(fitted.columns).toEqual([
      { name: "x", values: ["a"] },
      { name: "target", values: ["y"] },
    ]);
  });

  it("with numbers as float targets, which nothing scales", () => {
    const { train } = prepare("a,y\n1,0.5\n3,-2e3\n", mapping({ target: "y" }), [x1, numbers], {
      scale: 2,
      standardize: true,
    });
    expect(values(train)).toEqual({ x: [-1, 1], target: [0.5, -2000] });
  });

  it("with what is named standardised, a target included", () => {
    const read = (standardize: readonly string[]) =>
      prepare(
        "a,b,y\n1,5,-2\n3,9,4\n",
        mapping({ a: "a", b: "b", target: "y" }),
        [input("a", 1), input("b", 1), numbers],
        {
          scale: 2,
          standardize,
        },
      );
    expect(values(read(["b", "target"]).train)).toEqual({ a: [2, 6], b: [-1, 1], target: [-1, 1] });
    expect(read(["target"]).fitted.inputs).toEqual([
      { name: "a", scale: 2, mean: null, deviation: null },
      { name: "b", scale: 2, mean: null, deviation: null },
      { name: "target", scale: 1, mean: [1], deviation: [3] },
    ]);
    expect(errorOf(() => read(["c"]))).toBe(
      'NN0832 `standardize` of the data: expected names of float inputs ("a", "b", "target"), found "c"',
    );
  });

  it("with the range of each column of its inputs in the training rows, as the file has them; of long rows one, of words and NaNs none", () => {
    const text = [
      "a,b,w,y",
      ...Array.from({ length: 8 }, (_, row) => `${row},${0.1 - row},${row % 2 ? "u" : "v"},1`),
    ].join("\n");
    const fields = [input("x", 2), { ...ids(2), name: "w", role: "input" as const }, numbers];
    const { fitted } = prepare(text, mapping({ x: ["a", "b"], w: "w", target: "y" }), fields, {
      standardize: true,
      scale: 2,
      holdout: { kind: "count", value: 3 },
    });
    expect(fitted.ranges).toHaveLength(1);
    const [{ name, least, most }] = fitted.ranges ?? [];
    // Five rows of eight, whichever they are.
    expect([name, most[0] - least[0] >= 4, least[1]]).toEqual(["x", true, 0.1 - most[0]]);
    const long = ["a", ...Array.from({ length: 65 }, (_, at) => `p${at}`)].join(",");
    const row = (first: number) => [first, ...Array.from({ length: 65 }, (_, at) => at)].join(",");
    const wide = prepare([long, row(1), row(2)].join("\n"), mapping({ target: "a" }), [input("x", 65), numbers], {});
    expect(wide.fitted.ranges).toEqual([{ name: "x", least: [0], most: [64] }]);
  });

  it("scaled", () => {
    const { train, fitted } = prepare("a,y\n16,0\n8,1\n", mapping({ target: "y" }), [x1, ids(2)], { scale: 1 / 16 });
    expect(values(train)).toEqual({ x: [1, 0.5], target: [0, 1] });
    expect(fitted.inputs).toEqual([{ name: "x", scale: 1 / 16, mean: null, deviation: null }]);
  });

  it("standardised by the training rows alone, a constant column as 0 with a warning", () => {
    const text = ["a,b", ...Array.from({ length: 8 }, (_, row) => `${row * row},0.1`)].join("\n");
    const { train, holdout, fitted, warnings } = prepare(text, mapping({}), [input("x", 2)], {
      standardize: true,
      holdout: { kind: "count", value: 3 },
    });
    const columns = [...(train.tensors.get("x")?.data ?? [])].filter((_, at) => at % 2 === 0);
    expect(columns.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 6);
    expect(columns.reduce((sum, value) => sum + value * value, 0) / 5).toBeCloseTo(1, 6);
    expect([...(holdout?.tensors.get("x")?.data ?? [])].filter((_, at) => at % 2 === 1)).toEqual([0, 0, 0]);
    expect(fitted.inputs[0]?.deviation?.[1]).toBe(0);
    expect(warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'NN0822 column "b" of `x` is the same in all training rows of t.csv; standardised it is 0',
    ]);
  });
});

it("constant columns are told in one message, of many the first", () => {
  const lines = (...names: string[]) => [names.join(","), ...[1, 1].map((value) => names.map(() => value).join(","))];
  const warned = (text: string, width: number) =>
    prepare(text, mapping({}), [input("x", width)], { standardize: true }).warnings.map(({ message }) => message);
  expect(warned(lines("a", "b").join("\n"), 2)).toEqual([
    'columns "a", "b" of `x` are the same in all training rows of t.csv; standardised they are 0',
  ]);
  const many = Array.from({ length: 784 }, (_, at) => `p${at}`);
  expect(warned(lines(...many).join("\n"), 784)).toEqual([
    'columns "p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7" and 776 more of `x` are the same in all training rows of t.csv; standardised they are 0',
  ]);
});

describe("what is done to numbers is done before they are rounded to 32 bits", () => {
  // Seconds since 1970, of which 32 bits tell apart only those of different pairs of minutes.
  const times = [1_700_000_000, 1_700_000_001, 1_700_000_002.5, 1_700_000_007.5];
  const text = `t\n${times.join("\n")}\n`;
  const [mean, deviation] = [1_700_000_002.75, Math.sqrt((2.75 ** 2 + 1.75 ** 2 + 0.25 ** 2 + 4.75 ** 2) / 4)];
  const standardised = times.map((time) => Math.fround((time - mean) / deviation));

  it("standardising", () => {
    const { train, fitted, warnings } = prepare(text, mapping({}), [x1], { standardize: true });
    expect(warnings).toEqual([]);
    expect(fitted.inputs).toEqual([{ name: "x", scale: 1, mean: [mean], deviation: [deviation] }]);
    expect(values(train)).toEqual({ x: standardised });
    expect(values(csvSource("u.csv", text, mapping({}), [x1]).apply(fitted))).toEqual({ x: standardised });
  });

  it("standardising a target", () => {
    const { train } = prepare(text, mapping({ target: "t" }), [numbers], { standardize: ["target"] });
    expect(values(train)).toEqual({ target: standardised });
  });

  it("scaling", () => {
    const { train } = prepare(text, mapping({}), [x1], { scale: 1 / 1_700_000_000 });
    expect(values(train)).toEqual({ x: times.map((time) => Math.fround(time * (1 / 1_700_000_000))) });
  });

  it.each<[string, ArrayFile]>([
    ["doubles", numberArray("t.npy", [4], Float64Array.from(times))],
    ["a matrix in CSV", csvMatrix("t.csv", text)],
  ])("of %s", (_, array) => {
    const { train, warnings } = rowArrays(new Map([["x", array]]), [x1]).prepare({ seed: 1, standardize: true });
    expect(warnings).toEqual([]);
    expect(values(train)).toEqual({ x: standardised });
  });

  it("of whole tensors", () => {
    const array = numberArray("t.npy", [2], Float64Array.of(1_700_000_000, 1_700_000_001));
    const { train } = wholeArrays(new Map([["x", array]]), [input("x", 2)]).prepare({
      seed: 1,
      scale: 1 / 1_700_000_000,
    });
    expect(values(train)).toEqual({ x: [1, Math.fround(1_700_000_001 / 1_700_000_000)] });
  });

  it.each<[string, Numbers, string]>([
    ["u1", Uint8Array.of(255), "f32"],
    ["f4", Float32Array.of(0.1), "f32"],
    ["i4", Int32Array.of(2 ** 24 + 1), "f64"],
    ["u4", Uint32Array.of(2 ** 24 + 1), "f64"],
    ["f8", Float64Array.of(0.1), "f64"],
  ])("in 64 bits where 32 do not hold them: %s", (_, data, expected) => {
    const array = numberArray("t.npy", [1], data);
    expect(array.read({ ...x1, wide: true }).dtype).toBe(expected);
    const { train } = rowArrays(new Map([["x", array]]), [x1]).prepare({ seed: 1, scale: 1 / 3 });
    expect(values(train)).toEqual({ x: [Math.fround((data[0] ?? NaN) * (1 / 3))] });
  });

  it("of rows to predict", () => {
    const { fitted } = prepare(text, mapping({}), [x1], { standardize: true });
    const field = { name: "x", dtype: "f32", shape: [1], width: 1 } as const;
    const rows = readRows(
      times.map((time) => ({ place: "row", value: [time] })),
      [field],
      fitted,
    );
    expect([...(rows.get("x") ?? [])]).toEqual(standardised);
  });
});

describe("what was fitted", () => {
  const fitted = prepare("a,b,y\n1,10,no\n3,30,yes\n", mapping({ target: "y" }), [input("x", 2), ids(2)], {
    standardize: true,
  }).fitted;

  it("survives JSON and reads another file, whatever the order of its columns", () => {
    const copy: Fitted = JSON.parse(JSON.stringify(fitted));
    expect(copy).toEqual(fitted);
    const other = csvSource("u.csv", "y,b,extra,a\nyes,20,9,1\n", mapping({ target: "y" }), [
      input("x", 2),
      ids(2),
    ]).apply(copy);
    expect(values(other)).toEqual({ x: [-1, 0], target: [1] });
  });

  it("reads rows to predict, which need no target", () => {
    expect(values(csvSource("u.csv", "a,b\n2,20\n", mapping({ target: "y" }), [input("x", 2)]).apply(fitted))).toEqual({
      x: [0, 0],
    });
  });

  it("applies to arrays with the bits of a file", () => {
    expect([...applyFitted(fitted, "x", [0.1, 7.3])]).toEqual(
      values(csvSource("u.csv", "a,b\n0.1,7.3\n", mapping({}), [input("x", 2)]).apply(fitted))["x"],
    );
  });

  it("names a class and a column that the other file has and lacks", () => {
    const read = (text: string): string =>
      errorOf(() => csvSource("u.csv", text, mapping({ target: "y" }), [input("x", 2), ids(2)]).apply(fitted));
    expect(read("a,b,y\n1,2,no\n1,2,maybe\n")).toBe(
      'NN0821 u.csv:3:5: the class "maybe" of `target` does not occur in the training rows, which have "no", "yes"',
    );
    expect(read("a,b,y\n1,2,yess\n")).toBe(
      'NN0821 u.csv:2:5: the class "yess" of `target` does not occur in the training rows, which have "no", "yes" (did you mean `yes`?)',
    );
    expect(read("a,B,y\n1,2,no\n")).toBe(
      'NN0810 u.csv has no column "b", which `x` is read from; its columns are "a", "B", "y" (did you mean `B`?)',
    );
  });

  it("may be nothing", () => {
    expect(values(csvSource("u.csv", "a\n5\n", mapping({}), [x1]).apply(unfitted))).toEqual({ x: [5] });
  });
});

describe("a cell is refused", () => {
  const target = mapping({ target: "y" });
  it.each([
    ["empty", "a,y\n1,0\n,1\n", 'NN0815 t.csv:3:1: expected a number in column "a", found an empty cell'],
    [
      "missing, as are others",
      "a,y\n1,0\n,1\n2,\nnan,0\n",
      'NN0815 t.csv:3:1: expected a number in column "a", found an empty cell (2 more cells are missing: t.csv:4:3 in column "y", t.csv:5:1 in column "a")',
    ],
    [
      "missing, as are many",
      `a,y\n1,0\n${",1\n".repeat(7)}`,
      'NN0815 t.csv:3:1: expected a number in column "a", found an empty cell (6 more cells are missing: t.csv:4:1 in column "a", t.csv:5:1 in column "a", t.csv:6:1 in column "a", t.csv:7:1 in column "a", and 2 more)',
    ],
    ["NaN", "a,y\nNaN,0\n", 'NN0815 t.csv:2:1: expected a number in column "a", found "NaN"'],
    ["infinite", "a,y\n-Infinity,0\n", 'NN0815 t.csv:2:1: expected a number in column "a", found "-Infinity"'],
    ["1abc", "a,y\n1abc,0\n", 'NN0815 t.csv:2:1: expected a number in column "a", found "1abc"'],
    [
      "with a decimal comma",
      'a,y\n"1,5",0\n',
      'NN0815 t.csv:2:1: expected a number in column "a", found "1,5" (write the decimal sign as a point)',
    ],
    ["invisible", "a,y\n\u0000\u202e,0\n", 'NN0815 t.csv:2:1: expected a number in column "a", found "\\u0000\\u202e"'],
    [
      "long",
      `a,y\n${"x".repeat(99)},0\n`,
      `NN0815 t.csv:2:1: expected a number in column "a", found "${"x".repeat(59)}…"`,
    ],
    [
      "beyond 32-bit floats",
      "a,y\n1e39,0\n",
      'NN0816 t.csv:2:1: expected a number that a 32-bit float can hold in column "a", found "1e39"',
    ],
    [
      "a fraction for an id",
      "a,y\n1,0\n1,0.5\n",
      'NN0817 t.csv:3:3: expected a whole number in column "y", found "0.5"',
    ],
    [
      "2^40 for an id",
      "a,y\n1,0\n1,1099511627776\n",
      'NN0817 t.csv:3:3: expected a whole number in column "y", found "1099511627776"',
    ],
    [
      "no word",
      "a,y\n1,a\n1,\n",
      'NN0818 t.csv:3:3: expected the name of a class in column "y", as in its first row, found an empty cell',
    ],
    ["a word among ids", "a,y\n1,0\n1,1abc\n", 'NN0817 t.csv:3:3: expected a whole number in column "y", found "1abc"'],
    [
      "a number among words",
      "a,y\n1,a\n1,7\n",
      'NN0818 t.csv:3:3: expected the name of a class in column "y", as in its first row, found "7"',
    ],
    ["an id too large", "a,y\n1,0\n1,2\n1,1\n", "NN0819 t.csv:3:3: expected an id from 0 to 1 for `target`, found 2"],
    ["a negative id", "a,y\n1,-1\n", "NN0819 t.csv:2:3: expected an id from 0 to 1 for `target`, found -1"],
    [
      "a third class of two",
      "a,y\n1,a\n1,b\n1,c\n",
      "NN0820 t.csv holds 3 classes for `target`, expected at most 2, the number that the network tells apart",
    ],
  ])("%s", (_, text, expected) => {
    expect(errorOf(() => prepare(text, target, [x1, ids(2)]))).toBe(expected);
  });

  it("when the row has the wrong number of elements", () => {
    expect(errorOf(() => prepare("a,b,y\n1,2,0\n", target, [input("x", 28, 28, 1), ids(2)]))).toBe(
      "NN0814 `x` takes 784 numbers a row ([28, 28, 1]), found 2 in the columns of t.csv",
    );
  });

  it("when its class is only in the hold-out", () => {
    const text = ["a,y", ...Array.from({ length: 6 }, (_, row) => `1,class${row}`)].join("\n");
    expect(errorOf(() => prepare(text, target, [x1, ids(9)], { holdout: { kind: "count", value: 1 } }))).toBe(
      'NN0821 t.csv:6:3: the class "class4" of `target` does not occur in the training rows, which have "class0", "class1", "class2", "class3", "class5"',
    );
  });
});
