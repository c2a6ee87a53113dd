/**
 * Edits that mend what does not fit: worked out of the two shapes, or of the layer that stands where a tensor is wanted. Each is offered only
 * where it would fit.
 */
import { equal, isConstant, constantValue, printShape, type Dimension } from "../dimension/dimension.ts";
import type { Argument, Expression, TensorInput } from "../syntax/ast.ts";
import { walk } from "../syntax/children.ts";
import { sameShape } from "../ops/emit.ts";
import type { ElementType } from "../loops/types.ts";
import type { Span } from "../diagnostics/diagnostic.ts";
import { printArguments, printExpression } from "./print-expression.ts";
import { print } from "./rational.ts";
import type { TensorType } from "../graph/types.ts";
import type { Evaluated, GivenArguments, Layer } from "./values.ts";

// ---------------------------------------------------------------------------------------------------------------------
// Layers and results in the place of tensors
// ---------------------------------------------------------------------------------------------------------------------

/** What a value lacks to be a tensor. */
export function tensorHelp(value: Evaluated): string | undefined {
  if (value.kind === "tuple") return takeResults(value.items.length);
  return value.kind === "layer" ? layerHelp(value) : undefined;
}

export function takeResults(count: number, source = "…"): string {
  const names = ["a", "b", "c", "d", "e", "f"].slice(0, count);
  return `several results are taken by \`let (${names.join(", ")}) = ${source}\``;
}

function layerHelp({ parts }: Layer): string | undefined {
  const [first, ...others] = parts;
  if (first === undefined) return undefined;
  if (others.length > 0) return "a layer becomes a tensor by its input: `x |> …`, or `(x |> …)` within a sum";
  if (first.kind === "builtin") return first.lacking?.() ?? inputMissing(first.name, "x", []);
  const { declaration } = first.target;
  const inputs = declaration.parameters.filter((one): one is TensorInput => one.kind === "tensorInput");
  return inputMissing(declaration.name.text, inputs[0]?.name.text ?? "x", settingsAsWritten(first.given));
}

function inputMissing(callee: string, input: string, settings: readonly string[]): string {
  const piped = settings.length === 0 ? callee : `${callee}(${settings.join(", ")})`;
  return `\`${callee}\` lacks its input \`${input}\`: write \`${callee}(${[input, ...settings].join(", ")})\` or \`(${input} |> ${piped})\``;
}

function settingsAsWritten({ settings, named }: GivenArguments): readonly string[] {
  const placed = settings.map(({ value }) => shortly(value));
  return [...placed, ...[...named].map(([name, { value }]) => `${name}: ${shortly(value)}`)];
}

function shortly(value: Evaluated): string {
  if (value.kind === "number") return print(value.value);
  if (value.kind === "dimension") return value.value.key;
  if (value.kind === "string") return JSON.stringify(value.value);
  return value.kind === "bool" ? String(value.value) : "…";
}

/** Of a built-in that was given its tensor and lacks something else. */
export function settingMissing(callee: string, given: readonly Argument[], missing: string): string {
  return `\`${callee}\` lacks \`${missing}\`: write \`${callee}(${printArguments(given)}, ${missing})\``;
}

// ---------------------------------------------------------------------------------------------------------------------
// Two shapes
// ---------------------------------------------------------------------------------------------------------------------

/** Where an operator's sides do not broadcast. */
export function operandsHelp(operation: string, left: TensorType, right: TensorType): string | undefined {
  const [a, b] = [left.shape, right.shape];
  const isProduct = operation === "`*`" && a.length >= 2 && b.length === 2 && equal(a[a.length - 1], b[0]);
  if (isProduct)
    return `\`*\` works element by element; the matrix product ${printShape(a)} \`@\` ${printShape(b)} fits`;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (long.length === short.length + 1 && sameShape(short, long.slice(0, -1)))
    return `\`[.., newaxis]\` behind ${printShape(short)} makes it fit`;
  const [one, other] = [left, right].map(({ shape }) => shape.toReversed());
  if (a.length === 2 && b.length === 2 && one !== undefined && other !== undefined && sameShape(one, b))
    return "`.T` behind one side makes it fit";
  return undefined;
}

/** Where `@` finds other sizes inside. */
export function productHelp(left: TensorType, right: TensorType): string | undefined {
  const [a, b] = [left.shape, right.shape];
  const last = a.at(-1);
  if (sameShape(a, b)) return "element by element is `*`";
  if (a.length > 2 && b.length > 2 && !sameShape(a.slice(0, -2), b.slice(0, -2))) return undefined;
  if (a.length > 0 && b.length >= 2 && last !== undefined && equal(last, b[b.length - 1]))
    return "`.T` behind the right side makes it fit";
  const isTurned = a.length >= 2 && b.length >= 2 && equal(a[a.length - 2], b[b.length - 2]);
  return isTurned ? "`.T` behind the left side makes it fit" : undefined;
}

/** Where an argument has other elements than the signature writes. */
export function elementsHelp(wanted: ElementType, found: ElementType): string | undefined {
  if (wanted === found) return undefined;
  if (wanted === "f32" && found === "i32") return "numbers become f32 by `f32(x)`, ids become vectors by `embedding`";
  if (wanted === "f32") return "convert with `f32(x)`";
  return wanted === "i32" && found === "f32"
    ? "whole numbers stand in the signature as `i32[…]`; `i32(x)` rounds to them"
    : `convert with \`${wanted}(x)\``;
}

