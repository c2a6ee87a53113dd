/**
 * The functions that no target has exactly, as polynomials in operators that every target has: the same bits
 * everywhere, one rounding an operation, no branch, no fused multiply–add. Errors are those tested over all exponents.
 */
import { sign } from "./functions/sign.ts";
import { erf, erfc } from "./functions/error.ts";
import { exp, expm1, tanh } from "./functions/exponential.ts";
import { log, log1p, pow } from "./functions/logarithm.ts";
import { mod } from "./functions/remainder.ts";
import { threefry0, threefry1 } from "./functions/threefry.ts";
import { cos, sin } from "./functions/trigonometric.ts";
import type { FunctionDefinition } from "./function-definition.ts";
import { dtypeOf } from "./scalar.ts";
import type { Scalar, UnaryOperator } from "./types.ts";

export type { FunctionDefinition } from "./function-definition.ts";
export { cos, erf, erfc, exp, expm1, log, log1p, mod, pow, sign, sin, tanh, threefry0, threefry1 };

/** Every function, by name in alphabetical order. */
export const functions: readonly FunctionDefinition[] = [
  cos,
  erf,
  erfc,
  exp,
  expm1,
  log,
  log1p,
  mod,
  pow,
  sign,
  sin,
  tanh,
  threefry0,
  threefry1,
];

const unaryFunctions: ReadonlyMap<UnaryOperator, FunctionDefinition> = new Map<UnaryOperator, FunctionDefinition>([
  ["exp", exp],
  ["expm1", expm1],
  ["log", log],
  ["log1p", log1p],
  ["sin", sin],
  ["cos", cos],
  ["tanh", tanh],
  ["erf", erf],
  ["erfc", erfc],
  ["sign", sign],
]);

/**
 * The function that computes a node, where it takes one: the transcendentals, f32 `sign`, `pow` and `mod`, `random`.
 * Its arguments are the node's operands in order, of `random` the key, then the counter.
 */
export function functionOf(scalar: Scalar): FunctionDefinition | undefined {
  if (scalar.kind === "random") return scalar.word === 0 ? threefry0 : threefry1;
  if (scalar.kind === "unary") return dtypeOf(scalar.value) === "f32" ? unaryFunctions.get(scalar.operator) : undefined;
  if (scalar.kind !== "binary" || scalar.dtype !== "f32") return undefined;
  if (scalar.operator === "pow") return pow;
  return scalar.operator === "mod" ? mod : undefined;
}
