/**
 * Kernels: computes that share a loop nest, before any machine is thought of. A kernel runs its stages in order at
 * every point of its grid, points independent of each other; what a stage names (`let`, a reduction's result, a row) is
 * visible to the later stages at the same point.
 */
import type { Dimension } from "../dimension/dimension.ts";
import type { Origin } from "../graph/types.ts";
import type { Axis, Combine, ElementType, Index, Let, Order, Scalar } from "../loops/types.ts";

export type { Let } from "../loops/types.ts";

export interface Kernel {
  /** From the source's names: `dense_relu`. */
  readonly name: string;
  readonly grid: readonly Axis[];
  /** Private arrays, one for each grid point, filled by a sweep or a nest and loaded like tensors (same name space). */
  readonly rows: readonly Row[];
  readonly stages: readonly Stage[];
  readonly origins: readonly KernelOrigin[];
  /** Which values of the lowered entry it makes, by their names there; missing where none was lowered. */
  readonly values?: readonly string[];
}

/** Where one of the values came from that a kernel makes, and how much of the kernel's work that is. */
export interface KernelOrigin extends Origin {
  /** Operations, with loads and stores: what is made at one point, as often as there are points. Means something beside those of the same kernel. */
  readonly work: Dimension;
}

export interface Row {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly Dimension[];
}

/** One accumulator of a reduction. */
export interface Result {
  readonly name: string;
  readonly dtype: ElementType;
  readonly combine: Combine;
  readonly value: Scalar;
}

export interface Store {
  /** A tensor or one of the kernel's rows. */
  readonly tensor: string;
  readonly dtype: ElementType;
  readonly indices: readonly Index[];
  readonly value: Scalar;
}

export type Stage =
  | { readonly kind: "let"; readonly name: string; readonly value: Scalar }
  /** One pass over `over` (row-major) with one or more accumulators, all with the same order. Lets are per point of `over`. */
  | {
      readonly kind: "reduce";
      readonly over: readonly Axis[];
      readonly order: Order;
      readonly lets: readonly Let[];
      readonly results: readonly Result[];
    }
  /** Stores at every point of `over` (independent points): fills rows, or stores outputs of higher rank than the grid. */
  | {
      readonly kind: "sweep";
      readonly over: readonly Axis[];
      readonly lets: readonly Let[];
      readonly stores: readonly Store[];
    }
  | { readonly kind: "store"; readonly store: Store }
  /** A kernel within the kernel: its stages at every point of `over`, independent points; their locals are unknown behind it. */
  | { readonly kind: "nest"; readonly over: readonly Axis[]; readonly stages: readonly Stage[] }
  /** Zeroes tensor at every point of `zero` (its indices named by those and grid axes), then adds in ascending order of `over`. */
  | {
      readonly kind: "scatter";
      readonly tensor: string;
      readonly dtype: ElementType;
      readonly zero: readonly Axis[];
      readonly zeroIndices: readonly Index[];
      readonly over: readonly Axis[];
      readonly lets: readonly Let[];
      readonly at: readonly Index[];
      readonly value: Scalar;
    };
