/** What `train` and `prepare` take for data, looked at before anything is made of it: all that a row needs is there, or an error. */
import { describe, expect, test } from "vitest";
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import { unfitted } from "../../runtime/save/fitted.ts";
import { checkedContents, checkTraining } from "../../runtime/train/check.ts";

/** The code and the message of what is thrown; undefined where nothing is. */
function problemOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!(error instanceof NncError)) throw error;
    return `${error.diagnostic.code} ${error.diagnostic.message}`;
  }
}

const tensor = { dtype: "f32", shape: [2], rowStride: 2, data: new Float32Array(6) };
const dataset = (changes: object = {}, rows: unknown = 3) => ({
  rows,
  tensors: new Map([["x", { ...tensor, ...changes }]]),
});
const trainingOf = (train: unknown) => problemOf(() => checkTraining({ train }, {}));

describe("a dataset is taken", () => {
  test.each<[string, unknown]>([
    ["with room for every row", dataset()],
    ["with more room than that", dataset({ data: new Float32Array(7) })],
    ["whose last row ends before its stride does", dataset({ rowStride: 3, data: new Float32Array(8) })],
    ["whose rows overlap", dataset({ rowStride: 1, data: new Float32Array(4) })],
    ["of one row that all share", dataset({ rowStride: 0, data: new Float32Array(2) })],
    ["of single numbers", dataset({ shape: [], rowStride: 1, data: new Float32Array(3) })],
    ["of several axes", dataset({ shape: [2, 3], rowStride: 6, data: new Float32Array(18) })],
    ["of whole numbers", dataset({ dtype: "i32", data: new Int32Array(6) })],
    ["without rows", dataset({ data: new Float32Array(0) }, 0)],
    ["without rows, whatever its stride", dataset({ rowStride: 0, data: new Float32Array(0) }, 0)],
    ["without tensors", { rows: 3, tensors: new Map() }],
  ])("%s", (_, train) => expect(trainingOf(train)).toBeUndefined());
});

describe("a dataset is refused", () => {
  test.each<[string, unknown]>([
    ["that lacks a number of its last row", dataset({ data: new Float32Array(5) })],
    ["that lacks one behind its stride", dataset({ rowStride: 3, data: new Float32Array(7) })],
    ["that lacks one of several axes", dataset({ shape: [2, 3], rowStride: 6, data: new Float32Array(17) })],
    ["of a share of a row", dataset({}, 2.5)],
    ["of less than no rows", dataset({}, -1)],
    ["that does not tell its rows", { tensors: new Map() }],
    ["of rows in words", dataset({}, "3")],
    ["with a shape that is no list", dataset({ shape: 2 })],
    ["with an axis that is no size", dataset({ shape: [-2] })],
    ["with an axis in words", dataset({ shape: ["2"] })],
    ["with one axis of several that is no size", dataset({ shape: [1, 0.5] })],
    ["with a stride that is none", dataset({ rowStride: -2 })],
    ["with a stride that is half a number", dataset({ rowStride: 0.5 })],
    ["of a type that no program has", dataset({ dtype: "f64", data: new Float64Array(6) })],
    ["of bools, which are numbers here", dataset({ dtype: "bool", data: new Int32Array(6) })],
    ["of the other type than its data", dataset({ dtype: "i32" })],
    ["of a list in the place of its data", dataset({ data: [1, 2, 3, 4, 5, 6] })],
    ["with a tensor that is none", { rows: 3, tensors: new Map([["x", null]]) }],
    ["with a name that is none", { rows: 3, tensors: new Map([[1, tensor]]) }],
    [
      "of which one of two tensors is short",
      {
        rows: 3,
        tensors: new Map([...dataset().tensors, ["y", dataset({ data: new Float32Array(5) }).tensors.get("x")]]),
      },
    ],
  ])("%s", (_, train) =>
    expect(trainingOf(train)).toMatch(
      /^NN0706 option `train`: expected { rows, tensors } with a Map of { dtype, shape, rowStride, data }, found /,
    ),
  );

  test.each<[string, unknown, string]>([
    ["no object", 3, "found 3"],
    ["without a training set", {}, "found an empty object"],
    ["with a training set that is none", { train: 3 }, "found { train: 3 }"],
    ["with tensors that are no Map", { train: { rows: 3, tensors: {} } }, "found { train: … }"],
  ])("as data %s", (_, data, found) => {
    expect(problemOf(() => checkTraining(data, {}))).toBe(
      `NN0712 data: expected what \`prepare\` answers, { train: { rows, tensors }, … }, ${found}`,
    );
  });
});

