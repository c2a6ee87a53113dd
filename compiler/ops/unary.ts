/**
 * Elementwise functions of one tensor: operators, and the functions of `loops/functions.ts`, each with its gradient.
 */
import type { Value } from "../graph/types.ts";
import type { ElementType, NumberFunction, Scalar, UnaryOperator } from "../loops/types.ts";
import { signOf } from "../loops/functions/sign.ts";
import type { UnaryFunction } from "../loops/functions.ts";
import { unaryFunctions } from "../loops/functions.ts";
import { call, unary } from "../loops/scalar.ts";
import { arity, dtypeOf } from "./check.ts";
import { defineOp, type AnyOp, type Builder, type Sample } from "./define.ts";
import { divide, fillLike, multiply, negate, scale, shift } from "./emit.ts";
import { loadAt } from "./scalars.ts";

/** From the operand x, the result y and the gradient g at y to the gradient at x. */
type Derivative = (builder: Builder, values: { readonly x: Value; readonly y: Value; readonly g: Value }) => Value;

interface Elementwise {
  readonly summary: string;
  readonly dtypes: readonly ElementType[];
  readonly gradient: "none" | Derivative;
  /** Where test values are drawn from. */
  readonly range?: readonly [number, number];
  readonly samples?: readonly Sample<Record<string, never>>[];
}

function elementwise(name: string, value: (x: Scalar) => Scalar, definition: Elementwise): AnyOp {
  const { summary, dtypes, gradient, range, samples = [] } = definition;
  const [dtype] = dtypes;
  const input = (shape: readonly number[]) => (range === undefined ? { dtype, shape } : { dtype, shape, range });
  const drawn = [[], [5], [2, 1, 3]].map((shape) => ({
    name: `[${shape.join(", ")}]`,
    attributes: {},
    inputs: [input(shape)],
  }));
  return defineOp<Record<string, never>>({
    name,
    summary,
    constraints: [`1. x is ${dtypes.join(" or ")}.`, "2. The result has the type of x."],
    infer: (inputs) => arity(name, inputs, 1) ?? dtypeOf(name, inputs, 0, dtypes) ?? [inputs[0]],
    gradient:
      gradient === "none"
        ? "none"
        : ({ builder, inputs: [x], outputs: [y], outputGradients: [g] }) => [g && gradient(builder, { x, y, g })],
    loops: ({ inputs: [x], outputs: [{ dtype: result, shape }], axes }) => {
      const at = axes(shape);
      return [{ kind: "map", axes: at, dtype: result, value: value(loadAt(x, at)) }];
    },
    samples: [...drawn, ...samples],
  });
}

function operator(name: UnaryOperator, definition: Elementwise): AnyOp {
  return elementwise(name, (x) => unary(name, x), definition);
}

function functionOf(of: NumberFunction, definition: Omit<Elementwise, "dtypes">): AnyOp {
  return elementwise(of.definition.name, (x) => call(of, [x]), { dtypes: ["f32"], ...definition });
}

/** A sample of given values in one row. */
function row(name: string, data: readonly number[], dtype: ElementType = "f32"): Sample<Record<string, never>> {
  return { name, attributes: {}, inputs: [{ dtype, shape: [data.length], data }], differentiable: false };
}

export const neg = operator("neg", {
  summary: "−x; an i32 wraps around.",
  dtypes: ["f32", "i32"],
  gradient: (builder, { g }) => negate(builder, g),
  samples: [row("i32 wraps", [0, 1, -7, -2147483648], "i32")],
});

export const abs = operator("abs", {
  summary: "|x|, with gradient 0 at 0.",
  dtypes: ["f32", "i32"],
  gradient: (builder, { x, g }) => multiply(builder, g, builder.one("sign", [x])),
  range: [0.25, 2],
  samples: [row("kink", [0, -0, -1.5, 2]), row("i32", [0, 3, -3], "i32")],
});

export const floor = operator("floor", {
  summary: "The greatest whole number that is at most x.",
  dtypes: ["f32"],
  gradient: "none",
  samples: [row("whole numbers", [-2, -1.5, -0.5, 0, 0.5, 1, 1.5])],
});

