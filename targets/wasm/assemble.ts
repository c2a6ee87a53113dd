/**
 * From the text of a module to its bytes. watr reads and assembles any text, and spends half of its time on turning the nested expressions of
 * functions into instructions, level by level; the text that is printed here is known, so they are handed over in the order of the machine.
 */
import { compile } from "watr";
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";

/** A parenthesis of the text: words and parentheses. */
type Tree = readonly (string | Tree)[];

/** Comments, strings and names in quotes, parentheses, words. */
const tokens = /;;[^\n]*|\$?"(?:[^"\\]|\\.)*"|[()]|[^\s()";]+/g;

/** The bytes that watr makes of the text, faster. */
export function assemble(text: string): Uint8Array {
  const fields = treeOf(text).map((field) => (isNamed(field, "func") ? linear(field) : field));
  // watr's types name texts alone; it takes what it would read from one as well.
  return compile(fields as unknown as string);
}

function treeOf(text: string): Tree {
  const open: (string | Tree)[][] = [[]];
  for (const [token] of text.matchAll(tokens)) {
    const inner = open[open.length - 1];
    if (token === "(") open.push([]);
    else if (token === ")") {
      open.pop();
      open.at(-1)?.push(inner);
    } else if (!token.startsWith(";;")) inner.push(token);
  }
  const [whole] = open;
  const module = whole?.[0];
  if (open.length !== 1 || typeof module !== "object") throw new InternalError("emit", "the text is no module");
  return module;
}

function isNamed(field: string | Tree | undefined, ...names: readonly string[]): field is Tree {
  return typeof field === "object" && typeof field[0] === "string" && names.includes(field[0]);
}

/** What stands in a function before its instructions, and types of blocks and calls. */
const declarations = ["export", "param", "result", "local", "type"];

/** The function with its instructions one after the other. */
function linear(field: Tree): Tree {
  const out: (string | Tree)[] = [];
  for (const part of field) {
    if (typeof part === "string" || isNamed(part, ...declarations)) out.push(part);
    else add(part, out);
  }
  return out;
}

/** Adds an instruction behind those that make its operands. */
function add(instruction: Tree, out: (string | Tree)[]): void {
  const [name, ...parts] = instruction;
  const operands = parts.filter((part): part is Tree => typeof part === "object" && !isNamed(part, ...declarations));
  const own = parts.filter((part) => typeof part === "string" || isNamed(part, ...declarations));
  switch (name) {
    case "block":
    case "loop":
      out.push(name, ...own);
      addAll(operands, out);
      out.push("end");
      return;
    case "if": {
      const [then, otherwise] = ["then", "else"].map((side) => operands.find((one) => isNamed(one, side)));
      addAll(
        operands.filter((operand) => operand !== then && operand !== otherwise),
        out,
      );
      out.push(name, ...own);
      addAll(then?.slice(1) ?? [], out);
      if (otherwise !== undefined) out.push("else");
      addAll(otherwise?.slice(1) ?? [], out);
      out.push("end");
      return;
    }
    default:
      addAll(operands, out);
      out.push(name, ...own);
  }
}

/** Adds the instructions among these. */
function addAll(parts: Tree, out: (string | Tree)[]): void {
  for (const part of parts) if (typeof part === "object") add(part, out);
}
