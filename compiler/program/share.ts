/**
 * How the threads of a CPU share a program: which kernels are cut into parts, and which work may go on side by side. All of it
 * follows from shapes and never from the number of threads: a thread takes a part, runs it, and takes the next one.
 *
 *   dense_relu (32 turns)              →  phase 0: dense_relu 0–31
 *   log_softmax, cross_entropy (small) →  phase 1: log_softmax, cross_entropy, on the thread that comes first
 *   dense_backward, dense_backward_2   →  phase 2: dense_backward 0–15 beside dense_backward_2 0–7
 */
import type { Dimension } from "../dimension/dimension.ts";
import { add, constant } from "../dimension/dimension.ts";
import type { Bounds } from "../dimension/interval.ts";
import { cutKernel } from "./cut.ts";
import type { Part } from "./cut.ts";
import { Ranges } from "./ranges.ts";
import type { ThreadCosts } from "./thread-costs.ts";
import { withoutLoops } from "./steps.ts";
import { sizeAtBounds } from "./threads.ts";
import type { Call, Entry, Program, ScheduledKernel } from "./types.ts";

/** What a thread does at a time: a part of one kernel, or several whole kernels in order. */
export type Work =
  | { readonly kind: "shared"; readonly step: Call; readonly part: Part }
  | { readonly kind: "alone"; readonly steps: readonly Call[] };

export interface SharedEntry {
  /** Each begins when all work of the one before is done. */
  readonly phases: readonly (readonly Work[])[];
  /** Operations and bytes of the kernels that are shared, and the nanoseconds of such work from which sharing pays. */
  readonly flops: Dimension;
  readonly bytes: Dimension;
  readonly worth: number;
  /** With more threads than this, at the bounds, waiting for each other costs more than they save. */
  readonly useful: number;
}

export interface Sharing {
  /** By kernel: its parts; undefined where one thread is as fast. */
  readonly kernels: readonly (readonly Part[] | undefined)[];
  /** By entry; undefined where nothing is shared. */
  readonly entries: readonly (SharedEntry | undefined)[];
}

/** No phase has more parts than this: what seven bits count. */
export const maximalParts = 127;

/** A kernel is shared if the half of its time that two threads save is twice what a barrier costs. */
const barriersSaved = 4;

/** Nanoseconds of work for each thread below which more of them are not worth having, though they may help if they are there. */
const ample = 50_000;

/** Plans how threads share the program's entries. */
export function share(program: Program, bounds: Bounds, costs: ThreadCosts): Sharing {
  const times = program.kernels.map((kernel) => nanoseconds(costOf([kernel]), bounds, costs));
  const kernels = program.kernels.map((kernel, n) =>
    times[n] < barriersSaved * costs.barrier ? undefined : cutKernel(kernel, bounds, times[n], costs),
  );
  const entries = program.entries.map((entry) => shareEntry(entry, { program, kernels, times, bounds, costs }));
  const used = new Set(
    program.entries
      .flatMap(({ steps }, n) => (entries[n] === undefined ? [] : withoutLoops(steps)))
      .map(({ kernel }) => kernel),
  );
  return { kernels: kernels.map((parts, n) => (used.has(n) ? parts : undefined)), entries };
}

function nanoseconds(
  { flops, bytes }: Pick<SharedEntry, "flops" | "bytes">,
  bounds: Bounds,
  costs: ThreadCosts,
): number {
  return costs.flop * sizeAtBounds(flops, bounds) + costs.byte * sizeAtBounds(bytes, bounds);
}

function costOf(kernels: readonly ScheduledKernel[]): Pick<SharedEntry, "flops" | "bytes"> {
  const costs = kernels.map(({ cost }) => cost);
  return {
    flops: costs.map(({ flops }) => flops).reduce(add, constant(0)),
    bytes: costs.map(({ bytesRead, bytesWritten }) => add(bytesRead, bytesWritten)).reduce(add, constant(0)),
  };
}

interface Context {
  readonly program: Program;
  readonly kernels: Sharing["kernels"];
  readonly times: readonly number[];
  readonly bounds: Bounds;
  readonly costs: ThreadCosts;
}

