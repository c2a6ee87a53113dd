/**
 * Elements chosen by data: rows of a table, one element of each row, and the reverse that adds rows up. An index outside
 * is clamped to the nearest one inside.
 */
import { constant, equal, printShape, subtract, type Dimension } from "../dimension/dimension.ts";
import type { TensorType } from "../graph/types.ts";
import { axisIndex, dataIndex } from "../loops/index.ts";
import { arity, dtypeOf } from "./check.ts";
import { defineOp, problem, type ShapeProblem } from "./define.ts";
import { binary, broadcastTo, dimensionValue, fillLike, held, sameShape, select, spread } from "./emit.ts";
import { f32, ids } from "./samples.ts";
import { axisIndices, elementOf, loadAt } from "./scalars.ts";

type NoAttributes = Record<string, never>;

export const take = defineOp<NoAttributes>({
  name: "take",
  summary: "For each id, that row of the table.",
  constraints: [
    "1. The table has at least 1 axis, ids are i32.",
    "2. The result has the shape of ids, then that of a row; ids are clamped to the rows that exist.",
  ],
  infer: (inputs) => arity("take", inputs, 2) ?? dtypeOf("take", inputs, 1, ["i32"]) ?? rowsOf(inputs),
  gradient: ({ builder, inputs: [table, at], outputGradients: [g], needs }) => {
    const [count] = builder.typeOf(table).shape;
    return [g && needs(0) ? builder.one("scatter_rows", [g, held(builder, at)], { count }) : undefined, undefined];
  },
  loops: ({ inputs: [table, at], outputs: [{ dtype, shape }], axes: fresh }) => {
    const axes = fresh(shape);
    const rank = at.type.shape.length;
    const row = dataIndex(loadAt(at, axes.slice(0, rank)), table.type.shape[0]);
    return [{ kind: "map", axes, dtype, value: elementOf(table, [row, ...axisIndices(axes.slice(rank))]) }];
  },
  samples: [
    { name: "rows, one twice", attributes: {}, inputs: [f32(4, 3), ids(2, 0, 2)] },
    { name: "clamped", attributes: {}, inputs: [f32(3, 2), ids(-5, 7)] },
    {
      name: "a matrix of ids",
      attributes: {},
      inputs: [f32(5, 2), { dtype: "i32", shape: [2, 2], data: [0, 1, 4, 1] }],
    },
    { name: "elements", attributes: {}, inputs: [f32(4), ids(3, 1)] },
    { name: "one row", attributes: {}, inputs: [f32(1, 2), { dtype: "i32", shape: [], data: [0] }] },
  ],
});

function rowsOf([table, at]: readonly TensorType[]): readonly TensorType[] | ShapeProblem {
  if (table.shape.length === 0) return problem("take takes a table with rows, not a scalar", [0]);
  return [{ dtype: table.dtype, shape: [...at.shape, ...table.shape.slice(1)] }];
}

type ScatterAttributes = { readonly count: Dimension };

export const scatterRows = defineOp<ScatterAttributes>({
  name: "scatter_rows",
  summary: "A table of count rows, each the sum of the updates whose id names it.",
  constraints: [
    "1. Updates are f32, ids i32.",
    "2. The shape of updates begins with the shape of ids; what follows is the shape of a row.",
    "3. Ids are clamped to the rows that exist; each row adds its updates in the order of ids.",
  ],
  infer: (inputs, { count }) =>
    arity("scatter_rows", inputs, 2) ??
    dtypeOf("scatter_rows", inputs, 0, ["f32"]) ??
    dtypeOf("scatter_rows", inputs, 1, ["i32"]) ??
    tableOf(inputs, count),
  gradient: ({ builder, inputs: [, at], outputGradients: [g] }) => [
    g && builder.one("take", [g, held(builder, at)]),
    undefined,
  ],
  loops: ({ attributes: { count }, inputs: [updates, at], outputs: [{ dtype, shape }], axes: fresh }) => {
    const from = fresh(updates.type.shape, "r");
    const rank = at.type.shape.length;
    const row = dataIndex(loadAt(at, from.slice(0, rank)), count);
    const value = loadAt(updates, from);
    return [{ kind: "scatter", axes: fresh(shape), from, dtype, at: [row, ...axisIndices(from.slice(rank))], value }];
  },
  samples: [
    { name: "one row twice", attributes: { count: constant(4) }, inputs: [f32(3, 2), ids(2, 0, 2)] },
    { name: "clamped", attributes: { count: constant(3) }, inputs: [f32(2, 2), ids(-5, 7)] },
    { name: "elements", attributes: { count: constant(2) }, inputs: [f32(3), ids(1, 1, 0)] },
    { name: "one id", attributes: { count: constant(2) }, inputs: [f32(1, 2), ids(1)] },
  ],
});

