/** The signature of a scheduled kernel: its buffers in order of appearance, and the open dimensions that its body uses. */
import type { Dimension } from "../dimension/dimension.ts";
import { constantValue, symbolsOf } from "../dimension/dimension.ts";
import type { TensorType } from "../graph/types.ts";
import type { Index } from "../loops/types.ts";
import type { Expression, KernelParameter, Statement } from "../program/types.ts";
import { accountOf } from "../kernel/accesses.ts";
import { readsOf, writesOf } from "../kernel/tensors.ts";
import type { Kernel } from "../kernel/types.ts";
import { indicesOfExpression, operandsOf } from "./expressions.ts";

/**
 * Read ones first. `update` is what is loaded before it is stored: what a kernel stores and loads again, or a scatter's
 * target, is written, since what it held before does not matter.
 */
export function parametersOf(kernel: Kernel, tensors: (name: string) => TensorType): readonly KernelParameter[] {
  const { loads, stores } = accountOf(kernel);
  return [...new Set([...readsOf(kernel), ...writesOf(kernel)])].map((name) => {
    const [loaded] = loads.get(name) ?? [];
    const [stored] = stores.get(name) ?? [];
    const isUpdate = loaded !== undefined && stored !== undefined && loaded.moment < stored.moment;
    const access = stored === undefined ? "read" : isUpdate ? "update" : "write";
    return { name, dtype: tensors(name).dtype, access };
  });
}

/** The open dimensions in the statements, sorted by name. */
export function dimsOf(statements: readonly Statement[]): readonly string[] {
  const names = new Set<string>();
  for (const statement of statements) collectStatement(statement, names);
  return [...names].sort();
}

function collectStatement(statement: Statement, names: Set<string>): void {
  switch (statement.kind) {
    case "for":
      collectIndex(statement.from, names);
      collectIndex(statement.to, names);
      for (const one of statement.body) collectStatement(one, names);
      return;
    case "define":
    case "assign":
      return collectExpression(statement.value, names);
    case "store":
      collectIndex(statement.address, names);
      return collectExpression(statement.value, names);
    case "if":
      collectExpression(statement.condition, names);
      for (const one of [...statement.then, ...statement.otherwise]) collectStatement(one, names);
      return;
    case "comment":
      return;
  }
}

function collectExpression(expression: Expression, names: Set<string>): void {
  for (const index of indicesOfExpression(expression)) collectIndex(index, names);
  for (const operand of operandsOf(expression)) collectExpression(operand, names);
}

function collectIndex({ constant, terms }: Index, names: Set<string>): void {
  collectDimension(constant, names);
  for (const { atom, coefficient } of terms) {
    collectDimension(coefficient, names);
    if (atom.kind === "axis" || atom.kind === "data") continue;
    collectDimension(atom.divisor, names);
    collectIndex(atom.value, names);
  }
}

function collectDimension(dimension: Dimension, names: Set<string>): void {
  if (constantValue(dimension) !== undefined) return;
  for (const name of symbolsOf(dimension)) names.add(name);
}

/** The functions of the program that the statements call. */
export function functionsUsed(statements: readonly Statement[]): ReadonlySet<string> {
  return new Set(statements.flatMap(callsInStatement));
}

function callsInStatement(statement: Statement): readonly string[] {
  switch (statement.kind) {
    case "for":
      return statement.body.flatMap(callsInStatement);
    case "define":
    case "assign":
    case "store":
      return callsIn(statement.value);
    case "if":
      return [
        ...callsIn(statement.condition),
        ...[...statement.then, ...statement.otherwise].flatMap(callsInStatement),
      ];
    case "comment":
      return [];
  }
}

function callsIn(expression: Expression): readonly string[] {
  const below = operandsOf(expression).flatMap(callsIn);
  return expression.kind === "call" ? [expression.function, ...below] : below;
}
