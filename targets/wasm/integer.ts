/** Integers of addresses and loop bounds as i32 instructions. */
import type { Integer } from "../../compiler/program/integer.ts";
import { powerOfTwo } from "../../compiler/program/integer.ts";
import type { Place } from "./context.ts";
import { callHelper, extremeI32 } from "./instructions.ts";
import { add, get, i32, multiply } from "./text.ts";
import type { Text } from "./text.ts";

export function integerText(integer: Integer, place: Place): Text {
  const inner = (part: Integer): Text => integerText(part, place);
  switch (integer.kind) {
    case "number":
      return i32(integer.value);
    case "variable": {
      const { binding, scope } = place.scope.find(integer.space, integer.name);
      if (integer.space === "axis") scope.state.counted = true;
      return get(binding.printed);
    }
    case "sum":
      return integer.terms.map(inner).reduce(add);
    case "product": {
      const factors = integer.factors.map(inner).reduce((left, right) => ["i32.mul", left, right]);
      return multiply(factors, integer.by);
    }
    case "quotient":
      return quotientText(integer.value, integer.divisor, integer.natural, place);
    case "remainder":
      return remainderText(integer.value, integer.divisor, integer.natural, place);
    case "minimum":
      return extremeI32("min", inner(integer.left), inner(integer.right), place);
    case "maximum":
      return extremeI32("max", inner(integer.left), inner(integer.right), place);
    case "value":
      return place.module.expressionText(integer.value, place);
    case "clamp": {
      const value = place.module.expressionText(integer.value, place);
      return extremeI32("max", extremeI32("min", value, inner(integer.limit), place), i32(0), place);
    }
  }
}

/** Shifts and masks floor negative numbers, too. */
function quotientText(value: Integer, divisor: Integer, natural: boolean, place: Place): Text {
  const dividend = integerText(value, place);
  const exponent = powerOfTwo(divisor);
  if (exponent !== undefined) return ["i32.shr_s", dividend, i32(exponent)];
  const by = integerText(divisor, place);
  return natural ? ["i32.div_u", dividend, by] : callHelper("i32.floor_div", place, dividend, by);
}

function remainderText(value: Integer, divisor: Integer, natural: boolean, place: Place): Text {
  const dividend = integerText(value, place);
  if (powerOfTwo(divisor) !== undefined && divisor.kind === "number")
    return ["i32.and", dividend, i32(divisor.value - 1)];
  const by = integerText(divisor, place);
  return natural ? ["i32.rem_u", dividend, by] : callHelper("i32.mod", place, dividend, by);
}
