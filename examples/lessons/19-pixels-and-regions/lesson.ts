/** Which pixels belong to a shape, with and without what was seen before the picture was made small; and in which boxes shapes are. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { colourOf, element, text } from "../../../cli/plot/xml.ts";
import type { Colours } from "../../../cli/plot/xml.ts";
import { idxRows } from "../../../scripts/lib/idx.mjs";
import { percent } from "../lib/lesson.ts";
import type { Lesson } from "../lib/lesson.ts";
import type { LessonPanel } from "../lib/panel.ts";
import { pictureOf } from "../lib/picture.ts";
import { pixelImage, rowsOf } from "../lib/pixels.ts";
import type { Run, Workshop } from "../lib/workshop.ts";
import { answersOf, boxesOf, hits, kinds, trueBoxes } from "./boxes.ts";
import type { Box } from "./boxes.ts";

const wide = 43;
const shownPixels = [0, 1, 2];
const shownRegions = [0, 1, 2];

const greys = Array.from({ length: 256 }, (_, level) => `rgb(${level},${level},${level})`);

/** Pictures, what is true of their pixels and what both networks say, side by side. */
function pixelPanel(
  images: readonly (readonly number[])[],
  truth: readonly (readonly boolean[])[],
  said: readonly { readonly name: string; readonly shapes: readonly (readonly boolean[])[] }[],
): LessonPanel {
  const [gap, above] = [8, 18];
  const columns = ["the picture", "true", ...said.map(({ name }) => name)];
  const draw = (width: number, colours: Colours): readonly string[] => {
    const side = (width - gap * (columns.length - 1)) / columns.length;
    const high = ((images[0]?.length ?? 0) / wide / wide) * side;
    const at = (column: number, row: number) => ({
      x: column * (side + gap),
      y: above + row * (high + gap),
      width: side,
    });
    const frame = (column: number, row: number): string =>
      element("rect", { ...at(column, row), height: high, fill: "none", stroke: colours.grid });
    const headings = columns.map((name, column) => text(name, { x: at(column, 0).x, y: 12, fill: colours.strong }));
    const looks = [undefined, colours.soft, colourOf(colours, 1)];
    const rows = shownPixels.flatMap((row) => {
      const is = truth[row] ?? [];
      const masks = [is, ...said.map(({ shapes }) => shapes[row] ?? [])].map((mask) =>
        mask.map((here, pixel) => (here === is[pixel] ? Number(here) : 2)),
      );
      return [
        pixelImage(rowsOf(images[row] ?? [], wide), greys, at(0, row)),
        ...masks.flatMap((mask, column) => [
          pixelImage(rowsOf(mask, wide), looks, at(column + 1, row)),
          frame(column + 1, row),
        ]),
      ];
    });
    return [...headings, ...rows];
  };
  return {
    kind: "drawing",
    title: "Pixels of shapes; orange where a network is wrong",
    height: above + shownPixels.length * 109 + 2,
    draw,
  };
}

/** Pictures under their 6×6 cells, with the boxes that are said, and those that are true dashed. */
function regionPanel(
  images: readonly (readonly number[])[],
  said: readonly (readonly Box[])[],
  truth: readonly (readonly Box[])[],
): LessonPanel {
  const [gap, below] = [10, 24];
  const draw = (width: number, colours: Colours): readonly string[] => {
    const side = (width - gap * (shownRegions.length - 1)) / shownRegions.length;
    const pixel = side / 48;
    const pictures = shownRegions.flatMap((row, column) => {
      const left = column * (side + gap);
      const lines = [1, 2, 3, 4, 5].map((cell) => {
        const place = (cell * side) / 6;
        return `M${(left + place).toFixed(1)} 0v${side.toFixed(1)}M${left.toFixed(1)} ${place.toFixed(1)}h${side.toFixed(1)}`;
      });
      const drawn = (box: Box, look: Readonly<Record<string, string | number>>): string =>
        element("rect", {
          x: left + box.left * pixel,
          y: box.top * pixel,
          width: (box.right - box.left) * pixel,
          height: (box.bottom - box.top) * pixel,
          fill: "none",
          ...look,
        });
      return [
        pixelImage(rowsOf(images[row] ?? [], 48), greys, { x: left, y: 0, width: side }),
        element("path", {
          d: lines.join(""),
          fill: "none",
          stroke: "#ffffff",
          "stroke-opacity": 0.35,
          "stroke-width": 0.7,
          "shape-rendering": "crispEdges",
        }),
        ...(truth[row] ?? []).map((box) =>
          drawn(box, { stroke: "#ffffff", "stroke-width": 1.6, "stroke-dasharray": "3 3" }),
        ),
        ...(said[row] ?? []).map((box) =>
          drawn(box, { stroke: boxColours[box.kind] ?? "#ffffff", "stroke-width": 2.4 }),
        ),
      ];
    });
    const legend = kinds.flatMap((name, kind) => [
      element("rect", {
        x: kind * 100 + 1,
        y: side + 9,
        width: 12,
        height: 12,
        fill: "none",
        stroke: boxColours[kind] ?? "",
        "stroke-width": 2.4,
      }),
      text(`said: ${name}`, { x: kind * 100 + 20, y: side + 19, fill: colours.strong }),
    ]);
    return [...pictures, ...legend, text("white, dashed: true", { x: 340, y: side + 19, fill: colours.strong })];
  };
  return { kind: "drawing", title: "Boxes around shapes, as said and as they are", height: 158 + below, draw };
}

