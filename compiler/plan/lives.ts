/**
 * Blocks: what is placed as a whole (a tensor, a segment, or tensors that share a place), with the steps of each entry
 * during which it must keep its content. Variables keep it always.
 */
import { equal, product } from "../dimension/dimension.ts";
import { intervalOf } from "../dimension/interval.ts";
import { InternalError } from "../diagnostics/diagnostic.ts";
import { push } from "../loops/push.ts";
import type { PlanEntry, PlanInput, PlanTensor } from "./types.ts";

/** Buffers start at multiples of this many bytes. */
const alignment = 64;

/** Steps of one entry, both ends included. */
interface Life {
  readonly entry: number;
  readonly from: number;
  readonly to: number;
}

export interface Block {
  /** Tensors at their distance in bytes from the block's start. */
  readonly tensors: ReadonlyMap<string, number>;
  /** Rounded up to the alignment. */
  readonly bytes: number;
  /** Empty for a variable. */
  readonly lives: readonly Life[];
  readonly always: boolean;
}

function align(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

/** The most bytes that a tensor has up to the bounds, which need not be those at the bounds: 6 - K is largest where K is 1. */
export function bytesOf({ type: { shape } }: PlanTensor, bounds: PlanInput["bounds"]): number {
  const elements = shape.reduce((count, size) => count * Math.max(0, intervalOf(size, bounds).high), 1);
  if (!Number.isFinite(elements)) throw new InternalError("plan", `no bound for a name in ${product(shape).key}`);
  return 4 * elements;
}

/** The bytes that a tensor takes with the alignment of the next. */
export function alignedBytes({ tensors, bounds }: PlanInput, name: string): number {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new InternalError("plan", `no tensor '${name}'`);
  return align(bytesOf(tensor, bounds));
}

/** True for what lives between the calls of entries. */
export function isVariable({ role }: PlanTensor): boolean {
  return role !== "value" && role !== "input";
}

/** The blocks of all tensors that something uses, variables first. */
export function blocksOf(input: PlanInput): readonly Block[] {
  const lives = new Map<string, Life[]>();
  for (const [position, entry] of input.entries.entries()) {
    for (const [name, life] of livesIn(entry, position, input)) push(lives, name, life);
  }
  const segmented = new Set(input.segments.flatMap(({ name, tensors }) => [name, ...tensors]));
  const segments = input.segments.map((segment) => segmentBlock(input, [segment.name, ...segment.tensors], lives));
  const singles = [...input.tensors]
    .filter(([name, { slot }]) => !segmented.has(name) && slot === undefined)
    .map(([name]) => segmentBlock(input, [name, name], lives));
  const blocks = [...segments, ...singles].filter(({ always, lives: own }) => always || own.length > 0);
  return [
    ...blocks.filter(({ always }) => always),
    ...joinInPlace(
      input,
      blocks.filter(({ always }) => !always),
    ),
  ];
}

/** The first name is the run; the others lie in it side by side. */
function segmentBlock(
  input: PlanInput,
  [run, ...members]: readonly string[],
  lives: ReadonlyMap<string, readonly Life[]>,
): Block {
  const tensors = new Map([[run, 0]]);
  let bytes = 0;
  let always = false;
  for (const name of members) {
    const tensor = input.tensors.get(name);
    tensors.set(name, bytes);
    bytes += alignedBytes(input, name);
    always ||= tensor !== undefined && isVariable(tensor);
  }
  const own = [...new Set([run, ...members])].flatMap((name) => lives.get(name) ?? []);
  return { tensors, bytes, lives: always ? [] : joinLives(own), always };
}

/** One life for each entry, from the first step to the last. */
function joinLives(lives: readonly Life[]): readonly Life[] {
  const joined = new Map<number, Life>();
  for (const life of lives) {
    const { from, to } = joined.get(life.entry) ?? life;
    joined.set(life.entry, { entry: life.entry, from: Math.min(from, life.from), to: Math.max(to, life.to) });
  }
  return [...joined.values()];
}

/** What lies in memory for a tensor: itself, or what it is a slot of; and the loops that move it there. */
export function stackOf(
  name: string,
  tensors: PlanInput["tensors"],
): { readonly stack: string; readonly loops: readonly string[] } {
  const loops: string[] = [];
  let stack = name;
  for (let slot = tensors.get(stack)?.slot; slot !== undefined; slot = tensors.get(stack)?.slot) {
    if (slot.loop !== undefined) loops.push(slot.loop);
    stack = slot.of;
  }
  return { stack, loops };
}

/**
 * Inputs and results live through their entry, what is made in it from its first to its last step. What a loop reads of
 * outside, or hands on from step to step, it needs to its end.
 */
function livesIn(
  { inputs, results, calls, loops }: PlanEntry,
  entry: number,
  { tensors }: PlanInput,
): ReadonlyMap<string, Life> {
  const lives = new Map<string, Life>(inputs.map((name) => [name, { entry, from: 0, to: calls.length }]));
  const moved = new Map<string, Set<string>>();
  for (const [step, call] of calls.entries()) {
    for (const name of call.tensors) {
      const { stack, loops: by } = stackOf(name, tensors);
      const before = lives.get(stack);
      lives.set(stack, { entry, from: before?.from ?? step, to: Math.max(before?.to ?? 0, step) });
      if (by.length > 0) moved.set(stack, new Set([...(moved.get(stack) ?? []), ...by]));
    }
  }
  for (const name of results) lives.set(name, { entry, from: lives.get(name)?.from ?? 0, to: calls.length });
  for (const { index, from, to } of loops) {
    for (const [name, life] of lives) {
      const isInside = life.from >= from && life.to < to;
      const isTouched = life.from < to && life.to >= from;
      if (!isTouched || (isInside && moved.get(name)?.has(index) !== true)) continue;
      lives.set(name, { entry, from: Math.min(life.from, from), to: Math.max(life.to, to - 1) });
    }
  }
  return lives;
}

/** Tensors that share a place, while it is found out which. */
interface Group {
  readonly tensors: Map<string, number>;
  readonly bytes: number;
  /** They all lie at its start, so another may, too. */
  readonly isOnePlace: boolean;
  lives: readonly Life[];
}

/** Blocks of one temporary each are joined where a step writes one over the other, which dies there. */
function joinInPlace(input: PlanInput, blocks: readonly Block[]): readonly Block[] {
  const groupOf = new Map<string, Group>();
  for (const { tensors, bytes, lives } of blocks) {
    const isOnePlace = [...tensors.values()].every((distance) => distance === 0);
    const group: Group = { tensors: new Map(tensors), bytes, isOnePlace, lives };
    for (const name of tensors.keys()) groupOf.set(name, group);
  }
  for (const [entry, { calls, loops }] of input.entries.entries()) {
    for (const [step, { tensors, inPlace }] of calls.entries()) {
      const around = loops.find(({ from, to }) => step >= from && step < to);
      for (const { output, input: operand } of inPlace) {
        const [into, from] = [groupOf.get(tensors[operand]), groupOf.get(tensors[output])];
        if (into === undefined || from === undefined || !canJoin(into, from, entry, step)) continue;
        // What comes from outside a loop is needed at its next step.
        if (around !== undefined && into.lives[0].from < around.from) continue;
        // Equal indices are equal places only where the strides are equal, too.
        if (!haveOneShape(input, tensors[operand], tensors[output])) continue;
        into.lives = joinLives([...into.lives, ...from.lives]);
        for (const [name, distance] of from.tensors) {
          into.tensors.set(name, distance);
          groupOf.set(name, into);
        }
      }
    }
  }
  return [...new Set(groupOf.values())].map(({ tensors, bytes, lives }) => ({ tensors, bytes, lives, always: false }));
}

function haveOneShape({ tensors }: PlanInput, left: string, right: string): boolean {
  const [a, b] = [left, right].map((name) => tensors.get(name)?.type.shape ?? []);
  return a.length === b.length && a.every((size, axis) => equal(size, b[axis]));
}

function canJoin(into: Group, from: Group, entry: number, step: number): boolean {
  if (into === from || into.bytes !== from.bytes || into.lives.length !== 1 || from.lives.length !== 1) return false;
  if (!into.isOnePlace || !from.isOnePlace) return false;
  const [dies] = into.lives;
  const [born] = from.lives;
  return dies.entry === entry && born.entry === entry && dies.to === step && born.from === step;
}

/** The largest sum of bytes alive at once: no plan can need less. */
export function lowerBound(blocks: readonly Block[], entries: readonly PlanEntry[]): number {
  const always = blocks.reduce((sum, block) => sum + (block.always ? block.bytes : 0), 0);
  const most = entries.map(({ calls }, entry) => {
    const change = Array.from({ length: calls.length + 2 }, () => 0);
    for (const { lives, bytes } of blocks) {
      for (const life of lives) {
        if (life.entry !== entry) continue;
        change[life.from] += bytes;
        change[life.to + 1] -= bytes;
      }
    }
    let alive = 0;
    return change.reduce((peak, by) => Math.max(peak, (alive += by)), 0);
  });
  return always + Math.max(0, ...most);
}
