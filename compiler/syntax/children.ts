/**
 * Walks over the syntax tree that never recurse: a node's children, and all nodes below it.
 * Children come in source order, except that a train gives its entries, then its lets, then its steps.
 */
import type {
  Body,
  Branch,
  Declaration,
  Expression,
  KeyValue,
  ListType,
  Module,
  Node,
  Parameter,
  ResultType,
  Statement,
  Step,
} from "./ast.ts";

/** All that no expression holds. */
type Outside = ListType | ResultType | Parameter | Body | Branch | Statement | Declaration | Step | KeyValue | Module;

function present(...nodes: readonly (Node | undefined)[]): Node[] {
  return nodes.filter((node) => node !== undefined);
}

/** The nodes directly below `node`. */
export function children(node: Node): readonly Node[] {
  switch (node.kind) {
    case "name":
    case "number":
    case "string":
    case "boolean":
    case "rest":
    case "inferred":
    case "ignored":
    case "newAxis":
    case "settingType":
      return [];
    case "list":
    case "tuple":
    case "index":
      return node.kind === "index" ? [node.target, ...node.items] : node.items;
    case "chain":
      return [node.first, ...node.rest];
    case "chainLink":
    case "unary":
      return [node.operand];
    case "binary":
      return [node.left, node.right];
    case "pipe":
      return node.stages;
    case "call":
      return [node.callee, ...node.arguments];
    case "argument":
      return present(node.label, node.value);
    case "named":
      return [node.expression, node.name];
    case "repeat":
      return [node.count, node.body];
    case "element":
      return [node.value];
    case "range":
      return present(node.from, node.to, node.step);
    case "transpose":
      return [node.target];
    case "member":
      return [node.target, node.member];
    case "scan":
      return [...node.inputs, ...present(node.along), ...node.carries, ...present(node.checkpoint), node.body];
    case "scanInput":
      return [node.name, node.source];
    case "along":
      return present(node.dimension, node.axis);
    case "carry":
      return [node.name, node.start];
    default:
      return belowDeclared(node);
  }
}

/** The nodes directly below one that no expression holds: of a signature, a body, a declaration. */
function belowDeclared(node: Outside): readonly Node[] {
  switch (node.kind) {
    case "tensorType":
      return node.shape;
    case "listType":
      return [node.element];
    case "tupleType":
    case "unionType":
      return node.members;
    case "tensorInput":
      return [node.name, ...node.types];
    case "setting":
      return [node.name, ...node.types, ...present(node.default)];
    case "bareInput":
      return [node.name];
    case "body":
      return node.statements;
    case "let":
      return [...node.targets, node.value];
    case "param":
    case "state":
      return present(node.name, node.type, node.start);
    case "update":
      return [node.target, node.value];
    case "if":
      return [...node.branches, ...present(node.otherwise)];
    case "branch":
      return [node.condition, node.body];
    case "require":
      return [node.condition, node.message];
    case "return":
    case "emit":
      return [node.value];
    case "next":
      return [node.name, node.value];
    case "use":
      return [node.path];
    case "const":
    case "data":
      return [node.name, node.value];
    case "block":
    case "model":
    case "initializer":
    case "loss":
    case "metric":
    case "regularizer":
    case "optimizer":
    case "schedule":
      return [node.name, ...node.parameters, ...present(node.result), node.body];
    case "train":
      return [node.name, ...present(node.label), ...node.inputs, ...node.entries, ...node.lets, ...node.steps];
    case "step":
      return [node.name, ...node.entries, ...node.lets];
    case "keyValue":
      return [node.key, node.value];
    case "module":
      return node.declarations;
  }
}

/** `root` and everything below it, a node before its children. */
export function* walk(root: Node): Generator<Node> {
  const waiting: Node[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    const below = children(node);
    for (let index = below.length - 1; index >= 0; index -= 1) {
      const child = below[index];
      if (child !== undefined) waiting.push(child);
    }
  }
}

const expressionKinds: readonly string[] = [
  "name",
  "number",
  "string",
  "boolean",
  "list",
  "tuple",
  "rest",
  "chain",
  "binary",
  "unary",
  "pipe",
  "call",
  "named",
  "repeat",
  "index",
  "transpose",
  "member",
  "scan",
] satisfies readonly Expression["kind"][];

/** Whether a node has a value. */
export function isExpression(node: Node): node is Expression {
  return expressionKinds.includes(node.kind);
}
