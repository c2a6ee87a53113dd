/**
 * What the record comes to: the score of each folder without the survivors that `survivors.json` judges to be no fault of the tests, and
 * the survivors that nobody judged yet.
 */
import { folders } from "./folders.mjs";
import { textOf } from "./pieces.mjs";
import { entryOf } from "./record.mjs";

/** The least share of mutants that the tests must notice, of those tried and not judged away. */
export const leastScore = 0.9;

/** `equivalent`: nothing observable differs; `speed`: only a quicker way to the same; `to kill`: a test is missing. */
const excused = ["equivalent", "speed"];

/** `{ [file]: [{ line, from?, to?, verdict, why }] }`; one without `from` and `to` speaks of all survivors of its line. */
const judgements = JSON.parse(textOf("mutation/survivors.json"));

/** The verdict on a survivor; undefined where nobody judged it. */
function verdictOf({ file, line, from, to }) {
  const fits = (judged) => judged.line === line && (judged.from ?? from) === from && (judged.to ?? to) === to;
  return judgements[file]?.find(fits)?.verdict;
}

/** The counts of some pieces as the record has them. */
function countsOf(record, pieces) {
  const tried = pieces.flatMap((piece) => {
    const entry = entryOf(record, piece);
    return entry ? [{ piece, entry }] : [];
  });
  const survivors = tried.flatMap(({ piece: { file }, entry }) => entry.survivors.map((one) => ({ file, ...one })));
  const judged = survivors.map((survivor) => ({ ...survivor, verdict: verdictOf(survivor) }));
  const noticed = tried.reduce((sum, { entry }) => sum + entry.killed + entry.timedOut, 0);
  const left = judged.filter(({ verdict }) => !excused.includes(verdict));
  return {
    possible: pieces.reduce((sum, { mutants }) => sum + mutants, 0),
    tried: noticed + survivors.length,
    noticed,
    timedOut: tried.reduce((sum, { entry }) => sum + entry.timedOut, 0),
    excused: judged.length - left.length,
    unjudged: left.filter(({ verdict }) => verdict === undefined),
    score: noticed + left.length === 0 ? undefined : noticed / (noticed + left.length),
  };
}

/** The counts of all, and folder by folder. */
export function judge(record, pieces) {
  const byFolder = folders.map(({ folder }) => ({
    folder,
    ...countsOf(
      record,
      pieces.filter((piece) => piece.folder === folder),
    ),
  }));
  return { ...countsOf(record, pieces), folders: byFolder };
}
