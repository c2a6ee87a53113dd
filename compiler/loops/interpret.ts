/**
 * The truth: evaluates one Compute, with no fusion. "f64" uses doubles and plain row-major order; "f32" rounds after
 * every operation, takes the polynomials, and keeps the compute's own order, as every target must to the bit.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import type { Evaluate, Precision, TensorData } from "./closures.ts";
import { compileAddress, compileScalar, Environment } from "./closures.ts";
import type { Walk } from "./combine.ts";
import { combinerOf, reduceInOrder } from "./combine.ts";
import { dtypeOf } from "./scalar.ts";
import type { Axis, Compute, ElementType, Order } from "./types.ts";

export type { Precision, TensorData } from "./closures.ts";

export type Elements = Float64Array | Float32Array | Int32Array;

export interface Interpreted {
  readonly shape: readonly number[];
  readonly data: Elements;
}

/** In double precision an f32 tensor holds doubles. */
export function newElements(dtype: ElementType, count: number, precision: Precision): Elements {
  if (dtype !== "f32") return new Int32Array(count);
  return precision === "f64" ? new Float64Array(count) : new Float32Array(count);
}

/**
 * The output of `compute` for tensors and dimensions with these values. Throws InternalError for a load or a scatter
 * outside its tensor, and for a name without a value.
 */
export function interpret(
  compute: Compute,
  tensors: (name: string) => TensorData,
  dims: ReadonlyMap<string, number>,
  precision: Precision,
): Interpreted {
  const environment = new Environment(precision, tensors, dims);
  const shape = compute.axes.map(({ extent }) => environment.size(extent));
  const count = product(shape);
  const data = newElements(compute.dtype, count, precision);
  if (compute.kind === "scatter") scatter(compute, shape, data, environment);
  else if (compute.kind === "unrolled") unrolled(compute, shape, data, environment);
  else fill(data, walkOver(compute.axes, environment), count, valueOf(compute, environment));
  return { shape, data };
}

function fill(data: Elements, walk: Walk, count: number, value: Evaluate): void {
  walk(0, count, (index) => {
    data[index] = value();
  });
}

/** The closure for one output element; called with the output axes set. */
function valueOf(compute: Extract<Compute, { readonly kind: "map" | "reduce" }>, environment: Environment): Evaluate {
  for (const { name } of compute.axes) environment.define("axis", name);
  if (compute.kind === "map") return compileScalar(compute.value, environment);
  const walk = walkOver(compute.over, environment);
  const count = product(compute.over.map(({ extent }) => environment.size(extent)));
  const combiner = combinerOf(compute.combine, dtypeOf(compute.value), environment.precision);
  const terms = [{ combiner, value: compileScalar(compute.value, environment) }];
  const order = orderIn(environment.precision, compute.order);
  return () => reduceInOrder(walk, count, order, terms)[0];
}

/** The order that a precision keeps: doubles ascend plainly. */
export function orderIn(precision: Precision, order: Order): Order {
  return precision === "f64" ? { lanes: 1 } : order;
}

function scatter(
  compute: Extract<Compute, { readonly kind: "scatter" }>,
  shape: readonly number[],
  data: Elements,
  environment: Environment,
): void {
  const walk = walkOver(compute.from, environment);
  const count = product(compute.from.map(({ extent }) => environment.size(extent)));
  const address = compileAddress("the scattered output", compute.at, shape, environment);
  const value = compileScalar(compute.value, environment);
  const combiner = combinerOf("sum", compute.dtype, environment.precision);
  walk(0, count, () => {
    const at = address();
    const sum = { value: data[at], index: 0 };
    combiner.take(sum, value(), 0);
    data[at] = sum.value;
  });
}

function unrolled(
  compute: Extract<Compute, { readonly kind: "unrolled" }>,
  shape: readonly number[],
  data: Elements,
  environment: Environment,
): void {
  const walk = walkOver(compute.points, environment);
  const count = product(compute.points.map(({ extent }) => environment.size(extent)));
  const lets = compute.lets.map(({ name, value }) => {
    const evaluate = compileScalar(value, environment);
    return { slot: environment.define("local", name), evaluate };
  });
  const elements = compute.elements.map(({ at, value }) => ({
    address: compileAddress("the unrolled output", at, shape, environment),
    evaluate: compileScalar(value, environment),
  }));
  walk(0, count, () => {
    for (const { slot, evaluate } of lets) environment.slots[slot] = evaluate();
    for (const { address, evaluate } of elements) data[address()] = evaluate();
  });
}

export function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}

/** Walks the points of these axes in row-major order, setting their slots; the lane is the last axis's value mod 4. */
export function walkOver(axes: readonly Axis[], environment: Environment): Walk {
  const sizes = axes.map(({ extent }) => environment.size(extent));
  const axisSlots = axes.map(({ name }) => environment.define("axis", name));
  const { slots } = environment;
  const last = axes.length - 1;
  if (sizes.some((size) => size < 0))
    throw new InternalError("interpret", `expected extents ≥ 0, found ${sizes.join(", ")}`);
  return (from, to, visit) => {
    if (to <= from) return;
    if (last < 0) return visit(0, 0);
    setPoint(slots, axisSlots, sizes, from);
    for (let index = from; index < to; index += 1) {
      visit(index, slots[axisSlots[last]] & 3);
      for (let d = last; d >= 0; d -= 1) {
        slots[axisSlots[d]] += 1;
        if (slots[axisSlots[d]] < sizes[d] || d === 0) break;
        slots[axisSlots[d]] = 0;
      }
    }
  };
}

function setPoint(slots: number[], axisSlots: readonly number[], sizes: readonly number[], index: number): void {
  let rest = index;
  for (let d = sizes.length - 1; d >= 0; d -= 1) {
    slots[axisSlots[d]] = rest % sizes[d];
    rest = Math.floor(rest / sizes[d]);
  }
}
