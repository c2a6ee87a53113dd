/**
 * Rules for elementwise ops that hold for every number, −0 and infinities included.
 */
import { isSame } from "../../graph/graph.ts";
import type { Value } from "../../graph/types.ts";
import { isAll, madeBy, type Rewriter, type Rule } from "./rule.ts";

function isFloat(rewriter: Rewriter, value: Value): boolean {
  return rewriter.typeOf(value).dtype === "f32";
}

/** A rule `a op n → a`, or on the other side, too. */
function neutral(op: string, number: number, sides: "right" | "both", dtype?: "f32" | "i32"): Rule {
  const shown = Object.is(number, -0) ? "−0" : String(number);
  return {
    name: `${op}(a, ${shown}) → a${dtype === undefined ? "" : ` (${dtype})`}`,
    ops: [op],
    rewrite: ({ inputs: [a, b] }, rewriter) => {
      if (dtype !== undefined && isFloat(rewriter, a) !== (dtype === "f32")) return undefined;
      if (isAll(rewriter, b, number)) return a;
      return sides === "both" && isAll(rewriter, a, number) ? b : undefined;
    },
  };
}

/** A rule `op(op(a)) → a`. */
function involution(op: string): Rule {
  return {
    name: `${op}(${op}(a)) → a`,
    ops: [op],
    rewrite: ({ inputs: [x] }, rewriter) => madeBy(rewriter, x, op)?.inputs[0],
  };
}

/** A rule `a op −b → a other b`. */
function negated(op: "add" | "sub", other: "add" | "sub"): Rule {
  return {
    name: `${op}(a, neg(b)) → ${other}(a, b)`,
    ops: [op],
    rewrite: ({ inputs: [a, b] }, rewriter) => {
      const negation = madeBy(rewriter, b, "neg");
      return negation && rewriter.one(other, [a, negation.inputs[0]]);
    },
  };
}

const timesMinusOne: Rule = {
  name: "mul(a, −1) → neg(a)",
  ops: ["mul"],
  rewrite: ({ inputs: [a, b] }, rewriter) => {
    if (isAll(rewriter, b, -1)) return rewriter.one("neg", [a]);
    return isAll(rewriter, a, -1) ? rewriter.one("neg", [b]) : undefined;
  },
};

const ofItself: Rule = {
  name: "maximum(a, a), minimum(a, a), and(a, a), or(a, a) → a",
  ops: ["maximum", "minimum", "and", "or"],
  rewrite: ({ inputs: [a, b] }) => (isSame(a, b) ? a : undefined),
};

const knownChoice: Rule = {
  name: "select(true, a, b) → a, select(false, a, b) → b, select(c, a, a) → a",
  ops: ["select"],
  rewrite: ({ inputs: [condition, a, b] }, rewriter) => {
    if (isSame(a, b) || isAll(rewriter, condition, 1)) return a;
    return isAll(rewriter, condition, 0) ? b : undefined;
  },
};

const swappedChoice: Rule = {
  name: "select(not(c), a, b) → select(c, b, a)",
  ops: ["select"],
  rewrite: ({ inputs: [condition, a, b] }, rewriter) => {
    const negation = madeBy(rewriter, condition, "not");
    return negation && rewriter.one("select", [negation.inputs[0], b, a]);
  },
};

const sameCast: Rule = {
  name: "cast to the dtype it has → a",
  ops: ["cast"],
  rewrite: ({ attributes: { dtype }, inputs: [x] }, rewriter) => (rewriter.typeOf(x).dtype === dtype ? x : undefined),
};

const stop: Rule = {
  name: "stop_gradient(a) → a, once everything is differentiated",
  ops: ["stop_gradient"],
  rewrite: ({ inputs: [x] }) => x,
};

export const arithmeticRules: readonly Rule[] = [
  neutral("add", -0, "both", "f32"),
  neutral("add", 0, "both", "i32"),
  neutral("sub", 0, "right"),
  neutral("mul", 1, "both"),
  neutral("div", 1, "right"),
  neutral("and", 1, "both"),
  neutral("or", 0, "both"),
  timesMinusOne,
  involution("neg"),
  involution("not"),
  negated("add", "sub"),
  negated("sub", "add"),
  ofItself,
  knownChoice,
  swappedChoice,
  sameCast,
  stop,
];
