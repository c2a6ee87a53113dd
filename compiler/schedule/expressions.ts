/** Constructors and questions for the expressions of a program: types, and keys for sharing. */
import { InternalError } from "../diagnostics/diagnostic.ts";
import { neutral } from "../loops/combine.ts";
import { indexKey, knownNumber } from "../loops/index.ts";
import type { BinaryOperator, Combine, Comparison, ElementType, Index } from "../loops/types.ts";
import { operandsOf } from "../program/traverse.ts";
import type { Expression, ValueType } from "../program/types.ts";

export type Lanes = ValueType["lanes"];
export type Variable = Extract<Expression, { readonly kind: "variable" }>;

export const laneNumbers = [0, 1, 2, 3] as const;

export function constantOf(dtype: ElementType, value: number, lanes: Lanes = 1): Expression {
  return { kind: "constant", type: { dtype, lanes }, value };
}

export function variableOf(name: string, type: ValueType): Variable {
  return { kind: "variable", name, type };
}

/** An integer as an i32; a number where it is known. */
export function indexOf(index: Index, lanes: Lanes = 1): Expression {
  const known = knownNumber(index);
  if (known !== undefined && lanes === 1) return constantOf("i32", known);
  return { kind: "index", index, type: { dtype: "i32", lanes } };
}

/** Both operands have equal lanes. */
export function binaryOf(operator: BinaryOperator, left: Expression, right: Expression): Expression {
  return { kind: "binary", operator, left, right, type: left.type };
}

/** Both operands have equal lanes. */
export function compareOf(operator: Comparison, left: Expression, right: Expression): Expression {
  return { kind: "compare", operator, left, right, type: { dtype: "bool", lanes: left.type.lanes } };
}

/** All three have equal lanes. */
export function selectOf(condition: Expression, whenTrue: Expression, otherwise: Expression): Expression {
  return { kind: "select", condition, whenTrue, otherwise, type: whenTrue.type };
}

/** Needs no name of its own: printing it costs nothing. */
export function isTrivial(expression: Expression): boolean {
  if (expression.kind === "index") return expression.type.lanes === 1 && expression.index.terms.length === 0;
  return expression.kind === "constant" || expression.kind === "variable";
}

/** Canonical text: equal keys, equal values at the same place. */
export function expressionKey(expression: Expression): string {
  const { dtype, lanes } = expression.type;
  return `${dtype}${lanes}:${headKey(expression)}(${operandsOf(expression).map(expressionKey).join(",")})`;
}

function headKey(expression: Expression): string {
  switch (expression.kind) {
    case "constant":
      return Object.is(expression.value, -0) ? "-0" : String(expression.value);
    case "variable":
      return expression.name;
    case "index":
      return `<${indexKey(expression.index)}>`;
    case "load":
      return `${expression.buffer}[${indexKey(expression.address)}]`;
    case "lane":
      return `lane${expression.lane}`;
    case "shuffle":
      return `shuffle${expression.lanes.join("")}`;
    case "unary":
    case "binary":
    case "compare":
      return expression.operator;
    case "call":
      return `call ${expression.function}`;
    case "splat":
    case "pack":
    case "select":
    case "cast":
      return expression.kind;
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Combinations
// ---------------------------------------------------------------------------------------------------------------------

// What the reductions start from and how they combine.

export const operators: Readonly<Record<Exclude<Combine, "argmax">, BinaryOperator>> = {
  sum: "add",
  max: "maximum",
  greatest: "greatest",
  min: "minimum",
  prod: "mul",
};

/** The value that changes nothing. A sum that started from +0 never is −0, so adding +0 to it is exact. */
export function neutralOf(combine: Combine, dtype: ElementType, lanes: Lanes): Expression {
  return constantOf(dtype, neutral(combine, dtype), lanes);
}

/** Both have equal lanes. */
export function combined(combine: Combine, left: Expression, right: Expression): Expression {
  if (combine === "argmax") throw new InternalError("schedule", "argmax is no binary operator");
  return binaryOf(operators[combine], left, right);
}
