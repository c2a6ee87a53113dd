/**
 * What a program promises about its dimensions, `require D % heads == 0`: a list of exact divisions, and the
 * simplification that they allow. Facts are immutable; two scopes may extend the same ones differently.
 */
import type { Atom, Dimension } from "./dimension.ts";
import {
  add,
  constant,
  divideExactly,
  equal,
  floorDivide,
  isConstant,
  mapAtoms,
  multiply,
  rebuildAtom,
  remainder,
  subtract,
  substitute,
  symbol,
  symbolsOf,
  termsOf,
} from "./dimension.ts";

/** `dividend` is `divisor` times the whole number `quotient`, which is the one atom ⌊dividend/divisor⌋. */
interface ExactDivision {
  readonly dividend: Dimension;
  readonly divisor: Dimension;
  readonly quotient: Dimension;
  /** A name in the dividend, and what it equals in terms of the quotient's name: D = heads·q. */
  readonly solved: { readonly name: string; readonly value: Dimension } | undefined;
}

type Quotient = Extract<Atom, { readonly kind: "quotient" }>;

export interface Facts {
  readonly divisions: readonly ExactDivision[];
}

export const noFacts: Facts = { divisions: [] };

/** The facts and this one: `divisor` divides `dimension`. */
export function assume(facts: Facts, dimension: Dimension, divisor: Dimension): Facts {
  if (isConstant(simplify(facts, remainder(dimension, divisor)), 0)) return facts;
  const quotient = floorDivide(dimension, divisor);
  return {
    divisions: [
      ...facts.divisions,
      { dividend: dimension, divisor, quotient, solved: solve(dimension, divisor, quotient, facts) },
    ],
  };
}

/** A name that stands alone, once, in the dividend, and that no fact has solved yet: D + r = m·q gives D = m·q − r. */
function solve(dividend: Dimension, divisor: Dimension, quotient: Dimension, facts: Facts): ExactDivision["solved"] {
  const taken = new Set([...symbolsOf(divisor), ...facts.divisions.flatMap(({ solved }) => solved?.name ?? [])]);
  for (const { coefficient, atoms } of dividend.monomials) {
    const [atom] = atoms;
    if (coefficient !== 1 || atoms.length !== 1 || atom.kind !== "symbol" || taken.has(atom.name)) continue;
    const rest = subtract(dividend, symbol(atom.name));
    if (symbolsOf(rest).has(atom.name)) continue;
    // The quotient's key serves as a name for it; no program can write such a name.
    return { name: atom.name, value: subtract(multiply(divisor, symbol(quotient.key)), rest) };
  }
  return undefined;
}

/** An equal dimension, given the facts: ⌊D/heads⌋·heads = D, D mod heads = 0. */
export function simplify(facts: Facts, dimension: Dimension): Dimension {
  const { divisions } = facts;
  if (divisions.length === 0) return dimension;
  return divisions.reduceRight(restore, substituteSolved(facts, dimension));
}

function withoutSolving({ divisions }: Facts, dimension: Dimension): Dimension {
  return divisions.reduceRight(restore, divisions.reduce(applyDirectly, dimension));
}

function substituteSolved({ divisions }: Facts, dimension: Dimension): Dimension {
  return divisions.reduce(
    (found, { solved: by }) => (by === undefined ? found : substitute(found, new Map([[by.name, by.value]]))),
    divisions.reduce(applyDirectly, dimension),
  );
}

/** The quotient of two dimensions where the facts say that nothing remains: N·T / (2·N) = ⌊T/2⌋ if 2 divides T. */
export function divideUnder(facts: Facts, dividend: Dimension, divisor: Dimension): Dimension | undefined {
  const direct = divideExactly(dividend, divisor);
  if (direct !== undefined || facts.divisions.length === 0) return direct;
  const solve = (dimension: Dimension): Dimension => substituteSolved(facts, dimension);
  const quotient = divideExactly(solve(dividend), solve(divisor));
  return quotient === undefined ? undefined : facts.divisions.reduceRight(restore, quotient);
}

/** More quotients than any shape has; beyond, nothing is claimed. */
const maximalQuotients = 64;

/**
 * Equal wherever every quotient in them is exact. What a graph may hold: that they are exact was required where it was made, and is checked
 * at each call.
 */
export function equalIfExact(left: Dimension, right: Dimension): boolean {
  let difference = subtract(left, right);
  for (let round = 0; round < maximalQuotients; round++) {
    const atom = difference.monomials.flatMap(({ atoms }) => atoms).find(({ kind }) => kind === "quotient");
    if (atom?.kind !== "quotient") break;
    difference = timesDenominator(difference, atom);
  }
  return isConstant(difference, 0);
}

/** The dimension times the quotient's denominator, in which the quotient times its denominator is its numerator. */
function timesDenominator(dimension: Dimension, { numerator, denominator }: Quotient): Dimension {
  const quotient = floorDivide(numerator, denominator);
  return termsOf(dimension).reduce((sum, term) => {
    const rest = divideExactly(term, quotient);
    return add(sum, rest === undefined ? multiply(term, denominator) : multiply(rest, numerator));
  }, constant(0));
}

/** Equal for all values of their names that the facts allow, as far as the canonical form tells. */
export function equalUnder(facts: Facts, left: Dimension, right: Dimension): boolean {
  if (equal(left, right)) return true;
  const difference = subtract(left, right);
  // What one fact solves may hide from another that it divides again: ⌊T/2⌋ = 3·⌊T/6⌋ is seen without T = 2·q.
  return isConstant(simplify(facts, difference), 0) || isConstant(withoutSolving(facts, difference), 0);
}

/** c·dividend mod divisor = 0, ⌊c·dividend/divisor⌋ = c·quotient, wherever they stand. */
function applyDirectly(dimension: Dimension, division: ExactDivision): Dimension {
  const inner = (part: Dimension): Dimension => applyDirectly(part, division);
  return mapAtoms(dimension, (atom) => {
    const known = exactAtom(atom, division);
    return known ?? rebuildAtom(atom, inner);
  });
}

function exactAtom(atom: Atom, { dividend, divisor, quotient }: ExactDivision): Dimension | undefined {
  if ((atom.kind !== "quotient" && atom.kind !== "remainder") || !equal(atom.denominator, divisor)) return undefined;
  const times = divideExactly(atom.numerator, dividend);
  if (times === undefined) return undefined;
  return atom.kind === "remainder" ? constant(0) : multiply(times, quotient);
}

/** Writes the quotient's name as the quotient again, and as the dividend where it stands times the divisor. */
function restore(dimension: Dimension, division: ExactDivision): Dimension {
  const { quotient } = division;
  const name = quotient.key;
  const inner = (part: Dimension): Dimension => restore(part, division);
  const named = mapAtoms(dimension, (atom) => {
    const isQuotient = atom.kind === "quotient" && equal(floorDivide(atom.numerator, atom.denominator), quotient);
    return isQuotient ? symbol(name) : rebuildAtom(atom, inner);
  });
  return termsOf(named).reduce((sum, term) => add(sum, restoreTerm(term, symbol(name), division)), constant(0));
}

function restoreTerm(term: Dimension, name: Dimension, { dividend, divisor, quotient }: ExactDivision): Dimension {
  let factor = term;
  let restored = constant(1);
  for (let rest = divideExactly(factor, name); rest !== undefined; rest = divideExactly(factor, name)) {
    const whole = divideExactly(rest, divisor);
    factor = whole ?? rest;
    restored = multiply(restored, whole === undefined ? quotient : dividend);
  }
  return multiply(restored, factor);
}
