/**
 * The primitives, in one explicit list: a small closed set from which everything else is made. Other folders ask here by
 * name and never switch on it.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import type { Attributes, GraphNode, TensorType, Value } from "../graph/types.ts";
import type { Axis, Compute } from "../loops/types.ts";
import { abs, floor, functionOps, neg, not, sqrt } from "./unary.ts";
import { add, and, div, maximum, minimum, mod, mul, or, pow, sub } from "./binary.ts";
import { cast, equal, greater, greaterEqual, less, lessEqual, notEqual, select } from "./choose.ts";
import { argmax, max, min, prod, sum } from "./reduce.ts";
import { broadcast, reshape, reverse, transpose } from "./movement.ts";
import { concat, pad, slice } from "./slice.ts";
import { contract } from "./contract.ts";
import { conv } from "./conv.ts";
import { pick, scatterRows, take } from "./gather.ts";
import { randomBits, randomUniform } from "./random.ts";
import { constant, dimension, given, input, iota } from "./source.ts";
import { stopGradient } from "./stop-gradient.ts";
import { tiles, untile } from "./tiles.ts";
import { windowArgmax, windowMax, windowPut, windowSpread, windowSum, windowTake } from "./window.ts";
import type { AnyOp, GradientContext, ShapeProblem } from "./define.ts";

/** By their names. */
const registry = {
  input,
  given,
  constant,
  dimension,
  iota,
  neg,
  abs,
  floor,
  sqrt,
  not,
  ...functionOps,
  add,
  sub,
  mul,
  div,
  mod,
  pow,
  maximum,
  minimum,
  and,
  or,
  equal,
  notEqual,
  less,
  lessEqual,
  greater,
  greaterEqual,
  select,
  cast,
  sum,
  max,
  min,
  prod,
  argmax,
  reshape,
  transpose,
  reverse,
  broadcast,
  slice,
  pad,
  concat,
  contract,
  conv,
  tiles,
  untile,
  window_max: windowMax,
  window_argmax: windowArgmax,
  window_take: windowTake,
  window_put: windowPut,
  window_sum: windowSum,
  window_spread: windowSpread,
  take,
  scatter_rows: scatterRows,
  pick,
  random_bits: randomBits,
  random_uniform: randomUniform,
  stop_gradient: stopGradient,
} satisfies Readonly<Record<string, AnyOp>>;

/** What has a rule for each primitive is a table by these, or does not compile. */
export type OpName = keyof typeof registry;

export const operations: readonly AnyOp[] = Object.values(registry);

const byName: ReadonlyMap<string, AnyOp> = new Map(Object.entries(registry));

/** Throws InternalError for a name that is no primitive. */
export function operation(name: string): AnyOp {
  const op = byName.get(name);
  if (op === undefined) throw new InternalError("ops", `${name} is not a primitive`);
  return op;
}

/** The types of an op's outputs, or why its inputs do not fit. */
export function inferTypes(
  name: string,
  inputs: readonly TensorType[],
  attributes: Attributes,
): readonly TensorType[] | ShapeProblem {
  return operation(name).infer(inputs, attributes);
}

/** Whether the op has a gradient at all. */
export function isDifferentiable(name: string): boolean {
  return operation(name).gradient !== "none";
}

/** The gradient for each input; throws InternalError for an op that has none. */
export function gradientOf(name: string, context: GradientContext<Attributes>): readonly (Value | undefined)[] {
  const { gradient } = operation(name);
  if (gradient === "none") throw new InternalError("ops", `${name} has no gradient`);
  return gradient(context);
}

/** One Compute for each output of a node, which loads its inputs by the given names. */
export function loopsOf(
  node: Pick<GraphNode, "op" | "attributes" | "outputs">,
  inputs: readonly { readonly tensor: string; readonly type: TensorType }[],
): readonly Compute[] {
  const { op, attributes, outputs } = node;
  const axes = (shape: TensorType["shape"], prefix = "i"): readonly Axis[] =>
    shape.map((extent, position) => ({ name: `${prefix}${position}`, extent }));
  return operation(op).loops({ attributes, inputs, outputs, axes });
}
