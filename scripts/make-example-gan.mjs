/**
 * Draws the points of examples/gan: a ring around the origin, blurred on both sides. The same file every time; nothing but sums, products and
 * roots is computed, which are the same on every machine.
 *
 *   node scripts/make-example-gan.mjs
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { direction, randomFrom } from "./lib/random.mjs";

const [folder = path.resolve(import.meta.dirname, "../examples/gan/data")] = process.argv.slice(2);
const points = 4096;
const blur = 0.1;
const random = randomFrom(1);

/** A point whose distance from the origin is near 1. */
function draw() {
  const { across, down } = direction(random);
  const radius = 1 + blur * (random() + random() - 1);
  return [across, down].map((part) => (radius * part).toFixed(4)).join(",");
}

mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, "ring.csv"), ["x,y", ...Array.from({ length: points }, draw), ""].join("\n"));
