/** Rows: which keys are columns and which are inputs; labels by the names that training gave them, whichever type they are written in. */
import { describe, expect, test } from "vitest";
import type { InputField } from "../../runtime/predict/interface.ts";
import { readRows } from "../../runtime/predict/rows.ts";
import { unfitted } from "../../runtime/save/fitted.ts";
import { errorOf } from "../data/support.ts";

const read = (cell: unknown, classes: readonly string[]) => {
  const field = { name: "target", dtype: "i32", shape: [], width: 1, classes, limit: classes.length } as const;
  return readRows([{ place: "row 0", value: { target: cell } }], [field], unfitted).get("target")?.[0];
};

test.each<[unknown, readonly string[], number]>([
  ["b", ["a", "b"], 1],
  [3, ["1", "2", "3"], 2],
  ["3", ["1", "2", "3"], 2],
  [-1, ["-1", "1"], 0],
  [true, ["false", "true"], 1],
  [false, ["False", "True"], 0],
  [true, ["FALSE", "TRUE"], 1],
])("%j of %j", (cell, classes, id) => {
  expect(read(cell, classes)).toBe(id);
});

test.each<[unknown, readonly string[], string]>([
  [1, ["a", "b"], 'NN0828 row 0: expected one of the classes "a", "b" for `target`, found 1'],
  [0, ["1", "2"], 'NN0828 row 0: expected one of the classes "1", "2" for `target`, found 0'],
  [true, ["a", "b"], 'NN0828 row 0: expected one of the classes "a", "b" for `target`, found true'],
  [null, ["a", "b"], 'NN0828 row 0: expected one of the classes "a", "b" for `target`, found null'],
  ["c", ["a", "b"], 'NN0821 row 0: the class "c" of `target` does not occur in the training rows, which have "a", "b"'],
])("%j is none of %j", (cell, classes, message) => {
  expect(errorOf(() => read(cell, classes))).toContain(message);
});

test.each<[string, Record<string, unknown>, string]>([
  ["a column that is empty", { a: 1, b: null }, "row 0: expected a finite number for `b`, found null"],
  ["a word in a column", { a: "one", b: 2 }, 'row 0: expected a finite number for `a`, found "one"'],
  ["a word in the list of an input", { x: [1, "two"] }, 'row 0: expected a finite number for `b`, found "two"'],
])("%s is told with its column", (_, value, message) => {
  const x: InputField = { name: "x", dtype: "f32", shape: [2], width: 2, columns: ["a", "b"] };
  expect(errorOf(() => readRows([{ place: "row 0", value }], [x], unfitted))).toContain(message);
});

describe("an object is by column where it has all columns, else an input is found by its name before its columns", () => {
  const field = (name: string, ...columns: readonly string[]): InputField => {
    const width = Math.max(1, columns.length);
    const base = { name, dtype: "f32", shape: width === 1 ? [] : [width], width } as const;
    return columns.length === 0 ? base : { ...base, columns };
  };
  const found = (inputs: readonly InputField[], row: object) => {
    const columns = [...inputs, field("target", "y")].map(({ name, columns: values = [] }) => ({ name, values }));
    const values = readRows([{ place: "row 0", value: row }], inputs, { ...unfitted, columns });
    return [...values.values()].map((view) => [...view]);
  };
  const swapped = [field("a", "b"), field("b", "a")];
  const chained = [field("a", "b"), field("b", "c")];
  const plane = [field("x", "x", "u")];
  const apart = [field("x", "t", "f"), field("z", "w")];

  test.each<[string, readonly InputField[], object, readonly (readonly number[])[]]>([
    ["columns that are called as other inputs", swapped, { a: 1, b: 20 }, [[20], [1]]],
    ["in a Map", swapped, new Map(Object.entries({ a: 1, b: 20 })), [[20], [1]]],
    ["beside the target", swapped, { a: 1, b: 20, y: 5, target: 5 }, [[20], [1]]],
    ["lists are values of inputs, not of columns", swapped, { a: [1], b: [20] }, [[1], [20]]],
    ["columns in a chain", chained, { b: 20, c: 3 }, [[20], [3]]],
    ["inputs where a column is missing", chained, { a: 1, b: 20 }, [[1], [20]]],
    ["one by input, one by column", chained, { a: 1, c: 3 }, [[1], [3]]],
    ["a column that is called as its own input", plane, { x: 1, u: 2 }, [[1, 2]]],
    ["an input that is called as its own column", plane, { x: [1, 2] }, [[1, 2]]],
    ["columns of one, the name of the other", apart, { t: 1, f: 2, z: 3 }, [[1, 2], [3]]],
    ["a column that is the target's, called as the input", [field("y", "t", "f")], { t: 1, f: 2, y: 3 }, [[1, 2]]],
  ])("%s", (_, inputs, row, values) => {
    expect(found(inputs, row)).toEqual(values);
  });

  test.each<[string, readonly InputField[], object, string]>([
    ["a column twice", swapped, { a: 1 }, 'NN0828 row 0: expected a value for `b`, found the keys "a"'],
    ["a name for another", chained, { b: 1 }, 'NN0828 row 0: expected a value for `a`, found the keys "b"'],
    ["one column of two", plane, { x: 1 }, 'NN0828 row 0: expected a value for `u`, found the keys "x"'],
    [
      "one number for two",
      [field("x", "t", "f")],
      { x: 1 },
      "NN0814 `x` takes 2 numbers a row ([2]), found 1 in row 0",
    ],
    ["no columns to be read by", [field("x")], { w: 1 }, 'NN0828 row 0: expected a value for `x`, found the keys "w"'],
    [
      "an input beside its columns",
      apart,
      { t: 1, f: 2, w: 3, x: [1, 2] },
      'NN0848 row 0: expected the keys "t", "f", "w", "y", "target", found "x", which nothing reads (a row gives an input by its columns or by its name, not both)',
    ],
    [
      "a column beside its input",
      apart,
      { x: [1, 2], t: 1, w: 3 },
      'NN0848 row 0: expected the keys "x", "w", "y", "target", found "t", which nothing reads',
    ],
    [
      "all of a chain",
      chained,
      { a: 1, b: 2, c: 3 },
      'NN0848 row 0: expected the keys "b", "c", "y", "target", found "a", which nothing reads',
    ],
  ])("refused: %s", (_, inputs, row, message) => {
    expect(errorOf(() => found(inputs, row))).toContain(message);
  });
});
