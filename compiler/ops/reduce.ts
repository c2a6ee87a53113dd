/**
 * Reductions: the reduced axes vanish. A NaN makes sum, max, min and prod NaN; argmax takes the first, as max does.
 */
import { product } from "../dimension/dimension.ts";
import type { Value } from "../graph/types.ts";
import { axisIndex } from "../loops/index.ts";
import { i32 } from "../loops/scalar.ts";
import type { Combine, ElementType } from "../loops/types.ts";
import { arity, axesWithin, dtypeOf } from "./check.ts";
import { defineOp, type AnyOp, type Builder, type Sample } from "./define.ts";
import {
  add,
  broadcastTo,
  countUp,
  dimensionValue,
  fillLike,
  held,
  multiply,
  negate,
  reshape,
  select,
  spread,
  transpose,
  type Shape,
} from "./emit.ts";
import { reduceOrder } from "./order.ts";
import { elementOf } from "./scalars.ts";

type ReduceAttributes = { readonly axes: readonly number[] };

interface Operands {
  readonly x: Value;
  /** The gradient at the result. */
  readonly g: Value;
  readonly axes: readonly number[];
}

interface Reduction {
  readonly name: Combine;
  readonly summary: string;
  readonly gradient: "none" | ((builder: Builder, operands: Operands) => Value);
  readonly samples?: readonly Sample<ReduceAttributes>[];
}

function reduction({ name, summary, gradient, samples = [] }: Reduction): AnyOp {
  const result = (dtype: ElementType): ElementType => (name === "argmax" ? "i32" : dtype);
  return defineOp<ReduceAttributes>({
    name,
    summary,
    constraints: [
      "1. x is f32 or i32.",
      "2. The axes ascend and exist in x; where there are none, each element is reduced alone.",
      `3. The result has the shape of x without the axes${name === "argmax" ? ", and is i32" : ""}.`,
    ],
    infer: (inputs, { axes }) =>
      arity(name, inputs, 1) ??
      dtypeOf(name, inputs, 0, ["f32", "i32"]) ??
      axesWithin(name, axes, inputs[0]) ?? [
        { dtype: result(inputs[0].dtype), shape: inputs[0].shape.filter((_, axis) => !axes.includes(axis)) },
      ],
    gradient:
      gradient === "none"
        ? "none"
        : ({ builder, attributes: { axes }, inputs: [x], outputGradients: [g] }) => [
            g && gradient(builder, { x, g, axes }),
          ],
    loops: ({ attributes, inputs: [x], outputs: [{ dtype, shape }], axes: fresh }) => {
      const kept = fresh(shape);
      const over = fresh(
        attributes.axes.map((axis) => x.type.shape[axis]),
        "r",
      );
      const remaining = kept.values();
      const reduced = over.values();
      const at = x.type.shape.map((_, axis) => {
        const { value } = (attributes.axes.includes(axis) ? reduced : remaining).next();
        return axisIndex(value === undefined ? "" : value.name);
      });
      const value = elementOf(x, at);
      if (over.length === 0) return [{ kind: "map", axes: kept, dtype, value: name === "argmax" ? i32(0) : value }];
      const order = reduceOrder(x.type.shape.length, attributes.axes);
      return [{ kind: "reduce", axes: kept, over, dtype, combine: name, value, order }];
    },
    samples: [...drawn, ...samples],
  });
}

function sample(
  shape: readonly number[],
  axes: readonly number[],
  given: { readonly dtype?: ElementType; readonly data?: readonly number[]; readonly ties?: boolean } = {},
): Sample<ReduceAttributes> {
  const { dtype = "f32", data, ties = false } = given;
  const name = `${dtype}[${shape.join(", ")}] over ${axes.join(", ")}${ties ? " with ties" : ""}`;
  const input = data === undefined ? { dtype, shape } : { dtype, shape, data };
  return { name, attributes: { axes }, inputs: [input], ...(ties ? { differentiable: false } : {}) };
}

const drawn: readonly Sample<ReduceAttributes>[] = [
  sample([7], [0]),
  sample([2, 9], [1]),
  sample([3, 4], [0]),
  sample([2, 3, 5], [0, 2]),
  sample([2, 1, 3], [1]),
  sample([2, 3], []),
  sample([2, 6], [1], { dtype: "i32" }),
];

