/**
 * Kernels for machines that run thousands of threads: which parts of a kernel may run side by side, and how many threads
 * that makes. A kernel becomes phases, one after the other; a phase's tasks are independent, and a task that is a parallel
 * loop is itself as many threads as the loop has turns.
 *
 *   let b = bias[0]                                  phase of 8·⌊N/4⌋ + 1 threads
 *   parallel for i in 0 .. 4*floor(N/4) by 4    →      task: loop of ⌊N/4⌋ turns, each 8 threads
 *     parallel for j in 0 .. 8: …                        task: loop of 8 turns
 *   y[N] = 0                                           task: once
 */
import type { Dimension } from "../dimension/dimension.ts";
import { add, constant, maximum, multiply } from "../dimension/dimension.ts";
import type { Bounds } from "../dimension/interval.ts";
import { intervalOf, isNonNegative } from "../dimension/interval.ts";
import { areApart, placesOf, turnsOf } from "./apart.ts";
import type { Places } from "./apart.ts";
import type { Facts } from "./integer.ts";
import { enterLoop } from "./integer.ts";
import type { ScheduledKernel, Statement } from "./types.ts";
import type { Uses } from "./uses.ts";
import { usesOf } from "./uses.ts";

export type { Dimension } from "../dimension/dimension.ts";

type Definition = Extract<Statement, { readonly kind: "define" }>;
type Loop = Extract<Statement, { readonly kind: "for" }>;

/**
 * What one thread does, or one of many. `definitions` are values from outside that only this task needs, `fills` what every
 * thread puts into its private arrays first.
 */
export type Task =
  | { readonly kind: "once"; readonly definitions: readonly Definition[]; readonly body: readonly Statement[] }
  | {
      readonly kind: "loop";
      readonly definitions: readonly Definition[];
      readonly fills: readonly Statement[];
      readonly loop: Loop;
      /** Turns of the loop. */
      readonly turns: Dimension;
      /** Set where each turn's body is shared out among threads again. */
      readonly inner?: Phase;
    };

export interface Phase {
  /** Values that several of the tasks need. */
  readonly definitions: readonly Definition[];
  readonly tasks: readonly Task[];
}

/** How many threads share the task. */
export function threadsOfTask(task: Task): Dimension {
  if (task.kind === "once") return constant(1);
  return task.inner === undefined ? task.turns : multiply(task.turns, threadsOf(task.inner));
}

/** How many threads share the phase, a polynomial of the open dimensions. */
export function threadsOf({ tasks }: Phase): Dimension {
  return tasks.map(threadsOfTask).reduce(add);
}

/** The most that a size can be. */
export function sizeAtBounds(size: Dimension, bounds: Bounds): number {
  return intervalOf(size, bounds).high;
}

/**
 * The kernel's phases, in order; where nothing is known to be independent, one task of one thread. `refill`: threads are few
 * enough that each may fill private arrays anew which one alone would fill once.
 */
export function phasesOf(
  { body, parameters, arrays }: ScheduledKernel,
  bounds: Bounds,
  refill = false,
): readonly Phase[] {
  const written = new Set([...parameters.filter(({ access }) => access !== "read"), ...arrays].map(({ name }) => name));
  const facts: Facts = { ranges: new Map(), bounds };
  const context: Context = { written, arrays: new Set(arrays.map(({ name }) => name)), facts, refill };
  return split(body, context) ?? [{ definitions: [], tasks: [{ kind: "once", definitions: [], body }] }];
}

interface Context {
  /** Buffers and arrays that the kernel writes. */
  readonly written: ReadonlySet<string>;
  readonly arrays: ReadonlySet<string>;
  /** Where the loops around run. */
  readonly facts: Facts;
  readonly refill: boolean;
}

/** Statements that belong together, a parallel loop by itself. */
interface Group {
  readonly statements: readonly Statement[];
  readonly fills: readonly Statement[];
  readonly uses: Uses;
  readonly places: Places;
}

function split(body: readonly Statement[], context: Context): readonly Phase[] | undefined {
  const definitions = sharedOf(body, context);
  const shared = new Set<Statement>(definitions);
  const all = groupsOf(
    body.filter((one) => !shared.has(one)),
    context,
  );
  const groups = context.refill ? withFills(all, context) : all;
  if (groups.length === 0 || !areIndependent(groups, context)) return undefined;
  return phased(groups, context).map((phase) => phaseOf(phase, definitions, context));
}

/** The values that are the same for all threads, whenever they are computed. */
function sharedOf(body: readonly Statement[], { written }: Context): readonly Definition[] {
  const shared: Definition[] = [];
  const own = new Set(usesOf(body).defined);
  for (const statement of body) {
    if (statement.kind !== "define" || statement.mutable) continue;
    const { names, reads } = usesOf([statement]);
    if ([...reads].some((buffer) => written.has(buffer)) || [...names].some((name) => own.has(name))) continue;
    shared.push(statement);
    own.delete(statement.name);
  }
  return shared;
}

function groupsOf(statements: readonly Statement[], { facts }: Context): readonly Group[] {
  const groups: Statement[][] = [];
  let run: Statement[] | undefined;
  for (const statement of statements) {
    if (run === undefined || isParallel(statement)) groups.push((run = []));
    run.push(statement);
    if (isParallel(statement)) run = undefined;
  }
  const working = groups.filter((group) => group.some(({ kind }) => kind !== "comment"));
  return working.map((group) => ({
    statements: group,
    fills: [],
    uses: usesOf(group),
    places: placesOf(group, facts),
  }));
}

