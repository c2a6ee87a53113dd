/**
 * Draws what the generators of examples/ make, for their READMEs: trains each with the seed of its file and lets `nnc predict` answer for noise.
 * And how the two writers of examples/text learn. Needs a build.
 *
 *   node scripts/draw-example-figures.mjs gan/gan.nn
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { curvesPicture } from "./lib/curves.mjs";
import { yearsChart } from "./lib/chart.mjs";
import { idxRows } from "./lib/idx.mjs";
import { pictureSheet } from "./lib/pictures.mjs";
import { nncOutput, root } from "./lib/project.mjs";
import { normalFrom, randomFrom } from "./lib/random.mjs";
import { spiralFrom } from "./lib/spiral.mjs";
import { firstYear, sunspots } from "./lib/sunspots.mjs";

const scratch = mkdtempSync(path.join(tmpdir(), "nnc-draw-"));
const examples = path.join(root, "examples");

/** Trains with these flags and answers the parameters' file. */
function trained(file, ...flags) {
  const run = path.join(scratch, file.replaceAll("/", "-"));
  nncOutput(["train", path.join(examples, file), "-o", run, ...flags]);
  return path.join(run, "parameters.safetensors");
}

/** The same up to each of these epochs in turn, and what `draw` makes of the parameters there. */
function trainedTo(file, epochs, draw) {
  return epochs.map((epoch, at) => {
    const resume = at === 0 ? [] : ["--resume"];
    return draw(trained(file, "--epochs", String(epoch), ...resume), epoch);
  });
}

/** The events of a training, with the seed of its file. */
function eventsOf(file) {
  const flags = ["--json", "-o", path.join(scratch, file.replaceAll("/", "-"))];
  const lines = nncOutput(["train", path.join(examples, file), ...flags]);
  const events = lines.trimEnd().split("\n");
  return events.map((event) => JSON.parse(event));
}

/** The entropy of a text's characters, each by itself, in nats. */
function entropyOf(text) {
  const counts = new Map();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const shares = [...counts.values()].map((count) => count / text.length);
  return -shares.reduce((sum, share) => sum + share * Math.log(share), 0);
}

/** What a model of the file answers for rows: its first output, where there are several. */
function predicted(...asked) {
  return answers(...asked).map(([first]) => first);
}

/** All outputs of a model of the file for rows. */
function answers(file, params, model, rows, ...more) {
  const input = rows.map((row) => JSON.stringify(row)).join("\n");
  const flags = ["--params", params, "--model", model, "--format", "json", ...more];
  const lines = nncOutput(["predict", path.join(examples, file), ...flags], input)
    .trimEnd()
    .split("\n");
  return lines.map((line) => Object.values(JSON.parse(line)));
}

function noise(random, length) {
  return Array.from({ length }, () => normalFrom(random));
}

/** The pictures of examples/digits, 8×8 grey levels up to 16 each. */
function digits() {
  const lines = readFileSync(path.join(examples, "digits/data/digits.csv"), "utf8").trimEnd().split("\n");
  return lines.slice(1).map((line) => line.split(",").slice(0, -1).map(Number));
}

/** The points of a path whose numbers come in a row. */
function pairs(numbers) {
  return Array.from({ length: numbers.length / 2 }, (_, at) => numbers.slice(2 * at, 2 * at + 2));
}

const side = 200;
/** Where in a panel a number from -1.5 to 1.5 is. */
const placed = (value) => Number((side * (value / 3 + 0.5)).toFixed(1));

/** Dots at points of a plane. */
function dots(points) {
  const d = points.map(([x, y]) => `M${placed(x)} ${placed(-y)}h0`).join("");
  return `<path d="${d}" stroke="#0072b2" stroke-width="2" stroke-linecap="round" stroke-opacity="0.6"/>`;
}

/** A line through points of a plane, thick or thin. */
function line(points, colour, width) {
  const d = points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${placed(x)} ${placed(-y)}`).join("");
  return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}"/>`;
}

