/**
 * Scalars: constructors (they fold what folds exactly), rewriting, and what can be asked of one. Recursive, since
 * trees stay small; a rewrite reaches the scalars inside data indices, too.
 */
import type { Dimension } from "../dimension/dimension.ts";
import { constantValue } from "../dimension/dimension.ts";
import { convert } from "./arithmetic.ts";
import { foldBinary, foldCall, foldCompare, foldSelect, foldUnary } from "./fold.ts";
import type { BinaryOperator, Comparison, ElementType, Index, NumberFunction, Scalar, UnaryOperator } from "./types.ts";
import { knownNumber, mapDataScalars } from "./index.ts";
import { childrenOf, indicesOf, rebuild, walk } from "./traverse.ts";

export { scalarKey } from "./keys.ts";

export type Load = Extract<Scalar, { readonly kind: "load" }>;
export type Local = Extract<Scalar, { readonly kind: "local" }>;

/** The number as the type holds it: f32 rounded, i32 towards zero, bool ≠ 0. */
export function constantScalar(dtype: ElementType, value: number): Scalar {
  return { kind: "constant", dtype, value: convert(value, dtype) };
}

export function f32(value: number): Scalar {
  return constantScalar("f32", value);
}

export function i32(value: number): Scalar {
  return constantScalar("i32", value);
}

export function bool(value: boolean): Scalar {
  return constantScalar("bool", Number(value));
}

/** An index as an i32. */
export function indexScalar(index: Index): Scalar {
  const known = knownNumber(index);
  return known === undefined ? { kind: "index", index } : i32(known);
}

/** A dimension's value as an i32. */
export function dimensionScalar(dimension: Dimension): Scalar {
  const known = constantValue(dimension);
  return known === undefined ? { kind: "dimension", dimension } : i32(known);
}

export function load(tensor: string, dtype: ElementType, indices: readonly Index[]): Load {
  return { kind: "load", tensor, dtype, indices };
}

export function local(name: string, dtype: ElementType): Local {
  return { kind: "local", name, dtype };
}

export function unary(operator: UnaryOperator, value: Scalar): Scalar {
  const dtype = operator === "bits" ? "i32" : operator === "unbits" ? "f32" : dtypeOf(value);
  return foldUnary(operator, dtype, value) ?? { kind: "unary", operator, dtype, value };
}

export function binary(operator: BinaryOperator, left: Scalar, right: Scalar): Scalar {
  const dtype = dtypeOf(left);
  return foldBinary(operator, dtype, left, right) ?? { kind: "binary", operator, dtype, left, right };
}

export function compare(operator: Comparison, left: Scalar, right: Scalar): Scalar {
  return foldCompare(operator, left, right) ?? { kind: "compare", operator, left, right };
}

export function select(condition: Scalar, whenTrue: Scalar, otherwise: Scalar): Scalar {
  return (
    foldSelect(condition, whenTrue, otherwise) ?? {
      kind: "select",
      dtype: dtypeOf(whenTrue),
      condition,
      whenTrue,
      otherwise,
    }
  );
}

export function cast(dtype: ElementType, value: Scalar): Scalar {
  if (dtypeOf(value) === dtype) return value;
  return value.kind === "constant" ? constantScalar(dtype, value.value) : { kind: "cast", dtype, value };
}

export function call(of: NumberFunction, operands: readonly Scalar[]): Scalar {
  return foldCall(of, operands) ?? { kind: "call", function: of, arguments: operands };
}

/** All of the conditions, true for none. */
export function allOf(conditions: readonly Scalar[]): Scalar {
  return conditions.reduce((left, right) => binary("and", left, right), bool(true));
}

/** What must hold together: the parts of an `and` of any depth. */
export function conjunctsOf(condition: Scalar): readonly Scalar[] {
  if (condition.kind !== "binary" || condition.operator !== "and") return [condition];
  return [...conjunctsOf(condition.left), ...conjunctsOf(condition.right)];
}

export function dtypeOf(scalar: Scalar): ElementType {
  switch (scalar.kind) {
    case "index":
    case "dimension":
      return "i32";
    case "compare":
      return "bool";
    case "call":
      return scalar.function.definition.dtype;
    default:
      return scalar.dtype;
  }
}

