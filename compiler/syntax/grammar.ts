/**
 * The grammar of `.nn`: declarations, on top of statements, signatures and expressions. Each rule carries its production.
 * It stops at the first token that does not fit; `recovery.ts` goes on from there. Mistakes that do not stop it (a tensor
 * with a default, `a < b < c`) are collected in `mistakes`.
 */
import type { IParserErrorMessageProvider, IToken } from "chevrotain";
import { InternalError, diagnose, label } from "../diagnostics/diagnostic.ts";
import * as codes from "../diagnostics/codes/syntax.ts";
import type * as ast from "./ast.ts";
import type { Rule } from "./grammar-base.ts";
import { StatementGrammar } from "./grammar-statements.ts";
import * as t from "./tokens.ts";

/** `let`s, entries and steps of a train or a step, in the order written. */
export type TrainMember = ast.Let | ast.KeyValue | ast.Step;

const callables: ReadonlySet<string> = new Set([
  "block",
  "model",
  "initializer",
  "loss",
  "metric",
  "regularizer",
  "optimizer",
  "schedule",
]);
const withResult: ReadonlySet<string> = new Set(["block", "model", "loss", "metric", "regularizer"]);

function isCallableKind(word: string): word is ast.CallableKind {
  return callables.has(word);
}

function sorted(members: readonly TrainMember[]): Pick<ast.Train, "entries" | "lets" | "steps"> {
  return {
    entries: members.filter((member) => member.kind === "keyValue"),
    lets: members.filter((member) => member.kind === "let"),
    steps: members.filter((member) => member.kind === "step"),
  };
}

/** A scalar where it is to be one; else the rows of the first input, and a size that is worked out. */
function resultHelp(declaration: ast.CallableKind, parameters: readonly ast.Parameter[]): string {
  if (declaration === "loss" || declaration === "regularizer")
    return `write \`-> []\` here: a ${declaration} gives a single number`;
  const first = parameters.find((parameter) => parameter.kind === "tensorInput")?.types[0]?.shape[0];
  const rows = first?.kind === "name" ? `${first.text}, ` : first?.kind === "rest" ? ".., " : "";
  return `write \`-> [${rows}_]\` here; \`_\` is a size that is worked out`;
}

