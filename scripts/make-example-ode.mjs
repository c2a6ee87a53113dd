/**
 * Draws the paths of examples/ode: where points of a plane are on their spiral, a hundred times each. The same files every time.
 *
 *   node scripts/make-example-ode.mjs
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { idx } from "./lib/idx.mjs";
import { direction, randomFrom } from "./lib/random.mjs";
import { spiralFrom } from "./lib/spiral.mjs";

const [folder = path.resolve(import.meta.dirname, "../examples/ode/data")] = process.argv.slice(2);
const places = 100;
const apart = 0.025;
const random = randomFrom(1);

/** Paths from places at least 0.5 and at most 1.5 from the origin. */
function write(set, rows) {
  const starts = Array.from({ length: rows }, () => {
    const { across, down } = direction(random);
    const radius = 0.5 + random();
    return [radius * across, radius * down];
  });
  const paths = starts.map((start) => spiralFrom(start, places, apart));
  writeFileSync(path.join(folder, `${set}-starts.idx.gz`), idx([rows, 2], Float32Array.from(starts.flat())));
  writeFileSync(path.join(folder, `${set}-paths.idx.gz`), idx([rows, places, 2], Float32Array.from(paths.flat(2))));
}

mkdirSync(folder, { recursive: true });
write("train", 256);
write("test", 64);
