/**
 * Dimensions of a signature that tell a name without being one: `2 * K`, `K + 1`. Each is linear in one name that nothing else tells; which
 * those are follows from the text alone, so that analysis and elaboration bind the same names.
 */
import type { Dimension, Expression, Name, Node } from "../syntax/ast.ts";
import { walk } from "../syntax/children.ts";

export interface LinearDimension {
  readonly expression: Expression;
  /** The name that it tells. */
  readonly name: Name;
}

/** In the order in which one may need what another one tells: of `[K + J, 2 * K]` the second comes first. */
export function linearDimensions(
  shape: readonly Dimension[],
  isKnown: (name: string) => boolean,
): readonly LinearDimension[] {
  const found = new Map<string, LinearDimension>();
  let waiting = shape.filter((dimension) => dimension.kind !== "inferred" && dimension.kind !== "name");
  for (let before = -1; waiting.length !== before;) {
    before = waiting.length;
    waiting = waiting.filter((expression) => {
      const [name, ...more] = unknownIn(expression, (text) => isKnown(text) || found.has(text));
      if (name !== undefined && more.length === 0 && degree(expression, name.text) === 1)
        found.set(name.text, { expression, name });
      return name !== undefined && !found.has(name.text);
    });
  }
  return [...found.values()];
}

/** Each name of a dimension that is not known, once; what is called is no size, and a path like `a.b` no name. */
export function unknownIn(expression: Expression, isKnown: (name: string) => boolean): readonly Name[] {
  const others = new Set<Node>();
  const names = new Map<string, Name>();
  for (const node of walk(expression)) {
    if (node.kind === "call") others.add(node.callee);
    if (node.kind === "member") for (const part of walk(node)) others.add(part);
    if (node.kind === "name" && !others.has(node) && !isKnown(node.text) && !names.has(node.text))
      names.set(node.text, node);
  }
  return [...names.values()];
}

/** The power of the name in a polynomial; infinite where the expression is none in it. As deep as the grammar lets expressions be. */
function degree(expression: Expression, name: string): number {
  switch (expression.kind) {
    case "name":
      return expression.text === name ? 1 : 0;
    case "number":
      return 0;
    case "unary":
      return degree(expression.operand, name);
    case "chain":
      return expression.rest.reduce(
        (left, { operator, operand }) => {
          const right = degree(operand, name);
          if (operator === "+" || operator === "-") return Math.max(left, right);
          if (operator === "*") return left + right;
          return left + right === 0 ? 0 : Infinity;
        },
        degree(expression.first, name),
      );
    default:
      return [...walk(expression)].some((node) => node.kind === "name" && node.text === name) ? Infinity : 0;
  }
}