/** The gradient reaches exactly one of the elements that each result was chosen from: the first extreme one. */
function toFirst(builder: Builder, { x, g, axes }: Operands, chosenFrom: Value): Value {
  const { shape } = builder.typeOf(x);
  const first = spread(builder, builder.one("argmax", [held(builder, chosenFrom)], { axes }), shape, axes);
  const here = builder.one("equal", [position(builder, shape, axes), first]);
  const everywhere = spread(builder, g, shape, axes);
  return select(builder, here, everywhere, fillLike(builder, everywhere, 0));
}

/** Each element's row-major position within its reduced axes: what argmax counts. */
function position(builder: Builder, shape: Shape, axes: readonly number[]): Value {
  const parts = axes.map((axis, at) => {
    const counted = builder.one("iota", [], { shape, axis });
    const stride = product(axes.slice(at + 1).map((inner) => shape[inner]));
    if (at === axes.length - 1) return counted;
    return multiply(builder, counted, broadcastTo(builder, dimensionValue(builder, stride), shape));
  });
  return parts.reduce((sum, part) => add(builder, sum, part));
}

/**
 * For each element the product of the others that it is multiplied with, exact where some are zero (their product
 * divided by the element is not). Takes K² multiplications for a product of K, and no memory.
 */
function productOfOthers(builder: Builder, x: Value, axes: readonly number[]): Value {
  const { shape } = builder.typeOf(x);
  const kept = countUp(shape.length).filter((axis) => !axes.includes(axis));
  const permutation = [...kept, ...axes];
  const outer = kept.map((axis) => shape[axis]);
  const count = product(axes.map((axis) => shape[axis]));
  const lines = reshape(builder, transpose(builder, x, permutation), [...outer, count]);
  const square = [...outer, count, count];
  const rank = outer.length;
  const repeated = builder.one("broadcast", [lines], { shape: square, axes: [...countUp(rank), rank + 1] });
  const [self, other] = [rank, rank + 1].map((axis) => builder.one("iota", [], { shape: square, axis }));
  const others = select(builder, builder.one("equal", [self, other]), fillLike(builder, repeated, 1), repeated);
  const products = builder.one("prod", [others], { axes: [rank + 1] });
  const back = permutation.map((_, axis) => permutation.indexOf(axis));
  return transpose(
    builder,
    reshape(
      builder,
      products,
      permutation.map((axis) => shape[axis]),
    ),
    back,
  );
}

export const sum = reduction({
  name: "sum",
  summary: "The sum over the axes; an i32 wraps around.",
  gradient: (builder, { x, g, axes }) => spread(builder, g, builder.typeOf(x).shape, axes),
});

export const max = reduction({
  name: "max",
  summary: "The greatest element over the axes; the gradient goes to the first that is greatest.",
  gradient: (builder, operands) => (operands.axes.length === 0 ? operands.g : toFirst(builder, operands, operands.x)),
  samples: [sample([2, 3], [1], { data: [1, 3, 3, 2, 2, 2], ties: true })],
});

export const min = reduction({
  name: "min",
  summary: "The smallest element over the axes; the gradient goes to the first that is smallest.",
  gradient: (builder, operands) =>
    operands.axes.length === 0 ? operands.g : toFirst(builder, operands, negate(builder, operands.x)),
  samples: [sample([2, 3], [1], { data: [3, 1, 1, 2, 2, 2], ties: true })],
});

export const prod = reduction({
  name: "prod",
  summary: "The product over the axes; an i32 wraps around.",
  gradient: (builder, { x, g, axes }) =>
    axes.length === 0
      ? g
      : multiply(builder, spread(builder, g, builder.typeOf(x).shape, axes), productOfOthers(builder, x, axes)),
  samples: [sample([2, 3], [1], { data: [0, 2, 3, 0, 0, 5] }), sample([2, 2, 3], [0, 2])],
});

export const argmax = reduction({
  name: "argmax",
  summary: "The position of the first NaN, else of the first greatest element, counted row by row over the axes.",
  gradient: "none",
  samples: [
    sample([2, 3], [1], { data: [1, 3, 3, 2, 2, 2], ties: true }),
    sample([2, 3], [0, 1], { data: [0, 1, 5, 5, 2, 5], ties: true }),
    sample([4, 3], [1], { data: [1, NaN, 3, NaN, 2, NaN, -Infinity, NaN, Infinity, Infinity, -1, NaN], ties: true }),
    sample([3, 4], [0], { data: [NaN, 2, -Infinity, Infinity, 1, NaN, NaN, NaN, NaN, 5, NaN, Infinity], ties: true }),
  ],
});
