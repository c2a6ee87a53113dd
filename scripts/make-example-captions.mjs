/**
 * Draws the pictures of examples/captions, one or two coloured shapes on a grey ground, and says in a few words what they show. The same files
 * every time; nothing but additions and products is computed, which are the same on every machine.
 *
 *   node scripts/make-example-captions.mjs
 *
 * Captions are numbers of words, which `words.txt` lists from 0 on: the full stop, which also fills what is left of a row. Of two shapes the larger one
 * is named first, so that each picture has one caption.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { idx } from "./lib/idx.mjs";
import { randomFrom } from "./lib/random.mjs";

const [folder = path.resolve(import.meta.dirname, "../examples/captions/data")] = process.argv.slice(2);
const [side, places] = [24, 9];
const colours = { red: [220, 50, 40], green: [60, 180, 75], blue: [50, 90, 220], yellow: [240, 210, 50] };
/** Whether a point, seen from the centre, lies in a shape whose radius is 1. */
const shapes = {
  circle: (down, across) => down * down + across * across <= 1,
  square: (down, across) => Math.max(Math.abs(down), Math.abs(across)) <= 0.85,
  triangle: (down, across) => down <= 0.8 && 0.6 * (down + 1) >= Math.abs(across),
  cross: (down, across) =>
    Math.max(Math.abs(down), Math.abs(across)) <= 1 && Math.min(Math.abs(down), Math.abs(across)) <= 0.34,
};
const words = [".", "a", ...Object.keys(colours), ...Object.keys(shapes), "left", "right", "of", "above", "below"];

/** One of a list. */
function oneOf(random, list) {
  return list[Math.floor(random() * list.length)];
}

/** A shape somewhere in the picture, so large. */
function place(random, [least, most]) {
  const radius = least + random() * (most - least);
  const centre = () => radius + random() * (side - 2 * radius);
  const [colour, shape] = [oneOf(random, Object.keys(colours)), oneOf(random, Object.keys(shapes))];
  return { colour, shape, radius, shade: 0.8 + 0.2 * random(), down: centre(), across: centre() };
}

/** Where the first of two shapes is, seen from the second, in words; none where that is hard to tell, or where they touch or look alike. */
function relation(one, other) {
  const [down, across] = [one.down - other.down, one.across - other.across];
  const [more, less] = [Math.abs(down), Math.abs(across)].toSorted((a, b) => b - a);
  const isAlike = one.colour === other.colour && one.shape === other.shape;
  if (isAlike || more < one.radius + other.radius + 1 || less > 0.6 * more) return [];
  if (more === Math.abs(down)) return [down < 0 ? "above" : "below"];
  return [across < 0 ? "left" : "right", "of"];
}

/** A shape alone, or two of which one is told to be somewhere from the other; tries until they fit. */
function scene(random) {
  if (random() < 0.2) return { placed: [place(random, [3, 6])], between: [] };
  for (;;) {
    const placed = [place(random, [4.6, 6]), place(random, [2.8, 3.8])];
    const between = relation(...placed);
    if (between.length > 0) return { placed, between };
  }
}

/** What a picture shows, as numbers of words. */
function caption({ placed: [one, other], between }) {
  const name = ({ colour, shape }) => ["a", colour, shape];
  const said = other === undefined ? name(one) : [...name(one), ...between, ...name(other)];
  return Array.from({ length: places }, (_, at) => words.indexOf(said[at] ?? "."));
}

/** The colours of a picture's pixels, row by row. */
function draw(random, { placed }) {
  const ground = Math.floor(120 + 130 * random());
  const pixels = new Uint8Array(side * side * 3).fill(ground);
  for (const { colour, shape, radius, shade, down, across } of placed)
    for (let at = 0; at < side * side; at += 1) {
      const [y, x] = [Math.floor(at / side) + 0.5 - down, (at % side) + 0.5 - across];
      if (shapes[shape](y / radius, x / radius))
        pixels.set(
          colours[colour].map((level) => Math.floor(shade * level)),
          3 * at,
        );
    }
  return pixels;
}

/** Writes the files of a set. */
function write(set, seed, rows) {
  const random = randomFrom(seed);
  const [images, captions] = [new Uint8Array(rows * side * side * 3), new Uint8Array(rows * places)];
  for (let row = 0; row < rows; row += 1) {
    const shown = scene(random);
    captions.set(caption(shown), row * places);
    images.set(draw(random, shown), row * side * side * 3);
  }
  writeFileSync(path.join(folder, `${set}-images.idx.gz`), idx([rows, side, side, 3], images));
  writeFileSync(path.join(folder, `${set}-captions.idx.gz`), idx([rows, places], captions));
}

mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, "words.txt"), `${words.join("\n")}\n`);
write("train", 1, 2400);
write("test", 2, 400);
