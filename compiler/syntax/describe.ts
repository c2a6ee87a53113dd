/** An expression in a few words, for "expected …, found …" where its kind is what is wrong. */
import type { Expression, Member } from "./ast.ts";

/** Such as `a number` or `a call`. */
export function describeExpression(expression: Expression): string {
  switch (expression.kind) {
    case "name":
      return `\`${expression.text}\``;
    case "number":
      return "a number";
    case "string":
      return "a string";
    case "boolean":
      return `\`${expression.value}\``;
    case "list":
      return "a list";
    case "tuple":
      return "a tuple";
    case "rest":
      return "`..`";
    case "chain":
      return `a term with \`${expression.rest[0]?.operator ?? ""}\``;
    case "binary":
      return `a term with \`${expression.operator}\``;
    case "unary":
      return `a term with \`${expression.operator}\``;
    case "pipe":
      return "a pipe";
    case "call":
      return "a call";
    case "named":
      return "a named expression";
    case "repeat":
      return "a repetition";
    case "index":
      return "an indexed tensor";
    case "transpose":
      return "a transposed tensor";
    case "member":
      return `\`${memberText(expression)}\``;
    case "scan":
      return "a scan";
  }
}

/** `nn.Linear`, or what stands behind the last point where no names alone stand before it. */
function memberText({ target, member }: Member): string {
  const names = [member.text];
  let root = target;
  for (; root.kind === "member"; root = root.target) names.unshift(root.member.text);
  return root.kind === "name" ? [root.text, ...names].join(".") : `….${names.join(".")}`;
}
