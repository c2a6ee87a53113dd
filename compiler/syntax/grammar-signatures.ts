/** The grammar of signatures: types, inputs and results. Each rule carries its production. */
import type { IToken } from "chevrotain";
import { InternalError, diagnose, label } from "../diagnostics/diagnostic.ts";
import * as codes from "../diagnostics/codes/syntax.ts";
import type * as ast from "./ast.ts";
import type { Rule } from "./grammar-base.ts";
import { ExpressionGrammar } from "./grammar-expressions.ts";
import * as t from "./tokens.ts";

type TypeMember = ast.TensorType | ast.SettingType | ast.ListType;

const settingTypes: ReadonlySet<string> = new Set([
  "int",
  "float",
  "bool",
  "string",
  "layer",
  "initializer",
  "schedule",
]);

function isSettingTypeName(word: string): word is ast.SettingTypeName {
  return settingTypes.has(word);
}

/** What is written alone is itself. */
function oneOr(
  kind: "unionType" | "tupleType",
  members: readonly ast.TensorType[],
  span: ast.TensorType["span"],
): ast.ResultType {
  const [first, ...others] = members;
  return first !== undefined && others.length === 0 ? first : { kind, members, span };
}

export abstract class SignatureGrammar extends ExpressionGrammar {
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
  protected readonly tensorType: Rule<ast.TensorType> = this.RULE("tensorType", () => {
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
    return (
      tokenType === t.F32Word ||
      tokenType === t.I32Word ||
      (tokenType === t.BoolWord && this.LA(2).tokenType === t.LeftBracket)
    );
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
  protected readonly signature: Rule<readonly ast.Parameter[]> = this.RULE("signature", () => {
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

  private assembleParameter(
    token: IToken,
    types: readonly TypeMember[],
    start: ast.Expression | undefined,
  ): ast.Parameter {
    const base = { name: this.named(token), ...this.documented(token), span: this.since(token) };
    const shapes = types.filter((member) => member.kind === "tensorType");
    const settings = types.filter((member) => member.kind !== "tensorType");
    const [shape] = shapes;
    const [setting] = settings;
    if (shape !== undefined && setting !== undefined) {
      const labels = [label(setting.span, "a setting type"), label(shape.span, "a shape")];
      this.mistakes.push(diagnose(codes.mixedUnion, { name: token.image }, labels));
    }
    if (setting !== undefined)
      return { kind: "setting", types: settings, ...(start === undefined ? {} : { default: start }), ...base };
    if (start !== undefined)
      this.mistakes.push(diagnose(codes.tensorDefault, { name: token.image }, [label(start.span, "this default")]));
    return shape === undefined ? { kind: "bareInput", ...base } : { kind: "tensorInput", types: shapes, ...base };
  }

  /** result := "->" (shape ("|" shape)* | "(" shape ("," shape)* ")") */
  protected readonly result: Rule<ast.ResultType> = this.RULE("result", () => {
    this.CONSUME(t.Arrow);
    return this.OR<ast.ResultType>([
      {
        ALT: () => {
          const members: ast.TensorType[] = [];
          const start = this.LA(1);
          this.AT_LEAST_ONE_SEP({ SEP: t.Bar, DEF: () => members.push(this.SUBRULE(this.tensorType)) });
          return this.ACTION(() => oneOr("unionType", members, this.since(start)));
        },
      },
      {
        ALT: () => {
          const members: ast.TensorType[] = [];
          const open = this.CONSUME(t.LeftParenthesis);
          this.AT_LEAST_ONE_SEP2({ SEP: t.Comma, DEF: () => members.push(this.SUBRULE2(this.tensorType)) });
          this.CONSUME(t.RightParenthesis);
          return this.ACTION(() => oneOr("tupleType", members, this.since(open)));
        },
      },
    ]);
  });
}
