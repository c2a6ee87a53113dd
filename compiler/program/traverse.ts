/**
 * The shape of statements and expressions: what stands in one, the same with its parts replaced, and one walk over all that
 * is inside. `loops/traverse.ts` says the same of scalars.
 */
import type { Index } from "../loops/types.ts";
import type { Expression, Statement } from "./types.ts";

export type Node = Statement | Expression;

/** The expressions directly in it, in the order in which they are evaluated. */
export function operandsOf(node: Node): readonly Expression[] {
  switch (node.kind) {
    case "constant":
    case "variable":
    case "index":
    case "load":
    case "for":
    case "comment":
      return [];
    case "splat":
    case "lane":
    case "unary":
    case "cast":
    case "define":
    case "assign":
    case "store":
      return [node.value];
    case "pack":
      return node.values;
    case "binary":
    case "compare":
    case "shuffle":
      return [node.left, node.right];
    case "select":
      return [node.condition, node.whenTrue, node.otherwise];
    case "call":
      return node.arguments;
    case "if":
      return [node.condition];
  }
}

/** The same with each expression directly in it replaced. */
export function mapOperands(node: Statement, fn: (operand: Expression) => Expression): Statement;
export function mapOperands(node: Expression, fn: (operand: Expression) => Expression): Expression;
export function mapOperands(node: Node, fn: (operand: Expression) => Expression): Node {
  switch (node.kind) {
    case "constant":
    case "variable":
    case "index":
    case "load":
    case "for":
    case "comment":
      return node;
    case "splat":
    case "lane":
    case "unary":
    case "cast":
    case "define":
    case "assign":
    case "store":
      return { ...node, value: fn(node.value) };
    case "pack": {
      const [a, b, c, d] = node.values;
      return { ...node, values: [fn(a), fn(b), fn(c), fn(d)] };
    }
    case "binary":
    case "compare":
    case "shuffle":
      return { ...node, left: fn(node.left), right: fn(node.right) };
    case "select":
      return { ...node, condition: fn(node.condition), whenTrue: fn(node.whenTrue), otherwise: fn(node.otherwise) };
    case "call":
      return { ...node, arguments: node.arguments.map(fn) };
    case "if":
      return { ...node, condition: fn(node.condition) };
  }
}

/** The indices written in it, those in its operands not counted. */
export function indicesOf(node: Node): readonly Index[] {
  if (node.kind === "load" || node.kind === "store") return [node.address];
  if (node.kind === "for") return [node.from, node.to];
  return node.kind === "index" ? [node.index] : [];
}

/** The lists of statements directly in it. */
function bodiesOf(statement: Statement): readonly (readonly Statement[])[] {
  if (statement.kind === "for") return [statement.body];
  return statement.kind === "if" ? [statement.whenTrue, statement.otherwise] : [];
}

/** The same with each list of statements directly in it replaced. */
export function mapBodies(statement: Statement, fn: (body: readonly Statement[]) => readonly Statement[]): Statement {
  if (statement.kind === "for") return { ...statement, body: fn(statement.body) };
  return statement.kind === "if"
    ? { ...statement, whenTrue: fn(statement.whenTrue), otherwise: fn(statement.otherwise) }
    : statement;
}

/** All expressions in it, operands first, then itself; a statement's bodies are left out. */
export function nodesOf(node: Node): readonly Node[] {
  const nodes: Node[] = [];
  collect(node, nodes);
  return nodes;
}

/** All statements and expressions in the order of the text, a loop or condition before what is in its bodies. */
export function allNodesOf(statements: readonly Statement[]): readonly Node[] {
  const nodes: Node[] = [];
  collectAll(statements, nodes);
  return nodes;
}

function collect(node: Node, nodes: Node[]): void {
  for (const operand of operandsOf(node)) collect(operand, nodes);
  nodes.push(node);
}

function collectAll(statements: readonly Statement[], nodes: Node[]): void {
  for (const statement of statements) {
    collect(statement, nodes);
    for (const body of bodiesOf(statement)) collectAll(body, nodes);
  }
}
