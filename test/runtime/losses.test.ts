/** What a run makes of its losses: averages and means by their definitions, kept in the record so that a run that is resumed goes on with them. */
import { describe, expect, test } from "vitest";
import { Mean } from "../../runtime/load/mean.ts";
import { emptyRecord } from "../../runtime/load/record.ts";
import type { TrainingRecord } from "../../runtime/load/record.ts";
import { fingerprint } from "../../runtime/train/data.ts";
import { beginEpoch, EpochLosses, scoresOf } from "../../runtime/train/losses.ts";
import { EpochNorms } from "../../runtime/train/norms.ts";
import { ProbeMeans } from "../../runtime/train/probes.ts";

const names = ["judge", "forge"];
/** The losses of four minibatches of 4, 4, 2 and 4 rows. */
const steps = [
  { losses: { judge: 3, forge: 10 }, weight: 4 },
  { losses: { judge: 1, forge: -20 }, weight: 4 },
  { losses: { judge: 7, forge: 5 }, weight: 2 },
  { losses: { judge: 2, forge: 40 }, weight: 4 },
];

/** The sum of 0.02 · 0.98ᵃᵍᵉ · loss over all steps, over the same sum of ones. */
function averageOf(name: "judge" | "forge", count: number): number {
  const weights = steps.slice(0, count).map((_, at) => 0.02 * 0.98 ** (count - 1 - at));
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
  return sum(weights.map((weight, at) => weight * steps[at].losses[name])) / sum(weights);
}

/** The record after these steps of one epoch. */
function after(count: number, record: TrainingRecord = emptyRecord, from = 0): TrainingRecord {
  const epoch = new EpochLosses(names, record);
  return steps.slice(from, count).reduce((before, step) => epoch.add(step, before), record);
}

test.each([
  [[1, Infinity, 2, 3], Infinity],
  [[-Infinity, 2], -Infinity],
  [[Infinity, 1, -Infinity], NaN],
  [[1, NaN, 2], NaN],
  [[1, 2, 6], 3],
])("the mean of %j is %d", (losses, expected) => {
  const mean = new Mean();
  for (const loss of losses) mean.add(loss, 4);
  expect(mean.value).toBe(expected);
});

describe("of each of several steps", () => {
  test.each([1, 2, 3, 4])("the average after %d minibatches is the weighted one, its bias corrected", (count) => {
    const averages = new EpochLosses(names, emptyRecord).averages(after(count), count);
    expect(Object.keys(averages)).toEqual(names);
    expect(averages["judge"]).toBeCloseTo(averageOf("judge", count), 12);
    expect(averages["forge"]).toBeCloseTo(averageOf("forge", count), 12);
  });

  test("the mean of an epoch weighs minibatches by their rows", () => {
    const epoch = new EpochLosses(names, emptyRecord);
    for (const step of steps.slice(0, 3)) epoch.add(step, emptyRecord);
    expect(Object.keys(epoch.values)).toEqual(names);
    expect(epoch.values["judge"]).toBeCloseTo((4 * 3 + 4 * 1 + 2 * 7) / 10, 12);
    expect(epoch.values["forge"]).toBeCloseTo((4 * 10 - 4 * 20 + 2 * 5) / 10, 12);
  });

  test("the record has the first one's own, and the others' by name", () => {
    const { runningLoss, epochLoss, epochWeight, otherLosses } = after(3);
    expect([epochLoss, epochWeight]).toEqual([3, 10]);
    expect(runningLoss).toBeCloseTo(averageOf("judge", 3) * (1 - 0.98 ** 3), 12);
    expect([...otherLosses.keys()]).toEqual(["forge"]);
    expect(otherLosses.get("forge")?.epochLoss).toBeCloseTo(-3, 12);
    expect(otherLosses.get("forge")?.runningLoss).toBeCloseTo(averageOf("forge", 3) * (1 - 0.98 ** 3), 12);
  });

  test("within an epoch, a run that is resumed goes on with what the record has", () => {
    expect(after(4, after(2), 2)).toEqual(after(4));
  });

  test("a new epoch begins its means anew and keeps the averages", () => {
    const before = after(3);
    const begun = beginEpoch(before);
    expect(begun).toEqual({
      ...before,
      epochLoss: 0,
      epochWeight: 0,
      otherLosses: new Map([["forge", { runningLoss: before.otherLosses.get("forge")?.runningLoss, epochLoss: 0 }]]),
    });
    expect(after(4, begun, 3)).toMatchObject({ epochLoss: 2, epochWeight: 4 });
    expect(after(4, begun, 3).otherLosses.get("forge")?.epochLoss).toBe(40);
  });

  test("one that a step does not tell is no number", () => {
    const told = new EpochLosses(names, emptyRecord).add({ losses: { judge: 1 }, weight: 1 }, emptyRecord);
    expect(told.otherLosses.get("forge")).toEqual({ runningLoss: NaN, epochLoss: NaN });
  });
});

