/** Rows that are images, for networks that were trained on images: a folder, files, or a list of names in CSV. */
import { unknownField } from "../../compiler/diagnostics/codes/fields.ts";
import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import type { HostData } from "../../compiler/program/host.ts";
import type { Dataset, Field } from "../../runtime/data/dataset.ts";
import { decodeImages } from "../../runtime/data/image-decode.ts";
import { listImages } from "../../runtime/data/image-list.ts";
import type { ImageFiles, ImageList } from "../../runtime/data/image-list.ts";
import { imageField, imageSize } from "../../runtime/data/images.ts";
import { columnMapping, openSource } from "../../runtime/data/open.ts";
import { failure, listed } from "../../runtime/save/fail.ts";
import type { Fitted } from "../../runtime/save/fitted.ts";
import { userFiles } from "../contents.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../exit.ts";
import { isFolder } from "../files.ts";
import type { FileFlag } from "../flags.ts";
import { report } from "../output/report.ts";
import { formOfName } from "./form.ts";

export interface ImageRows {
  readonly rows: Dataset;
  /** The file of each row. */
  readonly files: readonly string[];
}

/** The rows behind `--data`, where they are images; undefined where they are of another form. Throws a UsageError, NN08xx, NN0925. */
export async function readImageRows(
  context: Context,
  flags: readonly FileFlag[],
  fields: readonly Field[],
  data: HostData | undefined,
  fitted: Fitted,
): Promise<ImageRows | undefined> {
  const place = userFiles(context);
  const isImage = ({ file, field }: FileFlag): boolean =>
    isPicture(file) || isFolder(context, file) || (data?.reader === "images" && field === undefined && isList(file));
  const first = flags.find(isImage);
  if (first === undefined) return undefined;
  if (data?.reader !== "images")
    throw new UsageError(
      `--data: expected CSV, JSON lines, NPY or IDX for a network that was not trained on images(…), found ${first.file}`,
    );
  const { name } = imageField(fields);
  for (const { field, file } of flags) {
    if (field !== undefined && field !== name)
      throw failure(unknownField, { field, fields: listed([name]) }, didYouMean(field, [name]));
    if (flags.length > 1 && (isList(file) || !isImage({ field, file })))
      throw new UsageError(
        `--data: expected images and folders, or one list of names, found ${file} beside ${first.file}`,
      );
  }
  const list = joined(flags.map(({ file }) => listOf(place, file, data, fields)));
  report(context, list.warnings, new Map());
  const images = new Map([[list.path, await decodeImages(list, imageSize(data), place.read)]]);
  const rows = openSource(data, fields, { read: place.read, images }, list.path).apply(fitted);
  return { rows, files: list.files };
}

function listOf(place: ImageFiles, file: string, data: HostData, fields: readonly Field[]): ImageList {
  if (isPicture(file) && !place.isFolder(file)) {
    if (fields.length === 1) return { path: file, files: [file], warnings: [] };
    throw new UsageError(
      `--data: expected a folder with one for each class, or a list in CSV, found the image ${file}`,
    );
  }
  return listImages(place, file, columnMapping(data), fields);
}

/** One after the other. */
function joined(lists: readonly ImageList[]): ImageList {
  const [only, ...more] = lists;
  if (only !== undefined && more.length === 0) return only;
  return {
    path: lists.map(({ path }) => path).join(", "),
    files: lists.flatMap(({ files }) => files),
    warnings: lists.flatMap(({ warnings }) => warnings),
    ...(lists.every(({ labels }) => labels !== undefined)
      ? { labels: lists.flatMap(({ labels = [] }) => labels) }
      : {}),
  };
}

function isPicture(file: string): boolean {
  return /\.(png|jpe?g|webp)$/i.test(file);
}

function isList(file: string): boolean {
  return formOfName(file) === "csv";
}
