/** The grammar of statements. Each rule carries its production. */
import type { IToken } from "chevrotain";
import { diagnose, label } from "../diagnostics/diagnostic.ts";
import * as codes from "../diagnostics/codes/syntax.ts";
import type * as ast from "./ast.ts";
import type { Rule } from "./grammar-base.ts";
import { SignatureGrammar } from "./grammar-signatures.ts";
import * as t from "./tokens.ts";

export abstract class StatementGrammar extends SignatureGrammar {
  /** body := "=" expression | braces */
  protected readonly body: Rule<ast.Body> = this.RULE("body", () =>
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
  protected readonly braces: Rule<ast.Body> = this.RULE("braces", () => {
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
  protected readonly let: Rule<ast.Let> = this.RULE("let", () => {
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
    return this.ACTION((): ast.Param => ({
      kind: "param",
      name,
      type,
      start,
      ...this.documented(word),
      span: this.since(word),
    }));
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
    if (this.scans === 0)
      this.mistakes.push(diagnose(codes.outsideScan, { word: word.image }, [label(this.at(word), "")]));
  }
}
