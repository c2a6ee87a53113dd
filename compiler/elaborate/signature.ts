/**
 * Signatures against arguments: which member of a union an argument is, what the names of dimensions are bound to, and
 * whether everything agrees. Results are checked the same way, and get back the caller's names for their axes.
 */
import { label, type Label, type Span } from "../diagnostics/diagnostic.ts";
import { argumentShape, dimensionConflict, resultShape, unboundDimension } from "../diagnostics/codes/shapes.ts";
import { missingSetting } from "../diagnostics/codes/settings.ts";
import { equal, symbolsOf, type Dimension } from "../dimension/dimension.ts";
import { equalUnder } from "../dimension/facts.ts";
import type {
  Callable,
  Dimension as SyntaxDimension,
  Expression,
  TensorInput,
  TensorType as SyntaxType,
} from "../syntax/ast.ts";
import { nameInPrelude } from "../semantics/builtins.ts";
import { linearDimensions } from "../semantics/linear.ts";
import { lookUp } from "../semantics/module.ts";
import { elementsHelp, expressionAt, resultHelp } from "./advice.ts";
import { toTensor } from "./tensors.ts";
import type { Frame } from "./frame.ts";
import { bindLinear, type LinearPlace } from "./linear-dimensions.ts";
import { printExpression, printType } from "./print-expression.ts";
import { describeType, type AxisLabel, type GivenArgument, type Tensor } from "./values.ts";

/** A dimension's place in a signature: which of the tensor's axes it describes. */
interface Place {
  readonly dimension: SyntaxDimension;
  readonly axis: number;
}

/** The places of a shape beside `..`, and the axes that `..` takes; undefined where the ranks do not fit. */
function places(
  shape: readonly SyntaxDimension[],
  rank: number,
): { readonly fixed: readonly Place[]; readonly rest: readonly number[] | undefined } | undefined {
  const at = shape.findIndex(({ kind }) => kind === "rest");
  if (at < 0)
    return shape.length === rank
      ? { fixed: shape.map((dimension, axis) => ({ dimension, axis })), rest: undefined }
      : undefined;
  const width = rank - (shape.length - 1);
  if (width < 0) return undefined;
  const fixed = shape.flatMap((dimension, index) =>
    index === at ? [] : [{ dimension, axis: index < at ? index : index - 1 + width }],
  );
  return { fixed, rest: Array.from({ length: width }, (_, index) => at + index) };
}

/** Whether an expression in a signature is a name that the argument may bind. */
export function bindable(dimension: SyntaxDimension, frame: Frame): string | undefined {
  return dimension.kind === "name" && isOpen(dimension.text, frame) ? dimension.text : undefined;
}

/** No value, constant, setting or name of the prelude's: the name of a dimension. */
function isOpen(name: string, frame: Frame): boolean {
  if (nameInPrelude(name) !== undefined) return false;
  if (frame.lookUp(name) !== undefined || frame.body.settings.has(name)) return false;
  return lookUp(frame.body.scope, "value", name)?.declaration.kind !== "const";
}

interface Matched {
  readonly input: TensorInput;
  readonly type: SyntaxType;
  readonly tensor: Tensor;
  readonly span: Span;
}

/** What is left to do with a signature's expressions, once the settings in them are bound. */
interface Expressions {
  /** The names that they tell. */
  readonly names: readonly string[];
  bind(): void;
  check(): void;
}