function tableOf([updates, at]: readonly TensorType[], count: Dimension): readonly TensorType[] | ShapeProblem {
  const rank = at.shape.length;
  if (sameShape(updates.shape.slice(0, rank), at.shape))
    return [{ dtype: "f32", shape: [count, ...updates.shape.slice(rank)] }];
  const found = `updates are ${printShape(updates.shape)}, ids ${printShape(at.shape)}`;
  return problem(`scatter_rows takes a row for each id; ${found}`, [0, 1]);
}

export const pick = defineOp<NoAttributes>({
  name: "pick",
  summary: "From each row of x, along its last axis, the element that its id names.",
  constraints: [
    "1. x has at least 1 axis, ids are i32.",
    "2. ids have the shape of x without its last axis, and so has the result; ids are clamped to what exists.",
  ],
  infer: (inputs) => arity("pick", inputs, 2) ?? dtypeOf("pick", inputs, 1, ["i32"]) ?? picked(inputs),
  gradient: ({ builder, inputs: [x, at], outputGradients: [g], needs }) => {
    if (g === undefined || !needs(0)) return [undefined, undefined];
    const { shape } = builder.typeOf(x);
    const last = shape.length - 1;
    const greatest = dimensionValue(builder, subtract(shape[last], constant(1)));
    const notNegative = binary(builder, "maximum", held(builder, at), builder.constant(0, "i32"));
    const clamped = broadcastTo(builder, binary(builder, "minimum", notNegative, greatest), builder.typeOf(at).shape);
    const column = builder.one("iota", [], { shape, axis: last });
    const here = builder.one("equal", [column, spread(builder, clamped, shape, [last])]);
    const everywhere = spread(builder, g, shape, [last]);
    return [select(builder, here, everywhere, fillLike(builder, everywhere, 0)), undefined];
  },
  loops: ({ inputs: [x, at], outputs: [{ dtype, shape }], axes: fresh }) => {
    const axes = fresh(shape);
    const column = dataIndex(loadAt(at, axes), x.type.shape[axes.length]);
    return [{ kind: "map", axes, dtype, value: elementOf(x, [...axes.map(({ name }) => axisIndex(name)), column]) }];
  },
  samples: [
    { name: "rows", attributes: {}, inputs: [f32(3, 4), ids(2, 0, 3)] },
    { name: "clamped", attributes: {}, inputs: [f32(2, 3), ids(-1, 9)] },
    { name: "one row", attributes: {}, inputs: [f32(3), { dtype: "i32", shape: [], data: [1] }] },
    { name: "size 1", attributes: {}, inputs: [f32(2, 1), ids(0, 0)] },
  ],
});

function picked([x, at]: readonly TensorType[]): readonly TensorType[] | ShapeProblem {
  const outer = x.shape.slice(0, -1);
  const fits = x.shape.length === at.shape.length + 1 && outer.every((extent, d) => equal(extent, at.shape[d]));
  if (fits) return [{ dtype: x.dtype, shape: outer }];
  const found = `x is ${printShape(x.shape)}, ids are ${printShape(at.shape)}`;
  return problem(`pick takes an id for each row of x; ${found}`, [0, 1]);
}
