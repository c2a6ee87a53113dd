/**
 * Writes the matrices of examples/karate: who of a karate club met whom outside it, and on which side each stood when the club split, as
 * W. W. Zachary reports, An Information Flow Model for Conflict and Fission in Small Groups, Journal of Anthropological Research 33 (1977).
 *
 *   node scripts/make-example-karate.mjs
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const [folder = path.resolve(import.meta.dirname, "../examples/karate/data")] = process.argv.slice(2);

/** The 78 pairs, by the paper's numbers from 1: of each member, those of greater number. */
const friends = new Map([
  [1, [2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 18, 20, 22, 32]],
  [2, [3, 4, 8, 14, 18, 20, 22, 31]],
  [3, [4, 8, 9, 10, 14, 28, 29, 33]],
  [4, [8, 13, 14]],
  [5, [7, 11]],
  [6, [7, 11, 17]],
  [7, [17]],
  [9, [31, 33, 34]],
  [10, [34]],
  [14, [34]],
  [15, [33, 34]],
  [16, [33, 34]],
  [19, [33, 34]],
  [20, [34]],
  [21, [33, 34]],
  [23, [33, 34]],
  [24, [26, 28, 30, 33, 34]],
  [25, [26, 28, 32]],
  [26, [32]],
  [27, [30, 34]],
  [28, [34]],
  [29, [32, 34]],
  [30, [33, 34]],
  [31, [33, 34]],
  [32, [33, 34]],
  [33, [34]],
]);
const instructor = 1;
const officer = 34;
/** Who left with the instructor; the others stayed with the officer. */
const left = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 17, 18, 20, 22]);

const members = Array.from({ length: 34 }, (_, at) => at + 1);
const areFriends = (a, b) => friends.get(Math.min(a, b))?.includes(Math.max(a, b)) ?? false;

function write(name, rows) {
  writeFileSync(path.join(folder, name), rows.map((row) => `${row.map(Number).join(",")}\n`).join(""));
}

mkdirSync(folder, { recursive: true });
// Nothing is known of a member but who it is.
write(
  "members.csv",
  members.map((member) => members.map((other) => other === member)),
);
write(
  "adjacency.csv",
  members.map((member) => members.map((other) => areFriends(member, other))),
);
write(
  "side.csv",
  members.map((member) => [!left.has(member)]),
);
write(
  "leaders.csv",
  members.map((member) => [member === instructor || member === officer]),
);
