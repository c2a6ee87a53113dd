/**
 * The record of all runs, `record.json`: of every piece that was tried, what its mutants came to. Runs add to it until nothing is left;
 * a piece goes back into the queue when its code or the tests that hold it change.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { root, writeWhole } from "../scripts/lib/project.mjs";
import { folders } from "./folders.mjs";
import { filesOf, hashOf, piecesOf, textOf } from "./pieces.mjs";

const file = path.join(root, "mutation/record.json");

/** `{ [file]: { [piece]: { hash, tests, on, first?, killed, timedOut, survivors } } }`, `first` of the first try where it was noted. */
export const readRecord = () => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {});

/** One piece a line, in the order of the files, so that a change of it reads well. */
function write(record) {
  const block = (entries, print) =>
    `{\n${entries.map(([key, value]) => `${JSON.stringify(key)}: ${print(value)}`).join(",\n")}\n}`;
  const sorted = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  writeWhole(file, `${block(sorted, (pieces) => block(Object.entries(pieces), JSON.stringify))}\n`);
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

/** The record as the code stands: a piece that has moved or has another name, with the same text, brings its entry along. */
export function adopted(record, pieces) {
  const there = new Set(pieces.map(({ file, name }) => `${file} ${name}`));
  const lost = Object.entries(record).flatMap(([place, entries]) =>
    Object.entries(entries)
      .filter(([name]) => !there.has(`${place} ${name}`))
      .map(([, entry]) => entry),
  );
  return collected(pieces, (piece) => {
    if (entryOf(record, piece)) return entryOf(record, piece);
    const at = lost.findIndex(({ hash }) => hash === piece.hash);
    return at === -1 ? ownEntry(record, piece) : lost.splice(at, 1)[0];
  });
}

/** Adds what was found, and drops what the code no longer has. What a piece's first try came to stays. */
export function remember(record, pieces, found) {
  const kept = collected(pieces, (piece) => {
    const entry = found.get(piece);
    if (!entry) return ownEntry(record, piece);
    const earlier = entryOf(record, piece);
    const tried = entry.killed + entry.timedOut + entry.survivors.length;
    const first = earlier ? earlier.first : { noticed: entry.killed + entry.timedOut, tried };
    return first ? { ...entry, first } : entry;
  });
  write(kept);
  return kept;
}

/** A record of these pieces. */
function collected(pieces, entryFor) {
  const record = {};
  for (const piece of pieces) {
    const entry = entryFor(piece);
    if (entry) (record[piece.file] ??= {})[piece.name] = entry;
  }
  return record;
}
