/** Source text as markup: the lexer's own words, comments, strings and numbers in their colours, line by line, each with its number. */
import {
  Comment,
  DocComment,
  lexer,
  NumberToken,
  StringToken,
  UnclosedComment,
  UnclosedString,
} from "../../compiler/syntax/tokens.ts";
import { node } from "../plot/html.ts";
import type { Markup } from "../plot/html.ts";
import { words } from "../plot/xml.ts";

type Kind = "comment" | "text" | "number" | "word";

/** Part of a text, in the colour of its kind. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly kind: Kind;
}

export function highlighted(source: string): Markup {
  const lines: string[] = [""];
  const add = (text: string, kind: Kind | undefined): void => {
    for (const [at, part] of text.split(/\r\n|[\r\n]/).entries()) {
      if (at > 0) lines.push("");
      if (part === "") continue;
      const shown = words(part);
      lines.push(`${lines.pop() ?? ""}${kind === undefined ? shown : node("span", { class: `k-${kind}` }, shown)}`);
    }
  };
  let end = 0;
  for (const { from, to, kind } of stretches(source)) {
    add(source.slice(end, from), undefined);
    add(source.slice(from, to), kind);
    end = to;
  }
  add(source.slice(end), undefined);
  if (lines.at(-1) === "") lines.pop();
  const items = lines.map((line) => node("li", {}, node("code", {}, line)));
  return node("ol", { class: "source" }, ...items);
}

function stretches(source: string): readonly Stretch[] {
  const { tokens, groups } = lexer.tokenize(source);
  const all = [...tokens, ...(groups["comments"] ?? [])];
  return all
    .flatMap(({ tokenType, startOffset, image }): readonly Stretch[] => {
      const kind = kindOf(tokenType);
      return kind === undefined ? [] : [{ from: startOffset, to: startOffset + image.length, kind }];
    })
    .toSorted((a, b) => a.from - b.from);
}

function kindOf(type: typeof Comment): Kind | undefined {
  if (type === Comment || type === DocComment || type === UnclosedComment) return "comment";
  if (type === StringToken || type === UnclosedString) return "text";
  if (type === NumberToken) return "number";
  return type.name.startsWith("Word_") ? "word" : undefined;
}