/** Matches all tensor inputs; binds them, and the dimensions that stand alone, in `inside`. */
export function bindTensors(
  declaration: Callable,
  given: ReadonlyMap<string, GivenArgument>,
  inside: Frame,
  outside: Frame,
  span: Span,
): Expressions {
  const inputs = declaration.parameters.filter((parameter) => parameter.kind === "tensorInput");
  const matched = inputs.map((input) => choose(input, given.get(input.name.text), declaration, inside, outside, span));
  for (const match of matched) bindNames(match, declaration, inside, outside);
  for (const { input, type, tensor } of matched) {
    inside.bindValue(input.name.text, { ...tensor, labels: labelsFor(type.shape, tensor.type.shape.length, inside) });
  }
  const linear = linearIn(matched, inside);
  return {
    names: linear.map(({ linear: { name } }) => name.text),
    bind() {
      for (const place of linear) bindLinear(place, declaration, inside, outside);
    },
    check() {
      const told = new Set<SyntaxDimension>(linear.map((place) => place.linear.expression));
      for (const match of matched) checkExpressions(match, told, declaration, inside, outside);
    },
  };
}

/** The dimensions that tell a name which none tells by standing alone. */
function linearIn(matched: readonly Matched[], inside: Frame): readonly LinearPlace[] {
  const fixed = matched.flatMap((match) =>
    (places(match.type.shape, match.tensor.type.shape.length)?.fixed ?? []).map((place) => ({ ...match, ...place })),
  );
  const linear = linearDimensions(
    fixed.map(({ dimension }) => dimension),
    (name) => isKnown(name, inside),
  );
  return linear.flatMap((one) =>
    fixed.flatMap((place) => (place.dimension === one.expression ? [{ ...place, linear: one }] : [])),
  );
}

/** Whether a name in a signature means something before any expression tells one. */
export function isKnown(name: string, frame: Frame): boolean {
  return frame.body.dimensions.has(name) || !isOpen(name, frame);
}

function choose(
  input: TensorInput,
  argument: GivenArgument | undefined,
  declaration: Callable,
  inside: Frame,
  outside: Frame,
  span: Span,
): Matched {
  const callee = declaration.name.text;
  const expected = input.types.map(printType).join(" | ");
  if (argument === undefined) {
    return outside.fail(missingSetting, { callee, name: input.name.text, type: expected }, span, "in this call", [
      label(input.span, "declared here"),
    ]);
  }
  const tensor = toTensor(argument, outside, input.types[0].element);
  const type = input.types.find((candidate) => fitsMember(candidate, tensor, inside));
  if (type !== undefined) return { input, type, tensor, span: argument.span };
  return outside.fail(
    argumentShape,
    { callee, input: input.name.text, expected, found: describeType(tensor.type) },
    argument.span,
    `this is ${describeType(tensor.type)}`,
    [label(input.span, "declared here")],
    input.types.some(({ element }) => element === tensor.type.dtype)
      ? axisHelp(input.types, tensor)
      : elementsHelp(input.types[0].element, tensor.type.dtype),
  );
}

/** Where one axis is missing, as that of the one channel of a grey picture. */
function axisHelp([{ shape }, ...others]: readonly SyntaxType[], { type }: Tensor): string | undefined {
  const last = shape.at(-1);
  const mayBeOne = last?.kind === "name" || (last?.kind === "number" && last.text === "1");
  const isShort =
    mayBeOne &&
    others.length === 0 &&
    shape.every(({ kind }) => kind !== "rest") &&
    shape.length === type.shape.length + 1;
  return isShort ? "`[.., newaxis]` puts an axis of size 1 in" : undefined;
}

function fitsMember({ element, shape }: SyntaxType, tensor: Tensor, inside: Frame): boolean {
  if (element !== tensor.type.dtype) return false;
  const found = places(shape, tensor.type.shape.length);
  return (
    found !== undefined &&
    found.fixed.every(({ dimension, axis }) => fitsKnown(dimension, tensor.type.shape[axis], inside))
  );
}

/** False only where the signature has a number and the argument another one. */
function fitsKnown(dimension: SyntaxDimension, size: Dimension, inside: Frame): boolean {
  return dimension.kind !== "number" || equal(inside.session.evaluator.dimension(dimension, inside), size);
}

