/**
 * Image files → pixels of one size, by `sharp`, which is loaded only here and only when there are images to read. The same file gives the same
 * pixels on every machine: upright by EXIF, in sRGB whatever its profile, 8 bits a channel, stretched to the size. A few are decoded at once.
 */
import { dataTooLarge, sharpMissing, unreadableImage } from "../../compiler/diagnostics/codes/data.ts";
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import { failure } from "../save/fail.ts";
import type { ImageFiles, ImageList } from "./image-list.ts";
import type { DecodedImages, ImageSize } from "./images.ts";

/** What is used of a picture of `sharp`. */
interface Picture {
  readonly autoOrient: () => Picture;
  readonly flatten: (options: { readonly background: string }) => Picture;
  readonly ensureAlpha: () => Picture;
  readonly toColourspace: (space: "srgb") => Picture;
  readonly resize: (width: number, height: number, options: object) => Picture;
  readonly raw: (options: { readonly depth: "uchar" }) => Picture;
  readonly toBuffer: (options: {
    readonly resolveWithObject: true;
  }) => Promise<{ readonly data: Uint8Array; readonly info: { readonly channels: number } }>;
}

type Sharp = (bytes: Uint8Array, options: { readonly failOn: "warning" }) => Picture;

/** How many originals are in memory at most. */
const atOnce = 4;
/** As floats, what they become, four times as many bytes. */
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
  const bytes = files.length * row;
  if (bytes > limit) throw failure(dataTooLarge, { file: `${path}, decoded,`, bytes, limit });
  const sharp = await loadSharp(load);
  const data = new Uint8Array(bytes);
  for (let from = 0; from < files.length; from += atOnce) {
    const part = files.slice(from, from + atOnce);
    const decoded = await Promise.allSettled(part.map(async (file) => decode(sharp, file, read(file), size)));
    for (const [at, result] of decoded.entries()) {
      // The first in order, whichever failed first.
      if (result.status === "rejected") throw result.reason;
      writePixels(result.value.data, result.value.channels, channels, data.subarray((from + at) * row));
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

/** Pixels in three channels or one, or with what is opaque in four or two. */
async function decode(
  sharp: Sharp,
  file: string,
  bytes: Uint8Array,
  { height, width, channels }: ImageSize,
): Promise<{ readonly data: Uint8Array; readonly channels: number }> {
  requireForm(file, bytes);
  try {
    const upright = sharp(bytes, { failOn: "warning" }).autoOrient();
    const seen = channels === 4 ? upright.ensureAlpha() : upright.flatten({ background: "#ffffff" });
    const { data, info } = await seen
      .toColourspace("srgb")
      .resize(width, height, { fit: "fill", kernel: "lanczos3", fastShrinkOnLoad: false })
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return { data, channels: info.channels };
  } catch (error) {
    if (error instanceof NncError) throw error;
    throw failure(unreadableImage, { file, problem: `what cannot be decoded (${problemOf(error)})` });
  }
}

/** `sharp` reads more forms, some of which depend on the machine. */
function requireForm(file: string, bytes: Uint8Array): void {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 12));
  const isKnown =
    text.startsWith("\x89PNG\r\n\x1a\n") ||
    text.startsWith("ÿØÿ") ||
    (text.startsWith("RIFF") && text.endsWith("WEBP"));
  if (isKnown) return;
  throw failure(unreadableImage, { file, problem: bytes.length === 0 ? "an empty file" : "something else" });
}

/** Grey is the sum that television made of the colours (ITU-R BT.601), in whole numbers, which are the same on every machine. */
function writePixels(from: Uint8Array, found: number, wanted: number, into: Uint8Array): void {
  const isGrey = found < 3;
  const count = from.length / found;
  for (let pixel = 0; pixel < count; pixel++) {
    const at = pixel * found;
    const red = from[at] ?? 0;
    const green = isGrey ? red : (from[at + 1] ?? 0);
    const blue = isGrey ? red : (from[at + 2] ?? 0);
    const to = pixel * wanted;
    if (wanted === 1) {
      into[to] = Math.floor((299 * red + 587 * green + 114 * blue + 500) / 1000);
      continue;
    }
    into[to] = red;
    into[to + 1] = green;
    into[to + 2] = blue;
    if (wanted === 4) into[to + 3] = from[at + found - 1] ?? 255;
  }
}

/** The first line of what another package says. */
function problemOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.trim().split("\n")[0] ?? "").replace(/:$/, "");
}
