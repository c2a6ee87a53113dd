/**
 * The sum over a scan's steps of a value of its body, without the loop where it can be: a product of values of each step is
 * one contraction over steps and all, a sum one over steps too. The order is ascending in time whichever way the scan runs.
 *
 *     Σ t: contract[nk,nj->kj](h[t], g[t])   ⟶   contract[tnk,tnj->kj](h, g)
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import { numbersOf } from "../graph/attributes.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Attributes, Value } from "../graph/types.ts";

/** One of the terms that a value is the sum of. */
export interface Term {
  readonly base: Base;
  /** Movements that its sum over all steps is put through, in order. */
  readonly movements: readonly { readonly op: string; readonly attributes: Attributes }[];
}

type Base =
  | { readonly kind: "product"; readonly operands: readonly Value[]; readonly attributes: Attributes }
  | { readonly kind: "sum"; readonly operand: Value; readonly axes: readonly number[] }
  /** Adds up within the loop, in a carry of its own. */
  | { readonly kind: "added"; readonly value: Value };

/** Linear, and the same at every step: what they make of a sum is the sum of what they make. */
const movements: ReadonlySet<string> = new Set(["reshape", "transpose", "neg", "broadcast"]);

/** The terms of a value of the body; `varies` says whether a value depends on the step. */
export function termsOf(builder: GraphBuilder, value: Value, varies: (value: Value) => boolean): readonly Term[] {
  const terms: Term[] = [];
  const pending: { readonly value: Value; readonly movements: Term["movements"] }[] = [{ value, movements: [] }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { op, inputs, attributes } = builder.node(next.value.node);
    if (op === "add" && inputs.every(varies))
      pending.push(...inputs.map((one) => ({ value: one, movements: next.movements })).reverse());
    else if (movements.has(op) && varies(inputs[0]))
      pending.push({ value: inputs[0], movements: [{ op, attributes }, ...next.movements] });
    else terms.push({ base: baseOf(builder, next.value, varies), movements: next.movements });
  }
  return terms;
}

function baseOf(builder: GraphBuilder, value: Value, varies: (value: Value) => boolean): Base {
  const { op, inputs, attributes } = builder.node(value.node);
  if (op === "contract" && inputs.every(varies)) return { kind: "product", operands: inputs, attributes };
  if (op === "sum" && varies(inputs[0]))
    return { kind: "sum", operand: inputs[0], axes: numbersOf(attributes, "axes") };
  return { kind: "added", value };
}

/** What must be had of every step. */
export function operandsOf({ base }: Term): readonly Value[] {
  switch (base.kind) {
    case "product":
      return base.operands;
    case "sum":
      return [base.operand];
    case "added":
      return [];
  }
}

/** The sum of the terms over all steps, of stacked operands and of the next of the totals that the loop has made. */
export function sumOfTerms(
  builder: GraphBuilder,
  terms: readonly Term[],
  stackOf: (value: Value) => Value,
  nextTotal: () => Value,
): Value {
  const sums = terms.map(({ base, movements: moved }) =>
    moved.reduce(
      (value, { op, attributes }) => builder.one(op, [value], attributes),
      sumOf(builder, base, stackOf, nextTotal),
    ),
  );
  const [first, ...others] = sums;
  if (first === undefined) throw new InternalError("differentiate", "a sum without terms");
  return others.reduce((total, one) => builder.one("add", [total, one]), first);
}

function sumOf(builder: GraphBuilder, base: Base, stackOf: (value: Value) => Value, nextTotal: () => Value): Value {
  switch (base.kind) {
    case "product": {
      const [left, right, output] = ["left", "right", "output"].map((name) => numbersOf(base.attributes, name));
      const step = Math.max(-1, ...left, ...right) + 1;
      return builder.one("contract", base.operands.map(stackOf), {
        left: [step, ...left],
        right: [step, ...right],
        output,
      });
    }
    case "sum":
      return builder.one("sum", [stackOf(base.operand)], { axes: [0, ...base.axes.map((axis) => axis + 1)] });
    case "added":
      return nextTotal();
  }
}
