/**
 * Relaxed vector instructions, in builds that ask for them: a product that is added is one instruction, which rounds once or twice as the
 * processor likes. So these builds are outside the promise of equal bits.
 *
 *   sum + a * b   →   (f32x4.relaxed_madd a b sum)          sum - a * b   →   (f32x4.relaxed_nmadd a b sum)
 */
import type { Expression } from "../../compiler/program/types.ts";
import type { Place } from "./context.ts";
import type { Text } from "./text.ts";

type Binary = Extract<Expression, { readonly kind: "binary" }>;

/** What the module says of itself. */
export const relaxedNote =
  ";; Relaxed: a product that is added may be rounded once or twice, so results differ from machine to machine.";

/** The sum as one instruction; undefined where it is none of a product, or the build is not relaxed. */
export function multiplyAdd({ operator, left, right, type }: Binary, place: Place): Text | undefined {
  const { relaxed, expressionText } = place.module;
  if (!relaxed || type.dtype !== "f32" || type.lanes !== 4) return undefined;
  const fused = (name: string, product: Binary, rest: Expression): Text => [
    `f32x4.relaxed_${name}`,
    ...[product.left, product.right, rest].map((operand) => expressionText(operand, place)),
  ];
  if (operator === "add" && isProduct(right)) return fused("madd", right, left);
  if (operator === "add" && isProduct(left)) return fused("madd", left, right);
  return operator === "sub" && isProduct(right) ? fused("nmadd", right, left) : undefined;
}

function isProduct(value: Expression): value is Binary {
  return value.kind === "binary" && value.operator === "mul";
}
