/**
 * Chunks as batches: a contraction whose order is stamped in chunks is a contraction with the chunk as an axis more, and an
 * ascending sum over the chunks. The sums are the same; panels and slices apply to each chunk, and threads share them.
 */
import { add, constant, constantValue, floorDivide, isConstant, product, remainder } from "../dimension/dimension.ts";
import { isContraction } from "../loops/contraction.ts";
import {
  addIndex,
  axisIndex,
  constantIndex,
  scaleIndex,
  subtractIndex,
  substituteAxesInScalar,
} from "../loops/index.ts";
import { allOf, binary, compare, f32, i32, indexScalar, load, select } from "../loops/scalar.ts";
import type { Axis, Compute, Scalar } from "../loops/types.ts";

type Reduce = Extract<Compute, { readonly kind: "reduce" }>;

/** What each chunk adds up to, the chunks in front; and their sum, which loads that as `partial`. */
export interface Chunked {
  readonly partial: Compute;
  readonly total: Compute;
}

/** Undefined where there are no chunks, or where they do not begin and end with whole steps of an axis. */
export function inChunks(compute: Compute, partial: string): Chunked | undefined {
  if (compute.kind !== "reduce" || compute.order.lanes !== 1 || !isContraction(compute)) return undefined;
  const { chunk } = compute.order;
  const cut = chunk === undefined ? undefined : cutOf(compute.over, chunk);
  return cut && split(compute, cut, partial);
}

/** `over[at]` is taken in steps of `length`; the axes before it one by one, those after it whole. */
interface Cut {
  readonly at: number;
  readonly length: number;
}

function cutOf(over: readonly Axis[], chunk: number): Cut | undefined {
  for (let at = over.length - 1; at >= 0; at -= 1) {
    const inner = constantValue(product(over.slice(at + 1).map(({ extent }) => extent)));
    const { extent } = over[at];
    if (inner === undefined || chunk % inner !== 0) return undefined;
    const length = chunk / inner;
    if (at === 0 || isConstant(remainder(extent, constant(length)), 0)) return { at, length };
  }
  return undefined;
}

function split(compute: Reduce, { at, length }: Cut, partial: string): Chunked {
  const { axes, over, dtype, combine, value } = compute;
  const axis = over[at];
  const { extent } = axis;
  const steps: Axis = {
    name: `${axis.name}_chunk`,
    extent: floorDivide(add(extent, constant(length - 1)), constant(length)),
  };
  const chunks = [...over.slice(0, at), steps];
  const place = addIndex(scaleIndex(axisIndex(steps.name), length), axisIndex(axis.name));
  const moved = substituteAxesInScalar(value, new Map([[axis.name, place]]));
  const beyond = subtractIndex(place, constantIndex(extent));
  const inside = compare("less", indexScalar(beyond), i32(0));
  const isWhole = isConstant(remainder(extent, constant(length)), 0);
  const order = { lanes: 1 } as const;
  return {
    partial: {
      kind: "reduce",
      axes: [...chunks, ...axes],
      over: [{ name: axis.name, extent: constant(length) }, ...over.slice(at + 1)],
      dtype,
      combine,
      value: isWhole ? moved : guarded(moved, inside),
      order,
    },
    total: {
      kind: "reduce",
      axes,
      over: chunks,
      dtype,
      combine,
      value: load(
        partial,
        dtype,
        [...chunks, ...axes].map(({ name }) => axisIndex(name)),
      ),
      order,
    },
  };
}

/** Beyond the last term both factors are 0, and adding 0 · 0 changes no sum that started from 0. */
function guarded(value: Scalar, inside: Scalar): Scalar {
  if (value.kind !== "binary") return value;
  return binary("mul", factorInside(value.left, inside), factorInside(value.right, inside));
}

function factorInside(factor: Scalar, inside: Scalar): Scalar {
  if (factor.kind === "select") return { ...factor, condition: allOf([inside, factor.condition]) };
  return select(inside, factor, f32(0));
}
