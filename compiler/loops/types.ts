/**
 * The loop language's expressions, and Compute: what one graph node means, one output element at a time.
 * Plain readonly data. A Compute carries the order of its sums (`Order`); nothing later may change it.
 */
import type { Dimension } from "../dimension/dimension.ts";

/** Four bytes each; a bool is stored as the i32 0 or 1. */
export type ElementType = "f32" | "i32" | "bool";

/** A loop variable with its extent, counting from 0. Names are unique within a compute or kernel. */
export interface Axis {
  readonly name: string;
  readonly extent: Dimension;
}

/** An integer expression: Σ coefficient·atom + constant. Atoms are distinct (by key) and have nonzero coefficients. */
export interface Index {
  readonly terms: readonly IndexTerm[];
  readonly constant: Dimension;
}

export interface IndexTerm {
  readonly atom: IndexAtom;
  readonly coefficient: Dimension;
}

export type IndexAtom =
  | { readonly kind: "axis"; readonly axis: string }
  /** ⌊value / divisor⌋, the divisor positive. */
  | { readonly kind: "quotient"; readonly value: Index; readonly divisor: Dimension }
  /** The floored remainder. */
  | { readonly kind: "remainder"; readonly value: Index; readonly divisor: Dimension }
  /** An i32 computed from data, clamped into [0, size); `held`: it is within already. */
  | { readonly kind: "data"; readonly value: Scalar; readonly size: Dimension; readonly held?: boolean };

/**
 * What every target has exactly; all else is a `call`. `bits` reads an f32's pattern as an i32, `unbits` the reverse; both,
 * and most integer operators below, exist for the polynomials in functions.ts and for random bits.
 */
export type UnaryOperator = "neg" | "abs" | "floor" | "sqrt" | "not" | "bits" | "unbits";

/**
 * `mod` is the floored remainder of i32; `div` and `greatest` are f32 only; shifts count modulo 32. `maximum` is IEEE 754's, to which −0 lies
 * below 0; `greatest(a, b)` is b where that is greater or a NaN, else a: so the first NaN of a row, else the first maximum.
 */
export type BinaryOperator =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "mod"
  | "maximum"
  | "greatest"
  | "minimum"
  | "and"
  | "or"
  | "xor"
  | "shiftLeft"
  | "shiftRight"
  | "shiftRightUnsigned";

export type Comparison = "equal" | "notEqual" | "less" | "lessEqual" | "greater" | "greaterEqual";

/** A value at one point of the loops. Trees stay small: fusion names what is used twice with a `let`. */
export type Scalar =
  /** f32 values are rounded to float32 when made; ±Infinity allowed. bool is 0 or 1. */
  | { readonly kind: "constant"; readonly dtype: ElementType; readonly value: number }
  /** An index as an i32. */
  | { readonly kind: "index"; readonly index: Index }
  | { readonly kind: "load"; readonly tensor: string; readonly dtype: ElementType; readonly indices: readonly Index[] }
  /** A name bound by an enclosing let or reduction. */
  | { readonly kind: "local"; readonly name: string; readonly dtype: ElementType }
  | { readonly kind: "unary"; readonly operator: UnaryOperator; readonly dtype: ElementType; readonly value: Scalar }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly dtype: ElementType;
      readonly left: Scalar;
      readonly right: Scalar;
    }
  | { readonly kind: "compare"; readonly operator: Comparison; readonly left: Scalar; readonly right: Scalar }
  /** Only the chosen side is evaluated where it loads: a load outside its tensor may stand in the other. */
  | {
      readonly kind: "select";
      readonly dtype: ElementType;
      readonly condition: Scalar;
      readonly whenTrue: Scalar;
      readonly otherwise: Scalar;
    }
  /** f32→i32 towards zero, saturating, NaN → 0; anything→bool is ≠ 0. */
  | { readonly kind: "cast"; readonly dtype: ElementType; readonly value: Scalar }
  | { readonly kind: "call"; readonly function: NumberFunction; readonly arguments: readonly Scalar[] }
  /** A dimension's value as an i32. */
  | { readonly kind: "dimension"; readonly dimension: Dimension };

export type Combine = "sum" | "max" | "greatest" | "min" | "prod" | "argmax";

/**
 * The order in which a reduction combines, part of its meaning. With `lanes: 4`, the lane of a term is its index on the
 * last reduced axis mod 4, each lane ascends (row-major over all reduced axes), and at the end (0+2)+(1+3). With
 * `chunk`, the flattened row-major reduced index is cut into chunks of that many, counted from 0; each is combined as
 * said from a fresh start, and the chunks' results are combined in ascending order.
 */
export interface Order {
  readonly lanes: 1 | 4;
  readonly chunk?: number;
}

/** Where chunking begins, and its size. */
export const chunkAbove = 4096;
export const chunkSize = 2048;

/** The value of one output of one node at every index of `axes`, whose extents are the output's shape. */
export type Compute =
  | { readonly kind: "map"; readonly axes: readonly Axis[]; readonly dtype: ElementType; readonly value: Scalar }
  /** combine over `over` (row-major) of value, from the combination's neutral element. argmax: the flattened index of the first NaN, else of the first maximum, i32. */
  | {
      readonly kind: "reduce";
      readonly axes: readonly Axis[];
      readonly over: readonly Axis[];
      readonly dtype: ElementType;
      readonly combine: Combine;
      readonly value: Scalar;
      readonly order: Order;
    }
  /** Zero, plus for each point of `from` in ascending row-major order: output[at] += value. */
  | {
      readonly kind: "scatter";
      readonly axes: readonly Axis[];
      readonly from: readonly Axis[];
      readonly dtype: ElementType;
      readonly at: readonly Index[];
      readonly value: Scalar;
    }
  /** At each point of `points` lets in order, then output[at] = value for several elements that share them; together they are every element, each once. */
  | {
      readonly kind: "unrolled";
      readonly axes: readonly Axis[];
      readonly points: readonly Axis[];
      readonly dtype: ElementType;
      readonly lets: readonly Let[];
      readonly elements: readonly Element[];
    };

/** A name for a value. */
export interface Let {
  readonly name: string;
  readonly value: Scalar;
}

export interface Element {
  readonly at: readonly Index[];
  readonly value: Scalar;
}

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
  readonly lets: readonly Let[];
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
