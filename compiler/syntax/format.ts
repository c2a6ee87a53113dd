/**
 * `nnc fmt`: one way to write a program. What is too wide is broken as the language is built; else lines end where the writer ended them, as far
 * as they may. The result has the same tree and comments, and formatting it again changes nothing.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { NncError } from "../diagnostics/diagnostic.ts";
import { unsuitable } from "../diagnostics/options.ts";
import { hasTexts } from "../diagnostics/values.ts";
import { documentOf } from "./document.ts";
import { layOut } from "./layout.ts";
import { parse } from "./parse.ts";
import { alignComments, alignTrains } from "./rows.ts";
import type { Source } from "./source.ts";
import { DocComment, lexer } from "./tokens.ts";

/** The program in canonical form; a program with mistakes is left as it is, and they are reported. Throws NN0706. */
export function format(source: Source): { readonly text: string; readonly diagnostics: readonly Diagnostic[] } {
  if (!hasTexts(source, "name", "text"))
    throw new NncError(unsuitable("source", '{ name: "net.nn", text: "…" }', source));
  const { module, diagnostics } = parse(source);
  if (diagnostics.length > 0) return { text: source.text, diagnostics };
  const { tokens, groups } = lexer.tokenize(source.text);
  const docs = tokens.filter(({ tokenType }) => tokenType === DocComment);
  const comments = [...docs, ...(groups["comments"] ?? [])].sort((a, b) => a.startOffset - b.startOffset);
  const words = tokens.filter(({ tokenType }) => tokenType !== DocComment);
  const document = documentOf(source.text, module, words, comments);
  const lines = layOut(document);
  alignTrains(document, lines);
  alignComments(lines);
  const text = lines.map(({ indent, text: code }) => `${" ".repeat(code === "" ? 0 : indent)}${code}`.trimEnd());
  return { text: text.length === 0 ? "" : `${text.join("\n")}\n`, diagnostics };
}
