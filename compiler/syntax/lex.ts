/**
 * Source text to tokens: the lexer's stream without comments, with every literal and character checked, brackets counted,
 * and doc comments tied to the token that they stand before. Linear in the length of the text.
 */
import type { ILexingError, IToken } from "chevrotain";
import { diagnose, label } from "../diagnostics/diagnostic.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import {
  malformedNumber,
  nestingTooDeep,
  numberOutOfRange,
  sourceTooLarge,
  unclosedComment,
  unclosedString,
  unknownEscape,
} from "../diagnostics/codes/syntax.ts";
import { controlCharacters, unexpectedCharacters } from "./characters.ts";
import { numberValue, stringValue } from "./literals.ts";
import type { NumberProblem } from "./literals.ts";
import { mendSlips, vocabularyWithSlips } from "./slips.ts";
import { maximalSourceLength } from "./source.ts";
import type { Source } from "./source.ts";
import {
  createLexer,
  DocComment,
  LeftBrace,
  LeftBracket,
  LeftParenthesis,
  NumberToken,
  RightBrace,
  RightBracket,
  RightParenthesis,
  StringToken,
  UnclosedComment,
  UnclosedString,
} from "./tokens.ts";

/** How deep brackets may nest. */
export const maximalNesting = 200;

const lexer = createLexer(false, vocabularyWithSlips);

/** What the grammar gets to see. */
export interface LexedSource {
  readonly tokens: readonly IToken[];
  /** The doc comment that stands before the token at this offset. */
  readonly docs: ReadonlyMap<number, string>;
  /** The doc comment of the file. */
  readonly doc?: string;
  /** What could not be read. */
  readonly diagnostics: readonly Diagnostic[];
  /** What was read as it was meant: nothing follows from it. */
  readonly slips: readonly Diagnostic[];
  /** False where the tokens must not be parsed: too long, or nested too deep. */
  readonly parsable: boolean;
}

function spot(source: Source, from: number, length: number, text = ""): ReturnType<typeof label> {
  return label({ file: source.name, from, to: Math.min(from + length, source.text.length) }, text);
}

const rangeProblems: Readonly<Record<Exclude<NumberProblem, "malformed">, string>> = {
  tooLarge: "is too large: expected less than 1.8e308",
  tooSmall: "is too small: expected zero or at least 5e-324",
  tooLong: "has too many digits: expected at most 1100 characters",
};

function abbreviated(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
}

function checkNumber(source: Source, token: IToken): Diagnostic | undefined {
  const value = numberValue(token.image);
  if (typeof value !== "string") return undefined;
  const text = abbreviated(token.image);
  const place = [spot(source, token.startOffset, token.image.length)];
  if (value === "malformed") return diagnose(malformedNumber, { text }, place);
  return diagnose(numberOutOfRange, { text, problem: rangeProblems[value] }, place);
}

function checkString(source: Source, token: IToken): readonly Diagnostic[] {
  return stringValue(token.image).badEscapes.map((offset) => {
    const text = String.fromCodePoint(92, token.image.codePointAt(offset + 1) ?? 0);
    return diagnose(
      unknownEscape,
      { text },
      [spot(source, token.startOffset + offset, text.length)],
      "write `\\\\` for a backslash",
    );
  });
}

function checkToken(source: Source, token: IToken): readonly Diagnostic[] {
  switch (token.tokenType) {
    case NumberToken: {
      const found = checkNumber(source, token);
      return found === undefined ? [] : [found];
    }
    case StringToken:
      return checkString(source, token);
    case UnclosedString:
      return [diagnose(unclosedString, {}, [spot(source, token.startOffset, 1, "opened here")], 'close it with `"`')];
    case UnclosedComment:
      return [diagnose(unclosedComment, {}, [spot(source, token.startOffset, 2, "opened here")], "close it with `*/`")];
    default:
      return [];
  }
}

/** The first bracket that nests too deep. */
function checkNesting(source: Source, tokens: readonly IToken[]): Diagnostic | undefined {
  let depth = 0;
  for (const token of tokens) {
    const { tokenType } = token;
    if (tokenType === LeftParenthesis || tokenType === LeftBracket || tokenType === LeftBrace) depth += 1;
    if (tokenType === RightParenthesis || tokenType === RightBracket || tokenType === RightBrace)
      depth = Math.max(0, depth - 1);
    if (depth > maximalNesting)
      return diagnose(nestingTooDeep, { limit: maximalNesting }, [spot(source, token.startOffset, 1)]);
  }
  return undefined;
}

function lineEnds(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}

/** Ties doc comments to tokens. Lines with a blank line between them are two comments, and the later one counts. */
function tieDocs(text: string, all: readonly IToken[]): Pick<LexedSource, "docs" | "doc"> {
  const docs = new Map<number, string>();
  let doc: string | undefined;
  let lines: string[] = [];
  let end = 0;
  let first = true;
  for (const token of all) {
    const apart = lines.length > 0 && lineEnds(text.slice(end, token.startOffset)) > 1;
    if (apart && first) doc = lines.join("\n");
    if (apart && (first || token.tokenType === DocComment)) lines = [];
    if (apart) first = false;
    if (token.tokenType === DocComment) {
      lines.push(token.image.slice(3).replace(/^ /, "").trimEnd());
      end = token.startOffset + token.image.length;
      continue;
    }
    if (lines.length > 0) docs.set(token.startOffset, lines.join("\n"));
    lines = [];
    first = false;
  }
  return doc === undefined ? { docs } : { docs, doc };
}

/** An unclosed string stands for a string, so that the grammar has one complaint less. */
function forGrammar(tokens: readonly IToken[]): IToken[] {
  return tokens
    .filter(({ tokenType }) => tokenType !== DocComment && tokenType !== UnclosedComment)
    .map((token) =>
      token.tokenType === UnclosedString ? { ...token, image: `${token.image}"`, ...typeOf(StringToken) } : token,
    );
}

function typeOf(tokenType: typeof StringToken): Pick<IToken, "tokenType" | "tokenTypeIdx"> {
  return { tokenType, tokenTypeIdx: tokenType.tokenTypeIdx ?? 0 };
}

/** Lexes `source`; all mistakes in characters, literals and comments are in `diagnostics`, in source order. */
export function lex(source: Source): LexedSource {
  const { length } = source.text;
  if (length > maximalSourceLength) {
    const found = diagnose(sourceTooLarge, { length, limit: maximalSourceLength }, [spot(source, 0, 0)]);
    return { tokens: [], docs: new Map(), diagnostics: [found], slips: [], parsable: false };
  }
  const lexed = lexer.tokenize(source.text);
  const errors: readonly ILexingError[] = lexed.errors;
  const { tokens, mistakes } = mendSlips(source, lexed.tokens);
  const nesting = checkNesting(source, tokens);
  const diagnostics = [
    ...controlCharacters(source),
    ...unexpectedCharacters(source, errors),
    ...tokens.flatMap((token) => checkToken(source, token)),
    ...(nesting === undefined ? [] : [nesting]),
  ];
  return {
    tokens: forGrammar(tokens),
    ...tieDocs(source.text, tokens),
    diagnostics,
    slips: mistakes,
    parsable: nesting === undefined,
  };
}