export class Grammar extends StatementGrammar {
  constructor(errorMessageProvider: IParserErrorMessageProvider, validate = false) {
    super(errorMessageProvider, validate);
    this.performSelfAnalysis();
  }

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
    const close = this.LA(0);
    let result: ast.ResultType | undefined;
    this.OPTION(() => (result = this.SUBRULE(this.result)));
    const body = this.SUBRULE(this.body);
    return this.ACTION((): ast.Callable => {
      if (!isCallableKind(word.image)) throw new InternalError("syntax", `no callable: ${word.image}`);
      this.checkSignature(word.image, name, parameters, result, close);
      const resulting = result === undefined ? {} : { result };
      return {
        kind: word.image,
        name,
        parameters,
        ...resulting,
        body,
        ...this.documented(word),
        span: this.since(word),
      };
    });
  });

  private checkSignature(
    declaration: ast.CallableKind,
    name: ast.Name,
    parameters: readonly ast.Parameter[],
    result: ast.ResultType | undefined,
    close: IToken,
  ): void {
    if (declaration !== "optimizer" && declaration !== "regularizer") this.requireTypes(declaration, parameters);
    const values = { declaration, name: name.text };
    if (withResult.has(declaration) && result === undefined)
      this.mistakes.push(
        diagnose(
          codes.missingResult,
          values,
          [label(this.at(close), "behind this")],
          resultHelp(declaration, parameters),
        ),
      );
    if (!withResult.has(declaration) && result !== undefined)
      this.mistakes.push(diagnose(codes.unwantedResult, values, [label(result.span, "")]));
  }

  private requireTypes(declaration: string, parameters: readonly ast.Parameter[]): void {
    for (const parameter of parameters) {
      if (parameter.kind !== "bareInput") continue;
      const { text } = parameter.name;
      const help = `a tensor is written \`${text}: [N, C]\`, a setting \`${text}: int\``;
      this.mistakes.push(
        diagnose(codes.untypedInput, { name: text, declaration }, [label(parameter.name.span, "")], help),
      );
    }
  }

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
      return {
        kind: "train",
        name,
        ...labelled,
        inputs,
        ...sorted(members),
        ...this.documented(word),
        span: this.since(word),
      };
    });
  });

  private trainInputs(parameters: readonly ast.Parameter[]): readonly ast.TensorInput[] {
    this.requireTypes("train", parameters);
    for (const parameter of parameters) {
      if (parameter.kind !== "setting") continue;
      const values = {
        expected: "a shape such as `[N, 2]`",
        found: "a setting: a train takes its inputs from the data",
      };
      this.mistakes.push(diagnose(codes.unexpectedToken, values, [label(parameter.span, "")]));
    }
    return parameters.filter((parameter) => parameter.kind === "tensorInput");
  }

  /** A key, also with the `=` that `colon` refuses. */
  private startsEntry(): boolean {
    const { tokenType } = this.LA(2);
    return tokenType === t.Colon || (tokenType === t.Equal && this.LA(1).tokenType !== t.LetWord);
  }

  /** trainMember := let | step | entry */
  readonly trainMembers: Rule<readonly TrainMember[]> = this.RULE("trainMembers", () => {
    const members: TrainMember[] = [];
    this.MANY({
      GATE: () => this.LA(1).tokenType !== t.RightBrace,
      DEF: () =>
        members.push(
          this.OR<TrainMember>([
            { GATE: () => !this.startsEntry(), ALT: () => this.SUBRULE(this.let) },
            { GATE: () => !this.startsEntry(), ALT: () => this.SUBRULE(this.step) },
            { GATE: () => this.startsEntry(), ALT: () => this.SUBRULE(this.entry) },
          ]),
        ),
    });
    return members;
  });

  /** step := "step" NAME "{" (let | entry)* "}" */
  private readonly step: Rule<ast.Step> = this.RULE("step", () => {
    const word = this.CONSUME(t.StepWord);
    const name = this.SUBRULE(this.name);
    const members: (ast.Let | ast.KeyValue)[] = [];
    this.CONSUME(t.LeftBrace);
    this.MANY({
      GATE: () => this.LA(1).tokenType !== t.RightBrace,
      DEF: () =>
        members.push(
          this.OR<ast.Let | ast.KeyValue>([
            { GATE: () => !this.startsEntry(), ALT: () => this.SUBRULE(this.let) },
            { GATE: () => this.startsEntry(), ALT: () => this.SUBRULE(this.entry) },
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
  private readonly entry: Rule<ast.KeyValue> = this.RULE("entry", () => {
    const token = this.OR([{ ALT: () => this.CONSUME(t.Identifier) }, { ALT: () => this.CONSUME(t.Keyword) }]);
    const apart = this.isApart(0);
    const sign = this.SUBRULE(this.colon, { ARGS: ["a key"] });
    const value = this.SUBRULE(this.expression);
    // `adam lr=0.01, beta1=0.8` is one mistake: the rest is of the same list.
    this.MANY({
      GATE: () => apart && sign.tokenType === t.Equal && this.LA(3).tokenType === t.Equal,
      DEF: () => {
        this.CONSUME(t.Comma);
        this.CONSUME2(t.Identifier);
        this.CONSUME(t.Equal);
        this.SUBRULE2(this.expression);
      },
    });
    return this.ACTION((): ast.KeyValue => ({
      kind: "keyValue",
      key: this.named(token),
      value,
      ...(sign.tokenType === t.Equal ? { assigned: true } : {}),
      ...(apart && sign.tokenType === t.Equal ? { apart: true } : {}),
      span: this.since(token),
    }));
  });
}
