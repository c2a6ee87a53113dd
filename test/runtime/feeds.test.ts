/** How the data of a run reach the network: batch by batch in an order, their images changed on the way, and by what they are known again. */
import { describe, expect, test } from "vitest";
import { constant, symbol } from "../../compiler/dimension/dimension.ts";
import type { HostTrain } from "../../compiler/program/host.ts";
import type { Augmentation } from "../../runtime/data/augment.ts";
import type { Dataset } from "../../runtime/data/dataset.ts";
import { feedOf, fingerprint, knownBy, rowDimension } from "../../runtime/train/data.ts";
import { errorOf, lineArtifact } from "./support.ts";

const { train, manifest } = (() => {
  const artifact = lineArtifact();
  const declared = artifact.manifest.host.train;
  if (declared === undefined) throw new Error("expected a train");
  return { train: declared, manifest: artifact.manifest };
})();

/** Row r holds 10·r and 10·r + 1, and r for a target. */
function rows(count: number): Dataset {
  const x = Float32Array.from({ length: 2 * count }, (_, at) => 10 * Math.floor(at / 2) + (at % 2));
  return {
    rows: count,
    tensors: new Map([
      ["x", { dtype: "f32", shape: [2], rowStride: 2, data: x }],
      ["target", { dtype: "f32", shape: [], rowStride: 1, data: Float32Array.from({ length: count }, (_, at) => at) }],
    ]),
  };
}

/** Adds 1000 times the epoch, 100 times the seed and the number of the row in the data to the first number of a row. */
const marking: Augmentation = {
  input: "x",
  width: 2,
  of: (seed, epoch) => (row, pixels, at) => {
    // Throws beyond the end of the batch.
    pixels.set([(pixels[at] ?? NaN) + 1000 * epoch + 100 * seed + row, pixels[at + 1] ?? NaN], at);
  },
};

type Told = readonly [order: Uint32Array | undefined, told?: { readonly seed: number; readonly epoch: number }];

/** The numbers of `x` in each batch of two rows, whose arrays the next one reuses. */
function batchesOf(count: number, [order, told]: Told, augmentation?: Augmentation): readonly (readonly number[])[] {
  const feed = feedOf(train, rows(count), 2, "the data", augmentation);
  return Array.from(feed.epoch(order, told), (inputs) => {
    const x = (inputs as ReadonlyMap<string, { readonly data: ArrayLike<number> }>).get("x"); // A feed answers Maps.
    return Array.from(x?.data ?? []);
  });
}

describe("rows come in batches", () => {
  const order = Uint32Array.of(4, 2, 0, 3, 1);
  const told = { seed: 2, epoch: 3 };
  test.each<[string, Told, Augmentation | undefined, readonly (readonly number[])[]]>([
    [
      "as they stand",
      [undefined],
      undefined,
      [
        [0, 1, 10, 11],
        [20, 21, 30, 31],
        [40, 41],
      ],
    ],
    [
      "in an order",
      [order],
      undefined,
      [
        [40, 41, 20, 21],
        [0, 1, 30, 31],
        [10, 11],
      ],
    ],
    [
      "changed by seed, epoch and their place in the data",
      [undefined, told],
      marking,
      [
        [3200, 1, 3211, 11],
        [3222, 21, 3233, 31],
        [3244, 41],
      ],
    ],
    [
      "the same in any order",
      [order, told],
      marking,
      [
        [3244, 41, 3222, 21],
        [3200, 1, 3233, 31],
        [3211, 11],
      ],
    ],
    [
      "unchanged where no epoch is told",
      [order],
      marking,
      [
        [40, 41, 20, 21],
        [0, 1, 30, 31],
        [10, 11],
      ],
    ],
  ])("%s", (_, of, augmentation, expected) => {
    expect(batchesOf(5, of, augmentation)).toEqual(expected);
  });

  test("the next epoch begins from the rows themselves", () => {
    const feed = feedOf(train, rows(2), 2, "the data", marking);
    const first = (epoch: number): number => {
      const [inputs] = feed.epoch(undefined, { seed: 0, epoch });
      return (inputs as ReadonlyMap<string, { readonly data: ArrayLike<number> }>).get("x")?.data[0] ?? NaN; // As above.
    };
    expect([first(1), first(2), first(1)]).toEqual([1000, 2000, 1000]);
  });

  test("not where they are no images of the size that is changed", async () => {
    expect(await errorOf(() => feedOf(train, rows(2), 2, "the data", { ...marking, width: 3 }))).toBe(
      "NN0814 `x` takes 2 numbers a row ([2]), found 3 in an augmented image",
    );
  });
});

describe("a run is known", () => {
  const data = { train: rows(4), holdout: rows(2) };
  const prints = { data: fingerprint(data.train), holdout: fingerprint(data.holdout), batch: 4, sourceSeed: 3 };
  test.each<[string, HostTrain, typeof data | { readonly train: Dataset }, object]>([
    ["by its rows, batch and seed", train, data, prints],
    ["by its loss where it has a name", { ...train, loss: "mse" }, data, { ...prints, loss: "mse" }],
    ["without a hold-out", train, { train: data.train }, { ...prints, holdout: null }],
  ])("%s", (_, declared, given, expected) => {
    expect(knownBy(declared, given)).toStrictEqual(expected);
  });
});

describe("the dimension that counts rows", () => {
  const input = { name: "x", buffer: "x", dtype: "f32" } as const;
  test.each<[string, HostTrain["inputs"], string | undefined]>([
    ["is that of the inputs' first axis", [{ ...input, shape: [symbol("N"), constant(2)] }], "N"],
    [
      "is found behind an input without axes",
      [
        { ...input, shape: [] },
        { ...input, shape: [symbol("N")] },
      ],
      "N",
    ],
    ["is none where the first axis is no open one", [{ ...input, shape: [constant(4), symbol("N")] }], undefined],
    ["is none without axes", [{ ...input, shape: [] }], undefined],
  ])("%s", (_, inputs, expected) => {
    expect(rowDimension({ ...train, inputs }, manifest.dims)?.name).toBe(expected);
  });
});
