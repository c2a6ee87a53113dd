/**
 * All properties of many programs at once: what fails is made small and described. A property that throws has failed.
 */
import { startBatch, startTarget, targetNames, targetProblem, type TargetName } from "./batch.ts";
import { Counts } from "./count.ts";
import type { RandomProgram } from "./program.ts";
import { expectations, fusionKeepsBits, passesKeepBits, precisionOf, slopeOf, type Expectation } from "./properties.ts";
import { describe, shrink, type Check } from "./shrink.ts";

export interface Problem {
  readonly program: RandomProgram;
  readonly property: string;
  readonly detail: string;
}

/** What was examined, added up. */
export interface Tally {
  readonly counts: Counts;
  readonly problems: Problem[];
  /** Programs with gradients, and those whose loss is smooth enough to tell a slope. */
  differentiable: number;
  slopes: number;
  /** Outputs compared with float64, and those that are not finite there. */
  compared: number;
  skipped: number;
}

export function newTally(): Tally {
  return { counts: new Counts(), problems: [], differentiable: 0, slopes: 0, compared: 0, skipped: 0 };
}

interface Properties {
  readonly name: string;
  readonly check: (program: RandomProgram, expected: readonly Expectation[]) => string | undefined;
}

const properties: readonly Properties[] = [
  { name: "passes keep bits", check: passesKeepBits },
  { name: "fusion keeps bits", check: fusionKeepsBits },
  { name: "float32 is near float64", check: (program) => precisionOf(program).problem },
  { name: "gradients are slopes", check: (program) => slopeOf(program).problem },
];

/** What the check says, or what it throws. */
function attempt(check: () => string | undefined): string | undefined {
  try {
    return check();
  } catch (error) {
    return thrown(error);
  }
}

function thrown(error: unknown): string {
  return `throws ${error instanceof Error ? error.message : String(error)}`;
}

/** Examines one program without targets. */
function examine(program: RandomProgram, tally: Tally): readonly Expectation[] {
  const expected = expectations(program);
  const before = tally.problems.length;
  const note = (property: string, detail: string | undefined): void => {
    if (detail !== undefined) tally.problems.push({ program, property, detail });
  };
  for (const { name, check } of properties.slice(0, 2))
    note(
      name,
      attempt(() => check(program, expected)),
    );
  note(
    properties[2].name,
    attempt(() => precisionIn(program, tally)),
  );
  note(
    properties[3].name,
    attempt(() => slopeIn(program, tally)),
  );
  if (tally.problems.length === before) tally.counts.addProgram(program);
  return expected;
}

function precisionIn(program: RandomProgram, tally: Tally): string | undefined {
  const { problem, compared, skipped } = precisionOf(program);
  tally.compared += compared;
  tally.skipped += skipped;
  return problem;
}

function slopeIn(program: RandomProgram, tally: Tally): string | undefined {
  if (program.smooth === undefined) return undefined;
  const { problem, checked } = slopeOf(program);
  tally.differentiable += 1;
  if (checked) tally.slopes += 1;
  return problem;
}

/** Examines many programs, on the targets as one artifact. Those that failed before are left out of it. */
export async function examineBatch(programs: readonly RandomProgram[], tally: Tally): Promise<void> {
  const before = tally.problems.length;
  const expected = new Map(programs.map((program) => [program, examine(program, tally)]));
  const failed = new Set(tally.problems.slice(before).map(({ program }) => program));
  await runBatch(
    programs.filter((program) => !failed.has(program)),
    expected,
    tally,
  );
}

async function runBatch(
  programs: readonly RandomProgram[],
  expected: ReadonlyMap<RandomProgram, readonly Expectation[]>,
  tally: Tally,
): Promise<void> {
  if (programs.length === 0) return;
  try {
    for (const target of await startBatch(programs)) {
      for (const program of programs) {
        const detail = attempt(() => targetProblem(program, target, expected.get(program) ?? []));
        if (detail !== undefined) tally.problems.push({ program, property: target.name, detail });
      }
      target.close?.();
    }
  } catch (error) {
    const [only, ...others] = programs;
    if (others.length === 0) tally.problems.push({ program: only, property: "building", detail: thrown(error) });
    else for (const half of halves(programs)) await runBatch(half, expected, tally);
  }
}

function halves<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const middle = items.length >> 1;
  return [items.slice(0, middle), items.slice(middle)];
}

/** The check of one property alone, for a program on its own. */
function checkOf(property: string): Check {
  const known = properties.find(({ name }) => name === property);
  if (known !== undefined) return async (program) => attempt(() => known.check(program, attemptExpectations(program)));
  const target = targetNames.find((name) => name === property);
  if (target !== undefined) return (program) => onTarget(program, target);
  return async (program) => {
    try {
      for (const target of await startBatch([program])) target.close?.();
      return undefined;
    } catch (error) {
      return thrown(error);
    }
  };
}

function attemptExpectations(program: RandomProgram): readonly Expectation[] {
  try {
    return expectations(program);
  } catch {
    return [];
  }
}

/** A smaller program that no longer builds fails otherwise, so it does not count. */
async function onTarget(program: RandomProgram, name: TargetName): Promise<string | undefined> {
  try {
    const target = await startTarget([program], name);
    const problem = targetProblem(program, target, attemptExpectations(program));
    target.close?.();
    return problem;
  } catch {
    return undefined;
  }
}

/** The problem with the smallest program that has it, as text for a report. */
export async function report({ program, property, detail }: Problem): Promise<string> {
  const check = checkOf(property);
  const smallest = await shrink(program, check);
  const says = (await check(smallest)) ?? detail;
  return `${program.name}: ${property}: ${says}\n${describe(smallest)}`;
}
