/**
 * The grammar of `.nn`, LL(3), as a Chevrotain parser that builds the tree as it goes. Each rule carries its production.
 * It stops at the first token that does not fit; `recovery.ts` goes on from there. Mistakes that do not stop it (a tensor
 * with a default, `a < b < c`) are collected in `mistakes`.
 */
import { EmbeddedActionsParser } from "chevrotain";
import type { IParserErrorMessageProvider, IToken, ParserMethod, TokenType } from "chevrotain";
import { InternalError, diagnose, label } from "../diagnostics/diagnostic.ts";
import type { Diagnostic, Span } from "../diagnostics/diagnostic.ts";
import * as codes from "../diagnostics/codes/syntax.ts";
import type * as ast from "./ast.ts";
import { numberValue, stringValue } from "./literals.ts";
import { arrange } from "./operators.ts";
import type { Operand, OperatorMistake, Prefix } from "./operators.ts";
import * as t from "./tokens.ts";

type Rule<Result> = ParserMethod<[], Result>;
type TypeMember = ast.TensorType | ast.SettingType | ast.ListType;

/** `let`s, entries and steps of a train or a step, in the order written. */
export type TrainMember = ast.Let | ast.Entry | ast.Step;

const callables: ReadonlySet<string> = new Set(["block", "model", "initializer", "loss", "metric", "regularizer", "optimizer", "schedule"]);
const withResult: ReadonlySet<string> = new Set(["block", "model", "loss", "metric", "regularizer"]);
const settingTypes: ReadonlySet<string> = new Set(["int", "float", "bool", "string", "layer", "initializer", "schedule"]);
const scanClauses: readonly TokenType[] = [t.AlongWord, t.WithWord, t.ReversedWord, t.CheckpointWord];

function isCallableKind(word: string): word is ast.CallableKind {
  return callables.has(word);
}

function isSettingTypeName(word: string): word is ast.SettingTypeName {
  return settingTypes.has(word);
}

export class Grammar extends EmbeddedActionsParser {
  /** What was wrong and did not stop the parser, since the input was set. */
  mistakes: Diagnostic[] = [];
  private file = "";
  private docs: ReadonlyMap<number, string> = new Map();
  private scans = 0;

  constructor(errorMessageProvider: IParserErrorMessageProvider, validate = false) {
    super(t.vocabulary, { maxLookahead: 3, recoveryEnabled: false, skipValidations: !validate, errorMessageProvider });
    this.performSelfAnalysis();
  }

  /** Sets what to parse next: the tokens of one declaration, or of what stands between its braces. */
  begin(file: string, docs: ReadonlyMap<number, string>, tokens: readonly IToken[]): void {
    this.input = [...tokens];
    this.file = file;
    this.docs = docs;
    this.mistakes = [];
    this.scans = 0;
  }

  // Spans -------------------------------------------------------------------------------------------------------------

  private at(token: IToken): Span {
    return { file: this.file, from: token.startOffset, to: token.startOffset + token.image.length };
  }

  /** From `start` to the last token consumed. */
  private since(start: IToken | Span): Span {
    const last = this.LA(0);
    const from = "from" in start ? start.from : start.startOffset;
    return { file: this.file, from, to: last.startOffset + last.image.length };
  }

  private documented(token: IToken): { readonly doc?: string } {
    const doc = this.docs.get(token.startOffset);
    return doc === undefined ? {} : { doc };
  }

  private named(token: IToken): ast.Name {
    return { kind: "name", text: token.image, span: this.at(token) };
  }

  private report(mistake: OperatorMistake): void {
    if (mistake.kind === "chainedComparison") {
      const labels = [label(mistake.second, "the second comparison"), label(mistake.first, "the first")];
      this.mistakes.push(diagnose(codes.chainedComparison, {}, labels, "join two comparisons with `and`"));
    } else {
      const { operator, span } = mistake;
      this.mistakes.push(diagnose(codes.misplacedNot, { operator }, [label(span, "")], "put `not …` into parentheses"));
    }
  }

  // Expressions -------------------------------------------------------------------------------------------------------

  /** expression := operation ("|>" operation)* */
  readonly expression: Rule<ast.Expression> = this.RULE("expression", () => {
    const stages: ast.Expression[] = [];
    stages.push(this.SUBRULE(this.operation));
    this.MANY(() => {
      this.CONSUME(t.PipeSign);
      stages.push(this.SUBRULE2(this.operation));
    });
    return this.ACTION((): ast.Expression => {
      const [first] = stages;
      if (first === undefined) throw new InternalError("syntax", "an expression without a stage");
      return stages.length === 1 ? first : { kind: "pipe", stages, span: this.since(first.span) };
    });
  });

  /** operation := prefix* postfix (operator prefix* postfix)* */
  private readonly operation: Rule<ast.Expression> = this.RULE("operation", () => {
    const run: Operand[] = [];
    run.push(this.SUBRULE(this.operand));
    this.MANY(() => {
      const operator = this.SUBRULE(this.operator);
      const operand = this.SUBRULE2(this.operand);
      this.ACTION(() => run.push({ ...operand, operator }));
    });
    return this.ACTION(() => arrange(run, (mistake) => this.report(mistake)));
  });

