/**
 * Writes the pictures of examples/transfer: the digits of examples/digits, 8×8 pixels, somewhere in 12×12. The same files every time.
 *
 *   node scripts/make-example-transfer.mjs
 *
 * The first 1,200 digits stand in six places each, with their names. Of the next 100 it is only said whether they are odd. The last 497 are for testing.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { idx } from "./lib/idx.mjs";
import { randomFrom } from "./lib/random.mjs";

const examples = path.resolve(import.meta.dirname, "../examples");
const [folder = path.join(examples, "transfer/data")] = process.argv.slice(2);
const small = 8;
const large = 12;
const random = randomFrom(1);

const digits = readFileSync(path.join(examples, "digits/data/digits.csv"), "utf8")
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((line) => line.split(",").map(Number))
  .map((row) => ({ pixels: row.slice(0, -1), name: row.at(-1) }));

/** The pixels of a larger picture with the digit somewhere in it. */
function place({ pixels }) {
  const picture = new Uint8Array(large * large);
  const [down, across] = [0, 0].map(() => Math.floor(random() * (large - small + 1)));
  pixels.forEach((value, at) => {
    picture[(down + Math.floor(at / small)) * large + across + (at % small)] = value;
  });
  return picture;
}

/** Pictures of these digits, and what is said of each. */
function write(set, shown, targetOf) {
  const pictures = Buffer.concat(shown.map(place));
  writeFileSync(path.join(folder, `${set}-images.idx.gz`), idx([shown.length, large, large], pictures));
  writeFileSync(path.join(folder, `${set}-labels.idx.gz`), idx([shown.length], Uint8Array.from(shown, targetOf)));
}

const [named, few, rest] = [digits.slice(0, 1200), digits.slice(1200, 1300), digits.slice(1300)];
const nameOf = ({ name }) => name;
const oddnessOf = ({ name }) => name % 2;

mkdirSync(folder, { recursive: true });
write("names-train", [named, named, named, named, named, named].flat(), nameOf);
write("names-test", rest, nameOf);
write("odd-train", few, oddnessOf);
write("odd-test", rest, oddnessOf);
