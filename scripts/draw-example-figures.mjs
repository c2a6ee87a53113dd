/**
 * Draws what the generators of examples/ make, for their READMEs: trains each with the seed of its file and lets `nnc predict` answer for noise.
 * Needs a build.
 *
 *   node scripts/draw-example-figures.mjs gan/gan.nn
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { nncOutput, root } from "./lib/project.mjs";
import { normalFrom, randomFrom } from "./lib/random.mjs";

const scratch = mkdtempSync(path.join(tmpdir(), "nnc-draw-"));
const examples = path.join(root, "examples");

/** Trains up to this epoch, from where an earlier call stopped, and answers the parameters' file. */
function trained(file, epochs) {
  const run = path.join(scratch, file.replaceAll("/", "-"));
  const resume = isStarted.has(file) ? ["--resume"] : [];
  isStarted.add(file);
  nncOutput(["train", path.join(examples, file), "-o", run, "--epochs", String(epochs), ...resume]);
  return path.join(run, "parameters.safetensors");
}
const isStarted = new Set();

/** What a model of the file answers for rows. */
function predicted(file, params, model, rows) {
  const input = rows.map((row) => JSON.stringify(row)).join("\n");
  const flags = ["--params", params, "--model", model, "--format", "json"];
  const lines = nncOutput(["predict", path.join(examples, file), ...flags], input)
    .trimEnd()
    .split("\n");
  return lines.map((line) => JSON.parse(line).output);
}

function noise(random, length) {
  return Array.from({ length }, () => normalFrom(random));
}

/** Points of a plane from -1.5 to 1.5, a panel for each entry of `sets`, side by side. */
function scatter(sets) {
  const [side, gap, top] = [200, 16, 28];
  const at = (value) => Number((side * (value / 3 + 0.5)).toFixed(1));
  const panels = sets.map(({ title, points }, column) => {
    const dots = points.map(([x, y]) => `M${at(x)} ${at(-y)}h0`).join("");
    return (
      `<g transform="translate(${gap + column * (side + gap)} ${top})"><text y="-9" fill="#333333">${title}</text>` +
      `<svg width="${side}" height="${side}"><rect width="100%" height="100%" fill="none" stroke="#bbbbbb"/>` +
      `<path d="${dots}" stroke="#0072b2" stroke-width="2" stroke-linecap="round" stroke-opacity="0.6"/></svg></g>`
    );
  });
  const [width, height] = [gap + sets.length * (side + gap), top + side + gap];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12">` +
    `<rect width="100%" height="100%" fill="#ffffff"/>${panels.join("")}</svg>\n`
  );
}

/** Rows of square pictures, dark on light, each pixel several wide. */
async function sheet(rows, file) {
  const [cell, zoom] = [Math.sqrt(rows[0][0].length) + 1, 4];
  const [width, height] = [cell * rows[0].length + 1, cell * rows.length + 1];
  const grey = Buffer.alloc(width * height, 255);
  rows.forEach((pictures, down) =>
    pictures.forEach((picture, across) =>
      picture.forEach((value, pixel) => {
        const y = down * cell + 1 + Math.floor(pixel / (cell - 1));
        const x = across * cell + 1 + (pixel % (cell - 1));
        grey[y * width + x] = Math.round(255 * (1 - Math.min(1, Math.max(0, value))));
      }),
    ),
  );
  const picture = sharp(grey, { raw: { width, height, channels: 1 } });
  await picture
    .resize(zoom * width, zoom * height, { kernel: "nearest" })
    .png({ palette: true })
    .toFile(file);
}

const figures = {
  "gan/gan.nn": (file) => {
    const random = randomFrom(1);
    const rows = Array.from({ length: 600 }, () => ({ z: noise(random, 8) }));
    const sets = [1, 10, 30, 60].map((epoch) => ({
      title: `epoch ${epoch}`,
      points: predicted(file, trained(file, epoch), "Generator", rows),
    }));
    writeFileSync(path.join(examples, "gan/samples.svg"), scatter(sets));
  },
  "gan/digits.nn": (file) => {
    const random = randomFrom(1);
    const digits = Array.from({ length: 10 }, (_, digit) => digit);
    const rows = [5, 20, 60].map((epoch) => {
      const asked = [0, 0].flatMap(() => digits.map((digit) => ({ z: noise(random, 16), digit })));
      const drawn = predicted(file, trained(file, epoch), "Generator", asked);
      return [drawn.slice(0, 10), drawn.slice(10)];
    });
    return sheet(rows.flat(), path.join(examples, "gan/digits-samples.png"));
  },
};

try {
  for (const file of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(figures)) await figures[file](file);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
