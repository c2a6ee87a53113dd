/**
 * What the record comes to: the score of each folder without the survivors that `survivors.json` judges to be no fault of the tests, the
 * survivors that nobody judged yet, and the judgements that no survivor is left for.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { root } from "../scripts/lib/project.mjs";
import { folders } from "./folders.mjs";
import { textOf } from "./pieces.mjs";
import { entryOf } from "./record.mjs";

/** The least share of mutants that the tests must notice, of those tried and not judged away. */
export const leastScore = 0.9;

/** `equivalent`: nothing observable differs; `speed`: only a quicker way to the same; `to kill`: a test is missing. */
const verdicts = ["equivalent", "speed", "to kill"];
const excused = ["equivalent", "speed"];

/** `{ [file]: [{ line, from?, to?, verdict, why }] }`; one without `from` and `to` speaks of all survivors of its line. */
const judgements = Object.entries(JSON.parse(textOf("mutation/survivors.json"))).flatMap(([file, list]) =>
  list.map((judged) => ({ file, ...judged })),
);
for (const { file, line, verdict, why } of judgements)
  if (!verdicts.includes(verdict) || !why)
    throw new RangeError(
      `mutation/survivors.json: expected a \`why\` and a verdict of ${verdicts.join(", ")} for ${file}: ${line}, found ${verdict}`,
    );

const speaksOf = (judged, { file, line, from, to }) =>
  judged.file === file && judged.line === line && (judged.from ?? from) === from && (judged.to ?? to) === to;

/** The verdict on a survivor; undefined where nobody judged it. */
const verdictOf = (survivor) => judgements.find((judged) => speaksOf(judged, survivor))?.verdict;

/** Whether tests that are still to be written could notice one of a piece's survivors. */
export const isOpen = ({ file }, { survivors }) =>
  survivors.some((survivor) => !excused.includes(verdictOf({ file, ...survivor })));

/** Judgements of lines that are gone, or that were tried as they stand and are noticed now. */
function staleOf(record, pieces) {
  return judgements.filter((judged) => {
    const lines = existsSync(path.join(root, judged.file)) ? textOf(judged.file).split("\n") : [];
    const places = lines.flatMap((line, at) => (line.trim() === judged.line ? [at + 1] : []));
    const entries = pieces
      .filter(({ file, first, last }) => file === judged.file && places.some((at) => at >= first && at <= last))
      .map((piece) => entryOf(record, piece));
    const survives = ({ survivors }) => survivors.some((one) => speaksOf(judged, { file: judged.file, ...one }));
    return places.length === 0 || (entries.length > 0 && entries.every((entry) => entry && !survives(entry)));
  });
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
    first: firstOf(tried),
  };
}

/** What tests noticed that nobody had yet written for the survivors: of the pieces whose first try is known. */
function firstOf(tried) {
  const known = tried.flatMap(({ entry: { first } }) => (first ? [first] : []));
  const sum = (count) => known.reduce((total, one) => total + one[count], 0);
  return { tried: sum("tried"), score: known.length === 0 ? undefined : sum("noticed") / sum("tried") };
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
  return { ...countsOf(record, pieces), folders: byFolder, stale: staleOf(record, pieces) };
}
