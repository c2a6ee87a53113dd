/** What of a file folds, and its declarations as a tree. */
import type { Span } from "../diagnostics/diagnostic.ts";
import type { Declaration, Statement } from "../syntax/ast.ts";
import type { EditorToken } from "../syntax/editor-tokens.ts";
import type { DocumentSymbol, Folding, NameKind } from "./types.ts";

/** Brackets over several lines, and comments that follow each other. */
export function foldingsOf(file: string, text: string, tokens: readonly EditorToken[]): readonly Folding[] {
  const found: Folding[] = [];
  const open: EditorToken[] = [];
  let comments: { from: number; to: number } | undefined;
  const fold = (from: number, to: number, kind: Folding["kind"]): void => {
    if (/[\r\n]/.test(text.slice(from, to))) found.push({ span: { file, from, to }, kind });
  };
  const finish = (): void => {
    if (comments !== undefined) fold(comments.from, comments.to, "comment");
    comments = undefined;
  };
  for (const token of tokens) {
    const { kind, text: image, from, to } = token;
    if (kind === "comment") {
      const follows = comments !== undefined && !/[\r\n]\s*[\r\n]\s*[^\r\n]/.test(gapBetween(text, comments.to, from));
      if (comments !== undefined && follows) comments.to = to;
      else {
        finish();
        comments = { from, to };
      }
      continue;
    }
    finish();
    if (kind !== "sign") continue;
    if ("([{".includes(image)) open.push(token);
    if (!")]}".includes(image)) continue;
    const opener = open.pop();
    if (opener !== undefined) fold(opener.from, to, image === "}" ? "braces" : "brackets");
  }
  finish();
  return found.toSorted((a, b) => a.span.from - b.span.from);
}

/** With one letter more, so that an empty line before it shows. */
function gapBetween(text: string, from: number, to: number): string {
  return text.slice(from, to).replaceAll(/\r\n?/g, "\n") + (to < text.length ? "x" : "");
}

interface Named {
  readonly text: string;
  readonly span: Span;
}

function symbol(
  kind: NameKind,
  name: Named,
  span: Span,
  doc?: string,
  children: readonly DocumentSymbol[] = [],
): DocumentSymbol {
  return { name: name.text, kind, span, nameSpan: name.span, ...(doc === undefined ? {} : { doc }), children };
}

/** Parameters and states wherever in a body they are declared. */
function variables(statements: readonly Statement[]): readonly DocumentSymbol[] {
  return statements.flatMap((node): readonly DocumentSymbol[] => {
    if (node.kind === "param" || node.kind === "state") return [symbol(node.kind, node.name, node.span, node.doc)];
    if (node.kind !== "if") return [];
    const bodies = [
      ...node.branches.map(({ body }) => body),
      ...(node.otherwise === undefined ? [] : [node.otherwise]),
    ];
    return bodies.flatMap((body) => variables(body.statements));
  });
}

export function symbolsOf(declarations: readonly Declaration[]): readonly DocumentSymbol[] {
  return declarations.map((node) => {
    switch (node.kind) {
      case "use":
        return symbol("file", { text: node.path.value, span: node.path.span }, node.span, node.doc);
      case "const":
      case "data":
        return symbol(node.kind, node.name, node.span, node.doc);
      case "train": {
        const steps = node.steps.map((step) => symbol("step", step.name, step.span, step.doc));
        return symbol("train", node.label ?? node.name, node.span, node.doc, steps);
      }
      default:
        return symbol(node.kind, node.name, node.span, node.doc, variables(node.body.statements));
    }
  });
}
