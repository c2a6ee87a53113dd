/** Expressions, and the integers of addresses and loop bounds, in a language that looks like C. */
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Integer } from "../../compiler/program/integer.ts";
import { integerOf } from "../../compiler/program/integer.ts";
import type { Expression } from "../../compiler/program/types.ts";
import type { Code } from "./code.ts";
import { Level, call, infix, numeral, primary } from "./code.ts";
import type { Of, Operator, Place } from "./syntax.ts";
import { functionName } from "./syntax.ts";

export function expressionCode(expression: Expression, place: Place): Code {
  const { syntax } = place.module;
  const inner = (part: Expression): Code => expressionCode(part, place);
  switch (expression.kind) {
    case "constant":
      return syntax.literal(expression, place);
    case "variable":
      return primary(place.scope.find("local", expression.name).binding.printed);
    case "index":
      return syntax.index(expression, integerCode(integerOf(expression.index, place.scope.facts), place), place);
    case "load":
      return syntax.loaded(expression, primary(syntax.element(expression, place)), place);
    case "unary": {
      const { operator, value } = expression;
      return syntax.unary[operator](syntax.operand(inner(value), value, [value], place), expression, place);
    }
    case "binary": {
      const { left, right } = expression;
      const first = syntax.operand(inner(left), left, [left, right], place);
      return operatorOf(expression, place)(first, inner(right), expression, place);
    }
    case "compare": {
      const { operator, left, right } = expression;
      const isEquality = operator === "equal" || operator === "notEqual";
      if (left.type.dtype === "bool" && !isEquality) throw new InternalError(syntax.target, `${operator} of bool`);
      return syntax.compare[operator](inner(left), inner(right), expression, place);
    }
    case "select":
      return syntax.select(inner(expression.condition), inner(expression.whenTrue), inner(expression.otherwise));
    case "cast": {
      const value = inner(expression.value);
      return expression.value.type.dtype === expression.type.dtype ? value : syntax.cast(expression, value, place);
    }
    case "call":
      return call(functionName(expression.function, place.module), ...expression.arguments.map(inner));
    case "splat":
    case "lane":
    case "pack":
    case "shuffle":
      throw new InternalError(syntax.target, `a ${expression.kind} in a program for one lane`);
  }
}

function operatorOf({ operator, type }: Of<"binary">, { module: { syntax } }: Place): Operator {
  const operators: Readonly<Partial<Record<typeof operator, Operator>>> = syntax[type.dtype];
  const found = operators[operator];
  if (found === undefined) throw new InternalError(syntax.target, `${operator} of ${type.dtype}`);
  return found;
}

/** They stay far below 2³¹, so nothing is rounded or wrapped. */
export function integerCode(integer: Integer, place: Place): Code {
  const { syntax } = place.module;
  const inner = (part: Integer): Code => integerCode(part, place);
  switch (integer.kind) {
    case "number":
      return numeral(integer.value);
    case "variable":
      return primary(place.scope.find(integer.space, integer.name).binding.printed);
    case "sum":
      return sumCode(integer.terms, place);
    case "product": {
      const factors = integer.factors.map(inner);
      const by = integer.by === 1 ? [] : [numeral(integer.by)];
      const all = syntax.numberFirst ? [...by, ...factors] : [...factors, ...by];
      return all.reduce((left, right) => infix(left, "*", right, Level.multiply));
    }
    case "quotient":
    case "remainder":
      return syntax[integer.kind](inner(integer.value), integer, place);
    case "minimum":
    case "maximum":
      return call(syntax[integer.kind], inner(integer.left), inner(integer.right));
    case "value":
      return expressionCode(integer.value, place);
    case "clamp":
      return syntax.clamp(expressionCode(integer.value, place), inner(integer.limit));
  }
}

/** What can be added first, then what is subtracted. */
function sumCode(terms: readonly Integer[], place: Place): Code {
  const added = terms.filter((term) => !isNegative(term));
  const taken = terms.filter(isNegative).map(negated);
  const [first, ...rest] = added.map((term) => integerCode(term, place));
  const sum = first === undefined ? undefined : rest.reduce((left, right) => infix(left, "+", right, Level.add), first);
  return taken.reduce<Code>((left, term) => infix(left, "-", integerCode(term, place), Level.add), sum ?? primary("0"));
}

function isNegative(integer: Integer): boolean {
  return (integer.kind === "number" && integer.value < 0) || (integer.kind === "product" && integer.by < 0);
}

function negated(integer: Integer): Integer {
  if (integer.kind === "number") return { kind: "number", value: -integer.value };
  if (integer.kind !== "product") return integer;
  return integer.by === -1 && integer.factors.length === 1 ? integer.factors[0] : { ...integer, by: -integer.by };
}
