/** Argmax: ascending, the flattened index of the first NaN, else of the first maximum. */
import type { Expression } from "../program/types.ts";
import { neutralOf } from "./combine.ts";
import { splat } from "./evaluate.ts";
import type { Variable } from "./expressions.ts";
import { binaryOf, compareOf, constantOf, indexOf, selectOf } from "./expressions.ts";
import { nested } from "./loops.ts";
import { indicesOfStage, mergeAxes } from "./nest.ts";
import type { Point } from "./point.ts";
import type { Context, Reduce } from "./terms.ts";
import { flatIndex, termsAt } from "./terms.ts";
import { dtypeOf } from "../loops/scalar.ts";

interface Best {
  readonly value: Variable;
  readonly index: Variable;
}

/** The positions at each point, one for each result. Their order is the same whatever the lanes and chunks. */
export function argmax(
  { emitter }: Context,
  stage: Reduce,
  points: readonly Point[],
): readonly (readonly Expression[])[] {
  const best = points.map((point) =>
    stage.results.map(({ name, value }): Best => {
      const lanes = point.vector ? 4 : 1;
      const dtype = dtypeOf(value);
      return {
        value: emitter.mutable("best", { dtype, lanes }, neutralOf("argmax", dtype, lanes)),
        index: emitter.mutable(name, { dtype: "i32", lanes }, constantOf("i32", 0, lanes)),
      };
    }),
  );
  nested(emitter, mergeAxes(stage.over, indicesOfStage(stage)), (places) => {
    const position = emitter.define(indexOf(flatIndex(stage, places)));
    for (const [p, point] of points.entries()) {
      for (const [r, term] of termsAt(emitter, stage, point, places).entries()) {
        const { value, index } = best[p][r];
        const full = (one: Expression): Expression => (point.vector ? splat(emitter, one) : one);
        // The best changes with every step, so the test must not leave a loop that the term does not depend on.
        const greater = emitter.pinned(() => emitter.define(beats(full(term), value)));
        emitter.assign(value, selectOf(greater, full(term), value));
        emitter.assign(index, selectOf(greater, full(position), index));
      }
    }
  });
  return best.map((ofPoint) => ofPoint.map(({ index }) => index));
}

/** Greater, where a NaN is greater than every number: it is not at most the best, which is no NaN yet. */
function beats(term: Expression, best: Expression): Expression {
  if (term.type.dtype !== "f32") return compareOf("greater", term, best);
  const type = { dtype: "bool", lanes: term.type.lanes } as const;
  const greater: Expression = { kind: "unary", operator: "not", value: compareOf("lessEqual", term, best), type };
  return binaryOf("and", greater, compareOf("equal", best, best));
}
