/**
 * How the threads of a CPU share a program: which kernels are cut into parts, and which work may go on side by side. All of it
 * follows from shapes and never from the number of threads: a thread takes a part, runs it, and takes the next one.
 *
 *   dense_relu (32 turns)              →  phase 0: dense_relu 0–31
 *   log_softmax, cross_entropy (small) →  phase 1: log_softmax, cross_entropy, on the thread that comes first
 *   dense_backward, dense_backward_2   →  phase 2: dense_backward 0–15 beside dense_backward_2 0–7
 *
 * Every thread runs the loops of an entry, and meets the others in each turn; a loop in which that would not pay is one thread's.
 */
import type { Dimension } from "../dimension/dimension.ts";
import { add, constant, multiply } from "../dimension/dimension.ts";
import type { Bounds } from "../dimension/interval.ts";
import { cutKernel } from "./cut.ts";
import type { Part } from "./cut.ts";
import { Ranges } from "./ranges.ts";
import type { ThreadCosts } from "./thread-costs.ts";
import { sizeAtBounds } from "./threads.ts";
import { callsOf } from "./steps.ts";
import type { Call, Loop, Program, Step } from "./types.ts";

/** What a thread does at a time: a part of one kernel, or several whole kernels and loops in order. */
export type Work =
  | { readonly kind: "shared"; readonly step: Call; readonly part: Part }
  | { readonly kind: "alone"; readonly steps: readonly Step[] };

/** Works side by side, or a loop that every thread runs. */
export type EntryPhase =
  | { readonly kind: "works"; readonly works: readonly Work[] }
  | { readonly kind: "loop"; readonly loop: Loop; readonly phases: readonly EntryPhase[] };

export interface SharedEntry extends Load {
  /** Each begins when all work of the one before is done. */
  readonly phases: readonly EntryPhase[];
  /** With more threads than this, at the bounds, waiting for each other costs more than they save. */
  readonly useful: number;
}

/** Operations and bytes of the kernels that are shared, and how often threads wait for each other. */
interface Load {
  readonly flops: Dimension;
  readonly bytes: Dimension;
  readonly waits: Dimension;
}

export interface Sharing {
  /** By kernel: its parts; undefined where one thread is as fast. */
  readonly kernels: readonly (readonly Part[] | undefined)[];
  /** By entry; undefined where nothing is shared. */
  readonly entries: readonly (SharedEntry | undefined)[];
}

/** No phase has more parts than this: what seven bits count. */
const maximalParts = 127;

/** A kernel is shared if the half of its time that two threads save is twice what a barrier costs. */
const barriersSaved = 4;

/** Nanoseconds of work for each thread below which more of them are not worth having, though they may help if they are there. */
const ample = 50_000;

/** Plans how threads share the program's entries. */
export function share(program: Program, bounds: Bounds, costs: ThreadCosts): Sharing {
  const times = program.kernels.map(({ cost: { flops, bytesRead, bytesWritten } }) =>
    nanoseconds({ flops, bytes: add(bytesRead, bytesWritten) }, bounds, costs),
  );
  const kernels = program.kernels.map((kernel, n) =>
    times[n] < barriersSaved * costs.barrier ? undefined : cutKernel(kernel, bounds, times[n], costs),
  );
  const entries = program.entries.map(({ steps }) => shareEntry(steps, { program, kernels, times, bounds, costs }));
  const used = new Set(
    entries.flatMap((entry) => (entry === undefined ? [] : sharedIn(entry.phases))).map(({ step }) => step.kernel),
  );
  return { kernels: kernels.map((parts, n) => (used.has(n) ? parts : undefined)), entries };
}

/** The nanoseconds of shared work from which sharing pays. */
export function worthOf(waits: number, costs: ThreadCosts): number {
  return 2 * (costs.wake + waits * costs.barrier);
}

function nanoseconds({ flops, bytes }: Omit<Load, "waits">, bounds: Bounds, costs: ThreadCosts): number {
  return costs.flop * sizeAtBounds(flops, bounds) + costs.byte * sizeAtBounds(bytes, bounds);
}

interface Context {
  readonly program: Program;
  readonly kernels: Sharing["kernels"];
  readonly times: readonly number[];
  readonly bounds: Bounds;
  readonly costs: ThreadCosts;
}

function shareEntry(steps: readonly Step[], context: Context): SharedEntry | undefined {
  const { bounds, costs } = context;
  const phases = phasesOf(steps, context);
  if (sharedIn(phases).length === 0) return undefined;
  const load = loadOf(phases, context);
  const time = nanoseconds(load, bounds, costs);
  const waits = sizeAtBounds(load.waits, bounds);
  if (time < worthOf(waits, costs)) return undefined;
  // The time of t threads, time / t + waiting · t, is least at the root.
  const waiting = waits * costs.barrier;
  const useful = Math.max(1, Math.floor(Math.min(Math.sqrt(time / waiting), time / ample)));
  return { phases, ...load, useful };
}

type Shared = Extract<Work, { readonly kind: "shared" }>;

