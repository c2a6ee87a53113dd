/**
 * Canonical text of indices and scalars, for equality and for maps. Equal keys mean equal meaning; the text is not
 * for people (print.ts is).
 */
import type { Index, IndexAtom, Scalar } from "./types.ts";

/** How what has a name is written. */
export interface Naming {
  readonly tensor: (name: string) => string;
  readonly axis: (name: string) => string;
  readonly local: (name: string) => string;
}

const own = (name: string): string => name;
const ownNames: Naming = { tensor: own, axis: own, local: own };

/** Terms are kept sorted by these keys, so equal sums have equal keys. */
export function indexKey(index: Index): string {
  return indexForm(index, ownNames);
}

/** An axis by its name, what is computed in braces. */
export function atomKey(atom: IndexAtom): string {
  return atomForm(atom, ownNames);
}

/** Distinguishes −0 from 0; the dtype is written where the operands do not tell it. */
export function scalarKey(scalar: Scalar): string {
  return scalarForm(scalar, ownNames);
}

/** The key with other names. */
export function indexForm(index: Index, naming: Naming): string {
  const terms = index.terms.map(({ atom, coefficient }) => `(${coefficient.key})${atomForm(atom, naming)}`);
  return `${terms.join("+")}|${index.constant.key}`;
}

function atomForm(atom: IndexAtom, naming: Naming): string {
  switch (atom.kind) {
    case "axis":
      return naming.axis(atom.axis);
    case "quotient":
      return `{${indexForm(atom.value, naming)} / ${atom.divisor.key}}`;
    case "remainder":
      return `{${indexForm(atom.value, naming)} % ${atom.divisor.key}}`;
    case "data":
      return `{data ${scalarForm(atom.value, naming)} < ${atom.size.key}}`;
  }
}

/** The key with other names. */
export function scalarForm(scalar: Scalar, naming: Naming): string {
  const form = (part: Scalar): string => scalarForm(part, naming);
  switch (scalar.kind) {
    case "constant":
      return `${scalar.dtype}:${Object.is(scalar.value, -0) ? "-0" : scalar.value}`;
    case "index":
      return `<${indexForm(scalar.index, naming)}>`;
    case "load": {
      const indices = scalar.indices.map((index) => indexForm(index, naming));
      return `${scalar.dtype}:${naming.tensor(scalar.tensor)}[${indices.join(", ")}]`;
    }
    case "local":
      return `${scalar.dtype}:$${naming.local(scalar.name)}`;
    case "unary":
      return `${scalar.operator}(${form(scalar.value)})`;
    case "binary":
    case "compare":
      return `${scalar.operator}(${form(scalar.left)}, ${form(scalar.right)})`;
    case "select":
      return `select(${form(scalar.condition)}, ${form(scalar.whenTrue)}, ${form(scalar.otherwise)})`;
    case "cast":
      return `cast ${scalar.dtype}(${form(scalar.value)})`;
    case "call":
      return `${scalar.function.definition.name}(${scalar.arguments.map(form).join(", ")})`;
    case "dimension":
      return `dimension(${scalar.dimension.key})`;
  }
}
