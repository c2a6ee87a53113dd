/**
 * What a program's kernels need in whatever order they run: what the arena is held against, beside what their one order needs.
 * While a kernel runs, all that must come before it has run and nothing that needs it has; so whatever the former made, or it makes,
 * and it or the latter read is alive, but for an output that takes the place of an operand which dies there.
 */
import { alignedBytes, isVariable, stackOf } from "./lives.ts";
import type { PlanCall, PlanEntry, PlanInput, PlanLoop } from "./types.ts";

/** Bytes below which no order of any entry's kernels can be placed. */
export function leastOfAnyOrder(input: PlanInput): number {
  const members = new Map(input.segments.map(({ name, tensors }) => [name, tensors]));
  const bytes = (name: string): number => alignedBytes(input, name);
  const runs = new Set(members.keys());
  const held = [...input.tensors].filter(([name, tensor]) => isVariable(tensor) && !runs.has(name));
  const always = held.reduce((sum, [name]) => sum + bytes(name), 0);
  const isHeld = new Set(held.map(([name]) => name));
  const most = input.entries.map((entry) => mostAlive(entry, touchedBy(entry, members, isHeld, input.tensors), bytes));
  return always + Math.max(0, ...most);
}

/** What a call reads and writes of what is not kept between calls of the entry, segments as what lies in them. */
interface Touched {
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
  /** By output the operands whose place it may take. */
  readonly over: ReadonlyMap<string, readonly string[]>;
}

function touchedBy(
  { calls, loops }: PlanEntry,
  members: ReadonlyMap<string, readonly string[]>,
  isHeld: ReadonlySet<string>,
  all: PlanInput["tensors"],
): readonly Touched[] {
  const own = (name: string): readonly string[] => {
    const { stack } = stackOf(name, all);
    return (members.get(stack) ?? [stack]).filter((one) => !isHeld.has(one));
  };
  const each = calls.map(({ kernel, tensors, inPlace }: PlanCall): Touched => {
    const names = (skipped: "read" | "write"): ReadonlySet<string> =>
      new Set(kernel.parameters.flatMap(({ access }, at) => (access === skipped ? [] : own(tensors[at]))));
    const over = new Map<string, string[]>();
    for (const { output, input } of inPlace) {
      for (const made of own(tensors[output])) over.set(made, [...(over.get(made) ?? []), ...own(tensors[input])]);
    }
    return { reads: names("write"), writes: names("read"), over };
  });
  return joinLoops(each, loops);
}

/** A loop as one call: what is made and read in it alone would only add to what must be alive. */
function joinLoops(calls: readonly Touched[], loops: readonly PlanLoop[]): readonly Touched[] {
  const outermost = loops.filter(
    ({ from, to }) => !loops.some((one) => one.from <= from && to <= one.to && one.to - one.from > to - from),
  );
  return calls.flatMap((call, at): readonly Touched[] => {
    const loop = outermost.find(({ from, to }) => at >= from && at < to);
    if (loop === undefined) return [call];
    if (at > loop.from) return [];
    const inner = calls.slice(loop.from, loop.to);
    const elsewhere = [...calls.slice(0, loop.from), ...calls.slice(loop.to)];
    const isShared = (name: string): boolean =>
      elsewhere.some(({ reads, writes }) => reads.has(name) || writes.has(name));
    const shared = (of: "reads" | "writes"): ReadonlySet<string> =>
      new Set(inner.flatMap((one) => [...one[of]].filter(isShared)));
    return [{ reads: shared("reads"), writes: shared("writes"), over: new Map() }];
  });
}

/** The most bytes that are alive at once at some call, and the entry's inputs, which stay. */
function mostAlive(entry: PlanEntry, calls: readonly Touched[], bytes: (name: string) => number): number {
  const inputs = new Set(entry.inputs);
  const needs = closureOf(calls);
  const results = new Set(entry.results);
  const values = valuesOf(calls, inputs);
  let most = 0;
  for (const [at, { writes, over }] of calls.entries()) {
    // Whether one call must come before another, whatever the order.
    const before = (one: number): boolean => needs[at].has(one);
    const behind = (one: number): boolean => one < needs.length && one > at && needs[one].has(at);
    let alive = 0;
    const dying = new Set<string>();
    for (const { name, makers, readers } of values) {
      const isMade = makers.some((maker) => maker === at || before(maker));
      const isLater = results.has(name) || readers.some(behind);
      if (!isMade || !(isLater || writes.has(name) || readers.includes(at))) continue;
      alive += bytes(name);
      if (!isLater && !writes.has(name)) dying.add(name);
    }
    for (const [output, operands] of over) {
      const operand = operands.find((name) => dying.delete(name));
      if (operand !== undefined) alive -= Math.min(bytes(operand), bytes(output));
    }
    most = Math.max(most, alive);
  }
  return most + [...inputs].reduce((sum, name) => sum + bytes(name), 0);
}

interface MadeValue {
  readonly name: string;
  readonly makers: readonly number[];
  readonly readers: readonly number[];
}

/** Everything that calls make, with who makes and who reads it. */
function valuesOf(calls: readonly Touched[], inputs: ReadonlySet<string>): readonly MadeValue[] {
  const values = new Map<string, { name: string; makers: number[]; readers: number[] }>();
  const value = (name: string): { name: string; makers: number[]; readers: number[] } => {
    const known = values.get(name) ?? { name, makers: [], readers: [] };
    values.set(name, known);
    return known;
  };
  for (const [at, { reads, writes }] of calls.entries()) {
    for (const name of reads) if (!inputs.has(name)) value(name).readers.push(at);
    for (const name of writes) if (!inputs.has(name)) value(name).makers.push(at);
  }
  return [...values.values()].filter(({ makers }) => makers.length > 0);
}

/** A set of small numbers. */
class Bits {
  readonly #words: Uint32Array;

  constructor(count: number) {
    this.#words = new Uint32Array((count >> 5) + 1);
  }

  has(at: number): boolean {
    return (this.#words[at >> 5] & (1 << (at & 31))) !== 0;
  }

  add(at: number): void {
    this.#words[at >> 5] |= 1 << (at & 31);
  }

  addAll(other: Bits): void {
    for (const [at, word] of other.#words.entries()) this.#words[at] |= word;
  }
}

/** For each call those that must come before it: makers of what it reads; makers and readers of what it overwrites. */
function closureOf(calls: readonly Touched[]): readonly Bits[] {
  const makers = new Map<string, number[]>();
  const readers = new Map<string, number[]>();
  const note = (lists: Map<string, number[]>, name: string, at: number): void => {
    const list = lists.get(name);
    if (list === undefined) lists.set(name, [at]);
    else list.push(at);
  };
  const all: Bits[] = [];
  for (const [at, { reads, writes }] of calls.entries()) {
    const needed = new Bits(calls.length);
    const need = (earlier: readonly number[] = []): void => {
      for (const one of earlier) {
        if (one === at) continue;
        needed.add(one);
        needed.addAll(all[one]);
      }
    };
    for (const name of reads) need(makers.get(name));
    for (const name of writes) [makers, readers].forEach((lists) => need(lists.get(name)));
    for (const name of reads) note(readers, name, at);
    for (const name of writes) note(makers, name, at);
    all.push(needed);
  }
  return all;
}