describe("what comes with it", () => {
  const aborted = new AbortController().signal;
  test.each<[string, object, object]>([
    ["no hold-out", { holdout: null }, {}],
    ["a hold-out", { holdout: dataset() }, {}],
    ["what was fitted", { fitted: unfitted }, {}],
    ["warnings", { warnings: [{}] }, {}],
    ["bytes to start from", { startFrom: new Uint8Array(1) }, {}],
    ["a signal", {}, { signal: aborted }],
    ["what can be asked whether it is aborted", {}, { signal: { aborted: false } }],
  ])("is taken: %s", (_, data, options) => {
    expect(problemOf(() => checkTraining({ train: dataset(), ...data }, options))).toBeUndefined();
  });

  test.each<[string, object, object]>([
    ["holdout", { holdout: 3 }, {}],
    ["holdout", { holdout: dataset({ data: new Float32Array(5) }) }, {}],
    ["fitted", { fitted: {} }, {}],
    ["warnings", { warnings: "none" }, {}],
    ["warnings", { warnings: [{}, "none"] }, {}],
    ["startFrom", { startFrom: "old.safetensors" }, {}],
    ["signal", {}, { signal: {} }],
    ["signal", {}, { signal: null }],
    ["signal", {}, { signal: "aborted" }],
  ])("is refused as `%s`: %j %j", (name, data, options) => {
    expect(problemOf(() => checkTraining({ train: dataset(), ...data }, options))).toMatch(
      new RegExp(`^NN0706 option \`${name}\`: expected `),
    );
  });
});

describe("contents", () => {
  const read = () => Uint8Array.of(7);
  const of = (contents: object) => problemOf(() => checkedContents("prepare", contents as never)); // Some break the type on purpose.

  test("are read through, and given along", () => {
    const given = new Map([["x", { data: Float32Array.of(1), shape: [1] }]]);
    const checked = checkedContents("prepare", { read, given });
    expect(checked.read("a")).toEqual(Uint8Array.of(7));
    expect(checked).toMatchObject({ given });
  });

  test.each([
    ["a Map with a name that is none", { read, given: new Map([[1, Float32Array.of(1)]]) }],
    [
      "one such name of two",
      {
        read,
        given: new Map<unknown, unknown>([
          ["x", 1],
          [1, 1],
        ]),
      },
    ],
    ["an object in the place of a Map", { read, given: {} }],
  ])("are refused where `given` is %s", (_, contents) => {
    expect(of(contents)).toMatch(/^NN0706 option `given`: expected a Map from names to typed arrays, found /);
  });

  const picture = { shape: [2, 1, 3, 1], data: new Uint8Array(6), files: ["a.png", "b.png"] };
  test.each<[string, object]>([
    ["none", new Map()],
    ["whose labels are their files", new Map([["p", picture]])],
    ["with labels of their own", new Map([["p", { ...picture, labels: ["cat", "dog"] }]])],
    ["of two folders", new Map(["p", "q"].map((path) => [path, picture]))],
  ])("take images: %s", (_, images) => {
    expect(of({ read, images })).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ["that are no Map", { p: picture }],
    ["that are a list of pairs", [["p", picture]]],
    ["of a path that is none", new Map([[1, picture]])],
    ["that are none", new Map([["p", 3]])],
    [
      "of which the second are none",
      new Map<string, unknown>([
        ["p", picture],
        ["q", 3],
      ]),
    ],
    ["without a shape", new Map([["p", { ...picture, shape: undefined }]])],
    ["without channels", new Map([["p", { ...picture, shape: [2, 1, 3] }]])],
    ["with half a row", new Map([["p", { ...picture, shape: [0.5, 1, 3, 4] }]])],
    ["that lack a pixel", new Map([["p", { ...picture, data: new Uint8Array(5) }]])],
    ["in floats", new Map([["p", { ...picture, data: new Float32Array(6) }]])],
    ["that lack a file", new Map([["p", { ...picture, files: ["a.png"] }]])],
    ["with a file that is no path", new Map([["p", { ...picture, files: ["a.png", 2] }]])],
    ["with a label too many", new Map([["p", { ...picture, labels: ["cat", "dog", "cow"] }]])],
  ])("are refused with images %s", (_, images) => {
    expect(of({ read, images })).toMatch(
      /^NN0706 option `images`: expected a Map from paths to \{ shape: \[rows, height, width, channels\], data: Uint8Array, files, labels \}, found /,
    );
  });
});
