/**
 * Times of cases by benny, which is loaded only here: one suite a round, in which the systems take turns at each case, and another one begins in each
 * round. benny prints to standard output on its own; that goes nowhere, since progress is told here.
 */
import type * as Benny from "benny";
import { push } from "../../compiler/loops/push.ts";
import { codeOf } from "../../runtime/save/file-problem.ts";
import { UsageError } from "../exit.ts";
import type { Case } from "./cases.ts";
import type { Rounds } from "./figures.ts";

export interface MeasureOptions {
  readonly rounds: number;
  /** How long a case is measured, in all rounds together. */
  readonly seconds: number;
  /** Is told which case is measured. */
  readonly progress: (round: number, name: string) => void;
  /** Runs before each round. */
  readonly between: (round: number) => Promise<void>;
}

/** At least so many samples in a round, of which the median counts. */
const samples = 3;
/** A sample lasts this share of a case's time in a round, so that there are some. */
const sampleShare = 0.1;

/** By name, the median of each round. */
export async function measure(
  title: string,
  cases: readonly Case[],
  { rounds, seconds, progress, between }: MeasureOptions,
): Promise<ReadonlyMap<string, Rounds>> {
  const benny = await loadBenny();
  const maxTime = seconds / rounds;
  const options = { minSamples: samples, maxTime, minTime: maxTime * sampleShare };
  const found = new Map<string, number[]>(cases.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    await between(round);
    for (const { reset } of cases) reset();
    const ordered = rotated(cases, round);
    const added = ordered.map(({ name, run, isAsync }) =>
      benny.add(name, isAsync ? () => async () => void (await run()) : () => () => void run()),
    );
    progress(round, ordered[0]?.name ?? "");
    const cycle = benny.cycle(({ name }) => {
      const next = ordered.findIndex((one) => one.name === name) + 1;
      progress(round, ordered[next]?.name ?? "");
    });
    const { results } = await quietly(() => benny.suite(title, ...added, cycle, benny.configure({ cases: options })));
    for (const { name, details } of results) found.get(name)?.push(details.median);
  }
  return found;
}

/** The cases in their order, of each the systems in turn, beginning with another one in each round. */
export function rotated<Timed extends Pick<Case, "case" | "rows">>(
  cases: readonly Timed[],
  round: number,
): readonly Timed[] {
  const groups = new Map<string, Timed[]>();
  for (const one of cases) push(groups, `${one.case}, ${one.rows}`, one);
  return [...groups.values()].flatMap((group) => {
    const first = round % group.length;
    return [...group.slice(first), ...group.slice(0, first)];
  });
}

async function quietly<Answer>(act: () => Promise<Answer>): Promise<Answer> {
  const print = console.log;
  console.log = () => undefined;
  try {
    return await act();
  } finally {
    console.log = print;
  }
}

type Used = Pick<typeof Benny, "suite" | "add" | "cycle" | "configure">;

async function loadBenny(): Promise<Used> {
  try {
    const module = await import("benny");
    return module.default ?? module;
  } catch (error) {
    if (codeOf(error) !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UsageError("expected the package benny beside nnc, found none; `npm install benny` brings it");
  }
}
