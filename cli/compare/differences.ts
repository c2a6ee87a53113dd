/** In what runs differ, and which of their figures do not compare. */
import { listOf } from "../../compiler/diagnostics/lists.ts";
import { formatValue } from "../output/numbers.ts";
import type { Fact, RunFacts } from "../report/facts.ts";
import { nameOfLoss } from "../report/page.ts";
import { lastScores, scalarNames } from "../train/history.ts";
import { differingLines } from "./lines.ts";
import type { Line } from "./lines.ts";
import { settingOf } from "./run.ts";
import type { Run } from "./run.ts";

/** A setting that not all runs have alike; a dash where one has none. */
export interface Difference {
  readonly name: string;
  readonly values: readonly string[];
}

/** What a file of a later run has otherwise than that of the first. */
export interface SourceDifference {
  readonly run: string;
  readonly file: string;
  readonly lines: readonly Line[];
}

export interface Differences {
  readonly settings: readonly Difference[];
  readonly data: readonly Difference[];
  readonly sources: readonly SourceDifference[];
  /** What does not compare, a sentence each. */
  readonly notes: readonly string[];
}

export function differencesOf(runs: readonly Run[]): Differences {
  const known = runs.every(({ facts }) => facts !== undefined);
  return {
    settings: known ? differing(runs, ({ settings }) => settings) : [],
    data: known ? differing(runs, ({ data }) => data) : [],
    sources: known ? sourcesOf(runs) : [],
    notes: notesOf(runs),
  };
}

function differing(runs: readonly Run[], of: (facts: RunFacts) => readonly Fact[]): readonly Difference[] {
  const lists = runs.map(
    ({ facts }) => new Map((facts === undefined ? [] : of(facts)).map(({ name, value }) => [name, value])),
  );
  const names = [...new Set(lists.flatMap((list) => [...list.keys()]))];
  return names
    .map((name) => ({ name, values: lists.map((list) => list.get(name) ?? "—") }))
    .filter(({ values }) => new Set(values).size > 1);
}

/** Files by their place: the first is that of the `train`, whatever it is called. */
function sourcesOf([first, ...others]: readonly Run[]): readonly SourceDifference[] {
  const [main, ...used] = first?.facts?.sources ?? [];
  return others.flatMap(({ name: run, facts }) => {
    const [ownMain, ...ownUsed] = facts?.sources ?? [];
    const files = [...new Set([...used, ...ownUsed].map(({ name }) => name))];
    const textOf = (list: RunFacts["sources"], file: string): string =>
      list.find(({ name }) => name === file)?.text ?? "";
    return [
      { run, file: ownMain?.name ?? "", lines: differingLines(main?.text ?? "", ownMain?.text ?? "") },
      ...files.map((file) => ({ run, file, lines: differingLines(textOf(used, file), textOf(ownUsed, file)) })),
    ].filter(({ lines }) => lines.length > 0);
  });
}

function notesOf(runs: readonly Run[]): readonly string[] {
  const untold = runs.filter(({ facts }) => facts === undefined).map(({ name }) => name);
  return [
    ...(untold.length === 0
      ? []
      : [`${listOf(untold)} kept no run.json: in what source, settings and data differ is not known.`]),
    ...incomparable(runs),
    ...onlySome("the loss", runs, ({ history }) => history.losses),
    ...onlySome("the metric", runs, ({ history }) => {
      const { train, holdout } = lastScores(history);
      return scalarNames([train, holdout], history.losses);
    }),
    ...unfinished(runs),
  ];
}

/** Why figures of runs are beside each other and still say nothing of each other, a sentence each. */
export function incomparable(runs: readonly Run[]): readonly string[] {
  return [...lossNotes(runs), ...heldOutNotes(runs), ...unitNotes(runs)];
}

/** Losses that compute something else, whatever they are called. */
function lossNotes(runs: readonly Run[]): readonly string[] {
  const losses = runs.map((run) => settingOf(run, "loss"));
  const told = losses.flatMap((loss) => (loss === undefined ? [] : [loss]));
  if (new Set(told).size < 2) return [];
  const names = runs.map(({ name }, at) => `${nameOfLoss(losses[at] ?? "unknown")} in ${name}`);
  return [`The losses compute something else (${listOf(names)}): how high one is beside another says nothing.`];
}

function heldOutNotes(runs: readonly Run[]): readonly string[] {
  const sets = runs.flatMap(({ facts }) =>
    facts === undefined ? [] : [facts.data.find(({ name }) => name === "held out")?.value ?? "no rows"],
  );
  return new Set(sets).size < 2 ? [] : ["Other rows are held out: figures on the hold-out are not of the same rows."];
}

function unitNotes(runs: readonly Run[]): readonly string[] {
  const units = runs.map(({ history: { start } }) => start?.units?.deviation?.map(formatValue).join(", ") ?? "none");
  return new Set(units).size < 2
    ? []
    : ["Targets are standardised otherwise: losses and metrics count in other units."];
}

/** What is named in some runs and not in others. */
function onlySome(what: string, runs: readonly Run[], namesIn: (run: Run) => readonly string[]): readonly string[] {
  const all = runs.map((run) => new Set(namesIn(run)));
  const names = [...new Set(all.flatMap((own) => [...own]))];
  return names.flatMap((name) => {
    const lacking = runs.filter((_, at) => all[at]?.has(name) === false).map((run) => run.name);
    return lacking.length === 0
      ? []
      : [`${listOf(lacking)} ${lacking.length === 1 ? "has" : "have"} not ${what} \`${name}\`.`];
  });
}

function unfinished(runs: readonly Run[]): readonly string[] {
  const names = runs.filter(({ history: { done } }) => done === undefined).map(({ name }) => name);
  return names.length === 0
    ? []
    : [`${listOf(names)} did not come to an end: the figures are those of the last epoch.`];
}
