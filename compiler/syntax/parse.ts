/**
 * Source text to syntax tree. Never throws, whatever the text; reports every independent mistake of a file in one run. A
 * declaration with a mistake in it keeps what could be read of it or is left out, so later phases should not run on a
 * module that came with errors.
 */
import type { IRecognitionException, IToken } from "chevrotain";
import { diagnose, label } from "../diagnostics/diagnostic.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { tooManyErrors } from "../diagnostics/codes/syntax.ts";
import type { Declaration, Module } from "./ast.ts";
import { complain, expectationProvider, offendingSpan } from "./complaints.ts";
import type { Place } from "./complaints.ts";
import { checkDepth } from "./depth.ts";
import { Grammar } from "./grammar.ts";
import { lex } from "./lex.ts";
import type { LexedSource } from "./lex.ts";
import { declarationsOf, faultyMember, membersAfter } from "./recovery.ts";
import type { Source } from "./source.ts";
import { RightBrace, TrainWord } from "./tokens.ts";

/** How many mistakes one declaration, and one file, is asked for. */
const mistakesPerDeclaration = 25;
const mistakesPerFile = 100;

// Building a parser analyses its grammar, which takes longer than parsing; `begin` clears all that one parse leaves.
const grammar = new Grammar(expectationProvider);

/** What `expectationProvider` says where a body should be over. */
const missingBrace = "`}`";

/** Stands for the brace that is missing at `offset`, so that what stands before it can be read. */
function closingBrace(offset: number): IToken {
  return { image: "", startOffset: offset, tokenType: RightBrace, tokenTypeIdx: RightBrace.tokenTypeIdx ?? 0 };
}

interface Context {
  readonly source: Source;
  readonly lexed: LexedSource;
  readonly following: IToken | undefined;
}

/** The rules that a token list can be parsed by. */
type StartRule = "declaration" | "statements" | "trainMembers";

/** Parses `tokens` until nothing in them is wrong, cutting out what is; the last tree, if there is one, is what remained. */
function parseWhole(
  context: Context,
  all: readonly IToken[],
  entry: StartRule,
): { readonly declaration?: Declaration; readonly diagnostics: readonly Diagnostic[] } {
  const { source, lexed } = context;
  const diagnostics: Diagnostic[] = [];
  let tokens = all;
  for (let mistakes = 0; mistakes < mistakesPerDeclaration; mistakes += 1) {
    grammar.begin(source.name, lexed.docs, tokens);
    const result = grammar[entry]();
    const [error] = grammar.errors;
    if (error === undefined) {
      diagnostics.push(...grammar.mistakes);
      return "kind" in result && entry === "declaration" ? { declaration: result, diagnostics } : { diagnostics };
    }
    const place = placeOf(context, tokens, error);
    if (!isConsequence(context, place, diagnostics)) diagnostics.push(complain(error, place));
    if (error.message === missingBrace && place.index === tokens.length) {
      tokens = [...tokens, closingBrace(offendingSpan(place).from)];
      continue;
    }
    const cut = faultyMember(tokens, place.index, isMisplaced(error), entry !== "declaration");
    if (cut === undefined)
      return { diagnostics: [...diagnostics, ...parseMembers(context, tokens, place.index, entry)] };
    tokens = [...tokens.slice(0, cut.from), ...tokens.slice(cut.to)];
  }
  return { diagnostics };
}

function placeOf({ source, following }: Context, tokens: readonly IToken[], error: IRecognitionException): Place {
  const index = tokens.indexOf(error.token);
  return { file: source.name, tokens, index: index < 0 ? tokens.length : index, following };
}

/** Whether the offending token itself has no place, rather than cutting short what stands before it. */
function isMisplaced(error: IRecognitionException): boolean {
  const rule = error.context.ruleStack.at(-1) ?? "";
  if (error.message === missingBrace || error.name === "NotAllInputParsedException") return true;
  return error.name === "NoViableAltException" && ["statement", "trainMembers", "step"].includes(rule);
}

/** A token next to something that could not be read, or one that was reported before, tells nothing new. */
function isConsequence({ source, lexed }: Context, place: Place, earlier: readonly Diagnostic[]): boolean {
  const { from, to } = offendingSpan(place);
  const before = place.tokens[place.index - 1];
  const gap = before === undefined ? 0 : before.startOffset;
  const end = to === from ? source.text.length : to;
  const unreadable = lexed.diagnostics.some(
    ({ labels: [first] }) => first !== undefined && first.from >= gap && first.from <= end,
  );
  return unreadable || earlier.some(({ labels }) => labels.some((spot) => spot.from === from && spot.to === to));
}

/** After a mistake in a signature, what stands between the braces behind it. */
function parseMembers(
  context: Context,
  tokens: readonly IToken[],
  index: number,
  entry: StartRule,
): readonly Diagnostic[] {
  if (entry !== "declaration") return [];
  const members = membersAfter(tokens, index);
  if (members.length === 0) return [];
  return parseWhole(context, members, tokens[0]?.tokenType === TrainWord ? "trainMembers" : "statements").diagnostics;
}

function position({ labels: [first] }: Diagnostic): number {
  return first?.from ?? 0;
}

function limited(source: Source, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const sorted = diagnostics.toSorted((a, b) => position(a) - position(b));
  const next = sorted[mistakesPerFile];
  if (next === undefined) return sorted;
  const place = label({ file: source.name, from: position(next), to: position(next) }, "the next one is here");
  return [...sorted.slice(0, mistakesPerFile), diagnose(tooManyErrors, { limit: mistakesPerFile }, [place])];
}

/** The declarations of a file, and all that is wrong with its syntax, in source order. */
export function parse(source: Source): { readonly module: Module; readonly diagnostics: readonly Diagnostic[] } {
  const lexed = lex(source);
  const diagnostics = [...lexed.diagnostics];
  const declarations: Declaration[] = [];
  const parts = lexed.parsable ? declarationsOf(lexed.tokens) : [];
  for (const [index, part] of parts.entries()) {
    if (diagnostics.length > mistakesPerFile) break;
    const parsed = parseWhole({ source, lexed, following: parts[index + 1]?.[0] }, part, "declaration");
    const deep = parsed.declaration === undefined ? undefined : checkDepth(parsed.declaration);
    diagnostics.push(...parsed.diagnostics, ...(deep === undefined ? [] : [deep]));
    if (parsed.declaration !== undefined && deep === undefined) declarations.push(parsed.declaration);
  }
  const span = { file: source.name, from: 0, to: source.text.length };
  const doc = lexed.doc === undefined ? {} : { doc: lexed.doc };
  return { module: { kind: "module", declarations, ...doc, span }, diagnostics: limited(source, diagnostics) };
}
