/**
 * Where a file can be cut, so that one mistake does not hide or cause another. Keywords tell: a declaration begins with a
 * keyword and a name, a statement with a keyword or `name <-`, an entry of a train is `key:`. A declaration is parsed by
 * itself; a statement with a mistake in it is cut out, and the rest of the declaration is parsed again.
 */
import { tokenMatcher } from "chevrotain";
import type { IToken, TokenType } from "chevrotain";
import { nearest } from "../diagnostics/suggest.ts";
import * as t from "./tokens.ts";

const openers: readonly TokenType[] = [t.LeftParenthesis, t.LeftBracket, t.LeftBrace];
const closers: readonly TokenType[] = [t.RightParenthesis, t.RightBracket, t.RightBrace];

function isOpener(tokenType: TokenType): boolean {
  return openers.includes(tokenType);
}

export function isCloser(tokenType: TokenType): boolean {
  return closers.includes(tokenType);
}

function isWord(token: IToken | undefined): boolean {
  return token !== undefined && (tokenMatcher(token, t.Identifier) || tokenMatcher(token, t.Keyword));
}

/** What stands behind one of these is a name. */
const namingWords: readonly TokenType[] = [t.Dot, t.LetWord, t.ParamWord, t.StateWord, ...t.declarationWords];

/** `modle Net(`: two names and a parenthesis are nothing else. */
function startsMisspelt(tokens: readonly IToken[], index: number): boolean {
  const [first, second, third] = tokens.slice(index, index + 3);
  if (first?.tokenType !== t.Identifier || third?.tokenType !== t.LeftParenthesis || !isWord(second)) return false;
  return nearest(first.image, t.declarationWords.map(t.spelling)) !== undefined;
}

/** What begins a declaration also where its name is missing: none of these is a key. */
const nameless: readonly TokenType[] = [t.ConstWord, t.BlockWord, t.ModelWord, t.TrainWord];

/** Whether a value, a type or a body may be over. */
function endsDeclaration(token: IToken | undefined): boolean {
  if (token === undefined) return false;
  return tokenMatcher(token, t.Identifier) || [...closers, t.NumberToken, t.StringToken].includes(token.tokenType);
}

function startsDeclaration(tokens: readonly IToken[], index: number): boolean {
  const [before, token, after] = [tokens[index - 1], tokens[index], tokens[index + 1]];
  if (token === undefined) return false;
  if (startsMisspelt(tokens, index)) return true;
  if (!t.declarationWords.includes(token.tokenType)) return false;
  if (before !== undefined && [t.Colon, t.Bar, ...namingWords].includes(before.tokenType)) return false;
  // Somebody is about to write its name.
  if (after === undefined && nameless.includes(token.tokenType) && endsDeclaration(before)) return true;
  if (isWord(after) || (token.tokenType === t.UseWord && after?.tokenType !== t.Colon)) return true;
  const isHead = after !== undefined && [t.Equal, t.LeftParenthesis, t.LeftBrace].includes(after.tokenType);
  return isHead && nameless.includes(token.tokenType);
}

