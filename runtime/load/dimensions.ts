/**
 * Values of symbolic sizes: the runtime only ever evaluates them, and finds the one open dimension that a length tells.
 */
import type { HostInput } from "../../compiler/program/host.ts";

export type Dimension = HostInput["shape"][number];
type Atom = Dimension["monomials"][number]["atoms"][number];

/** Values of the open dimensions by name. */
export type Sizes = ReadonlyMap<string, number>;

/** The dimension's value, NaN where a name has none. */
export function evaluate({ monomials }: Dimension, sizes: Sizes): number {
  return monomials.reduce(
    (sum, { coefficient, atoms }) => sum + atoms.reduce((factors, atom) => factors * valueOf(atom, sizes), coefficient),
    0,
  );
}

/** The number of elements of a shape, NaN where a name has no value. */
export function elements(shape: readonly Dimension[], sizes: Sizes): number {
  return shape.reduce((count, dimension) => count * evaluate(dimension, sizes), 1);
}

/** The name, where the dimension is nothing but one. */
export function nameOf({ monomials }: Dimension): string | undefined {
  const [only] = monomials;
  const [atom] = only?.atoms ?? [];
  return monomials.length === 1 && only?.coefficient === 1 && only.atoms.length === 1 && atom?.kind === "symbol"
    ? atom.name
    : undefined;
}

/** The names in a shape that have no value yet, in order of appearance. */
export function symbolsOf(shape: readonly Dimension[], sizes: Sizes): readonly string[] {
  const found = new Set<string>();
  const queue = [...shape];
  for (const { monomials } of queue) {
    for (const atom of monomials.flatMap(({ atoms }) => atoms)) {
      if (atom.kind === "symbol") found.add(atom.name);
      else queue.push(...partsOf(atom));
    }
  }
  return [...found].filter((name) => !sizes.has(name));
}

/** `[N, 64]`. */
export function printShape(shape: readonly Dimension[]): string {
  return `[${shape.map(({ key }) => key).join(", ")}]`;
}

/** The value of `name` with which the shape has `length` elements, if there is one; sizes that are not linear in their names grow with them. */
export function solve(shape: readonly Dimension[], name: string, length: number, sizes: Sizes): number | undefined {
  const count = (value: number): number => elements(shape, new Map([...sizes, [name, value]]));
  const first = count(1);
  const guess = 1 + (length - first) / (count(2) - first);
  if (Number.isSafeInteger(guess) && guess > 0 && count(guess) === length) return guess;
  let [low, high] = [1, Math.max(1, length)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (count(middle) < length) low = middle + 1;
    else high = middle;
  }
  return count(low) === length && length > 0 ? low : undefined;
}

function partsOf(atom: Exclude<Atom, { readonly kind: "symbol" }>): readonly Dimension[] {
  return "left" in atom ? [atom.left, atom.right] : [atom.numerator, atom.denominator];
}

function valueOf(atom: Atom, sizes: Sizes): number {
  switch (atom.kind) {
    case "symbol":
      return sizes.get(atom.name) ?? NaN;
    case "quotient":
      return Math.floor(evaluate(atom.numerator, sizes) / evaluate(atom.denominator, sizes));
    case "remainder": {
      const divisor = evaluate(atom.denominator, sizes);
      const value = evaluate(atom.numerator, sizes);
      return value - divisor * Math.floor(value / divisor);
    }
    case "maximum":
      return Math.max(evaluate(atom.left, sizes), evaluate(atom.right, sizes));
    case "minimum":
      return Math.min(evaluate(atom.left, sizes), evaluate(atom.right, sizes));
  }
}
