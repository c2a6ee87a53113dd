/**
 * Patterns over graphs, as small trees in text: `(select (lessEqual $x 0) 0 $x)`. An operation with its operands, a value that has a name
 * (`$x`, the same wherever it stands), a node that has one (`$e=(exp $x)`), a number that any shape is made of (`0`, `#s`). Before any operand
 * may stand a broadcast.
 */
import { InternalError } from "../../../compiler/diagnostics/diagnostic.ts";
import { numberOf } from "../../../compiler/graph/attributes.ts";
import { keyOf } from "../../../compiler/graph/graph.ts";
import type { GraphNode, Value } from "../../../compiler/graph/types.ts";

export type NodeOf = (value: Value) => GraphNode;

export interface Match {
  readonly values: ReadonlyMap<string, Value>;
  readonly numbers: ReadonlyMap<string, number>;
}

type Pattern =
  | { readonly kind: "value"; readonly name: string; readonly inner: Pattern | undefined }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "anyNumber"; readonly name: string }
  | { readonly kind: "operation"; readonly op: string; readonly operands: readonly Pattern[] };

/** The matcher of a pattern's text. */
export function pattern(text: string): (root: Value, nodeOf: NodeOf) => Match | undefined {
  const parsed = parse(text);
  return (root, nodeOf) => {
    const found = { values: new Map<string, Value>(), numbers: new Map<string, number>() };
    return fits(parsed, root, nodeOf, found) ? found : undefined;
  };
}

/** Patterns are ours, and short. */
function parse(text: string): Pattern {
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const next = (): Pattern => {
    const token = tokens[at++];
    if (token === "(") {
      const op = tokens[at++];
      const operands: Pattern[] = [];
      while (tokens[at] !== ")") {
        if (at >= tokens.length) throw new InternalError("export", `the pattern ${text} does not end`);
        operands.push(next());
      }
      at += 1;
      return { kind: "operation", op, operands };
    }
    if (token.endsWith("=")) return { kind: "value", name: token.slice(1, -1), inner: next() };
    if (token.startsWith("$")) return { kind: "value", name: token.slice(1), inner: undefined };
    if (token.startsWith("#")) return { kind: "anyNumber", name: token.slice(1) };
    return { kind: "number", value: Number(token) };
  };
  return next();
}

interface Found {
  readonly values: Map<string, Value>;
  readonly numbers: Map<string, number>;
}

function fits(wanted: Pattern, value: Value, nodeOf: NodeOf, found: Found): boolean {
  const inner = withoutBroadcast(value, nodeOf);
  const node = nodeOf(inner);
  switch (wanted.kind) {
    case "number":
      return node.op === "constant" && Object.is(numberOf(node.attributes, "value"), wanted.value);
    case "anyNumber": {
      if (node.op !== "constant") return false;
      found.numbers.set(wanted.name, numberOf(node.attributes, "value"));
      return true;
    }
    case "operation":
      return (
        node.op === wanted.op &&
        node.inputs.length === wanted.operands.length &&
        wanted.operands.every((operand, at) => fits(operand, node.inputs[at], nodeOf, found))
      );
    case "value": {
      const known = found.values.get(wanted.name);
      if (known !== undefined) return [value, inner].some((one) => keyOf(one) === keyOf(known));
      const own = wanted.inner === undefined ? value : inner;
      found.values.set(wanted.name, own);
      return wanted.inner === undefined || fits(wanted.inner, own, nodeOf, found);
    }
  }
}

function withoutBroadcast(value: Value, nodeOf: NodeOf): Value {
  const node = nodeOf(value);
  return node.op === "broadcast" ? node.inputs[0] : value;
}
