/**
 * Small programs in primitives that gradients and the elaborator share: broadcasting, its reverse, reductions that keep
 * their axes, constants of a shape. All shapes may be symbolic; what would be an identity emits nothing.
 */
import { constant as size, constantValue, equal, isConstant, type Dimension } from "../dimension/dimension.ts";
import type { Value } from "../graph/types.ts";
import type { ElementType } from "../loops/types.ts";
import type { Builder } from "./define.ts";

export type Shape = readonly Dimension[];

export function sameShape(left: Shape, right: Shape): boolean {
  return left.length === right.length && left.every((dimension, axis) => equal(dimension, right[axis]));
}

/** 0, 1, … count − 1. */
export function countUp(count: number): readonly number[] {
  return Array.from({ length: count }, (_, position) => position);
}

export function reshape(builder: Builder, value: Value, shape: Shape): Value {
  return sameShape(builder.typeOf(value).shape, shape) ? value : builder.one("reshape", [value], { shape });
}

export function transpose(builder: Builder, value: Value, permutation: readonly number[]): Value {
  const identity = permutation.every((from, to) => from === to);
  return identity ? value : builder.one("transpose", [value], { permutation });
}

/** The axis as the first, the others behind it as they were. */
export function axisToFront(builder: Builder, value: Value, axis: number): Value {
  const others = countUp(builder.typeOf(value).shape.length).filter((other) => other !== axis);
  return transpose(builder, value, [axis, ...others]);
}

/** The reverse of `axisToFront`: the first axis at the place of `axis`. */
export function axisFromFront(builder: Builder, value: Value, axis: number): Value {
  const others = countUp(builder.typeOf(value).shape.length).slice(1);
  return transpose(builder, value, [...others.slice(0, axis), 0, ...others.slice(axis)]);
}

/** `value` of shape `shape` after NumPy's rule: axes align at the right, missing ones and those of size 1 repeat. */
export function broadcastTo(builder: Builder, value: Value, shape: Shape): Value {
  const from = builder.typeOf(value).shape;
  if (sameShape(from, shape)) return value;
  const axes = from.map((_, axis) => shape.length - from.length + axis);
  return builder.one("broadcast", [value], { shape, axes });
}

/** The reverse of `broadcastTo`: sums what it would repeat, so that the result has `shape`. */
export function sumTo(builder: Builder, value: Value, shape: Shape): Value {
  const from = builder.typeOf(value).shape;
  const added = from.length - shape.length;
  const repeated = (axis: number): boolean =>
    axis < added || (isConstant(shape[axis - added], 1) && !isConstant(from[axis], 1));
  const axes = countUp(from.length).filter(repeated);
  const summed = axes.length === 0 ? value : builder.one("sum", [value], { axes });
  return reshape(builder, summed, shape);
}

/** A reduction's result repeated along the axes that were reduced: the gradient of a sum. */
export function spread(builder: Builder, reduced: Value, shape: Shape, axes: readonly number[]): Value {
  const kept = countUp(shape.length).filter((axis) => !axes.includes(axis));
  return kept.length === shape.length ? reduced : builder.one("broadcast", [reduced], { shape, axes: kept });
}

/** A tensor of one number. */
export function fill(builder: Builder, shape: Shape, value: number, dtype: ElementType = "f32"): Value {
  return broadcastTo(builder, builder.constant(value, dtype), shape);
}

/** The number at the shape and dtype of another value. */
export function fillLike(builder: Builder, like: Value, value: number): Value {
  const { shape, dtype } = builder.typeOf(like);
  return fill(builder, shape, value, dtype);
}

/** Applies a binary primitive, or compare, to values that NumPy's rule makes equal in shape. */
export function binary(builder: Builder, op: string, left: Value, right: Value): Value {
  const shape = broadcastShape(builder.typeOf(left).shape, builder.typeOf(right).shape);
  return builder.one(op, [broadcastTo(builder, left, shape), broadcastTo(builder, right, shape)]);
}

function broadcastShape(left: Shape, right: Shape): Shape {
  const rank = Math.max(left.length, right.length);
  return countUp(rank).map((axis) => {
    const a = left.at(axis - rank + left.length);
    const b = right.at(axis - rank + right.length);
    if (axis < rank - left.length || a === undefined) return b ?? size(1);
    if (axis < rank - right.length || b === undefined) return a;
    return isConstant(a, 1) ? b : a;
  });
}

export function add(builder: Builder, left: Value, right: Value): Value {
  return binary(builder, "add", left, right);
}

export function subtract(builder: Builder, left: Value, right: Value): Value {
  return binary(builder, "sub", left, right);
}

export function multiply(builder: Builder, left: Value, right: Value): Value {
  return binary(builder, "mul", left, right);
}

export function divide(builder: Builder, left: Value, right: Value): Value {
  return binary(builder, "div", left, right);
}

export function negate(builder: Builder, value: Value): Value {
  return builder.one("neg", [value]);
}

/** `value` times a number. */
export function scale(builder: Builder, value: Value, factor: number): Value {
  return multiply(builder, value, fillLike(builder, value, factor));
}

/** `value` plus a number. */
export function shift(builder: Builder, value: Value, summand: number): Value {
  return add(builder, value, fillLike(builder, value, summand));
}

/** Elementwise choice between values of one shape. */
export function select(builder: Builder, condition: Value, whenTrue: Value, otherwise: Value): Value {
  return builder.one("select", [condition, whenTrue, otherwise]);
}

/**
 * The value as a constant for differentiation: what a gradient chooses by (a mask, a place) is constant almost
 * everywhere, so that the gradient of a gradient finds no obstacle there.
 */
export function held(builder: Builder, value: Value): Value {
  return builder.one("stop_gradient", [value]);
}

/** A dimension's value as an i32 scalar; a constant where it is one. */
export function dimensionValue(builder: Builder, dimension: Dimension): Value {
  const known = constantValue(dimension);
  return known === undefined ? builder.one("dimension", [], { dimension }) : builder.constant(known, "i32");
}
