/** How `nnc fmt` parts two neighbours on one line. Only spaces are its choice, so the tokens stay what they are. */
import { tokenMatcher } from "chevrotain";
import type { IToken, TokenType } from "chevrotain";
import * as t from "./tokens.ts";

const openers: readonly TokenType[] = [t.LeftParenthesis, t.LeftBracket];
const closers: readonly TokenType[] = [t.RightParenthesis, t.RightBracket, t.Comma];
const products: readonly TokenType[] = [t.Star, t.Slash, t.Percent, t.At, t.StarStar];

/** Whether a value may end with this token, so that `-` behind it subtracts and `(` behind it calls. */
function endsValue(token: IToken | undefined): boolean {
  if (token === undefined) return false;
  if (tokenMatcher(token, t.Identifier)) return true;
  return [
    t.NumberToken,
    t.StringToken,
    t.RightParenthesis,
    t.RightBracket,
    t.RepeatWord,
    t.TrueWord,
    t.FalseWord,
    t.Underscore,
  ].includes(token.tokenType);
}

/** `1/16`: a fraction of two literals that stands alone. */
function isFraction(tokens: readonly IToken[], slash: number): boolean {
  const types = [-2, -1, 0, 1, 2].map((step) => tokens[slash + step]?.tokenType);
  const [before, left, middle, right, after] = types;
  if (middle !== t.Slash || left !== t.NumberToken || right !== t.NumberToken) return false;
  return [before, after].every((type) => type === undefined || ![...products, t.Minus, t.Dot].includes(type));
}

/** Whether the writer put space before a token. */
function standsApart(tokens: readonly IToken[], index: number): boolean {
  const [before, here] = [tokens[index - 1], tokens[index]];
  return before !== undefined && here !== undefined && before.startOffset + before.image.length < here.startOffset;
}

/**
 * `0:5`, `:-1` and `::2` are tight, unless each colon behind a bound was written with space before it; with longer bounds the colons stand
 * apart: `2 * k : n`.
 */
function isTightSlice(tokens: readonly IToken[], colon: number): boolean {
  const stops: readonly (TokenType | undefined)[] = [t.Comma, t.LeftBracket, t.RightBracket, undefined];
  let [from, to] = [colon, colon];
  while (!stops.includes(tokens[from - 1]?.tokenType)) from -= 1;
  while (!stops.includes(tokens[to + 1]?.tokenType)) to += 1;
  const isShort = (start: number, length: number): boolean =>
    length <= 1 || (length === 2 && tokens[start]?.tokenType === t.Minus);
  const colons = tokens.slice(from, to + 1).flatMap(({ tokenType }, at) => (tokenType === t.Colon ? [from + at] : []));
  const bounded = colons.filter((at) => at > from && tokens[at - 1]?.tokenType !== t.Colon);
  if (bounded.length > 0 && bounded.every((at) => standsApart(tokens, at))) return false;
  return [...colons, to + 1].every((end, part) => {
    const start = part === 0 ? from : colons[part - 1] + 1;
    return isShort(start, end - start);
  });
}

function aroundColon(tokens: readonly IToken[], index: number, colon: number, inIndex: boolean): string {
  if (!inIndex) return index === colon ? "" : " ";
  const neighbour = tokens[index === colon ? index - 1 : index]?.tokenType;
  if (neighbour === t.Colon) return "";
  if (neighbour !== undefined && [...openers, ...closers].includes(neighbour))
    return neighbour === t.Comma && index === colon ? " " : "";
  return isTightSlice(tokens, colon) ? "" : " ";
}

/** Whether `-` at `index` is a sign. */
function isSign(tokens: readonly IToken[], index: number, apart: ReadonlySet<number>): boolean {
  const token = tokens[index];
  if (token?.tokenType !== t.Minus) return false;
  return apart.has(token.startOffset) || !endsValue(tokens[index - 1]);
}

/** `0.1` behind a point would be one number. */
function keepsPointApart(tokens: readonly IToken[], index: number): boolean {
  const [before, here, after] = [tokens[index - 1], tokens[index], tokens[index + 1]].map((token) => token?.tokenType);
  return before === t.NumberToken && here === t.Dot && after === t.NumberToken;
}

/**
 * What stands between the tokens at `index - 1` and `index`; `inIndex` tells whether a slice's brackets are the nearest,
 * `apart` at which offsets a value begins behind a word that is no callee.
 */
export function gap(tokens: readonly IToken[], index: number, inIndex: boolean, apart: ReadonlySet<number>): string {
  const before = tokens[index - 1];
  const here = tokens[index];
  if (before === undefined || here === undefined) return "";
  if (keepsPointApart(tokens, index)) return " ";
  if (here.tokenType === t.Dot || before.tokenType === t.Dot) return "";
  if (before.tokenType === t.Colon) return aroundColon(tokens, index, index - 1, inIndex);
  if (here.tokenType === t.Colon) return aroundColon(tokens, index, index, inIndex);
  if (openers.includes(before.tokenType) || closers.includes(here.tokenType)) return "";
  if (isSign(tokens, index - 1, apart)) return "";
  if (openers.includes(here.tokenType)) return endsValue(before) && !apart.has(here.startOffset) ? "" : " ";
  if (isFraction(tokens, index) || isFraction(tokens, index - 1)) return "";
  return before.tokenType === t.LeftBrace && here.tokenType === t.RightBrace ? "" : " ";
}
