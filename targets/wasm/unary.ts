/** Operators of one operand as instructions. */
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Expression } from "../../compiler/program/types.ts";
import type { Place } from "./context.ts";
import { callHelper, prefix } from "./instructions.ts";
import { i32 } from "./text.ts";
import type { Text } from "./text.ts";

type Unary = Extract<Expression, { readonly kind: "unary" }>;

export function unaryText({ operator, type }: Unary, value: Text, place: Place): Text {
  const { lanes } = type;
  switch (operator) {
    case "not":
      return lanes === 1 ? ["i32.eqz", value] : ["v128.not", value];
    case "bits":
      return lanes === 1 ? ["i32.reinterpret_f32", value] : value;
    case "unbits":
      return lanes === 1 ? ["f32.reinterpret_i32", value] : value;
    case "neg":
      return type.dtype === "i32" && lanes === 1 ? ["i32.sub", i32(0), value] : [`${prefix(type)}.neg`, value];
    case "abs":
      return type.dtype === "i32" && lanes === 1 ? callHelper("i32.abs", place, value) : [`${prefix(type)}.abs`, value];
    case "floor":
    case "sqrt":
      if (type.dtype !== "f32") throw new InternalError("wasm", `${operator} of ${type.dtype}`);
      return [`${prefix(type)}.${operator}`, value];
  }
}
