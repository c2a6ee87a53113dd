/**
 * A program while it is being made: a builder, the values so far, and how to find or make a value of a wanted type. All
 * that is made stays below a limit of elements, so that thousands of programs are cheap to run.
 */
import { constant, equal, evaluate, isConstant, product, type Dimension } from "../../compiler/dimension/dimension.ts";
import { GraphBuilder } from "../../compiler/graph/builder.ts";
import type { Attributes, GraphOutput, InputRole, TensorType, Value } from "../../compiler/graph/types.ts";
import type { ElementType } from "../../compiler/loops/types.ts";
import { symbolsOf } from "../../compiler/dimension/dimension.ts";
import { nameOf, type Dims, type Profile } from "./program.ts";
import type { Random } from "./random.ts";

export type Shape = readonly Dimension[];

export interface SketchOptions {
  readonly name: string;
  readonly random: Random;
  readonly bounds: Dims;
  /** Elements that a value may have at the bounds. */
  readonly limit: number;
  /** Only what can be differentiated is made, at values where it can. */
  readonly smooth: boolean;
}

export class Sketch {
  readonly builder = new GraphBuilder();
  readonly random: Random;
  readonly bounds: Dims;
  readonly limit: number;
  readonly smooth: boolean;
  readonly name: string;
  readonly profiles = new Map<string, Profile>();
  /** What productions choose from. */
  readonly pool: Value[] = [];
  /** The new values of variables, where productions decided them. */
  readonly updates: GraphOutput[] = [];
  #inputs = 0;

  constructor({ name, random, bounds, limit, smooth }: SketchOptions) {
    this.name = name;
    this.random = random;
    this.bounds = bounds;
    this.limit = limit;
    this.smooth = smooth;
  }

  one(op: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    return this.builder.one(op, inputs, attributes);
  }

  type(value: Value): TensorType {
    return this.builder.typeOf(value);
  }

  shape(value: Value): Shape {
    return this.type(value).shape;
  }

  add(value: Value): Value {
    this.pool.push(value);
    return value;
  }

  update(state: Value, value: Value): void {
    this.updates.push({ name: nameOf(this.builder.node(state.node)), role: "state", value });
  }

  /** Elements at the bounds. */
  elements(shape: Shape): number {
    return evaluate(product(shape), this.bounds) ?? Infinity;
  }

  fits(shape: Shape): boolean {
    return this.elements(shape) <= this.limit;
  }

  input(dtype: ElementType, shape: Shape, role: InputRole = "input", profile?: Profile): Value {
    const kinds = { input: "x", parameter: "w", state: "s", optimizer: "v", counter: "c", metric: "m" } as const;
    const name = `${this.name}.${kinds[role]}${this.#inputs++}`;
    this.profiles.set(name, profile ?? this.#profile(dtype));
    return this.one("input", [], { name, role, dtype, shape });
  }

  #profile(dtype: ElementType): Profile {
    if (this.smooth) return dtype === "f32" ? "plain" : "ids";
    if (dtype === "f32")
      return this.random.weighted([
        [6, "plain"],
        [3, "ties"],
        [2, "special"],
      ]);
    return this.random.weighted([
      [4, "ids"],
      [2, "plain"],
      [2, "wide"],
    ]);
  }

  /** A parameter where the shape is closed, else an input. */
  weights(shape: Shape): Value {
    const closed = shape.every((size) => symbolsOf(size).size === 0);
    return this.input("f32", shape, closed && this.random.chance(0.7) ? "parameter" : "input");
  }

  fill(value: number, shape: Shape, dtype: ElementType = "f32"): Value {
    const scalar = this.builder.constant(value, dtype);
    return shape.length === 0 ? scalar : this.one("broadcast", [scalar], { shape, axes: [] });
  }

  like(value: number, of: Value): Value {
    const { shape, dtype } = this.type(of);
    return this.fill(value, shape, dtype);
  }

  /** A value of the pool, rather a late one. */
  find(wanted: (type: TensorType, value: Value) => boolean): Value | undefined {
    const found = this.pool.filter((value) => wanted(this.type(value), value));
    if (found.length === 0) return undefined;
    const late = found.slice(-6);
    return this.random.pick(this.random.chance(0.7) ? late : found);
  }

  float(wanted: (shape: Shape) => boolean = () => true): Value | undefined {
    return this.find(({ dtype, shape }) => dtype === "f32" && wanted(shape));
  }

  /** The value repeated to a shape that its axes fit, if they do. */
  spread(value: Value, shape: Shape): Value | undefined {
    const own = this.shape(value);
    if (sameShape(own, shape)) return value;
    const axes = placesOf(own, shape, this.random);
    return axes && this.one("broadcast", [value], { shape, axes });
  }

  /** Another value of this type, however it comes about. */
  partner(of: Value): Value {
    const { dtype, shape } = this.type(of);
    const { random } = this;
    const kind = random.weighted([
      [5, "same"],
      [5, "spread"],
      [2, "number"],
      [2, "input"],
      [0.5, "itself"],
    ] as const);
    const found =
      kind === "same"
        ? this.find((type, value) => type.dtype === dtype && sameShape(type.shape, shape) && value !== of)
        : kind === "spread"
          ? this.find(
              (type, value) =>
                type.dtype === dtype && value !== of && placesOf(type.shape, shape, random) !== undefined,
            )
          : kind === "itself"
            ? of
            : undefined;
    const spread = found && this.spread(found, shape);
    if (spread !== undefined) return spread;
    if (kind === "number" && dtype !== "bool") return this.fill(this.number(dtype), shape, dtype);
    if (kind === "input" && dtype === "f32") return this.weights(shape);
    return this.smallPartner(dtype, shape);
  }

  /** A new input of some of the axes, repeated. */
  smallPartner(dtype: ElementType, shape: Shape): Value {
    const axes = this.random.some([...shape.keys()], 0.5);
    const own = axes.map((axis) => (this.random.chance(0.15) ? constant(1) : shape[axis]));
    const value = this.add(dtype === "f32" ? this.weights(own) : this.input(dtype, own));
    return sameShape(own, shape) ? value : this.one("broadcast", [value], { shape, axes });
  }

  number(dtype: ElementType): number {
    if (dtype === "i32") return this.random.between(-3, 5);
    return this.random.weighted([
      [2, 0],
      [1, -0],
      [2, 1],
      [1, -1],
      [2, 0.5],
      [2, Math.fround(this.random.next() * 4 - 2)],
    ]);
  }

  /** Strictly positive: |x| + ½. */
  positive(value: Value): Value {
    return this.one("add", [this.one("abs", [value]), this.like(0.5, value)]);
  }

  /** Within (−1, 1). */
  tamed(value: Value): Value {
    return this.one("tanh", [value]);
  }
}

export function sameShape(left: Shape, right: Shape): boolean {
  return left.length === right.length && left.every((size, axis) => equal(size, right[axis]));
}

/** Ascending places of the axes in a shape, each of its size or 1. */
function placesOf(own: Shape, shape: Shape, random: Random): readonly number[] | undefined {
  if (own.length > shape.length || own.length === 0) return own.length === 0 ? [] : undefined;
  const choices = subsets(shape.length, own.length).filter((axes) =>
    axes.every((axis, d) => equal(own[d], shape[axis]) || isConstant(own[d], 1)),
  );
  return choices.length === 0 ? undefined : random.pick(choices);
}

function subsets(count: number, size: number): readonly (readonly number[])[] {
  if (size === 0) return [[]];
  return Array.from({ length: count }, (_, last) => subsets(last, size - 1).map((rest) => [...rest, last])).flat();
}
