/** What statements use and define: names, and which buffers they read and write. What may run side by side follows from it. */
import { axesOf, dataScalarsOf } from "../loops/index.ts";
import { localsOf } from "../loops/scalar.ts";
import type { Index } from "../loops/types.ts";
import type { Expression, Statement } from "./types.ts";

export interface Uses {
  /** Locals and loop variables that are read or assigned. */
  readonly names: ReadonlySet<string>;
  /** Locals and loop variables that are defined. */
  readonly defined: ReadonlySet<string>;
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
  /** Buffers that are written before they are read, in the order of the text. */
  readonly filled: ReadonlySet<string>;
}

type Found = { readonly [Kind in keyof Uses]: Set<string> };

/** Of all the statements, those inside loops and conditions included. */
export function usesOf(statements: readonly Statement[]): Uses {
  const found: Found = { names: new Set(), defined: new Set(), reads: new Set(), writes: new Set(), filled: new Set() };
  for (const statement of statements) collect(statement, found);
  return found;
}

function collect(statement: Statement, found: Found): void {
  switch (statement.kind) {
    case "for":
      ofIndex(statement.from, found);
      ofIndex(statement.to, found);
      found.defined.add(statement.variable);
      for (const inner of statement.body) collect(inner, found);
      return;
    case "define":
      ofExpression(statement.value, found);
      found.defined.add(statement.name);
      return;
    case "assign":
      ofExpression(statement.value, found);
      found.names.add(statement.name);
      return;
    case "store":
      ofIndex(statement.address, found);
      ofExpression(statement.value, found);
      if (!found.reads.has(statement.buffer)) found.filled.add(statement.buffer);
      found.writes.add(statement.buffer);
      return;
    case "if":
      ofExpression(statement.condition, found);
      for (const inner of [...statement.then, ...statement.otherwise]) collect(inner, found);
      return;
    case "comment":
      return;
  }
}

function ofIndex(index: Index, { names }: Found): void {
  for (const axis of axesOf(index)) names.add(axis);
  for (const scalar of dataScalarsOf(index)) for (const local of localsOf(scalar)) names.add(local);
}

function ofExpression(expression: Expression, found: Found): void {
  if (expression.kind === "variable") found.names.add(expression.name);
  if (expression.kind === "index") ofIndex(expression.index, found);
  if (expression.kind === "load") {
    ofIndex(expression.address, found);
    found.reads.add(expression.buffer);
  }
  for (const operand of operandsOf(expression)) ofExpression(operand, found);
}

/** The expressions directly inside. */
function operandsOf(expression: Expression): readonly Expression[] {
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
