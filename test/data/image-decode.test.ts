/** Image files become the same pixels everywhere: upright, in sRGB, of the size and channels that are asked for, or a message with their path. */
import { describe, expect, it, test } from "vitest";
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import { decodeImages } from "../../runtime/data/image-decode.ts";
import type { ImageSize } from "../../runtime/data/images.ts";
import { folderOf, hasSharp, picture } from "./pictures.ts";

const six = [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30, 200, 100, 50, 7, 7, 7];
const upsideDown = [7, 7, 7, 200, 100, 50, 10, 20, 30, 0, 0, 255, 0, 255, 0, 255, 0, 0];
const full = { quality: 100, chromaSubsampling: "4:4:4" };

async function pixelsOf(
  bytes: Uint8Array | string,
  size: Partial<ImageSize> = {},
  load?: () => Promise<unknown>,
): Promise<readonly number[]> {
  const list = { path: "p", files: ["p/a.png"], warnings: [] };
  const wanted = { height: 2, width: 3, channels: 3, ...size } as const;
  const { data } = await decodeImages(list, wanted, folderOf({ "p/a.png": bytes }).read, load);
  return [...data];
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof NncError)) throw error;
    const { code, message, help } = error.diagnostic;
    return help === undefined ? `${code} ${message}` : `${code} ${message} (${help})`;
  }
  return "no error";
}

describe.skipIf(!hasSharp)("pixels", () => {
  const grey = () => picture(3, 2, 1, [0, 50, 100, 150, 200, 255]).toColourspace("b-w");
  const clear = () =>
    picture(3, 2, 4, [255, 0, 0, 255, 0, 255, 0, 0, 0, 0, 255, 128, 1, 2, 3, 255, 1, 1, 1, 255, 5, 5, 5, 255]);
  const rgb = () => picture(3, 2, 3, six);
  const exact: readonly (readonly [string, () => Promise<Uint8Array>, Partial<ImageSize>, readonly number[]])[] = [
    ["of PNG", () => rgb().png().toBuffer(), {}, six],
    ["of WebP without loss", () => rgb().webp({ lossless: true }).toBuffer(), {}, six],
    ["of 16 bits", () => rgb().toColourspace("rgb16").png().toBuffer(), {}, six],
    [
      "of grey, in three channels",
      () => grey().png().toBuffer(),
      {},
      [0, 50, 100, 150, 200, 255].flatMap((one) => [one, one, one]),
    ],
    ["of grey, in one", () => grey().png().toBuffer(), { channels: 1 }, [0, 50, 100, 150, 200, 255]],
    ["of colours, in one", () => rgb().png().toBuffer(), { channels: 1 }, [76, 150, 29, 18, 124, 7]],
    [
      "of colours, in four",
      () => rgb().png().toBuffer(),
      { channels: 4 },
      six.flatMap((one, at) => (at % 3 === 2 ? [one, 255] : [one])),
    ],
    [
      "that are clear, over white",
      () => clear().png().toBuffer(),
      {},
      [255, 0, 0, 255, 255, 255, 127, 127, 255, 1, 2, 3, 1, 1, 1, 5, 5, 5],
    ],
    [
      "that are clear, in four",
      () => clear().png().toBuffer(),
      { channels: 4 },
      [255, 0, 0, 255, 0, 255, 0, 0, 0, 0, 255, 128, 1, 2, 3, 255, 1, 1, 1, 255, 5, 5, 5, 255],
    ],
  ];
  it.each(exact)("%s", async (_, made, size, expected) => {
    expect(await pixelsOf(await made(), size)).toEqual(expected);
  });

  const near: readonly (readonly [string, () => Promise<Uint8Array>, readonly number[]])[] = [
    ["of JPEG", () => rgb().jpeg(full).toBuffer(), six],
    ["that a camera held upside down", () => rgb().withMetadata({ orientation: 3 }).jpeg(full).toBuffer(), upsideDown],
    ["with another profile", () => rgb().withIccProfile("p3").png().toBuffer(), six],
  ];
  it.each(near)("%s, but for rounding", async (_, made, expected) => {
    const found = await pixelsOf(await made());
    expect(found.map((one, at) => Math.abs(one - (expected[at] ?? NaN))).every((far) => far <= 4)).toBe(true);
  });

  it("are stretched to the size", async () => {
    const two = await picture(2, 1, 3, [0, 0, 0, 200, 200, 200]).png().toBuffer();
    expect(await pixelsOf(two, { height: 2, width: 4, channels: 1 })).toEqual([0, 50, 150, 200, 0, 50, 150, 200]);
  });

  it("of many images keep their order", async () => {
    const names = Array.from({ length: 11 }, (_, at) => `p/${at}.png`);
    const contents = await Promise.all(
      names.map(async (name, at) => [name, await picture(1, 1, 3, [at, at, at]).png().toBuffer()] as const),
    );
    const list = { path: "p", files: names, labels: names, warnings: [] };
    const decoded = await decodeImages(
      list,
      { height: 1, width: 1, channels: 1 },
      folderOf(Object.fromEntries(contents)).read,
    );
    expect(decoded).toEqual({
      shape: [11, 1, 1, 1],
      data: Uint8Array.from(names.keys()),
      files: names,
      labels: names,
      warnings: [],
    });
  });
});

