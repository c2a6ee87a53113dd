/**
 * Which of two sizes is larger where they differ by how they are rounded: what `padding: "same"` asks, since it pads by
 * max(2⌊(H + 1)/2⌋ − H, 0), which is 2⌊(H + 1)/2⌋ − H. Of sizes that it cannot tell it says nothing.
 */
import { atomsKey, type Dimension, type Monomial } from "./terms.ts";

interface Rounding {
  readonly numerator: Dimension;
  readonly by: number;
}

/**
 * Whether no values of the names make it negative, as far as one bound tells: c⌊a/d⌋ lies between c(a − d + 1)/d and c·a/d, and where
 * that leaves a number above −1, the whole number is at least 0.
 */
export function isNeverNegative({ monomials }: Dimension): boolean {
  const scale = monomials.reduce((all, monomial) => all * (roundingOf(monomial)?.by ?? 1), 1);
  const least = new Map<string, number>();
  for (const { coefficient, atoms } of monomials.flatMap((monomial) => leastOf(monomial, scale))) {
    const key = atomsKey(atoms);
    const sum = (least.get(key) ?? 0) + coefficient;
    if (!Number.isSafeInteger(sum)) return false;
    least.set(key, sum);
  }
  const number = least.get("") ?? 0;
  return number > -scale && [...least].every(([key, coefficient]) => key === "" || coefficient === 0);
}

/** The monomial where it is c⌊a/d⌋ with a number d, else undefined. */
function roundingOf({ atoms }: Monomial): Rounding | undefined {
  const [atom] = atoms;
  if (atoms.length !== 1 || atom.kind !== "quotient") return undefined;
  const [only, ...more] = atom.denominator.monomials;
  if (more.length > 0 || only.atoms.length > 0 || only.coefficient <= 0) return undefined;
  return { numerator: atom.numerator, by: only.coefficient };
}

/** `scale` times the monomial, or something that is never more, without rounding. */
function leastOf(monomial: Monomial, scale: number): readonly Monomial[] {
  const { coefficient, atoms } = monomial;
  const rounding = roundingOf(monomial);
  if (rounding === undefined) return [{ coefficient: coefficient * scale, atoms }];
  const { numerator, by } = rounding;
  const factor = (coefficient * scale) / by;
  const times = numerator.monomials.map((term) => ({ ...term, coefficient: term.coefficient * factor }));
  return coefficient > 0 ? [...times, { coefficient: (1 - by) * factor, atoms: [] }] : times;
}
