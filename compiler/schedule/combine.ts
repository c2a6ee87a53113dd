/** What the reductions start from and how they combine. */
import { InternalError } from "../diagnostics/diagnostic.ts";
import { neutral } from "../loops/combine.ts";
import type { BinaryOperator, Combine, ElementType } from "../loops/types.ts";
import type { Expression } from "../program/types.ts";
import type { Lanes } from "./expressions.ts";
import { binaryOf, constantOf } from "./expressions.ts";

const operators: Readonly<Record<Exclude<Combine, "argmax">, BinaryOperator>> = {
  sum: "add",
  max: "maximum",
  min: "minimum",
  prod: "mul",
};

/** The value that changes nothing. A sum that started from +0 never is −0, so adding +0 to it is exact. */
export function neutralOf(combine: Combine, dtype: ElementType, lanes: Lanes): Expression {
  return constantOf(dtype, neutral(combine, dtype), lanes);
}

/** Both have equal lanes. */
export function combined(combine: Combine, left: Expression, right: Expression): Expression {
  if (combine === "argmax") throw new InternalError("schedule", "argmax is no binary operator");
  return binaryOf(operators[combine], left, right);
}
