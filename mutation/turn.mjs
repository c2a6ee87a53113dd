/** One turn: Stryker tries the mutants of a few pieces of one folder, and what they came to is told piece by piece. */
import { Stryker } from "@stryker-mutator/core";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../scripts/lib/project.mjs";
import { folders } from "./folders.mjs";
import { excludedMutations, textOf } from "./pieces.mjs";

const runner = fileURLToPath(import.meta.resolve("@stryker-mutator/vitest-runner"));
const unread = ["/bench", "/dist", "/docs", "/runs", "/mutation/node_modules", "/mutation/*.json"];

const optionsFor = (pieces, atOnce) => ({
  testRunner: "vitest",
  plugins: [runner],
  vitest: { configFile: "mutation/vitest.config.mjs", related: false },
  mutate: pieces.map(({ file, first, last }) => `${file}:${first}-${last}`),
  mutator: { excludedMutations },
  ignorePatterns: unread,
  tempDirName: "mutation/sandbox.tmp",
  coverageAnalysis: "perTest",
  // Made once when a module loads, such as a whole table or a whole arrow function: each would need every test, and is missed by nearly none.
  ignoreStatic: true,
  concurrency: atOnce,
  // A mutant that is only slow on a busy machine must not count as noticed.
  timeoutMS: 10_000,
  timeoutFactor: 4,
  dryRunTimeoutMinutes: 15,
  reporters: ["progress-append-only"],
  logLevel: "warn",
  allowEmpty: true,
});

/** A file's path from the project's folder, as a piece has it. */
const placeOf = (file) => path.relative(root, file).split(path.sep).join("/");

/** On one line, and no longer than it takes to know it again. */
function shortened(text) {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

/** A survivor by the text of its place, so that an edit elsewhere does not move it. Lines and columns count from 1. */
function survivorOf({ fileName, location: { start, end }, replacement, status }) {
  const lines = textOf(fileName).split("\n");
  const covered = lines.slice(start.line - 1, end.line);
  covered[covered.length - 1] = covered.at(-1).slice(0, end.column - 1);
  const from = shortened(covered.join("\n").slice(start.column - 1));
  const survivor = { line: lines[start.line - 1].trim(), from, to: shortened(replacement) };
  return status === "NoCoverage" ? { ...survivor, reached: false } : survivor;
}

/** What the mutants of a piece came to. One that keeps the tests from starting is noticed, too. */
function entryFor({ hash, tests }, results) {
  const count = (...wanted) => results.filter(({ status }) => wanted.includes(status)).length;
  return {
    hash,
    tests,
    on: new Date().toISOString().slice(0, 10),
    killed: count("Killed", "RuntimeError"),
    timedOut: count("Timeout"),
    survivors: results.filter(({ status }) => status === "Survived" || status === "NoCoverage").map(survivorOf),
  };
}

/** Tries the pieces, all of one folder, and answers a map from piece to its entry of the record. */
export async function tryPieces(pieces, atOnce) {
  const { tests } = folders.find(({ folder }) => folder === pieces[0].folder);
  process.env.NNC_MUTATION_TESTS = tests.join(",");
  process.env.NNC_QUICK = "1";
  const absolute = await new Stryker(optionsFor(pieces, atOnce)).runMutationTest();
  const results = absolute.map((result) => ({ ...result, fileName: placeOf(result.fileName) }));
  return new Map(
    pieces.map((piece) => {
      const inside = ({ fileName, location }) =>
        fileName === piece.file && location.start.line >= piece.first && location.start.line <= piece.last;
      return [piece, entryFor(piece, results.filter(inside))];
    }),
  );
}
