/**
 * Elementwise functions of two tensors of one type. Broadcasting is written out before, by `broadcast` nodes.
 */
import type { Value } from "../graph/types.ts";
import { mod as remainder, pow as power } from "../loops/functions.ts";
import { binary, call, dtypeOf as elementOf } from "../loops/scalar.ts";
import type { BinaryOperator, ElementType, Scalar } from "../loops/types.ts";
import { arity, dtypeOf, equalDtypes, equalShapes } from "./check.ts";
import { defineOp, type AnyOp, type Builder, type Sample, type SampleInput } from "./define.ts";
import { divide, fillLike, held, multiply, negate, scale, select, shift, subtract } from "./emit.ts";
import { loadAt } from "./scalars.ts";

interface Operands {
  readonly a: Value;
  readonly b: Value;
  readonly y: Value;
  readonly g: Value;
}

type Derivative = (builder: Builder, operands: Operands) => Value;

interface Elementwise {
  readonly summary: string;
  readonly dtypes: readonly ElementType[];
  /** The gradient at a and at b. */
  readonly gradient: "none" | readonly [Derivative, Derivative];
  readonly ranges?: readonly [readonly [number, number], readonly [number, number]];
  readonly samples?: readonly Sample<Record<string, never>>[];
}

function elementwise(name: string, value: (a: Scalar, b: Scalar) => Scalar, definition: Elementwise): AnyOp {
  const { summary, dtypes, gradient } = definition;
  return defineOp<Record<string, never>>({
    name,
    summary,
    constraints: [
      `1. a and b are both ${dtypes.join(" or both ")}.`,
      "2. a and b have one shape.",
      "3. The result has the type of a.",
    ],
    infer: (inputs) =>
      arity(name, inputs, 2) ??
      equalDtypes(name, inputs, 0, 1) ??
      dtypeOf(name, inputs, 0, dtypes) ??
      equalShapes(name, inputs, 0, 1) ?? [inputs[0]],
    gradient:
      gradient === "none"
        ? "none"
        : ({ builder, inputs: [a, b], outputs: [y], outputGradients: [g], needs }) =>
            gradient.map((derivative, side) => (g && needs(side) ? derivative(builder, { a, b, y, g }) : undefined)),
    loops: ({ inputs: [a, b], outputs: [{ dtype, shape }], axes }) => {
      const at = axes(shape);
      return [{ kind: "map", axes: at, dtype, value: value(loadAt(a, at), loadAt(b, at)) }];
    },
    samples: [...drawn(definition), ...(definition.samples ?? [])],
  });
}

function operator(name: BinaryOperator, definition: Elementwise): AnyOp {
  return elementwise(name, (a, b) => binary(name, a, b), definition);
}

/** Samples at three shapes, in each dtype. */
function drawn({ dtypes, ranges }: Elementwise): readonly Sample<Record<string, never>>[] {
  const input = (dtype: ElementType, shape: readonly number[], side: 0 | 1): SampleInput =>
    ranges === undefined || dtype !== "f32" ? { dtype, shape } : { dtype, shape, range: ranges[side] };
  return dtypes.flatMap((dtype) =>
    [[], [5], [2, 1, 3]].map((shape) => ({
      name: `${dtype}[${shape.join(", ")}]`,
      attributes: {},
      inputs: [input(dtype, shape, 0), input(dtype, shape, 1)],
    })),
  );
}

/** A sample of given values in one row each. */
function rows(
  name: string,
  a: readonly number[],
  b: readonly number[],
  dtype: ElementType = "f32",
): Sample<Record<string, never>> {
  const shape = [a.length];
  const inputs = [a, b].map((data) => ({ dtype, shape, data }));
  return { name, attributes: {}, inputs, differentiable: false };
}

export const add = operator("add", {
  summary: "a + b; an i32 wraps around.",
  dtypes: ["f32", "i32"],
  gradient: [(_, { g }) => g, (_, { g }) => g],
  samples: [rows("i32 wraps", [2147483647, -2147483648], [1, -1], "i32")],
});

export const sub = operator("sub", {
  summary: "a − b; an i32 wraps around.",
  dtypes: ["f32", "i32"],
  gradient: [(_, { g }) => g, (builder, { g }) => negate(builder, g)],
  samples: [rows("i32 wraps", [-2147483648, 0], [1, -2147483648], "i32")],
});

export const mul = operator("mul", {
  summary: "a · b; an i32 wraps around.",
  dtypes: ["f32", "i32"],
  gradient: [(builder, { b, g }) => multiply(builder, g, b), (builder, { a, g }) => multiply(builder, g, a)],
  samples: [rows("i32 wraps", [65536, 2147483647, -3], [65537, 2147483647, 5], "i32")],
});

export const div = operator("div", {
  summary: "a / b.",
  dtypes: ["f32"],
  gradient: [
    (builder, { b, g }) => divide(builder, g, b),
    (builder, { b, y, g }) => negate(builder, multiply(builder, divide(builder, g, b), y)),
  ],
  ranges: [
    [-2, 2],
    [0.5, 2],
  ],
  samples: [rows("by zero", [1, -1, 0], [0, 0, 0])],
});

