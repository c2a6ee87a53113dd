/** Functions of numbers, as data: what the polynomials are written in and what every target prints. */
import type { ElementType, Scalar } from "./types.ts";

/**
 * A function of scalars made of operators that every target has exactly (it calls no other): the polynomials, pow, sign,
 * Threefry. Targets print it once for one lane and, where they have them, once for four.
 */
export interface FunctionDefinition {
  /** Also its name in the language, where it has one. */
  readonly name: string;
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly dtype: ElementType }[];
  /** In order; each may use the parameters and the lets before it, as locals. */
  readonly lets: readonly { readonly name: string; readonly value: Scalar }[];
  readonly result: Scalar;
  readonly dtype: ElementType;
}

/** Everything that is known of a function, in one value. */
export interface NumberFunction {
  readonly definition: FunctionDefinition;
  /** What it is of doubles; `defined` where that is what the definition says. */
  readonly float64: ((...values: number[]) => number) | "defined";
  /** What one evaluation costs, in cheap operations. */
  readonly cost: number;
  /** The definition gives what `float64` gives, to the bit: of constants it is a constant. */
  readonly folds?: true;
}
