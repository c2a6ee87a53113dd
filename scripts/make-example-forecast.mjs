/**
 * Cuts the series of sunspots into the windows of examples/forecast. A row is a place in time: the numbers of the 22 years before the year that
 * it is named by, and of the three years from that one on. Rows of which only some of these three belong to the last 60 years of the series are
 * left out, so that nothing that is held out is ever trained on.
 *
 *   node scripts/make-example-forecast.mjs
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { firstYear, sunspots } from "./lib/sunspots.mjs";

const [folder = path.resolve(import.meta.dirname, "../examples/forecast/data")] = process.argv.slice(2);
const [back, ahead, heldOut] = [22, 3, 60];

const border = sunspots.length - heldOut;
const places = sunspots
  .map((_, at) => at)
  .filter((at) => at >= back && at + ahead <= sunspots.length)
  .filter((at) => at + ahead <= border || at >= border);
const names = (word, count) => Array.from({ length: count }, (_, at) => `${word}${at + 1}`);
const lines = [
  ["year", ...names("back", back).toReversed(), ...names("next", ahead)],
  ...places.map((at) => [firstYear + at, ...sunspots.slice(at - back, at + ahead)]),
];
mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, "sunspots.csv"), lines.map((cells) => `${cells.join(",")}\n`).join(""));