/** The parts of kernels, in order. */
function sharedIn(phases: readonly EntryPhase[]): readonly Shared[] {
  return phases.flatMap((phase) =>
    phase.kind === "loop" ? sharedIn(phase.phases) : phase.works.filter((work) => work.kind === "shared"),
  );
}

function loadOf(phases: readonly EntryPhase[], context: Context): Load {
  const loads = phases.map((phase): Load => {
    if (phase.kind === "works") return loadOfWorks(phase.works, context);
    const { flops, bytes, waits } = loadOf(phase.phases, context);
    const { extent } = phase.loop;
    return { flops: multiply(flops, extent), bytes: multiply(bytes, extent), waits: multiply(waits, extent) };
  });
  return {
    flops: loads.map(({ flops }) => flops).reduce(add, constant(0)),
    bytes: loads.map(({ bytes }) => bytes).reduce(add, constant(0)),
    waits: loads.map(({ waits }) => waits).reduce(add, constant(0)),
  };
}

/** A kernel counts with its first part. */
function loadOfWorks(works: readonly Work[], { program, kernels }: Context): Load {
  const costs = works.flatMap((work) =>
    work.kind === "shared" && work.part === kernels[work.step.kernel]?.[0]
      ? [program.kernels[work.step.kernel].cost]
      : [],
  );
  return {
    flops: costs.map(({ flops }) => flops).reduce(add, constant(0)),
    bytes: costs.map(({ bytesRead, bytesWritten }) => add(bytesRead, bytesWritten)).reduce(add, constant(0)),
    waits: constant(1),
  };
}

function phasesOf(steps: readonly Step[], context: Context): readonly EntryPhase[] {
  const phases: EntryPhase[] = [];
  let drafts: readonly Draft[] = [];
  const close = (): void => {
    if (drafts.length > 0) phases.push({ kind: "works", works: drafts.map((draft) => workOf(draft, steps)) });
    drafts = [];
  };
  for (const [at, step] of steps.entries()) {
    const loop = step.kind === "loop" ? sharedLoop(step, context) : undefined;
    if (loop !== undefined) {
      close();
      phases.push(loop);
      continue;
    }
    for (const draft of draftsOf(step, at, context)) {
      const wider = join(drafts, draft, context.costs);
      if (wider === undefined) close();
      drafts = wider ?? [draft];
    }
  }
  close();
  return phases;
}

/** The loop as one that every thread runs; undefined where waiting in each of its turns would cost more than is saved. */
function sharedLoop(loop: Loop, context: Context): EntryPhase | undefined {
  const { bounds, costs } = context;
  const phases = phasesOf(loop.steps, context);
  if (sharedIn(phases).length === 0) return undefined;
  const load = loadOf(phases, context);
  const waiting = sizeAtBounds(load.waits, bounds) * costs.barrier;
  return nanoseconds(load, bounds, costs) < 2 * waiting ? undefined : { kind: "loop", loop, phases };
}

/** Work whose place among the others is sought; what is no part of a kernel grows by more of its like. */
interface Draft {
  /** Positions among the steps of the entry, or of the loop. */
  readonly steps: number[];
  /** Where it is one of several parts. */
  readonly part?: Part;
  time: number;
  /** Bytes of the arena: of a slice, all of which it is a part. */
  readonly reads: Ranges;
  readonly writes: Ranges;
}

function draftsOf(step: Step, at: number, context: Context): readonly Draft[] {
  const { program, kernels } = context;
  const calls = callsOf([step]).map(({ call }) => call);
  const ranges = (wanted: (access: "read" | "write" | "update") => boolean): Ranges =>
    new Ranges(
      calls.flatMap(({ kernel, buffers }) =>
        buffers.flatMap((buffer, n) => {
          const { offset, bytes } = program.buffers[buffer];
          return wanted(program.kernels[kernel].parameters[n].access) ? [{ from: offset, to: offset + bytes }] : [];
        }),
      ),
    );
  const reads = ranges((access) => access !== "write");
  const writes = ranges((access) => access !== "read");
  const draft: Draft = { steps: [at], time: timeOf(step, context), reads, writes };
  const parts = step.kind === "call" ? kernels[step.kernel] : undefined;
  return parts?.map((part) => ({ ...draft, part })) ?? [draft];
}

/** Nanoseconds on one thread. */
function timeOf(step: Step, context: Context): number {
  if (step.kind === "call") return context.times[step.kernel];
  const turn = step.steps.reduce((sum, one) => sum + timeOf(one, context), 0);
  return turn * sizeAtBounds(step.extent, context.bounds);
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
  return left.writes.meetsAny(right.reads) || left.reads.meetsAny(right.writes) || left.writes.meetsAny(right.writes);
}

function partsOf(drafts: readonly Draft[]): number {
  return drafts.reduce((sum, { part }) => sum + (part?.parts ?? 1), 0);
}

function workOf({ steps: positions, part }: Draft, steps: readonly Step[]): Work {
  const own = [...positions].sort((a, b) => a - b).map((at) => steps[at]);
  const [step] = own;
  return part === undefined || step.kind === "loop" ? { kind: "alone", steps: own } : { kind: "shared", step, part };
}
