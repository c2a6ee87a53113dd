/**
 * Canonical text of indices and scalars, for equality and for maps. Equal keys mean equal meaning; the text is not
 * for people (print.ts is).
 */
import type { Index, IndexAtom, Scalar } from "./types.ts";

/** How a tensor is written. */
type NameOf = (tensor: string) => string;

const ownName: NameOf = (tensor) => tensor;

/** Terms are kept sorted by these keys, so equal sums have equal keys. */
export function indexKey(index: Index): string {
  return indexForm(index, ownName);
}

/** An axis by its name, what is computed in braces. */
export function atomKey(atom: IndexAtom): string {
  return atomForm(atom, ownName);
}

/** Distinguishes −0 from 0; the dtype is written where the operands do not tell it. */
export function scalarKey(scalar: Scalar): string {
  return scalarForm(scalar, ownName);
}

/** The key with other names for tensors. */
export function indexForm(index: Index, nameOf: NameOf): string {
  const terms = index.terms.map(({ atom, coefficient }) => `(${coefficient.key})${atomForm(atom, nameOf)}`);
  return `${terms.join("+")}|${index.constant.key}`;
}

function atomForm(atom: IndexAtom, nameOf: NameOf): string {
  switch (atom.kind) {
    case "axis":
      return atom.axis;
    case "quotient":
      return `{${indexForm(atom.value, nameOf)} / ${atom.divisor.key}}`;
    case "remainder":
      return `{${indexForm(atom.value, nameOf)} % ${atom.divisor.key}}`;
    case "data":
      return `{data ${scalarForm(atom.value, nameOf)} < ${atom.size.key}}`;
  }
}

/** The key with other names for tensors. */
export function scalarForm(scalar: Scalar, nameOf: NameOf): string {
  const form = (part: Scalar): string => scalarForm(part, nameOf);
  switch (scalar.kind) {
    case "constant":
      return `${scalar.dtype}:${Object.is(scalar.value, -0) ? "-0" : scalar.value}`;
    case "index":
      return `<${indexForm(scalar.index, nameOf)}>`;
    case "load": {
      const indices = scalar.indices.map((index) => indexForm(index, nameOf));
      return `${scalar.dtype}:${nameOf(scalar.tensor)}[${indices.join(", ")}]`;
    }
    case "local":
      return `${scalar.dtype}:$${scalar.name}`;
    case "unary":
      return `${scalar.operator}(${form(scalar.value)})`;
    case "binary":
    case "compare":
      return `${scalar.operator}(${form(scalar.left)}, ${form(scalar.right)})`;
    case "select":
      return `select(${form(scalar.condition)}, ${form(scalar.then)}, ${form(scalar.otherwise)})`;
    case "cast":
      return `cast ${scalar.dtype}(${form(scalar.value)})`;
    case "random":
      return `random${scalar.word}(${[...scalar.key, ...scalar.counter].map(form).join(", ")})`;
    case "dimension":
      return `dimension(${scalar.dimension.key})`;
  }
}
