/** The parts of evaluation put together into the one table through which they reach each other. */
import { callBuiltin } from "./builtins/index.ts";
import { apply, call, initialize, schedule } from "./calls.ts";
import type { Evaluator, Gradients, Observe } from "./evaluator.ts";
import { evaluate } from "./expressions.ts";
import { dimensionOf, evaluateShape } from "./shape-values.ts";
import { run } from "./statements.ts";

export function evaluatorWith(gradients: Gradients, observe?: Observe): Evaluator {
  return {
    gradients,
    ...(observe === undefined ? {} : { observe }),
    evaluate,
    dimension: dimensionOf,
    shape: evaluateShape,
    builtin: callBuiltin,
    apply,
    call,
    initialize,
    schedule,
    run,
  };
}
