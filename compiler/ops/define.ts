/**
 * What it takes to be a primitive: its types, gradient, loops, documentation and samples, in one value in one file.
 * Everything the compiler knows about an op is here; no other folder switches on an op's name.
 */
import type { Dimension } from "../dimension/dimension.ts";
import type { Attributes, TensorType, Value } from "../graph/types.ts";
import type { Axis, Compute, ElementType } from "../loops/types.ts";

/** Why inputs do not fit: a sentence, and which inputs to point at. */
export interface ShapeProblem {
  readonly kind: "problem";
  readonly message: string;
  readonly inputs: readonly number[];
  readonly help?: string;
}

/**
 * Emits a node; what gradients, the elaborator and passes build with. Spans and paths come from the builder's current
 * origin. Throws InternalError where the types do not fit: callers who take user input call `infer` first.
 */
export type Emit = (op: string, inputs: readonly Value[], attributes?: Attributes) => readonly Value[];

export interface Builder {
  readonly emit: Emit;
  /** The only output of a one-output op. */
  readonly one: (op: string, inputs: readonly Value[], attributes?: Attributes) => Value;
  readonly typeOf: (value: Value) => TensorType;
  /** A scalar constant. */
  readonly constant: (value: number, dtype?: ElementType) => Value;
}

export interface GradientContext<A extends Attributes> {
  readonly builder: Builder;
  readonly attributes: A;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** The gradient that arrives at each output; undefined where none does. */
  readonly outputGradients: readonly (Value | undefined)[];
  /** Whether anybody asks for this input's gradient (an f32 that depends on what is differentiated). */
  readonly needs: (input: number) => boolean;
}

export interface LoopContext<A extends Attributes> {
  readonly attributes: A;
  /** The name to load each input by, and its type. */
  readonly inputs: readonly { readonly tensor: string; readonly type: TensorType }[];
  readonly outputs: readonly TensorType[];
  /** One fresh axis for each dimension of a shape: `i0`, `i1`, … or with the given prefix. */
  readonly axes: (shape: readonly Dimension[], prefix?: string) => readonly Axis[];
}

/** One concrete use of an op, from which tests are generated. Values are made from the seed where no data is given. */
export interface Sample<A extends Attributes> {
  readonly name: string;
  readonly attributes: A;
  readonly inputs: readonly SampleInput[];
  /** False where the gradient does not exist at the sample's values (ties, kinks). */
  readonly differentiable?: boolean;
}

export interface SampleInput {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  /** Row-major; drawn from `range` (default −2 to 2; i32: 0 to 4) where absent. */
  readonly data?: readonly number[];
  readonly range?: readonly [number, number];
}

export interface OpDefinition<A extends Attributes> {
  readonly name: string;
  /** One sentence: what the output's elements are. */
  readonly summary: string;
  /** Numbered constraints on inputs and attributes, as in StableHLO's specification. */
  readonly constraints: readonly string[];
  readonly infer: (inputs: readonly TensorType[], attributes: A) => readonly TensorType[] | ShapeProblem;
  /** The gradient for each input; undefined where none flows. `"none"` as a whole: no gradient exists, asking is an error. */
  readonly gradient: "none" | ((context: GradientContext<A>) => readonly (Value | undefined)[]);
  /** One Compute for each output. */
  readonly loops: (context: LoopContext<A>) => readonly Compute[];
  readonly samples: readonly Sample<A>[];
}

/** A definition whose attribute type is forgotten, as the registry holds it. */
export type AnyOp = OpDefinition<Attributes>;

/** Checks a definition against its attribute type, leaving a field out fails to compile, and forgets that type. */
export function defineOp<A extends Attributes>(definition: OpDefinition<A>): AnyOp {
  // A node's attributes were made by whoever named its op, so an op is only ever handed attributes of its own type.
  return definition as unknown as AnyOp;
}

export function problem(message: string, inputs: readonly number[], help?: string): ShapeProblem {
  return help === undefined ? { kind: "problem", message, inputs } : { kind: "problem", message, inputs, help };
}