/** On a grey picture, whatever the reader's ground is. */
const boxColours = ["#3aa0ff", "#ff8c1a", "#22d39a"];

/** Over all pixels of all pictures: those that both say, divided by those that either says. */
function overlapOf(said: readonly (readonly boolean[])[], truth: readonly (readonly boolean[])[]): number {
  const pairs = said.flatMap((mask, row) => mask.map((here, pixel) => [here, truth[row]?.[pixel] === true] as const));
  const both = pairs.filter(([one, other]) => one && other).length;
  return both / pairs.filter(([one, other]) => one || other).length;
}

async function shapesOf(
  nnc: Workshop,
  run: Run,
  skip: boolean,
  images: readonly (readonly number[])[],
): Promise<readonly (readonly boolean[])[]> {
  const scaled = images.map((image) => image.map((level) => level / 255));
  const scores = await nnc.outputs("pixels.nn", { run, compiling: { consts: { skip } } }, { image: scaled });
  return scores.map((row) => row.map((score) => score > 0));
}

export const lesson: Lesson = {
  summary: "an answer for every pixel of a picture, and boxes around what is in it.",
  run: async (nnc) => {
    const read = (name: string): Buffer => readFileSync(path.join(nnc.folder, "../../shapes/data", `${name}.idx.gz`));
    const images = idxRows(read("segment-test-images"));
    const truth = idxRows(read("segment-test-masks")).map((row) => row.map((kind) => kind > 0));
    const joined = await shapesOf(nnc, nnc.train("pixels.nn"), true, images);
    const bare = await shapesOf(nnc, nnc.train("pixels.nn", { flags: ["--const", "skip=false"] }), false, images);
    const [known, alone] = [overlapOf(joined, truth), overlapOf(bare, truth)];

    const scenes = idxRows(read("detect-test-images"));
    const detected = nnc.train("regions.nn");
    const outputs = await nnc.outputs("regions.nn", { run: detected }, { image: scenes });
    const answers = outputs.map(answersOf);
    const real = trueBoxes(idxRows(read("detect-test-kinds")), idxRows(read("detect-test-boxes")));
    const count = real.flat().length;
    const at = (least: number) => {
      const said = answers.map((row) => boxesOf(row, least));
      const good = said.reduce((sum, boxes, row) => sum + hits(boxes, real[row] ?? []), 0);
      return { found: good / count, right: good / Math.max(1, said.flat().length), said };
    };
    const half = at(0.5);
    const [low, high] = [at(0.2), at(0.8)];
    const thresholds = Array.from({ length: 37 }, (_, step) => 0.05 + 0.025 * step);
    return {
      figures: {
        joined: percent(known, 1),
        bare: percent(alone, 1),
        "found at 50": percent(half.found),
        "right at 50": percent(half.right),
        "found at 20": percent(low.found),
        "right at 20": percent(low.right),
        "found at 80": percent(high.found),
        "right at 80": percent(high.right),
      },
      pictures: {
        "pixels.svg": pictureOf("Pixels of shapes in three pictures, as they are and as two networks say", [
          pixelPanel(images, truth, [
            { name: "with shortcuts", shapes: joined },
            { name: "without", shapes: bare },
          ]),
        ]),
        "regions.svg": pictureOf("Boxes around shapes in three pictures; how many are found and right", [
          regionPanel(scenes, half.said, real),
          {
            kind: "chart",
            title: "From which chance on a cell is taken at its word",
            x: { label: "least chance of a shape, %", from: 0, to: 100 },
            y: { label: "%", from: 0, to: 100 },
            marks: [
              {
                kind: "line",
                points: thresholds.map((one) => [100 * one, 100 * at(one).found]),
                colour: 0,
                name: "shapes that are found",
              },
              {
                kind: "line",
                points: thresholds.map((one) => [100 * one, 100 * at(one).right]),
                colour: 1,
                name: "boxes that are right",
                dashed: true,
              },
            ],
          },
        ]),
      },
    };
  },
};
