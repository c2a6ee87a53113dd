/**
 * What must hold of loops and of slices: loops that end, slices that stay within what they are parts of and stand in the loops
 * that move them, and in one call no two that share an element which is written.
 */
import type { Dimension } from "../dimension/dimension.ts";
import {
  add,
  constant,
  constantValue,
  divideExactly,
  multiply,
  product,
  subtract,
  symbol,
  symbolsOf,
} from "../dimension/dimension.ts";
import type { Bounds } from "../dimension/interval.ts";
import { isNonNegative } from "../dimension/interval.ts";
import { isNeverNegative } from "../dimension/rounding.ts";
import { extremes } from "../loops/index.ts";
import { boundsOf } from "./integer.ts";
import { chainOf, rangesIn, slicesOf, slotOf } from "./slices.ts";
import type { PlacedCall } from "./steps.ts";
import { callsOf } from "./steps.ts";
import type { Call, Entry, Loop, Program, ProgramBuffer, Slice, Step } from "./types.ts";

/** What is wrong with a slice wherever it stands. */
export function verifySlice(buffer: ProgramBuffer, { buffers, dims }: Program): readonly string[] {
  const { name, role, slice, dtype, offset, bytes, shape } = buffer;
  if (slice === undefined) return role === "slice" ? [`${name}: expected a part of a buffer, found none`] : [];
  const { of, plus, stride, modulo } = slice;
  const whole = buffers[of];
  if (whole === undefined) return [`${name}: expected one of ${buffers.length} buffers, found ${of}`];
  const [root] = chainOf(buffer, buffers).slice(-1);
  if (root.slice !== undefined) return [`${name}: expected a part of a buffer, found one of itself`];
  const known = new Set(dims.map((one) => one.name));
  const open = [...shape, plus, stride].flatMap((size) => [...symbolsOf(size)].filter((symbol) => !known.has(symbol)));
  const isPlaced = offset === root.offset && bytes === root.bytes;
  const found = `${bytes} bytes at ${offset}`;
  return [
    ...(role === "slice" ? [] : [`${name}: expected the role slice, found ${role}`]),
    ...(dtype === whole.dtype ? [] : [`${name}: expected ${whole.dtype} as ${whole.name} has, found ${dtype}`]),
    ...(isPlaced
      ? []
      : [`${name}: expected ${root.bytes} bytes at ${root.offset} as ${root.name} has, found ${found}`]),
    ...(modulo === undefined || (Number.isInteger(modulo) && modulo > 0)
      ? []
      : [`${name}: expected a whole number of slots that take turns, found ${modulo}`]),
    ...open.map((symbol) => `${name}: expected a dimension of the program, found ${symbol}`),
  ];
}

/** Loops of names that no other has in the entry, whose extents are known and no less than 0. */
export function verifyLoops({ steps, dims }: Entry, program: Program): readonly string[] {
  const bounds = boundsOf(program);
  const seen = new Set<string>();
  return loopsIn(steps).flatMap(({ index, extent }) => {
    const again = seen.has(index) ? [`two loops are ${index}`] : [];
    seen.add(index);
    const unknown = [...symbolsOf(extent)].filter((name) => !dims.includes(name));
    if (unknown.length > 0)
      return [...again, ...unknown.map((name) => `expected dimension ${name} for the loop ${index} among the entry's`)];
    const ends = isAtLeast(extent, constant(0), bounds);
    return ends ? again : [...again, `expected the loop ${index} to run 0 times or more, found ${extent.key}`];
  });
}

function loopsIn(steps: readonly Step[]): readonly Loop[] {
  return steps.flatMap((step) => (step.kind === "loop" ? [step, ...loopsIn(step.steps)] : []));
}

/** The slices of an entry in the loops that they stand in. */
export function verifySlices(entry: Entry, program: Program): readonly string[] {
  const bounds = boundsOf(program);
  const checked = new Set<ProgramBuffer>();
  return callsOf(entry.steps).flatMap((placed) => {
    const { call, at } = placed;
    const chains = call.buffers.map((buffer) => chainOf(program.buffers[buffer], program.buffers));
    // Loops have names of their own, so that a slice which is sound in one place is so in all of its loop.
    const fresh = new Set(chains.flat().filter((one) => one.slice !== undefined && !checked.has(one)));
    const problems = [
      ...chains.flatMap((chain) => verifyMovers(chain, placed)),
      ...[...fresh].flatMap((one) => verifyWithin(one, placed, entry, program, bounds)),
      ...verifyApart(call, chains, program, bounds),
    ];
    for (const one of fresh) checked.add(one);
    return problems.map((problem) => `step ${at}: ${problem}`);
  });
}

function verifyMovers(chain: readonly ProgramBuffer[], { loops }: PlacedCall): readonly string[] {
  const around = new Set(loops.map(({ index }) => index));
  const missing = slicesOf(chain).flatMap(({ loop }) => (loop === undefined || around.has(loop) ? [] : [loop]));
  return missing.map((loop) => `expected ${chain[0].name} within the loop ${loop}, found it outside`);
}

