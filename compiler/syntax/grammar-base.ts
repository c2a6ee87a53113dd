/**
 * What every part of the grammar stands on: the input, the spans of what was read, and the mistakes that do not stop the
 * parser. The grammar is LL(3), a Chevrotain parser that builds the tree as it goes.
 */
import { EmbeddedActionsParser } from "chevrotain";
import type { IParserErrorMessageProvider, IToken, ParserMethod } from "chevrotain";
import { diagnose, label } from "../diagnostics/diagnostic.ts";
import type { Diagnostic, Span } from "../diagnostics/diagnostic.ts";
import * as codes from "../diagnostics/codes/syntax.ts";
import type * as ast from "./ast.ts";
import { isSetting } from "./habits.ts";
import { composed } from "./identifiers.ts";
import { LazyLookahead } from "./lookahead.ts";
import type { OperatorMistake } from "./operators.ts";
import * as t from "./tokens.ts";

/** A rule of the grammar, which gives a node. Rules are fields, so that a misspelt one does not compile. */
export type Rule<Result> = ParserMethod<[], Result>;

export abstract class GrammarBase extends EmbeddedActionsParser {
  /** What was wrong and did not stop the parser, since the input was set. */
  mistakes: Diagnostic[] = [];
  /** What was read as it was meant, so that the tree is what it would be without: `bias = false` for `bias: false`. */
  slips: Diagnostic[] = [];
  /** How many scans the parser is inside of. */
  protected scans = 0;
  private file = "";
  private docs: ReadonlyMap<number, string> = new Map();

  constructor(errorMessageProvider: IParserErrorMessageProvider, validate: boolean) {
    const lookaheadStrategy = new LazyLookahead({ maxLookahead: 3 });
    super(t.vocabulary, {
      maxLookahead: 3,
      lookaheadStrategy,
      recoveryEnabled: false,
      skipValidations: !validate,
      errorMessageProvider,
    });
  }

  /** Sets what to parse next: the tokens of one declaration, or of what stands between its braces. */
  begin(file: string, docs: ReadonlyMap<number, string>, tokens: readonly IToken[]): void {
    this.input = [...tokens];
    this.file = file;
    this.docs = docs;
    this.mistakes = [];
    this.slips = [];
    this.scans = 0;
  }

  /** colon := ":" */
  protected readonly colon: ParserMethod<[of?: "a key"], IToken> = this.RULE("colon", (of?: "a key") => {
    const name = this.LA(0);
    const token = this.OR([{ ALT: () => this.CONSUME(t.Colon) }, { ALT: () => this.CONSUME(t.Equal) }]);
    this.ACTION(() => {
      if (token.tokenType === t.Equal) this.slips.push(this.equalForColon(name, token, of));
    });
    return token;
  });

  private equalForColon(name: IToken, token: IToken, of: "a key" | undefined): Diagnostic {
    const help = this.isApart(-1)
      ? `settings stand in parentheses: \`${this.LA(-2).image}(${name.image}: …)\``
      : of === undefined
        ? `what has a name is given with \`:\`, \`${name.image}: …\`; \`==\` compares`
        : `behind a key stands \`:\`, \`${name.image}: …\`; a value of your own is bound by \`let ${name.image} = …\``;
    return diagnose(codes.unexpectedToken, { expected: "`:`", found: "`=`" }, [label(this.at(token), "")], help);
  }

  /** Whether the name that was taken is a setting behind what it belongs into, as in `optimizer: adam lr=0.01`. */
  protected isApart(at: number): boolean {
    return (
      isSetting(this.LA(at).image) &&
      this.LA(at - 1).tokenType === t.Identifier &&
      this.LA(at - 2).tokenType === t.Colon
    );
  }

  protected at(token: IToken): Span {
    return { file: this.file, from: token.startOffset, to: token.startOffset + token.image.length };
  }

  /** From `start` to the last token consumed. */
  protected since(start: IToken | Span): Span {
    const last = this.LA(0);
    const from = "from" in start ? start.from : start.startOffset;
    return { file: this.file, from, to: last.startOffset + last.image.length };
  }

  protected documented(token: IToken): { readonly doc?: string } {
    const doc = this.docs.get(token.startOffset);
    return doc === undefined ? {} : { doc };
  }

  protected named(token: IToken): ast.Name {
    return { kind: "name", text: composed(token.image), span: this.at(token) };
  }

  protected report(mistake: OperatorMistake): void {
    if (mistake.kind === "chainedComparison") {
      const labels = [label(mistake.second, "the second comparison"), label(mistake.first, "the first")];
      this.mistakes.push(diagnose(codes.chainedComparison, {}, labels, "join two comparisons with `and`"));
    } else {
      const { operator, span } = mistake;
      this.mistakes.push(diagnose(codes.misplacedNot, { operator }, [label(span, "")], "put `not …` into parentheses"));
    }
  }
}
