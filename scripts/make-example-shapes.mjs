/**
 * Draws the pictures of examples/shapes: discs, squares and triangles, brighter or darker than a noisy background. The same files every time;
 * nothing but additions, products and roots is computed, which are the same on every machine.
 *
 *   node scripts/make-example-shapes.mjs
 *
 * For `segment.nn`: 37×43 pictures and, for each pixel, 0 for the background or the kind of shape. For `detect.nn`: 48×48 pictures and, for each
 * cell of 8×8 pixels, the kind of shape whose box has its centre there (0 where none) and that box: the centre's place in the cell, from 0 to
 * 1, and the roots of height and width as shares of the picture's.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { idx } from "./lib/idx.mjs";
import { direction, randomFrom } from "./lib/random.mjs";

const [folder = path.resolve(import.meta.dirname, "../examples/shapes/data")] = process.argv.slice(2);
const kinds = ["disc", "square", "triangle"];
const cell = 8;
/** Grey levels are multiples of this, so that the files pack well. */
const level = 16;

/** Whether a point, seen from the centre, lies in the shape; corners lie `radius` from the centre. */
function isInside({ kind, radius, turn }, down, across) {
  if (kind === "disc") return down * down + across * across <= radius * radius;
  const along = across * turn.across + down * turn.down;
  const beside = down * turn.across - across * turn.down;
  if (kind === "square") return Math.max(Math.abs(along), Math.abs(beside)) <= radius * Math.SQRT1_2;
  return along <= radius / 2 && (Math.sqrt(3) * Math.abs(beside) - along) / 2 <= radius / 2;
}

/** A shape that lies within the picture and touches none of the others; nothing where there was no room. */
function place(random, { height, width, radii }, others) {
  const kind = kinds[Math.floor(random() * kinds.length)];
  const radius = radii[0] + random() * (radii[1] - radii[0]);
  const shape = {
    kind,
    radius,
    turn: direction(random),
    down: radius + random() * (height - 2 * radius),
    across: radius + random() * (width - 2 * radius),
  };
  const isFree = others.every(({ down, across, radius: other }) => {
    const [apartDown, apartAcross] = [down - shape.down, across - shape.across];
    const least = radius + other + 1;
    return apartDown * apartDown + apartAcross * apartAcross > least * least;
  });
  return isFree ? [shape] : [];
}

/** The pixels of a shape, as numbers of the picture's; those whose centres lie inside. */
function pixelsOf(shape, { height, width }) {
  return Array.from({ length: height * width }, (_, at) => at).filter((at) =>
    isInside(shape, Math.floor(at / width) + 0.5 - shape.down, (at % width) + 0.5 - shape.across),
  );
}

/** A picture: its grey pixels, and its shapes with the pixels of each. */
function draw(random, size) {
  const { height, width, shapes } = size;
  const placed = [];
  const wanted = 1 + Math.floor(random() * shapes);
  for (let attempt = 0; placed.length < wanted && attempt < 20; attempt += 1)
    placed.push(...place(random, size, placed));
  const background = 64 + 128 * random();
  const grey = new Float64Array(height * width).fill(background);
  const drawn = placed.map((shape) => ({ ...shape, pixels: pixelsOf(shape, size) }));
  for (const { pixels } of drawn) {
    const contrast = 48 + 32 * random();
    const shade = background + (random() < 0.5 ? -contrast : contrast);
    for (const at of pixels) grey[at] = shade;
  }
  const noise = 32;
  const pixels = Uint8Array.from(grey, (value) => {
    const noisy = value + noise * (random() + random() - 1);
    return Math.max(0, Math.min(255, level * Math.round(noisy / level)));
  });
  return { pixels, shapes: drawn };
}

/** Fills a row of what is asked of each pixel. */
function mark({ shapes }, mask) {
  for (const { kind, pixels } of shapes) for (const at of pixels) mask[at] = 1 + kinds.indexOf(kind);
}

/** The rows and columns from the first to the last pixel of a shape. */
function boundsOf({ pixels }, { width }) {
  const rows = pixels.map((at) => Math.floor(at / width));
  const columns = pixels.map((at) => at % width);
  return {
    top: Math.min(...rows),
    bottom: Math.max(...rows) + 1,
    left: Math.min(...columns),
    right: Math.max(...columns) + 1,
  };
}

/** Fills a row of what is asked of each cell. */
function locate({ shapes }, size, kind, box) {
  for (const shape of shapes) {
    const { top, bottom, left, right } = boundsOf(shape, size);
    const [down, across] = [(top + bottom) / 2 / cell, (left + right) / 2 / cell];
    const at = Math.floor(down) * (size.width / cell) + Math.floor(across);
    kind[at] = 1 + kinds.indexOf(shape.kind);
    box.set(
      [down % 1, across % 1, Math.sqrt((bottom - top) / size.height), Math.sqrt((right - left) / size.width)],
      4 * at,
    );
  }
}

/** Pictures with the kind of each pixel. */
function segmentation(seed, rows) {
  const size = { height: 37, width: 43, radii: [7, 13], shapes: 3 };
  const random = randomFrom(seed);
  const area = size.height * size.width;
  const [images, masks] = [new Uint8Array(rows * area), new Uint8Array(rows * area)];
  for (let row = 0; row < rows; row += 1) {
    const picture = draw(random, size);
    images.set(picture.pixels, row * area);
    mark(picture, masks.subarray(row * area, (row + 1) * area));
  }
  const shape = [rows, size.height, size.width];
  return { images: idx(shape, images), masks: idx(shape, masks) };
}

/** Pictures with the kind and the box of each cell. */
function detection(seed, rows) {
  const size = { height: 48, width: 48, radii: [5, 12], shapes: 4 };
  const random = randomFrom(seed);
  const [area, cells] = [size.height * size.width, (size.height / cell) * (size.width / cell)];
  const [images, kindOf, boxes] = [
    new Uint8Array(rows * area),
    new Uint8Array(rows * cells),
    new Float32Array(rows * cells * 4),
  ];
  for (let row = 0; row < rows; row += 1) {
    const picture = draw(random, size);
    images.set(picture.pixels, row * area);
    const cellsOf = (per) => [row * cells * per, (row + 1) * cells * per];
    locate(picture, size, kindOf.subarray(...cellsOf(1)), boxes.subarray(...cellsOf(4)));
  }
  const grid = [rows, size.height / cell, size.width / cell];
  return {
    images: idx([rows, size.height, size.width], images),
    kinds: idx(grid, kindOf),
    boxes: idx([...grid, 4], boxes),
  };
}

/** Writes the files of a set. */
function write(set, files) {
  for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(folder, `${set}-${name}.idx.gz`), bytes);
}

mkdirSync(folder, { recursive: true });
write("segment-train", segmentation(1, 800));
write("segment-test", segmentation(2, 200));
write("detect-train", detection(3, 1200));
write("detect-test", detection(4, 200));
