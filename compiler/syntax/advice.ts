/**
 * What somebody most likely meant by a token that does not fit, and the edit that mends it. The slips stand in the order in which they are
 * looked for; the first that fits speaks.
 */
import { tokenMatcher } from "chevrotain";
import type { IToken, TokenType } from "chevrotain";
import { didYouMean } from "../diagnostics/suggest.ts";
import {
  declarationHabits,
  elementHabits,
  expressionHabits,
  isSetting,
  statementHabits,
  typeHabits,
} from "./habits.ts";
import * as t from "./tokens.ts";

/** Where a complaint stands: the tokens that were parsed, the index of the one that does not fit, and what follows them. */
export interface Place {
  readonly file: string;
  readonly tokens: readonly IToken[];
  readonly index: number;
  /** The token after the last of `tokens`: the next declaration's first. */
  readonly following: IToken | undefined;
  /** Whether this is a train, between whose braces there are keys. */
  readonly keyed: boolean;
}

export interface Advice {
  readonly help: string;
  /** In the place of what the grammar expects. */
  readonly expected?: string;
  /** The token that is wrong, where that is another one. */
  readonly index?: number;
}

/** A place with what the grammar expected, and the rule that did. */
export interface Mismatch extends Place {
  readonly expected: string;
  readonly rule: string;
}

type Slip = (mismatch: Mismatch) => Advice | undefined;

export function tokenAt({ tokens, following }: Place, index: number): IToken | undefined {
  return tokens[index] ?? (index === tokens.length ? following : undefined);
}

function isName(token: IToken | undefined): token is IToken {
  return token !== undefined && tokenMatcher(token, t.Identifier);
}

function isWord(token: IToken | undefined): token is IToken {
  return token !== undefined && (isName(token) || tokenMatcher(token, t.Keyword));
}

function is(token: IToken | undefined, ...types: readonly TokenType[]): boolean {
  return token !== undefined && types.includes(token.tokenType);
}

/** Whether an expression may be over behind a token. */
function endsExpression(token: IToken | undefined): boolean {
  return (
    isName(token) ||
    is(token, t.RightParenthesis, t.RightBracket, t.NumberToken, t.StringToken, t.TrueWord, t.FalseWord)
  );
}

function startsExpression(token: IToken | undefined): boolean {
  return isName(token) || is(token, t.NumberToken, t.StringToken, t.RepeatWord, t.ScanWord, t.TrueWord, t.FalseWord);
}

const declarationExpected = "a declaration";
const statementExpected = "a statement";
const braceExpected = "`}`";

/** What is over may have been meant to go on. */
function isBehind({ expected }: Mismatch): boolean {
  return expected === declarationExpected || expected === statementExpected || expected === braceExpected;
}

function advice(help: string | undefined, more: Omit<Advice, "help"> = {}): Advice | undefined {
  return help === undefined ? undefined : { help, ...more };
}

// ---------------------------------------------------------------------------------------------------------------------
// Declarations and statements
// ---------------------------------------------------------------------------------------------------------------------

const firstWord: Slip = (at) => {
  const token = tokenAt(at, at.index);
  if (at.expected !== declarationExpected || at.index > 0 || token === undefined) return undefined;
  if (is(tokenAt(at, 1), t.Equal) && isName(token)) return advice(`write \`const ${token.image} = …\``);
  return advice(declarationHabits.get(token.image) ?? didYouMean(token.image, t.declarationWords.map(t.spelling)));
};