function bindNames({ input, type, tensor, span }: Matched, declaration: Callable, inside: Frame, outside: Frame): void {
  const { body } = inside;
  const found = places(type.shape, tensor.type.shape.length);
  if (found === undefined) return;
  for (const { dimension, axis } of found.fixed) {
    const name = bindable(dimension, inside);
    if (name === undefined) continue;
    const size = tensor.type.shape[axis];
    const known = body.dimensions.get(name);
    if (known === undefined) body.dimensions.set(name, { size, callerLabel: tensor.labels[axis], span });
    else if (!equal(known.size, size))
      conflict(name, known, [known.size, size], size.key, input, span, declaration, outside);
    else if (known.callerLabel === undefined) body.dimensions.set(name, { ...known, callerLabel: tensor.labels[axis] });
  }
  if (found.rest !== undefined) bindRest(found.rest, input, tensor, span, declaration, inside, outside);
}

function bindRest(
  axes: readonly number[],
  input: TensorInput,
  tensor: Tensor,
  span: Span,
  declaration: Callable,
  inside: Frame,
  outside: Frame,
): void {
  const shape = axes.map((axis) => tensor.type.shape[axis]);
  const known = inside.body.rest;
  if (known === undefined) {
    inside.body.rest = { shape, callerLabels: axes.map((axis) => tensor.labels[axis]), span };
  } else if (shape.length !== known.shape.length || shape.some((size, axis) => !equal(size, known.shape[axis]))) {
    const print = (sizes: readonly Dimension[]): string => `[${sizes.map(({ key }) => key).join(", ")}]`;
    conflict(
      "..",
      { size: { key: print(known.shape) }, span: known.span },
      [...known.shape, ...shape],
      print(shape),
      input,
      span,
      declaration,
      outside,
    );
  }
}

function conflict(
  name: string,
  known: { readonly size: { readonly key: string }; readonly span: Span | undefined },
  sizes: readonly Dimension[],
  second: string,
  input: TensorInput,
  span: Span,
  declaration: Callable,
  outside: Frame,
): never {
  const open = [...new Set(sizes.flatMap((size) => [...symbolsOf(size)]))];
  const more: Label[] = known.span === undefined ? [] : [label(known.span, `this makes \`${name}\` ${known.size.key}`)];
  return outside.fail(
    dimensionConflict,
    { callee: declaration.name.text, name, first: known.size.key, second, input: input.name.text, open },
    span,
    `this makes it ${second}`,
    [...more, label(input.span, "declared here")],
  );
}

function checkExpressions(
  { input, type, tensor, span }: Matched,
  told: ReadonlySet<SyntaxDimension>,
  declaration: Callable,
  inside: Frame,
  outside: Frame,
): void {
  for (const { dimension, axis } of places(type.shape, tensor.type.shape.length)?.fixed ?? []) {
    if (dimension.kind === "inferred" || told.has(dimension) || bindable(dimension, inside) !== undefined) continue;
    const size = tensor.type.shape[axis];
    if (equalUnder(inside.entry.facts, inside.session.evaluator.dimension(dimension, inside), size)) continue;
    outside.fail(
      argumentShape,
      {
        callee: declaration.name.text,
        input: input.name.text,
        expected: printType(type),
        found: describeType(tensor.type),
      },
      span,
      `this is ${describeType(tensor.type)}`,
      [label(dimension.span, `this is ${inside.session.evaluator.dimension(dimension, inside).key}`)],
    );
  }
}

/** The labels that a signature's shape gives to axes, inside the body. */
export function labelsFor(shape: readonly SyntaxDimension[], rank: number, frame: Frame): readonly AxisLabel[] {
  const found = places(shape, rank);
  const labels: AxisLabel[] = Array.from({ length: rank });
  for (const { dimension, axis } of found?.fixed ?? []) if (dimension.kind === "name") labels[axis] = dimension.text;
  for (const [index, axis] of (found?.rest ?? []).entries())
    if (frame.body.rest !== undefined) labels[axis] = `..${index}`;
  return labels;
}

