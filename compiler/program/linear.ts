/** What targets need of the algebra of indices: taking sums apart into terms and putting them together again. */
import { constant, constantValue } from "../dimension/dimension.ts";
import { addIndex, constantIndex, indexKey, knownNumber, scaleIndex, subtractIndex } from "../loops/index.ts";
import type { Index, IndexTerm } from "../loops/types.ts";

export type { Index, IndexTerm } from "../loops/types.ts";
export { addIndex, constantIndex, indexKey, knownNumber, scaleIndex, subtractIndex };

/** The sum of the terms, without a constant. */
export function ofTerms(terms: readonly IndexTerm[]): Index {
  return { terms, constant: constant(0) };
}

/** The multiple of `term`'s atom, where it is a number. */
export function coefficientOf(term: IndexTerm): number | undefined {
  return constantValue(term.coefficient);
}

/** True for the loop variable itself, times something. */
export function isAxisTerm(term: IndexTerm, axis: string): boolean {
  return term.atom.kind === "axis" && term.atom.axis === axis;
}

/** The index with its constant where that is not a number moved into `rest`: `{ rest, offset }`, rest + offset = index. */
export function splitOffset(index: Index): { readonly rest: Index; readonly offset: number } {
  const offset = constantValue(index.constant) ?? 0;
  return { rest: addIndex(index, constantIndex(-offset)), offset };
}