/** The head of a `use`, a `const`, a `data` or a `train`. */
const head: Slip = (at) => {
  const { index, expected } = at;
  const [first, name, token] = [tokenAt(at, 0), tokenAt(at, 1), tokenAt(at, index)];
  if (is(first, t.UseWord) && expected === "a string" && isName(token)) {
    const path = at.tokens.slice(index).find((one) => is(one, t.StringToken))?.image ?? `"./${token.image}.nn"`;
    return advice(`a file is taken in whole, by its path: \`use ${path}\``);
  }
  if (is(first, t.ConstWord, t.DataWord) && index === 2 && is(token, t.Colon, t.LeftBrace))
    return is(first, t.DataWord)
      ? advice(`write \`data ${name?.image ?? "rows"} = csv("rows.csv", target: "y")\``)
      : advice(`a \`const\` has no type: \`const ${name?.image ?? "a"} = …\``);
  if (is(first, t.ScheduleWord, t.InitializerWord) && index === 2 && is(token, t.Equal, t.LeftBrace))
    return advice(
      `parentheses stand behind the name, also without settings: \`${first?.image ?? ""} ${name?.image ?? ""}()\``,
    );
  if (!is(first, t.TrainWord)) return undefined;
  if (index === 1 && is(token, t.LeftBrace)) return advice("the model that is trained is named: `train Name { … }`");
  if (is(tokenAt(at, index - 1), t.AsWord) && index === 3 && is(token, t.StringToken))
    return advice(`a label stands without quotes: \`as ${token?.image.slice(1, -1) ?? ""}\``);
  if (expected === "`{`" && index === 2)
    return advice("how it is trained stands between braces, as keys: `train Name { data: given  … }`");
  return is(token, t.StepWord) && is(tokenAt(at, index + 1), t.LeftBrace)
    ? advice("a step has a name: `step main { … }`")
    : undefined;
};

/** `M.fit(x, y)` below a model. */
const method: Slip = (at) => {
  const isMethod = isName(tokenAt(at, at.index)) && is(tokenAt(at, at.index + 1), t.Dot);
  return at.expected === declarationExpected && isMethod
    ? advice("a file declares and runs nothing: how to train is `train Name { … }`, and `nnc train` does it")
    : undefined;
};

/** A key without its colon, or a declaration between braces. */
const inside: Slip = (at) => {
  const { index, expected, keyed } = at;
  const [token, next] = [tokenAt(at, index), tokenAt(at, index + 1)];
  if (!isWord(token) || at.tokens[index] === undefined) return undefined;
  if (keyed && (expected.startsWith("an entry") || expected === braceExpected)) {
    const named = isName(token) || is(token, ...t.declarationWords);
    const isKey = named && next !== undefined && !is(next, t.LeftBrace, t.RightBrace, t.Comma, t.PipeSign);
    return isKey ? advice(`write \`${token.image}: …\``) : undefined;
  }
  const isStatement = expected === statementExpected || (expected === braceExpected && !keyed);
  if (!isStatement || !is(token, ...t.declarationWords) || is(token, t.ConstWord)) return undefined;
  return advice(`\`${token.image}\` declares beside models, not inside them: move it out of the braces`);
};

const statementWord: Slip = (at) => {
  const { index, expected } = at;
  const [token, next] = [tokenAt(at, index), tokenAt(at, index + 1)];
  if ((expected !== statementExpected && (expected !== braceExpected || at.keyed)) || token === undefined)
    return undefined;
  const isReturn = is(at.tokens[index - 1], t.LeftBrace) || index === 0 || is(next, t.RightBrace);
  const habit = statementHabits.get(token.image);
  if (habit !== undefined) return advice(habit);
  if (is(token, t.StringToken))
    return advice("a text alone does nothing: a comment begins with `//`, that of a declaration with `///`");
  if (is(next, t.Plus, t.Minus, t.Star, t.Slash) && is(tokenAt(at, index + 2), t.Equal, t.Plus, t.Minus))
    return advice(`a name is bound once: bind another one, \`let y = ${token.image} ${next?.image ?? ""} …\``);
  const near = didYouMean(token.image, [...t.statementWords.map(t.spelling), "next", "emit"]);
  if (isName(token) && isWord(next) && near !== undefined) return advice(near);
  if (is(next, t.PipeSign) && !isReturn) return undefined;
  if (startsExpression(token) && (isReturn || is(next, t.PipeSign)))
    return advice(
      `what a body gives back stands behind \`return\`: \`return ${token.image}${is(next, t.RightBrace) ? "" : " …"}\``,
    );
  if (isName(token) && is(next, t.LeftParenthesis))
    return advice("a call alone does nothing: bind what it gives with `let`, or give it back with `return`");
  return undefined;
};

