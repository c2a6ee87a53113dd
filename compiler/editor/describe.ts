/** How declarations and built-ins are shown: on one line, as they are written. */
import type { Span } from "../diagnostics/diagnostic.ts";
import type { Builtin } from "../semantics/builtins.ts";
import type * as ast from "../syntax/ast.ts";

/** The text of every file, by name. */
export type Texts = ReadonlyMap<string, string>;

function textOf({ file, from }: Span, to: number, texts: Texts): string {
  return (texts.get(file) ?? "").slice(from, to);
}

/** Comments out, white space to one space. */
function onOneLine(text: string): string {
  return text
    .replaceAll(/\/\/[^\r\n]*|\/\*[^]*?\*\//g, " ")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/([([]) /g, "$1")
    .replaceAll(/ ([)\],])/g, "$1")
    .trim();
}

/** A declaration never changes, and all of its names are shown by the same line. */
const details = new WeakMap<ast.Callable | ast.Definition, string>();

/** `block dense(x: [.., C], units: int) -> [.., units]`, `const hidden = 64`. */
export function detailOf(node: ast.Callable | ast.Definition, texts: Texts): string {
  const known = details.get(node);
  if (known !== undefined) return known;
  const detail = headOf(node, texts);
  details.set(node, detail);
  return detail;
}

function headOf(node: ast.Callable | ast.Definition, texts: Texts): string {
  if (!("body" in node)) return onOneLine(textOf(node.span, node.span.to, texts));
  const last = node.result ?? node.parameters.at(-1) ?? node.name;
  const head = onOneLine(textOf(node.span, last.span.to, texts));
  if (node.result !== undefined) return head;
  return node.parameters.length === 0 ? `${head}()` : `${head})`;
}

/** `units: int`, `param w: [C, units] = he_normal`. */
export function parameterDetail(node: ast.Parameter | ast.Param | ast.State, texts: Texts): string {
  return onOneLine(textOf(node.span, node.span.to, texts));
}

/** `sum(x, over?, axis?, keep?)`. */
export function builtinDetail({ name, parameters, variadic }: Builtin): string {
  const shown = parameters.map((one) => `${one.name}${one.required ? "" : "?"}`);
  return `${name}(${[...shown, ...(variadic ? ["…"] : [])].join(", ")})`;
}
