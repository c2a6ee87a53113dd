/** Metadata to strings and back, and the comparison of a file with a program. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkpointToMetadata, printNumber } from "../../runtime/save/checkpoint.ts";
import type { Checkpoint } from "../../runtime/save/checkpoint.ts";
import { commonTensors, requireSame } from "../../runtime/save/compare.ts";
import type { TensorType } from "../../runtime/save/compare.ts";
import { printFitted } from "../../runtime/save/fitted.ts";
import { warnNotFinite } from "../../runtime/save/not-finite.ts";
import { parseFitted } from "../../runtime/save/parse-fitted.ts";
import { checkpointFromMetadata, parseNumber, requireOptimizer } from "../../runtime/save/read-checkpoint.ts";
import { errorOf } from "../data/support.ts";

const checkpoint: Checkpoint = {
  language: "0.1",
  train: "Digits",
  optimizer: "adam",
  seed: -7,
  step: 900,
  epoch: 20,
  stepInEpoch: 45,
  runningLoss: 0.1 + 0.2,
  best: { epoch: 12, loss: 1e-310 },
  fitted: {
    inputs: [{ name: "__proto__", scale: 1 / 16, mean: [1 / 3, -0], deviation: [0, 1e300] }],
    classes: [{ name: "target", values: ["a\n", "\u2028"] }],
    columns: [],
    vocabulary: null,
  },
};

describe("metadata", () => {
  it("come back as they were", () => {
    expect(checkpointFromMetadata("c", checkpointToMetadata(checkpoint), "0.1")).toEqual({
      ...checkpoint,
      fitted: {
        ...checkpoint.fitted,
        inputs: [{ name: "__proto__", scale: 1 / 16, mean: [1 / 3, 0], deviation: [0, 1e300] }],
      },
    });
    const early = { ...checkpoint, best: null, runningLoss: NaN };
    expect(checkpointFromMetadata("c", checkpointToMetadata(early), "0.1")).toMatchObject({
      best: null,
      runningLoss: NaN,
    });
    const diverged = { ...checkpoint, best: { epoch: 1, loss: -Infinity } };
    expect(checkpointFromMetadata("c", checkpointToMetadata(diverged), "1.0").best).toEqual({
      epoch: 1,
      loss: -Infinity,
    });
  });

  it("keep every double", () => {
    fc.assert(
      fc.property(fc.double(), (value) => Object.is(parseNumber(printNumber(value)), value)),
      { seed: 6 },
    );
    expect(["", " 1", "1.0", "0x1", "infinity", "1e3", "nan"].map(parseNumber)).toEqual(
      Array.from({ length: 7 }, () => undefined),
    );
  });

  const changed = (key: string, value: string | undefined): string => {
    const metadata = new Map(checkpointToMetadata(checkpoint));
    if (value === undefined) metadata.delete(key);
    else metadata.set(key, value);
    return errorOf(() => checkpointFromMetadata("c", metadata, "0.1"));
  };
  it.each([
    [
      "nnc.format",
      undefined,
      "NN0918 c holds tensors but is no checkpoint of nnc: expected `nnc.format` in its metadata, found none",
    ],
    [
      "nnc.seed",
      undefined,
      "NN0918 c holds tensors but is no checkpoint of nnc: expected `nnc.seed` in its metadata, found none",
    ],
    ["nnc.format", "2", "NN0919 c is of format 2; expected at most 1"],
    ["nnc.language", "0.10", "NN0919 c is of language version 0.10; expected at most 0.1"],
    ["nnc.language", "new", 'NN0920 c: expected a version such as 0.1 for `nnc.language` in the metadata, found "new"'],
    ["nnc.seed", "1.5", 'NN0920 c: expected a whole number for `nnc.seed` in the metadata, found "1.5"'],
    [
      "nnc.step",
      "-1",
      'NN0920 c: expected a whole number from 0 to 2147483647 for `nnc.step` in the metadata, found "-1"',
    ],
    ["nnc.running_loss", "", 'NN0920 c: expected a number for `nnc.running_loss` in the metadata, found ""'],
    ["nnc.best_epoch", "none", 'NN0920 c: expected a number for `nnc.best_epoch` in the metadata, found "none"'],
    [
      "nnc.fitted",
      "{}",
      'NN0920 c: expected what was fitted to the data, as JSON for `nnc.fitted` in the metadata, found "{}"',
    ],
  ])("%s = %j is refused", (key, value, expected) => {
    expect(changed(key, value)).toBe(expected);
  });

  it("name the optimizer", () => {
    expect(errorOf(() => requireOptimizer("c", checkpoint, "adam"))).toBe("no error");
    expect(errorOf(() => requireOptimizer("c", checkpoint, "sgd"))).toBe(
      'NN0922 c was trained with "adam"; expected "sgd", the optimizer of the program',
    );
  });
});

it("what was fitted is only read in its own form", () => {
  const good = JSON.parse(printFitted(checkpoint.fitted));
  const bad = [
    null,
    [],
    { ...good, inputs: {} },
    { ...good, classes: [{ name: 1, values: [] }] },
    { ...good, vocabulary: [1] },
    { ...good, columns: undefined },
    { ...good, inputs: [{ name: "x", scale: null, mean: null, deviation: null }] },
    { ...good, inputs: [{ name: "x", scale: 1, mean: [1], deviation: [1, 2] }] },
  ];
  expect(parseFitted(JSON.stringify(good))).toEqual(good);
  expect([...bad.map((value) => JSON.stringify(value)), "{", "[".repeat(100_000)].map(parseFitted)).toEqual(
    Array.from({ length: 10 }, () => undefined),
  );
});

describe("a file compared with a program", () => {
  const f = (...shape: number[]): TensorType => ({ dtype: "f32", shape });
  const program = new Map<string, TensorType>([
    ["M.dense.w", f(3, 4)],
    ["M.dense.b", f(4)],
    ["M.dense_2.w", f(4, 2)],
    ["M.n", { dtype: "i32", shape: [] }],
  ]);

  it("may agree", () => {
    expect(errorOf(() => requireSame("c", program, new Map(program)))).toBe("no error");
  });

  it("has all differences in one error", () => {
    const found = new Map<string, TensorType>([
      ["M.dense.w", f(3, 5)],
      ["M.dense.b", f(4)],
      ["M.dense_3.w", f(4, 2)],
      ["M.n", f()],
      ["other", f(1)],
    ]);
    expect(errorOf(() => requireSame("c", program, found))).toBe(
      'NN0921 c does not fit the program in 5 places: "M.dense.w": expected [3, 4], found [3, 5]; ' +
        '"M.dense_2.w" is missing, expected [4, 2] (renamed from "M.dense_3.w"?); "M.n": expected i32[], found []; ' +
        '"M.dense_3.w" is not in the program, found [4, 2]; "other" is not in the program, found [1]',
    );
  });

  it("gives start_from what agrees, lists the rest, and stops at another shape", () => {
    expect(
      commonTensors(
        "c",
        program,
        new Map([
          ["M.dense.b", f(4)],
          ["head", f(9)],
        ]),
      ),
    ).toEqual({
      names: ["M.dense.b"],
      left: [
        '"M.dense.w" is missing, expected [3, 4]',
        '"M.dense_2.w" is missing, expected [4, 2]',
        '"M.n" is missing, expected i32[]',
        '"head" is not in the program, found [9]',
      ],
    });
    expect(errorOf(() => commonTensors("c", program, new Map([["M.dense.b", f(5)]])))).toBe(
      'NN0921 c does not fit the program in one place: "M.dense.b": expected [4], found [5]',
    );
  });

  it("is warned of where it is not finite", () => {
    const warnings = warnNotFinite(
      "c",
      new Map([
        ["w", { dtype: "f32", shape: [3], data: Float32Array.of(1, NaN, -Infinity) }],
        ["b", { dtype: "f32", shape: [1], data: Float32Array.of(Infinity) }],
        ["n", { dtype: "i32", shape: [1], data: Int32Array.of(1) }],
      ]),
    );
    expect(warnings.map(({ severity, message }) => `${severity} ${message}`)).toEqual([
      'warning c: expected finite numbers, found NaN at element 1 of tensor "w" and 1 more that are not finite; and some in "b"',
    ]);
  });
});
