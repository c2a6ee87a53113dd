/** A dimension as factor·name + rest, which says what the name is. */
import { add, constant, divideExactly, isConstant, symbol, symbolsOf, termsOf, type Dimension } from "./dimension.ts";

export interface LinearForm {
  readonly factor: Dimension;
  readonly rest: Dimension;
}

/** Undefined where the name cancels, or stands in anything but one power. */
export function linearIn(dimension: Dimension, name: string): LinearForm | undefined {
  let [factor, rest] = [constant(0), constant(0)];
  for (const term of termsOf(dimension)) {
    const by = divideExactly(term, symbol(name));
    if (by === undefined) rest = add(rest, term);
    else factor = add(factor, by);
  }
  const isLinear = !isConstant(factor, 0) && !symbolsOf(factor).has(name) && !symbolsOf(rest).has(name);
  return isLinear ? { factor, rest } : undefined;
}
