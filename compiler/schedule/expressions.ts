/** Constructors and questions for the expressions of a program: types, keys for sharing, the names that one reads. */
import { constantValue } from "../dimension/dimension.ts";
import { axesOf, dataScalarsOf, indexKey } from "../loops/index.ts";
import { localsOf } from "../loops/scalar.ts";
import type { BinaryOperator, Comparison, ElementType, Index } from "../loops/types.ts";
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
  const known = index.terms.length === 0 ? constantValue(index.constant) : undefined;
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
export function selectOf(condition: Expression, then: Expression, otherwise: Expression): Expression {
  return { kind: "select", condition, then, otherwise, type: then.type };
}

/** Needs no name of its own: printing it costs nothing. */
export function isTrivial(expression: Expression): boolean {
  if (expression.kind === "index") return expression.type.lanes === 1 && expression.index.terms.length === 0;
  return expression.kind === "constant" || expression.kind === "variable";
}

export function operandsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "constant":
    case "variable":
    case "index":
    case "load":
      return [];
    case "splat":
    case "lane":
    case "unary":
    case "cast":
      return [expression.value];
    case "pack":
      return expression.values;
    case "binary":
    case "compare":
      return [expression.left, expression.right];
    case "select":
      return [expression.condition, expression.then, expression.otherwise];
    case "call":
      return expression.arguments;
  }
}

/** The same expression with each operand replaced. */
export function mapOperands(expression: Expression, fn: (operand: Expression) => Expression): Expression {
  switch (expression.kind) {
    case "constant":
    case "variable":
    case "index":
    case "load":
      return expression;
    case "splat":
    case "lane":
    case "unary":
    case "cast":
      return { ...expression, value: fn(expression.value) };
    case "pack": {
      const [a, b, c, d] = expression.values;
      return { ...expression, values: [fn(a), fn(b), fn(c), fn(d)] };
    }
    case "binary":
    case "compare":
      return { ...expression, left: fn(expression.left), right: fn(expression.right) };
    case "select":
      return {
        ...expression,
        condition: fn(expression.condition),
        then: fn(expression.then),
        otherwise: fn(expression.otherwise),
      };
    case "call":
      return { ...expression, arguments: expression.arguments.map(fn) };
  }
}

/** The indices written in the expression itself. */
export function indicesOfExpression(expression: Expression): readonly Index[] {
  if (expression.kind === "index") return [expression.index];
  return expression.kind === "load" ? [expression.address] : [];
}

/** Loop variables and locals that an index reads. */
export function namesOfIndex(index: Index): readonly string[] {
  const names: string[] = [];
  collectIndex(index, names);
  return names;
}

/** Loop variables and locals that the expression reads, operands included, repeated where read repeatedly. */
export function namesOf(expression: Expression): readonly string[] {
  const names: string[] = [];
  collectNames(expression, names);
  return names;
}

/** One list for all: every statement is asked several times. */
function collectNames(expression: Expression, names: string[]): void {
  if (expression.kind === "variable") names.push(expression.name);
  else if (expression.kind === "index") collectIndex(expression.index, names);
  else if (expression.kind === "load") collectIndex(expression.address, names);
  for (const operand of operandsOf(expression)) collectNames(operand, names);
}

function collectIndex(index: Index, names: string[]): void {
  let plain = true;
  for (const { atom } of index.terms) {
    if (atom.kind === "axis") names.push(atom.axis);
    else plain = false;
  }
  if (plain) return;
  const rest = { ...index, terms: index.terms.filter(({ atom }) => atom.kind !== "axis") };
  names.push(...axesOf(rest), ...dataScalarsOf(rest).flatMap((scalar) => [...localsOf(scalar)]));
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
