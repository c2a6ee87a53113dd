/** Elementwise functions, conversions, `maximum`, `minimum`, `where`; each also of numbers known at compile time. */
import { notCompileTime, wrongElements } from "../../diagnostics/codes/shapes.ts";
import { maximum, minimum } from "../../dimension/dimension.ts";
import type { Rational } from "../../syntax/ast.ts";
import type { ElementType, NumberFunction } from "../../loops/types.ts";
import { unaryFunctions } from "../../loops/functions.ts";
import { holds, largestInteger, leastInteger } from "../number-range.ts";
import { areNumeric } from "../numbers.ts";
import * as rational from "../rational.ts";
import { constantTensor } from "../constant-tensor.ts";
import { choose, elementwiseBinary, toTensor, type Operand } from "../tensors.ts";
import {
  asDimension,
  boolValue,
  describeType,
  describeValue,
  fromDimension,
  type Evaluated,
  type ListValue,
} from "../values.ts";
import type { BuiltinCall, Rule, Rules } from "./call.ts";

const functions: ReadonlyMap<string, NumberFunction> = new Map(Object.entries(unaryFunctions));

/** Of a known number, as an f32 would hold it; abs, sign and floor are exact. */
function ofNumber(name: string, value: Rational): Rational | undefined {
  const sign = value.numerator < 0n ? -1 : value.numerator > 0n ? 1 : 0;
  if (name === "abs") return sign < 0 ? rational.negate(value) : value;
  if (name === "sign") return rational.whole(sign);
  if (name === "floor") return rational.floor(value);
  const compute = name === "sqrt" ? Math.sqrt : functions.get(name)?.float64;
  if (compute === undefined || compute === "defined") return undefined;
  return rational.exact(Math.fround(compute(rational.toNumber(value))));
}

function unary(name: string): Rule {
  return (call) => {
    const operand = call.operand("x", call.mode);
    if (operand.value.kind === "number") {
      const result = ofNumber(name, operand.value.value);
      if (result !== undefined) return { kind: "number", value: result };
    }
    if (name === "floor") {
      const dimension = floored(operand, call);
      if (dimension !== undefined) return dimension;
    }
    return call.frame.at(call.span, () => applyUnary(name, operand, call));
  };
}

/** The floor of a quotient of open dimensions is a dimension; of a dimension, itself. */
function floored({ value }: Operand, call: BuiltinCall): Evaluated | undefined {
  if (value.kind === "dimension") return value;
  const expression = call.expression("x");
  if (value.kind !== "tensor" || expression?.kind !== "chain" || expression.rest.at(-1)?.operator !== "/")
    return undefined;
  const whole = call.frame.session.evaluator.evaluate(expression, call.frame, { whole: true });
  return whole.kind === "dimension" ? whole : undefined;
}

function applyUnary(name: string, operand: Operand, call: BuiltinCall): Evaluated {
  const tensor = toTensor(operand, call.frame);
  const integers = name === "abs" || name === "sign";
  if (tensor.type.dtype !== "f32" && !(integers && tensor.type.dtype === "i32")) {
    call.frame.fail(
      wrongElements,
      { operation: `\`${name}\``, expected: "f32", found: describeType(tensor.type) },
      operand.span,
      "this",
      [],
      "convert with `f32(…)`",
    );
  }
  return { ...tensor, value: call.builder.one(name, [tensor.value]) };
}

function convert(dtype: ElementType): Rule {
  return (call) => {
    const operand = call.operand("x");
    const { value } = operand;
    if (value.kind === "number" || value.kind === "bool") return convertKnown(value, dtype);
    if (value.kind === "list") return convertList(value, operand, dtype, call);
    if (value.kind === "dimension" && dtype !== "bool") return { ...value, element: dtype };
    return call.frame.at(call.span, () => {
      const tensor = toTensor(operand, call.frame);
      return tensor.type.dtype === dtype
        ? tensor
        : call.entry.tensor(call.builder.one("cast", [tensor.value], { dtype }), tensor.labels);
    });
  };
}

/** Each number by itself, so that a whole one keeps all its digits. */
function convertList(list: ListValue, { span }: Operand, dtype: ElementType, { frame }: BuiltinCall): Evaluated {
  return constantTensor(list, span, frame, (item, at) => {
    const value = item.kind === "number" || item.kind === "bool" ? convertKnown(item, dtype) : item;
    return toTensor({ value, span: at }, frame, dtype);
  });
}

function convertKnown(value: Extract<Evaluated, { kind: "number" | "bool" }>, dtype: ElementType): Evaluated {
  const number = value.kind === "number" ? value.value : rational.whole(value.value ? 1 : 0);
  if (dtype === "bool") return boolValue(number.numerator !== 0n);
  return { kind: "number", value: dtype === "i32" ? toI32(number) : number, element: dtype };
}

/** Towards zero, saturating, as when the program runs. */
function toI32(number: Rational): Rational {
  if (!holds(number, "i32")) return number.numerator < 0n ? leastInteger : largestInteger;
  return number.numerator < 0n ? rational.negate(rational.floor(rational.negate(number))) : rational.floor(number);
}

function extreme(name: "maximum" | "minimum"): Rule {
  return (call) => {
    const [left, right] = [call.operand("a", call.mode), call.operand("b", call.mode)];
    if (left.value.kind === "number" && right.value.kind === "number") {
      const order = rational.compare(left.value.value, right.value.value);
      return order >= 0 === (name === "maximum") ? left.value : right.value;
    }
    const known = areNumeric(left.value, right.value);
    const [a, b] = known ? [asDimension(left.value), asDimension(right.value)] : [];
    if (a !== undefined && b !== undefined) return fromDimension((name === "maximum" ? maximum : minimum)(a, b));
    return call.frame.at(call.span, () => elementwiseBinary(name, `\`${name}\``, left, right, call.span, call.frame));
  };
}

/** A condition known at compile time chooses a side, and the other is not looked at. */
function where(call: BuiltinCall): Evaluated {
  const condition = call.operand("c");
  const { value } = condition;
  if (value.kind === "bool") return call.operand(value.value ? "a" : "b", call.mode).value;
  if (value.kind === "condition") {
    return call.frame.fail(
      notCompileTime,
      { what: "the condition of `where`", found: describeValue(value) },
      condition.span,
      "this",
    );
  }
  return choose(condition, call.operand("a"), call.operand("b"), call.span, call.frame);
}

export const elementwiseRules = {
  exp: unary("exp"),
  expm1: unary("expm1"),
  log: unary("log"),
  log1p: unary("log1p"),
  sign: unary("sign"),
  sin: unary("sin"),
  cos: unary("cos"),
  tanh: unary("tanh"),
  erf: unary("erf"),
  erfc: unary("erfc"),
  sqrt: unary("sqrt"),
  abs: unary("abs"),
  floor: unary("floor"),
  f32: convert("f32"),
  i32: convert("i32"),
  bool: convert("bool"),
  maximum: extreme("maximum"),
  minimum: extreme("minimum"),
  where,
} satisfies Rules;
