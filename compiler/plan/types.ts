/** What the planner is given. */
import type { Dimension } from "../dimension/dimension.ts";
import type { Bounds } from "../dimension/interval.ts";
import type { InputRole, TensorType } from "../graph/types.ts";
import type { Slot } from "../lower/lowered.ts";
import type { ScheduledKernel } from "../program/types.ts";
import type { InPlace } from "./alias.ts";

export interface PlanTensor {
  /** `value`: made within an entry; a result if the entry says so, else a temporary. */
  readonly role: InputRole | "value";
  readonly type: TensorType;
  /** Where it is a part of another tensor. */
  readonly slot?: Slot;
}

export interface PlanCall {
  readonly kernel: ScheduledKernel;
  /** The tensor for each of the kernel's parameters. */
  readonly tensors: readonly string[];
  /** Outputs that may take the place of an operand which dies here. */
  readonly inPlace: readonly InPlace[];
}

export interface PlanEntry {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly results: readonly string[];
  readonly dims: readonly string[];
  /** In the order in which they first run. */
  readonly calls: readonly PlanCall[];
  /** The innermost first. */
  readonly loops: readonly PlanLoop[];
}

/** Calls `from` up to, not including, `to` run `extent` times, one after the other. */
export interface PlanLoop {
  readonly index: string;
  readonly extent: Dimension;
  readonly from: number;
  readonly to: number;
}

/** Tensors that lie side by side in this order, each at a multiple of 64 bytes; `name` is the whole run. */
interface PlanSegment {
  readonly name: string;
  readonly tensors: readonly string[];
}

export interface PlanInput {
  /** By name; entries that name the same tensor mean the same. */
  readonly tensors: ReadonlyMap<string, PlanTensor>;
  readonly segments: readonly PlanSegment[];
  readonly entries: readonly PlanEntry[];
  readonly bounds: Bounds;
}
