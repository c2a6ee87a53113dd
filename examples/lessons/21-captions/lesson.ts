/** Words for a picture, and where the network looks before each. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { element, text } from "../../../cli/plot/xml.ts";
import type { Colours } from "../../../cli/plot/xml.ts";
import { idxRows } from "../../../scripts/lib/idx.mjs";
import { figure, mean, percent } from "../lib/lesson.ts";
import type { Lesson } from "../lib/lesson.ts";
import type { LessonPanel } from "../lib/panel.ts";
import { pictureOf } from "../lib/picture.ts";
import { pixelImage, rowsOf } from "../lib/pixels.ts";

const [side, steps, cells] = [24, 9, 6];
const across = 5;

/** As the pictures have them, but for a shade. */
const colours: Readonly<Record<string, readonly number[]>> = {
  red: [220, 50, 40],
  green: [60, 180, 75],
  blue: [50, 90, 220],
  yellow: [240, 210, 50],
};

interface Written {
  readonly words: readonly string[];
  /** Before each word, the share of the look at each of 6×6 places. */
  readonly gazes: readonly (readonly number[])[];
}

const pixelsOf = (image: readonly number[]): readonly (readonly number[])[] => rowsOf(image, 3);

/** Whether a pixel is of this colour, in whichever shade; the background is grey. */
function isOf(pixel: readonly number[], colour: readonly number[]): boolean {
  const shade = Math.max(...pixel) / Math.max(...colour);
  return pixel.every((level, at) => Math.abs(level - shade * (colour[at] ?? 0)) <= 6);
}

/** The places in which some pixel has the colour. */
function placesOf(image: readonly number[], colour: readonly number[]): ReadonlySet<number> {
  const wide = side / cells;
  return new Set(
    pixelsOf(image).flatMap((pixel, at) =>
      isOf(pixel, colour) ? [Math.floor(at / side / wide) * cells + Math.floor((at % side) / wide)] : [],
    ),
  );
}

/** The picture, and for each word where the network looked before it: the darker, the more. */
function gazePanel(image: readonly number[], { words, gazes }: Written): LessonPanel {
  const [gap, above] = [8, 18];
  const end = words.indexOf(".") + 1;
  const lines = Math.ceil((end + 1) / across);
  const draw = (width: number, look: Colours): readonly string[] => {
    const tile = (width - gap * (across - 1)) / across;
    const at = (index: number) => ({
      x: (index % across) * (tile + gap),
      y: Math.floor(index / across) * (tile + above + gap) + above,
    });
    const pixels = pixelsOf(image).map((pixel) => `rgb(${pixel.join(",")})`);
    const palette = [...new Set(pixels)];
    const picture = rowsOf(
      pixels.map((pixel) => palette.indexOf(pixel)),
      side,
    );
    const tiles = words.slice(0, end).flatMap((word, step) => {
      const { x, y } = at(step + 1);
      const most = Math.max(...(gazes[step] ?? []));
      const small = tile / cells;
      return [
        text(word === "." ? "(full stop)" : word, { x, y: y - 6, fill: look.strong }),
        element("rect", { x, y, width: tile, height: tile, fill: "none", stroke: look.soft }),
        ...(gazes[step] ?? []).flatMap((share, place) =>
          share / most < 0.03
            ? []
            : [
                element("rect", {
                  x: x + (place % cells) * small,
                  y: y + Math.floor(place / cells) * small,
                  width: small,
                  height: small,
                  fill: look.shade,
                  "fill-opacity": Number((share / most).toFixed(2)),
                }),
              ],
        ),
      ];
    });
    return [
      text("the picture", { ...at(0), y: 12, fill: look.soft }),
      pixelImage(picture, palette, { ...at(0), width: tile }),
      ...tiles,
    ];
  };
  const title = words.slice(0, end - 1).join(" ");
  return { kind: "drawing", title: `Written: ${title}`, height: lines * (92 + above + gap), draw };
}

export const lesson: Lesson = {
  summary: "a network that says in words what a picture shows, and where it looks before each word.",
  run: async (nnc) => {
    const data = path.join(nnc.folder, "../../captions/data");
    const words = readFileSync(path.join(data, "words.txt"), "utf8").trim().split("\n");
    const images = idxRows(readFileSync(path.join(data, "test-images.idx.gz")));
    const captions = idxRows(readFileSync(path.join(data, "test-captions.idx.gz")));
    const run = nnc.train("captions.nn");
    const compiling = { bounds: { N: images.length } };
    const network = await nnc.network("captions.nn", compiling, { parameters: readFileSync(run.params) });
    const [said, looked] = await network.predict("Writes", {
      image: Float32Array.from(images.flat(), (level) => level / 255),
    });
    network.close();
    const ids = rowsOf(Array.from(said?.data ?? []), steps);
    const gazes = rowsOf(rowsOf(Array.from(looked?.data ?? []), cells * cells).flat(), steps * cells * cells);
    const written = ids.map((row, at): Written => ({
      words: row.map((id) => words[id] ?? ""),
      gazes: rowsOf(gazes[at] ?? [], cells * cells),
    }));
    const right = ids.map((row, at) => row.join() === captions[at]?.join());
    // Each colour that is named, with how much of the look lies where it is, and how much of the picture that is.
    const named = written.flatMap((one, at) =>
      one.words.flatMap((word, step) => {
        const colour = colours[word];
        if (colour === undefined || right[at] !== true) return [];
        const places = placesOf(images[at] ?? [], colour);
        const look = [...places].reduce((sum, place) => sum + (one.gazes[step]?.[place] ?? 0), 0);
        return [{ look, share: places.size / cells ** 2 }];
      }),
    );
    const isLong = (at: number): boolean => right[at] === true && (written[at]?.words.indexOf(".") ?? 0) > 6;
    const shown = ids.flatMap((_, at) => (isLong(at) ? [at] : [])).slice(0, 2);
    return {
      figures: {
        whole: percent(mean(right.map(Number))),
        "on the colour": percent(mean(named.map(({ look }) => look))),
        "of the picture": percent(mean(named.map(({ share }) => share))),
        "first loss": figure(run.steps[0]?.loss ?? 0, 2),
        "hold-out loss": figure(Number(run.done?.holdout?.loss), 2),
      },
      pictures: {
        "gaze.svg": pictureOf(
          "Two pictures, what is written of them, and where the network looked before each word",
          shown.flatMap((at) => {
            const one = written[at];
            return one === undefined ? [] : [gazePanel(images[at] ?? [], one)];
          }),
        ),
      },
    };
  },
};
