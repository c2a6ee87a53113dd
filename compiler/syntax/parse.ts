/**
 * Source text to syntax tree. Never throws, whatever the text; reports every independent mistake of a file in one run. A
 * declaration with a mistake in it keeps what could be read of it or is left out, so later phases should not run on a
 * module that came with errors.
 */
import { tokenMatcher } from "chevrotain";
import type { IRecognitionException, IToken } from "chevrotain";
import { diagnose, label } from "../diagnostics/diagnostic.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { reservedWord, tooManyErrors } from "../diagnostics/codes/syntax.ts";
import { nearest } from "../diagnostics/suggest.ts";
import type { Declaration, Module } from "./ast.ts";
import type { Place } from "./advice.ts";
import { complain, expectationProvider, offendingSpan } from "./complaints.ts";
import { checkDepth } from "./depth.ts";
import { Grammar } from "./grammar.ts";
import { lex } from "./lex.ts";
import type { LexedSource } from "./lex.ts";
import { declarationsOf, faultyMember, isStray, isSurplusBrace, membersAfter } from "./recovery.ts";
import type { Cut } from "./recovery.ts";
import { keepParts, partsOf, readAgain } from "./reuse.ts";
import type { Source } from "./source.ts";
import { composed } from "./identifiers.ts";
import {
  Comma,
  declarationWords,
  Identifier,
  Keyword,
  LeftBrace,
  LeftParenthesis,
  RightBrace,
  spelling,
} from "./tokens.ts";

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

interface Parsed {
  readonly declaration?: Declaration;
  readonly diagnostics: readonly Diagnostic[];
  /** Of a declaration that was read as it was meant. */
  readonly slips?: readonly Diagnostic[];
}

/** Parses `tokens` until nothing in them is wrong, cutting out what is; the last tree, if there is one, is what remained. */
function parseWhole(
  context: Context,
  all: readonly IToken[],
  entry: StartRule,
  known: readonly Diagnostic[] = [],
): Parsed {
  const { source, lexed } = context;
  const keyed = entry === "trainMembers" || (entry === "declaration" && membersOf(all) === "trainMembers");
  const diagnostics: Diagnostic[] = [];
  let tokens = all;
  let earlier: Mended | undefined;
  for (let mistakes = 0; mistakes < mistakesPerDeclaration; mistakes += 1) {
    grammar.begin(source.name, lexed.docs, tokens);
    const result = grammar[entry]();
    const [error] = grammar.errors;
    if (error === undefined) {
      diagnostics.push(...grammar.mistakes);
      const { slips } = grammar;
      if ("kind" in result && entry === "declaration") return { declaration: result, diagnostics, slips };
      return { diagnostics: [...diagnostics, ...slips] };
    }
    const place = placeOf(context, tokens, error, keyed);
    const found = complain(error, place);
    if (
      !isConsequence(context, place, found, [...known, ...diagnostics]) &&
      !isLeftover(context, place, error, entry, earlier)
    )
      diagnostics.push(found);
    if (error.message === missingBrace && place.index === tokens.length) {
      tokens = [...tokens, closingBrace(offendingSpan(place).from)];
      continue;
    }
    const cut = cutFor(error, place, entry);
    if (cut === undefined)
      return { diagnostics: [...diagnostics, ...parseMembers(context, place, entry, diagnostics)] };
    // One token that has no place leaves the others of its line behind.
    earlier = cut.to - cut.from === 1 ? { from: cut.from, offset: offendingSpan(place).from } : undefined;
    tokens = [...tokens.slice(0, cut.from), ...tokens.slice(cut.to)];
  }
  return { diagnostics };
}

function placeOf(
  { source, following }: Context,
  tokens: readonly IToken[],
  error: IRecognitionException,
  keyed: boolean,
): Place {
  const index = tokens.indexOf(error.token);
  return { file: source.name, tokens, index: index < 0 ? tokens.length : index, following, keyed };
}

/** What to leave out so that the rest can be read; undefined where nothing tells. */
function cutFor(error: IRecognitionException, place: Place, entry: StartRule): Cut | undefined {
  const { tokens, index, keyed } = place;
  const misplaced = isMisplaced(error);
  if (isSurplusBrace(tokens, index)) return { from: index, to: index + 1 };
  const alone = isStray(tokens, index) || tokens[index]?.tokenType === LeftBrace;
  if (misplaced && alone && index > 0) return { from: index, to: index + 1 };
  return faultyMember(tokens, index, misplaced, entry !== "declaration", keyed);
}

/** Whether the offending token itself has no place, rather than cutting short what stands before it. */
function isMisplaced(error: IRecognitionException): boolean {
  const rule = error.context.ruleStack.at(-1) ?? "";
  if (error.message === missingBrace || error.name === "NotAllInputParsedException") return true;
  return error.name === "NoViableAltException" && ["statement", "trainMembers", "step"].includes(rule);
}

