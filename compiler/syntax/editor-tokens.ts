/** The words of a text as an editor asks for them: also of a text that does not parse, with comments, in order. */
import { tokenMatcher } from "chevrotain";
import type { IToken } from "chevrotain";
import * as t from "./tokens.ts";

export interface EditorToken {
  readonly kind: "name" | "word" | "number" | "string" | "sign" | "comment";
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

function kindOf(token: IToken): EditorToken["kind"] {
  const { tokenType } = token;
  if (tokenType === t.Comment || tokenType === t.DocComment || tokenType === t.UnclosedComment) return "comment";
  if (tokenType === t.StringToken || tokenType === t.UnclosedString) return "string";
  if (tokenType === t.NumberToken) return "number";
  if (tokenMatcher(token, t.Keyword)) return "word";
  return tokenMatcher(token, t.Identifier) ? "name" : "sign";
}

export function editorTokens(text: string): readonly EditorToken[] {
  const { tokens, groups } = t.lexer.tokenize(text);
  return [...tokens, ...(groups["comments"] ?? [])]
    .map((token): EditorToken => {
      const { startOffset: from, image } = token;
      return { kind: kindOf(token), text: image, from, to: from + image.length };
    })
    .sort((a, b) => a.from - b.from);
}