/** Whether every brace has its partner. */
function hasBalancedBraces(tokens: readonly IToken[]): boolean {
  let depth = 0;
  for (const { tokenType } of tokens) {
    if (tokenType === t.LeftBrace) depth += 1;
    if (tokenType === t.RightBrace) depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/**
 * Cuts a file before each declaration. What stands before the first is a part of its own. Where no brace is missing, what begins like a
 * declaration between braces is part of what is around it; else it tells where the brace should have been.
 */
export function declarationsOf(tokens: readonly IToken[]): readonly (readonly IToken[])[] {
  const parts: IToken[][] = [];
  const nests = hasBalancedBraces(tokens);
  let depth = 0;
  tokens.forEach((token, index) => {
    const part = parts.at(-1);
    if (part === undefined || ((depth === 0 || !nests) && startsDeclaration(tokens, index))) parts.push([token]);
    else part.push(token);
    if (token.tokenType === t.LeftBrace) depth += 1;
    if (token.tokenType === t.RightBrace) depth -= 1;
  });
  return parts;
}

/** The indices of the brackets that are open before the token at `index`, outermost first. */
export function openBrackets(tokens: readonly IToken[], index: number): readonly number[] {
  const open: number[] = [];
  for (const [at, { tokenType }] of tokens.slice(0, index).entries()) {
    if (isOpener(tokenType)) open.push(at);
    if (!isCloser(tokenType)) continue;
    const partner = openers[closers.indexOf(tokenType)];
    const matching = open.findLastIndex((opener) => tokens[opener]?.tokenType === partner);
    // A brace closes what is still open inside it; another closer without its partner closes nothing.
    if (matching >= 0 && (tokenType === t.RightBrace || matching === open.length - 1)) open.length = matching;
  }
  return open;
}

/** The brace of `relu(})`: within other brackets, before what closes or separates them, and one more than were opened. */
export function isSurplusBrace(tokens: readonly IToken[], index: number): boolean {
  const [token, after] = [tokens[index]?.tokenType, tokens[index + 1]?.tokenType];
  if (token !== t.RightBrace || after === undefined) return false;
  if (![t.RightParenthesis, t.RightBracket, t.Comma].includes(after)) return false;
  const innermost = openBrackets(tokens, index).at(-1);
  const count = (wanted: TokenType): number => tokens.filter(({ tokenType }) => tokenType === wanted).length;
  const isWithin = innermost !== undefined && tokens[innermost]?.tokenType !== t.LeftBrace;
  return isWithin && count(t.RightBrace) > count(t.LeftBrace);
}

/** Whether the token at `index` closes a bracket that nothing opens. */
export function isStray(tokens: readonly IToken[], index: number): boolean {
  const tokenType = tokens[index]?.tokenType;
  if (tokenType === undefined || !isCloser(tokenType)) return false;
  const partner = openers[closers.indexOf(tokenType)];
  return openBrackets(tokens, index).every((at) => tokens[at]?.tokenType !== partner);
}

/** Whether a statement begins at `index` or, where there are keys, an entry or a step of a train. */
export function startsMember(tokens: readonly IToken[], index: number, bracketed: boolean, keyed: boolean): boolean {
  const token = tokens[index];
  const after = tokens[index + 1]?.tokenType;
  const before = tokens[index - 1]?.tokenType;
  if (token === undefined || (before !== undefined && namingWords.includes(before))) return false;
  const isKey = keyed && after === t.Colon && isWord(token) && (!bracketed || tokenMatcher(token, t.Keyword));
  if (isKey || (after === t.LeftArrow && isWord(token))) return true;
  if (t.statementWords.includes(token.tokenType)) return before !== t.ElseWord;
  const third = tokens[index + 2]?.tokenType;
  if (token.tokenType === t.StepWord) return isWord(tokens[index + 1]) && third === t.LeftBrace;
  if (token.tokenType === t.NextWord) return isWord(tokens[index + 1]) && third === t.Equal;
  return token.tokenType === t.EmitWord && isWord(tokens[index + 1]);
}

/** A half-open range of token indices. */
export interface Cut {
  readonly from: number;
  readonly to: number;
}

function start(tokens: readonly IToken[], brace: number, index: number, keyed: boolean): number {
  let found = brace + 1;
  let depth = 0;
  let brackets = 0;
  for (let at = brace + 1; at <= Math.min(index, tokens.length - 1); at += 1) {
    const tokenType = tokens[at]?.tokenType;
    if (depth === 0 && startsMember(tokens, at, brackets > 0, keyed)) [found, brackets] = [at, 0];
    if (tokenType === t.LeftBrace) depth += 1;
    if (tokenType === t.RightBrace) depth -= 1;
    if (tokenType === t.LeftParenthesis || tokenType === t.LeftBracket) brackets += 1;
    if (tokenType === t.RightParenthesis || tokenType === t.RightBracket) brackets = Math.max(0, brackets - 1);
  }
  return found;
}

function end(tokens: readonly IToken[], from: number, beyond: number, keyed: boolean): number {
  let depth = 0;
  let brackets = 0;
  for (let at = from; at < tokens.length; at += 1) {
    const tokenType = tokens[at]?.tokenType;
    if (depth === 0 && tokenType === t.RightBrace) return at;
    if (depth === 0 && at > from && at >= beyond && startsMember(tokens, at, brackets > 0, keyed)) return at;
    if (tokenType === t.LeftBrace) depth += 1;
    if (tokenType === t.RightBrace) depth -= 1;
    if (tokenType === t.LeftParenthesis || tokenType === t.LeftBracket) brackets += 1;
    if (tokenType === t.RightParenthesis || tokenType === t.RightBracket) brackets = Math.max(0, brackets - 1);
  }
  return tokens.length;
}

/** The end of the `if … { … } else { … }` that stands at `index` in the place of an expression; `index` for everything else. */
function behindChoice(tokens: readonly IToken[], index: number): number {
  if (tokens[index]?.tokenType !== t.IfWord) return index;
  let depth = 0;
  for (let at = index; at < tokens.length; at += 1) {
    const tokenType = tokens[at]?.tokenType;
    if (tokenType === t.LeftBrace) depth += 1;
    if (tokenType === t.RightBrace) depth -= 1;
    if (depth < 0 || (depth === 0 && at > index && startsMember(tokens, at, true, false) && !isChoice(tokens, at)))
      return index;
    if (depth === 0 && tokenType === t.RightBrace && tokens[at + 1]?.tokenType !== t.ElseWord) return at + 1;
  }
  return index;
}

/** `else if`. */
function isChoice(tokens: readonly IToken[], index: number): boolean {
  return tokens[index]?.tokenType === t.IfWord && tokens[index - 1]?.tokenType === t.ElseWord;
}

/** The end of a member whose closing bracket has lost its partner: what stands before that is no member of its own. */
function behindStray(tokens: readonly IToken[], from: number, keyed: boolean): number {
  const open = openBrackets(tokens, from).map((at) => tokens[at]?.tokenType);
  for (let at = from; at < tokens.length; at += 1) {
    const tokenType = tokens[at]?.tokenType;
    if (tokenType === undefined || tokenType === t.LeftBrace || tokenType === t.RightBrace) return from;
    if (at > from && startsMember(tokens, at, true, keyed)) return from;
    if (isOpener(tokenType)) open.push(tokenType);
    if (isCloser(tokenType) && open.pop() !== openers[closers.indexOf(tokenType)]) return at + 1;
  }
  return from;
}

/**
 * The statement to cut out for a mistake found at `index`, in the innermost braces around it, or undefined where there are
 * none. `whole` says that the token at `index` itself has no place there; else, where it begins a statement, the one
 * before it is incomplete. With `loose`, the tokens are what stands between braces.
 */
export function faultyMember(
  tokens: readonly IToken[],
  index: number,
  whole: boolean,
  loose: boolean,
  keyed: boolean,
): Cut | undefined {
  const braces = openBrackets(tokens, index).filter((at) => tokens[at]?.tokenType === t.LeftBrace);
  const brace = braces.at(-1) ?? (loose ? -1 : undefined);
  if (brace === undefined) return undefined;
  const from = whole && index < tokens.length ? index : start(tokens, brace, index - 1, keyed);
  const beyond = whole ? index + 1 : behindChoice(tokens, index);
  return { from, to: Math.max(from + 1, end(tokens, from, beyond, keyed), behindStray(tokens, index, keyed)) };
}

/** What stands between the first braces after `index`. */
export function membersAfter(tokens: readonly IToken[], index: number, keyed: boolean): readonly IToken[] {
  const brace = tokens.findIndex((token, at) => at >= index && token.tokenType === t.LeftBrace);
  if (brace < 0) return [];
  return tokens.slice(brace + 1, end(tokens, brace + 1, tokens.length, keyed));
}
