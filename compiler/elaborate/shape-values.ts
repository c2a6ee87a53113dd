/**
 * Whole numbers and shapes where the text wants them: operators written there round down, and `..` stands for the axes that
 * the signature's matched.
 */
import type { Span } from "../diagnostics/diagnostic.ts";
import { wrongKind } from "../diagnostics/codes/shapes.ts";
import { sizeOverflow } from "../diagnostics/codes/sizes.ts";
import { programTooLarge } from "../diagnostics/codes/limits.ts";
import { DimensionOverflow, type Dimension } from "../dimension/dimension.ts";
import type { Expression } from "../syntax/ast.ts";
import { BudgetExceeded } from "./budget.ts";
import type { ShapeValue } from "./evaluator.ts";
import { Failure } from "./failure.ts";
import type { BoundRest, Frame } from "./frame.ts";
import { asDimension, describeValue, fromDimension, listValue, type AxisLabel, type Evaluated } from "./values.ts";

/** Reports sizes that are too large to be exact, and a program that grows beyond the budget, most of it in this expression. */
export function withinRange<Result>(span: Span, frame: Frame, compute: () => Result): Result {
  const { budget } = frame.session;
  const before = budget.spent;
  try {
    return compute();
  } catch (error) {
    if (error instanceof DimensionOverflow) return frame.fail(sizeOverflow, error, span, "computed here");
    if (!(error instanceof BudgetExceeded) || !budget.mostSince(before)) throw error;
    budget.reported();
    return frame.fail(programTooLarge, budget, span, "most of them come from here");
  }
}

/** What the signature's `..` matched. */
export function restOf(span: Span, frame: Frame): BoundRest {
  const { rest } = frame.body;
  if (rest !== undefined) return rest;
  return frame.fail(wrongKind, { expected: "a signature with `..`", found: "none" }, span, "stands for nothing here");
}

/** `..` as a list of sizes. */
export function restValue(span: Span, frame: Frame): Evaluated {
  return listValue(restOf(span, frame).shape.map(fromDimension));
}

/** A whole number or dimension; operators written here round down. `help` is for a layer in its place. */
export function dimensionOf(expression: Expression, frame: Frame, help?: string): Dimension {
  const value = frame.session.evaluator.evaluate(expression, frame, { whole: true });
  const dimension = withinRange(expression.span, frame, () => asDimension(value));
  if (dimension !== undefined) return dimension;
  const values = { expected: "a whole number", found: describeValue(value) };
  frame.reportOnce(wrongKind, values, expression.span, "this", [], value.kind === "layer" ? help : undefined);
  throw new Failure();
}

/** A value shape: `[.., units]`, `[N, -1]`, or a name that holds a list. */
export function evaluateShape(expression: Expression, frame: Frame): ShapeValue {
  if (expression.kind !== "list")
    return listShape(frame.session.evaluator.evaluate(expression, frame, { whole: true }), expression.span, frame);
  const shape: Dimension[] = [];
  const labels: AxisLabel[] = [];
  for (const item of expression.items) {
    if (item.kind === "rest") {
      for (const [axis, value] of listShape(restValue(item.span, frame), item.span, frame).shape.entries()) {
        shape.push(value);
        labels.push(`..${axis}`);
      }
    } else {
      shape.push(dimensionOf(item, frame));
      labels.push(item.kind === "name" ? item.text : undefined);
    }
  }
  return withInferred(shape, labels);
}

function listShape(value: Evaluated, span: Span, frame: Frame): ShapeValue {
  if (value.kind !== "list")
    return frame.fail(wrongKind, { expected: "a shape such as [N, 4]", found: describeValue(value) }, span, "this");
  const shape = value.items.map((item) => {
    const dimension = asDimension(item);
    return (
      dimension ??
      frame.fail(wrongKind, { expected: "a list of whole numbers", found: describeValue(item) }, span, "this")
    );
  });
  return withInferred(
    shape,
    shape.map(() => undefined),
  );
}

function withInferred(shape: readonly Dimension[], labels: readonly AxisLabel[]): ShapeValue {
  const inferred = shape.findIndex(({ key }) => key === "-1");
  return { shape, labels, inferred: inferred < 0 ? undefined : inferred };
}
