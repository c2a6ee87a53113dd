/** Types, dimensions and expressions as text, for messages: `(H + 2 * pad - k) / stride + 1`, `dense(8, bias: false)`. */
import type { Argument, Dimension, Expression, TensorType } from "../syntax/ast.ts";

/** `i32[.., K]`, as the signature writes it. */
export function printType({ element, shape }: TensorType): string {
  return `${element === "f32" ? "" : element}[${shape.map(printDimension).join(", ")}]`;
}

function printDimension(dimension: Dimension): string {
  return dimension.kind === "inferred" ? "_" : printExpression(dimension);
}

/** The expression as a person writes it; what takes more than a few words is `…`. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case "name":
      return expression.text;
    case "number":
      return expression.text;
    case "string":
      return JSON.stringify(expression.value);
    case "boolean":
      return String(expression.value);
    case "rest":
      return "..";
    case "unary":
      return `${expression.operator === "-" ? "-" : "not "}${nested(expression.operand)}`;
    case "binary":
      return `${nested(expression.left)} ${expression.operator} ${nested(expression.right)}`;
    case "chain":
      return [
        nested(expression.first),
        ...expression.rest.map(({ operator, operand }) => `${operator} ${nested(operand)}`),
      ].join(" ");
    case "list":
      return `[${expression.items.map(printExpression).join(", ")}]`;
    case "call":
      return `${printExpression(expression.callee)}(${printArguments(expression.arguments)})`;
    case "pipe":
      return expression.stages.map(printExpression).join(" |> ");
    case "transpose":
      return `${nested(expression.target)}.T`;
    case "index":
      return `${printExpression(expression.target)}[…]`;
    default:
      return "…";
  }
}

/** With the names that they are given by. */
export function printArguments(given: readonly Argument[]): string {
  return given
    .map(({ label, value }) => `${label === undefined ? "" : `${label.text}: `}${printExpression(value)}`)
    .join(", ");
}

function nested(expression: Expression): string {
  const text = printExpression(expression);
  return expression.kind === "chain" || expression.kind === "binary" || expression.kind === "pipe" ? `(${text})` : text;
}