// ---------------------------------------------------------------------------------------------------------------------
// Expressions
// ---------------------------------------------------------------------------------------------------------------------

const habit: Slip = (at) => {
  const { index, expected } = at;
  const [before, token, next] = [tokenAt(at, index - 1), tokenAt(at, index), tokenAt(at, index + 1)];
  const goesOn = endsExpression(before) || expected === "an expression";
  const isOver = isBehind(at) || expected === "`)`" || expected === "`]`";
  const word = isOver && isName(token) ? expressionHabits.get(before?.image ?? "") : undefined;
  if (word !== undefined) return advice(word, { index: index - 1 });
  if (token === undefined || !goesOn) return undefined;
  if (is(token, t.Equal) && is(next, t.Greater)) return advice(expressionHabits.get("lambda"));
  if (is(token, t.Arrow) || (is(token, t.Greater) && is(before, t.Greater))) return advice("layers are piped by `|>`");
  if (["AND", "OR", "NOT", "And", "Or", "Not"].includes(token.image))
    return advice(`write \`${token.image.toLowerCase()}\``);
  const isStatement = expected === statementExpected && statementHabits.has(token.image);
  return isStatement ? undefined : advice(expressionHabits.get(token.image));
};

function inParentheses(layer: IToken, setting: string): string {
  return `the settings of a layer stand in parentheses: \`${layer.image}(${setting})\``;
}

/** What follows a whole expression. */
const goesOn: Slip = (at) => {
  const { index } = at;
  const [before, token, next] = [tokenAt(at, index - 1), tokenAt(at, index), tokenAt(at, index + 1)];
  if (token === undefined || !isBehind(at) || index === 0) return undefined;
  if (is(token, t.Bar)) return advice("`|>` pipes, `or` is the logical operator");
  if (is(token, t.AsWord) && next !== undefined)
    return advice(`the name behind \`as\` is a string: \`as "${isWord(next) ? next.image : "head"}"\``, {
      index: index + 1,
      expected: "a string",
    });
  if (is(token, t.Comma) && isReturned(at)) return advice("several results stand in parentheses: `return (a, b)`");
  if (is(token, t.Comma)) return advice("leave it out: nothing stands between statements or entries");
  if (is(token, t.StringToken) && at.keyed && is(next, t.Colon)) return advice("a key stands without quotes");
  if (!endsExpression(before)) return undefined;
  const what = at.expected === braceExpected ? "`}`" : at.expected;
  const isNamed = isName(token) && is(next, t.Colon);
  if (isName(before) && (isNamed || is(token, t.NumberToken, t.StringToken))) {
    const setting = isNamed ? `${token.image}: ${tokenAt(at, index + 2)?.image ?? "…"}` : token.image;
    return advice(inParentheses(before, setting), { expected: `\`(\`, \`|>\` or ${what}` });
  }
  if (startsExpression(token) && !is(token, t.NumberToken, t.StringToken))
    return advice(`a \`|>\` is missing before \`${token.image}\``, { expected: `\`|>\` or ${what}` });
  return undefined;
};

/** Whether the statement that seems to be over is a `return`. */
function isReturned({ tokens, index }: Mismatch): boolean {
  const start = tokens.slice(0, index).findLast((token) => is(token, ...t.statementWords, t.LeftBrace, t.RightBrace));
  return is(start, t.ReturnWord);
}

