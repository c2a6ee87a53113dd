/**
 * Small random changes of training images, made anew in every epoch. What happens to a row is a function of seed, epoch and row alone: neither
 * the batch nor the order nor where a run was stopped moves it.
 */
import { unsuitableSetting } from "../../compiler/diagnostics/codes/data.ts";
import type { Host, HostSetting } from "../../compiler/program/host.ts";
import { failure } from "../save/fail.ts";
import { imageField, imageSize } from "./images.ts";
import type { ImageSize } from "./images.ts";
import { roleOf } from "./roles.ts";
import { purposes, WordStream } from "./threefry.ts";

/** `flip` mirrors left and right, `flip_vertical` above and below, each half of the rows; `crop` shifts by at most so many pixels either way. */
type Change = { readonly kind: "flip" | "flip_vertical" } | { readonly kind: "crop"; readonly most: number };

/** Changes one row of an epoch in place; it begins at `at`. */
export type Alter = (row: number, pixels: Float32Array | Int32Array, at: number) => void;

export interface Augmentation {
  /** The input that is changed. */
  readonly input: string;
  /** Numbers in a row. */
  readonly width: number;
  readonly of: (seed: number, epoch: number) => Alter;
}

/** What `augment` of the train's data does; undefined where nothing is to be done. Throws NN0832. */
export function augmentationOf(host: Host): Augmentation | undefined {
  const { data, inputs } = host.train ?? { inputs: [] };
  const { augment = [] } = data?.settings ?? {};
  const changes = (Array.isArray(augment) ? augment : [augment]).map(changeOf);
  if (data?.reader !== "images" || changes.length === 0) return undefined;
  const size = imageSize(data);
  const { name } = imageField(inputs.map((input) => ({ name: input.name, role: roleOf(host, input.name) })));
  const width = size.height * size.width * size.channels;
  return {
    input: name,
    width,
    of: (seed, epoch) => alterWith(changes, size, new WordStream(seed, purposes.augment, epoch)),
  };
}

function alterWith(changes: readonly Change[], size: ImageSize, words: WordStream): Alter {
  // An image is moved into this one and back.
  const moved = new Float32Array(size.height * size.width * size.channels);
  return (row, pixels, at) => {
    words.begin(row);
    const [down, right] = [place(), place()];
    for (const change of changes) draw(change, words, down, right);
    if (isStill(down) && isStill(right)) return;
    moved.fill(0);
    move(pixels, at, moved, size, down, right);
    pixels.set(moved, at);
  };
}

/** Where a pixel comes from along an axis: from its own place or the mirrored one, shifted. */
interface Place {
  mirrored: boolean;
  shift: number;
}

function place(): Place {
  return { mirrored: false, shift: 0 };
}

function isStill({ mirrored, shift }: Place): boolean {
  return !mirrored && shift === 0;
}

/** One change upon those before it: what is mirrored after a shift is shifted the other way. */
function draw(change: Change, words: WordStream, down: Place, right: Place): void {
  switch (change.kind) {
    case "flip":
      if (words.below(2) === 1) mirror(right);
      return;
    case "flip_vertical":
      if (words.below(2) === 1) mirror(down);
      return;
    case "crop":
      down.shift += words.below(2 * change.most + 1) - change.most;
      right.shift += words.below(2 * change.most + 1) - change.most;
      return;
    default: {
      const never: never = change;
      return never;
    }
  }
}

function mirror(axis: Place): void {
  axis.mirrored = !axis.mirrored;
  axis.shift = -axis.shift;
}

/** What comes from beyond the border stays 0. */
function move(
  from: Float32Array | Int32Array,
  at: number,
  into: Float32Array,
  { height, width, channels }: ImageSize,
  down: Place,
  right: Place,
): void {
  for (let y = 0; y < height; y++) {
    const ownY = sourceOf(y, height, down);
    if (ownY < 0 || ownY >= height) continue;
    for (let x = 0; x < width; x++) {
      const ownX = sourceOf(x, width, right);
      if (ownX < 0 || ownX >= width) continue;
      const source = at + (ownY * width + ownX) * channels;
      const target = (y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++) into[target + channel] = from[source + channel] ?? 0;
    }
  }
}

function sourceOf(index: number, size: number, { mirrored, shift }: Place): number {
  const shifted = index + shift;
  return mirrored ? size - 1 - shifted : shifted;
}

function changeOf(setting: HostSetting): Change {
  if (setting === "flip" || setting === "flip_vertical") return { kind: setting };
  const most = typeof setting === "object" && "crop" in setting ? setting.crop : undefined;
  if (Number.isSafeInteger(most) && Number(most) >= 1) return { kind: "crop", most: Number(most) };
  throw failure(unsuitableSetting, {
    setting: "augment",
    expected: "flip, flip_vertical and crop(n)",
    found: JSON.stringify(setting),
  });
}
