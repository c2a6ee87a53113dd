/** Integers of addresses and loop bounds as TypeScript. They stay far below 2³¹, so nothing is rounded or wrapped. */
import type { Integer } from "../../compiler/program/integer.ts";
import { powerOfTwo } from "../../compiler/program/integer.ts";
import type { Code } from "./code.ts";
import { Level, call, infix, numeral, primary, toInt } from "./code.ts";
import type { Place } from "./context.ts";

export function integerCode(integer: Integer, place: Place): Code {
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
      const all = integer.by === 1 ? factors : [...factors, numeral(integer.by)];
      return all.reduce((left, right) => infix(left, "*", right, Level.multiply));
    }
    case "quotient":
      return quotientCode(inner(integer.value), integer.divisor, integer.natural, place);
    case "remainder":
      return remainderCode(inner(integer.value), integer.divisor, integer.natural, place);
    case "minimum":
      return call("Math.min", inner(integer.left), inner(integer.right));
    case "maximum":
      return call("Math.max", inner(integer.left), inner(integer.right));
    case "value":
      return place.module.expressionCode(integer.value, place);
    case "clamp":
      return call(
        "Math.max",
        call("Math.min", place.module.expressionCode(integer.value, place), inner(integer.limit)),
        primary("0"),
      );
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

/** Shifts and masks floor negative numbers, too. */
function quotientCode(value: Code, divisor: Integer, natural: boolean, place: Place): Code {
  const exponent = powerOfTwo(divisor);
  if (exponent !== undefined) return infix(value, ">>", numeral(exponent), Level.shift);
  const ratio = infix(value, "/", integerCode(divisor, place), Level.multiply);
  return natural ? toInt(ratio) : call("Math.floor", ratio);
}

function remainderCode(value: Code, divisor: Integer, natural: boolean, place: Place): Code {
  if (powerOfTwo(divisor) !== undefined && divisor.kind === "number") {
    return infix(value, "&", numeral(divisor.value - 1), Level.bitAnd);
  }
  const by = integerCode(divisor, place);
  if (natural) return infix(value, "%", by, Level.multiply);
  place.module.helpers.add("remainder");
  return call("remainder", value, by);
}
