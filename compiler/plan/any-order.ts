/**
 * What a program's kernels need in whatever order they run: what the arena is held against, beside what their one order needs.
 * While a kernel runs, all that must come before it has run and nothing that needs it has; so whatever the former made, or it makes,
 * and it or the latter read is alive, but for an output that takes the place of an operand which dies there.
 */
import { push } from "../loops/push.ts";
import { alignedBytes, isVariable, stackOf } from "./lives.ts";
import type { PlanCall, PlanEntry, PlanInput, PlanLoop } from "./types.ts";

/** Bytes below which no order of any entry's kernels can be placed. */
export function leastOfAnyOrder(input: PlanInput): number {
  const members = new Map(input.segments.map(({ name, tensors }) => [name, tensors]));
  const bytes: BytesOf = (name) => alignedBytes(input, name);
  const runs = new Set(members.keys());
  const held = [...input.tensors].filter(([name, tensor]) => isVariable(tensor) && !runs.has(name));
  const always = held.reduce((sum, [name]) => sum + bytes(name), 0);
  const isHeld = new Set(held.map(([name]) => name));
  const most = input.entries.map((entry) => {
    const calls = joinLoops(touchedBy(entry, members, isHeld, input.tensors), entry.loops, bytes);
    return mostAlive(entry, calls, bytes);
  });
  return always + Math.max(0, ...most);
}

/** What a call reads and writes of what is not kept between calls of the entry, segments as what lies in them. */
interface Touched {
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
  /** By output the operands whose place it may take. */
  readonly over: ReadonlyMap<string, readonly string[]>;
  /** Bytes of what nobody else touches. */
  readonly own: number;
}

function touchedBy(
  { calls }: PlanEntry,
  members: ReadonlyMap<string, readonly string[]>,
  isHeld: ReadonlySet<string>,
  all: PlanInput["tensors"],
): readonly Touched[] {
  const placesOf = (name: string): readonly string[] => {
    const { stack } = stackOf(name, all);
    return (members.get(stack) ?? [stack]).filter((one) => !isHeld.has(one));
  };
  return calls.map(({ kernel, tensors, inPlace }: PlanCall): Touched => {
    const names = (skipped: "read" | "write"): ReadonlySet<string> =>
      new Set(kernel.parameters.flatMap(({ access }, at) => (access === skipped ? [] : placesOf(tensors[at]))));
    const over = new Map<string, string[]>();
    for (const { output, input } of inPlace) {
      for (const made of placesOf(tensors[output]))
        for (const operand of placesOf(tensors[input])) push(over, made, operand);
    }
    return { reads: names("write"), writes: names("read"), over, own: 0 };
  });
}

type BytesOf = (name: string) => number;

/** Loops as one call each, which needs what its own calls need in whatever order. */
function joinLoops(calls: readonly Touched[], loops: readonly PlanLoop[], bytes: BytesOf): readonly Touched[] {
  const length = ({ from, to }: PlanLoop): number => to - from;
  const outermost = loops.filter(
    (loop) => !loops.some(({ from, to }) => from <= loop.from && loop.to <= to && to - from > length(loop)),
  );
  return calls.flatMap((call, at): readonly Touched[] => {
    const loop = outermost.find(({ from, to }) => at >= from && at < to);
    if (loop === undefined) return [call];
    if (at > loop.from) return [];
    const { from, to } = loop;
    const within = loops
      .filter((one) => one !== loop && one.from >= from && one.to <= to)
      .map((one) => ({ ...one, from: one.from - from, to: one.to - from }));
    const elsewhere = [...calls.slice(0, from), ...calls.slice(to)];
    return [asOneCall(joinLoops(calls.slice(from, to), within, bytes), elsewhere, bytes)];
  });
}

function asOneCall(inner: readonly Touched[], elsewhere: readonly Touched[], bytes: BytesOf): Touched {
  const shared = new Set(elsewhere.flatMap(({ reads, writes }) => [...reads, ...writes]));
  const only = (names: ReadonlySet<string>, isWanted: boolean): ReadonlySet<string> =>
    new Set([...names].filter((name) => shared.has(name) === isWanted));
  const all = (of: "reads" | "writes"): ReadonlySet<string> =>
    only(new Set(inner.flatMap((one) => [...one[of]])), true);
  const alone = inner.map((one) => ({ ...one, reads: only(one.reads, false), writes: only(one.writes, false) }));
  const own = mostAlive({ inputs: [], results: [] }, alone, bytes);
  return { reads: all("reads"), writes: all("writes"), over: new Map(), own };
}

/** The most bytes that are alive at once at some call, and the entry's inputs, which stay. */
function mostAlive(entry: Pick<PlanEntry, "inputs" | "results">, calls: readonly Touched[], bytes: BytesOf): number {
  const inputs = new Set(entry.inputs);
  const needs = closureOf(calls);
  const results = new Set(entry.results);
  const values = valuesOf(calls, inputs);
  let most = 0;
  for (const [at, { writes, over, own }] of calls.entries()) {
    // Whether one call must come before another, whatever the order.
    const before = (one: number): boolean => needs[at].has(one);
    const behind = (one: number): boolean => one < needs.length && one > at && needs[one].has(at);
    let alive = own;
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
    for (const name of reads) push(readers, name, at);
    for (const name of writes) push(makers, name, at);
    all.push(needed);
  }
  return all;
}
