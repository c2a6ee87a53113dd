/** What a dimension is made of, as plain data, and the texts by which its parts are told apart. */

/** What a product is made of: a named dimension, or a quotient, remainder, maximum or minimum that does not simplify. */
export type Atom =
  | { readonly kind: "symbol"; readonly name: string }
  | { readonly kind: "quotient"; readonly numerator: Dimension; readonly denominator: Dimension }
  | { readonly kind: "remainder"; readonly numerator: Dimension; readonly denominator: Dimension }
  | { readonly kind: "maximum" | "minimum"; readonly left: Dimension; readonly right: Dimension };

/** `coefficient · atom₁ · atom₂ · …`, the atoms sorted by key, a power written as a repeated atom. */
export interface Monomial {
  readonly coefficient: number;
  readonly atoms: readonly Atom[];
}

/** A sum of monomials, sorted, none with coefficient zero; the constant comes last. Plain data. */
export interface Dimension {
  readonly monomials: readonly Monomial[];
  readonly key: string;
}

/** As a person writes it; equal for equal atoms. */
export function atomKey(atom: Atom): string {
  switch (atom.kind) {
    case "symbol":
      return atom.name;
    case "quotient":
      return `floor((${atom.numerator.key})/(${atom.denominator.key}))`;
    case "remainder":
      return `((${atom.numerator.key}) mod (${atom.denominator.key}))`;
    case "maximum":
      return `max(${atom.left.key}, ${atom.right.key})`;
    case "minimum":
      return `min(${atom.left.key}, ${atom.right.key})`;
  }
}

/** Of products that are no name alone: sums ask for them again and again. */
const products = new WeakMap<readonly Atom[], string>();

export function atomsKey(atoms: readonly Atom[]): string {
  if (atoms.length === 0) return "";
  if (atoms.length === 1 && atoms[0].kind === "symbol") return atoms[0].name;
  const known = products.get(atoms);
  if (known !== undefined) return known;
  const key = atoms.map(atomKey).join("*");
  products.set(atoms, key);
  return key;
}

export function monomialKey({ coefficient, atoms }: Monomial): string {
  if (atoms.length === 0) return String(coefficient);
  if (coefficient === 1) return atomsKey(atoms);
  return coefficient === -1 ? `-${atomsKey(atoms)}` : `${coefficient}*${atomsKey(atoms)}`;
}