/** What only fills private arrays goes into those behind it that read them; as they are where others write such an array, too. */
function withFills(groups: readonly Group[], context: Context): readonly Group[] {
  const fills = new Set(groups.filter((group) => isFill(group, context)));
  const filled = new Set([...fills].flatMap(({ uses }) => [...uses.writes]));
  const working = groups.filter((group) => !fills.has(group));
  if (working.some(({ uses }) => [...uses.writes].some((name) => filled.has(name)))) return groups;
  return working.map((group) => {
    const before = groups.slice(0, groups.indexOf(group)).filter((one) => fills.has(one));
    const needed = before.filter(({ uses }) => [...uses.writes].some((name) => group.uses.reads.has(name)));
    const own = needed.flatMap(({ statements }) => statements);
    return { ...group, fills: own, uses: usesOf([...own, ...group.statements]) };
  });
}

/** Whether it can be done again: it reads nothing that the kernel writes, and leaves nothing but private arrays. */
function isFill({ statements, uses }: Group, { written, arrays }: Context): boolean {
  return (
    !statements.some(isParallel) &&
    uses.writes.size > 0 &&
    [...uses.writes].every((name) => arrays.has(name)) &&
    [...uses.reads].every((name) => !written.has(name) || uses.filled.has(name))
  );
}

/** A loop whose ends do not depend on where other loops stand. */
function isParallel(statement: Statement): statement is Loop {
  return (
    statement.kind === "for" &&
    statement.role === "parallel" &&
    [statement.from, statement.to].every(({ terms }) => terms.length === 0)
  );
}

/** No group needs a local of another, or what another left in a private array. */
function areIndependent(groups: readonly Group[], { arrays }: Context): boolean {
  const isArray = (name: string): boolean => arrays.has(name);
  return groups.every(({ uses }, at) => {
    const needed = [...uses.names].filter((name) => !uses.defined.has(name));
    const left = [...uses.reads].filter((name) => isArray(name) && !uses.filled.has(name));
    const others = groups.filter((_, other) => other !== at);
    return [...needed, ...left].every((name) =>
      others.every((other) => !other.uses.defined.has(name) && !(isArray(name) && other.uses.writes.has(name))),
    );
  });
}

/** Groups side by side, until one reads or writes what another of the phase writes. */
function phased(groups: readonly Group[], context: Context): readonly (readonly Group[])[] {
  const phases: Group[][] = [];
  for (const group of groups) {
    const last = phases.at(-1);
    if (last === undefined || last.some((other) => meet(group, other, context))) phases.push([group]);
    else last.push(group);
  }
  return phases;
}

function meet(left: Group, right: Group, { arrays, facts }: Context): boolean {
  const shared = [...left.uses.writes].filter((name) => right.uses.writes.has(name) && !arrays.has(name));
  return (
    readsFrom(left.uses, right.uses, arrays) ||
    readsFrom(right.uses, left.uses, arrays) ||
    shared.some((name) => !areApart(left.places, right.places, name, facts.bounds))
  );
}

function readsFrom({ reads }: Uses, { writes }: Uses, arrays: ReadonlySet<string>): boolean {
  return [...reads].some((name) => writes.has(name) && !arrays.has(name));
}

function phaseOf(groups: readonly Group[], definitions: readonly Definition[], context: Context): Phase {
  const needed = groups.map(({ uses }) => neededBy(uses.names, definitions));
  const isOf = (definition: Definition): number => needed.filter((some) => some.has(definition)).length;
  const own = (at: number): readonly Definition[] =>
    definitions.filter((one) => needed[at].has(one) && isOf(one) === 1);
  const tasks = groups.map((group, at) => taskOf(group, groups.length === 1 ? [] : own(at), context));
  const shared = definitions.filter((one) => isOf(one) > (groups.length === 1 ? 0 : 1));
  return { definitions: shared, tasks };
}

/** The definitions that the names lead to, one through the other. */
function neededBy(names: ReadonlySet<string>, definitions: readonly Definition[]): ReadonlySet<Definition> {
  const wanted = new Set(names);
  const found = new Set<Definition>();
  for (const definition of [...definitions].reverse()) {
    if (!wanted.has(definition.name)) continue;
    found.add(definition);
    for (const name of usesOf([definition]).names) wanted.add(name);
  }
  return found;
}

function taskOf({ statements, fills }: Group, definitions: readonly Definition[], context: Context): Task {
  const loop = statements.find(isParallel);
  if (loop === undefined) return { kind: "once", definitions, body: [...fills, ...statements] };
  const { variable, from, to } = loop;
  const turns = turnsOfLoop(loop, context.facts.bounds);
  const phases = split(loop.body, { ...context, facts: enterLoop(context.facts, variable, from, to) });
  const inner = phases?.length === 1 && phases[0].tasks.some(({ kind }) => kind === "loop") ? phases[0] : undefined;
  return inner === undefined
    ? { kind: "loop", definitions, fills, loop, turns }
    : { kind: "loop", definitions, fills, loop, turns, inner };
}

function turnsOfLoop({ from, to, step }: Loop, bounds: Bounds): Dimension {
  const turns = turnsOf(from.constant, to.constant, step);
  return isNonNegative(turns, bounds) ? turns : maximum(turns, constant(0));
}
