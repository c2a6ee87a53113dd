/**
 * One spatial axis of a convolution or a window: stride·o + dilation·k − low = inputDilation·h relates an output place o,
 * a tap k and an input place h. Given one of them and a count along another, the third is an index, and where it exists
 * a condition; what input dilation (or, read backwards, a stride) skips is never counted.
 */
import {
  add,
  constant,
  constantValue,
  floorDivide,
  negate,
  remainder as remainderOf,
  type Dimension,
} from "../dimension/dimension.ts";
import { addIndex, axisIndex, constantIndex, quotient, remainder, scaleIndex } from "../loops/index.ts";
import { compare, indexScalar } from "../loops/scalar.ts";
import { gcd } from "../dimension/gcd.ts";
import type { Axis, Index, Scalar } from "../loops/types.ts";

export interface Relation {
  readonly stride: number;
  readonly dilation: number;
  readonly inputDilation: number;
  /** Zeros before the first element; negative where elements are left out. */
  readonly low: Dimension;
}

/** modulus · solved = kept · of the place that is given + free · of what is counted + rest. */
interface Equation {
  readonly modulus: number;
  readonly kept: number;
  readonly free: number;
  readonly rest: Dimension;
}

/** What is given and what is counted, the third is solved for. */
export type Question = "tap of output" | "tap of input" | "output of tap";

/** The places that belong to one point of the loops. */
export interface Solution {
  /** The place or tap that is counted … */
  readonly free: Index;
  /** … and true where it exists; undefined where it always does. */
  readonly freeExists: readonly Scalar[];
  readonly solved: Index;
  /** True where the solved place exists. */
  readonly solvedExists: readonly Scalar[];
}

function equationOf({ stride, dilation, inputDilation, low }: Relation, question: Question): Equation {
  switch (question) {
    case "tap of output":
      return { modulus: inputDilation, kept: stride, free: dilation, rest: negate(low) };
    case "tap of input":
      return { modulus: stride, kept: inputDilation, free: -dilation, rest: low };
    case "output of tap":
      return { modulus: inputDilation, kept: dilation, free: stride, rest: negate(low) };
  }
}

/** How far the counting loop runs where there are `size` of what is counted. */
function countOf(relation: Relation, question: Question, size: Dimension): Dimension {
  const { modulus, free } = equationOf(relation, question);
  const step = modulus / gcd(free, modulus);
  return floorDivide(add(size, constant(step - 1)), constant(step));
}

/** The places at `kept` and the loop's `count`, of `freeSize` and `solvedSize` that there are. */
function solve(
  relation: Relation,
  question: Question,
  kept: Index,
  count: Axis,
  freeSize: Dimension,
  solvedSize: Dimension,
): Solution {
  const equation = equationOf(relation, question);
  const { modulus } = equation;
  const common = gcd(equation.free, modulus);
  const step = modulus / common;
  const given = addIndex(scaleIndex(kept, equation.kept), constantIndex(equation.rest));
  // free · f ≡ −given (mod modulus): one f in each `step`, where the common divisor divides what is given.
  const first = remainder(
    scaleIndex(quotient(given, constant(common)), inverseOf(-equation.free / common, step)),
    constant(step),
  );
  const free = addIndex(scaleIndex(axisIndex(count.name), step), first);
  const solved = quotient(addIndex(given, scaleIndex(free, equation.free)), constant(modulus));
  const divides =
    common === 1 ? [] : [compare("equal", indexScalar(remainder(given, constant(common))), indexScalar(zero))];
  const isWhole = constantValue(remainderOf(freeSize, constant(step))) === 0;
  return {
    free,
    freeExists: isWhole ? [] : [compare("less", indexScalar(free), indexScalar(constantIndex(freeSize)))],
    solved,
    solvedExists: [
      ...divides,
      compare("greaterEqual", indexScalar(solved), indexScalar(zero)),
      compare("less", indexScalar(solved), indexScalar(constantIndex(solvedSize))),
    ],
  };
}

/** How far the counting loops run, for each spatial axis. */
export function countsOf(
  relations: readonly Relation[],
  question: Question,
  sizes: readonly Dimension[],
): readonly Dimension[] {
  return relations.map((relation, axis) => countOf(relation, question, sizes[axis]));
}

/** Every spatial axis solved, from the loops along the kept places and those that count. */
export function solveAll(
  relations: readonly Relation[],
  question: Question,
  { kept, counts }: { readonly kept: readonly Axis[]; readonly counts: readonly Axis[] },
  freeSizes: readonly Dimension[],
  solvedSizes: readonly Dimension[],
): readonly Solution[] {
  return relations.map((relation, axis) =>
    solve(relation, question, axisIndex(kept[axis].name), counts[axis], freeSizes[axis], solvedSizes[axis]),
  );
}

const zero = constantIndex(0);

/** The least x ≥ 0 with value · x ≡ 1 (mod modulus); the two have no common divisor. */
function inverseOf(value: number, modulus: number): number {
  const least = ((value % modulus) + modulus) % modulus;
  // Extended Euclid: each remainder is its factor times `least`, up to multiples of the modulus.
  let [before, remains] = [modulus, least];
  let [factorBefore, factor] = [0, 1];
  while (remains > 1) {
    const times = Math.floor(before / remains);
    [before, remains] = [remains, before - times * remains];
    [factorBefore, factor] = [factor, factorBefore - times * factor];
  }
  return ((factor % modulus) + modulus) % modulus;
}
