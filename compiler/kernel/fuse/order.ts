/**
 * The order in which an entry's kernels run, and where updates go. A new value of a parameter or state is written in place
 * wherever every reader of the old one can run before; where none can be found it gets a place of its own and a copy.
 */
import { InternalError } from "../../diagnostics/diagnostic.ts";
import type { Load } from "../../loops/scalar.ts";
import { loadsOf } from "../../loops/scalar.ts";
import type { LoweredOutput } from "../lower.ts";
import { scalarsOfStage, writesOf } from "../tensors.ts";
import type { Kernel, Stage } from "../types.ts";
import { Heap } from "./heap.ts";
import { Precedence } from "./precedence.ts";

export interface Ordered {
  readonly kernels: readonly Kernel[];
  /** Value tensors that are written straight into what they update, by name. */
  readonly inPlace: ReadonlyMap<string, string>;
}

/** A load, and the stage in which it stands. */
interface Access {
  readonly stage: Stage["kind"];
  readonly load: Load;
}

/** Nodes of the precedence are positions among `kernels`. */
interface Edges {
  readonly kernels: readonly Kernel[];
  /** What each kernel loads, by tensor. */
  readonly loads: readonly ReadonlyMap<string, readonly Access[]>[];
  readonly precedence: Precedence;
  readonly makers: ReadonlyMap<string, number>;
  readonly readers: ReadonlyMap<string, readonly number[]>;
}

/** Orders kernels topologically; among those that are ready, the earliest of the source first. */
export function orderKernels(kernels: readonly Kernel[], outputs: readonly LoweredOutput[]): Ordered {
  const edges = dataEdges(kernels);
  const inPlace = new Map<string, string>();
  for (const { name, role, tensor } of outputs) {
    if (role !== "result" && placeUpdate(edges, tensor, name)) inPlace.set(tensor, name);
  }
  return { kernels: topological(edges), inPlace };
}

function dataEdges(kernels: readonly Kernel[]): Edges {
  const makers = new Map<string, number>();
  const readers = new Map<string, number[]>();
  const precedence = new Precedence();
  const loads = kernels.map(accessesOf);
  for (const [position, kernel] of kernels.entries()) {
    precedence.add();
    for (const tensor of writesOf(kernel)) makers.set(tensor, position);
    for (const tensor of loads[position].keys()) {
      const list = readers.get(tensor);
      if (list === undefined) readers.set(tensor, [position]);
      else list.push(position);
    }
  }
  for (const [tensor, positions] of readers) {
    const maker = makers.get(tensor);
    for (const reader of positions) if (maker !== undefined && maker !== reader) precedence.require(reader, maker);
  }
  return { kernels, loads, precedence, makers, readers };
}

/** Every load of the kernel by its tensor, those of its own rows excepted. */
function accessesOf({ rows, stages }: Kernel): ReadonlyMap<string, readonly Access[]> {
  const own = new Set(rows.map(({ name }) => name));
  const accesses = new Map<string, Access[]>();
  for (const stage of stages) {
    for (const load of scalarsOfStage(stage).flatMap(loadsOf)) {
      const access = { stage: stage.kind, load };
      const list = accesses.get(load.tensor);
      if (list !== undefined) list.push(access);
      else if (!own.has(load.tensor)) accesses.set(load.tensor, [access]);
    }
  }
  return accesses;
}

/** Adds the edges that let `tensor` overwrite `variable`; false, and no edge, where they would close a circle. */
function placeUpdate(edges: Edges, tensor: string, variable: string): boolean {
  const { precedence, makers, readers } = edges;
  const writer = makers.get(tensor);
  if (writer === undefined || !overwritesInPlace(edges, writer, tensor, variable)) return false;
  const others = (readers.get(variable) ?? []).filter((reader) => reader !== writer);
  if (precedence.reaches(others, writer)) return false;
  for (const reader of others) precedence.require(writer, reader);
  return true;
}

/** Whether each element of `variable` is read, if at all, only at the grid point that overwrites it. */
function overwritesInPlace({ kernels, loads }: Edges, writer: number, tensor: string, variable: string): boolean {
  const accesses = loads[writer].get(variable);
  if (accesses === undefined) return true;
  const stores = kernels[writer].stages.filter((stage) => stage.kind === "store" && stage.store.tensor === tensor);
  const [stored] = stores;
  if (stores.length !== 1 || stored.kind !== "store") return false;
  const place = JSON.stringify(stored.store.indices);
  return accesses.every(({ stage, load }) => stage !== "reduce" && JSON.stringify(load.indices) === place);
}

/** Kahn's algorithm; ready kernels run in the order in which they were given. */
function topological({ kernels, precedence }: Edges): readonly Kernel[] {
  const waiting = kernels.map((_, position) => precedence.needsOf(position).size);
  const ready = new Heap((position) => position);
  for (const [position, count] of waiting.entries()) if (count === 0) ready.push(position);
  const ordered: Kernel[] = [];
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    ordered.push(kernels[next]);
    for (const user of precedence.usersOf(next)) if (--waiting[user] === 0) ready.push(user);
  }
  if (ordered.length < kernels.length) throw new InternalError("fuse", "the kernels need each other in a circle");
  return ordered;
}
