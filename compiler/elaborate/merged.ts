/**
 * Requirements are judged of exact numbers, and the program computes with f32: 1 − 1e-20 is below 1, and 1 as an f32 holds it, where
 * what divides by 1 − beta gives infinity. Such a setting is refused like one that is out of its range.
 */
import type { Binary, Expression } from "../syntax/ast.ts";
import type { Frame } from "./frame.ts";
import { isWhole, toNumber } from "./rational.ts";

/** Of what a condition that holds requires: the first `<`, `>` or `!=` whose sides are one number in f32, in a few words. */
export function mergedIn(condition: Expression, frame: Frame): string | undefined {
  const parts: Expression[] = [condition];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (part.kind === "chain" && part.rest[0]?.operator === "and")
      parts.push(...[part.first, ...part.rest.map(({ operand }) => operand)].toReversed());
    const held = part.kind === "binary" ? mergedSides(part, frame) : undefined;
    if (held !== undefined) return held;
  }
  return undefined;
}

/** What both sides are, where they differ and one of them has a fraction: whole numbers may be an `int`'s. */
function mergedSides({ operator, left, right }: Binary, frame: Frame): string | undefined {
  if (operator !== "<" && operator !== ">" && operator !== "!=") return undefined;
  const [a, b] = [left, right].map((side) => frame.session.evaluator.evaluate(side, frame));
  if (a?.kind !== "number" || b?.kind !== "number" || (isWhole(a.value) && isWhole(b.value))) return undefined;
  const [held, other] = [a, b].map(({ value }) => Math.fround(toNumber(value)));
  return held === other ? `an f32 holds both sides of \`${operator}\` as ${held}` : undefined;
}
