/**
 * Kernels cut into parts that CPU threads run side by side: the outermost parallel loops run through a slice of their turns.
 *
 *   let b = bias[0]                                        let b = bias[0]
 *   for r in 0 .. 9: panel[r] = w[r]                       for r in 0 .. 9: panel[r] = w[r]
 *   parallel for i in 0 .. N by 4: …                  →    parallel for i in i.first .. i.end by 4: …
 *   y[N] = 0                                               parallel for once in once.first .. once.end: y[N] = 0
 */
import type { Dimension } from "../dimension/dimension.ts";
import { add, constant } from "../dimension/dimension.ts";
import type { Bounds } from "../dimension/interval.ts";
import { axisIndex, constantIndex } from "../loops/index.ts";
import { turnsOf } from "./apart.ts";
import type { Facts } from "./integer.ts";
import type { ThreadCosts } from "./thread-costs.ts";
import type { Phase, Task } from "./threads.ts";
import { phasesOf, sizeAtBounds } from "./threads.ts";
import type { ScheduledKernel, Statement } from "./types.ts";

/** Which turns of a loop are run: from `first` to `end`, axes that stand where the loop's own ends `from` and `to` stood. */
export interface Slice {
  readonly first: string;
  readonly end: string;
  readonly from: Dimension;
  readonly to: Dimension;
  readonly step: number;
  readonly turns: Dimension;
}

/** A phase of a kernel as a kernel of its own. */
export interface Part {
  readonly kernel: ScheduledKernel;
  /** Part p of n runs turns ⌈turns/n⌉·p to ⌈turns/n⌉·(p + 1) of each. */
  readonly slices: readonly Slice[];
  /** Into how many it is cut where threads share it. */
  readonly parts: number;
}

/** Of one kernel, so that two fit into a phase. */
const mostParts = 63;
/** A loop of fewer turns is left whole where those inside can be cut. */
const fewestTurns = 8;
/** How often a part must be worth what taking it costs, its fills included. */
const partsWorth = 10;
/** Of an element that a fill copies: those that it reads and those that it writes. */
const bytesPerElement = 8;

/** The kernel's phases, cut; undefined where it has nothing to share. `time` is what it takes on one thread. */
export function cutKernel(
  kernel: ScheduledKernel,
  bounds: Bounds,
  time: number,
  costs: ThreadCosts,
): readonly Part[] | undefined {
  const phases = phasesOf(kernel, bounds, true);
  const parts = phases.map((phase, n) => {
    const each = costs.part + filledIn(phase, bounds) * (costs.flop + bytesPerElement * costs.byte);
    const wanted = time / phases.length / (partsWorth * each);
    return cutPhase(kernel, phase, phases.length === 1 ? "" : `.${n}`, wanted, bounds);
  });
  return parts.some((part) => part.parts > 1) ? parts : undefined;
}

function cutPhase(kernel: ScheduledKernel, phase: Phase, suffix: string, wanted: number, bounds: Bounds): Part {
  const slices = new Map<string, Slice>();
  const body = cutTasks(phase, slices, bounds);
  const most = Math.max(1, ...[...slices.values()].map(({ turns }) => sizeAtBounds(turns, bounds)));
  const each = Math.ceil(most / Math.max(2, Math.min(wanted, mostParts)));
  const parts = Math.ceil(most / each);
  return { kernel: { ...kernel, name: `${kernel.name}${suffix}`, body }, slices: [...slices.values()], parts };
}

function cutTasks({ definitions, tasks }: Phase, slices: Map<string, Slice>, bounds: Bounds): readonly Statement[] {
  const filled = new Set<Statement>();
  const cut = tasks.flatMap((task) => {
    // In the order of the kernel, so that an array holds what it would hold there.
    const fills = task.kind === "loop" ? task.fills.filter((fill) => !filled.has(fill)) : [];
    for (const fill of fills) filled.add(fill);
    return [...task.definitions, ...fills, cutTask(task, slices, bounds)];
  });
  return [...definitions, ...cut];
}

/** How many elements of private arrays each part fills before its own loops. */
function filledIn({ tasks }: Phase, bounds: Bounds): number {
  const all = new Set(tasks.flatMap((task) => (task.kind === "loop" ? task.fills : [])));
  const inner = tasks.map((task) =>
    task.kind === "loop" && task.inner !== undefined && isFew(task.turns, bounds)
      ? sizeAtBounds(task.turns, bounds) * filledIn(task.inner, bounds)
      : 0,
  );
  return inner.reduce((sum, one) => sum + one, storedBy([...all], bounds));
}

function storedBy(statements: readonly Statement[], bounds: Bounds): number {
  return statements.reduce((sum, one) => {
    if (one.kind === "store") return sum + one.value.type.lanes;
    if (one.kind !== "for") return sum;
    const turns = turnsOf(one.from.constant, one.to.constant, one.step);
    return sum + Math.max(0, sizeAtBounds(turns, bounds)) * storedBy(one.body, bounds);
  }, 0);
}

function cutTask(task: Task, slices: Map<string, Slice>, bounds: Bounds): Statement {
  if (task.kind === "once") {
    const one = { variable: "once", from: constantIndex(0), to: constantIndex(1), step: 1, role: "parallel" } as const;
    return sliced({ kind: "for", ...one, body: task.body }, constant(1), slices);
  }
  const { loop, turns, inner } = task;
  return inner !== undefined && isFew(turns, bounds)
    ? { ...loop, body: cutTasks(inner, slices, bounds) }
    : sliced(loop, turns, slices);
}

function isFew(turns: Dimension, bounds: Bounds): boolean {
  return sizeAtBounds(turns, bounds) < fewestTurns;
}

type Loop = Extract<Statement, { readonly kind: "for" }>;

/** Loops with equal ends share a slice. */
function sliced(loop: Loop, turns: Dimension, slices: Map<string, Slice>): Loop {
  const { variable, step } = loop;
  const [from, to] = [loop.from.constant, loop.to.constant];
  const key = `${from.key} to ${to.key} by ${step}`;
  const slice = slices.get(key) ?? { first: `${variable}.first`, end: `${variable}.end`, from, to, step, turns };
  slices.set(key, slice);
  return { ...loop, from: axisIndex(slice.first), to: axisIndex(slice.end) };
}

/** The facts with where the slices' ends can be. */
export function withSlices(facts: Facts, slices: readonly Slice[]): Facts {
  const ranges = new Map(facts.ranges);
  for (const { first, end, from, to } of slices)
    for (const axis of [first, end]) ranges.set(axis, { from, to: add(to, constant(1)) });
  return { ranges, bounds: facts.bounds };
}