/** All slots that a slice ever is, from the first to the last element. */
function verifyWithin(
  { name, slice, shape }: ProgramBuffer,
  { loops }: PlacedCall,
  { dims }: Entry,
  { buffers }: Program,
  bounds: Bounds,
): readonly string[] {
  if (slice === undefined) return [];
  const unknown = [slice.plus, slice.stride].flatMap((size) =>
    [...symbolsOf(size)].filter((one) => !dims.includes(one)),
  );
  if (unknown.length > 0) return unknown.map((one) => `expected dimension ${one} for ${name} among the entry's`);
  const whole = buffers[slice.of];
  const slots = extremes(slotOf(slice), rangesIn(loops), bounds);
  if (slots === undefined) return [];
  const { low, high } = slots;
  const end = add(multiply(high, slice.stride), product(shape));
  return [
    ...(isAtLeast(low, constant(0), bounds) ? [] : [`expected ${name} at slot 0 or later, found it at ${low.key}`]),
    ...(isAtLeast(product(whole.shape), end, bounds)
      ? []
      : [`expected ${name} to end within the ${product(whole.shape).key} elements of ${whole.name}, found ${end.key}`]),
  ];
}

/** What a call writes shares no element with anything else of it, unless both are the very same part. */
function verifyApart(
  { kernel }: Call,
  chains: readonly (readonly ProgramBuffer[])[],
  { kernels }: Program,
  bounds: Bounds,
): readonly string[] {
  const { parameters } = kernels[kernel];
  const isWritten = (n: number): boolean => parameters[n].access !== "read";
  const sliced = chains.flatMap((chain, n) => (chain.length > 1 ? [n] : []));
  const pairs = sliced.flatMap((n) =>
    chains.flatMap((_, m) =>
      m < n || (m > n && !sliced.includes(m)) ? [[Math.min(m, n), Math.max(m, n)] as const] : [],
    ),
  );
  return pairs
    .filter(([m, n]) => (isWritten(m) || isWritten(n)) && !areSeparate(chains[m], chains[n], bounds))
    .map(([m, n]) => `expected ${chains[m][0].name} and ${chains[n][0].name} apart, found them where they may meet`);
}

/** True where two buffers share no element at any time, and where they are the same from the first element to the last. */
function areSeparate(left: readonly ProgramBuffer[], right: readonly ProgramBuffer[], bounds: Bounds): boolean {
  const [a, b] = [left.toReversed(), right.toReversed()];
  if (a[0] !== b[0]) return true;
  const differ = a.findIndex((one, at) => one !== b[at] && !isSamePart(one, b[at]));
  if (differ < 0) return a.length === b.length;
  const [one, other] = [a[differ], b[differ]];
  return one.slice !== undefined && other?.slice !== undefined && areApart(one, other, one.slice, other.slice, bounds);
}

function isSamePart(one: ProgramBuffer, other: ProgramBuffer | undefined): boolean {
  return (
    one.slice !== undefined &&
    other?.slice !== undefined &&
    product(one.shape).key === product(other.shape).key &&
    placeKey(one.slice) === placeKey(other.slice)
  );
}

function placeKey({ loop, times, plus, modulo, stride }: Slice): string {
  return [loop, loop === undefined ? 1 : times, plus.key, modulo, stride.key].join(" ");
}

/** Slots that move together and are never the same, each with room for what lies in it. */
function areApart(left: ProgramBuffer, right: ProgramBuffer, one: Slice, other: Slice, bounds: Bounds): boolean {
  const moved = (slice: Slice): string => placeKey({ ...slice, plus: constant(0) });
  if (moved(one) !== moved(other)) return false;
  if (![left, right].every(({ shape }) => isAtLeast(one.stride, product(shape), bounds))) return false;
  const distance = subtract(one.plus, other.plus);
  if (one.modulo === undefined)
    return isAtLeast(distance, constant(1), bounds) || isAtLeast(constant(-1), distance, bounds);
  const turns = constantValue(distance);
  return turns !== undefined && turns % one.modulo !== 0;
}

/** Whether the size is known to be no less, also where it is so of what is left when both are divided by names in all terms. */
function isAtLeast(size: Dimension, least: Dimension, bounds: Bounds): boolean {
  const difference = subtract(size, least);
  if (isNonNegative(difference, bounds)) return true;
  const [first, ...rest] = difference.monomials.map(
    ({ atoms }) => new Set(atoms.flatMap((atom) => (atom.kind === "symbol" ? [atom.name] : []))),
  );
  const common = [...first].filter((name) => rest.every((names) => names.has(name)));
  const divided = divideExactly(difference, product(common.map(symbol)));
  return divided !== undefined && (isNonNegative(divided, bounds) || isNeverNegative(divided));
}
