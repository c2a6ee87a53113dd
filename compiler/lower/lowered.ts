/**
 * What lowering makes: for every node of a graph what its outputs mean, and the loops that scans became. Plain data.
 */
import type { Dimension } from "../dimension/dimension.ts";
import type { GraphOutput, InputRole, Origin, TensorType } from "../graph/types.ts";
import type { Compute } from "../loops/types.ts";
import type { SlotPlace } from "../program/types.ts";

/** A tensor of an entry: something that lives outside it, or a value made in it. */
export interface Tensor {
  readonly name: string;
  readonly role: InputRole | "value";
  /** As loops see it: without axes of size 1. */
  readonly type: TensorType;
  /** As the source says. */
  readonly declared: TensorType;
  /** Where it is a part of another tensor. */
  readonly slot?: Slot;
}

/** Of a tensor that is a stack of slots of one shape. */
export interface Slot extends SlotPlace {
  readonly of: string;
}

export interface LoweredNode {
  readonly tensor: string;
  readonly op: string;
  readonly compute: Compute;
  readonly origin: Origin;
  /** Whoever loads it finds it in memory, though computing it again would cost nothing. */
  readonly stored?: true;
}

export interface LoweredOutput {
  readonly name: string;
  /** `carry`: the next step of a loop finds it as `name`. */
  readonly role: GraphOutput["role"] | "carry";
  readonly tensor: string;
}

/** What a graph or the body of a loop computes. */
export interface Level {
  /** In topological order; inputs have no node. */
  readonly nodes: readonly LoweredNode[];
  readonly loops: readonly LoweredLoop[];
}

/** Runs its body `extent` times. */
export interface LoweredLoop {
  /** Unique in the entry. */
  readonly index: string;
  readonly extent: Dimension;
  /** How many nodes of the level around it stand before it. */
  readonly after: number;
  readonly body: Level;
  /** What the body makes for others, or for its next step. */
  readonly outputs: readonly LoweredOutput[];
  /** Tensors of the level around it that must lie in memory when it begins. */
  readonly reads: readonly string[];
  /** Tensors that it makes for that level. */
  readonly writes: readonly string[];
}

export interface Lowered extends Level {
  /** Of all levels. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Each has a tensor of its own, which some node makes. */
  readonly outputs: readonly LoweredOutput[];
}

/** What a level runs, in order: its nodes, and its loops where they stand among them. */
export function stepsOf({ nodes, loops }: Level): readonly (LoweredNode | LoweredLoop)[] {
  const ends = [...loops.map(({ after }) => after), nodes.length];
  return ends.flatMap((end, n) => [...nodes.slice(n === 0 ? 0 : ends[n - 1], end), ...loops.slice(n, n + 1)]);
}

/** The nodes of a level and of the loops in it, each loop's where it stands. */
export function nodesOf(level: Level): readonly LoweredNode[] {
  return stepsOf(level).flatMap((step) => ("body" in step ? nodesOf(step.body) : [step]));
}