/** A token next to something that could not be read, or one that was reported before, tells nothing new. */
function isConsequence(
  { source, lexed }: Context,
  place: Place,
  found: Diagnostic,
  earlier: readonly Diagnostic[],
): boolean {
  const { from, to } = offendingSpan(place);
  const before = place.tokens[place.index - 2] ?? place.tokens[place.index - 1];
  const gap = before === undefined ? 0 : before.startOffset;
  const end = to === from ? source.text.length : to;
  const unreadable = lexed.diagnostics.some(
    ({ labels: [first] }) => first !== undefined && first.from >= gap && first.from <= end,
  );
  if (unreadable || earlier.some(({ labels }) => labels.some((spot) => spot.from === from && spot.to === to)))
    return true;
  const token = place.tokens[place.index];
  const isReserved = earlier.some(({ message }) => message === reservedWord.message({ word: token?.image ?? "" }));
  if (isReserved) return true;
  // The commas of a list of keys are one habit.
  const isComma = token?.tokenType === Comma;
  return isComma && earlier.some(({ message, help }) => message === found.message && help === found.help);
}

/** Where something was cut out, and the mistake for which it was. */
interface Mended {
  readonly from: number;
  readonly offset: number;
}

/** What remains behind a mistake: the end of its line right behind the cut, or of its declaration. */
function isLeftover(
  { source }: Context,
  { tokens, index, file, following, keyed }: Place,
  error: IRecognitionException,
  entry: StartRule,
  earlier: Mended | undefined,
): boolean {
  if (earlier === undefined) return false;
  if (entry === "declaration" && error.name === "NotAllInputParsedException") return true;
  const { from } = offendingSpan({ tokens, index, file, following, keyed });
  const isNear = index >= earlier.from && index <= earlier.from + 2;
  return isNear && !/[\r\n]/.test(source.text.slice(earlier.offset, from));
}

/** How what stands between the braces of a declaration can be read, by the word that it begins with or was to begin with. */
function membersOf([first]: readonly IToken[]): "statements" | "trainMembers" | undefined {
  if (first === undefined) return undefined;
  const words = declarationWords.map(spelling);
  const word = words.includes(first.image) ? first.image : nearest(first.image, words);
  if (word === undefined || ["use", "const", "data"].includes(word)) return undefined;
  return word === "train" ? "trainMembers" : "statements";
}

