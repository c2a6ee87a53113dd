/**
 * What must hold of a plan for threads: every step of an entry runs once, whole or part by part, no sooner than those before
 * it, and nothing runs beside what it touches.
 */
import { Ranges } from "./ranges.ts";
import type { SharedEntry, Sharing, Work } from "./share.ts";
import { withoutLoops } from "./steps.ts";
import type { Call, Entry, Program } from "./types.ts";

/** Sentences of what was expected and what was found; empty for a sound plan. */
export function verifySharing(program: Program, sharing: Sharing): readonly string[] {
  return program.entries.flatMap((entry, at) => {
    const shared = sharing.entries[at];
    if (shared === undefined) return [];
    return [...verifyOrder(entry, shared, sharing), ...verifyApart(entry, shared, program)].map(
      (problem) => `${entry.name}: ${problem}`,
    );
  });
}

function stepsOf(work: Work): readonly Call[] {
  return work.kind === "alone" ? work.steps : [work.step];
}

function verifyOrder(entry: Entry, { phases }: SharedEntry, { kernels }: Sharing): readonly string[] {
  const steps = withoutLoops(entry.steps);
  const positions = new Map(steps.map((step, at) => [step, at]));
  const done = steps.map(() => 0);
  const problems: string[] = [];
  let last = 0;
  for (const phase of phases) {
    let latest = last;
    for (const work of phase) {
      for (const step of stepsOf(work)) {
        const at = positions.get(step) ?? -1;
        const part = work.kind === "shared" ? work.part : undefined;
        if (kernels[step.kernel]?.[done[at]] !== part)
          problems.push(`expected part ${done[at]} of step ${at}, found another`);
        if (at < last) problems.push(`expected step ${at} no later than step ${last}, found it in a later phase`);
        done[at] += 1;
        latest = Math.max(latest, at);
      }
    }
    last = latest;
  }
  const unfinished = [...steps.entries()].filter(([at, { kernel }]) => done[at] !== (kernels[kernel]?.length ?? 1));
  return [...problems, ...unfinished.map(([at]) => `expected step ${at} to run once, found it ${done[at]} times`)];
}

/** Works of one phase, of which there are few, touch nothing that another writes. */
function verifyApart({ steps }: Entry, { phases }: SharedEntry, { kernels, buffers }: Program): readonly string[] {
  const positions = new Map(withoutLoops(steps).map((step, at) => [step, at]));
  const touched = (work: Work, access: "read" | "write"): Ranges => {
    const ranges = new Ranges();
    for (const step of stepsOf(work)) {
      for (const [n, buffer] of step.buffers.entries()) {
        const { offset, bytes } = buffers[buffer];
        const has = kernels[step.kernel].parameters[n].access;
        if (has === access || has === "update") ranges.add({ from: offset, to: offset + bytes });
      }
    }
    return ranges;
  };
  return phases.flatMap((phase) => {
    const works = phase.map((work) => ({
      at: positions.get(stepsOf(work)[0]),
      reads: touched(work, "read"),
      writes: touched(work, "write"),
    }));
    return works.flatMap((one, at) =>
      works
        .slice(at + 1)
        .filter(
          (other) =>
            meets(one.writes, other.writes) || meets(one.writes, other.reads) || meets(one.reads, other.writes),
        )
        .map((other) => `expected step ${one.at} apart from step ${other.at}, found them side by side`),
    );
  });
}

function meets(left: Ranges, right: Ranges): boolean {
  return [...right].some((range) => left.meets(range));
}
