/**
 * The module as JavaScript: its text without the types, which are cut out where the syntax tree has them. Comments, blank
 * lines and everything else stay, so that both files read alike. (TypeScript's own emitter takes ten times as long.)
 */
import type { SourceFile, ts } from "ts-morph";
import { tsMorph } from "./ts-morph.ts";

interface Cut {
  readonly from: number;
  readonly to: number;
}

/** The text of a module that the printer wrote: of what TypeScript adds, it uses interfaces, aliases, annotations, type arguments and `!`. */
export function withoutTypes(file: SourceFile): string {
  const text = file.getFullText();
  const kept: string[] = [];
  let end = 0;
  for (const { from, to } of cutsOf(file.compilerNode, text)) {
    kept.push(text.slice(end, from));
    end = to;
  }
  return [...kept, text.slice(end)].join("");
}

/** In the order of the text. */
function cutsOf(root: ts.SourceFile, text: string): readonly Cut[] {
  const { ts } = tsMorph();
  const cuts: Cut[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) {
      const comment = ts.getLeadingCommentRanges(text, node.pos)?.at(-1);
      cuts.push({ from: comment?.pos ?? node.getStart(root), to: afterLines(text, node.end) });
      return;
    }
    ts.forEachChild(node, visit);
    if (ts.isNonNullExpression(node)) cuts.push({ from: node.end - 1, to: node.end });
    // A type begins after its colon, arguments after their bracket.
    if (
      (ts.isParameter(node) || ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node)) &&
      node.type !== undefined
    ) {
      cuts.push({ from: node.type.pos - 1, to: node.type.end });
    }
    if (ts.isNewExpression(node) && node.typeArguments !== undefined) {
      cuts.push({ from: node.typeArguments.pos - 1, to: node.typeArguments.end + 1 });
    }
  };
  visit(root);
  return cuts.sort((a, b) => a.from - b.from);
}

function afterLines(text: string, from: number): number {
  let at = from;
  while (text[at] === "\n") at += 1;
  return at;
}
