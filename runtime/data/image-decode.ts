/**
 * Image files → pixels of one size. `sharp`, which is loaded only here and only when there are images to read, decodes them: upright by EXIF, in sRGB
 * whatever their profile, 8 bits a channel. A few are decoded at once. They are resized here: `sharp` moves what it enlarges by half a pixel.
 */
import { dataTooLarge } from "../../compiler/diagnostics/codes/data.ts";
import { sharpMissing, unreadableImage } from "../../compiler/diagnostics/codes/images.ts";
import { failure } from "../save/fail.ts";
import type { ImageFiles, ImageList } from "./image-list.ts";
import type { DecodedImages, ImageSize } from "./images.ts";
import { resample } from "./resample.ts";

/** What is used of a picture of `sharp`. */
interface Picture {
  readonly autoOrient: () => Picture;
  readonly flatten: (options: { readonly background: string }) => Picture;
  readonly ensureAlpha: () => Picture;
  readonly toColourspace: (space: "srgb") => Picture;
  readonly raw: (options: { readonly depth: "uchar" }) => Picture;
  readonly toBuffer: (options: { readonly resolveWithObject: true }) => Promise<{
    readonly data: Uint8Array;
    readonly info: { readonly height: number; readonly width: number; readonly channels: number };
  }>;
}

type Sharp = (bytes: Uint8Array, options: { readonly failOn: "warning" }) => Picture;

/** How many originals are in memory at most. */
const atOnce = 4;
/** Of bytes, as the floats that they become. */
const limit = 2 ** 31;

/** Decodes a list. `load` imports `sharp`. Throws NN0872 to NN0873, NN0804 for what does not fit into memory, and what `read` throws. */
export async function decodeImages(
  { path, files, labels, warnings }: ImageList,
  size: ImageSize,
  read: ImageFiles["read"],
  load: () => Promise<unknown> = () => import("sharp"),
): Promise<DecodedImages> {
  const { height, width, channels } = size;
  const row = height * width * channels;
  const values = files.length * row;
  const bytes = values * Float32Array.BYTES_PER_ELEMENT;
  if (bytes > limit) throw failure(dataTooLarge, { file: `${path}, decoded,`, bytes, limit });
  const sharp = await loadSharp(load);
  const data = new Uint8Array(values);
  for (let from = 0; from < files.length; from += atOnce) {
    const part = files.slice(from, from + atOnce);
    const decoded = await Promise.allSettled(part.map(async (file) => decode(sharp, file, read(file), size)));
    for (const [at, result] of decoded.entries()) {
      // The first in order, whichever failed first.
      if (result.status === "rejected") throw result.reason;
      data.set(result.value, (from + at) * row);
    }
  }
  const shape = [files.length, height, width, channels];
  return labels === undefined ? { shape, data, files, warnings } : { shape, data, files, labels, warnings };
}

async function loadSharp(load: () => Promise<unknown>): Promise<Sharp> {
  const help = "`npm install sharp` adds it";
  let loaded: unknown;
  try {
    loaded = await load();
  } catch (error) {
    throw failure(sharpMissing, { problem: problemOf(error) }, help);
  }
  const made = typeof loaded === "object" && loaded !== null && "default" in loaded ? loaded.default : undefined;
  if (typeof made !== "function") throw failure(sharpMissing, { problem: "what is there is another package" }, help);
  // The package's own types are there only where it is installed.
  return made as Sharp;
}

async function decode(
  sharp: Sharp,
  file: string,
  bytes: Uint8Array,
  { height, width, channels }: ImageSize,
): Promise<Uint8Array> {
  requireForm(file, bytes);
  const { data, info } = await original(sharp, file, bytes, channels === 4);
  const pixels = { ...info, channels, data: withChannels(data, info.channels, channels) };
  return resample(pixels, height, width);
}

/** Pixels in three channels or one; with what is opaque in four or two. */
async function original(
  sharp: Sharp,
  file: string,
  bytes: Uint8Array,
  withOpaque: boolean,
): ReturnType<Picture["toBuffer"]> {
  try {
    const upright = sharp(bytes, { failOn: "warning" }).autoOrient();
    const seen = withOpaque ? upright.ensureAlpha() : upright.flatten({ background: "#ffffff" });
    return await seen.toColourspace("srgb").raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  } catch (error) {
    throw failure(unreadableImage, { file, problem: `what cannot be decoded (${problemOf(error)})` });
  }
}

const [riff, webp] = ["RIFF", "WEBP"].map((name) => new TextEncoder().encode(name));

/** Whether bytes begin as a PNG, a JPEG or a WebP does. */
export function beginsAsImage(bytes: Uint8Array): boolean {
  const holds = (at: number, ...some: readonly number[]): boolean => some.every((byte, n) => bytes[at + n] === byte);
  const isPng = holds(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const isJpeg = holds(0, 0xff, 0xd8, 0xff);
  return isPng || isJpeg || (holds(0, ...riff) && holds(8, ...webp));
}

/** `sharp` reads more forms, some of which depend on the machine. */
function requireForm(file: string, bytes: Uint8Array): void {
  if (beginsAsImage(bytes)) return;
  throw failure(unreadableImage, { file, problem: bytes.length === 0 ? "an empty file" : "something else" });
}

/** Grey is the sum that television made of the colours (ITU-R BT.601), in whole numbers, which are the same on every machine, as Pillow's. */
function withChannels(from: Uint8Array, found: number, wanted: number): Uint8Array {
  if (found === wanted) return from;
  const count = from.length / found;
  const into = new Uint8Array(count * wanted);
  for (let pixel = 0; pixel < count; pixel++) {
    const at = pixel * found;
    const to = pixel * wanted;
    const red = from[at] ?? 0;
    const green = found < 3 ? red : (from[at + 1] ?? 0);
    const blue = found < 3 ? red : (from[at + 2] ?? 0);
    if (wanted === 1) {
      into[to] = (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16;
      continue;
    }
    into[to] = red;
    into[to + 1] = green;
    into[to + 2] = blue;
    if (wanted === 4) into[to + 3] = from[at + found - 1] ?? 255;
  }
  return into;
}

/** The first line of what another package says. */
function problemOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.trim().split("\n")[0] ?? "").replace(/:$/, "");
}
