/**
 * What an expression can be while elaborating: something known at compile time, a tensor of the graph under construction,
 * or a layer, which is a function from tensors to tensors.
 */
import type { Span } from "../diagnostics/diagnostic.ts";
import { constant, constantValue, printShape, symbol, type Dimension } from "../dimension/dimension.ts";
import type { TensorType, Value } from "../graph/types.ts";
import type { ElementType } from "../loops/types.ts";
import type { DeclaredCallable } from "../semantics/module.ts";
import type { Rational } from "../syntax/ast.ts";
import type { Instance } from "./paths.ts";
import { isWhole, print, toNumber, whole } from "./rational.ts";

/** The name of an axis: a dimension's, `..0` for one that the signature's `..` matched, undefined where nothing tells. */
export type AxisLabel = string | undefined;

/** The label of an axis that `newaxis` put in; no name can be written so. */
export const newAxis = "+";

export interface Tensor {
  readonly kind: "tensor";
  readonly value: Value;
  readonly type: TensorType;
  readonly labels: readonly AxisLabel[];
}

export interface NumberValue {
  readonly kind: "number";
  readonly value: Rational;
  /** What `i32(…)` or `f32(…)` made of it, where nothing beside it has a type. */
  readonly element?: ElementType;
}

/** A whole number that is not known yet: a polynomial over symbolic dimensions, never a constant. */
export interface DimensionValue {
  readonly kind: "dimension";
  readonly value: Dimension;
  readonly element?: ElementType;
}

export type Comparison = "equal" | "notEqual" | "less" | "lessEqual" | "greater" | "greaterEqual";

/** A comparison of dimensions that is decided only when they are. */
export interface Relation {
  readonly left: Dimension;
  readonly comparison: Comparison;
  readonly right: Dimension;
}

/** All of the relations hold; not known at compile time. */
export interface ConditionValue {
  readonly kind: "condition";
  readonly all: readonly Relation[];
}

export interface ListValue {
  readonly kind: "list";
  readonly items: readonly Evaluated[];
  /** The items of all lists inside one another, an empty list being one; the same list may be held many times. */
  readonly leaves: number;
  /** Where its items stand, of a list that is written out. */
  readonly spans?: readonly Span[];
}

export interface TupleValue {
  readonly kind: "tuple";
  readonly items: readonly Evaluated[];
}

/** One function of a layer: a call that lacks its first tensor. */
export type LayerPart =
  | {
      readonly kind: "call";
      readonly target: DeclaredCallable;
      readonly given: GivenArguments;
      readonly instance: Instance;
      readonly span: Span;
    }
  | {
      readonly kind: "builtin";
      readonly name: string;
      readonly apply: (inputs: readonly Evaluated[]) => Evaluated;
      /** What to say where a tensor is wanted: its tensor may be there, and another argument missing. */
      readonly lacking?: () => string | undefined;
    };

/** Functions that are applied one after the other; none, of `repeat(0, …)`, leave their input as it is. */
export interface Layer {
  readonly kind: "layer";
  readonly parts: readonly LayerPart[];
}

/** An initialiser or a schedule with its settings, not yet run. */
export interface Recipe {
  readonly kind: "initializer" | "schedule";
  readonly target: DeclaredCallable;
  readonly given: GivenArguments;
  readonly span: Span;
}

/** Evaluated arguments of a call, split into tensors and settings, each kind in order. */
export interface GivenArguments {
  readonly tensors: readonly GivenArgument[];
  readonly settings: readonly GivenArgument[];
  readonly named: ReadonlyMap<string, GivenArgument>;
}

export interface GivenArgument {
  readonly value: Evaluated;
  readonly span: Span;
  /** The dimension of the caller that the argument names, which labels axes of that size. */
  readonly label: AxisLabel;
}

export type Evaluated =
  | Tensor
  | NumberValue
  | DimensionValue
  | ConditionValue
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string }
  | ListValue
  | TupleValue
  | Layer
  | Recipe;

