/**
 * From "this token does not fit" to a sentence: what the grammar expected at a place, what it found, and the edit that the
 * most frequent slips ask for.
 */
import { tokenMatcher } from "chevrotain";
import type { IParserErrorMessageProvider, IRecognitionException, IToken } from "chevrotain";
import { diagnose, label } from "../diagnostics/diagnostic.ts";
import type { Diagnostic, Label, Span } from "../diagnostics/diagnostic.ts";
import * as codes from "../diagnostics/codes/syntax.ts";
import { adviseOn, tokenAt } from "./advice.ts";
import type { Place } from "./advice.ts";
import { isCloser, isStray, isSurplusBrace, openBrackets, startsMember } from "./recovery.ts";
import * as t from "./tokens.ts";

/** What a rule expects where no alternative of it fits. */
const expectations: ReadonlyMap<string, string> = new Map([
  ["primary", "an expression"],
  ["parenthesized", "an expression"],
  ["operand", "an expression"],
  ["item", "an expression"],
  ["postfix", "an index"],
  ["indexItem", "an index"],
  ["memberName", "a name"],
  ["dimension", "a dimension"],
  ["tensorType", "a shape such as `[N, C]`"],
  ["type", "a shape or a type"],
  ["listType", "a type"],
  ["settingType", "a type"],
  ["parameter", "a shape or a type"],
  ["result", "a shape such as `[N, C]`"],
  ["body", "`=` or `{`"],
  ["statement", "a statement"],
  ["let", "a name"],
  ["target", "a name"],
  ["along", "a dimension"],
  ["scan", "`name in tensor`"],
  ["declaration", "a declaration"],
  ["trainMembers", "an entry such as `batch: 32`, a `let` or a step"],
  ["step", "an entry such as `update: Net` or a `let`"],
  ["entry", "an entry such as `batch: 32`"],
]);

function expectation(rule: string): string {
  return expectations.get(rule) ?? "something else";
}

/** Chevrotain's messages become what was expected, in the user's terms. */
export const expectationProvider: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => expected.LABEL ?? expected.name,
  buildNoViableAltMessage: ({ ruleName }) => expectation(ruleName),
  buildEarlyExitMessage: ({ ruleName }) => expectation(ruleName),
  buildNotAllInputParsedMessage: ({ ruleName }) => (ruleName === "declaration" ? "a declaration" : "a statement"),
};

function spanOf(file: string, token: IToken): Span {
  return { file, from: token.startOffset, to: token.startOffset + token.image.length };
}

function offender(place: Place): IToken | undefined {
  return tokenAt(place, place.index);
}

/** The place of the offending token; at the end of the file, right behind the last token. */
export function offendingSpan(place: Place): Span {
  const token = offender(place);
  if (token !== undefined) return spanOf(place.file, token);
  const last = place.tokens.at(-1);
  const end = last === undefined ? 0 : last.startOffset + last.image.length;
  return { file: place.file, from: end, to: end };
}

function found(token: IToken | undefined): string {
  if (token === undefined) return "the end of the file";
  const shown = token.image.length > 40 ? `${token.image.slice(0, 37)}…` : token.image;
  return `\`${shown}\``;
}

/** What opens each closing bracket. */
const partners: ReadonlyMap<string, string> = new Map([
  ["`)`", "("],
  ["`]`", "["],
  ["`}`", "{"],
]);

/** Where one of these is expected, another closing bracket shows that it was forgotten. */
const brackets: ReadonlySet<string> = new Set(["`)`", "`]`"]);

/** Whether an `if` stands between two values, as in Python's `a if b else c`. */
function choosesValue({ tokens, index }: Place): boolean {
  const next = tokens.slice(index).find(({ tokenType }) => tokenType === t.ElseWord || tokenType === t.LeftBrace);
  return tokens[index]?.tokenType === t.IfWord && next?.tokenType === t.ElseWord;
}

/** Whether the bracket that `expected` closes was forgotten, rather than something wrong put into it. */
function isUnclosed(place: Place, expected: string, rule: string): boolean {
  const token = place.tokens[place.index];
  if (!partners.has(expected) || choosesValue(place)) return false;
  if (token === undefined || isCloser(token.tokenType)) return true;
  if (rule === "signature" && token.tokenType === t.Arrow) return true;
  return (
    expected !== "`}`" &&
    (startsMember(place.tokens, place.index, rule !== "list", place.keyed) || token.tokenType === t.LeftBrace)
  );
}

function innermost(place: Place): IToken | undefined {
  const at = openBrackets(place.tokens, place.index).at(-1);
  return at === undefined ? undefined : place.tokens[at];
}