/** A picture of panels side by side, each with its title. */
function drawing(panels) {
  const [gap, top] = [16, 28];
  const parts = panels.map(
    ({ title, marks }, column) =>
      `<g transform="translate(${gap + column * (side + gap)} ${top})"><text y="-9" fill="#333333">${title}</text>` +
      `<svg width="${side}" height="${side}"><rect width="100%" height="100%" fill="none" stroke="#bbbbbb"/>${marks}</svg></g>`,
  );
  const [width, height] = [gap + panels.length * (side + gap), top + side + gap];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12">` +
    `<rect width="100%" height="100%" fill="#ffffff"/>${parts.join("")}</svg>\n`
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

/** The root of the mean square of what forecasts are wrong by, for each year ahead and for all, as a line of a table. */
function errorsOf(name, said, real) {
  const ahead = real[0].map((_, at) => at);
  const squares = (at) => said.map((row, index) => (row[at] - real[index][at]) ** 2);
  const root = (all) => Math.sqrt(all.reduce((sum, square) => sum + square, 0) / all.length);
  const errors = [...ahead.map((at) => root(squares(at))), root(ahead.flatMap(squares))];
  return `| ${[name, ...errors.map((error) => error.toFixed(1))].join(" | ")} |`;
}

/** The pictures that captions are tested with, what they show and what is written of them, and whether it was shown before. */
function captioned(file, params) {
  const at = (name) => path.join(examples, "captions/data", name);
  const rowsOf = (name) => idxRows(readFileSync(at(`${name}.idx.gz`)));
  const words = readFileSync(at("words.txt"), "utf8").trimEnd().split("\n");
  const sentence = (numbers) => numbers.slice(0, [...numbers, 0].indexOf(0)).map((number) => words[number]);
  const known = new Set(rowsOf("train-captions").map(String));
  const truths = rowsOf("test-captions");
  const images = rowsOf("test-images");
  return answers(
    file,
    params,
    "Writes",
    images.map((image) => ({ image })),
  ).map(([written, gazes], row) => ({
    levels: images[row],
    written: sentence(written),
    truth: sentence(truths[row]),
    gazes: Array.from({ length: written.length }, (_, word) => gazes.slice(36 * word, 36 * (word + 1))),
    isRight: String(written) === String(truths[row]),
    isNew: !known.has(String(truths[row])),
  }));
}

/** A sentence in lines of four words. */
function inLines(sentence, colour) {
  const lines = [sentence.slice(0, 4), sentence.slice(4)].filter((line) => line.length > 0);
  return lines.map((line) => ({ text: line.join(" "), colour }));
}

const figures = {
  "captions/captions.nn": (file) => {
    const all = captioned(file, trained(file));
    const shareOf = (pictures) => `${pictures.filter(({ isRight }) => isRight).length} of ${pictures.length}`;
    console.log(`${shareOf(all)} are right, of captions that are new ${shareOf(all.filter(({ isNew }) => isNew))}`);
    const [dark, red, grey] = ["#1f2328", "#d55e00", "#656d76"];
    const first = all.slice(0, 10).map(({ levels, written, isRight }) => ({
      levels,
      texts: inLines(written, isRight ? dark : red),
    }));
    const wrong = all
      .filter(({ isRight }) => !isRight)
      .slice(0, 5)
      .map(({ levels, written, truth }) => {
        const said = inLines(written, red);
        return { levels, texts: [...said, ...inLines(truth, grey)] };
      });
    const sheet = pictureSheet([first.slice(0, 5), first.slice(5), wrong], { side: 24, zoom: 6 });
    writeFileSync(path.join(examples, "captions/written.svg"), sheet);
    const looking = all
      .filter(({ isRight, written }) => isRight && written.length === 8)
      .slice(0, 3)
      .map(({ levels, written, gazes }) => [
        { levels, texts: [] },
        ...written.map((word, at) => ({ levels, shares: gazes[at], texts: [{ text: word, colour: dark }] })),
      ]);
    const gaze = pictureSheet(looking, { side: 24, zoom: 3 });
    writeFileSync(path.join(examples, "captions/looked.svg"), gaze);
  },
  "gan/gan.nn": (file) => {
    const random = randomFrom(1);
    const rows = Array.from({ length: 600 }, () => ({ z: noise(random, 8) }));
    const panels = trainedTo(file, [1, 10, 30, 60], (params, epoch) => ({
      title: `epoch ${epoch}`,
      marks: dots(predicted(file, params, "Generator", rows)),
    }));
    writeFileSync(path.join(examples, "gan/samples.svg"), drawing(panels));
  },
  "gan/digits.nn": (file) => {
    const random = randomFrom(1);
    const names = Array.from({ length: 10 }, (_, name) => name);
    const rows = trainedTo(file, [5, 20, 60], (params) => {
      const asked = [0, 0].flatMap(() => names.map((digit) => ({ z: noise(random, 16), digit })));
      const drawn = predicted(file, params, "Generator", asked);
      return [drawn.slice(0, 10), drawn.slice(10)];
    });
    return sheet(rows.flat(), path.join(examples, "gan/digits-samples.png"));
  },
  "forecast/sunspots.nn": (file) => {
    const [back, cycle, from, to] = [22, 11, 1949, 2006];
    const years = Array.from({ length: to - from + 1 }, (_, at) => from + at - firstYear);
    const real = years.map((at) => sunspots.slice(at, at + 3));
    const rows = years.map((at) => ({ past: sunspots.slice(at - back, at) }));
    const [reads, weighs] = ["Reads", "Weighs"].map((label) =>
      predicted(file, trained(file, "--label", label), label, rows),
    );
    const before = years.map((at) => sunspots.slice(at - cycle, at - cycle + 3));
    const last = years.map((at) => Array(3).fill(sunspots[at - 1]));
    for (const [name, said] of Object.entries({ last, "eleven years before": before, Weighs: weighs, Reads: reads }))
      console.log(errorsOf(name, said, real));
    const panels = ["a year", "two years", "three years"].map((title, ahead) => {
      const line = (name, rows, colour, width) => ({
        name,
        from: from + ahead,
        values: rows.map((row) => row[ahead]),
        colour,
        width,
      });
      const lines = [
        line("what was counted", real, "#bbbbbb", 5),
        line("eleven years before", before, "#d55e00", 1),
        line("Reads", reads, "#0072b2", 2),
      ];
      return { title: `said ${title} ahead`, lines };
    });
    const chart = { panels, years: [from, to + 2], most: 200, every: 50 };
    writeFileSync(path.join(examples, "forecast/years.svg"), yearsChart(chart));
  },
  "ode/ode.nn": (file) => {
    const [places, apart, learnt] = [400, 0.025, 100];
    const starts = [
      [1.3, 0.3],
      [-0.2, 1],
      [-0.7, -0.4],
    ];
    const rows = starts.map((start) => ({ start }));
    const flags = ["--const", `places=${places}`, "--override"];
    const found = predicted(file, trained(file), "Path", rows, ...flags).map(pairs);
    const panels = starts.map((start, row) => {
      const follow = (points) => [start, ...points];
      const real = line(follow(spiralFrom(start, places, apart)), "#bbbbbb", 5);
      const [before, beyond] = [found[row].slice(0, learnt), found[row].slice(learnt - 1)];
      const marks = real + line(beyond, "#d55e00", 1.2) + line(follow(before), "#0072b2", 2);
      return { title: `from ${start.join(", ")}`, marks };
    });
    writeFileSync(path.join(examples, "ode/paths.svg"), drawing(panels));
  },
  "text/book.txt": () => {
    const [recurrent, transformer] = ["recurrent", "transformer"].map((name) => eventsOf(`text/${name}_measured.nn`));
    const last = Math.max(...[recurrent, transformer].map((events) => events.at(-1).steps));
    const alone = entropyOf(readFileSync(path.join(examples, "text/data/book.txt"), "utf8"));
    const panel = (title, events, training) => {
      const trained = events.filter(({ event }) => event === "step").map(({ step, average }) => [step, average]);
      const held = events.filter(({ event }) => event === "epoch").map(({ step, holdout }) => [step, holdout.log_loss]);
      const lines = [
        {
          name: "each character by itself",
          points: [
            [0, alone],
            [last, alone],
          ],
          colour: "#656d76",
          thick: 1,
          dash: "5 4",
        },
        { name: training, points: trained.filter((_, at) => at % 5 === 0), colour: "#d55e00", thick: 1 },
        { name: "hold-out", points: held, colour: "#0072b2", thick: 2 },
      ];
      return { title, lines };
    };
    const panels = [
      panel("recurrent.nn", recurrent, "training"),
      panel("transformer.nn", transformer, "training, smoothed"),
    ];
    const x = { label: "steps", from: 0, to: last, step: 500 };
    const y = { label: "nats a character", from: 1, to: 5, step: 0.5 };
    writeFileSync(path.join(examples, "text/losses.svg"), curvesPicture({ panels, x, y }));
  },
  "vae/vae.nn": async (file) => {
    const places = Array.from({ length: 12 }, (_, at) => (4.4 * at) / 11 - 2.2);
    const map = places.flatMap((down) => places.map((across) => ({ code: [across, -down] })));
    const drawn = predicted(file, trained(file), "Decode", map);
    const rows = places.map((_, row) => drawn.slice(12 * row, 12 * (row + 1)));
    await sheet(rows, path.join(examples, "vae/map.png"));

    const params = trained(file, "--const", "codes=8");
    const random = randomFrom(1);
    const shown = digits().slice(-12);
    const codes = predicted(
      file,
      params,
      "Encode",
      shown.map((image) => ({ image })),
    );
    const noises = Array.from({ length: 24 }, () => noise(random, 8));
    const made = predicted(
      file,
      params,
      "Decode",
      [...codes, ...noises].map((code) => ({ code })),
    );
    const real = shown.map((image) => image.map((level) => level / 16));
    await sheet([real, made.slice(0, 12), made.slice(12, 24), made.slice(24)], path.join(examples, "vae/samples.png"));
  },
};

try {
  for (const file of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(figures)) await figures[file](file);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
