/** Labels in rows: by the names that training gave them, whichever type they are written in. */
import { expect, test } from "vitest";
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
  [1, ["a", "b"], 'NN0828 row 0: expected one of the classes "a", "b", found 1'],
  [0, ["1", "2"], 'NN0828 row 0: expected one of the classes "1", "2", found 0'],
  [true, ["a", "b"], 'NN0828 row 0: expected one of the classes "a", "b", found true'],
  [null, ["a", "b"], 'NN0828 row 0: expected one of the classes "a", "b", found null'],
  ["c", ["a", "b"], 'NN0821 row 0: the class "c" of `target` does not occur in the training rows'],
])("%j is none of %j", (cell, classes, message) => {
  expect(errorOf(() => read(cell, classes))).toContain(message);
});
