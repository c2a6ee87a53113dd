/** What the planner is given. */
import type { Bounds } from "../dimension/interval.ts";
import type { InputRole, TensorType } from "../graph/types.ts";
import type { ScheduledKernel } from "../program/types.ts";
import type { InPlace } from "./alias.ts";

export interface PlanTensor {
  /** `value`: made within an entry; a result if the entry says so, else a temporary. */
  readonly role: InputRole | "value";
  readonly type: TensorType;
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
  readonly calls: readonly PlanCall[];
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
