/**
 * The axes that a built-in is told: by label (`over: C`), by position (`axis: -1`), or all. Whatever is named exists and is named once;
 * everything else is reported at its place.
 */
import { label, type Span } from "../../diagnostics/diagnostic.ts";
import {
  axisAmbiguous,
  axisNotFound,
  axisOutOfRange,
  axisRepeated,
  overAndAxis,
} from "../../diagnostics/codes/shapes.ts";
import type { Expression, Name } from "../../syntax/ast.ts";
import { describeExpression } from "../../syntax/describe.ts";
import { axesHelp } from "../advice.ts";
import type { Frame } from "../frame.ts";
import { restOf } from "../shape-values.ts";
import { describeType, newAxis, type Tensor } from "../values.ts";
import type { BuiltinCall } from "./call.ts";

/** An axis, and where it was named. */
interface NamedAxis {
  readonly axis: number;
  /** As the user wrote it. */
  readonly name: string;
  readonly span: Span;
}

/** The axes that `over` or `axis` name, ascending; all where neither is given. */
export function axesOf(tensor: Tensor, call: BuiltinCall): readonly number[] {
  const over = call.expression("over");
  if (over === undefined)
    return call.has("axis") ? axesAt("axis", tensor, call) : tensor.type.shape.map((_, axis) => axis);
  if (call.has("axis"))
    call.frame.fail(overAndAxis, { callee: call.name }, call.spanOf("axis"), "and by position here", [
      label(over.span, "named by label here"),
    ]);
  return eachOnce(labelled(over, tensor, call), tensor, call);
}

/** Axes by position, counted from the end where negative, ascending. */
export function axesAt(parameter: string, tensor: Tensor, call: BuiltinCall): readonly number[] {
  return eachOnce(positions(parameter, tensor.type.shape.length, describeType(tensor.type), call), tensor, call);
}

/** The one axis of a tensor of this rank, by position. */
export function axisAt(parameter: string, rank: number, shape: string, call: BuiltinCall): number {
  const [first, ...others] = positions(parameter, rank, shape, call);
  if (first !== undefined && others.length === 0) return first.axis;
  return call.fail("one axis", `${others.length + (first === undefined ? 0 : 1)} axes`, call.spanOf(parameter));
}

function positions(parameter: string, rank: number, shape: string, call: BuiltinCall): readonly NamedAxis[] {
  const expression = call.expression(parameter);
  return call.integers(parameter).map((found, index) => {
    const span = expression?.kind === "list" ? expression.items[index].span : call.spanOf(parameter);
    const axis = found < 0 ? found + rank : found;
    if (axis >= 0 && axis < rank) return { axis, name: String(found), span };
    return call.frame.fail(axisOutOfRange, { axis: String(found), shape }, span, "this", [], axesHelp(rank, shape));
  });
}

function eachOnce(named: readonly NamedAxis[], tensor: Tensor, call: BuiltinCall): readonly number[] {
  const seen = new Map<number, NamedAxis>();
  for (const one of named) {
    const first = seen.get(one.axis);
    if (first !== undefined) {
      call.frame.fail(
        axisRepeated,
        { axis: one.name, shape: describeType(tensor.type) },
        one.span,
        "again here",
        first.span.from === one.span.from ? [] : [label(first.span, "first here")],
      );
    }
    seen.set(one.axis, one);
  }
  return [...seen.keys()].sort((a, b) => a - b);
}

function labelled(over: Expression, tensor: Tensor, call: BuiltinCall): readonly NamedAxis[] {
  if (over.kind === "rest")
    return restOf(over.span, call.frame).shape.map((_, index) => axisLabelled(`..${index}`, "..", over, tensor, call));
  if (over.kind === "name") return [axisLabelled(over.text, over.text, over, tensor, call)];
  if (over.kind === "list") return over.items.flatMap((item) => labelled(item, tensor, call));
  const [expected, found] = ["the name of a dimension, a list of them or `..`", describeExpression(over)];
  return call.fail(expected, found, over.span, largerHelp(call));
}

/** `max` reduces; of two values one is taken by another function. */
function largerHelp({ name }: BuiltinCall): string | undefined {
  if (name !== "max" && name !== "min") return undefined;
  const [which, other] = name === "max" ? ["larger", "maximum"] : ["smaller", "minimum"];
  return `\`${name}\` reduces an axis; the ${which} of two values is \`${other}(a, b)\``;
}

function axisLabelled(
  wanted: string,
  name: string,
  { span }: Name | Extract<Expression, { kind: "rest" }>,
  tensor: Tensor,
  call: BuiltinCall,
): NamedAxis {
  const { frame } = call;
  return {
    axis: labelledAxis(
      {
        wanted,
        name,
        span,
        byPosition: "axis: -1",
        help: frame.lookUp(name) === undefined ? undefined : largerHelp(call),
      },
      tensor,
      call.spanOf("x"),
      frame,
    ),
    name,
    span,
  };
}

/** A label as it is written at a place, and how that place names an axis by its position. */
interface NamedLabel {
  readonly wanted: string;
  readonly name: string;
  readonly span: Span;
  readonly byPosition: string;
  /** In the place of that. */
  readonly help?: string | undefined;
}

/** The one axis of a tensor that has the label. */
export function labelledAxis(
  { wanted, name, span, byPosition, help }: NamedLabel,
  tensor: Tensor,
  place: Span,
  frame: Frame,
): number {
  const axes = tensor.labels.flatMap((own, axis) => (own === wanted ? [axis] : []));
  const [axis] = axes;
  if (axes.length === 1) return axis;
  return frame.fail(
    axes.length === 0 ? axisNotFound : axisAmbiguous,
    { name, shape: describeType(tensor.type) },
    span,
    axes.length === 0 ? "no such axis" : "which one?",
    [label(place, `its axes are labelled ${printLabels(tensor)}`)],
    help ?? `give the position: \`${byPosition}\` is the last`,
  );
}

function printLabels({ labels }: Tensor): string {
  return `[${labels.map((name) => (name === undefined || name === newAxis ? "?" : name)).join(", ")}]`;
}
