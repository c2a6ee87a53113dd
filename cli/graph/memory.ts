/** The arena of an entry over time as plain data: which bytes each buffer has, and during which calls it must keep them. */
import { printable } from "../../compiler/diagnostics/display.ts";
import { print } from "../../compiler/dimension/dimension.ts";
import type { Built } from "../../compiler/middle.ts";
import { push } from "../../compiler/loops/push.ts";
import type { BufferRole, Call, ProgramBuffer, Step } from "../../compiler/program/types.ts";
import { shapeText } from "./label.ts";

type Block = Built["plan"]["blocks"][number];

export interface MemoryBuffer {
  readonly name: string;
  readonly role: BufferRole;
  readonly shape: string;
  readonly offset: number;
  readonly bytes: number;
  /** The first call that it is there for, and the first that it is not. */
  readonly from: number;
  readonly to: number;
  /** Whether it lives between the calls of entries. */
  readonly always: boolean;
}

export interface Memory {
  readonly title: string;
  readonly subtitle: string;
  /** The kernels that are called, in order. */
  readonly calls: readonly string[];
  /** Stretches of calls that run several times. */
  readonly loops: readonly { readonly from: number; readonly to: number; readonly times: string }[];
  readonly buffers: readonly MemoryBuffer[];
  /** Of all entries: they share one arena. */
  readonly arenaBytes: number;
  /** What no plan of these calls could do without. */
  readonly lowerBound: number;
  /** The most that is in use at once in this entry. */
  readonly peakBytes: number;
}

export function memoryOf({ program, plan }: Built, entry: string, title: string): Memory {
  const position = program.entries.findIndex(({ name }) => name === entry);
  const { calls, loops } = flattened(program.entries[position]?.steps ?? []);
  const touched = touchesOf(calls, program.buffers);
  const groups = new Map<Block, MemoryBuffer[]>();
  for (const [at, buffer] of program.buffers.entries()) {
    const block = plan.blocks[at];
    const life = block === undefined ? undefined : lifeOf(block, position, Math.max(calls.length, 1));
    // A run of others is drawn as those, a part of another as that.
    if (block === undefined || life === undefined || buffer.role === "segment" || buffer.role === "slice") continue;
    push(groups, block, { ...drawn(buffer), ...life, always: block.always });
  }
  const buffers = [...groups.values()].flatMap((group) => apart(group, touched));
  const names = calls.map(({ kernel }) => printable(program.kernels[kernel]?.name ?? ""));
  const { arenaBytes } = program;
  const peakBytes = peakOf(buffers, Math.max(calls.length, 1));
  return {
    title: printable(title),
    subtitle: `memory of ${entry} over its ${names.length === 1 ? "call" : `${names.length} calls`}`,
    calls: names,
    loops,
    buffers,
    arenaBytes,
    lowerBound: plan.lowerBound,
    peakBytes,
  };
}

function drawn({
  name,
  role,
  dtype,
  shape,
  offset,
  bytes,
}: ProgramBuffer): Omit<MemoryBuffer, "from" | "to" | "always"> {
  return { name: printable(name), role, shape: shapeText({ dtype, shape }), offset, bytes };
}

/** The calls in the order in which they first run. Loops lie no deeper in one another than the scans of the source. */
function flattened(steps: readonly Step[]): { readonly calls: readonly Call[]; readonly loops: Memory["loops"] } {
  const calls: Call[] = [];
  const loops: { from: number; to: number; times: string }[] = [];
  const add = (step: Step): void => {
    if (step.kind === "call") return void calls.push(step);
    const from = calls.length;
    for (const inner of step.steps) add(inner);
    loops.push({ from, to: calls.length, times: print(step.extent) });
  };
  for (const step of steps) add(step);
  return { calls, loops };
}

/** By buffer, the first call that has it; parts count for what they are parts of. */
function touchesOf(calls: readonly Call[], buffers: readonly ProgramBuffer[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const [at, call] of calls.entries()) {
    for (const place of call.buffers) {
      let buffer = buffers[place];
      for (let { slice } = buffer ?? {}; slice !== undefined; slice = buffer?.slice) buffer = buffers[slice.of];
      if (buffer !== undefined && !first.has(buffer.name)) first.set(buffer.name, at);
    }
  }
  return first;
}

function lifeOf({ always, lives }: Block, entry: number, end: number): Pick<MemoryBuffer, "from" | "to"> | undefined {
  if (always) return { from: 0, to: end };
  const life = lives.find((one) => one.entry === entry);
  return life === undefined ? undefined : { from: Math.min(life.from, end - 1), to: Math.min(life.to + 1, end) };
}

/** Temporaries of one block that are written one over the other, one after the other; those that lie side by side as they are. */
function apart(group: readonly MemoryBuffer[], touched: ReadonlyMap<string, number>): readonly MemoryBuffer[] {
  const beginOf = ({ name, from }: MemoryBuffer): number => Math.max(from, touched.get(name) ?? from);
  const sorted = group.toSorted((one, other) => beginOf(one) - beginOf(other));
  return sorted.map((one, at) => {
    const isFirst = !sorted.slice(0, at).some(({ offset }) => offset === one.offset);
    const next = sorted.slice(at + 1).find(({ offset }) => offset === one.offset);
    const from = isFirst ? one.from : beginOf(one);
    return { ...one, from, to: next === undefined ? one.to : Math.max(from, beginOf(next)) };
  });
}

/** The most bytes at once. */
function peakOf(buffers: readonly MemoryBuffer[], calls: number): number {
  const change = Array.from({ length: calls + 1 }, () => 0);
  for (const { bytes, from, to } of buffers) {
    change[from] = (change[from] ?? 0) + bytes;
    change[to] = (change[to] ?? 0) - bytes;
  }
  let used = 0;
  return change.reduce((most, by) => Math.max(most, (used += by)), 0);
}
