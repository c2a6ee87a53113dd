/**
 * The shape of a scalar tree: its children, rebuilding it with children and indices replaced, and what its indices hold.
 * Rebuilding keeps a node as it is where nothing in it changed, and folds nothing.
 */
import type { Dimension } from "../dimension/dimension.ts";
import type { Index, IndexAtom, Scalar } from "./types.ts";

/** The operands, not those inside indices. */
export function childrenOf(scalar: Scalar): readonly Scalar[] {
  switch (scalar.kind) {
    case "constant":
    case "index":
    case "load":
    case "local":
    case "dimension":
      return [];
    case "unary":
    case "cast":
      return [scalar.value];
    case "binary":
    case "compare":
      return [scalar.left, scalar.right];
    case "select":
      return [scalar.condition, scalar.whenTrue, scalar.otherwise];
    case "call":
      return scalar.arguments;
  }
}

/** The indices written in this node itself. */
export function indicesOf(scalar: Scalar): readonly Index[] {
  if (scalar.kind === "index") return [scalar.index];
  return scalar.kind === "load" ? scalar.indices : [];
}

/** The same node with `child` applied to each operand and `index` to each index. */
export function rebuild(scalar: Scalar, child: (scalar: Scalar) => Scalar, index: (index: Index) => Index): Scalar {
  switch (scalar.kind) {
    case "constant":
    case "local":
    case "dimension":
      return scalar;
    case "index": {
      const at = index(scalar.index);
      return at === scalar.index ? scalar : { ...scalar, index: at };
    }
    case "load": {
      const indices = mapped(scalar.indices, index);
      return indices === scalar.indices ? scalar : { ...scalar, indices };
    }
    case "unary":
    case "cast": {
      const value = child(scalar.value);
      return value === scalar.value ? scalar : { ...scalar, value };
    }
    case "binary":
    case "compare": {
      const left = child(scalar.left);
      const right = child(scalar.right);
      return left === scalar.left && right === scalar.right ? scalar : { ...scalar, left, right };
    }
    case "select":
      return rebuildSelect(scalar, child(scalar.condition), child(scalar.whenTrue), child(scalar.otherwise));
    case "call": {
      const operands = mapped(scalar.arguments, child);
      return operands === scalar.arguments ? scalar : { ...scalar, arguments: operands };
    }
  }
}

/** The same list where `change` changes none of its items. */
function mapped<Item>(items: readonly Item[], change: (item: Item) => Item): readonly Item[] {
  let copy: Item[] | undefined;
  for (let n = 0; n < items.length; n++) {
    const one = change(items[n]);
    if (copy !== undefined) copy.push(one);
    else if (one !== items[n]) copy = [...items.slice(0, n), one];
  }
  return copy ?? items;
}

type Select = Extract<Scalar, { readonly kind: "select" }>;

function rebuildSelect(scalar: Select, condition: Scalar, whenTrue: Scalar, otherwise: Scalar): Select {
  const kept = condition === scalar.condition && whenTrue === scalar.whenTrue && otherwise === scalar.otherwise;
  return kept ? scalar : { ...scalar, condition, whenTrue, otherwise };
}

/** Calls `see` for every node, a parent before its operands, those inside data indices included. */
export function walk(scalar: Scalar, see: (node: Scalar) => void): void {
  see(scalar);
  switch (scalar.kind) {
    case "constant":
    case "local":
    case "dimension":
      return;
    case "index":
      walkIndex(scalar.index, see);
      return;
    case "load":
      for (const index of scalar.indices) walkIndex(index, see);
      return;
    case "unary":
    case "cast":
      walk(scalar.value, see);
      return;
    case "binary":
    case "compare":
      walk(scalar.left, see);
      walk(scalar.right, see);
      return;
    case "select":
    case "call":
      for (const child of childrenOf(scalar)) walk(child, see);
  }
}

function walkIndex({ terms }: Index, see: (node: Scalar) => void): void {
  for (const { atom } of terms) {
    if (atom.kind === "data") walk(atom.value, see);
    else if (atom.kind !== "axis") walkIndex(atom.value, see);
  }
}

/** The axes that occur, also inside data atoms. */
export function axesOf(index: Index): ReadonlySet<string> {
  return new Set(index.terms.flatMap(({ atom }) => [...axesOfAtom(atom)]));
}

function axesOfAtom(atom: IndexAtom): ReadonlySet<string> {
  switch (atom.kind) {
    case "axis":
      return new Set([atom.axis]);
    case "quotient":
    case "remainder":
      return axesOf(atom.value);
    case "data":
      return axesOfScalar(atom.value);
  }
}

const none: readonly Scalar[] = [];

/** The scalars of the data atoms, however deep in quotients and remainders. */
export function dataScalarsOf(index: Index): readonly Scalar[] {
  if (index.terms.every(({ atom }) => atom.kind === "axis")) return none;
  return index.terms.flatMap(({ atom }) => {
    if (atom.kind === "axis") return [];
    return atom.kind === "data" ? [atom.value] : dataScalarsOf(atom.value);
  });
}

/** The sizes written in it: coefficients, divisors and constants; those of data left out. */
export function dimensionsOf({ terms, constant: rest }: Index): readonly Dimension[] {
  return [
    rest,
    ...terms.flatMap(({ atom, coefficient }) =>
      atom.kind === "axis" || atom.kind === "data"
        ? [coefficient]
        : [coefficient, atom.divisor, ...dimensionsOf(atom.value)],
    ),
  ];
}

/** The axes that occur in any index of the scalar. */
export function axesOfScalar(scalar: Scalar): ReadonlySet<string> {
  const here = indicesOf(scalar).flatMap((index) => [...axesOf(index)]);
  return new Set([...here, ...childrenOf(scalar).flatMap((child) => [...axesOfScalar(child)])]);
}
