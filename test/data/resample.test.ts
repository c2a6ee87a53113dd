/** Pictures of another size: the numbers are those of Pillow 12's `resize(size, Image.BILINEAR)`. */
import { expect, it } from "vitest";
import { resample } from "../../runtime/data/resample.ts";

interface Case {
  /** Width and height. */
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly channels: number;
  readonly expected: readonly number[];
}

const cases: readonly Case[] = [
  {
    from: [2, 1],
    to: [2, 3],
    channels: 3,
    expected: [0, 38, 90, 156, 236, 74, 0, 38, 90, 156, 236, 74, 0, 38, 90, 156, 236, 74],
  },
  {
    from: [7, 5],
    to: [3, 4],
    channels: 3,
    expected: [
      114, 129, 107, 118, 141, 144, 138, 145, 140, 149, 144, 94, 112, 102, 140, 159, 127, 130, 100, 172, 102, 137, 102,
      122, 158, 75, 131, 78, 157, 132, 160, 139, 113, 203, 111, 92,
    ],
  },
  {
    from: [4, 3],
    to: [9, 7],
    channels: 1,
    expected: [
      0, 6, 23, 41, 64, 87, 116, 145, 156, 34, 35, 39, 47, 73, 100, 118, 134, 141, 135, 122, 88, 63, 101, 138, 124, 102,
      94, 236, 209, 137, 80, 128, 176, 130, 70, 48, 214, 191, 129, 83, 142, 200, 165, 116, 98, 191, 172, 122, 86, 155,
      225, 200, 162, 147, 184, 166, 119, 87, 160, 233, 212, 177, 164,
    ],
  },
  { from: [5, 5], to: [5, 2], channels: 1, expected: [97, 135, 82, 137, 112, 189, 193, 199, 44, 78] },
];

function pixels(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, at) => (at * at * 7 + at * 31) % 256);
}

it.each(cases)("$from to $to with $channels channels is as Pillow has it", ({ from, to, channels, expected }) => {
  const [width, height] = from;
  const picture = { width, height, channels, data: pixels(width * height * channels) };
  expect([...resample(picture, to[1], to[0])]).toEqual(expected);
});

it("a picture of the size stays as it is, and one colour stays that colour", () => {
  const data = pixels(60);
  expect(resample({ width: 5, height: 4, channels: 3, data }, 4, 5)).toBe(data);
  const plain = { width: 17, height: 13, channels: 1, data: new Uint8Array(17 * 13).fill(255) };
  for (const [height, width] of [
    [5, 3],
    [40, 29],
    [13, 31],
  ] as const)
    expect(new Set(resample(plain, height, width))).toEqual(new Set([255]));
});

it("mirrors with the picture", () => {
  const mirrored = (data: Uint8Array, width: number) =>
    data.map((_, at) => data[at - (at % width) + width - 1 - (at % width)] ?? 0);
  const data = pixels(11 * 6);
  const resized = resample({ width: 11, height: 6, channels: 1, data }, 9, 16);
  expect(resample({ width: 11, height: 6, channels: 1, data: mirrored(data, 11) }, 9, 16)).toEqual(
    mirrored(resized, 16),
  );
});