/** What the node's constructor makes of its operands: itself, where nothing folds. */
export function refold(scalar: Scalar): Scalar {
  switch (scalar.kind) {
    case "index":
      return isConstantIndex(scalar.index) ? indexScalar(scalar.index) : scalar;
    case "dimension":
      return constantValue(scalar.dimension) === undefined ? scalar : dimensionScalar(scalar.dimension);
    case "unary":
      return foldUnary(scalar.operator, scalar.dtype, scalar.value) ?? scalar;
    case "binary":
      return foldBinary(scalar.operator, scalar.dtype, scalar.left, scalar.right) ?? scalar;
    case "compare":
      return foldCompare(scalar.operator, scalar.left, scalar.right) ?? scalar;
    case "select":
      return foldSelect(scalar.condition, scalar.whenTrue, scalar.otherwise) ?? scalar;
    case "cast":
      return cast(scalar.dtype, scalar.value);
    case "call":
      return foldCall(scalar.function, scalar.arguments) ?? scalar;
    default:
      return scalar;
  }
}

function isConstantIndex({ terms, constant }: Index): boolean {
  return terms.length === 0 && constantValue(constant) !== undefined;
}

/**
 * Rewrites bottom-up: `fn` sees each node once, after its operands (and the data in its indices) were rewritten and folded. What folds to
 * a part of it is that part, which `fn` has seen.
 */
export function mapScalar(scalar: Scalar, fn: (scalar: Scalar) => Scalar): Scalar {
  const inIndex = (index: Index): Index => mapDataScalars(index, inner);
  const inner = (node: Scalar): Scalar => {
    const rewritten = rebuild(node, inner, inIndex);
    const folded = refold(rewritten);
    return folded !== rewritten && nodesOf(rewritten).includes(folded) ? folded : fn(folded);
  };
  return inner(scalar);
}

/** Replaces each load for which `replacement` has an answer. The replacement itself is not searched again. */
export function replaceLoads(scalar: Scalar, replacement: (load: Load) => Scalar | undefined): Scalar {
  return mapScalar(scalar, (node) => (node.kind === "load" ? (replacement(node) ?? node) : node));
}

/** Every node, a parent before its operands, those inside data indices included. */
export function nodesOf(scalar: Scalar): readonly Scalar[] {
  const nodes: Scalar[] = [];
  walk(scalar, (node) => nodes.push(node));
  return nodes;
}

/** Every index in the scalar, those inside other indices included: what is in data is among its nodes. */
export function indicesWithin(scalar: Scalar): readonly Index[] {
  return nodesOf(scalar).flatMap(indicesOf).flatMap(nestedIndices);
}

/** The index, and those in its quotients and remainders. */
export function nestedIndices(index: Index): readonly Index[] {
  const inner = index.terms.flatMap(({ atom }) =>
    atom.kind === "quotient" || atom.kind === "remainder" ? nestedIndices(atom.value) : [],
  );
  return [index, ...inner];
}

/** Every load, in order of appearance, repeated where it is written repeatedly. */
export function loadsOf(scalar: Scalar): readonly Load[] {
  const loads: Load[] = [];
  walk(scalar, (node) => {
    if (node.kind === "load") loads.push(node);
  });
  return loads;
}

/** The names of the locals that it uses. */
export function localsOf(scalar: Scalar): ReadonlySet<string> {
  return new Set(nodesOf(scalar).flatMap((node) => (node.kind === "local" ? [node.name] : [])));
}

/** What evaluating it once costs, in cheap operations. */
export function scalarCost(scalar: Scalar): number {
  let cost = 0;
  walk(scalar, (node) => (cost += nodeCost(node)));
  return cost;
}

/** The same without what is only about places: comparisons of indices, and the choices that they make. */
export function valueCost(scalar: Scalar): number {
  const nodes = nodesOf(scalar);
  // Operands stand behind their parents.
  const ofValues = new Set<Scalar>();
  for (const node of nodes.toReversed())
    if (node.kind === "load" || node.kind === "local" || childrenOf(node).some((one) => ofValues.has(one)))
      ofValues.add(node);
  const isCounted = (node: Scalar): boolean =>
    ofValues.has(node) && (node.kind !== "select" || ofValues.has(node.condition));
  return nodes.reduce((sum, node) => sum + (isCounted(node) ? nodeCost(node) : 0), 0);
}

/** What the node itself costs. */
export function nodeCost(scalar: Scalar): number {
  switch (scalar.kind) {
    case "constant":
    case "index":
    case "local":
    case "dimension":
      return 0;
    case "unary":
      return scalar.operator === "sqrt" ? 4 : 1;
    case "binary":
      return scalar.operator === "div" || scalar.operator === "mod" ? 4 : 1;
    case "call":
      return scalar.function.cost;
    case "load":
    case "compare":
    case "select":
    case "cast":
      return 1;
  }
}
