/**
 * `npm run mutation -- --minutes 20 [--only compiler/kernel] [--again] [--at-once 2]`: tries mutants, turn by turn, until the time is spent
 * or nothing is left to try, and says what the record now comes to. Fails where the tests notice too few, or a judgement is left over. `--again` tries only pieces
 * that have survivors which tests could notice, and whose tests have changed.
 */
import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { isOpen, judge, leastScore } from "./judge.mjs";
import { hashOf } from "./pieces.mjs";
import { adopted, currentPieces, entryOf, readRecord, remember } from "./record.mjs";
import { tryPieces } from "./turn.mjs";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "60" },
    only: { type: "string", default: "" },
    again: { type: "boolean", default: false },
    "at-once": { type: "string", default: "1" },
  },
});
const minutes = Number(values.minutes);
const atOnce = Number(values["at-once"]);
if (!(minutes >= 0) || !(atOnce >= 1)) throw new RangeError("--minutes and --at-once want numbers");
const until = Date.now() + minutes * 60_000;
const seed = process.env.NNC_SEED ?? String(Date.now());

/** A turn is worth its start, and short enough that little is lost where a run is stopped. */
const turnSeconds = { least: 60, most: 150 };
/** Until a folder had its first turn. */
const guess = { start: 30, perMutant: 2 };

/** 0: never tried as it stands; 1: its tests have changed since; 2: up to date. */
function stateOf(record, piece) {
  const entry = entryOf(record, piece);
  if (!entry) return 0;
  return entry.tests === piece.tests ? 2 : 1;
}

/** What is to be tried in a folder: what never was first, in an order by the seed, so that what a run gets to is a fair sample. */
function queueOf(record, pieces) {
  const key = (piece) => {
    const state = stateOf(record, piece);
    return `${state} ${state === 1 ? entryOf(record, piece).on : ""} ${hashOf(`${seed} ${piece.file} ${piece.name}`)}`;
  };
  return pieces
    .filter((piece) => stateOf(record, piece) < 2)
    .map((piece) => ({ piece, key: key(piece) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ piece }) => piece);
}

/** The folder of which the smallest share was tried; the more dangerous one among equals. Undefined where nothing is left. */
function nextFolder(record, pieces) {
  const shares = [...new Set(pieces.map(({ folder }) => folder))].map((folder) => {
    const own = pieces.filter((piece) => piece.folder === folder);
    const count = (some) => some.reduce((sum, { mutants }) => sum + mutants, 0);
    return {
      own,
      queue: queueOf(record, own),
      share: count(own.filter((piece) => stateOf(record, piece) > 0)) / count(own),
    };
  });
  return shares.filter(({ queue }) => queue.length > 0).sort((a, b) => a.share - b.share)[0]?.queue;
}

/** As many pieces from the head of the queue as fit into the time of a turn, at least one. */
function portion(queue, seconds, pace) {
  let left = (seconds - pace.start) / pace.perMutant;
  const taken = [];
  for (const piece of queue) {
    if (taken.length > 0 && piece.mutants > left) break;
    taken.push(piece);
    left -= piece.mutants;
  }
  return taken;
}

async function run() {
  const all = await currentPieces();
  const paces = new Map();
  let record = adopted(readRecord(), all);
  const isWanted = (piece) => {
    const entry = entryOf(record, piece);
    return !values.again || (entry !== undefined && isOpen(piece, entry));
  };
  const pieces = all.filter((piece) => piece.file.startsWith(values.only) && isWanted(piece));
  for (;;) {
    const seconds = Math.min((until - Date.now()) / 1000, turnSeconds.most);
    const queue = nextFolder(record, pieces);
    if (!queue || seconds < turnSeconds.least) break;
    const { folder } = queue[0];
    const taken = portion(queue, seconds, paces.get(folder) ?? guess);
    const mutants = taken.reduce((sum, piece) => sum + piece.mutants, 0);
    console.log(`${folder}: ${mutants} mutants of ${taken.length} pieces`);
    const started = Date.now();
    record = remember(record, all, await tryPieces(taken, atOnce));
    const took = (Date.now() - started) / 1000;
    paces.set(folder, { start: guess.start, perMutant: Math.max(0.1, (took - guess.start) / mutants) });
  }
  return judge(record, all);
}

const percent = (share) => (share === undefined ? "–" : `${(100 * share).toFixed(1)} %`);

const found = await run();
for (const { file, line, from, to, reached } of found.unjudged)
  console.log(`${file}: ${line}\n    ${from} → ${to}${reached === false ? " (no test gets there)" : ""}`);
for (const { file, line, from } of found.stale)
  console.log(`mutation/survivors.json judges what no longer survives: ${file}: ${line}${from ? `\n    ${from}` : ""}`);
for (const { folder, possible, tried, score } of found.folders)
  console.log(`${folder}: ${percent(score)} noticed of ${tried} tried, ${percent(tried / possible)} of ${possible}`);
console.log(
  `${percent(found.tried / found.possible)} of the mutants tried; ${found.unjudged.length} survivors not judged`,
);
console.log(
  `${percent(found.first.score)} noticed at the first try, of ${found.first.tried}: what is left is like that`,
);
console.log(`${percent(found.score)} noticed now (at least ${percent(leastScore)})`);
if (process.env.NNC_FACTS)
  appendFileSync(process.env.NNC_FACTS, `${JSON.stringify({ suite: "mutation", leastScore, ...found })}\n`);
process.exitCode = (found.score ?? 1) >= leastScore && found.stale.length === 0 ? 0 : 1;
