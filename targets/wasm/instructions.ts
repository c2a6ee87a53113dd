/** What instructions on values of any type share: their prefixes, and calls. */
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import type { ValueType } from "../../compiler/program/types.ts";
import type { Place } from "./context.ts";
import type { Helper } from "./helpers.ts";
import { get, isPlain } from "./text.ts";
import type { Text } from "./text.ts";

/** `f32`, `i32x4` and so on: the prefix of an instruction on values of this type. */
export function prefix({ dtype, lanes }: ValueType): "f32" | "i32" | "f32x4" | "i32x4" {
  const scalar = dtype === "f32" ? "f32" : "i32";
  return lanes === 1 ? scalar : `${scalar}x4`;
}

/** A function of the program, in the version for these lanes. */
export function callText(name: string, lanes: 1 | 4, operands: readonly Text[], place: Place): Text {
  const printed = place.module.functions.get(name);
  if (printed === undefined) throw new InternalError("wasm", `the program has no function ${name}`);
  place.module.called.add(`${name} ${lanes}`);
  return ["call", lanes === 1 ? printed : `${printed}.x4`, ...operands];
}

export function callHelper(name: Helper, place: Place, ...operands: readonly Text[]): Text {
  place.module.helpers.add(name);
  return ["call", `$${name}`, ...operands];
}

/**
 * The greater or the smaller of two i32, which have no instruction for it: a choice between both, as a call would cost
 * more than all else in a loop that moves elements. What is read twice gets a local, where it is more than a local.
 */
export function extremeI32(name: "max" | "min", left: Text, right: Text, place: Place): Text {
  const [a, b] = [twice(left, "i32", place), twice(right, "i32", place)];
  return ["select", a.first, b.first, [name === "max" ? "i32.gt_s" : "i32.lt_s", a.again, b.again]];
}

/** A value to be written in two places, the first of them run first. */
export function twice(
  value: Text,
  type: "i32" | "f32" | "v128",
  place: Place,
): { readonly first: Text; readonly again: Text } {
  if (isPlain(value)) return { first: value, again: value };
  const local = place.locals.give("held", type, place.names);
  return { first: ["local.tee", local, value], again: get(local) };
}