export const sqrt = operator("sqrt", {
  summary: "The square root of x; NaN for a negative x.",
  dtypes: ["f32"],
  gradient: (builder, { y, g }) => divide(builder, scale(builder, g, 0.5), y),
  range: [0.25, 4],
  samples: [row("edge", [0, 1, 4, -1])],
});

export const not = operator("not", {
  summary: "True where x is false.",
  dtypes: ["bool"],
  gradient: "none",
  samples: [row("both", [0, 1], "bool")],
});

/** One op for each function of one number. */
export const functionOps: Readonly<Record<UnaryFunction, AnyOp>> = {
  sign: elementwise("sign", signOf, {
    summary: "−1, 0 or 1 as x is negative, zero or positive, with gradient 0.",
    dtypes: ["f32", "i32"],
    gradient: (builder, { x }) => fillLike(builder, x, 0),
    range: [-2, -0.25],
    samples: [row("step", [0, -0, -1.5, 2]), row("i32", [0, 3, -3], "i32")],
  }),
  exp: functionOf(unaryFunctions.exp, {
    summary: "e to the power x.",
    gradient: (builder, { y, g }) => multiply(builder, g, y),
  }),
  expm1: functionOf(unaryFunctions.expm1, {
    summary: "e to the power x, minus 1, exact near 0.",
    // Not y + 1, which has lost all digits far below 0.
    gradient: (builder, { x, g }) => multiply(builder, g, builder.one("exp", [x])),
    samples: [row("near 0", [1e-6, -1e-6, 0])],
  }),
  log: functionOf(unaryFunctions.log, {
    summary: "The natural logarithm of x.",
    gradient: (builder, { x, g }) => divide(builder, g, x),
    range: [0.25, 4],
    samples: [row("edge", [0, 1, -1])],
  }),
  log1p: functionOf(unaryFunctions.log1p, {
    summary: "The natural logarithm of 1 + x, exact near 0.",
    gradient: (builder, { x, g }) => divide(builder, g, shift(builder, x, 1)),
    range: [-0.5, 3],
    samples: [row("near 0", [1e-6, -1e-6, 0])],
  }),
  sin: functionOf(unaryFunctions.sin, {
    summary:
      "The sine of x in radians: within 2⁻²² for |x| ≤ 8192, 2⁻¹⁸ up to 2¹⁷, a quarter up to 2²³, of no meaning beyond.",
    gradient: (builder, { x, g }) => multiply(builder, g, builder.one("cos", [x])),
  }),
  cos: functionOf(unaryFunctions.cos, {
    summary:
      "The cosine of x in radians: within 2⁻²² for |x| ≤ 8192, 2⁻¹⁸ up to 2¹⁷, a quarter up to 2²³, of no meaning beyond.",
    gradient: (builder, { x, g }) => negate(builder, multiply(builder, g, builder.one("sin", [x]))),
  }),
  tanh: functionOf(unaryFunctions.tanh, {
    summary: "The hyperbolic tangent of x.",
    gradient: (builder, { y, g }) => {
      const slope = shift(builder, negate(builder, multiply(builder, y, y)), 1);
      return multiply(builder, g, slope);
    },
  }),
  erf: functionOf(unaryFunctions.erf, {
    summary: "The error function of x, 2/√π times the integral of exp(−t²) from 0 to x.",
    gradient: (builder, { x, g }) => multiply(builder, g, bell(builder, x, 2 / Math.sqrt(Math.PI))),
  }),
  erfc: functionOf(unaryFunctions.erfc, {
    summary: "1 minus the error function of x, with all its digits where that is near 1.",
    gradient: (builder, { x, g }) => multiply(builder, g, bell(builder, x, -2 / Math.sqrt(Math.PI))),
    samples: [row("tails", [3.5, 4.5, 6, 9, 12, -3, -7, Infinity, -Infinity, NaN])],
  }),
};

/** height·exp(−x²). */
function bell(builder: Builder, x: Value, height: number): Value {
  return scale(builder, builder.one("exp", [negate(builder, multiply(builder, x, x))]), height);
}
