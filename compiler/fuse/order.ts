/**
 * The order in which an entry's kernels run, and where updates go. A new value of a parameter, state or carry is written in place
 * wherever every reader of the old one can run before; else it gets a place of its own, and a variable a copy.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import { accountOf, mayOverwrite, mayOverwriteLater } from "../kernel/accesses.ts";
import type { LoweredOutput } from "../lower/lowered.ts";
import { isLoop, readsOfStep, writesOfStep, type KernelStep } from "../kernel/steps.ts";
import { push } from "../loops/push.ts";
import { Heap, Precedence } from "./precedence.ts";

export interface Ordered {
  readonly steps: readonly KernelStep[];
  /** Value tensors that are written straight into what they update, by name. */
  readonly inPlace: ReadonlyMap<string, string>;
}

/** Nodes of the precedence are positions among `steps`. */
interface Edges {
  readonly steps: readonly KernelStep[];
  readonly precedence: Precedence;
  readonly makers: ReadonlyMap<string, number>;
  readonly readers: ReadonlyMap<string, readonly number[]>;
}

/** Orders steps topologically; among those that are ready, the earliest of the source first. */
export function orderSteps(steps: readonly KernelStep[], outputs: readonly LoweredOutput[]): Ordered {
  const edges = dataEdges(steps);
  const inPlace = new Map<string, string>();
  for (const { name, role, tensor } of outputs) {
    if (role !== "result" && placeUpdate(edges, tensor, name)) inPlace.set(tensor, name);
  }
  return { steps: topological(edges), inPlace };
}

function dataEdges(steps: readonly KernelStep[]): Edges {
  const makers = new Map<string, number>();
  const readers = new Map<string, number[]>();
  const precedence = new Precedence();
  for (const [position, step] of steps.entries()) {
    precedence.add();
    for (const tensor of writesOfStep(step)) makers.set(tensor, position);
    for (const tensor of readsOfStep(step)) push(readers, tensor, position);
  }
  for (const [tensor, positions] of readers) {
    const maker = makers.get(tensor);
    for (const reader of positions) if (maker !== undefined && maker !== reader) precedence.require(reader, maker);
  }
  return { steps, precedence, makers, readers };
}

/** Adds the edges that let `tensor` overwrite `variable`; false, and no edge, where they would close a circle. */
function placeUpdate(edges: Edges, tensor: string, variable: string): boolean {
  const { steps, precedence, makers, readers } = edges;
  const writer = makers.get(tensor);
  if (writer === undefined || !overwritesInPlace(steps[writer], tensor, variable)) return false;
  const others = (readers.get(variable) ?? []).filter((reader) => reader !== writer);
  if (precedence.reaches(others, writer)) return false;
  for (const reader of others) precedence.require(writer, reader);
  return true;
}

/** Whether each element of `variable` is read, if at all, only at the grid point that overwrites it, and before; settle.ts sees to the latter. */
function overwritesInPlace(step: KernelStep, tensor: string, variable: string): boolean {
  if (isLoop(step)) return false;
  const account = accountOf(step);
  return (
    !account.loads.has(variable) ||
    mayOverwrite(account, tensor, variable) ||
    mayOverwriteLater(account, tensor, variable)
  );
}

/** Steps that read what a step before them has overwritten in place, as sentences. */
export function verifyOrder(steps: readonly KernelStep[], inPlace: ReadonlyMap<string, string>): readonly string[] {
  const over = new Map<string, string>();
  return steps.flatMap((step) => {
    const late = [...readsOfStep(step)].flatMap((tensor) => {
      const by = over.get(tensor);
      return by === undefined
        ? []
        : [`expected ${tensor} to be read before ${by} overwrites it, found a reader after it`];
    });
    for (const tensor of writesOfStep(step)) {
      const old = inPlace.get(tensor);
      if (old !== undefined) over.set(old, tensor);
    }
    return late;
  });
}

/** Kahn's algorithm; ready kernels run in the order in which they were given. */
function topological({ steps, precedence }: Edges): readonly KernelStep[] {
  const waiting = steps.map((_, position) => precedence.needsOf(position).size);
  const ready = new Heap((position) => position);
  for (const [position, count] of waiting.entries()) if (count === 0) ready.push(position);
  const ordered: KernelStep[] = [];
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    ordered.push(steps[next]);
    for (const user of precedence.usersOf(next)) if (--waiting[user] === 0) ready.push(user);
  }
  if (ordered.length < steps.length) throw new InternalError("fuse", "the kernels need each other in a circle");
  return ordered;
}