describe.skipIf(!hasSharp)("a damaged image is told with its path", () => {
  test.each<[string, (whole: Uint8Array) => Uint8Array]>([
    ["cut short", (whole) => whole.subarray(0, whole.length - 40)],
    ["with nothing behind its first bytes", (whole) => whole.subarray(0, 12)],
  ])("%s", async (_, damage) => {
    const pixels = Array.from({ length: 300 }, (_value, at) => (at * 31) % 256);
    for (const one of [picture(10, 10, 3, pixels).png(), picture(10, 10, 3, pixels).jpeg()]) {
      const message = await messageOf(pixelsOf(damage(await one.toBuffer())));
      expect(message).toMatch(
        /^NN0873 p\/a\.png: expected a whole PNG, JPEG or WebP image, found what cannot be decoded \(.+\)$/,
      );
    }
  });
});

describe("what is no image, or cannot be read,", () => {
  const unused = { default: () => undefined };
  const load = () => Promise.resolve(unused);

  it.each<[string, string]>([
    ["", "NN0873 p/a.png: expected a whole PNG, JPEG or WebP image, found an empty file"],
    ["GIF89a, say", "NN0873 p/a.png: expected a whole PNG, JPEG or WebP image, found something else"],
  ])("%j is refused", async (content, message) => {
    expect(await messageOf(pixelsOf(content, {}, load))).toBe(message);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      "is not there",
      () => Promise.reject(new Error("Cannot find package 'sharp' imported from here\nmore")),
      "Cannot find package 'sharp' imported from here",
    ],
    ["is something else", () => Promise.resolve({ default: 7 }), "what is there is another package"],
  ])("without sharp, which %s, says how it comes", async (_, absent, problem) => {
    expect(await messageOf(pixelsOf("", {}, absent))).toBe(
      `NN0872 images are read by the package \`sharp\`, which cannot be loaded: ${problem} (\`npm install sharp\` adds it)`,
    );
  });

  it.each([
    [1, 50_000, 30_000_000_000],
    [3, 8000, 2_304_000_000],
  ])(
    "and what memory does not hold as floats is refused before anything is read: %i of %i",
    async (count, side, bytes) => {
      const list = { path: "p", files: Array.from({ length: count }, () => "p/a.png"), warnings: [] };
      const decoded = decodeImages(list, { height: side, width: side, channels: 3 }, folderOf({}).read, load);
      expect(await messageOf(decoded)).toBe(
        `NN0804 p, decoded, is too large: it has ${bytes} bytes, expected at most 2147483648`,
      );
    },
  );
});