  /** operator := "or" | "and" | "==" | "!=" | "<=" | ">=" | "<" | ">" | "+" | "-" | "*" | "/" | "%" | "@" | "**" */
  private readonly operator: Rule<NonNullable<Operand["operator"]>> = this.RULE("operator", () => {
    const operator = this.OR<readonly [IToken, NonNullable<Operand["operator"]>["text"]]>([
      { ALT: () => [this.CONSUME(t.OrWord), "or"] as const },
      { ALT: () => [this.CONSUME(t.AndWord), "and"] as const },
      { ALT: () => [this.CONSUME(t.EqualEqual), "=="] as const },
      { ALT: () => [this.CONSUME(t.NotEqual), "!="] as const },
      { ALT: () => [this.CONSUME(t.LessEqual), "<="] as const },
      { ALT: () => [this.CONSUME(t.GreaterEqual), ">="] as const },
      { ALT: () => [this.CONSUME(t.Less), "<"] as const },
      { ALT: () => [this.CONSUME(t.Greater), ">"] as const },
      { ALT: () => [this.CONSUME(t.Plus), "+"] as const },
      { ALT: () => [this.CONSUME(t.Minus), "-"] as const },
      { ALT: () => [this.CONSUME(t.Star), "*"] as const },
      { ALT: () => [this.CONSUME(t.Slash), "/"] as const },
      { ALT: () => [this.CONSUME(t.Percent), "%"] as const },
      { ALT: () => [this.CONSUME(t.At), "@"] as const },
      { ALT: () => [this.CONSUME(t.StarStar), "**"] as const },
    ]);
    return this.ACTION(() => ({ text: operator[1], span: this.at(operator[0]) }));
  });

  /** operand := ("-" | "not")* postfix */
  private readonly operand: Rule<Operand> = this.RULE("operand", () => {
    const prefixes: Prefix[] = [];
    this.MANY(() => {
      const token = this.OR([{ ALT: () => this.CONSUME(t.Minus) }, { ALT: () => this.CONSUME(t.NotWord) }]);
      this.ACTION(() => prefixes.push({ operator: token.tokenType === t.Minus ? "-" : "not", span: this.at(token) }));
    });
    return { operator: undefined, prefixes, expression: this.SUBRULE(this.postfix) };
  });

  /** postfix := primary (arguments | "[" index "]" | "." member)* ("as" STRING)? */
  private readonly postfix: Rule<ast.Expression> = this.RULE("postfix", () => {
    let result: ast.Expression = this.SUBRULE(this.primary);
    this.MANY(() => {
      result = this.OR<ast.Expression>([
        { ALT: () => this.withArguments(result) },
        { ALT: () => this.withIndex(result) },
        { ALT: () => this.withMember(result) },
      ]);
    });
    this.OPTION({
      GATE: () => this.LA(2).tokenType === t.StringToken,
      DEF: () => {
        this.CONSUME(t.AsWord);
        const name = this.SUBRULE(this.text);
        const expression = result;
        result = this.ACTION((): ast.Expression => ({ kind: "named", expression, name, span: this.since(expression.span) }));
      },
    });
    return result;
  });

  private withArguments(callee: ast.Expression): ast.Expression {
    const given = this.SUBRULE(this.arguments);
    return this.ACTION((): ast.Call => ({ kind: "call", callee, arguments: given, span: this.since(callee.span) }));
  }