const missingComma: Slip = (at) => {
  const { index, expected, rule } = at;
  const [before, token] = [tokenAt(at, index - 1), tokenAt(at, index)];
  if ((expected !== "`)`" && expected !== "`]`") || rule === "signature") return undefined;
  if (is(token, t.Dot) && is(tokenAt(at, index + 1), t.NumberToken))
    return advice("a number begins with a digit: `0.5`");
  if (is(token, t.Dot) && is(before, t.DotDot)) return advice("all other axes are `..`, two dots: `x[.., 0]`");
  if (isName(before) && is(token, t.NumberToken) && isSetting(before.image))
    return advice(`what has a name is given with \`:\`: \`${before.image}: ${token?.image ?? ""}\``);
  if (isName(before) && token !== undefined && is(token, t.NumberToken))
    return advice(inParentheses(before, token.image));
  if (!endsExpression(before) || !(startsExpression(token) || isWord(token))) return undefined;
  return advice(`a \`,\` is missing before \`${token?.image ?? ""}\``);
};

const emptyPlace: Slip = (at) => {
  const [before, token] = [tokenAt(at, at.index - 1), tokenAt(at, at.index)];
  if (at.expected !== "an expression") return undefined;
  if (is(token, t.RightParenthesis, t.RightBracket) && is(before, t.Comma)) return advice("leave the last comma out");
  if (is(before, t.Percent)) return advice("a percentage has no space before its sign: `50%`");
  if (is(token, t.Dot) && is(tokenAt(at, at.index + 1), t.NumberToken))
    return advice("a number begins with a digit: `0.5`");
  if (is(token, t.LeftBrace) && at.keyed && is(before, t.Colon))
    return advice("a list stands in brackets: `[r2, rmse]`");
  if (is(token, t.LeftBrace)) return advice("settings are given by their names, without braces: `dense(x, units: 2)`");
  if (is(token, t.Greater) && is(before, t.Less)) return advice("write `!=`");
  if (is(token, t.Bar)) return advice("a magnitude is `abs(x)`; layers are piped by `|>`");
  if (is(token, t.Star, t.StarStar) && is(before, t.Comma, t.LeftParenthesis))
    return advice("arguments are given one by one: nothing unpacks a list");
  if (is(token, t.Equal) && is(before, t.Equal, t.Less, t.Greater))
    return advice(`write \`${before?.image ?? ""}=\` without a space`);
  if (is(token, t.Greater) && is(before, t.Equal))
    return advice("the result stands behind `->`", { index: at.index - 1 });
  if (is(token, t.Greater, t.Bar) && is(before, t.PipeSign)) return advice("`|>` pipes: write it once");
  return undefined;
};

// ---------------------------------------------------------------------------------------------------------------------
// Bindings, types and bodies
// ---------------------------------------------------------------------------------------------------------------------

const binding: Slip = (at) => {
  const { index, rule, expected } = at;
  const [before, token] = [tokenAt(at, index - 1), tokenAt(at, index)];
  const name = isName(before) ? before.image : "w";
  if (rule === "let" && expected === "`=`" && is(token, t.Comma))
    return advice(`several results are taken with parentheses: \`let (${name}, …) = …\``);
  if (rule === "let" && expected === "`=`" && is(token, t.Colon))
    return advice(`a \`let\` has no type: \`let ${name} = …\``);
  if (rule === "param" && expected === "`=`")
    return advice("a `param` needs the values that it starts from: `param w: [4, 4] = he_normal`");
  if (rule === "state" && expected === "`=`")
    return advice("a `state` needs the values that it starts from: `state mean: [4] = zeros`");
  if (rule === "param" && expected === "`:`")
    return advice(`a \`param\` has a shape: \`param ${name}: [4, 2] = he_normal\``);
  if (rule === "require" && !isName(token)) return advice('a requirement has a message: `require N > 0, "some rows"`');
  if (rule === "repeat" && (expected === "`,`" || expected === "`(`"))
    return advice("how often, then what: `repeat(3, relu)`");
  if (rule === "scanInput") return advice("a scan names what it takes along an axis: `scan r in x along T { … }`");
  return undefined;
};

const elementTypes = "the element types are f32, i32 and bool";

