/**
 * The words and signs of `.nn`: one Chevrotain token type each, and the lexer over them. Reserved words belong to the
 * category `Keyword`; words that mean something only in their place (`step`, `in`, `as`, `int`, …) are `Identifier`s, too.
 * Every pattern matches in linear time.
 */
import { createToken, Lexer } from "chevrotain";
import type { TokenType } from "chevrotain";
import { identifier } from "./identifiers.ts";

export const Keyword = createToken({ name: "Keyword", pattern: Lexer.NA, label: "a reserved word" });
const named = new RegExp(identifier, "uy");

/** The lexer's own patterns know no classes of Unicode. */
function matchName(text: string, offset: number): RegExpExecArray | null {
  named.lastIndex = offset;
  return named.exec(text);
}

/** Codes from the first letter on, and of those beyond Latin one in each group that the lexer keeps together, of 255 each. */
const nameStarts = [
  ...Array.from({ length: 191 }, (_, index) => 65 + index),
  ...Array.from({ length: 510 }, (_, index) => 256 + 128 * index),
];

export const Identifier = createToken({
  name: "Identifier",
  pattern: matchName,
  line_breaks: false,
  start_chars_hint: nameStarts,
  label: "a name",
});

function word(text: string, category: TokenType): TokenType {
  const name = `Word_${text}`;
  return createToken({ name, pattern: text, longer_alt: Identifier, categories: category, label: `\`${text}\`` });
}

function sign(name: string, pattern: string): TokenType {
  return createToken({ name, pattern, label: `\`${pattern}\`` });
}

export const UseWord = word("use", Keyword);
export const ConstWord = word("const", Keyword);
export const DataWord = word("data", Keyword);
export const BlockWord = word("block", Keyword);
export const ModelWord = word("model", Keyword);
export const InitializerWord = word("initializer", Keyword);
export const LossWord = word("loss", Keyword);
export const MetricWord = word("metric", Keyword);
export const RegularizerWord = word("regularizer", Keyword);
export const OptimizerWord = word("optimizer", Keyword);
export const ScheduleWord = word("schedule", Keyword);
export const TrainWord = word("train", Keyword);
export const LetWord = word("let", Keyword);
export const ParamWord = word("param", Keyword);
export const StateWord = word("state", Keyword);
export const IfWord = word("if", Keyword);
export const ElseWord = word("else", Keyword);
export const ScanWord = word("scan", Keyword);
export const RequireWord = word("require", Keyword);
export const ReturnWord = word("return", Keyword);
export const RepeatWord = word("repeat", Keyword);
export const TrueWord = word("true", Keyword);
export const FalseWord = word("false", Keyword);
export const AndWord = word("and", Keyword);
export const OrWord = word("or", Keyword);
export const NotWord = word("not", Keyword);

export const StepWord = word("step", Identifier);
export const InWord = word("in", Identifier);
export const AlongWord = word("along", Identifier);
export const AxisWord = word("axis", Identifier);
export const WithWord = word("with", Identifier);
export const ReversedWord = word("reversed", Identifier);
export const CheckpointWord = word("checkpoint", Identifier);
export const NextWord = word("next", Identifier);
export const EmitWord = word("emit", Identifier);
export const AsWord = word("as", Identifier);
export const NewaxisWord = word("newaxis", Identifier);
export const F32Word = word("f32", Identifier);
export const I32Word = word("i32", Identifier);
export const BoolWord = word("bool", Identifier);
export const IntWord = word("int", Identifier);
export const FloatWord = word("float", Identifier);
export const StringWord = word("string", Identifier);
export const LayerWord = word("layer", Identifier);

export const Underscore = createToken({ name: "Underscore", pattern: "_", longer_alt: Identifier, label: "`_`" });

/** Also takes what only looks like a number (`1.2.3`, `0x`), so that it is one mistake; `literals.ts` decides. */
export const NumberToken = createToken({
  name: "Number",
  pattern: /[0-9](?:[eE][+-](?=[0-9])|\.(?=[0-9])|[A-Za-z0-9_])*%?/,
  label: "a number",
});
export const StringToken = createToken({ name: "String", pattern: /"(?:[^"\\\r\n]|\\[^\r\n])*"/, label: "a string" });

