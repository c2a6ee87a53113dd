/** Sizes as Python's whole numbers: constants, or expressions of the open dimensions, which are variables of a function. */
import type { Atom, Dimension } from "../../../compiler/dimension/dimension.ts";
import { level, numberText, type Text } from "./python.ts";

/** `nameOf` says what an open dimension is called; the polynomials that sizes are nest no deeper than their text is long. */
export function sizeText({ monomials }: Dimension, nameOf: (symbol: string) => string): Text {
  if (monomials.length === 0) return numberText("0");
  const terms = monomials.map(({ coefficient, atoms }) => {
    const factors = atoms.map((atom) => atomCode(atom, nameOf));
    const magnitude = Math.abs(coefficient);
    const written = magnitude === 1 && factors.length > 0 ? factors : [String(magnitude), ...factors];
    return { sign: coefficient < 0 ? "-" : "+", code: written.join(" * "), isProduct: written.length > 1 };
  });
  const [first] = terms;
  const code = terms
    .map(({ sign, code: term }, at) => (at > 0 ? ` ${sign} ${term}` : sign === "-" ? `-${term}` : term))
    .join("");
  if (terms.length > 1) return { code, level: level.add, whole: false, number: true };
  return {
    code,
    level: first?.isProduct === true ? level.multiply : numberText(code).level,
    whole: false,
    number: true,
  };
}

function atomCode(atom: Atom, nameOf: (symbol: string) => string): string {
  const within = (part: Dimension): string => sizeText(part, nameOf).code;
  switch (atom.kind) {
    case "symbol":
      return nameOf(atom.name);
    case "quotient":
      return `((${within(atom.numerator)}) // (${within(atom.denominator)}))`;
    case "remainder":
      return `((${within(atom.numerator)}) % (${within(atom.denominator)}))`;
    case "maximum":
      return `max(${within(atom.left)}, ${within(atom.right)})`;
    case "minimum":
      return `min(${within(atom.left)}, ${within(atom.right)})`;
  }
}
