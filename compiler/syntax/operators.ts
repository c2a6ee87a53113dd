/**
 * A flat run of operands and operators to a tree by precedence. The grammar reads the run in one loop, so that neither a
 * long sum nor a deep precedence table costs it stack; here, too, only powers nest, and they are folded by a loop.
 */
import type { Binary, BinaryOperator, Chain, ChainLink, ChainOperator, Expression } from "./ast.ts";
import { InternalError } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/diagnostic.ts";

/** A prefix operator as written. */
export interface Prefix {
  readonly operator: "-" | "not";
  readonly span: Span;
}

/** An operand with the signs before it and, but for the first of a run, the operator before those. */
export interface Operand {
  readonly operator: { readonly text: ChainOperator | BinaryOperator; readonly span: Span } | undefined;
  readonly prefixes: readonly Prefix[];
  readonly expression: Expression;
}

/** A mistake that only precedence shows. */
export type OperatorMistake =
  | { readonly kind: "chainedComparison"; readonly first: Span; readonly second: Span }
  | { readonly kind: "misplacedNot"; readonly operator: string; readonly span: Span };

type Report = (mistake: OperatorMistake) => void;

/** Levels that chain, loosest first; `not` and the comparisons stand between the second and the third. */
const levels: readonly ReadonlySet<string>[] = [
  new Set(["or"]),
  new Set(["and"]),
  new Set(["+", "-"]),
  new Set(["*", "/", "%", "@"]),
];
const comparisonLevel = 2;
const comparisons: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">="]);

function isChainOperator(text: string): text is ChainOperator {
  return levels.some((level) => level.has(text));
}

function join(from: Span, to: Span): Span {
  return { file: from.file, from: from.from, to: to.to };
}

/** Cuts a run before each operand whose operator is in `operators`. */
function cut(run: readonly Operand[], operators: ReadonlySet<string>): readonly (readonly Operand[])[] {
  const parts: Operand[][] = [];
  for (const operand of run) {
    const part = parts.at(-1);
    if (part === undefined || (operand.operator !== undefined && operators.has(operand.operator.text)))
      parts.push([operand]);
    else part.push(operand);
  }
  return parts;
}

function sign(expression: Expression, prefixes: readonly Prefix[]): Expression {
  return prefixes.reduceRight<Expression>(
    (operand, { operator, span }) => ({ kind: "unary", operator, operand, span: join(span, operand.span) }),
    expression,
  );
}

/** `a ** -b ** c`: what is left when every looser operator is cut away. */
function power(run: readonly Operand[], report: Report): Expression {
  let result: Expression | undefined;
  for (const { operator, prefixes, expression } of run.toReversed()) {
    const index = prefixes.findIndex((prefix) => prefix.operator === "not");
    const misplaced = prefixes[index];
    if (misplaced !== undefined) {
      report({
        kind: "misplacedNot",
        operator: prefixes[index - 1]?.operator ?? operator?.text ?? "",
        span: misplaced.span,
      });
    }
    const whole: Expression = result === undefined ? expression : powerOf(expression, result);
    result = sign(whole, prefixes);
  }
  if (result === undefined) throw new InternalError("syntax", "a run of operators without an operand");
  return result;
}

function powerOf(left: Expression, right: Expression): Binary {
  return { kind: "binary", operator: "**", left, right, span: join(left.span, right.span) };
}

function chain(run: readonly Operand[], level: number, report: Report): Expression {
  const operators = levels[level];
  if (operators === undefined) return power(run, report);
  const tighter = level + 1 === comparisonLevel ? negation : chain;
  const [head = [], ...tail] = cut(run, operators);
  const first = tighter(head, level + 1, report);
  const rest = tail.flatMap((part): ChainLink[] => {
    const operator = part[0]?.operator;
    if (operator === undefined || !isChainOperator(operator.text)) return [];
    return [
      { kind: "chainLink", operator: operator.text, operand: tighter(part, level + 1, report), span: operator.span },
    ];
  });
  const last = rest.at(-1);
  if (last === undefined) return first;
  return { kind: "chain", first, rest, span: join(first.span, last.operand.span) } satisfies Chain;
}

function negation(run: readonly Operand[], level: number, report: Report): Expression {
  const [head, ...tail] = run;
  const count = head?.prefixes.findIndex(({ operator }) => operator !== "not") ?? 0;
  if (head === undefined || head.prefixes.length === 0 || count === 0) return comparison(run, level, report);
  const nots = count < 0 ? head.prefixes : head.prefixes.slice(0, count);
  const bare: Operand = {
    operator: undefined,
    prefixes: head.prefixes.slice(nots.length),
    expression: head.expression,
  };
  return sign(comparison([bare, ...tail], level, report), nots);
}

function comparison(run: readonly Operand[], level: number, report: Report): Expression {
  const [left = [], right, extra] = cut(run, comparisons);
  const first = chain(left, level, report);
  const operator = right?.[0]?.operator;
  if (right === undefined || operator === undefined || isChainOperator(operator.text)) return first;
  const again = extra?.[0]?.operator;
  if (again !== undefined) report({ kind: "chainedComparison", first: operator.span, second: again.span });
  const second = chain(right, level, report);
  return { kind: "binary", operator: operator.text, left: first, right: second, span: join(first.span, second.span) };
}

/** The expression that a run of at least one operand means. */
export function arrange(run: readonly Operand[], report: Report): Expression {
  return chain(run, 0, report);
}