test("scores name the losses of the steps only where there are several", () => {
  expect(scoresOf({ loss: 3, losses: { main: 3 } })).toEqual({ loss: 3 });
  expect(scoresOf({ loss: 3, losses: { judge: 3, forge: 5 }, metrics: { accuracy: 1 } })).toEqual({
    loss: 3,
    judge: 3,
    forge: 5,
    accuracy: 1,
  });
});

test("probes are the plain means of those steps that have them; none where no step has", () => {
  const means = new ProbeMeans();
  means.add();
  expect(means.values).toBeUndefined();
  means.add({ a: { mean: 1, spread: 10, gradientNorm: 100 } });
  means.add({ a: { mean: 2, spread: 40, gradientNorm: 500 }, b: { mean: 7, spread: 8, gradientNorm: 9 } });
  expect(means.values).toEqual({
    a: { mean: 1.5, spread: 25, gradientNorm: 300 },
    b: { mean: 7, spread: 8, gradientNorm: 9 },
  });
});

test("norms of an epoch are the mean and the largest of its steps, with what they are clipped to", () => {
  const norms = new EpochNorms([
    { name: "a", buffer: "a", dtype: "f32", shape: [], limit: 2 },
    { name: "b", buffer: "b", dtype: "f32", shape: [] },
  ]);
  norms.add();
  expect(norms.values).toBeUndefined();
  for (const a of [1, 5, 3]) norms.add({ a, b: 10 * a });
  expect(norms.values).toEqual({ a: { mean: 3, largest: 5, limit: 2 }, b: { mean: 30, largest: 50 } });
  norms.add({ a: NaN });
  expect(norms.values?.["a"]).toEqual({ mean: NaN, largest: NaN, limit: 2 });
});

describe("the letters by which rows are known again", () => {
  const rowsOf = (...words: readonly number[]) =>
    fingerprint({
      rows: words.length,
      tensors: new Map([["x", { dtype: "i32", shape: [], rowStride: 1, data: Int32Array.from(words) }]]),
    });

  /** FNV-1a by its definition, without the wrap of 32 bits on the way. */
  const hashOf = (...words: readonly number[]) =>
    words
      .reduce((hash, word) => ((hash ^ BigInt.asUintN(32, BigInt(word))) * 16_777_619n) & 0xffff_ffffn, 2_166_136_261n)
      .toString(16)
      .padStart(8, "0");

  test.each([[[]], [[1]], [[1, 2, 3]], [[3, 2, 1]], [[-1, 2 ** 31 - 1]], [[1e9]]])("of %j", (words) => {
    expect(rowsOf(...words)).toBe(`${words.length} rows with the checksum ${hashOf(...words)}`);
  });

  test("of numbers are those of their bits, whatever lies around them", () => {
    const all = Float32Array.of(7, 1.5, -2, 7);
    const data = all.subarray(1, 3);
    const found = fingerprint({ rows: 2, tensors: new Map([["x", { dtype: "f32", shape: [], rowStride: 1, data }]]) });
    expect(found).toBe(`2 rows with the checksum ${hashOf(0x3fc0_0000, 0xc000_0000)}`);
  });
});