function unclosed(place: Place, expected: string, rule: string): Diagnostic | undefined {
  const opener = innermost(place);
  const bracket = partners.get(expected);
  if (opener === undefined || opener.image !== bracket || !isUnclosed(place, expected, rule)) return undefined;
  const closer = expected.slice(1, -1);
  const labels: readonly Label[] = [
    label(spanOf(place.file, opener), "opened here"),
    label(offendingSpan(place), `expected \`${closer}\` before this`),
  ];
  return diagnose(codes.unclosedBracket, { bracket, closer, found: found(offender(place)) }, labels);
}

function withContext(error: IRecognitionException, place: Place): string {
  const expected = error.message;
  const rule = error.context.ruleStack.at(-1) ?? "";
  if (expected === "`}`" && (rule === "train" || rule === "step")) return "an entry such as `batch: 32` or `}`";
  if (rule === "signature" && isName(place.tokens[place.index - 1])) return `\`:\`, \`,\` or ${expected}`;
  if (expected === "`)`" || expected === "`]`") return `\`,\` or ${expected}`;
  return expected === "`}`" ? "a statement or `}`" : expected;
}

/** Whether a reserved word stands where something is named: behind a keyword, or as an input of a signature. */
function isReservedName({ tokens, index }: Place, expected: string, rule: string): boolean {
  const token = tokens[index];
  if (token === undefined || !tokenMatcher(token, t.Keyword)) return false;
  const next = tokens[index + 1]?.tokenType;
  const [opens, goesOn] = [t.LeftParenthesis, t.Comma].map((one) => tokens[index - 1]?.tokenType === one);
  const isInput = next === t.Colon || ((opens || goesOn) && (next === t.Comma || next === t.RightParenthesis));
  return expected === "a name" || (rule === "signature" && isInput);
}

/** The diagnostic for `error`, found at `place`. */
export function complain(error: IRecognitionException, place: Place): Diagnostic {
  const expected = error.message;
  const token = offender(place);
  const rule = error.context.ruleStack.at(-1) ?? "";
  const where = [label(offendingSpan(place), "")];
  if (token !== undefined && isReservedName(place, expected, rule))
    return diagnose(codes.reservedWord, { word: token.image }, where);
  const isAlone =
    isSurplusBrace(place.tokens, place.index) || (!brackets.has(expected) && isStray(place.tokens, place.index));
  if (token !== undefined && isAlone) return diagnose(codes.strayBracket, { bracket: token.image }, where);
  const missing = unclosed(place, expected, rule);
  if (missing !== undefined) return missing;
  if (expected === "a statement" && token !== undefined && place.tokens[place.index + 1]?.tokenType === t.Equal) {
    // A name that is bound above cannot be bound anew.
    const isBound = place.tokens
      .slice(0, place.index)
      .some((one, at) => one.image === token.image && place.tokens[at - 1]?.tokenType === t.LetWord);
    const help = isBound
      ? `a name is bound once: write \`let ${token.image}2 = …\`, or \`<-\` for a state`
      : `write \`let ${token.image} = …\`, or \`<-\` for a state`;
    return diagnose(codes.statementWithoutKeyword, { name: token.image }, where, help);
  }
  const key = keyWithoutValue(error, place);
  if (key !== undefined) {
    const values = { expected: "an expression", found: `the next key \`${key.image}:\`` };
    return diagnose(codes.unexpectedToken, values, [label(spanOf(place.file, key), "")]);
  }
  return mismatch(error, place, rule);
}

/** What the grammar expected, or what a slip tells that was meant. */
function mismatch(error: IRecognitionException, place: Place, rule: string): Diagnostic {
  const expected = error.message;
  const advice = adviseOn({ ...place, expected, rule });
  const at = { ...place, index: advice?.index ?? place.index };
  const where = [label(offendingSpan(at), "")];
  const help = advice?.help ?? reservedHelp(place, expected);
  if (advice?.expected === undefined && expected === "a declaration")
    return diagnose(codes.expectedDeclaration, { found: found(offender(at)) }, where, help);
  const values = { expected: advice?.expected ?? withContext(error, place), found: found(offender(at)) };
  return diagnose(codes.unexpectedToken, values, where, help);
}

function reservedHelp(place: Place, expected: string): string | undefined {
  const token = offender(place);
  const isReserved =
    token !== undefined &&
    tokenMatcher(token, t.Keyword) &&
    !startsMember(place.tokens, place.index, true, place.keyed);
  return isReserved && expected === "an expression"
    ? `\`${token.image}\` is a reserved word and names nothing`
    : undefined;
}

function isName(token: IToken | undefined): boolean {
  return token !== undefined && tokenMatcher(token, t.Identifier);
}

/** The `epochs` of `batch: epochs: 3`, which reads as the value of `batch`. */
function keyWithoutValue(error: IRecognitionException, { tokens, index }: Place): IToken | undefined {
  const [colon, key, before] = [tokens[index], tokens[index - 1], tokens[index - 2]];
  if (error.message !== "`}`" || colon?.tokenType !== t.Colon || before?.tokenType !== t.Colon) return undefined;
  return isName(key) ? key : undefined;
}