function shareEntry({ steps: own }: Entry, context: Context): SharedEntry | undefined {
  const { program, kernels, bounds, costs } = context;
  const steps = withoutLoops(own);
  const shared = steps.filter(({ kernel }) => kernels[kernel] !== undefined);
  if (shared.length === 0) return undefined;
  const phases: (readonly Draft[])[] = [];
  let phase: readonly Draft[] = [];
  for (const draft of steps.flatMap((step, at) => draftsOf(step, at, context))) {
    const wider = join(phase, draft, costs);
    if (wider === undefined) phases.push(phase);
    phase = wider ?? [draft];
  }
  phases.push(phase);
  const cost = costOf(shared.map(({ kernel }) => program.kernels[kernel]));
  const time = nanoseconds(cost, bounds, costs);
  const waiting = phases.length * costs.barrier;
  const worth = 2 * (costs.wake + waiting);
  if (time < worth) return undefined;
  // The time of t threads, time / t + waiting · t, is least at the root.
  const useful = Math.max(1, Math.floor(Math.min(Math.sqrt(time / waiting), time / ample)));
  return { phases: phases.map((drafts) => drafts.map((draft) => workOf(draft, steps))), ...cost, worth, useful };
}

/** Work whose place among the others is sought; what is no part of a kernel grows by more of its like. */
interface Draft {
  /** Positions among the entry's steps. */
  readonly steps: number[];
  /** Where it is one of several parts. */
  readonly part?: Part;
  time: number;
  /** Bytes of the arena. */
  readonly reads: Ranges;
  readonly writes: Ranges;
}

function draftsOf(step: Call, at: number, { program, kernels, times }: Context): readonly Draft[] {
  const { parameters } = program.kernels[step.kernel];
  const ranges = (wanted: (access: "read" | "write" | "update") => boolean): Ranges =>
    new Ranges(
      step.buffers.flatMap((buffer, n) => {
        const { offset, bytes } = program.buffers[buffer];
        return wanted(parameters[n].access) ? [{ from: offset, to: offset + bytes }] : [];
      }),
    );
  const reads = ranges((access) => access !== "write");
  const writes = ranges((access) => access !== "read");
  const draft: Draft = { steps: [at], time: times[step.kernel], reads, writes };
  return kernels[step.kernel]?.map((part) => ({ ...draft, part })) ?? [draft];
}

/** The phase with the draft in it: beside the others, or behind those that it must wait for where they are small. */
function join(phase: readonly Draft[], draft: Draft, costs: ThreadCosts): readonly Draft[] | undefined {
  if (partsOf(phase) + partsOf([draft]) > maximalParts) return undefined;
  const before = phase.filter((other) => meet(other, draft));
  const tiny = draft.part === undefined && draft.time < costs.part;
  if (before.length === 0) {
    const company = tiny ? phase.find(({ part }) => part === undefined) : undefined;
    return company === undefined ? [...phase, draft] : replace(phase, [company], draft);
  }
  const chain = [...before, draft];
  if (chain.some(({ part }) => part !== undefined)) return undefined;
  const lost = before.reduce((sum, { time }) => sum + time, 0) - Math.max(...before.map(({ time }) => time));
  return lost > costs.barrier ? undefined : replace(phase, before, draft);
}

/** The phase with `before` and the draft as one after the other. */
function replace(phase: readonly Draft[], before: readonly Draft[], draft: Draft): readonly Draft[] {
  const chain = [...before, draft];
  const time = chain.reduce((sum, one) => sum + one.time, 0);
  // The others move into the longest: a chain of thousands grows by one at a time.
  const joined = chain.reduce((longest, one) => (one.steps.length > longest.steps.length ? one : longest));
  for (const one of chain) if (one !== joined) absorb(joined, one);
  joined.time = time;
  return [...phase.filter((other) => !before.includes(other)), joined];
}

function absorb(into: Draft, { steps, reads, writes }: Draft): void {
  for (const step of steps) into.steps.push(step);
  for (const range of reads) into.reads.add(range);
  for (const range of writes) into.writes.add(range);
}

function meet(left: Draft, right: Draft): boolean {
  return overlap(left.writes, right.reads) || overlap(left.reads, right.writes) || overlap(left.writes, right.writes);
}

/** The right ones are few. */
function overlap(left: Ranges, right: Ranges): boolean {
  return [...right].some((range) => left.meets(range));
}

function partsOf(drafts: readonly Draft[]): number {
  return drafts.reduce((sum, { part }) => sum + (part?.parts ?? 1), 0);
}

function workOf({ steps: positions, part }: Draft, steps: readonly Call[]): Work {
  const own = [...positions].sort((a, b) => a - b).map((at) => steps[at]);
  return part === undefined ? { kind: "alone", steps: own } : { kind: "shared", step: own[0], part };
}
