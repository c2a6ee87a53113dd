/** Scalars of function definitions and data indices as the expressions that targets print. */
import { InternalError } from "../diagnostics/diagnostic.ts";
import { dtypeOf } from "../loops/scalar.ts";
import type { Scalar } from "../loops/types.ts";
import type { Expression, ValueType } from "./types.ts";

/** The same value in `lanes` lanes. Loads have no place in functions and data indices, nor have calls. */
export function expressionOf(scalar: Scalar, lanes: 1 | 4 = 1): Expression {
  const type: ValueType = { dtype: dtypeOf(scalar), lanes };
  const inner = (value: Scalar): Expression => expressionOf(value, lanes);
  switch (scalar.kind) {
    case "constant":
      return { kind: "constant", type, value: scalar.value };
    case "local":
      return { kind: "variable", name: scalar.name, type };
    case "unary":
      return { kind: "unary", operator: scalar.operator, value: inner(scalar.value), type };
    case "binary":
      return { kind: "binary", operator: scalar.operator, left: inner(scalar.left), right: inner(scalar.right), type };
    case "compare":
      return { kind: "compare", operator: scalar.operator, left: inner(scalar.left), right: inner(scalar.right), type };
    case "select": {
      const { condition, whenTrue, otherwise } = scalar;
      return {
        kind: "select",
        condition: inner(condition),
        whenTrue: inner(whenTrue),
        otherwise: inner(otherwise),
        type,
      };
    }
    case "cast":
      return { kind: "cast", value: inner(scalar.value), type };
    case "index":
      if (lanes === 4) break;
      return { kind: "index", index: scalar.index, type };
    case "dimension":
      if (lanes === 4) break;
      return { kind: "index", index: { terms: [], constant: scalar.dimension }, type };
    case "load":
    case "call":
      break;
  }
  throw new InternalError("program", `a ${scalar.kind} with ${lanes} lanes has no place in a function or a data index`);
}
