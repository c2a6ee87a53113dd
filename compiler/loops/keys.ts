/**
 * Canonical text of indices and scalars, for equality and for maps. Equal keys mean equal meaning; the text is not
 * for people (print.ts is).
 */
import type { Index, IndexAtom, Scalar } from "./types.ts";

/** Terms are kept sorted by these keys, so equal sums have equal keys. */
export function indexKey(index: Index): string {
  const terms = index.terms.map(({ atom, coefficient }) => `(${coefficient.key})${atomKey(atom)}`);
  return `${terms.join("+")}|${index.constant.key}`;
}

/** An axis by its name, what is computed in braces. */
export function atomKey(atom: IndexAtom): string {
  switch (atom.kind) {
    case "axis":
      return atom.axis;
    case "quotient":
      return `{${indexKey(atom.value)} / ${atom.divisor.key}}`;
    case "remainder":
      return `{${indexKey(atom.value)} % ${atom.divisor.key}}`;
    case "data":
      return `{data ${scalarKey(atom.value)} < ${atom.size.key}}`;
  }
}

/** Distinguishes −0 from 0; the dtype is written where the operands do not tell it. */
export function scalarKey(scalar: Scalar): string {
  switch (scalar.kind) {
    case "constant":
      return `${scalar.dtype}:${Object.is(scalar.value, -0) ? "-0" : scalar.value}`;
    case "index":
      return `<${indexKey(scalar.index)}>`;
    case "load":
      return `${scalar.dtype}:${scalar.tensor}[${scalar.indices.map(indexKey).join(", ")}]`;
    case "local":
      return `${scalar.dtype}:$${scalar.name}`;
    case "unary":
      return `${scalar.operator}(${scalarKey(scalar.value)})`;
    case "binary":
    case "compare":
      return `${scalar.operator}(${scalarKey(scalar.left)}, ${scalarKey(scalar.right)})`;
    case "select":
      return `select(${[scalar.condition, scalar.then, scalar.otherwise].map(scalarKey).join(", ")})`;
    case "cast":
      return `cast ${scalar.dtype}(${scalarKey(scalar.value)})`;
    case "random":
      return `random${scalar.word}(${[...scalar.key, ...scalar.counter].map(scalarKey).join(", ")})`;
    case "dimension":
      return `dimension(${scalar.dimension.key})`;
  }
}