export const Arrow = sign("Arrow", "->");
export const LeftArrow = sign("LeftArrow", "<-");
export const PipeSign = sign("Pipe", "|>");
export const Bar = sign("Bar", "|");
export const EqualEqual = sign("EqualEqual", "==");
export const NotEqual = sign("NotEqual", "!=");
export const LessEqual = sign("LessEqual", "<=");
export const GreaterEqual = sign("GreaterEqual", ">=");
export const Less = sign("Less", "<");
export const Greater = sign("Greater", ">");
export const Equal = sign("Equal", "=");
export const StarStar = sign("StarStar", "**");
export const Star = sign("Star", "*");
export const Plus = sign("Plus", "+");
export const Minus = sign("Minus", "-");
export const Slash = sign("Slash", "/");
export const Percent = sign("Percent", "%");
export const At = sign("At", "@");
export const DotDot = sign("DotDot", "..");
export const Dot = sign("Dot", ".");
export const Comma = sign("Comma", ",");
export const Colon = sign("Colon", ":");
export const LeftParenthesis = sign("LeftParenthesis", "(");
export const RightParenthesis = sign("RightParenthesis", ")");
export const LeftBracket = sign("LeftBracket", "[");
export const RightBracket = sign("RightBracket", "]");
export const LeftBrace = sign("LeftBrace", "{");
export const RightBrace = sign("RightBrace", "}");

/** Never reach the grammar: `lex.ts` takes them out. */
export const DocComment = createToken({ name: "DocComment", pattern: /\/\/\/(?!\/)[^\r\n]*/ });
export const UnclosedComment = createToken({ name: "UnclosedComment", pattern: /\/\*[^]*/, line_breaks: true });
export const UnclosedString = createToken({ name: "UnclosedString", pattern: /"[^\r\n]*/ });
export const Comment = createToken({
  name: "Comment",
  pattern: /\/\/[^\r\n]*|\/\*[^]*?\*\//,
  line_breaks: true,
  group: "comments",
});
const WhiteSpace = createToken({
  name: "WhiteSpace",
  pattern: /[ \t\r\n\uFEFF]+/,
  line_breaks: true,
  group: Lexer.SKIPPED,
});

export const declarationWords: readonly TokenType[] = [
  UseWord,
  ConstWord,
  DataWord,
  BlockWord,
  ModelWord,
  InitializerWord,
  LossWord,
  MetricWord,
  RegularizerWord,
  OptimizerWord,
  ScheduleWord,
  TrainWord,
];
export const statementWords: readonly TokenType[] = [LetWord, ParamWord, StateWord, IfWord, RequireWord, ReturnWord];

const otherWords: readonly TokenType[] = [
  ElseWord,
  ScanWord,
  RepeatWord,
  TrueWord,
  FalseWord,
  AndWord,
  OrWord,
  NotWord,
  StepWord,
  InWord,
  AlongWord,
  AxisWord,
  WithWord,
  ReversedWord,
  CheckpointWord,
  NextWord,
  EmitWord,
  AsWord,
  NewaxisWord,
  F32Word,
  I32Word,
  BoolWord,
  IntWord,
  FloatWord,
  StringWord,
  LayerWord,
];

const signs: readonly TokenType[] = [
  Arrow,
  LeftArrow,
  PipeSign,
  Bar,
  EqualEqual,
  NotEqual,
  LessEqual,
  GreaterEqual,
  Less,
  Greater,
  Equal,
  StarStar,
  Star,
  Plus,
  Minus,
  Slash,
  Percent,
  At,
  DotDot,
  Dot,
  Comma,
  Colon,
  LeftParenthesis,
  RightParenthesis,
  LeftBracket,
  RightBracket,
  LeftBrace,
  RightBrace,
];

/** How a word or sign is written. */
export function spelling({ PATTERN }: TokenType): string {
  return typeof PATTERN === "string" ? PATTERN : "";
}

/** A word before any that it begins with: `int` before `in`. */
const words = [...declarationWords, ...statementWords, ...otherWords].sort((a, b) => b.name.length - a.name.length);

/** Every token type, an earlier one before a later one that matches as well. */
export const vocabulary: TokenType[] = [
  WhiteSpace,
  DocComment,
  Comment,
  UnclosedComment,
  StringToken,
  UnclosedString,
  NumberToken,
  ...words,
  Underscore,
  Identifier,
  ...signs,
  Keyword,
];

/** The lexer over them. Stateless: it keeps nothing from one text to the next. `validate` looks for patterns that cannot match. */
export function createLexer(validate = false, tokenTypes = vocabulary): Lexer {
  return new Lexer(tokenTypes, {
    positionTracking: "onlyOffset",
    ensureOptimizations: true,
    skipValidations: !validate,
  });
}

export const lexer = createLexer();