/** What a body returned, and the expression that gave it. */
export interface Returned {
  readonly value: Evaluated;
  readonly span: Span;
}

export const noArguments: GivenArguments = { tensors: [], settings: [], named: new Map() };

export function numberValue(value: number): NumberValue {
  return { kind: "number", value: whole(value) };
}

export function listValue(items: readonly Evaluated[], spans?: readonly Span[]): ListValue {
  const leaves = items.reduce((sum, item) => sum + (item.kind === "list" ? Math.max(item.leaves, 1) : 1), 0);
  return { kind: "list", items, leaves, ...(spans === undefined ? {} : { spans }) };
}

export function boolValue(value: boolean): Evaluated {
  return { kind: "bool", value };
}

/** A dimension as a value: a number where it is one. */
export function fromDimension(value: Dimension): NumberValue | DimensionValue {
  const known = constantValue(value);
  return known === undefined ? { kind: "dimension", value } : numberValue(known);
}

/** A whole number or a dimension as a dimension; undefined for everything else. */
export function asDimension(value: Evaluated): Dimension | undefined {
  if (value.kind === "dimension") return value.value;
  if (value.kind !== "number" || !isWhole(value.value)) return undefined;
  return constant(toNumber(value.value));
}

/** The element type that a value has as a tensor where the place wants none. */
export function elementTypeOf(value: Evaluated): ElementType {
  return value.kind === "number" || value.kind === "dimension" ? (value.element ?? "f32") : "f32";
}

/** `rows` as a dimension of a graph. */
export function dimensionNamed(name: string): Dimension {
  return symbol(name);
}

/** Items of a list, and letters of a string in it, that a message has room for. */
const mostShown = 12;

/** What a message calls a value: `[N, 64]`, `i32[N]`, `the number 3`, `a layer`. */
export function describeValue(value: Evaluated): string {
  switch (value.kind) {
    case "tensor":
      return describeType(value.type);
    case "number":
      return `the number ${print(value.value)}`;
    case "dimension":
      return `the dimension ${value.value.key}`;
    case "condition":
      return "a condition on open dimensions";
    case "bool":
      return String(value.value);
    case "string":
      return `the string ${JSON.stringify(value.value)}`;
    case "list":
      return describeList(value);
    case "tuple":
      return `${value.items.length} results`;
    case "layer":
      return "a layer";
    case "initializer":
      return `the initializer \`${value.target.declaration.name.text}\``;
    case "schedule":
      return `the schedule \`${value.target.declaration.name.text}\``;
  }
}

/** A short list of what is known is shown, since its length seldom is what is wrong: `the list [32, 0]`. */
function describeList(list: ListValue): string {
  const shown = list.leaves <= mostShown ? writtenOf(list, 3) : undefined;
  return shown === undefined ? `a list of ${list.items.length}` : `the list ${shown}`;
}

/** As a source has it, at most so many lists deep; undefined where it is more, or something in it is no number, string or bool. */
function writtenOf(value: Evaluated, deep: number): string | undefined {
  switch (value.kind) {
    case "string":
      return value.value.length <= mostShown ? JSON.stringify(value.value) : undefined;
    case "list": {
      if (deep === 0 || value.items.length > mostShown) return undefined;
      const items = value.items.map((item) => writtenOf(item, deep - 1));
      return items.includes(undefined) ? undefined : `[${items.join(", ")}]`;
    }
    default:
      return writtenSingle(value);
  }
}

/** A number, a size or a bool as a source has it. */
export function writtenSingle(value: Evaluated): string | undefined {
  switch (value.kind) {
    case "number":
      return print(value.value);
    case "dimension":
      return value.value.key;
    case "bool":
      return String(value.value);
    default:
      return undefined;
  }
}

/** `[N, 64]`, `i32[N, T]`, as a signature writes it. */
export function describeType({ dtype, shape }: TensorType): string {
  return `${dtype === "f32" ? "" : dtype}${printShape(shape)}`;
}
