/** What an exported module leaves to its caller: how images became the rows that the network was trained on, and which rows come together. */
import type { HostTrain } from "../../compiler/program/host.ts";
import { imageSize } from "../../runtime/data/images.ts";
import type { Interface } from "../../runtime/predict/interface.ts";

const pixels = {
  1: "a grey from 0 to 255 (0.299 red + 0.587 green + 0.114 blue)",
  3: "red, green and blue from 0 to 255",
  4: "red, green, blue and what is opaque from 0 to 255",
} as const;

/** Lines for the head of a module that takes `most` rows at once; none where rows are numbers as the data have them and each is answered for itself. */
export function notesFor(train: HostTrain | undefined, outside: Interface, most: number): readonly string[] {
  return [...imageNotes(train, outside), ...(outside.model.together === true ? togetherNotes(most) : [])];
}

function togetherNotes(most: number): readonly string[] {
  return [`What it says of a row depends on the rows beside it. It takes ${most} at a time, in their order.`, ""];
}

function imageNotes(train: HostTrain | undefined, { inputs }: Interface): readonly string[] {
  if (train?.data.reader !== "images") return [];
  const own = inputs.filter(({ name }) => train.inputs.some((input) => input.name === name));
  const { height, width, channels } = imageSize(train.data);
  return own.flatMap(({ name }) => [
    `${JSON.stringify(name)} was read from images: ${height} rows of ${width} pixels, from the top left, each`,
    `${pixels[channels]}. They were turned upright as EXIF says, in sRGB,`,
    `${channels === 4 ? "" : "transparent parts over white, "}and stretched to that size as Pillow's BILINEAR does.`,
    "",
  ]);
}
