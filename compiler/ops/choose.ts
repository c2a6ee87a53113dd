/**
 * Comparison, choice between tensors, and conversion.
 */
import { cast as convert, compare, select as either } from "../loops/scalar.ts";
import type { Comparison, ElementType } from "../loops/types.ts";
import { arity, dtypeOf, equalDtypes, equalShapes } from "./check.ts";
import { defineOp, type AnyOp, type Sample } from "./define.ts";
import { fillLike, held, select as choose } from "./emit.ts";
import { loadAt } from "./scalars.ts";

function comparison(name: Comparison, summary: string, dtypes: readonly ElementType[]): AnyOp {
  const sample = (dtype: ElementType, a: readonly number[], b: readonly number[]): Sample<Record<string, never>> => ({
    name: `${dtype} both ways and equal`,
    attributes: {},
    inputs: [a, b].map((data) => ({ dtype, shape: [data.length], data })),
    differentiable: false,
  });
  return defineOp<Record<string, never>>({
    name,
    summary,
    constraints: [
      `1. a and b are both ${dtypes.join(" or both ")}.`,
      "2. a and b have one shape.",
      "3. The result is bool of that shape.",
    ],
    infer: (inputs) =>
      arity(name, inputs, 2) ??
      equalDtypes(name, inputs, 0, 1) ??
      dtypeOf(name, inputs, 0, dtypes) ??
      equalShapes(name, inputs, 0, 1) ?? [{ dtype: "bool", shape: inputs[0].shape }],
    gradient: "none",
    loops: ({ inputs: [a, b], outputs: [{ shape }], axes }) => {
      const at = axes(shape);
      return [{ kind: "map", axes: at, dtype: "bool", value: compare(name, loadAt(a, at), loadAt(b, at)) }];
    },
    samples: [
      sample("f32", [1, 2, 2, -0, Infinity], [2, 1, 2, 0, Infinity]),
      sample("i32", [1, 2, 2, -1], [2, 1, 2, 1]),
      {
        name: "[]",
        attributes: {},
        inputs: [
          { dtype: "f32", shape: [] },
          { dtype: "f32", shape: [] },
        ],
      },
      {
        name: "[2, 1, 3]",
        attributes: {},
        inputs: [
          { dtype: "i32", shape: [2, 1, 3] },
          { dtype: "i32", shape: [2, 1, 3] },
        ],
      },
    ],
  });
}

const anything: readonly ElementType[] = ["f32", "i32", "bool"];
const numbers: readonly ElementType[] = ["f32", "i32"];

export const equal = comparison("equal", "a = b; false where either is NaN.", anything);
export const notEqual = comparison("notEqual", "a ≠ b; true where either is NaN.", anything);
export const less = comparison("less", "a < b; false where either is NaN.", numbers);
export const lessEqual = comparison("lessEqual", "a ≤ b; false where either is NaN.", numbers);
export const greater = comparison("greater", "a > b; false where either is NaN.", numbers);
export const greaterEqual = comparison("greaterEqual", "a ≥ b; false where either is NaN.", numbers);

export const select = defineOp<Record<string, never>>({
  name: "select",
  summary: "a where the condition holds, else b.",
  constraints: [
    "1. The condition is bool.",
    "2. a and b have one dtype.",
    "3. The condition, a and b have one shape.",
    "4. The result has the type of a.",
  ],
  infer: (inputs) =>
    arity("select", inputs, 3) ??
    dtypeOf("select", inputs, 0, ["bool"]) ??
    equalDtypes("select", inputs, 1, 2) ??
    equalShapes("select", inputs, 1, 2) ??
    equalShapes("select", inputs, 0, 1) ?? [inputs[1]],
  gradient: ({ builder, inputs: [chosen], outputGradients: [g], needs }) => {
    if (g === undefined) return [undefined, undefined, undefined];
    const [condition, zero] = [held(builder, chosen), fillLike(builder, g, 0)];
    return [
      undefined,
      needs(1) ? choose(builder, condition, g, zero) : undefined,
      needs(2) ? choose(builder, condition, zero, g) : undefined,
    ];
  },
  loops: ({ inputs: [condition, a, b], outputs: [{ dtype, shape }], axes }) => {
    const at = axes(shape);
    return [{ kind: "map", axes: at, dtype, value: either(loadAt(condition, at), loadAt(a, at), loadAt(b, at)) }];
  },
  samples: [
    {
      name: "a mask",
      attributes: {},
      inputs: [
        { dtype: "bool", shape: [4], data: [0, 1, 1, 0] },
        { dtype: "f32", shape: [4] },
        { dtype: "f32", shape: [4] },
      ],
    },
    {
      name: "a NaN on the other side",
      attributes: {},
      inputs: [
        { dtype: "bool", shape: [2, 1], data: [1, 0] },
        { dtype: "f32", shape: [2, 1], data: [1, NaN] },
        { dtype: "f32", shape: [2, 1], data: [NaN, 2] },
      ],
      differentiable: false,
    },
    {
      name: "i32 scalars",
      attributes: {},
      inputs: [
        { dtype: "bool", shape: [], data: [1] },
        { dtype: "i32", shape: [] },
        { dtype: "i32", shape: [] },
      ],
    },
  ],
});

type CastAttributes = { readonly dtype: ElementType };

export const cast = defineOp<CastAttributes>({
  name: "cast",
  summary: "x in another dtype: f32 to i32 towards zero, saturating, NaN as 0; to bool whether x ≠ 0.",
  constraints: ["1. The result has the shape of x and the given dtype."],
  infer: (inputs, { dtype }) => arity("cast", inputs, 1) ?? [{ dtype, shape: inputs[0].shape }],
  gradient: ({ attributes, outputGradients: [g] }) => [attributes.dtype === "f32" ? g : undefined],
  loops: ({ attributes: { dtype }, inputs: [x], axes }) => {
    const at = axes(x.type.shape);
    return [{ kind: "map", axes: at, dtype, value: convert(dtype, loadAt(x, at)) }];
  },
  samples: [
    { name: "f32 to f32", attributes: { dtype: "f32" }, inputs: [{ dtype: "f32", shape: [3] }] },
    {
      name: "f32 to i32 saturates",
      attributes: { dtype: "i32" },
      inputs: [{ dtype: "f32", shape: [7], data: [1.9, -1.9, 0.5, 3e9, -3e9, NaN, Infinity] }],
    },
    { name: "i32 to f32", attributes: { dtype: "f32" }, inputs: [{ dtype: "i32", shape: [2, 1, 3] }] },
    { name: "f32 to bool", attributes: { dtype: "bool" }, inputs: [{ dtype: "f32", shape: [3], data: [0, -0, 0.5] }] },
    { name: "bool to f32", attributes: { dtype: "f32" }, inputs: [{ dtype: "bool", shape: [2], data: [0, 1] }] },
  ],
});