/** After a mistake in a signature, what stands between the braces behind it. */
function parseMembers(
  context: Context,
  { tokens, index, keyed }: Place,
  entry: StartRule,
  known: readonly Diagnostic[],
): readonly Diagnostic[] {
  const rule = entry === "declaration" ? membersOf(tokens) : undefined;
  const members = rule === undefined ? [] : membersAfter(tokens, index, keyed);
  const [first] = members;
  if (rule === undefined || first === undefined) return [];
  // What stands right behind the brace may be what the mistake left over.
  return parseWhole(context, members, rule, known).diagnostics.filter(
    ({ labels: [spot] }) => spot?.from !== first.startOffset,
  );
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

/** What mistakes of syntax leave unknown of a file. */
export interface Broken {
  /** Read in part only. */
  readonly declarations: ReadonlySet<Declaration>;
  /** What could not be read, or not wholly, would have declared. */
  readonly names: ReadonlySet<string>;
  /** Whether another file was to be taken in, whose names are not known. */
  readonly uses: boolean;
}

export interface ParsedFile {
  readonly module: Module;
  readonly diagnostics: readonly Diagnostic[];
  readonly broken: Broken;
}

const takingIn: readonly string[] = ["use", "import", "from", "include", "require"];

/** A reserved word that a declaration is named by: each call of it is a call of that, and the name is the mistake. */
function withReservedNames(parts: readonly (readonly IToken[])[]): readonly (readonly IToken[])[] {
  const names = new Set(
    parts.flatMap(([first, name]) =>
      first !== undefined &&
      name !== undefined &&
      declarationWords.includes(first.tokenType) &&
      tokenMatcher(name, Keyword)
        ? [name.image]
        : [],
    ),
  );
  if (names.size === 0) return parts;
  const isCall = (token: IToken, index: number, part: readonly IToken[]): boolean =>
    index > 1 && names.has(token.image) && part[index + 1]?.tokenType === LeftParenthesis;
  const named = { tokenType: Identifier, tokenTypeIdx: Identifier.tokenTypeIdx ?? 0 };
  return parts.map((part) => part.map((token, index) => (isCall(token, index, part) ? { ...token, ...named } : token)));
}

/** The text that a part was read from, with the comments before it. */
function textOf({ text }: Source, part: readonly IToken[], from: number, index: number): string {
  const last = part.at(-1);
  const to = last === undefined ? from : last.startOffset + last.image.length;
  return `${index === 0 ? "first" : ""}\n${text.slice(from, to)}`;
}

/**
 * The declarations of a file, and all that is wrong with its syntax, in source order. With `earlier`, what an earlier text of the same file gave,
 * only what changed is parsed.
 */
export function parse(source: Source, earlier?: Module): ParsedFile {
  const lexed = lex(source);
  const diagnostics = [...lexed.slips, ...lexed.diagnostics];
  const declarations: Declaration[] = [];
  const broken = { declarations: new Set<Declaration>(), names: new Set<string>(), uses: false };
  const written = lexed.parsable ? declarationsOf(lexed.tokens) : [];
  const parts = withReservedNames(written);
  const known = partsOf(earlier);
  const read = new Map<string, { readonly offset: number; readonly declaration: Declaration }>();
  const isPlain = parts === written && diagnostics.length === 0;
  let end = 0;
  for (const [index, part] of parts.entries()) {
    if (diagnostics.length > mistakesPerFile) break;
    const following = parts[index + 1]?.[0];
    const offset = end;
    const key = textOf(source, part, offset, index);
    const before = isPlain ? known.get(key) : undefined;
    end = offset + key.length - key.indexOf("\n") - 1;
    if (before !== undefined) {
      const declaration = readAgain(before, offset);
      declarations.push(declaration);
      read.set(key, { offset, declaration });
      continue;
    }
    const parsed = parseWhole({ source, lexed, following }, part, "declaration");
    const deep = parsed.declaration === undefined ? undefined : checkDepth(parsed.declaration);
    diagnostics.push(...(parsed.slips ?? []));
    const found = [...parsed.diagnostics, ...(deep === undefined ? [] : [deep])];
    if (!isHeadless(parts[index - 1], part, diagnostics)) diagnostics.push(...found);
    if (parsed.declaration !== undefined && deep === undefined) declarations.push(parsed.declaration);
    if (found.length === 0 && isPlain && parsed.declaration !== undefined && (parsed.slips ?? []).length === 0)
      read.set(key, { offset, declaration: parsed.declaration });
    if (found.length === 0 && !lexed.diagnostics.some((one) => isWithin(one, part, following))) continue;
    if (parsed.declaration !== undefined) broken.declarations.add(parsed.declaration);
    for (const name of namesIn(part, found)) broken.names.add(name);
    broken.uses ||= takingIn.includes(part[0]?.image ?? "") || lacksName(part, found);
  }
  const span = { file: source.name, from: 0, to: source.text.length };
  const doc = lexed.doc === undefined ? {} : { doc: lexed.doc };
  const module: Module = { kind: "module", declarations, ...doc, span };
  keepParts(module, read);
  return { module, diagnostics: limited(source, diagnostics), broken };
}

/** What a part with mistakes may have declared: the words at its start, where something has no place, and behind words that declare. */
function namesIn(part: readonly IToken[], found: readonly Diagnostic[]): readonly string[] {
  const starts = new Set(found.map(position));
  const places = part.flatMap(({ tokenType, startOffset }, index) =>
    index === 0 || starts.has(startOffset) || declarationWords.includes(tokenType) ? [index, index + 1, index + 2] : [],
  );
  return places.flatMap((index) => {
    const image = part[index]?.image ?? "";
    return /^[\p{ID_Start}_]/u.test(image) ? [composed(image)] : [];
  });
}

/** Whether the head of a declaration is damaged: any name that is not known may be its. */
function lacksName(part: readonly IToken[], found: readonly Diagnostic[]): boolean {
  const [first, ...head] = part.slice(0, 4);
  if (first === undefined || !declarationWords.includes(first.tokenType)) return false;
  return found.some((one) => head.some(({ startOffset }) => position(one) === startOffset));
}

/** `Net model(…)`: the word before a declaration was reported, and the name that the declaration lacks is that word. */
function isHeadless(
  before: readonly IToken[] | undefined,
  [first, name]: readonly IToken[],
  earlier: readonly Diagnostic[],
): boolean {
  const last = before?.at(-1);
  const isNameless = first !== undefined && name !== undefined && !tokenMatcher(name, Identifier);
  return isNameless && last !== undefined && earlier.some((one) => position(one) === last.startOffset);
}

function isWithin(diagnostic: Diagnostic, [first]: readonly IToken[], following: IToken | undefined): boolean {
  const at = position(diagnostic);
  return at >= (first?.startOffset ?? 0) && at < (following?.startOffset ?? Infinity);
}
