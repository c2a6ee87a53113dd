/**
 * Limits: where both factors of a product are 0 from some place of a reduced axis on, as behind the end of the last chunk or at
 * taps that a stride skips, its terms are 0 · 0 and the sum is what it was. The loop ends there, and the factors lose the test.
 */
import { constant, constantValue, isConstant } from "../dimension/dimension.ts";
import type { Bounds } from "../dimension/interval.ts";
import type { Kernel, Stage } from "../kernel/types.ts";
import { axesOf, axisIndex, constantIndex, knownNumber, scaleIndex, subtractIndex } from "../loops/index.ts";
import { allOf, conjunctsOf, scalarKey } from "../loops/scalar.ts";
import type { Axis, Index, Scalar } from "../loops/types.ts";
import { coefficientOf } from "./loops.ts";
import { replaceAxes } from "./move.ts";

type Reduce = Extract<Stage, { readonly kind: "reduce" }>;
type Guarded = Extract<Scalar, { readonly kind: "select" }>;

/** The reduction up to the place `until` of its first axis, which is beyond 0, and may be beyond the axis, too. */
export interface Limited {
  readonly stage: Reduce;
  readonly until: Index;
}

/** Undefined where no such place is known. */
export function limitOf(stage: Reduce): Limited | undefined {
  const [result] = stage.results;
  const [first] = stage.over;
  const common = commonTests(stage);
  if (first === undefined || common === undefined) return undefined;
  for (const condition of common.tests) {
    const until = endOf(condition, first.name);
    if (until === undefined) continue;
    const value = {
      ...common.value,
      left: without(common.value.left, condition),
      right: without(common.value.right, condition),
    };
    return { until, stage: { ...stage, results: [{ ...result, value }] } };
  }
  return undefined;
}

/** The kernel whose only reduction ends where all that follows is 0 · 0, as far as numbers tell. */
export function withoutZeros(kernel: Kernel, bounds: Bounds): Kernel {
  const reduces = kernel.stages.filter((stage) => stage.kind === "reduce");
  const [stage, ...more] = reduces;
  const common = stage === undefined || more.length > 0 ? undefined : commonTests(stage);
  if (common === undefined) return kernel;
  const shorter = stage.over.flatMap((axis): readonly Axis[] => {
    const ends = common.tests.flatMap((test) => knownEnd(test, axis.name));
    const end = Math.max(1, Math.min(...ends));
    return end < (constantValue(axis.extent) ?? 0) ? [{ ...axis, extent: constant(end) }] : [];
  });
  if (shorter.length === 0) return kernel;
  return replaceAxes(
    kernel,
    new Map(shorter.map((axis) => [axis.name, { axes: [axis], index: axisIndex(axis.name) }])),
    bounds,
  );
}

interface CommonTests {
  readonly value: Extract<Scalar, { readonly kind: "binary" }> & { readonly left: Guarded; readonly right: Guarded };
  readonly tests: readonly Scalar[];
}

/** The tests without which both factors are 0, of an ascending sum of one product. */
function commonTests({ results: [result, ...more], order }: Reduce): CommonTests | undefined {
  const { lanes, chunk } = order;
  if (more.length > 0 || result.combine !== "sum" || lanes !== 1 || chunk !== undefined) return undefined;
  const { value } = result;
  if (value.kind !== "binary" || value.operator !== "mul") return undefined;
  const { left, right } = value;
  if (!isGuarded(left) || !isGuarded(right)) return undefined;
  const ofRight = new Set(conjunctsOf(right.condition).map(scalarKey));
  const tests = conjunctsOf(left.condition).filter((test) => ofRight.has(scalarKey(test)));
  return { value: { ...value, left, right }, tests };
}

function isGuarded(scalar: Scalar): scalar is Guarded {
  return scalar.kind === "select" && scalar.otherwise.kind === "constant" && Object.is(scalar.otherwise.value, 0);
}

/** Where `axis + rest < 0` stops to hold. */
function endOf(condition: Scalar, axis: string): Index | undefined {
  const below = belowZero(condition);
  if (below === undefined || !isConstant(coefficientOf(below, axis), 1)) return undefined;
  const rest = subtractIndex(below, axisIndex(axis));
  return axesOf(rest).has(axis) ? undefined : scaleIndex(rest, -1);
}

/** The place, if any, from which `step · axis + number < 0` holds no more. */
function knownEnd(condition: Scalar, axis: string): readonly number[] {
  const below = belowZero(condition);
  if (below === undefined) return [];
  const step = constantValue(coefficientOf(below, axis)) ?? 0;
  const rest = subtractIndex(below, scaleIndex(axisIndex(axis), step));
  const number = knownNumber(rest);
  return step > 0 && number !== undefined ? [Math.ceil(-number / step)] : [];
}

/** The index that is below 0 exactly where the condition holds. */
function belowZero(condition: Scalar): Index | undefined {
  if (condition.kind !== "compare" || condition.operator !== "less") return undefined;
  const { left, right } = condition;
  if (left.kind !== "index" || right.kind !== "constant") return undefined;
  return subtractIndex(left.index, constantIndex(right.value));
}

function without(factor: Scalar, gone: Scalar): Scalar {
  if (factor.kind !== "select") return factor;
  const key = scalarKey(gone);
  const left = conjunctsOf(factor.condition).filter((one) => scalarKey(one) !== key);
  return left.length === 0 ? factor.whenTrue : { ...factor, condition: allOf(left) };
}