  private withIndex(target: ast.Expression): ast.Expression {
    const items: ast.IndexItem[] = [];
    this.CONSUME(t.LeftBracket);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => items.push(this.SUBRULE(this.indexItem)) });
    this.CONSUME(t.RightBracket);
    return this.ACTION((): ast.Index => ({ kind: "index", target, items, span: this.since(target.span) }));
  }

  private withMember(target: ast.Expression): ast.Expression {
    this.CONSUME(t.Dot);
    const token = this.SUBRULE(this.memberName);
    return this.ACTION((): ast.Expression => {
      const span = this.since(target.span);
      return token.image === "T" ? { kind: "transpose", target, span } : { kind: "member", target, member: this.named(token), span };
    });
  }

  /** member := NAME | reserved word | NUMBER */
  private readonly memberName: Rule<IToken> = this.RULE("memberName", () =>
    this.OR([
      { ALT: () => this.CONSUME(t.Identifier) },
      { ALT: () => this.CONSUME(t.Keyword) },
      { ALT: () => this.CONSUME(t.NumberToken) },
    ]),
  );

  /** arguments := "(" (argument ("," argument)*)? ")" */
  private readonly arguments: Rule<readonly ast.Argument[]> = this.RULE("arguments", () => {
    const given: ast.Argument[] = [];
    this.CONSUME(t.LeftParenthesis);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => given.push(this.SUBRULE(this.argument)) });
    this.CONSUME(t.RightParenthesis);
    return given;
  });

  /** argument := (NAME ":")? item */
  private readonly argument: Rule<ast.Argument> = this.RULE("argument", () => {
    const start = this.LA(1);
    let name: IToken | undefined;
    this.OPTION(() => {
      name = this.CONSUME(t.Identifier);
      this.CONSUME(t.Colon);
    });
    const value = this.SUBRULE(this.item);
    return this.ACTION((): ast.Argument => {
      const given = name === undefined ? {} : { label: this.named(name) };
      return { kind: "argument", ...given, value, span: this.since(start) };
    });
  });

  /** item := ".." | expression */
  private readonly item: Rule<ast.Expression> = this.RULE("item", () =>
    this.OR<ast.Expression>([
      { ALT: () => this.SUBRULE(this.rest) },
      { ALT: () => this.SUBRULE(this.expression) },
    ]),
  );

  private readonly rest: Rule<ast.Rest> = this.RULE("rest", () => {
    const token = this.CONSUME(t.DotDot);
    return this.ACTION((): ast.Rest => ({ kind: "rest", span: this.at(token) }));
  });

  /** index := ".." | "newaxis" | expression (":" expression?)? | ":" expression? */
  private readonly indexItem: Rule<ast.IndexItem> = this.RULE("indexItem", () =>
    this.OR<ast.IndexItem>([
      { ALT: () => this.SUBRULE(this.rest) },
      {
        GATE: () => this.LA(2).tokenType === t.Comma || this.LA(2).tokenType === t.RightBracket,
        ALT: () => {
          const token = this.CONSUME(t.NewaxisWord);
          return this.ACTION((): ast.NewAxis => ({ kind: "newAxis", span: this.at(token) }));
        },
      },
      { ALT: () => this.SUBRULE(this.elementOrRange) },
    ]),
  );

  private readonly elementOrRange: Rule<ast.Element | ast.Range> = this.RULE("elementOrRange", () => {
    const start = this.LA(1);
    let from: ast.Expression | undefined;
    let to: ast.Expression | undefined;
    let colon: IToken | undefined;
    this.OPTION({ GATE: () => this.LA(1).tokenType !== t.Colon, DEF: () => (from = this.SUBRULE(this.expression)) });
    this.OPTION2({
      GATE: () => from === undefined || this.LA(1).tokenType === t.Colon,
      DEF: () => {
        colon = this.CONSUME(t.Colon);
        this.OPTION3(() => (to = this.SUBRULE2(this.expression)));
      },
    });
    return this.ACTION((): ast.Element | ast.Range => {
      const span = this.since(start);
      if (colon === undefined && from !== undefined) return { kind: "element", value: from, span };
      return { kind: "range", ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), span };
    });
  });

  /** primary := NUMBER | STRING | "true" | "false" | NAME | list | parenthesized | repeat | scan */
  private readonly primary: Rule<ast.Expression> = this.RULE("primary", () =>
    this.OR<ast.Expression>([
      { ALT: () => this.SUBRULE(this.number) },
      { ALT: () => this.SUBRULE(this.text) },
      { ALT: () => this.SUBRULE(this.truth) },
      { ALT: () => this.SUBRULE(this.name) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.parenthesized) },
      { ALT: () => this.SUBRULE(this.repeat) },
      { ALT: () => this.SUBRULE(this.scan) },
    ]),
  );

  private readonly number: Rule<ast.NumberLiteral> = this.RULE("number", () => {
    const token = this.CONSUME(t.NumberToken);
    return this.ACTION((): ast.NumberLiteral => {
      const value = numberValue(token.image);
      // The lexer has reported a text without a value; nothing looks at the tree of such a file.
      return { kind: "number", text: token.image, value: typeof value === "string" ? { numerator: 0n, denominator: 1n } : value, span: this.at(token) };
    });
  });

  private readonly text: Rule<ast.StringLiteral> = this.RULE("text", () => {
    const token = this.CONSUME(t.StringToken);
    return this.ACTION((): ast.StringLiteral => ({ kind: "string", value: stringValue(token.image).value, span: this.at(token) }));
  });

  private readonly truth: Rule<ast.BooleanLiteral> = this.RULE("truth", () => {
    const token = this.OR([{ ALT: () => this.CONSUME(t.TrueWord) }, { ALT: () => this.CONSUME(t.FalseWord) }]);
    return this.ACTION((): ast.BooleanLiteral => ({ kind: "boolean", value: token.tokenType === t.TrueWord, span: this.at(token) }));
  });

  private readonly name: Rule<ast.Name> = this.RULE("name", () => {
    const token = this.CONSUME(t.Identifier);
    return this.ACTION(() => this.named(token));
  });

  /** list := "[" (item ("," item)*)? "]" */
  private readonly list: Rule<ast.ListExpression> = this.RULE("list", () => {
    const items: ast.Expression[] = [];
    const open = this.CONSUME(t.LeftBracket);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => items.push(this.SUBRULE(this.item)) });
    this.CONSUME(t.RightBracket);
    return this.ACTION((): ast.ListExpression => ({ kind: "list", items, span: this.since(open) }));
  });

  /** parenthesized := "(" expression ("," expression)* ")" */
  private readonly parenthesized: Rule<ast.Expression> = this.RULE("parenthesized", () => {
    const items: ast.Expression[] = [];
    const open = this.CONSUME(t.LeftParenthesis);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => items.push(this.SUBRULE(this.expression)) });
    this.CONSUME(t.RightParenthesis);
    return this.ACTION((): ast.Expression => {
      const [first] = items;
      const span = this.since(open);
      return first !== undefined && items.length === 1 ? { ...first, span } : { kind: "tuple", items, span };
    });
  });

  /** repeat := "repeat" "(" expression "," expression ")" */
  private readonly repeat: Rule<ast.Repeat> = this.RULE("repeat", () => {
    const start = this.CONSUME(t.RepeatWord);
    this.CONSUME(t.LeftParenthesis);
    const count = this.SUBRULE(this.expression);
    this.CONSUME(t.Comma);
    const body = this.SUBRULE2(this.expression);
    this.CONSUME(t.RightParenthesis);
    return this.ACTION((): ast.Repeat => ({ kind: "repeat", count, body, span: this.since(start) }));
  });

  // Scan --------------------------------------------------------------------------------------------------------------

  /** scan := "scan" (scanInput | "(" scanInput ("," scanInput)* ")") (along | with | checkpoint)* body */
  private readonly scan: Rule<ast.Scan> = this.RULE("scan", () => {
    const start = this.CONSUME(t.ScanWord);
    const inputs: ast.ScanInput[] = [];
    this.OR([
      { ALT: () => inputs.push(this.SUBRULE(this.scanInput)) },
      {
        ALT: () => {
          this.CONSUME(t.LeftParenthesis);
          this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => inputs.push(this.SUBRULE2(this.scanInput)) });
          this.CONSUME(t.RightParenthesis);
        },
      },
    ]);
    const clauses: ReturnType<Grammar["scanClause"]>[] = [];
    this.MANY(() => clauses.push(this.SUBRULE(this.scanClause)));
    this.ACTION(() => (this.scans += 1));
    const body = this.SUBRULE(this.braces);
    return this.ACTION((): ast.Scan => {
      this.scans -= 1;
      return this.assembleScan(start, inputs, clauses, body);
    });
  });

  private assembleScan(
    start: IToken,
    inputs: readonly ast.ScanInput[],
    clauses: readonly ScanClause[],
    body: ast.Body,
  ): ast.Scan {
    clauses.forEach((clause, index) => {
      const earlier = clauses.slice(0, index).find(({ word }) => word.image === clause.word.image);
      if (earlier === undefined) return;
      const labels = [label(this.at(clause.word), "again here"), label(this.at(earlier.word), "first here")];
      this.mistakes.push(diagnose(codes.repeatedClause, { word: clause.word.image }, labels));
    });
    const { carries = [], reversed = false, ...others } = Object.assign({}, ...clauses.map(({ values }) => values)) as ScanClause["values"]; // the union of the clauses, the last of each
    return { kind: "scan", inputs, ...others, reversed, carries, body, span: this.since(start) };
  }

  /** scanInput := NAME "in" expression */
  private readonly scanInput: Rule<ast.ScanInput> = this.RULE("scanInput", () => {
    const name = this.SUBRULE(this.name);
    this.CONSUME(t.InWord);
    const source = this.SUBRULE(this.expression);
    return this.ACTION((): ast.ScanInput => ({ kind: "scanInput", name, source, span: this.since(name.span) }));
  });

  /** scanClause := along "reversed"? | "with" carry ("," carry)* | "checkpoint" expression */
  private readonly scanClause: Rule<ScanClause> = this.RULE("scanClause", () =>
    this.OR<ScanClause>([
      { ALT: () => this.alongClause() },
      {
        ALT: () => {
          const word = this.CONSUME(t.WithWord);
          const carries: ast.Carry[] = [];
          this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => carries.push(this.SUBRULE(this.carry)) });
          return { word, values: { carries } };
        },
      },
      {
        ALT: () => {
          const word = this.CONSUME(t.CheckpointWord);
          return { word, values: { checkpoint: this.SUBRULE(this.expression) } };
        },
      },
    ]),
  );

  private alongClause(): ScanClause {
    const along = this.SUBRULE(this.along);
    let reversed = false;
    this.OPTION(() => {
      this.CONSUME(t.ReversedWord);
      reversed = true;
    });
    return { word: along.word, values: { along: along.node, reversed } };
  }

  /** along := "along" (NAME | "axis" expression) */
  private readonly along: Rule<{ readonly word: IToken; readonly node: ast.Along }> = this.RULE("along", () => {
    const word = this.CONSUME(t.AlongWord);
    let dimension: ast.Name | undefined;
    let axis: ast.Expression | undefined;
    this.OR([
      {
        GATE: () => this.LA(2).tokenType !== t.LeftBrace && !scanClauses.includes(this.LA(2).tokenType),
        ALT: () => {
          this.CONSUME(t.AxisWord);
          axis = this.SUBRULE(this.expression);
        },
      },
      { ALT: () => (dimension = this.SUBRULE(this.name)) },
    ]);
    return this.ACTION(() => {
      const where = { ...(dimension === undefined ? {} : { dimension }), ...(axis === undefined ? {} : { axis }) };
      return { word, node: { kind: "along" as const, ...where, span: this.since(word) } };
    });
  });

  /** carry := NAME "=" expression */
  private readonly carry: Rule<ast.Carry> = this.RULE("carry", () => {
    const name = this.SUBRULE(this.name);
    this.CONSUME(t.Equal);
    const start = this.SUBRULE(this.expression);
    return this.ACTION((): ast.Carry => ({ kind: "carry", name, start, span: this.since(name.span) }));
  });

  // Types and signatures ----------------------------------------------------------------------------------------------

  /** dimension := ".." | "_" | expression */
  private readonly dimension: Rule<ast.Dimension> = this.RULE("dimension", () =>
    this.OR<ast.Dimension>([
      { ALT: () => this.SUBRULE(this.rest) },
      {
        ALT: () => {
          const token = this.CONSUME(t.Underscore);
          return this.ACTION((): ast.Inferred => ({ kind: "inferred", span: this.at(token) }));
        },
      },
      { ALT: () => this.SUBRULE(this.expression) },
    ]),
  );

  /** shape := ("f32" | "i32" | "bool")? "[" (dimension ("," dimension)*)? "]" */
  private readonly tensorType: Rule<ast.TensorType> = this.RULE("tensorType", () => {
    const start = this.LA(1);
    let element: ast.ElementType = "f32";
    this.OPTION(() => {
      element = this.OR<ast.ElementType>([
        { ALT: () => (this.CONSUME(t.F32Word), "f32") },
        { ALT: () => (this.CONSUME(t.I32Word), "i32") },
        { ALT: () => (this.CONSUME(t.BoolWord), "bool") },
      ]);
    });
    const shape: ast.Dimension[] = [];
    this.CONSUME(t.LeftBracket);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => shape.push(this.SUBRULE(this.dimension)) });
    this.CONSUME(t.RightBracket);
    return this.ACTION((): ast.TensorType => ({ kind: "tensorType", element, shape, span: this.since(start) }));
  });

  /** A lone setting type inside brackets is a list type; anything else is a shape. */
  private startsListType(): boolean {
    let ahead = 1;
    while (this.LA(ahead).tokenType === t.LeftBracket) ahead += 1;
    return ahead > 1 && isSettingTypeName(this.LA(ahead).image) && this.LA(ahead + 1).tokenType === t.RightBracket;
  }

  private startsTensorType(): boolean {
    const { tokenType } = this.LA(1);
    if (tokenType === t.LeftBracket) return !this.startsListType();
    return tokenType === t.F32Word || tokenType === t.I32Word || (tokenType === t.BoolWord && this.LA(2).tokenType === t.LeftBracket);
  }

  /** type := shape | listType | settingType */
  private readonly type: Rule<TypeMember> = this.RULE("type", () =>
    this.OR<TypeMember>([
      { GATE: () => this.startsTensorType(), ALT: () => this.SUBRULE(this.tensorType) },
      { GATE: () => !this.startsTensorType(), ALT: () => this.SUBRULE(this.listType) },
      { GATE: () => !this.startsTensorType(), ALT: () => this.SUBRULE(this.settingType) },
    ]),
  );

  /** listType := "[" (settingType | listType) "]" */
  private readonly listType: Rule<ast.ListType> = this.RULE("listType", () => {
    const open = this.CONSUME(t.LeftBracket);
    const element = this.OR<ast.SettingType | ast.ListType>([
      { ALT: () => this.SUBRULE(this.listType) },
      { ALT: () => this.SUBRULE(this.settingType) },
    ]);
    this.CONSUME(t.RightBracket);
    return this.ACTION((): ast.ListType => ({ kind: "listType", element, span: this.since(open) }));
  });

  /** settingType := "int" | "float" | "bool" | "string" | "layer" | "initializer" | "schedule" */
  private readonly settingType: Rule<ast.SettingType> = this.RULE("settingType", () => {
    const token = this.OR([
      { ALT: () => this.CONSUME(t.IntWord) },
      { ALT: () => this.CONSUME(t.FloatWord) },
      { ALT: () => this.CONSUME(t.BoolWord) },
      { ALT: () => this.CONSUME(t.StringWord) },
      { ALT: () => this.CONSUME(t.LayerWord) },
      { ALT: () => this.CONSUME(t.InitializerWord) },
      { ALT: () => this.CONSUME(t.ScheduleWord) },
    ]);
    return this.ACTION((): ast.SettingType => {
      if (!isSettingTypeName(token.image)) throw new InternalError("syntax", `no setting type: ${token.image}`);
      return { kind: "settingType", name: token.image, span: this.at(token) };
    });
  });

  /** signature := "(" (parameter ("," parameter)*)? ")" */
  private readonly signature: Rule<readonly ast.Parameter[]> = this.RULE("signature", () => {
    const parameters: ast.Parameter[] = [];
    this.CONSUME(t.LeftParenthesis);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => parameters.push(this.SUBRULE(this.parameter)) });
    this.CONSUME(t.RightParenthesis);
    return parameters;
  });

  /** parameter := NAME (":" type ("|" type)*)? ("=" expression)? */
  private readonly parameter: Rule<ast.Parameter> = this.RULE("parameter", () => {
    const name = this.CONSUME(t.Identifier);
    const types: TypeMember[] = [];
    let start: ast.Expression | undefined;
    this.OPTION(() => {
      this.CONSUME(t.Colon);
      this.AT_LEAST_ONE_SEP({ SEP: t.Bar, DEF: () => types.push(this.SUBRULE(this.type)) });
    });
    this.OPTION2(() => {
      this.CONSUME(t.Equal);
      start = this.SUBRULE(this.expression);
    });
    return this.ACTION(() => this.assembleParameter(name, types, start));
  });

  private assembleParameter(token: IToken, types: readonly TypeMember[], start: ast.Expression | undefined): ast.Parameter {
    const base = { name: this.named(token), ...this.documented(token), span: this.since(token) };
    const shapes = types.filter((member) => member.kind === "tensorType");
    const settings = types.filter((member) => member.kind !== "tensorType");
    const [shape] = shapes;
    const [setting] = settings;
    if (shape !== undefined && setting !== undefined) {
      const labels = [label(setting.span, "a setting type"), label(shape.span, "a shape")];
      this.mistakes.push(diagnose(codes.mixedUnion, { name: token.image }, labels));
    }
    if (setting !== undefined) return { kind: "setting", types: settings, ...(start === undefined ? {} : { default: start }), ...base };
    if (start !== undefined) this.mistakes.push(diagnose(codes.tensorDefault, { name: token.image }, [label(start.span, "this default")]));
    return shape === undefined ? { kind: "bareInput", ...base } : { kind: "tensorInput", types: shapes, ...base };
  }

  /** result := "->" (shape | "(" shape ("," shape)* ")") */
  private readonly result: Rule<ast.ResultType> = this.RULE("result", () => {
    this.CONSUME(t.Arrow);
    return this.OR<ast.ResultType>([
      { ALT: () => this.SUBRULE(this.tensorType) },
      {
        ALT: () => {
          const members: ast.TensorType[] = [];
          const open = this.CONSUME(t.LeftParenthesis);
          this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => members.push(this.SUBRULE2(this.tensorType)) });
          this.CONSUME(t.RightParenthesis);
          return this.ACTION((): ast.ResultType => {
            const [first] = members;
            return first !== undefined && members.length === 1 ? first : { kind: "tupleType", members, span: this.since(open) };
          });
        },
      },
    ]);
  });

  // Statements --------------------------------------------------------------------------------------------------------

  /** body := "=" expression | braces */
  private readonly body: Rule<ast.Body> = this.RULE("body", () =>
    this.OR<ast.Body>([
      {
        ALT: () => {
          this.CONSUME(t.Equal);
          const value = this.SUBRULE(this.expression);
          return this.ACTION((): ast.Body => {
            const { span } = value;
            return { kind: "body", form: "expression", statements: [{ kind: "return", value, span }], span };
          });
        },
      },
      { ALT: () => this.SUBRULE(this.braces) },
    ]),
  );

  /** braces := "{" statement* "}" */
  private readonly braces: Rule<ast.Body> = this.RULE("braces", () => {
    const open = this.CONSUME(t.LeftBrace);
    const statements = this.SUBRULE(this.statements);
    this.CONSUME(t.RightBrace);
    return this.ACTION((): ast.Body => ({ kind: "body", form: "statements", statements, span: this.since(open) }));
  });

  /** What stands between the braces of a body; recovery starts here as well. */
  readonly statements: Rule<readonly ast.Statement[]> = this.RULE("statements", () => {
    const statements: ast.Statement[] = [];
    this.MANY({
      GATE: () => this.LA(1).tokenType !== t.RightBrace,
      DEF: () => statements.push(this.SUBRULE(this.statement)),
    });
    return statements;
  });

  /** statement := let | param | state | if | require | return | next | emit | update */
  private readonly statement: Rule<ast.Statement> = this.RULE("statement", () =>
    this.OR<ast.Statement>([
      { ALT: () => this.SUBRULE(this.let) },
      { ALT: () => this.SUBRULE(this.param) },
      { ALT: () => this.SUBRULE(this.state) },
      { ALT: () => this.SUBRULE(this.if) },
      { ALT: () => this.SUBRULE(this.require) },
      { ALT: () => this.SUBRULE(this.return) },
      { ALT: () => this.SUBRULE(this.update) },
      { GATE: () => this.LA(3).tokenType === t.Equal, ALT: () => this.SUBRULE(this.next) },
      { GATE: () => this.LA(2).tokenType !== t.Equal, ALT: () => this.SUBRULE(this.emit) },
    ]),
  );

  /** let := "let" (NAME | "(" target ("," target)* ")") "=" expression, where target := NAME | "_" */
  private readonly let: Rule<ast.Let> = this.RULE("let", () => {
    const start = this.CONSUME(t.LetWord);
    const targets: (ast.Name | ast.Ignored)[] = [];
    let destructured = false;
    this.OR([
      { ALT: () => targets.push(this.SUBRULE(this.name)) },
      {
        ALT: () => {
          this.CONSUME(t.LeftParenthesis);
          this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => targets.push(this.SUBRULE(this.target)) });
          this.CONSUME(t.RightParenthesis);
          destructured = true;
        },
      },
    ]);
    this.CONSUME(t.Equal);
    const value = this.SUBRULE(this.expression);
    return this.ACTION((): ast.Let => ({ kind: "let", targets, destructured, value, span: this.since(start) }));
  });

  private readonly target: Rule<ast.Name | ast.Ignored> = this.RULE("target", () =>
    this.OR<ast.Name | ast.Ignored>([
      { ALT: () => this.SUBRULE(this.name) },
      {
        ALT: () => {
          const token = this.CONSUME(t.Underscore);
          return this.ACTION((): ast.Ignored => ({ kind: "ignored", span: this.at(token) }));
        },
      },
    ]),
  );

  /** param := "param" NAME ":" shape "=" expression */
  private readonly param: Rule<ast.Param> = this.RULE("param", () => {
    const word = this.CONSUME(t.ParamWord);
    const name = this.SUBRULE(this.name);
    this.CONSUME(t.Colon);
    const type = this.SUBRULE(this.tensorType);
    this.CONSUME(t.Equal);
    const start = this.SUBRULE(this.expression);
    return this.ACTION((): ast.Param => ({ kind: "param", name, type, start, ...this.documented(word), span: this.since(word) }));
  });

  /** state := "state" NAME (":" shape)? "=" expression */
  private readonly state: Rule<ast.State> = this.RULE("state", () => {
    const word = this.CONSUME(t.StateWord);
    const name = this.SUBRULE(this.name);
    let type: ast.TensorType | undefined;
    this.OPTION(() => {
      this.CONSUME(t.Colon);
      type = this.SUBRULE(this.tensorType);
    });
    this.CONSUME(t.Equal);
    const start = this.SUBRULE(this.expression);
    return this.ACTION((): ast.State => {
      const typed = type === undefined ? {} : { type };
      return { kind: "state", name, ...typed, start, ...this.documented(word), span: this.since(word) };
    });
  });

  /** update := NAME "<-" expression */
  private readonly update: Rule<ast.Update> = this.RULE("update", () => {
    const target = this.SUBRULE(this.name);
    this.CONSUME(t.LeftArrow);
    const value = this.SUBRULE(this.expression);
    return this.ACTION((): ast.Update => ({ kind: "update", target, value, span: this.since(target.span) }));
  });

  /** if := "if" branch ("else" "if" branch)* ("else" braces)?, where branch := expression braces */
  private readonly if: Rule<ast.If> = this.RULE("if", () => {
    const branches: ast.Branch[] = [];
    const start = this.CONSUME(t.IfWord);
    branches.push(this.SUBRULE(this.branch));
    this.MANY(() => {
      this.CONSUME(t.ElseWord);
      this.CONSUME2(t.IfWord);
      branches.push(this.SUBRULE2(this.branch));
    });
    let otherwise: ast.Body | undefined;
    this.OPTION(() => {
      this.CONSUME2(t.ElseWord);
      otherwise = this.SUBRULE(this.braces);
    });
    return this.ACTION((): ast.If => {
      const rest = otherwise === undefined ? {} : { otherwise };
      return { kind: "if", branches, ...rest, span: this.since(start) };
    });
  });

  private readonly branch: Rule<ast.Branch> = this.RULE("branch", () => {
    const start = this.LA(1);
    const condition = this.SUBRULE(this.expression);
    const body = this.SUBRULE(this.braces);
    return this.ACTION((): ast.Branch => ({ kind: "branch", condition, body, span: this.since(start) }));
  });

  /** require := "require" expression "," STRING */
  private readonly require: Rule<ast.Require> = this.RULE("require", () => {
    const start = this.CONSUME(t.RequireWord);
    const condition = this.SUBRULE(this.expression);
    this.CONSUME(t.Comma);
    const message = this.SUBRULE(this.text);
    return this.ACTION((): ast.Require => ({ kind: "require", condition, message, span: this.since(start) }));
  });

  /** return := "return" expression */
  private readonly return: Rule<ast.Return> = this.RULE("return", () => {
    const start = this.CONSUME(t.ReturnWord);
    const value = this.SUBRULE(this.expression);
    return this.ACTION((): ast.Return => ({ kind: "return", value, span: this.since(start) }));
  });

  /** next := "next" NAME "=" expression */
  private readonly next: Rule<ast.Next> = this.RULE("next", () => {
    const start = this.CONSUME(t.NextWord);
    const name = this.SUBRULE(this.name);
    this.CONSUME(t.Equal);
    const value = this.SUBRULE(this.expression);
    return this.ACTION((): ast.Next => {
      this.requireScan(start);
      return { kind: "next", name, value, span: this.since(start) };
    });
  });

  /** emit := "emit" expression */
  private readonly emit: Rule<ast.Emit> = this.RULE("emit", () => {
    const start = this.CONSUME(t.EmitWord);
    const value = this.SUBRULE(this.expression);
    return this.ACTION((): ast.Emit => {
      this.requireScan(start);
      return { kind: "emit", value, span: this.since(start) };
    });
  });

  private requireScan(word: IToken): void {
    if (this.scans === 0) this.mistakes.push(diagnose(codes.outsideScan, { word: word.image }, [label(this.at(word), "")]));
  }

  // Declarations ------------------------------------------------------------------------------------------------------

  /** declaration := use | definition | callable | train */
  readonly declaration: Rule<ast.Declaration> = this.RULE("declaration", () =>
    this.OR<ast.Declaration>([
      { ALT: () => this.SUBRULE(this.use) },
      { ALT: () => this.SUBRULE(this.definition) },
      { ALT: () => this.SUBRULE(this.callable) },
      { ALT: () => this.SUBRULE(this.train) },
    ]),
  );

  /** use := "use" STRING */
  private readonly use: Rule<ast.Use> = this.RULE("use", () => {
    const start = this.CONSUME(t.UseWord);
    const path = this.SUBRULE(this.text);
    return this.ACTION((): ast.Use => ({ kind: "use", path, ...this.documented(start), span: this.since(start) }));
  });

  /** definition := ("const" | "data") NAME "=" expression */
  private readonly definition: Rule<ast.Definition> = this.RULE("definition", () => {
    const word = this.OR([{ ALT: () => this.CONSUME(t.ConstWord) }, { ALT: () => this.CONSUME(t.DataWord) }]);
    const name = this.SUBRULE(this.name);
    this.CONSUME(t.Equal);
    const value = this.SUBRULE(this.expression);
    return this.ACTION((): ast.Definition => {
      const kind = word.tokenType === t.ConstWord ? "const" : "data";
      return { kind, name, value, ...this.documented(word), span: this.since(word) };
    });
  });

  /** callable := ("block" | "model" | "initializer" | …) NAME signature result? body */
  private readonly callable: Rule<ast.Callable> = this.RULE("callable", () => {
    const word = this.OR([
      { ALT: () => this.CONSUME(t.BlockWord) },
      { ALT: () => this.CONSUME(t.ModelWord) },
      { ALT: () => this.CONSUME(t.InitializerWord) },
      { ALT: () => this.CONSUME(t.LossWord) },
      { ALT: () => this.CONSUME(t.MetricWord) },
      { ALT: () => this.CONSUME(t.RegularizerWord) },
      { ALT: () => this.CONSUME(t.OptimizerWord) },
      { ALT: () => this.CONSUME(t.ScheduleWord) },
    ]);
    const name = this.SUBRULE(this.name);
    const parameters = this.SUBRULE(this.signature);
    let result: ast.ResultType | undefined;
    this.OPTION(() => (result = this.SUBRULE(this.result)));
    const body = this.SUBRULE(this.body);
    return this.ACTION((): ast.Callable => {
      if (!isCallableKind(word.image)) throw new InternalError("syntax", `no callable: ${word.image}`);
      this.checkSignature(word.image, name, parameters, result);
      const resulting = result === undefined ? {} : { result };
      return { kind: word.image, name, parameters, ...resulting, body, ...this.documented(word), span: this.since(word) };
    });
  });

  private checkSignature(declaration: ast.CallableKind, name: ast.Name, parameters: readonly ast.Parameter[], result: ast.ResultType | undefined): void {
    if (declaration !== "optimizer" && declaration !== "regularizer") this.requireTypes(declaration, parameters);
    const values = { declaration, name: name.text };
    if (withResult.has(declaration) && result === undefined) this.mistakes.push(diagnose(codes.missingResult, values, [label(name.span, "")]));
    if (!withResult.has(declaration) && result !== undefined) this.mistakes.push(diagnose(codes.unwantedResult, values, [label(result.span, "")]));
  }

  private requireTypes(declaration: string, parameters: readonly ast.Parameter[]): void {
    for (const parameter of parameters) {
      if (parameter.kind !== "bareInput") continue;
      const { text } = parameter.name;
      const help = `a tensor is written \`${text}: [N, C]\`, a setting \`${text}: int\``;
      this.mistakes.push(diagnose(codes.untypedInput, { name: text, declaration }, [label(parameter.name.span, "")], help));
    }
  }

  // Train -------------------------------------------------------------------------------------------------------------

  /** train := "train" NAME ("as" NAME)? signature? "{" trainMember* "}" */
  private readonly train: Rule<ast.Train> = this.RULE("train", () => {
    const word = this.CONSUME(t.TrainWord);
    const name = this.SUBRULE(this.name);
    let tag: ast.Name | undefined;
    let parameters: readonly ast.Parameter[] = [];
    this.OPTION(() => {
      this.CONSUME(t.AsWord);
      tag = this.SUBRULE2(this.name);
    });
    this.OPTION2(() => (parameters = this.SUBRULE(this.signature)));
    this.CONSUME(t.LeftBrace);
    const members = this.SUBRULE(this.trainMembers);
    this.CONSUME(t.RightBrace);
    return this.ACTION((): ast.Train => {
      const labelled = tag === undefined ? {} : { label: tag };
      const inputs = this.trainInputs(parameters);
      return { kind: "train", name, ...labelled, inputs, ...sorted(members), ...this.documented(word), span: this.since(word) };
    });
  });

  private trainInputs(parameters: readonly ast.Parameter[]): readonly ast.TensorInput[] {
    this.requireTypes("train", parameters);
    for (const parameter of parameters) {
      if (parameter.kind !== "setting") continue;
      const values = { expected: "a shape such as `[N, 2]`", found: "a setting: a train takes its inputs from the data" };
      this.mistakes.push(diagnose(codes.unexpectedToken, values, [label(parameter.span, "")]));
    }
    return parameters.filter((parameter) => parameter.kind === "tensorInput");
  }

  /** trainMember := let | step | entry */
  readonly trainMembers: Rule<readonly TrainMember[]> = this.RULE("trainMembers", () => {
    const members: TrainMember[] = [];
    this.MANY({
      GATE: () => this.LA(1).tokenType !== t.RightBrace,
      DEF: () =>
        members.push(
          this.OR<TrainMember>([
            { GATE: () => this.LA(2).tokenType !== t.Colon, ALT: () => this.SUBRULE(this.let) },
            { GATE: () => this.LA(2).tokenType !== t.Colon, ALT: () => this.SUBRULE(this.step) },
            { GATE: () => this.LA(2).tokenType === t.Colon, ALT: () => this.SUBRULE(this.entry) },
          ]),
        ),
    });
    return members;
  });

  /** step := "step" NAME "{" (let | entry)* "}" */
  private readonly step: Rule<ast.Step> = this.RULE("step", () => {
    const word = this.CONSUME(t.StepWord);
    const name = this.SUBRULE(this.name);
    const members: (ast.Let | ast.Entry)[] = [];
    this.CONSUME(t.LeftBrace);
    this.MANY({
      GATE: () => this.LA(1).tokenType !== t.RightBrace,
      DEF: () =>
        members.push(
          this.OR<ast.Let | ast.Entry>([
            { GATE: () => this.LA(2).tokenType !== t.Colon, ALT: () => this.SUBRULE(this.let) },
            { GATE: () => this.LA(2).tokenType === t.Colon, ALT: () => this.SUBRULE(this.entry) },
          ]),
        ),
    });
    this.CONSUME(t.RightBrace);
    return this.ACTION((): ast.Step => {
      const { entries, lets } = sorted(members);
      return { kind: "step", name, entries, lets, ...this.documented(word), span: this.since(word) };
    });
  });

  /** entry := (NAME | reserved word) ":" expression */
  private readonly entry: Rule<ast.Entry> = this.RULE("entry", () => {
    const token = this.OR([{ ALT: () => this.CONSUME(t.Identifier) }, { ALT: () => this.CONSUME(t.Keyword) }]);
    this.CONSUME(t.Colon);
    const value = this.SUBRULE(this.expression);
    return this.ACTION((): ast.Entry => ({ kind: "entry", key: this.named(token), value, span: this.since(token) }));
  });
}

interface ScanClause {
  readonly word: IToken;
  readonly values: Partial<Pick<ast.Scan, "along" | "reversed" | "carries" | "checkpoint">>;
}

function sorted(members: readonly TrainMember[]): Pick<ast.Train, "entries" | "lets" | "steps"> {
  return {
    entries: members.filter((member) => member.kind === "entry"),
    lets: members.filter((member) => member.kind === "let"),
    steps: members.filter((member) => member.kind === "step"),
  };
}
