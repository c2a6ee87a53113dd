/**
 * The mutually recursive parts of evaluation, as one table: expressions hold calls, calls run bodies, bodies hold
 * expressions. Each part reaches the others through the session, so that no file imports in a circle.
 */
import type { Span } from "../diagnostics/diagnostic.ts";
import type { Dimension } from "../dimension/dimension.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { GraphNode, Value } from "../graph/types.ts";
import type { DeclaredCallable } from "../semantics/module.ts";
import type { Argument, Body as SyntaxBody, Expression } from "../syntax/ast.ts";
import type { Frame, Storage } from "./frame.ts";
import type { Instance } from "./paths.ts";
import type { AxisLabel, Evaluated, GivenArguments, Layer, Recipe, Returned, Tensor } from "./values.ts";

/** What the place of an expression asks for. */
export interface Mode {
  /** A whole number is wanted: operators written here round down. */
  readonly whole?: boolean;
  /** Names are looked up among these first. */
  readonly expects?: "initializer" | "schedule";
}

/** A shape written as a list, with the names of its axes. */
export interface ShapeValue {
  readonly shape: readonly Dimension[];
  readonly labels: readonly AxisLabel[];
  /** Where a `-1` stands. */
  readonly inferred: number | undefined;
}

/** A gradient that is reached only through a node that has none. */
export interface NoGradient {
  readonly kind: "undifferentiable";
  readonly node: GraphNode;
  readonly wrt: Value;
}

/**
 * The gradient of a scalar with respect to each value, undefined where it does not depend on it; then those at `also`, where a
 * node without a gradient is no mistake.
 */
export type Gradients = (
  builder: GraphBuilder,
  of: Value,
  wrt: readonly Value[],
  also?: readonly Value[],
) => readonly (Value | undefined)[] | NoGradient;

declare module "./session.ts" {
  interface Above {
    readonly evaluator: Evaluator;
  }
}

/** Is told what each expression was worth wherever it was evaluated; a stage of a pipe is worth what it gives. */
export type Observe = (expression: Expression, value: Evaluated, frame: Frame) => void;

export interface Evaluator {
  readonly gradients: Gradients;
  readonly observe?: Observe;
  evaluate(expression: Expression, frame: Frame, mode?: Mode): Evaluated;
  /** A whole number or dimension; reports everything else. */
  dimension(expression: Expression, frame: Frame): Dimension;
  shape(expression: Expression, frame: Frame): ShapeValue;
  /** A built-in's call; `piped` comes before its first argument. */
  builtin(
    name: string,
    given: readonly Argument[],
    piped: readonly Evaluated[],
    frame: Frame,
    span: Span,
    mode: Mode,
  ): Evaluated;
  /** A layer on tensors; `named` are inputs of its first part by their names. */
  apply(
    layer: Layer,
    inputs: readonly Evaluated[],
    frame: Frame,
    span: Span,
    named?: GivenArguments["named"],
  ): Evaluated;
  /** A declaration's body on arguments. */
  call(
    target: DeclaredCallable,
    given: GivenArguments,
    instance: Instance,
    frame: Frame,
    span: Span,
    storage?: Storage,
  ): Evaluated;
  initialize(recipe: Recipe, shape: ShapeValue, owner: Instance, frame: Frame): Tensor;
  /** The learning rate that a schedule gives where this one is called. */
  schedule(recipe: Recipe, frame: Frame, span: Span): Evaluated;
  /** Runs statements; what they return, if they return. */
  run(body: SyntaxBody, frame: Frame): Returned | undefined;
}
