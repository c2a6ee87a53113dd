/**
 * What a `require` that does not hold found: the names in its condition with the values that they have, `D = 30 and heads = 4`.
 * One account for the prelude's requirements and the user's.
 */
import { isCallable, lookUp } from "../semantics/module.ts";
import type { Expression } from "../syntax/ast.ts";
import { walk } from "../syntax/children.ts";
import type { Frame } from "./frame.ts";
import { toNumber } from "./rational.ts";
import { describeType, fromDimension, writtenSingle, type Evaluated } from "./values.ts";

/** More names, items or characters than these are cut: a message is read as a whole. */
const mostNames = 6;
const mostItems = 8;
const mostCharacters = 40;

/** Each name once, in the order of the text; undefined where the condition has none with a value. */
export function foundIn(condition: Expression, frame: Frame): string | undefined {
  const names = new Set<string>();
  for (const node of walk(condition)) if (node.kind === "name") names.add(node.text);
  const found = [...names].flatMap((name) => {
    const text = shown(valueOf(name, condition, frame));
    return text === undefined ? [] : [`${name} = ${text}`];
  });
  if (found.length === 0) return undefined;
  const few = found.slice(0, mostNames);
  return few.length < 2 ? few[0] : `${few.slice(0, -1).join(", ")} and ${few.at(-1) ?? ""}`;
}

/** Where a share was written as if it were a percentage. */
export function shareHelp(condition: Expression, frame: Frame): string | undefined {
  for (const node of walk(condition)) {
    if (node.kind !== "binary" || (node.operator !== "<" && node.operator !== "<=")) continue;
    const [name, most] = [node.left, node.right];
    if (name.kind !== "name" || most.kind !== "number" || most.text !== "1") continue;
    const value = valueOf(name.text, condition, frame);
    const number = value?.kind === "number" ? toNumber(value.value) : 0;
    if (number >= 2 && number < 100)
      return `a share lies below 1: ${number} % is \`${number}%\` or \`${number / 100}\``;
  }
  return undefined;
}

/** Of what a body binds, of a dimension or a constant; names of functions have none. */
function valueOf(name: string, { span }: Expression, frame: Frame): Evaluated | undefined {
  const binding = frame.lookUp(name);
  if (binding !== undefined) return binding.kind === "value" ? binding.value : undefined;
  const dimension = frame.body.dimensions.get(name);
  if (dimension !== undefined) return fromDimension(dimension.size);
  const declared = lookUp(frame.body.scope, "value", name);
  if (declared === undefined || isCallable(declared) || declared.declaration.kind !== "const") return undefined;
  return frame.session.evaluator.evaluate({ kind: "name", text: name, span }, frame);
}

function shown(value: Evaluated | undefined): string | undefined {
  switch (value?.kind) {
    case "string":
      return JSON.stringify(cut(value.value));
    case "tensor":
      return describeType(value.type);
    case "list": {
      const items = value.items.slice(0, mostItems).map((item) => shown(item) ?? "…");
      return `[${items.join(", ")}${value.items.length > mostItems ? ", …" : ""}]`;
    }
    default:
      return value && writtenSingle(value);
  }
}

function cut(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}
