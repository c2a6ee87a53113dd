/**
 * The part of an exported module that asks what the model requires of sizes which only a call tells, as a network does (NN0719): what does not
 * hold would read what is left from another call.
 */
import type { Dimension } from "../../compiler/dimension/dimension.ts";
import type { HostRequirement } from "../../compiler/program/host.ts";
import { literal } from "../../targets/typescript/code.ts";

type Atom = Dimension["monomials"][number]["atoms"][number];

/** What the sizes are called in the module, by the names of the dimensions. */
export type SizeNames = ReadonlyMap<string, string>;

const comparisons: Readonly<Record<HostRequirement["comparison"], string>> = {
  equal: "===",
  notEqual: "!==",
  less: "<",
  lessEqual: "<=",
  greater: ">",
  greaterEqual: ">=",
};

/** Nothing where nothing is required. `_rows` and `_length` are the sizes of a call, of which a requirement may name none. */
export function requirementsText(requirements: readonly HostRequirement[], names: SizeNames): string {
  if (requirements.length === 0) return "";
  const asked = requirements.map(({ left, comparison, right, message }) => {
    const [first, second] = [sizeText(left, names), sizeText(right, names)];
    return `    [${first}, ${second}, ${first} ${comparisons[comparison]} ${second}, ${literal(message)}],`;
  });
  return [
    "/** Throws where the model requires something of how many rows it is given at once, and of how long ones, that does not hold. */",
    "function requireSizes(_rows: number, _length: number): void {",
    "  const asked: readonly (readonly [left: number, right: number, holds: boolean, message: string])[] = [",
    ...asked,
    "  ];",
    "  for (const [left, right, holds, message] of asked) if (!holds) throw new RangeError(`${message} (the sides of the requirement are ${left} and ${right})`);",
    "}",
    "",
  ].join("\n");
}

/** A size as an expression of the module. */
export function sizeText({ monomials }: Dimension, names: SizeNames): string {
  const terms = monomials.map(({ coefficient, atoms }) =>
    [`(${coefficient})`, ...atoms.map((atom) => atomText(atom, names))].join(" * "),
  );
  return terms.length === 0 ? "0" : `(${terms.join(" + ")})`;
}

function atomText(atom: Atom, names: SizeNames): string {
  switch (atom.kind) {
    case "symbol":
      return names.get(atom.name) ?? "NaN";
    case "quotient":
      return `Math.floor(${sizeText(atom.numerator, names)} / ${sizeText(atom.denominator, names)})`;
    case "remainder": {
      const [value, divisor] = [sizeText(atom.numerator, names), sizeText(atom.denominator, names)];
      return `(${value} - ${divisor} * Math.floor(${value} / ${divisor}))`;
    }
    case "maximum":
      return `Math.max(${sizeText(atom.left, names)}, ${sizeText(atom.right, names)})`;
    case "minimum":
      return `Math.min(${sizeText(atom.left, names)}, ${sizeText(atom.right, names)})`;
  }
}
