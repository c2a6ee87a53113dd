/**
 * Reductions on numbers in the contract's orders: lanes by the last reduced axis, chunks of the flattened index, and
 * how partial results join. The interpreter's reductions of computes and of kernels both run through here.
 */
import { beats, greatest } from "./arithmetic.ts";
import type { Precision } from "./closures.ts";
import type { Combine, ElementType, Order } from "./types.ts";

/** A running reduction; `index` is where the best so far was, for argmax. */
interface Accumulator {
  value: number;
  index: number;
}

export interface Combiner {
  start(): Accumulator;
  /** Takes in the term at a flattened index. */
  take(into: Accumulator, value: number, index: number): void;
  /** Takes in a partial result. */
  join(into: Accumulator, part: Accumulator): void;
  /** What is stored in the end: the index for argmax, else the value. */
  result(of: Accumulator): number;
}

type Join = (left: number, right: number) => number;

function joinOf(combine: Exclude<Combine, "argmax">, dtype: ElementType, precision: Precision): Join {
  switch (combine) {
    case "max":
      return Math.max;
    case "greatest":
      return greatest;
    case "min":
      return Math.min;
    case "sum":
      if (dtype !== "f32") return (a, b) => (a + b) | 0;
      return precision === "f32" ? (a, b) => Math.fround(a + b) : (a, b) => a + b;
    case "prod":
      if (dtype !== "f32") return Math.imul;
      return precision === "f32" ? (a, b) => Math.fround(a * b) : (a, b) => a * b;
  }
}

/** The neutral element, from which every accumulator starts. A sum that started from +0 never is −0, so adding +0 to it is exact. */
export function neutral(combine: Combine, dtype: ElementType): number {
  switch (combine) {
    case "sum":
      return 0;
    case "prod":
      return 1;
    case "max":
    case "greatest":
    case "argmax":
      return dtype === "f32" ? -Infinity : -(2 ** 31);
    case "min":
      return dtype === "f32" ? Infinity : 2 ** 31 - 1;
  }
}

export function combinerOf(combine: Combine, dtype: ElementType, precision: Precision): Combiner {
  const first = neutral(combine, dtype);
  if (combine === "argmax") return firstMaximum(first);
  const join = joinOf(combine, dtype, precision);
  const take = (into: Accumulator, value: number): void => {
    into.value = join(into.value, value);
  };
  return {
    start: () => ({ value: first, index: 0 }),
    take,
    join: (into, part) => take(into, part.value),
    result: ({ value }) => value,
  };
}

/** The first NaN if there is one, else the first maximum: where `max` finds its value. Nothing but the least value, where it starts, gives index 0. */
function firstMaximum(least: number): Combiner {
  return {
    start: () => ({ value: least, index: 0 }),
    take(into, value, index) {
      if (!beats(value, into.value)) return;
      into.value = value;
      into.index = index;
    },
    join(into, part) {
      const ties = !beats(part.value, into.value) && !beats(into.value, part.value);
      if (ties ? part.index < into.index : beats(part.value, into.value)) Object.assign(into, part);
    },
    result: ({ index }) => index,
  };
}

/** Calls `visit(flattened index, lane)` at each point of the reduced axes, in row-major order, the axes set. */
export type Walk = (from: number, to: number, visit: (index: number, lane: number) => void) => void;

/** One of several reductions that share a pass: how it combines, and its term at the point the walk stands on. */
export interface Term {
  readonly combiner: Combiner;
  readonly value: () => number;
}

/** Reduces all terms in one pass over `count` points, in the given order; the results in the terms' order. */
export function reduceInOrder(walk: Walk, count: number, order: Order, terms: readonly Term[]): readonly number[] {
  const chunk = order.chunk ?? Math.max(1, count);
  const totals = terms.map(({ combiner }) => combiner.start());
  for (let from = 0; from < count; from += chunk) {
    const parts = reduceChunk(walk, from, Math.min(count, from + chunk), order.lanes, terms);
    terms.forEach(({ combiner }, t) => combiner.join(totals[t], parts[t]));
  }
  return terms.map(({ combiner }, t) => combiner.result(totals[t]));
}

function reduceChunk(
  walk: Walk,
  from: number,
  to: number,
  lanes: 1 | 4,
  terms: readonly Term[],
): readonly Accumulator[] {
  const accumulators = Array.from({ length: lanes }, () => terms.map(({ combiner }) => combiner.start()));
  walk(from, to, (index, lane) => {
    const row = accumulators[lanes === 1 ? 0 : lane];
    for (let t = 0; t < terms.length; t += 1) terms[t].combiner.take(row[t], terms[t].value(), index);
  });
  const [first, second, third, fourth] = accumulators;
  if (lanes === 4) {
    terms.forEach(({ combiner }, t) => {
      combiner.join(first[t], third[t]);
      combiner.join(second[t], fourth[t]);
      combiner.join(first[t], second[t]);
    });
  }
  return first;
}
