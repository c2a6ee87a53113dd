/**
 * What must hold of a plan for threads: every step of an entry runs once, whole or part by part, no sooner than those before
 * it, and nothing runs beside what it touches; and so of every loop that all threads run.
 */
import { Ranges } from "./ranges.ts";
import type { EntryPhase, Sharing, Work } from "./share.ts";
import { callsOf } from "./steps.ts";
import type { Program, Step } from "./types.ts";

/** Sentences of what was expected and what was found; empty for a sound plan. */
export function verifySharing(program: Program, sharing: Sharing): readonly string[] {
  return program.entries.flatMap(({ name, steps }, at) => {
    const shared = sharing.entries[at];
    if (shared === undefined) return [];
    return verifyPhases(steps, shared.phases, { program, sharing }).map((problem) => `${name}: ${problem}`);
  });
}

interface Context {
  readonly program: Program;
  readonly sharing: Sharing;
}

/** The phases of an entry's steps, or of a loop's. */
function verifyPhases(steps: readonly Step[], phases: readonly EntryPhase[], context: Context): readonly string[] {
  const positions = new Map(steps.map((step, at) => [step, at]));
  const inner = phases.flatMap((phase) =>
    phase.kind === "loop"
      ? verifyPhases(phase.loop.steps, phase.phases, context).map((problem) => `loop ${phase.loop.index}: ${problem}`)
      : verifyApart(phase.works, positions, context.program),
  );
  return [...verifyOrder(positions, phases, context.sharing), ...inner];
}

function stepsOf(work: Work): readonly Step[] {
  return work.kind === "alone" ? work.steps : [work.step];
}

/** What runs at a time: a step with the part of it, or a step as a whole. */
function worksOf(phase: EntryPhase): readonly Work[] {
  return phase.kind === "works" ? phase.works : [{ kind: "alone", steps: [phase.loop] }];
}

/** Where each step stands. */
type Positions = ReadonlyMap<Step, number>;

function verifyOrder(positions: Positions, phases: readonly EntryPhase[], { kernels }: Sharing): readonly string[] {
  const steps = [...positions.keys()];
  const partsOf = (step: Step | undefined) => (step?.kind === "call" ? kernels[step.kernel] : undefined);
  const done = steps.map(() => 0);
  const problems: string[] = [];
  let last = 0;
  for (const phase of phases) {
    let latest = last;
    for (const work of worksOf(phase)) {
      for (const step of stepsOf(work)) {
        const at = positions.get(step) ?? -1;
        const part = work.kind === "shared" ? work.part : undefined;
        if (partsOf(step)?.[done[at]] !== part) problems.push(`expected part ${done[at]} of step ${at}, found another`);
        if (at < last) problems.push(`expected step ${at} no later than step ${last}, found it in a later phase`);
        done[at] += 1;
        latest = Math.max(latest, at);
      }
    }
    last = latest;
  }
  const unfinished = [...steps.entries()].filter(([at, step]) => done[at] !== (partsOf(step)?.length ?? 1));
  return [...problems, ...unfinished.map(([at]) => `expected step ${at} to run once, found it ${done[at]} times`)];
}

/** Works of one phase, of which there are few, touch nothing that another writes. */
function verifyApart(works: readonly Work[], positions: Positions, { kernels, buffers }: Program): readonly string[] {
  const touched = (work: Work, access: "read" | "write"): Ranges => {
    const ranges = new Ranges();
    for (const { call } of callsOf(stepsOf(work))) {
      for (const [n, buffer] of call.buffers.entries()) {
        const { offset, bytes } = buffers[buffer];
        const has = kernels[call.kernel].parameters[n].access;
        if (has === access || has === "update") ranges.add({ from: offset, to: offset + bytes });
      }
    }
    return ranges;
  };
  const all = works.map((work) => ({
    at: positions.get(stepsOf(work)[0]),
    reads: touched(work, "read"),
    writes: touched(work, "write"),
  }));
  return all.flatMap((one, at) =>
    all
      .slice(at + 1)
      .filter(
        (other) =>
          one.writes.meetsAny(other.writes) || one.writes.meetsAny(other.reads) || one.reads.meetsAny(other.writes),
      )
      .map((other) => `expected step ${one.at} apart from step ${other.at}, found them side by side`),
  );
}
