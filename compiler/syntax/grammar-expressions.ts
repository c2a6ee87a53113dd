/**
 * The grammar of expressions, scans included. Each rule carries its production. Operators are read as a flat run and
 * arranged by `operators.ts`, so that precedence costs no stack.
 */
import type { IToken, TokenType } from "chevrotain";
import { InternalError } from "../diagnostics/diagnostic.ts";
import type * as ast from "./ast.ts";
import { GrammarBase } from "./grammar-base.ts";
import type { Rule } from "./grammar-base.ts";
import { numberValue, stringValue } from "./literals.ts";
import { arrange } from "./operators.ts";
import type { Operand, Prefix } from "./operators.ts";
import { joinClauses, repeatedClauses, type ScanClause } from "./scan-clauses.ts";
import * as t from "./tokens.ts";

const scanClauses: readonly TokenType[] = [t.AlongWord, t.WithWord, t.ReversedWord, t.CheckpointWord];

export abstract class ExpressionGrammar extends GrammarBase {
  /** The statements of a scan; `StatementGrammar` has them. */
  protected abstract readonly braces: Rule<ast.Body>;

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
        result = this.ACTION((): ast.Expression => ({
          kind: "named",
          expression,
          name,
          span: this.since(expression.span),
        }));
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
      if (token.image === "T") return { kind: "transpose", target, span };
      if (target.kind === "name" && target.text === "prelude")
        return { ...target, text: `prelude.${this.named(token).text}`, span };
      return { kind: "member", target, member: this.named(token), span };
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

  /** argument := (NAME ":")? item, where `=` for `:` is a mistake that does not stop the parser */
  private readonly argument: Rule<ast.Argument> = this.RULE("argument", () => {
    const start = this.LA(1);
    let name: IToken | undefined;
    this.OPTION(() => {
      name = this.CONSUME(t.Identifier);
      this.SUBRULE(this.colon);
    });
    const value = this.SUBRULE(this.item);
    return this.ACTION((): ast.Argument => {
      const given = name === undefined ? {} : { label: this.named(name) };
      return { kind: "argument", ...given, value, span: this.since(start) };
    });
  });

  /** item := ".." | expression */
  private readonly item: Rule<ast.Expression> = this.RULE("item", () =>
    this.OR<ast.Expression>([{ ALT: () => this.SUBRULE(this.rest) }, { ALT: () => this.SUBRULE(this.expression) }]),
  );

  protected readonly rest: Rule<ast.Rest> = this.RULE("rest", () => {
    const token = this.CONSUME(t.DotDot);
    return this.ACTION((): ast.Rest => ({ kind: "rest", span: this.at(token) }));
  });

  /** index := ".." | "newaxis" | expression | expression? ":" expression? (":" expression?)? */
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
    let step: ast.Expression | undefined;
    let colon: IToken | undefined;
    this.OPTION({ GATE: () => this.LA(1).tokenType !== t.Colon, DEF: () => (from = this.SUBRULE(this.expression)) });
    this.OPTION2({
      GATE: () => from === undefined || this.LA(1).tokenType === t.Colon,
      DEF: () => {
        colon = this.CONSUME(t.Colon);
        this.OPTION3(() => (to = this.SUBRULE2(this.expression)));
        this.OPTION4(() => {
          this.CONSUME2(t.Colon);
          this.OPTION5(() => (step = this.SUBRULE3(this.expression)));
        });
      },
    });
    return this.ACTION((): ast.Element | ast.Range => {
      const span = this.since(start);
      if (colon === undefined && from !== undefined) return { kind: "element", value: from, span };
      const bounds = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
      return { kind: "range", ...bounds, ...(step === undefined ? {} : { step }), span };
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
      return {
        kind: "number",
        text: token.image,
        value: typeof value === "string" ? { numerator: 0n, denominator: 1n } : value,
        span: this.at(token),
      };
    });
  });

  protected readonly text: Rule<ast.StringLiteral> = this.RULE("text", () => {
    const token = this.CONSUME(t.StringToken);
    return this.ACTION((): ast.StringLiteral => ({
      kind: "string",
      value: stringValue(token.image).value,
      span: this.at(token),
    }));
  });

  private readonly truth: Rule<ast.BooleanLiteral> = this.RULE("truth", () => {
    const token = this.OR([{ ALT: () => this.CONSUME(t.TrueWord) }, { ALT: () => this.CONSUME(t.FalseWord) }]);
    return this.ACTION((): ast.BooleanLiteral => ({
      kind: "boolean",
      value: token.tokenType === t.TrueWord,
      span: this.at(token),
    }));
  });

  protected readonly name: Rule<ast.Name> = this.RULE("name", () => {
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
    const clauses: ScanClause[] = [];
    this.MANY(() => clauses.push(this.SUBRULE(this.scanClause)));
    this.ACTION(() => (this.scans += 1));
    const body = this.SUBRULE(this.braces);
    return this.ACTION((): ast.Scan => {
      this.scans -= 1;
      this.mistakes.push(...repeatedClauses(clauses, (token) => this.at(token)));
      return { kind: "scan", inputs, ...joinClauses(clauses), body, span: this.since(start) };
    });
  });

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
}
