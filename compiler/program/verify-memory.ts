/**
 * What must hold of the arena: variables share no byte with anything but the runs that they lie in, and buffers that are needed
 * at one time are apart. Runs are few, and are looked at one by one; all else by its neighbours. A slice is needed as all of which
 * it is a part.
 */
import { push } from "../loops/push.ts";
import { meetings } from "./meetings.ts";
import type { Held } from "./meetings.ts";
import { chainOf, slicesOf } from "./slices.ts";
import type { PlacedCall } from "./steps.ts";
import { callsOf } from "./steps.ts";
import type { BufferRole, Entry, Loop, ProgramBuffer } from "./types.ts";

const lasting: ReadonlySet<BufferRole> = new Set<BufferRole>(["parameter", "state", "optimizer", "counter", "metric"]);

/** True for what keeps its content between the calls of entries. */
export function isLasting(role: BufferRole): boolean {
  return lasting.has(role);
}

/** The buffers of a program, and which of them lie in which runs. */
export class Memory {
  readonly buffers: readonly ProgramBuffer[];
  readonly runs: readonly ProgramBuffer[];
  readonly #together = new Map<ProgramBuffer, ProgramBuffer[]>();

  constructor(buffers: readonly ProgramBuffer[]) {
    this.buffers = buffers;
    this.runs = buffers.filter(({ role }) => role === "segment");
    for (const run of this.runs) {
      for (const buffer of buffers)
        if (buffer !== run && buffer.slice === undefined && contains(run, buffer)) this.#join(run, buffer);
    }
  }

  #join(run: ProgramBuffer, member: ProgramBuffer): void {
    push(this.#together, run, member);
    push(this.#together, member, run);
  }

  /** The runs that the buffer lies in, and what lies in it where it is a run. */
  together(buffer: ProgramBuffer): readonly ProgramBuffer[] {
    return this.#together.get(buffer) ?? [];
  }
}

function meet(a: ProgramBuffer, b: ProgramBuffer): boolean {
  return a !== b && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}

/** True where the other lies in the run. */
function contains(run: ProgramBuffer, { offset, bytes }: ProgramBuffer): boolean {
  return run.offset <= offset && offset + bytes <= run.offset + run.bytes;
}

/** No two variables share a byte, and a run has a variable whole or not at all. */
export function verifyVariables(buffers: readonly ProgramBuffer[]): readonly string[] {
  const variables = buffers.filter(({ role }) => isLasting(role));
  const runs = buffers.filter(({ role }) => role === "segment");
  const pairs = [
    ...meetings(variables.map((one) => ({ ...one, from: 0, to: 0 }))),
    ...runs.flatMap((run) =>
      variables.filter((one) => meet(run, one) && !contains(run, one)).map((one) => [one, run] as const),
    ),
  ];
  return pairs.map(([a, b]) => `${a.name} and ${b.name} share bytes`);
}

interface Live extends Held, Pick<ProgramBuffer, "role"> {
  readonly buffer: ProgramBuffer;
}

/** Buffers that are needed at one time are apart; one that begins where another ends may take its very place. */
export function verifyLives(entry: Entry, memory: Memory): readonly string[] {
  const lives = livesOf(entry, memory.buffers);
  const runs = lives.filter(({ role }) => role === "segment");
  const ofRuns = runs.flatMap((run, at) =>
    lives.flatMap((one) => {
      const isSeen = one.role === "segment" && runs.indexOf(one) <= at;
      const isApart = one.to < run.from || run.to < one.from || !meet(run.buffer, one.buffer);
      return isSeen || isApart || contains(run.buffer, one.buffer) ? [] : [[run, one] as const];
    }),
  );
  const others = meetings(lives.filter(({ role }) => role !== "segment"));
  return [...ofRuns, ...others.filter(([a, b]) => !isInPlace(a, b) && !(isLasting(a.role) && isLasting(b.role)))].map(
    ([a, b]) => `${a.name} and ${b.name} share bytes while both are needed`,
  );
}

function isInPlace(a: Live, b: Live): boolean {
  return a.offset === b.offset && a.bytes === b.bytes && (a.to === b.from || b.to === a.from);
}

/** When each buffer is needed: variables always, inputs from the start, results to the end. */
function livesOf({ steps, inputs, results }: Entry, buffers: readonly ProgramBuffer[]): readonly Live[] {
  const calls = callsOf(steps);
  const touched = touchedIn(calls, buffers);
  const [given, asked] = [new Set(inputs), new Set(results)];
  return buffers.flatMap((buffer): readonly Live[] => {
    const { name, role, offset, bytes } = buffer;
    const place = { buffer, name, role, offset, bytes };
    if (isLasting(role)) return [{ ...place, from: -1, to: calls.length + 1 }];
    const own = touched.hulls.get(buffer);
    if (own === undefined && !given.has(name)) return [];
    const from = given.has(name) ? 0 : (own?.from ?? 0);
    const to = given.has(name) || asked.has(name) ? calls.length : (own?.to ?? 0);
    return [{ ...place, ...throughLoops({ from, to }, calls, touched.spans) }];
  });
}

/** From one call to another, both included; what is needed in all turns of a loop reaches beyond its first and last call. */
interface Period {
  readonly from: number;
  readonly to: number;
}

/** So far beyond, which is in no other call, and apart from a loop that follows. */
const beyond = 0.25;

/** From the first to the last call that touches a buffer, in all turns of the loops that move slices of it; and where loops are. */
function touchedIn(
  calls: readonly PlacedCall[],
  buffers: readonly ProgramBuffer[],
): { readonly hulls: ReadonlyMap<ProgramBuffer, Period>; readonly spans: ReadonlyMap<Loop, Period> } {
  const spans = new Map<Loop, Period>();
  for (const [at, { loops }] of calls.entries())
    for (const loop of loops) spans.set(loop, { from: spans.get(loop)?.from ?? at - beyond, to: at + beyond });
  const hulls = new Map<ProgramBuffer, Period>();
  for (const [at, { call, loops }] of calls.entries()) {
    for (const position of call.buffers) {
      const chain = chainOf(buffers[position], buffers);
      const [whole] = chain.slice(-1);
      const movers = new Set(slicesOf(chain).map(({ loop }) => loop));
      const outermost = loops.find(({ index }) => movers.has(index));
      const { from, to } = (outermost && spans.get(outermost)) ?? { from: at, to: at };
      const before = hulls.get(whole);
      hulls.set(whole, { from: Math.min(from, before?.from ?? from), to: Math.max(to, before?.to ?? to) });
    }
  }
  return { hulls, spans };
}

/** What is needed on both sides of a loop's end is needed in all of its turns. */
function throughLoops({ from, to }: Period, calls: readonly PlacedCall[], spans: ReadonlyMap<Loop, Period>): Period {
  const crossed = (at: number): Period | undefined =>
    calls[at]?.loops.flatMap((loop) => spans.get(loop) ?? []).find((span) => from < span.from || span.to < to);
  return { from: crossed(Math.ceil(from))?.from ?? from, to: crossed(Math.floor(to))?.to ?? to };
}
