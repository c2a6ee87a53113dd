/** The signature of a scheduled kernel: its buffers in order of appearance, and the open dimensions that its body uses. */
import type { Dimension } from "../../dimension/dimension.ts";
import { symbolsOf } from "../../dimension/dimension.ts";
import type { TensorType } from "../../graph/types.ts";
import type { Index, IndexAtom } from "../../loops/types.ts";
import type { Expression, KernelParameter, Statement } from "../../program/types.ts";
import { readsOf, writesOf } from "../tensors.ts";
import type { Kernel } from "../types.ts";
import { indicesOfExpression, operandsOf } from "./expressions.ts";

/** Read ones first. A scatter's target is written: what it held before does not matter. */
export function parametersOf(kernel: Kernel, tensors: (name: string) => TensorType): readonly KernelParameter[] {
  const reads = readsOf(kernel);
  const writes = writesOf(kernel);
  return [...new Set([...reads, ...writes])].map((name) => {
    const access = !writes.has(name) ? "read" : reads.has(name) ? "update" : "write";
    return { name, dtype: tensors(name).dtype, access };
  });
}

/** The open dimensions in the statements, sorted by name. */
export function dimsOf(statements: readonly Statement[]): readonly string[] {
  const names = statements.flatMap(dimensionsOfStatement).flatMap((dimension) => [...symbolsOf(dimension)]);
  return [...new Set(names)].sort();
}

function dimensionsOfStatement(statement: Statement): readonly Dimension[] {
  switch (statement.kind) {
    case "for":
      return [
        ...[statement.from, statement.to].flatMap(dimensionsOfIndex),
        ...statement.body.flatMap(dimensionsOfStatement),
      ];
    case "define":
    case "assign":
      return dimensionsOfExpression(statement.value);
    case "store":
      return [...dimensionsOfIndex(statement.address), ...dimensionsOfExpression(statement.value)];
    case "if":
      return [
        ...dimensionsOfExpression(statement.condition),
        ...[...statement.then, ...statement.otherwise].flatMap(dimensionsOfStatement),
      ];
    case "comment":
      return [];
  }
}

function dimensionsOfExpression(expression: Expression): readonly Dimension[] {
  return [
    ...indicesOfExpression(expression).flatMap(dimensionsOfIndex),
    ...operandsOf(expression).flatMap(dimensionsOfExpression),
  ];
}

function dimensionsOfIndex(index: Index): readonly Dimension[] {
  return [index.constant, ...index.terms.flatMap(({ atom, coefficient }) => [coefficient, ...dimensionsOfAtom(atom)])];
}

function dimensionsOfAtom(atom: IndexAtom): readonly Dimension[] {
  if (atom.kind === "axis" || atom.kind === "data") return [];
  return [atom.divisor, ...dimensionsOfIndex(atom.value)];
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
