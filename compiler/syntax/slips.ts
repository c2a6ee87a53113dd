/**
 * Characters of other languages whose meaning is plain: `#` begins a comment there, `'…'` is a string, `&&` is `and`. Each is one mistake, and
 * what it stands for takes its place, so that the rest of the text is read as it was meant.
 */
import { createToken } from "chevrotain";
import type { IToken, TokenType } from "chevrotain";
import { diagnose, label } from "../diagnostics/diagnostic.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { unexpectedCharacter } from "../diagnostics/codes/syntax.ts";
import { characterName } from "./characters.ts";
import type { Source } from "./source.ts";
import * as t from "./tokens.ts";

interface Slip {
  readonly tokenType: TokenType;
  /** What the grammar sees in its place; undefined for nothing. */
  readonly meant: TokenType | undefined;
  readonly help: (image: string) => string;
  /** How much of it is underlined where that is not all. */
  readonly shown?: number;
}

function slip(
  name: string,
  pattern: RegExp | string,
  meant: TokenType | undefined,
  help: string | Slip["help"],
  shown?: number,
): Slip {
  const tokenType = createToken({ name, pattern });
  return {
    tokenType,
    meant,
    help: typeof help === "string" ? () => help : help,
    ...(shown === undefined ? {} : { shown }),
  };
}

const quotes = "strings stand between double quotes";
const quoted = (image: string): string => `${quotes}: "${image.slice(1, -1).replaceAll('"', '\\"')}"`;

const slips: readonly Slip[] = [
  slip("HashComment", /#[^\r\n]*/, undefined, "a comment begins with `//`", 1),
  slip("SingleQuoted", /'[^'\r\n]*'/, t.StringToken, quoted),
  slip("CurlyQuoted", /“[^”\r\n]*”/, t.StringToken, (image) => quoted(image).replace("double", "straight double")),
  slip("BackQuoted", /`[^`\r\n]*`/, t.StringToken, quoted),
  slip(
    "WideSpace",
    /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+/,
    undefined,
    "it looks like a space: write an ordinary one",
  ),
  slip("Semicolon", ";", undefined, "statements need nothing between them: leave it out"),
  slip("DoubleAnd", /&&?/, t.AndWord, "write `and`"),
  slip("DoubleOr", "||", t.OrWord, "write `or`"),
  slip("Exclamation", "!", t.NotWord, "write `not`"),
  slip("Caret", "^", t.StarStar, "write `**` for a power"),
  slip("LongMinus", "−", t.Minus, "write `-`"),
  slip("Times", /[×·⋅]/, t.Star, "write `*`"),
  slip("LongArrow", "→", t.Arrow, "write `->`"),
  slip("LineEnd", "\\", undefined, "a line end needs no backslash"),
];

const byType: ReadonlyMap<TokenType, Slip> = new Map(slips.map((one) => [one.tokenType, one]));

/** Before the tokens of the language, of which `||` begins like one and `!=` like none. */
const first: readonly string[] = ["DoubleOr"];

/** The words and signs of the language with these among them. */
export const vocabularyWithSlips: TokenType[] = [
  ...slips.filter(({ tokenType }) => first.includes(tokenType.name)).map(({ tokenType }) => tokenType),
  ...t.vocabulary,
  ...slips.filter(({ tokenType }) => !first.includes(tokenType.name)).map(({ tokenType }) => tokenType),
];

/** The letter of `f"…"`, which touches a string: strings are plain here. */
function isPrefix(token: IToken, next: IToken | undefined): boolean {
  const touches = next?.startOffset === token.startOffset + token.image.length;
  const isString =
    next !== undefined && (next.tokenType === t.StringToken || byType.get(next.tokenType)?.meant === t.StringToken);
  return token.tokenType === t.Identifier && touches && isString && /^(?:[fru]|b|rb|br|fr)$/i.test(token.image);
}

/** The tokens as they were meant, and what was wrong with them. */
export function mendSlips(
  { name: file }: Source,
  tokens: readonly IToken[],
): { readonly tokens: readonly IToken[]; readonly mistakes: readonly Diagnostic[] } {
  const mistakes: Diagnostic[] = [];
  const meant = tokens.flatMap((token, index): readonly IToken[] => {
    const found = byType.get(token.tokenType);
    const from = token.startOffset;
    const tell = (character: string, length: number, help: string): void => {
      mistakes.push(diagnose(unexpectedCharacter, { character }, [label({ file, from, to: from + length }, "")], help));
    };
    if (isPrefix(token, tokens[index + 1])) {
      const { image } = token;
      tell(`\`${image}\` before a string`, image.length, `strings are plain: leave out the \`${image}\``);
      return [];
    }
    if (found === undefined) return [token];
    tell(shownAs(token.image), found.shown ?? token.image.length, found.help(token.image));
    return found.meant === undefined ? [] : [standIn(token, found.meant)];
  });
  return { tokens: meant, mistakes };
}

/** Two equal signs are one, as `&&` is; else the first character tells. */
function shownAs(image: string): string {
  return /^(?:&&|\|\|)$/.test(image) ? `\`${image}\`` : characterName(String.fromCodePoint(image.codePointAt(0) ?? 0));
}

/** The token with the type of what it stands for; a string gets the quotes that a string has. */
function standIn(token: IToken, tokenType: TokenType): IToken {
  const image = tokenType === t.StringToken ? `"${token.image.slice(1, -1).replaceAll(/["\\]/g, " ")}"` : token.image;
  return { ...token, image, tokenType, tokenTypeIdx: tokenType.tokenTypeIdx ?? 0 };
}
