/**
 * Limits: where both factors of a product are 0 from some place of the first reduced axis on, as behind the end of the last
 * chunk, its terms are 0 · 0 and the sum is what it was. The loop ends there, and the factors lose the test.
 */
import { isConstant } from "../dimension/dimension.ts";
import { axesOf, axisIndex, scaleIndex, subtractIndex } from "../loops/index.ts";
import { allOf, scalarKey } from "../loops/scalar.ts";
import type { Index, Scalar } from "../loops/types.ts";
import type { Stage } from "../kernel/types.ts";
import { coefficientOf } from "./loops.ts";

type Reduce = Extract<Stage, { readonly kind: "reduce" }>;
type Guarded = Extract<Scalar, { readonly kind: "select" }>;

/** The reduction up to the place `until` of its first axis, which is beyond 0, and may be beyond the axis, too. */
export interface Limited {
  readonly stage: Reduce;
  readonly until: Index;
}

/** Undefined where no such place is known. */
export function limitOf(stage: Reduce): Limited | undefined {
  const [result, ...more] = stage.results;
  const [first] = stage.over;
  const { lanes, chunk } = stage.order;
  if (first === undefined || more.length > 0 || result.combine !== "sum" || lanes !== 1 || chunk !== undefined)
    return undefined;
  const { value } = result;
  if (value.kind !== "binary" || value.operator !== "mul" || !isGuarded(value.left) || !isGuarded(value.right))
    return undefined;
  const ofRight = new Set(conjuncts(value.right.condition).map(scalarKey));
  for (const condition of conjuncts(value.left.condition)) {
    const until = ofRight.has(scalarKey(condition)) ? endOf(condition, first.name) : undefined;
    if (until === undefined) continue;
    const [left, right] = [value.left, value.right].map((factor) => without(factor, condition));
    return { until, stage: { ...stage, results: [{ ...result, value: { ...value, left, right } }] } };
  }
  return undefined;
}

function isGuarded(scalar: Scalar): scalar is Guarded {
  return scalar.kind === "select" && scalar.otherwise.kind === "constant" && Object.is(scalar.otherwise.value, 0);
}

function conjuncts(condition: Scalar): readonly Scalar[] {
  if (condition.kind !== "binary" || condition.operator !== "and") return [condition];
  return [...conjuncts(condition.left), ...conjuncts(condition.right)];
}

/** Where `axis + rest < 0` stops to hold. */
function endOf(condition: Scalar, axis: string): Index | undefined {
  if (condition.kind !== "compare" || condition.operator !== "less" || condition.left.kind !== "index")
    return undefined;
  const { left, right } = condition;
  if (right.kind !== "constant" || right.value !== 0 || !isConstant(coefficientOf(left.index, axis), 1))
    return undefined;
  const rest = subtractIndex(left.index, axisIndex(axis));
  return axesOf(rest).has(axis) ? undefined : scaleIndex(rest, -1);
}

function without(factor: Scalar, gone: Scalar): Scalar {
  if (factor.kind !== "select") return factor;
  const key = scalarKey(gone);
  const left = conjuncts(factor.condition).filter((one) => scalarKey(one) !== key);
  return left.length === 0 ? factor.whenTrue : { ...factor, condition: allOf(left) };
}