/** Checks one result against the members of its union, and translates its labels into the caller's. */
export function checkResult(
  tensor: Tensor,
  types: readonly SyntaxType[],
  declaration: Callable,
  inside: Frame,
  span: Span,
): Tensor {
  const type = types.find((candidate) => isResult(candidate, tensor, inside));
  if (type === undefined) {
    const expected = types.map((candidate) => expectedType(candidate, inside)).join(" | ");
    return inside.fail(
      resultShape,
      { callee: declaration.name.text, expected, found: describeType(tensor.type) },
      span,
      `this is ${describeType(tensor.type)}`,
      types.map((candidate) => label(candidate.span, "promised here")),
      helpWith(tensor, types, declaration, inside, span),
    );
  }
  return { ...tensor, labels: callerLabels(places(type.shape, tensor.type.shape.length), tensor, inside) };
}

/** The edit that makes the one promised shape of it. */
function helpWith(
  { type: found }: Tensor,
  [first, ...others]: readonly SyntaxType[],
  declaration: Callable,
  inside: Frame,
  span: Span,
): string | undefined {
  if (first === undefined || others.length > 0 || inside.body.scope.outer === undefined) return undefined;
  const shape: Dimension[] = [];
  for (const dimension of first.shape) {
    if (dimension.kind === "inferred") return undefined;
    if (dimension.kind === "rest") shape.push(...(inside.body.rest?.shape ?? []));
    else shape.push(resultDimension(dimension, inside));
  }
  const body = expressionAt(declaration.body, span);
  return resultHelp({ found, wanted: { dtype: first.element, shape }, body });
}

function isResult({ element, shape }: SyntaxType, tensor: Tensor, inside: Frame): boolean {
  const found = places(shape, tensor.type.shape.length);
  return (
    found !== undefined &&
    element === tensor.type.dtype &&
    restFits(found.rest, tensor, inside) &&
    found.fixed.every(({ dimension, axis }) => resultFits(dimension, tensor.type.shape[axis], inside))
  );
}

function restFits(axes: readonly number[] | undefined, tensor: Tensor, { body: { rest } }: Frame): boolean {
  if (axes === undefined || rest === undefined) return true;
  return (
    axes.length === rest.shape.length && axes.every((axis, index) => equal(tensor.type.shape[axis], rest.shape[index]))
  );
}

function resultFits(dimension: SyntaxDimension, size: Dimension, inside: Frame): boolean {
  return dimension.kind === "inferred" || equalUnder(inside.entry.facts, resultDimension(dimension, inside), size);
}

function resultDimension(dimension: Expression, inside: Frame): Dimension {
  const name = bindable(dimension, inside);
  const unbound = name !== undefined && !inside.body.dimensions.has(name);
  if (unbound) return inside.fail(unboundDimension, { name }, dimension.span, "bound by nothing");
  return inside.session.evaluator.dimension(dimension, inside);
}

/** `[N, 4*D]` with values where they are known. */
function expectedType({ element, shape }: SyntaxType, inside: Frame): string {
  const sizes = shape.flatMap((dimension) => {
    if (dimension.kind === "inferred") return ["_"];
    if (dimension.kind === "rest") return inside.body.rest?.shape.map(({ key }) => key) ?? [".."];
    const written = printExpression(dimension);
    const { key } = resultDimension(dimension, inside);
    return [written === key ? key : `${written} = ${key}`];
  });
  return `${element === "f32" ? "" : element}[${sizes.join(", ")}]`;
}

function callerLabels(found: ReturnType<typeof places>, tensor: Tensor, { body }: Frame): readonly AxisLabel[] {
  const labels: AxisLabel[] = tensor.labels.map(() => undefined);
  for (const { dimension, axis } of found?.fixed ?? []) {
    if (dimension.kind !== "name") continue;
    labels[axis] = body.dimensions.get(dimension.text)?.callerLabel ?? body.settings.get(dimension.text);
  }
  for (const [index, axis] of (found?.rest ?? []).entries()) labels[axis] = body.rest?.callerLabels[index];
  return labels;
}
