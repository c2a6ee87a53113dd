/**
 * The graph IR as data. A node is one primitive applied to values; effects are explicit: what a graph computes are its
 * named outputs, state updates among them. `span` and `path` survive every pass, so that errors, profiles and pictures
 * speak of the user's source. Nodes are numbered in topological order: an input's node has a smaller id.
 */
import type { Span } from "../diagnostics/diagnostic.ts";
import type { Dimension } from "../dimension/dimension.ts";
import type { ElementType } from "../loops/types.ts";

/** One of a node's outputs. */
export interface Value {
  readonly node: number;
  readonly output: number;
}

export interface TensorType {
  readonly dtype: ElementType;
  readonly shape: readonly Dimension[];
}

/** What an op is parameterised by: plain data, so that equal attributes print equally. */
export type Attribute =
  | number
  | string
  | boolean
  | Dimension
  | readonly Attribute[]
  | { readonly [name: string]: Attribute };

export type Attributes = Readonly<Record<string, Attribute>>;

/**
 * Where a node came from: the innermost expression, and the path of blocks around it (`Digits.dense_2`). A node that
 * differentiation made keeps the origin of the node that it is the gradient of, and is marked `backward`.
 */
export interface Origin {
  readonly span: Span | undefined;
  readonly path: string;
  readonly backward?: boolean;
}

export interface GraphNode extends Origin {
  readonly id: number;
  readonly op: string;
  readonly attributes: Attributes;
  readonly inputs: readonly Value[];
  readonly outputs: readonly TensorType[];
  /** What a `scan` runs at each step: its `given` nodes, in order, are the node's inputs; it reads nothing else. */
  readonly region?: Region;
}

/** A graph within a node; a `Graph` is one. */
export interface Region {
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly GraphOutput[];
}

/**
 * What a graph reads. `input`: given at each call; `parameter`, `state` (a model's), `optimizer` (its state) and
 * `counter` (i32 scalars: step, epoch, step_in_epoch, steps_per_epoch, epochs, seed) live in the program; `metric` state
 * lasts through one evaluation.
 */
export type InputRole = "input" | "parameter" | "state" | "optimizer" | "counter" | "metric";

/** What a graph makes: a result for the host, or the new value of what has this name and role. */
export interface GraphOutput {
  readonly name: string;
  readonly role: "result" | Exclude<InputRole, "input">;
  readonly value: Value;
}
