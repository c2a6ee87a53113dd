/**
 * Operators: chains of sums, products and comparisons, `and` and `or`, negation, `.T`. A chain is folded in a loop, however long it is.
 */
import type { Span } from "../diagnostics/diagnostic.ts";
import { notCompileTime, wrongElements, wrongKind } from "../diagnostics/codes/shapes.ts";
import { negate } from "../dimension/dimension.ts";
import type { BinaryOperator, Chain, Expression } from "../syntax/ast.ts";
import type { Mode } from "./evaluator.ts";
import { Failure } from "./failure.ts";
import type { Frame } from "./frame.ts";
import { negateRelation } from "./numbers.ts";
import * as rational from "./rational.ts";
import { arithmetic, comparison, elementwiseBinary, matrixProduct, toTensor, type Operand } from "./tensors.ts";
import { boolValue, describeValue, fromDimension, type Comparison, type Evaluated } from "./values.ts";

export function evaluateChain(chain: Chain, frame: Frame, mode: Mode): Evaluated {
  const logical = chain.rest[0].operator;
  if (logical === "or" || logical === "and") return evaluateLogical(chain, logical, frame);
  let left: Operand = { value: frame.session.evaluator.evaluate(chain.first, frame, mode), span: chain.first.span };
  for (const { operator, operand } of chain.rest) {
    const right: Operand = { value: frame.session.evaluator.evaluate(operand, frame, mode), span: operand.span };
    const span = { ...chain.span, to: operand.span.to };
    left = { value: applyOperator(operator, left, right, span, frame, mode), span };
  }
  return left.value;
}

function applyOperator(
  operator: Chain["rest"][number]["operator"],
  left: Operand,
  right: Operand,
  span: Span,
  frame: Frame,
  mode: Mode,
): Evaluated {
  if (operator === "@") return matrixProduct(left, right, span, frame);
  if (operator === "or" || operator === "and") throw new Failure();
  return arithmetic(operator, left, right, mode.whole === true, span, frame);
}

/** What is decided on the left decides without looking at the right. */
function evaluateLogical(chain: Chain, operator: "or" | "and", frame: Frame): Evaluated {
  const decisive = operator === "or";
  let left: Operand = { value: frame.session.evaluator.evaluate(chain.first, frame), span: chain.first.span };
  for (const { operand } of chain.rest) {
    if (left.value.kind === "bool" && left.value.value === decisive) return left.value;
    const right: Operand = { value: frame.session.evaluator.evaluate(operand, frame), span: operand.span };
    const span = { ...chain.span, to: operand.span.to };
    left = { value: combine(operator, left, right, span, frame), span };
  }
  return left.value;
}

function combine(operator: "or" | "and", left: Operand, right: Operand, span: Span, frame: Frame): Evaluated {
  const decisive = operator === "or";
  if (left.value.kind === "bool") return truth(right, frame);
  if (right.value.kind === "bool") return right.value.value === decisive ? right.value : truth(left, frame);
  if (left.value.kind === "condition" && right.value.kind === "condition" && operator === "and") {
    const all = [...left.value.all, ...right.value.all];
    frame.session.budget.spend(all.length);
    return { kind: "condition", all };
  }
  if (left.value.kind === "condition" || right.value.kind === "condition") {
    return frame.fail(
      notCompileTime,
      { what: `this \`${operator}\``, found: "a condition on open dimensions" },
      span,
      "this",
    );
  }
  return frame.at(span, () => logicalTensor(operator, [left, right], span, frame));
}

function truth(operand: Operand, frame: Frame): Evaluated {
  const { value, span } = operand;
  if (value.kind === "bool" || value.kind === "condition") return value;
  if (value.kind === "tensor" && value.type.dtype === "bool") return value;
  return frame.fail(
    wrongElements,
    { operation: "`and`, `or` and `not`", expected: "a bool", found: describeValue(value) },
    span,
    "this",
  );
}

function logicalTensor(operator: "or" | "and", operands: readonly Operand[], span: Span, frame: Frame): Evaluated {
  for (const operand of operands) truth(operand, frame);
  const [left, right] = operands;
  return elementwiseBinary(operator, `\`${operator}\``, left, right, span, frame);
}

const comparisons: Readonly<Record<Exclude<BinaryOperator, "**">, Comparison>> = {
  "==": "equal",
  "!=": "notEqual",
  "<": "less",
  "<=": "lessEqual",
  ">": "greater",
  ">=": "greaterEqual",
};

export function evaluateBinary(
  operator: BinaryOperator,
  left: Expression,
  right: Expression,
  span: Span,
  frame: Frame,
  mode: Mode,
): Evaluated {
  const inner = operator === "**" ? mode : {};
  const a: Operand = { value: frame.session.evaluator.evaluate(left, frame, inner), span: left.span };
  const b: Operand = { value: frame.session.evaluator.evaluate(right, frame, inner), span: right.span };
  if (operator === "**") return arithmetic("**", a, b, mode.whole === true, span, frame);
  return comparison(comparisons[operator], a, b, span, frame);
}

export function evaluateUnary(
  operator: "-" | "not",
  operand: Expression,
  span: Span,
  frame: Frame,
  mode: Mode,
): Evaluated {
  const value = frame.session.evaluator.evaluate(operand, frame, operator === "-" ? mode : {});
  if (operator === "not") return invert({ value, span: operand.span }, span, frame);
  if (value.kind === "number") return { kind: "number", value: rational.negate(value.value) };
  if (value.kind === "dimension") return fromDimension(negate(value.value));
  return frame.at(span, () => {
    const tensor = toTensor({ value, span: operand.span }, frame);
    if (tensor.type.dtype === "bool")
      frame.fail(wrongElements, { operation: "`-`", expected: "numbers", found: "bool" }, operand.span, "this");
    return { ...tensor, value: frame.entry.builder.one("neg", [tensor.value]) };
  });
}

function invert(operand: Operand, span: Span, frame: Frame): Evaluated {
  const value = truth(operand, frame);
  if (value.kind === "bool") return boolValue(!value.value);
  if (value.kind === "condition") {
    const [relation] = value.all;
    if (value.all.length === 1) return { kind: "condition", all: [negateRelation(relation)] };
    return frame.fail(notCompileTime, { what: "this `not`", found: "a condition on open dimensions" }, span, "this");
  }
  return frame.at(span, () => {
    const tensor = toTensor({ value, span: operand.span }, frame, "bool");
    return { ...tensor, value: frame.entry.builder.one("not", [tensor.value]) };
  });
}

export function evaluateTranspose(target: Expression, span: Span, frame: Frame): Evaluated {
  const tensor = toTensor({ value: frame.session.evaluator.evaluate(target, frame), span: target.span }, frame);
  const rank = tensor.type.shape.length;
  if (rank < 2)
    return frame.fail(
      wrongKind,
      { expected: "a tensor of at least two dimensions", found: describeValue(tensor) },
      target.span,
      "`.T` exchanges the last two",
    );
  const order = tensor.type.shape.map((_, axis) =>
    axis === rank - 1 ? rank - 2 : axis === rank - 2 ? rank - 1 : axis,
  );
  return frame.at(span, () =>
    frame.entry.tensor(
      frame.entry.builder.one("transpose", [tensor.value], { permutation: order }),
      order.map((axis) => tensor.labels[axis]),
    ),
  );
}