export const mod = elementwise(
  "mod",
  (a, b) => (elementOf(a) === "f32" ? call(remainder, [a, b]) : binary("mod", a, b)),
  {
    summary:
      "The floored remainder a − b·⌊a/b⌋: in [0, b) or (b, 0] for a finite b, exact where |a/b| ≤ 2²²; f32 by 0 and of ±∞ is NaN, i32 by 0 is 0.",
    dtypes: ["f32", "i32"],
    gradient: [
      (_, { g }) => g,
      // The whole number ⌊a/b⌋, of which the rounded quotient may miss by one, and which is constant almost everywhere.
      (builder, { a, b, y, g }) => {
        const times = held(builder, divide(builder, subtract(builder, a, y), b));
        return negate(builder, multiply(builder, g, times));
      },
    ],
    ranges: [
      [4.25, 4.75],
      [1.8, 2.1],
    ],
    samples: [
      rows("signs", [5.5, -5.5, 5.5, -5.5, 6, -6], [2, 2, -2, -2, 2, -2]),
      rows("a quotient that is rounded up", [721745.6875, -721745.6875], [0.5318776, 0.5318776].map(Math.fround)),
      rows("no remainder", [1, 0, Infinity, NaN, 1], [0, 0, 1, 1, NaN]),
      rows("by infinities", [1, -1, 1, -1], [Infinity, Infinity, -Infinity, -Infinity]),
      rows("i32 signs", [7, -7, 7, -7, 6, -6], [3, 3, -3, -3, -3, 3], "i32"),
      rows("i32 limits", [-2147483648, -2147483648, 2147483647, 5, -5], [-1, 2147483647, -2147483648, 0, 0], "i32"),
    ],
  },
);

export const pow = elementwise("pow", (a, b) => call(power, [a, b]), {
  summary:
    "a to the power b, of a negative a only where b is whole, else NaN; 0 to the power 0 is 1, and both its gradients are 0. A negative a gives b no gradient but NaN.",
  dtypes: ["f32"],
  gradient: [
    // b·a^(b−1) tends to 0 with b, where the product as written is 0 · ∞ for a = 0.
    (builder, { a, b, g }) => {
      const zero = fillLike(builder, b, 0);
      const slope = multiply(builder, b, builder.one("pow", [a, shift(builder, b, -1)]));
      return multiply(builder, g, select(builder, builder.one("equal", [held(builder, b), zero]), zero, slope));
    },
    // y·log a tends to 0 with a, where the product as written is 0 · −∞; so it is taken at 0 to the power 0, too.
    (builder, { a, b, y, g }) => {
      const zero = fillLike(builder, y, 0);
      const slope = multiply(builder, y, builder.one("log", [a]));
      const isZero = (value: Value): Value => builder.one("equal", [held(builder, value), zero]);
      const none = builder.one("or", [isZero(y), builder.one("and", [isZero(a), isZero(b)])]);
      return multiply(builder, g, select(builder, none, zero, slope));
    },
  ],
  ranges: [
    [0.5, 2],
    [-2, 2],
  ],
  samples: [
    rows("zero base", [0, 0, 0, -0, -0, -0, 1, 0.5], [2, 0.5, 0, 3, -3, -0.5, 3, -1]),
    rows("negative base", [-2, -2, -2, -2, -1, -1], [3, 2, -3, 0, 5, 0.5]),
    rows(
      "infinities",
      [2, 0.5, -1, -2, -Infinity, -Infinity, Infinity],
      [Infinity, Infinity, Infinity, -Infinity, 3, 0.5, -1],
    ),
    rows("NaN", [NaN, NaN, 1, -1, 2], [0, 1, NaN, NaN, NaN]),
  ],
});

/** The whole gradient where `other` does not win, half of it in a tie. */
function shareOf(builder: Builder, { g }: Operands, wins: Value, ties: Value): Value {
  const half = select(builder, ties, scale(builder, g, 0.5), g);
  return select(builder, wins, fillLike(builder, g, 0), half);
}

function extreme(name: "maximum" | "minimum", summary: string): AnyOp {
  const beats = name === "maximum" ? "greater" : "less";
  const share = (builder: Builder, operands: Operands, a: Value, b: Value): Value => {
    const [self, other] = [held(builder, a), held(builder, b)];
    return shareOf(builder, operands, builder.one(beats, [other, self]), builder.one("equal", [self, other]));
  };
  return operator(name, {
    summary,
    dtypes: ["f32", "i32"],
    gradient: [
      (builder, operands) => share(builder, operands, operands.a, operands.b),
      (builder, operands) => share(builder, operands, operands.b, operands.a),
    ],
    ranges: [
      [-2, 0],
      [0.1, 2],
    ],
    samples: [rows("ties and signs", [1, -1, 0, 2], [1, 1, -0, 3])],
  });
}

export const maximum = extreme(
  "maximum",
  "The greater of a and b, NaN if either is; a tie gives each half the gradient.",
);
export const minimum = extreme(
  "minimum",
  "The smaller of a and b, NaN if either is; a tie gives each half the gradient.",
);

function logical(name: "and" | "or", summary: string): AnyOp {
  const samples = [rows("truth table", [0, 0, 1, 1], [0, 1, 0, 1], "bool")];
  return operator(name, { summary, dtypes: ["bool"], gradient: "none", samples });
}

export const and = logical("and", "True where both are.");
export const or = logical("or", "True where at least one is.");
