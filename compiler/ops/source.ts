/**
 * Values that depend on no other: what the graph reads, constants, sizes and counters.
 */
import { printShape, symbol, type Dimension } from "../dimension/dimension.ts";
import { InternalError } from "../diagnostics/diagnostic.ts";
import type { InputRole } from "../graph/types.ts";
import { axisIndex } from "../loops/index.ts";
import { constantScalar, dimensionScalar, indexScalar } from "../loops/scalar.ts";
import type { ElementType } from "../loops/types.ts";
import { arity, axisCount } from "./check.ts";
import { defineOp, problem } from "./define.ts";
import type { Shape } from "./emit.ts";
import { sizes } from "./samples.ts";

type InputAttributes = {
  readonly name: string;
  readonly role: InputRole;
  readonly dtype: ElementType;
  readonly shape: Shape;
};

export const input = defineOp<InputAttributes>({
  name: "input",
  summary: "What the graph is given: an argument of the call, or a variable of the program.",
  constraints: ["1. The result has the dtype and shape that are written."],
  infer: (inputs, { dtype, shape }) => arity("input", inputs, 0) ?? [{ dtype, shape }],
  gradient: () => [],
  loops: ({ attributes: { name } }) => {
    throw new InternalError("ops", `the input ${name} is given, not computed`);
  },
  samples: [],
});

type GivenAttributes = Omit<InputAttributes, "role">;

export const given = defineOp<GivenAttributes>({
  name: "given",
  summary: "What a region is given at each step by the node that it belongs to.",
  constraints: ["1. The result has the dtype and shape that are written."],
  infer: (inputs, { dtype, shape }) => arity("given", inputs, 0) ?? [{ dtype, shape }],
  gradient: () => [],
  loops: ({ attributes: { name } }) => {
    throw new InternalError("ops", `${name} is given, not computed`);
  },
  samples: [],
});

type ConstantAttributes = { readonly value: number; readonly dtype: ElementType };

export const constant = defineOp<ConstantAttributes>({
  name: "constant",
  summary: "One number.",
  constraints: ["1. An f32 is rounded to float32; an i32 is whole and fits 32 bits; a bool is 0 or 1."],
  infer: (inputs, { value, dtype }) => {
    const fits = dtype === "f32" || (dtype === "i32" ? value === (value | 0) : value === 0 || value === 1);
    if (!fits) return problem(`${value} is not an ${dtype}`, []);
    return arity("constant", inputs, 0) ?? [{ dtype, shape: [] }];
  },
  gradient: () => [],
  loops: ({ attributes: { value, dtype } }) => [{ kind: "map", axes: [], dtype, value: constantScalar(dtype, value) }],
  samples: [
    { name: "f32", attributes: { value: 0.1, dtype: "f32" }, inputs: [] },
    { name: "infinite", attributes: { value: -Infinity, dtype: "f32" }, inputs: [] },
    { name: "i32", attributes: { value: -7, dtype: "i32" }, inputs: [] },
    { name: "bool", attributes: { value: 1, dtype: "bool" }, inputs: [] },
  ],
});

type DimensionAttributes = { readonly dimension: Dimension };

export const dimension = defineOp<DimensionAttributes>({
  name: "dimension",
  summary: "The value of a dimension as an i32.",
  constraints: ["1. The result is an i32 scalar."],
  infer: (inputs) => arity("dimension", inputs, 0) ?? [{ dtype: "i32", shape: [] }],
  gradient: () => [],
  loops: ({ attributes }) => [{ kind: "map", axes: [], dtype: "i32", value: dimensionScalar(attributes.dimension) }],
  samples: [{ name: "N", attributes: { dimension: symbol("N") }, inputs: [] }],
});

type IotaAttributes = { readonly shape: Shape; readonly axis: number };

export const iota = defineOp<IotaAttributes>({
  name: "iota",
  summary: "Each element's position along an axis, as an i32.",
  constraints: ["1. The axis exists in the shape."],
  infer: (inputs, { shape, axis }) => {
    const exists = Number.isInteger(axis) && axis >= 0 && axis < shape.length;
    if (!exists)
      return problem(`iota: axis ${axis} does not exist; ${printShape(shape)} has ${axisCount(shape.length)}`, []);
    return arity("iota", inputs, 0) ?? [{ dtype: "i32", shape }];
  },
  gradient: () => [],
  loops: ({ attributes: { axis }, outputs: [{ shape }], axes: fresh }) => {
    const axes = fresh(shape);
    return [{ kind: "map", axes, dtype: "i32", value: indexScalar(axisIndex(axes[axis].name)) }];
  },
  samples: [
    { name: "row", attributes: { shape: sizes(4), axis: 0 }, inputs: [] },
    { name: "columns", attributes: { shape: sizes(2, 3), axis: 1 }, inputs: [] },
    { name: "size 1", attributes: { shape: sizes(3, 1), axis: 1 }, inputs: [] },
  ],
});
