/** A small network of convolutions on pictures of clothes: its filters before and after, what each layer makes of a picture, and what each place sees. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Network } from "../../../runtime/load/index.ts";
import { unzipped } from "../lib/first-losses.ts";
import { exact, percent } from "../lib/lesson.ts";
import type { Lesson } from "../lib/lesson.ts";
import type { Sheet } from "../lib/panel.ts";
import { pictureOf } from "../lib/picture.ts";
import type { Workshop } from "../lib/workshop.ts";

type Rows = readonly (readonly number[])[];

const side = 28;
const layers = [
  { model: "First", size: 28, maps: 8 },
  { model: "Second", size: 14, maps: 12 },
  { model: "Third", size: 7, maps: 16 },
] as const;

/** The first pictures of the file, from 0 to 1; they lie behind 16 bytes. The first is a boot. */
function pictures(nnc: Workshop, count: number): Float32Array {
  const bytes = unzipped(readFileSync(path.join(nnc.folder, "../../fashion/data/images.idx3.gz")));
  return Float32Array.from(bytes.subarray(16, 16 + count * side * side), (value) => value / 255);
}

/** One of the maps that lie interleaved, pixel by pixel. */
function mapOf(values: ArrayLike<number>, size: number, maps: number, at: number): Rows {
  return Array.from({ length: size }, (_row, row) =>
    Array.from({ length: size }, (_pixel, column) => values[(row * size + column) * maps + at] ?? 0),
  );
}

function filtersOf(weights: ArrayLike<number>): Sheet["tiles"] {
  return Array.from({ length: 8 }, (_, at) => ({ caption: String(at + 1), rows: mapOf(weights, 5, 8, at) }));
}

/** Each map in six shades of its own, since some are much fainter than others. */
function shaded(rows: Rows): Rows {
  const most = Math.max(1e-9, ...rows.flat());
  return rows.map((row) => row.map((value) => Math.round((6 * value) / most) / 6));
}

async function mapsOf(network: Network, image: Float32Array): Promise<readonly Sheet[]> {
  const sheets: Sheet[] = [];
  for (const { model, size, maps } of layers) {
    const [said] = await network.predict(model, { image });
    const tiles = Array.from({ length: maps }, (_, at) => ({
      ...(model === "First" ? { caption: String(at + 1) } : {}),
      rows: shaded(mapOf(said?.data ?? [], size, maps, at)),
    }));
    const title = `${model} convolution: ${maps} maps of ${size} × ${size}`;
    sheets.push({ kind: "sheet", title, across: 8, tiles, palette: "ink", most: 1 });
  }
  return sheets;
}

interface Seen {
  readonly rows: Rows;
  /** How many pixels wide and high is what the place looks at. */
  readonly width: number;
}

/** How much the change of each pixel matters to one place in the middle, over several pictures. */
async function fieldOf(network: Network, model: string, count: number, image: Float32Array): Promise<Seen> {
  const [said] = await network.predict(model, { image });
  const sums = Array.from({ length: side * side }, () => 0);
  for (const [at, value] of (said?.data ?? []).entries())
    sums[at % sums.length] = (sums[at % sums.length] ?? 0) + Math.abs(value) / count;
  const rows = mapOf(sums, side, 1, 0);
  const columns = rows.flatMap((row) => row.flatMap((value, column) => (value > 0 ? [column] : [])));
  return { rows: shaded(rows), width: 1 + Math.max(...columns) - Math.min(...columns) };
}

export const lesson: Lesson = {
  summary:
    "filters that slide over a picture: what the first ones learnt, what each layer makes of a boot, and how far a place sees.",
  run: async (nnc) => {
    let before: readonly number[] = [];
    let right = Number.NaN;
    const network = await nnc.watch("clothes.nn", {}, (event, { parameters }) => {
      if (event.event === "start") before = Array.from(parameters.get("First.conv2d.w")?.data ?? []);
      if (event.event === "done") right = Number(event.holdout?.accuracy);
    });
    const after = Array.from(network.parameters.get("First.conv2d.w")?.data ?? []);
    const boot = pictures(nnc, 1);
    const maps = await mapsOf(network, boot);
    const count = 32;
    const fields: Seen[] = [];
    for (const { model } of layers) fields.push(await fieldOf(network, `FieldOf${model}`, count, pictures(nnc, count)));
    network.close();
    const most = Math.max(...[...before, ...after].map(Math.abs));
    const [first, second, third] = fields.map(({ width }) => width);
    return {
      figures: {
        "accuracy on the hold-out": percent(right),
        "weights of the first": exact(after.length),
        "width of the first": exact(first ?? 0),
        "width of the second": exact(second ?? 0),
        "width of the third": exact(third ?? 0),
      },
      pictures: {
        "filters.svg": pictureOf("The eight filters of the first convolution before and after training", [
          { kind: "sheet", title: "Before training", across: 8, tiles: filtersOf(before), palette: "signs", most },
          { kind: "sheet", title: "After training", across: 8, tiles: filtersOf(after), palette: "signs", most },
        ]),
        "maps.svg": pictureOf("A boot, and the feature maps of three convolutions", [
          {
            kind: "sheet",
            title: "The picture",
            across: 4,
            tiles: [{ rows: mapOf(boot, side, 1, 0) }],
            palette: "ink",
            most: 1,
          },
          ...maps,
        ]),
        "fields.svg": pictureOf("The pixels that one place of each convolution sees", [
          {
            kind: "sheet",
            title: "What one place in the middle sees",
            across: 3,
            tiles: fields.map(({ rows, width }, at) => ({
              caption: `${layers[at]?.model}: ${width} × ${width}`,
              rows,
            })),
            palette: "ink",
            most: 1,
          },
        ]),
      },
    };
  },
};
