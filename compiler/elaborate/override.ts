/**
 * Other values for the settings of a train's optimizers, as `--set lr=0.01` asks for: the same train with those arguments in the place of
 * what it writes.
 */
import type { Span } from "../diagnostics/diagnostic.ts";
import type { Argument, Call, Entry, Expression, NumberLiteral, Train } from "../syntax/ast.ts";
import { written } from "./rational.ts";

export function withSettings(train: Train, settings: ReadonlyMap<string, number> = new Map()): Train {
  if (settings.size === 0) return train;
  const entries = (own: readonly Entry[]): readonly Entry[] =>
    own.map((entry) => (entry.key.text === "optimizer" ? { ...entry, value: replaced(entry.value, settings) } : entry));
  const steps = train.steps.map((step) => ({ ...step, entries: entries(step.entries) }));
  return { ...train, entries: entries(train.entries), steps };
}

/** A bare name becomes a call. */
function replaced(expression: Expression, settings: ReadonlyMap<string, number>): Call {
  const { span } = expression;
  const callee = expression.kind === "call" ? expression.callee : expression;
  const written = expression.kind === "call" ? expression.arguments : [];
  const kept = written.filter(({ label }) => label === undefined || !settings.has(label.text));
  return {
    kind: "call",
    callee,
    arguments: [...kept, ...[...settings].map(([name, value]) => argument(name, value, span))],
    span,
  };
}

function argument(name: string, value: number, span: Span): Argument {
  const literal: NumberLiteral = {
    kind: "number",
    text: String(Math.abs(value)),
    value: written(Math.abs(value)) ?? { numerator: 0n, denominator: 1n },
    span,
  };
  const signed: Expression = value < 0 ? { kind: "unary", operator: "-", operand: literal, span } : literal;
  return { kind: "argument", label: { kind: "name", text: name, span }, value: signed, span };
}
