/**
 * A run beside an earlier one. A time has changed where every round of one run was faster than every round of the other: of five rounds each, chance
 * alone does that once in 126 times. Sizes have no noise: any difference is a change.
 */
import type { BuildName, Document } from "./document.ts";
import { medianOf } from "./figures.ts";
import type { Rounds } from "./figures.ts";

export type Verdict = "same" | "better" | "worse";

export interface Change {
  readonly target: BuildName;
  readonly threads: number;
  /** `training step`, `inference`, `compile`, `artifact` or `memory`. */
  readonly figure: string;
  /** Where it depends on that. */
  readonly rows?: number;
  readonly unit: "seconds" | "bytes";
  readonly before: number;
  readonly after: number;
  /** After over before, less 1. */
  readonly change: number;
  /** What the noise leaves of it. */
  readonly verdict: Verdict;
}

export interface Comparison {
  /** The earlier run's file, as the user named it. */
  readonly file: string;
  readonly changes: readonly Change[];
  /** Why figures of the two runs may differ beside the network, and what only one of them has. */
  readonly notes: readonly string[];
}

/** Fewer rounds than this do not tell a change from noise. */
export const fewestRounds = 3;
/** How much the peak loops of two runs may differ before it is told. */
const calm = 0.05;

export function compare(before: Document, after: Document, file: string): Comparison {
  const earlier = new Map(figuresOf(before).map((figure) => [keyOf(figure), figure]));
  const later = new Map(figuresOf(after).map((figure) => [keyOf(figure), figure]));
  const changes = [...later].flatMap(([key, figure]) => {
    const known = earlier.get(key);
    return known === undefined ? [] : [changeOf(known, figure)];
  });
  const missing = [...earlier].flatMap(([key, figure]) => (later.has(key) ? [] : [nameOf(figure)]));
  const added = [...later].flatMap(([key, figure]) => (earlier.has(key) ? [] : [nameOf(figure)]));
  return {
    file,
    changes,
    notes: [
      ...machineNotes(before, after),
      ...missing.map((name) => `${name} is in ${file} alone`),
      ...added.map((name) => `${name} is not in ${file}`),
    ],
  };
}

/** What a run measured, each by its name. */
export function namesIn(document: Document): readonly string[] {
  return figuresOf(document).map(nameOf);
}

/** The changes for the worse that are larger than `most`. */
export function failuresOf({ changes }: Comparison, most: number): readonly Change[] {
  return changes.filter(({ verdict, change }) => verdict === "worse" && change > most);
}

/** Whether both runs measured one network: its model, and by which `train`. */
export function isSameNetwork({ network: one }: Document, { network: other }: Document): boolean {
  return one.model === other.model && one.train === other.train;
}

interface Figure extends Pick<Change, "target" | "threads" | "figure" | "unit"> {
  readonly rows?: number;
  readonly rounds: Rounds;
}

function figuresOf({ results, builds }: Document): readonly Figure[] {
  return [
    ...results.map(({ target, threads, case: figure, rows, rounds }): Figure => {
      return { target, threads, figure, rows, unit: "seconds", rounds };
    }),
    ...builds.flatMap(({ target, compileRounds, artifactBytes, peakBytes }): readonly Figure[] => [
      { target, threads: 1, figure: "compile", unit: "seconds", rounds: compileRounds },
      { target, threads: 1, figure: "artifact", unit: "bytes", rounds: [artifactBytes] },
      { target, threads: 1, figure: "memory", unit: "bytes", rounds: [peakBytes] },
    ]),
  ];
}

function keyOf({ target, threads, figure, rows }: Figure): string {
  return JSON.stringify([target, threads, figure, rows ?? null]);
}

/** `wasm, 2 threads: training step, 32 rows`. */
export function nameOf({
  target,
  threads,
  figure,
  rows,
}: Pick<Figure, "target" | "threads" | "figure" | "rows">): string {
  const system = threads === 1 ? target : `${target}, ${threads} threads`;
  return `${system}: ${figure}${rows === undefined ? "" : `, ${rows} ${rows === 1 ? "row" : "rows"}`}`;
}

function changeOf(before: Figure, { rounds, ...after }: Figure): Change {
  const [was, is] = [medianOf(before.rounds), medianOf(rounds)];
  return {
    ...after,
    before: was,
    after: is,
    change: is === was ? 0 : is / was - 1,
    verdict: after.unit === "bytes" ? verdictOf([was], [is]) : timeVerdict(before.rounds, rounds),
  };
}

function timeVerdict(before: Rounds, after: Rounds): Verdict {
  return Math.min(before.length, after.length) < fewestRounds ? "same" : verdictOf(before, after);
}

function verdictOf(before: Rounds, after: Rounds): Verdict {
  if (Math.min(...after) > Math.max(...before)) return "worse";
  return Math.max(...after) < Math.min(...before) ? "better" : "same";
}

function machineNotes({ machine: before, results }: Document, { machine: after }: Document): readonly string[] {
  const notes: string[] = [];
  if (results.some(({ rounds }) => rounds.length < fewestRounds))
    notes.push(`the earlier run has fewer than ${fewestRounds} rounds: no time of it tells a change from noise`);
  if (before.cpu !== after.cpu) notes.push(`the earlier run was on ${before.cpu}, this one is on ${after.cpu}`);
  if (before.node !== after.node)
    notes.push(`the earlier run was on Node.js ${before.node}, this one is on Node.js ${after.node}`);
  const speed = after.flopsPerSecond / before.flopsPerSecond - 1;
  if (Math.abs(speed) > calm)
    notes.push(
      `the peak loop is ${Math.abs(speed * 100).toFixed(0)} % ${speed < 0 ? "slower" : "faster"} than in the earlier run: the machine differs, or something else ran`,
    );
  return notes;
}
