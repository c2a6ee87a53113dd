/** The images that a train reads, decoded before it is prepared: those of its data and of its test, or others in their place. */
import { wrongElementCount } from "../../compiler/diagnostics/codes/fields.ts";
import { numbered } from "../../compiler/diagnostics/lists.ts";
import type { Host, HostData, HostTrain } from "../../compiler/program/host.ts";
import { requireAxes } from "../data/array-file.ts";
import { decodeImages } from "../data/image-decode.ts";
import { listImages } from "../data/image-list.ts";
import type { ImageFiles } from "../data/image-list.ts";
import { imageField, imageSize, isTarget } from "../data/images.ts";
import type { DecodedImages, ImageSize } from "../data/images.ts";
import { columnMapping, testFiles } from "../data/open.ts";
import { roleOf } from "../data/roles.ts";
import { elements, evaluate, symbolsOf } from "../load/dimensions.ts";
import { failure, shapeText } from "../save/fail.ts";

/** All that the train declares; what an evaluation needs, its test or, without one, its data; or others, with their classes or without. */
export type WhichImages = "all" | "tested" | OtherImages;

export interface OtherImages {
  readonly path: string;
  readonly what: "evaluate" | "predict";
}

/** Images by their paths, as `Contents` have them; none of a train whose data are no images. Throws NN0814, NN0872 to NN0877 and what the files throw. */
export async function imagesOf(
  host: Host,
  place: ImageFiles,
  which: WhichImages,
  load?: () => Promise<unknown>,
): Promise<ReadonlyMap<string, DecodedImages>> {
  const { train } = host;
  const images = new Map<string, DecodedImages>();
  if (train?.data.reader !== "images") return images;
  const { data } = train;
  const size = imageSize(data);
  const isAlone = typeof which === "object" && which.what === "predict";
  const fields = train.inputs.map(({ name }) => ({ name, role: roleOf(host, name) }));
  const wanted = isAlone ? fields.filter((field) => field.role === "input" && !isTarget(field)) : fields;
  requireSize(train, imageField(wanted).name, size);
  for (const path of pathsOf(train.data, which)) {
    const list = listImages(place, path, columnMapping(data), wanted);
    images.set(path, await decodeImages(list, size, place.read, load));
  }
  return images;
}

/** Throws NN0814 or NN0836 before anything is decoded, where the network takes images of another size. */
export function requireSize({ inputs }: HostTrain, name: string, { height, width, channels }: ImageSize): void {
  const row = inputs.find((input) => input.name === name)?.shape.slice(1) ?? [];
  if (symbolsOf(row, new Map()).length > 0) return;
  const [expected, found] = [elements(row, new Map()), height * width * channels];
  const shape = row.map((size) => evaluate(size, new Map()));
  const source = `an image of ${height}×${width} pixels with ${numbered(channels, "one channel", `${channels} channels`)}`;
  if (found !== expected)
    throw failure(wrongElementCount, { source, field: name, shape: shapeText(shape), expected, found });
  requireAxes(source, name, [height, width, channels], shape);
}

function pathsOf(data: HostData, which: WhichImages): readonly string[] {
  if (typeof which === "object") return [which.path];
  const own = [data.settings["path"], testFiles(data)].filter((path) => typeof path === "string");
  return which === "all" ? own : own.slice(-1);
}
