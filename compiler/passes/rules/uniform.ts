/**
 * Rules for values whose elements are one known number.
 */
import { constantValue } from "../../dimension/dimension.ts";
import { isDimension } from "../../graph/attributes.ts";
import type { Value } from "../../graph/types.ts";
import { signOf } from "../../loops/functions/sign.ts";
import { binary, cast, compare, constantScalar, select, unary } from "../../loops/scalar.ts";
import type { BinaryOperator, Comparison, ElementType, Scalar, UnaryOperator } from "../../loops/types.ts";
import { fill } from "../../ops/emit.ts";
import { inferTypes } from "../../ops/index.ts";
import { uniform, type Expression, type Rewriter, type Rule } from "./rule.ts";

/** The functions that targets compute by polynomials, and the remainder of f32, are left to them. */
const unaries: readonly UnaryOperator[] = ["neg", "abs", "floor", "sqrt", "not"];
const binaries: readonly BinaryOperator[] = ["add", "sub", "mul", "div", "mod", "maximum", "minimum", "and", "or"];
const comparisons: readonly Comparison[] = ["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"];

/** The rule that computes an op once, on scalars, where all its operands are uniform. */
function folding(op: string, compute: (operands: readonly Scalar[]) => Scalar): Rule {
  return {
    name: `${op} of numbers → its value`,
    ops: [op],
    rewrite: (expression, rewriter) => {
      const known: Scalar[] = [];
      for (const input of expression.inputs) {
        const operand = literal(rewriter, input);
        if (operand === undefined) return undefined;
        known.push(operand);
      }
      const result = compute(known);
      return result.kind === "constant" ? filled(expression, rewriter, result.value, result.dtype) : undefined;
    },
  };
}

function literal(rewriter: Rewriter, value: Value): Scalar | undefined {
  const known = uniform(rewriter, value);
  return known === undefined ? undefined : constantScalar(rewriter.typeOf(value).dtype, known);
}

/** The number at the expression's shape. */
function filled(expression: Expression, rewriter: Rewriter, value: number, dtype: ElementType): Value | undefined {
  const { op, inputs, attributes } = expression;
  const types = inferTypes(
    op,
    inputs.map((input) => rewriter.typeOf(input)),
    attributes,
  );
  return "kind" in types ? undefined : fill(rewriter, types[0].shape, value, dtype);
}

const foldings: readonly Rule[] = [
  ...unaries.map((op) => folding(op, ([x]) => unary(op, x))),
  folding("sign", ([x]) => signOf(x)),
  ...binaries.map((op) => folding(op, ([a, b]) => binary(op, a, b))),
  ...comparisons.map((op) => folding(op, ([a, b]) => compare(op, a, b))),
  folding("select", ([condition, a, b]) => select(condition, a, b)),
];

const castFolding: Rule = {
  name: "cast of a number → its value",
  ops: ["cast"],
  rewrite: (expression, rewriter) => {
    const operand = literal(rewriter, expression.inputs[0]);
    const { dtype } = expression.attributes;
    if (operand === undefined || (dtype !== "f32" && dtype !== "i32" && dtype !== "bool")) return undefined;
    const result = cast(dtype, operand);
    return result.kind === "constant" ? filled(expression, rewriter, result.value, dtype) : undefined;
  },
};

const movementOfUniform: Rule = {
  name: "a number moved → the number at the new shape",
  ops: ["reshape", "transpose", "reverse", "slice", "broadcast"],
  rewrite: (expression, rewriter) => {
    const [x] = expression.inputs;
    const known = uniform(rewriter, x);
    const { dtype, shape } = rewriter.typeOf(x);
    // A broadcast of a scalar is how a uniform value is written.
    if (known === undefined || (shape.length === 0 && expression.op === "broadcast")) return undefined;
    return filled(expression, rewriter, known, dtype);
  },
};

const knownDimension: Rule = {
  name: "a closed dimension → its value",
  ops: ["dimension"],
  rewrite: ({ attributes: { dimension } }, rewriter) => {
    const known = isDimension(dimension) ? constantValue(dimension) : undefined;
    return known === undefined ? undefined : rewriter.constant(known, "i32");
  },
};

export const uniformRules: readonly Rule[] = [...foldings, castFolding, movementOfUniform, knownDimension];