const type: Slip = (at) => {
  const { index, rule, expected } = at;
  const [before, token, next] = [tokenAt(at, index - 1), tokenAt(at, index), tokenAt(at, index + 1)];
  const element = elementHabits.get(before?.image ?? "");
  if (expected === "`)`" && is(token, t.LeftBracket) && element !== undefined)
    return advice(`${elementTypes}: write \`${element}[…]\``, { index: index - 1, expected: "an element type" });
  if (rule === "signature" && is(token, t.LeftBracket) && is(before, t.F32Word, t.I32Word, t.BoolWord))
    return advice(`the name comes first: \`x: ${before?.image ?? ""}[…]\``, { index: index - 1, expected: "a name" });
  if (rule === "signature" && is(token, t.LeftBracket) && isName(before))
    return advice(`write \`${before.image}: […]\``);
  if (rule === "tensorType" && expected === "`[`" && is(before, t.F32Word, t.I32Word))
    return advice(
      `a setting that is a number is a \`${is(before, t.F32Word) ? "float" : "int"}\`; a tensor has a shape, \`${before?.image ?? ""}[]\` for one number`,
    );
  if (!expected.startsWith("a shape") && expected !== "a type" && expected !== "a dimension") return undefined;
  if (is(token, t.LeftParenthesis, t.LeftBrace) || (rule === "tensorType" && is(before, t.LeftParenthesis)))
    return advice("shapes stand in brackets: `[N, 4]`");
  if (token === undefined) return undefined;
  const meant = elementHabits.get(token.image);
  if (is(next, t.LeftBracket) && meant !== undefined) return advice(`${elementTypes}: write \`${meant}[…]\``);
  const types = ["int", "float", "bool", "string", "layer", "initializer", "schedule"];
  return advice(
    typeHabits.get(token.image) ?? (expected === "a shape or a type" ? didYouMean(token.image, types) : undefined),
  );
};

const body: Slip = (at) => {
  const { index, expected } = at;
  const token = tokenAt(at, index);
  const hasResult = at.tokens.slice(0, index).some((one) => is(one, t.Arrow));
  if (expected === "`{`" && is(token, t.Equal)) return advice("`==` compares");
  if (expected === "`{`" && is(token, t.Colon, ...t.statementWords))
    return advice("what belongs to it stands between braces: `{ … }`");
  if (expected !== "`=` or `{`") return undefined;
  if (!hasResult && is(token, t.Colon, t.LeftBracket)) return advice("the result stands behind `->`");
  if (is(token, t.Colon, t.ReturnWord)) return advice("a body is `= …`, or stands between braces: `{ … return … }`");
  return startsExpression(token) ? advice("an `=` is missing before the body") : undefined;
};

const key: Slip = (at) => {
  const [token, next] = [tokenAt(at, at.index), tokenAt(at, at.index + 1)];
  if (token === undefined || !at.expected.startsWith("an entry")) return undefined;
  if (is(token, t.Comma)) return advice("leave it out: nothing stands between statements or entries");
  return is(next, t.Equal) ? advice(`write \`${token.image}: …\``) : undefined;
};

const slips: readonly Slip[] = [
  firstWord,
  head,
  method,
  inside,
  key,
  binding,
  type,
  body,
  habit,
  goesOnUnlessStatement,
  statementWord,
  missingComma,
  emptyPlace,
];

/** In a body, a line that begins with a name may be its result; before a `|>` it is a stage of the pipe above. */
function goesOnUnlessStatement(at: Mismatch): Advice | undefined {
  const [token, next] = [tokenAt(at, at.index), tokenAt(at, at.index + 1)];
  const isStatement =
    at.expected === statementExpected && isName(token) && !is(next, t.PipeSign) && !is(token, t.AsWord);
  return isStatement ? undefined : goesOn(at);
}

/** What was meant, as far as a slip tells. */
export function adviseOn(mismatch: Mismatch): Advice | undefined {
  for (const one of slips) {
    const found = one(mismatch);
    if (found !== undefined) return found;
  }
  return undefined;
}
