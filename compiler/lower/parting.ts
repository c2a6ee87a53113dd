/**
 * Which of a loop's nodes stay in it: those that depend on a carry and lead to one. Those before them do not depend on
 * carries, those behind lead to none. What is cheap is made wherever it is read.
 */
import { loadedBy } from "../loops/compute.ts";
import { isRandom } from "../loops/functions.ts";
import { nodeCost, nodesOf } from "../loops/scalar.ts";
import type { Compute } from "../loops/types.ts";
import type { Level, LoweredNode } from "./lowered.ts";

export interface Parting {
  /** Names of what differs from step to step: given, or made of it. */
  readonly varying: ReadonlySet<string>;
  /** In the order of the body. A node may be in several lists. */
  readonly before: readonly LoweredNode[];
  readonly core: readonly LoweredNode[];
  readonly behind: readonly LoweredNode[];
}

/** A loop's body, and what its step is given and hands on. */
export interface Body extends Level {
  readonly slices: readonly string[];
  readonly carries: readonly string[];
  readonly next: readonly string[];
  /** Tensors that every step must make for itself. */
  readonly pinned: readonly string[];
}

/** The parts of a body. */
export function partingOf(body: Body): Parting {
  const { nodes, loops, slices, carries, next, pinned } = body;
  const varying = dependentOn(body, [...slices, ...carries]);
  const dependent = new Set([...dependentOn(body, [...carries, ...pinned]), ...next]);
  const needed = neededFor(body, [...next, ...pinned]);
  const isCore = (tensor: string): boolean => dependent.has(tensor) && needed.has(tensor);
  const core = new Set(nodes.flatMap(({ tensor }) => (isCore(tensor) ? [tensor] : [])));
  const behind = new Set(nodes.flatMap(({ tensor }) => (dependent.has(tensor) && !isCore(tensor) ? [tensor] : [])));
  const before = nodes.filter(({ tensor }) => !dependent.has(tensor));
  const given = new Set([...slices, ...carries, ...next, ...before.map(({ tensor }) => tensor)]);
  const forLoops = new Set(loops.flatMap(({ reads }) => reads));
  // A loop within would have it stored again at each step.
  const isOnce = (tensor: string): boolean => forLoops.has(tensor) && !varying.has(tensor);
  addCheap(body, core, ({ tensor }) => !dependent.has(tensor) && !isOnce(tensor), [...forLoops]);
  addCheap(
    body,
    behind,
    ({ tensor, compute }) =>
      // What depends on no carry is at hand from before the loop.
      dependent.has(tensor) &&
      core.has(tensor) &&
      !next.includes(tensor) &&
      loadedBy(compute).every((one) => given.has(one)),
  );
  const nodesIn = (names: ReadonlySet<string>): readonly LoweredNode[] =>
    nodes.filter(({ tensor }) => names.has(tensor));
  return { varying, before, core: nodesIn(core), behind: nodesIn(behind) };
}

/** The names, and those of what is made of them or by a loop of the level. */
export function dependentOn({ nodes, loops }: Level, names: readonly string[]): ReadonlySet<string> {
  const dependent = new Set([...names, ...loops.flatMap(({ writes }) => writes)]);
  for (const { tensor, compute } of nodes)
    if (loadedBy(compute).some((one) => dependent.has(one))) dependent.add(tensor);
  return dependent;
}

/** What the next carries and the loops within need, and whatever reads what those make: it lies at hand for one step only. */
function neededFor({ nodes, loops }: Level, next: readonly string[]): ReadonlySet<string> {
  const ofLoops = new Set(loops.flatMap(({ writes }) => writes));
  const needed = new Set([...next, ...loops.flatMap(({ reads }) => reads)]);
  for (const { tensor, compute } of nodes.toReversed()) {
    const loads = loadedBy(compute);
    if (loads.some((one) => ofLoops.has(one))) needed.add(tensor);
    if (needed.has(tensor)) for (const one of loads) needed.add(one);
  }
  return needed;
}

/** Adds what is cheap to make of what is at hand to those that read it: to store it for all steps would cost more. */
function addCheap(
  { nodes }: Level,
  into: Set<string>,
  isAllowed: (node: LoweredNode) => boolean,
  reads: readonly string[] = [],
): void {
  const read = new Set(reads);
  for (const node of nodes.toReversed()) {
    const { tensor, compute, stored } = node;
    const isAdded = stored !== true && read.has(tensor) && isFree(compute) && isAllowed(node);
    if (isAdded) into.add(tensor);
    if (into.has(tensor)) for (const one of loadedBy(compute)) read.add(one);
  }
}

/** What a division or a root costs, and little more than to store a number and load it again; all that costs more is made once for all steps. */
const cheapCost = 4;

function isFree(compute: Compute): boolean {
  return (
    compute.kind === "map" && nodesOf(compute.value).every((node) => nodeCost(node) <= cheapCost && !isRandom(node))
  );
}
