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
export function indexForm({ terms, constant }: Index, naming: Naming): string {
  let sum = "";
  for (const { atom, coefficient } of terms)
    sum += `${sum === "" ? "" : "+"}(${coefficient.key})${atomForm(atom, naming)}`;
  return `${sum}|${constant.key}`;
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
  switch (scalar.kind) {
    case "constant":
      return `${scalar.dtype}:${Object.is(scalar.value, -0) ? "-0" : scalar.value}`;
    case "index":
      return `<${indexForm(scalar.index, naming)}>`;
    case "load": {
      // Indices first: what is named in them is numbered before the tensor.
      const indices = formOfAll(scalar.indices, indexForm, naming);
      return `${scalar.dtype}:${naming.tensor(scalar.tensor)}[${indices}]`;
    }
    case "local":
      return `${scalar.dtype}:$${naming.local(scalar.name)}`;
    case "unary":
      return `${scalar.operator}(${scalarForm(scalar.value, naming)})`;
    case "binary":
    case "compare":
      return `${scalar.operator}(${scalarForm(scalar.left, naming)}, ${scalarForm(scalar.right, naming)})`;
    case "select":
      return `select(${scalarForm(scalar.condition, naming)}, ${scalarForm(scalar.whenTrue, naming)}, ${scalarForm(scalar.otherwise, naming)})`;
    case "cast":
      return `cast ${scalar.dtype}(${scalarForm(scalar.value, naming)})`;
    case "call":
      return `${scalar.function.definition.name}(${formOfAll(scalar.arguments, scalarForm, naming)})`;
    case "dimension":
      return `dimension(${scalar.dimension.key})`;
  }
}

/** The forms with commas between. */
function formOfAll<Part>(parts: readonly Part[], form: (part: Part, naming: Naming) => string, naming: Naming): string {
  let text = "";
  for (const [n, part] of parts.entries()) text += n === 0 ? form(part, naming) : `, ${form(part, naming)}`;
  return text;
}
