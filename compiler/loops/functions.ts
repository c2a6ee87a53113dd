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
import type { FunctionDefinition, NumberFunction, Scalar } from "./types.ts";

export type { FunctionDefinition } from "./types.ts";
export { mod, pow };

/** Those of one f32, which the language has under the same names. */
export const unaryFunctions = { exp, expm1, log, log1p, sign, sin, cos, tanh, erf, erfc } satisfies Readonly<
  Record<string, NumberFunction>
>;

export type UnaryFunction = keyof typeof unaryFunctions;

/** The words of a random draw, each of a key and a counter of two i32. */
export const randomWords = [threefry0, threefry1] as const;

/** The definition of every function, by name in alphabetical order. */
export const functions: readonly FunctionDefinition[] = [...Object.values(unaryFunctions), mod, pow, ...randomWords]
  .map(({ definition }) => definition)
  .sort((a, b) => (a.name < b.name ? -1 : 1));

/** True for a word of a random draw. */
export function isRandom(scalar: Scalar): boolean {
  return scalar.kind === "call" && randomWords.some((word) => word === scalar.function);
}