/** A result, the shape that was promised, and the expression that gave it, where that can be found. */
export interface Promised {
  readonly found: TensorType;
  readonly wanted: TensorType;
  readonly body: Expression | undefined;
}

export function resultHelp({ found, wanted, body }: Promised): string | undefined {
  const [from, to] = [found.shape, wanted.shape];
  if (found.dtype !== wanted.dtype) {
    const promised = `${found.dtype === "f32" ? "" : found.dtype}${printShape(from)}`;
    return sameShape(from, to) ? `promise \`-> ${promised}\`, or convert with \`${wanted.dtype}(…)\`` : undefined;
  }
  const last = to.at(-1);
  if (to.length === from.length) return last === undefined ? undefined : lastSizeHelp(found, to, body);
  if (from.length === to.length + 1 && isConstant(from[from.length - 1], 1) && sameShape(from.slice(0, -1), to))
    return "`[.., 0]` behind it takes the axis of size 1 away";
  if (to.length === from.length + 1 && isConstant(to[to.length - 1], 1) && sameShape(to.slice(0, -1), from))
    return "`[.., newaxis]` behind it puts the axis of size 1 in";
  const isTooLong = to.length === 2 && from.length > 2 && equal(from[0], to[0]);
  if (!isTooLong || last === undefined || found.dtype !== "f32") return undefined;
  if (!from.slice(1).every(isKnown))
    return from.length === 3 && equal(last, from[2])
      ? "its last place alone is `[:, -1]` behind it; the mean of all places is `mean(x, axis: 1)`"
      : undefined;
  const dense = equal(last, from[from.length - 1]) ? stageOf(body, "dense", "first") : undefined;
  if (dense !== undefined) return `\`flatten\` before \`${printExpression(dense)}\` gives ${printShape(to)}`;
  return isKnown(last) ? `\`|> flatten |> dense(${last.key})\` behind it gives ${printShape(to)}` : undefined;
}

function isKnown(size: Dimension): boolean {
  return constantValue(size) !== undefined;
}

/** Only the last size differs: a dense layer decides it. */
function lastSizeHelp(
  { dtype, shape: from }: TensorType,
  to: readonly Dimension[],
  body: Expression | undefined,
): string | undefined {
  const size = to[to.length - 1];
  if (to.length >= 2 && sameShape(from, [...to.slice(0, -2), to[to.length - 1], to[to.length - 2]]))
    return "`.T` behind it makes it fit";
  if (dtype !== "f32" || to.length < 2 || !sameShape(from.slice(0, -1), to.slice(0, -1)) || !isKnown(size))
    return undefined;
  const dense = stageOf(body, "dense", "last");
  return dense === undefined
    ? `\`|> dense(${size.key})\` behind it gives ${printShape(to)}`
    : `\`dense(${size.key})\` gives ${printShape(to)}`;
}

/** A stage of a pipe that calls `callee`: the first of them, or the very last stage. */
function stageOf(body: Expression | undefined, callee: string, which: "first" | "last"): Expression | undefined {
  if (body === undefined) return undefined;
  const stages = body.kind === "pipe" ? body.stages : [body];
  const calls = (stage: Expression | undefined): boolean =>
    stage?.kind === "call" && stage.callee.kind === "name" && stage.callee.text === callee;
  const found = which === "first" ? stages.find(calls) : stages.at(-1);
  return calls(found) ? found : undefined;
}

/** The expression that stands at a span below `root`. */
export function expressionAt(root: Parameters<typeof walk>[0], { from, to }: Span): Expression | undefined {
  for (const node of walk(root)) {
    if (node.span.from !== from || node.span.to !== to) continue;
    if (node.kind === "pipe" || node.kind === "call" || node.kind === "chain" || node.kind === "name") return node;
  }
  return undefined;
}

/** `0 and 1, or -2 and -1`. */
export function axesHelp(rank: number, shape: string): string {
  if (rank === 0) return `${shape} is one number: it has no axes`;
  const list = (numbers: readonly number[]): string =>
    numbers.length === 1 ? String(numbers[0]) : `${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1) ?? ""}`;
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return `${shape} has the ${rank === 1 ? "axis" : "axes"} ${list(axes)}, or ${list(axes.map((axis) => axis - rank))}`;
}

// ---------------------------------------------------------------------------------------------------------------------
// Precedence
// ---------------------------------------------------------------------------------------------------------------------

/** Where a sum stands before a pipe, which takes all of it: the reading that was probably meant. */
export function pipedSumHelp([first, ...others]: readonly Expression[]): string | undefined {
  if (first?.kind !== "chain" || first.span.from !== first.first.span.from) return undefined;
  const last = first.rest.at(-1);
  if (last === undefined) return undefined;
  const piped = [last.operand, ...others].map(printExpression).join(" |> ");
  return `\`|>\` binds looser than \`${last.operator}\`: \`… ${last.operator} (${piped})\``;
}

/** Where a stage of a pipe is a sum, which is computed before anything is piped into it. */
export function summedStageHelp(stage: Expression, before: readonly Expression[]): string | undefined {
  if (stage.kind !== "chain" && stage.kind !== "binary") return undefined;
  const [first, operator] =
    stage.kind === "chain" ? [stage.first, stage.rest[0]?.operator ?? "+"] : [stage.left, stage.operator];
  if (operator === ">") return "`>` compares; a layer is piped into by `|>`";
  if (stage.span.from !== first.span.from) return undefined;
  const piped = [...before, first].map(printExpression).join(" |> ");
  return `\`|>\` binds looser than \`${operator}\`: \`(${piped}) ${operator} …\``;
}
