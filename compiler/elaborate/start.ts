/**
 * How a parameter or a state starts: an initializer, or one number, `true` or `false` for all elements. What a state of whole
 * numbers or of bools starts with must be one itself: nothing is rounded without a word.
 */
import { constantValue } from "../dimension/dimension.ts";
import type { Span } from "../diagnostics/diagnostic.ts";
import { wrongElements, wrongKind } from "../diagnostics/codes/shapes.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { TensorType, Value } from "../graph/types.ts";
import type { ElementType } from "../loops/types.ts";
import { broadcastTo, fill } from "../ops/emit.ts";
import type { Expression } from "../syntax/ast.ts";
import type { Frame } from "./frame.ts";
import { Instance } from "./paths.ts";
import { toTensor } from "./tensors.ts";
import { describeValue, type AxisLabel, type Evaluated, type Recipe, type Tensor } from "./values.ts";

export interface Start {
  readonly value: Recipe | Extract<Evaluated, { kind: "number" | "bool" }>;
  readonly span: Span;
}

/** What a declaration of this element type writes behind its `=`. */
export function startOf(expression: Expression, dtype: ElementType, frame: Frame): Start {
  const { span } = expression;
  const value = frame.session.evaluator.evaluate(expression, frame, { expects: "initializer" });
  if (value.kind === "initializer") return { value, span };
  if (value.kind === "bool" && dtype === "bool") return { value, span };
  if (value.kind === "number" && dtype !== "bool") return { value, span };
  const expected = dtype === "bool" ? "an initializer, true or false" : "an initializer or a number";
  return frame.fail(wrongKind, { expected, found: describeValue(value) }, span, "this");
}

/**
 * The first value, whose draws are keyed by the variable's own name. Where a size is still to come, from data or from the caller, a stand-in:
 * an initializer may ask which side is longer, and nothing runs before the size is there.
 */
export function firstValue(
  { value: start, span }: Start,
  type: TensorType,
  labels: readonly AxisLabel[],
  name: string,
  frame: Frame,
): Tensor {
  const { builder } = frame.entry;
  if (start.kind !== "initializer") {
    const single = frame.at(span, () => toTensor({ value: start, span }, frame, type.dtype));
    return { ...single, type, labels, value: broadcastTo(builder, single.value, type.shape) };
  }
  if (type.shape.some((size) => constantValue(size) === undefined)) {
    const standIn = frame.at(span, () => fill(builder, type.shape, 0, type.dtype));
    return { kind: "tensor", type, labels, value: standIn };
  }
  const drawn = frame.session.evaluator.initialize(
    start,
    { shape: type.shape, labels, inferred: undefined },
    Instance.root(name),
    frame,
  );
  if (drawn.type.dtype === type.dtype) return drawn;
  const number = repeated(builder, drawn.value);
  if (number === undefined || !holds(type.dtype, number)) {
    return frame.fail(
      wrongElements,
      {
        operation: `the state \`${name}\``,
        expected: `an initializer that gives ${type.dtype}, such as \`zeros\``,
        found: `\`${start.target.declaration.name.text}\`, which gives ${drawn.type.dtype}`,
      },
      span,
      "this",
    );
  }
  return { ...drawn, type, value: frame.at(span, () => fill(builder, type.shape, number, type.dtype)) };
}

/** The number that all elements are where an initializer repeats one, as `zeros` does. */
function repeated(builder: GraphBuilder, value: Value): number | undefined {
  let { op, inputs, attributes } = builder.node(value.node);
  while (op === "broadcast" || op === "reshape") ({ op, inputs, attributes } = builder.node(inputs[0].node));
  return op === "constant" && typeof attributes.value === "number" ? attributes.value : undefined;
}

function holds(dtype: ElementType, number: number): boolean {
  if (dtype === "f32") return true;
  return dtype === "bool" ? number === 0 || number === 1 : (number | 0) === number;
}
