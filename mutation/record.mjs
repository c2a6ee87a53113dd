/**
 * The record of all runs, `record.json`: of every piece that was tried, what its mutants came to. Runs add to it until nothing is left;
 * a piece goes back into the queue when its code or the tests that hold it change.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "../scripts/lib/project.mjs";
import { folders } from "./folders.mjs";
import { filesOf, hashOf, piecesOf, textOf } from "./pieces.mjs";

const file = path.join(root, "mutation/record.json");

/** `{ [file]: { [piece]: { hash, tests, on, killed, timedOut, survivors } } }` */
export const readRecord = () => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {});

/** One piece a line, in the order of the files, so that a change of it reads well. */
function write(record) {
  const block = (entries, print) =>
    `{\n${entries.map(([key, value]) => `${JSON.stringify(key)}: ${print(value)}`).join(",\n")}\n}`;
  const sorted = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(`${file}.tmp`, `${block(sorted, (pieces) => block(Object.entries(pieces), JSON.stringify))}\n`);
  renameSync(`${file}.tmp`, file);
}

/** Every piece of every folder as the code stands now, with its folder and with the hash of the tests that hold it. */
export async function currentPieces() {
  const all = await Promise.all(
    folders.map(async ({ folder, tests }) => {
      const hash = hashOf(tests.flatMap(filesOf).map(textOf).join("\n"));
      const pieces = await Promise.all(filesOf(folder).map(piecesOf));
      return pieces.flat().map((piece) => ({ ...piece, folder, tests: hash }));
    }),
  );
  return all.flat();
}

/** What the record has under a piece's name, which may be one of JavaScript's own, such as `valueOf`. */
function ownEntry(record, piece) {
  const entries = record[piece.file] ?? {};
  return Object.hasOwn(entries, piece.name) ? entries[piece.name] : undefined;
}

/** What the record says of a piece; undefined where it was never tried as it stands now. */
export function entryOf(record, piece) {
  const entry = ownEntry(record, piece);
  return entry?.hash === piece.hash ? entry : undefined;
}

/** Adds what was found, and drops what the code no longer has. */
export function remember(record, pieces, found) {
  const kept = {};
  for (const piece of pieces) {
    const entry = found.get(piece) ?? ownEntry(record, piece);
    if (entry) (kept[piece.file] ??= {})[piece.name] = entry;
  }
  write(kept);
  return kept;
}
