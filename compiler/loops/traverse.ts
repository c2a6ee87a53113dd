/**
 * The shape of a scalar tree: its children, and rebuilding it with children and indices replaced. Rebuilding keeps a
 * node as it is where nothing in it changed, and folds nothing.
 */
import type { Index, Scalar } from "./types.ts";

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
      return [scalar.condition, scalar.then, scalar.otherwise];
    case "random":
      return [...scalar.key, ...scalar.counter];
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
    case "index":
      return { ...scalar, index: index(scalar.index) };
    case "load":
      return { ...scalar, indices: scalar.indices.map(index) };
    case "unary":
    case "cast":
      return { ...scalar, value: child(scalar.value) };
    case "binary":
    case "compare":
      return { ...scalar, left: child(scalar.left), right: child(scalar.right) };
    case "select":
      return {
        ...scalar,
        condition: child(scalar.condition),
        then: child(scalar.then),
        otherwise: child(scalar.otherwise),
      };
    case "random": {
      const [k0, k1] = scalar.key;
      const [c0, c1] = scalar.counter;
      return { ...scalar, key: [child(k0), child(k1)], counter: [child(c0), child(c1)] };
    }
  }
}
