/** What `augment` makes of an image: one of the pictures that it may make, drawn by seed, epoch and row alone. */
import { describe, expect, it } from "vitest";
import { constant, symbol } from "../../compiler/dimension/dimension.ts";
import type { Host, HostSetting } from "../../compiler/program/host.ts";
import { augmentationOf } from "../../runtime/data/augment.ts";
import type { Augmentation } from "../../runtime/data/augment.ts";
import { errorOf } from "./support.ts";

const [height, width, channels] = [3, 4, 3];
const length = height * width * channels;
const image = Float32Array.from({ length }, (_, at) => at + 1);

function augment(changes: HostSetting, reader = "images"): Augmentation | undefined {
  const settings = { path: "p", size: [height, width], channels, augment: changes };
  const shape = [symbol("N"), constant(length)];
  const x = { name: "x", buffer: "x", dtype: "f32", shape } as const;
  const models = [{ name: "M", entry: "predict.M", inputs: [x], results: [], parameters: 0 }];
  const train = { name: "M", inputs: [x], data: { reader, settings } };
  // What augmentation reads of a host.
  return augmentationOf({ language: "", models, train, requirements: [] } as unknown as Host);
}

/** The image of a row after its changes. */
function changed(changes: HostSetting, row: number, seed = 1, epoch = 1): readonly number[] {
  const pixels = image.slice();
  augment(changes)?.of(seed, epoch)(row, pixels, 0);
  return [...pixels];
}

/** The image of which pixel (y, x) is that at `from(y, x)`, or 0 beyond the border. */
function picture(from: (y: number, x: number) => readonly [number, number]): readonly number[] {
  return Array.from({ length }, (_, at) => {
    const pixel = Math.floor(at / channels);
    const [y, x] = from(Math.floor(pixel / width), pixel % width);
    const isInside = y >= 0 && y < height && x >= 0 && x < width;
    return isInside ? (image[(y * width + x) * channels + (at % channels)] ?? NaN) : 0;
  });
}

const rows = Array.from({ length: 400 }, (_, row) => row);
const textOf = (pixels: readonly number[]): string => pixels.join(" ");

function counts(changes: HostSetting): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const row of rows) {
    const text = textOf(changed(changes, row));
    found.set(text, (found.get(text) ?? 0) + 1);
  }
  return found;
}

const same = picture((y, x) => [y, x]);
const shifts = [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((right) => [down, right] as const));

describe("a row is one of the pictures that may come of it, each about as often as the others", () => {
  it.each<[string, HostSetting, readonly (readonly number[])[]]>([
    ["flip", ["flip"], [same, picture((y, x) => [y, width - 1 - x])]],
    ["flip_vertical", ["flip_vertical"], [same, picture((y, x) => [height - 1 - y, x])]],
    ["crop(1)", [{ crop: 1 }], shifts.map(([down, right]) => picture((y, x) => [y + down, x + right]))],
    [
      "flip, crop(1)",
      ["flip", { crop: 1 }],
      shifts.flatMap(([down, right]) => [
        picture((y, x) => [y + down, x + right]),
        picture((y, x) => [y + down, width - 1 - (x + right)]),
      ]),
    ],
    [
      "crop(1), flip",
      [{ crop: 1 }, "flip"],
      shifts.flatMap(([down, right]) => [
        picture((y, x) => [y + down, x + right]),
        picture((y, x) => [y + down, width - 1 - x + right]),
      ]),
    ],
  ])("%s", (_, changes, expected) => {
    const found = counts(changes);
    expect([...found.keys()].sort()).toEqual(expected.map(textOf).sort());
    const mean = rows.length / expected.length;
    for (const count of found.values()) expect(Math.abs(count - mean)).toBeLessThan(6 * Math.sqrt(mean));
  });
});

describe("what is drawn", () => {
  const all = ["flip", "flip_vertical", { crop: 2 }];
  const drawn = (seed: number, epoch: number): string =>
    rows.map((row) => textOf(changed(all, row, seed, epoch))).join();

  it("depends on seed, epoch and row, not on what was drawn before", () => {
    const alter = augment(all)?.of(7, 3);
    const later = [...rows].reverse().map((row) => {
      const pixels = Float32Array.from([9, ...image, 9]);
      alter?.(row, pixels, 1);
      expect([pixels[0], pixels.at(-1)]).toEqual([9, 9]);
      return pixels.slice(1, -1).join(" ");
    });
    expect(later.reverse().join()).toBe(drawn(7, 3));
    expect(drawn(7, 4)).not.toBe(drawn(7, 3));
    expect(drawn(8, 3)).not.toBe(drawn(7, 3));
  });

  it("stays what it is from version to version", () => {
    const drawn = rows.slice(0, 16).map((row) => (textOf(changed(["flip"], row)) === textOf(same) ? 0 : 1));
    expect(drawn.join("")).toBe("1111100001101010");
  });
});

it("nothing is changed without `augment`, or of what are no images", () => {
  expect(augment([])).toBeUndefined();
  expect(augment(["flip"], "npy")).toBeUndefined();
});

it("a manifest with another change is refused", () => {
  expect(errorOf(() => augment(["spin"]))).toBe(
    'NN0832 `augment` of the data: expected flip, flip_vertical and crop(n), found "spin"',
  );
});
