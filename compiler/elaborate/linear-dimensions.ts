/**
 * Names that a signature's expression tells: of `[.., 2 * K]` an argument `[N, 6]` makes K 3. That it divides, and leaves at least 1, is
 * checked here where sizes are known, else by the host at each call.
 */
import { argumentShape, unboundDimension } from "../diagnostics/codes/shapes.ts";
import { label } from "../diagnostics/diagnostic.ts";
import {
  constant,
  constantValue,
  floorDivide,
  negate,
  remainder,
  subtract,
  symbol,
  type Dimension,
} from "../dimension/dimension.ts";
import { assume, divideUnder } from "../dimension/facts.ts";
import { isNonNegative } from "../dimension/interval.ts";
import { linearIn } from "../dimension/linear.ts";
import type { LinearDimension } from "../semantics/linear.ts";
import type { Callable, TensorInput, TensorType as SyntaxType } from "../syntax/ast.ts";
import type { Frame } from "./frame.ts";
import { printExpression, printType } from "./print-expression.ts";
import { describeType, type GivenArgument, type Tensor } from "./values.ts";

/** An axis of an argument that such a dimension describes. */
export interface LinearPlace {
  readonly linear: LinearDimension;
  readonly axis: number;
  readonly input: TensorInput;
  readonly type: SyntaxType;
  readonly tensor: Tensor;
  readonly span: GivenArgument["span"];
}

/** Binds the name in `inside`. */
export function bindLinear(place: LinearPlace, declaration: Callable, inside: Frame, outside: Frame): void {
  const { linear, axis, tensor, span } = place;
  const { text } = linear.name;
  const bind = (size: Dimension): void => {
    inside.body.dimensions.set(text, { size, callerLabel: undefined, span });
  };
  // While its expression is evaluated the name stands for itself, as no size of the caller can be called.
  const itself = `?${text}`;
  bind(symbol(itself));
  const form = linearIn(inside.session.evaluator.dimension(linear.expression, inside), itself);
  if (form === undefined)
    return inside.fail(unboundDimension, { name: text }, linear.expression.span, "the same whatever it is");
  const isFalling = (constantValue(form.factor) ?? 1) < 0;
  const total = subtract(tensor.type.shape[axis], form.rest);
  bind(
    solved(
      place,
      isFalling ? negate(total) : total,
      isFalling ? negate(form.factor) : form.factor,
      declaration,
      outside,
    ),
  );
}

/** total / factor, a whole number of at least 1. */
function solved(
  place: LinearPlace,
  total: Dimension,
  factor: Dimension,
  declaration: Callable,
  outside: Frame,
): Dimension {
  const { entry } = outside;
  const left = remainder(total, factor);
  const exact = divideUnder(entry.facts, total, factor);
  if (exact === undefined && (constantValue(left) ?? 0) !== 0) return failPlace(place, declaration, outside);
  const size = exact ?? floorDivide(total, factor);
  if ((constantValue(size) ?? 1) < 1) return failPlace(place, declaration, outside);
  const require = (side: Dimension, comparison: "equal" | "greaterEqual"): void => {
    const message = `\`${declaration.name.text}\` takes ${place.input.name.text}: ${printType(place.type)}, so ${told(place)} must be a whole number of at least 1`;
    outside.session.requirements.push({ entry: entry.name, left: side, comparison, right: constant(0), message });
  };
  if (exact === undefined) {
    require(left, "equal");
    entry.facts = assume(entry.facts, total, factor);
  }
  const room = subtract(size, constant(1));
  if (!isNonNegative(room)) require(room, "greaterEqual");
  return size;
}

function told({ linear: { name }, tensor, axis }: LinearPlace): string {
  return `\`${name.text}\`, told by a size of ${tensor.type.shape[axis].key},`;
}

function failPlace(place: LinearPlace, declaration: Callable, outside: Frame): never {
  const { linear, axis, input, type, tensor, span } = place;
  const values = {
    callee: declaration.name.text,
    input: input.name.text,
    expected: printType(type),
    found: describeType(tensor.type),
  };
  const problem = `${tensor.type.shape[axis].key} is \`${printExpression(linear.expression)}\` for no whole \`${linear.name.text}\` of at least 1`;
  return outside.fail(argumentShape, values, span, problem, [label(linear.expression.span, "declared here")]);
}
