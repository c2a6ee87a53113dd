/**
 * Expressions as instructions. A bool is 0 or 1 in one lane, and a mask of all or no bits in each of four; stored it is
 * always 0 or 1. Everything is plain SIMD, whose results are those of the scalar instructions to the bit, unless a build is relaxed.
 */
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import { integerOf } from "../../compiler/program/integer.ts";
import type { Expression, ValueType } from "../../compiler/program/types.ts";
import { addressOf } from "./address.ts";
import type { Place } from "./context.ts";
import { inlineText } from "./inline.ts";
import { callText, prefix } from "./instructions.ts";
import { integerText } from "./integer.ts";
import { multiplyAdd } from "./relaxed.ts";
import { selectText } from "./select.ts";
import { f32Literal, get, i32 } from "./text.ts";
import type { Text } from "./text.ts";
import { binaryText } from "./binary.ts";
import { unaryText } from "./unary.ts";

type Of<Kind extends Expression["kind"]> = Extract<Expression, { readonly kind: Kind }>;

export function expressionText(expression: Expression, place: Place): Text {
  const inner = (part: Expression): Text => expressionText(part, place);
  switch (expression.kind) {
    case "constant":
      return constantText(expression);
    case "variable":
      return get(place.scope.find("local", expression.name).binding.printed);
    case "index": {
      const value = integerText(integerOf(expression.index, place.scope.facts), place);
      return expression.type.lanes === 1
        ? value
        : ["i32x4.add", ["i32x4.splat", value], ["v128.const", "i32x4", "0", "1", "2", "3"]];
    }
    case "load":
      return loadText(expression, place);
    case "splat":
      return splatText(expression, place);
    case "lane":
      return laneText(expression, inner(expression.value));
    case "pack":
      return packText(expression, expression.values.map(inner));
    case "shuffle":
      return ["i8x16.shuffle", ...bytesOf(expression), inner(expression.left), inner(expression.right)];
    case "unary":
      return unaryText(expression, inner(expression.value), place);
    case "binary":
      return (
        multiplyAdd(expression, place) ?? binaryText(expression, inner(expression.left), inner(expression.right), place)
      );
    case "compare":
      return compareText(expression, inner(expression.left), inner(expression.right));
    case "select":
      return selectText(expression, inner);
    case "cast":
      return castText(expression, inner(expression.value));
    case "call": {
      const { function: name, type, arguments: operands } = expression;
      const inlined = type.lanes === 4 ? place.module.inlined.get(name) : undefined;
      return inlined === undefined
        ? callText(name, type.lanes, operands.map(inner), place)
        : inlineText(inlined, operands.map(inner), place);
    }
  }
}

/** Of a value that is stored: the lanes of a bool become 1 or 0. */
function storedText(expression: Expression, place: Place): Text {
  const value = expressionText(expression, place);
  return expression.type.dtype === "bool" && expression.type.lanes === 4 ? ["i32x4.neg", value] : value;
}

function constantText({ type, value }: Of<"constant">): Text {
  const literal =
    type.dtype === "f32" ? f32Literal(value) : String(type.dtype === "bool" && type.lanes === 4 ? -value : value);
  const text = literal === "-0" && type.dtype !== "f32" ? "0" : literal;
  return type.lanes === 1 ? [`${prefix(type)}.const`, text] : ["v128.const", prefix(type), text, text, text, text];
}

function memory(instruction: string, offset: number, ...operands: readonly Text[]): Text {
  return offset === 0 ? [instruction, ...operands] : [instruction, `offset=${offset}`, ...operands];
}

function loadText(load: Of<"load">, place: Place): Text {
  const { base, offset } = addressOf(load, place);
  if (load.type.lanes === 1) return memory(`${prefix(load.type)}.load`, offset, base);
  const value = memory("v128.load", offset, base);
  return load.type.dtype === "bool" ? ["i32x4.ne", value, zeros] : value;
}

const zeros: Text = ["v128.const", "i32x4", "0", "0", "0", "0"];

/** The instruction that stores `value` of this type. */
export function storeText(buffer: string, address: Of<"index">["index"], value: Expression, place: Place): Text {
  const { base, offset } = addressOf({ buffer, address }, place);
  const instruction = value.type.lanes === 1 ? `${prefix(value.type)}.store` : "v128.store";
  return memory(instruction, offset, base, storedText(value, place));
}

/** A load of one lane to four is one instruction. */
function splatText({ value, type }: Of<"splat">, place: Place): Text {
  if (value.kind === "load" && type.dtype !== "bool") {
    const { base, offset } = addressOf(value, place);
    return memory("v128.load32_splat", offset, base);
  }
  if (value.kind === "constant") return constantText({ ...value, type });
  const all: Text = [`${prefix(type)}.splat`, expressionText(value, place)];
  return type.dtype === "bool" ? ["i32x4.neg", all] : all;
}

function laneText({ value, lane }: Of<"lane">, vector: Text): Text {
  const element: Text = [`${prefix(value.type)}.extract_lane`, String(lane), vector];
  return value.type.dtype === "bool" ? ["i32.and", element, i32(1)] : element;
}

function packText({ type }: Of<"pack">, [first, ...rest]: readonly Text[]): Text {
  const lanes = rest.reduce<Text>(
    (vector, value, n) => [`${prefix(type)}.replace_lane`, String(n + 1), vector, value],
    [`${prefix(type)}.splat`, first],
  );
  return type.dtype === "bool" ? ["i32x4.neg", lanes] : lanes;
}

/** The four bytes of each lane, those of the left operand first. */
function bytesOf({ lanes }: Of<"shuffle">): readonly string[] {
  return lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => String(4 * lane + byte)));
}

function compareText({ operator, left: operand }: Of<"compare">, left: Text, right: Text): Text {
  const equality = operator === "equal" || operator === "notEqual";
  if (operand.type.dtype === "bool" && !equality) throw new InternalError("wasm", `${operator} of bool`);
  const signed = operand.type.dtype === "f32" || equality ? "" : "_s";
  return [`${prefix(operand.type)}.${comparisons[operator]}${signed}`, left, right];
}

const comparisons = {
  equal: "eq",
  notEqual: "ne",
  less: "lt",
  lessEqual: "le",
  greater: "gt",
  greaterEqual: "ge",
} as const;

function castText({ value: operand, type }: Of<"cast">, value: Text): Text {
  const from = operand.type.dtype;
  if (from === type.dtype) return value;
  return type.lanes === 1 ? castScalar(from, type.dtype, value) : castLanes(from, type.dtype, value);
}

function castScalar(from: ValueType["dtype"], to: ValueType["dtype"], value: Text): Text {
  if (to === "f32") return ["f32.convert_i32_s", value];
  if (from === "f32") return to === "i32" ? ["i32.trunc_sat_f32_s", value] : ["f32.ne", value, ["f32.const", "0"]];
  return from === "bool" ? value : ["i32.ne", value, i32(0)];
}

function castLanes(from: ValueType["dtype"], to: ValueType["dtype"], value: Text): Text {
  if (from === "bool") {
    return to === "f32" ? ["v128.and", value, ["v128.const", "f32x4", "1", "1", "1", "1"]] : ["i32x4.neg", value];
  }
  if (to === "f32") return ["f32x4.convert_i32x4_s", value];
  if (to === "i32") return ["i32x4.trunc_sat_f32x4_s", value];
  return [from === "f32" ? "f32x4.ne" : "i32x4.ne", value, zeros];
}
