/** Functions of scalars, as data: what the polynomials are written in and what every target prints. */
import type { ElementType, Scalar } from "./types.ts";

/**
 * A function of scalars made of operators that every target has exactly (no transcendental is left in it): the
 * polynomials, pow, sign, Threefry. Targets print it once for one lane and, where they have them, once for four.
 */
export interface FunctionDefinition {
  readonly name: string;
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly dtype: ElementType }[];
  /** In order; each may use the parameters and the lets before it, as locals. */
  readonly lets: readonly { readonly name: string; readonly value: Scalar }[];
  readonly result: Scalar;
  readonly dtype: ElementType;
}
