/**
 * Functions written into the kernels that call them on four lanes: a call costs as much as a third of a polynomial.
 *
 *   exp(x)   →   (block (result v128) (local.set $exp.x …) (local.set $exp.clamped …) … (f32x4.mul …))
 */
import { expressionOf } from "../../compiler/program/scalars.ts";
import { Scope } from "../../compiler/program/scope.ts";
import { allNodesOf } from "../../compiler/program/traverse.ts";
import type { FunctionDefinition, ScheduledKernel } from "../../compiler/program/types.ts";
import type { Place } from "./context.ts";
import { emptyBlock, localType } from "./context.ts";
import { set } from "./text.ts";
import type { Text } from "./text.ts";

/** Functions of more steps than this are called. */
const mostSteps = 12;

/** Those of the functions that are short enough. */
export function inlinedOf(functions: readonly FunctionDefinition[]): ReadonlyMap<string, FunctionDefinition> {
  const short = functions.filter(({ lets }) => lets.length <= mostSteps);
  return new Map(short.map((definition) => [definition.name, definition]));
}

/** A kernel with more calls than this keeps them: written in, they would make it long, and the processor's cache of instructions short. */
const mostCalls = 64;
/** The same where the module is to be short. */
const fewCalls = 8;

/** Whether the kernel is to be printed with the functions written into it. */
export function takesInlined(
  { body }: ScheduledKernel,
  inlined: ReadonlyMap<string, FunctionDefinition>,
  compact: boolean,
): boolean {
  const calls = allNodesOf(body).filter((node) => node.kind === "call" && inlined.has(node.function));
  return calls.length <= (compact ? fewCalls : mostCalls);
}

/** The function's value for these operands, each of four lanes. */
export function inlineText(definition: FunctionDefinition, operands: readonly Text[], place: Place): Text {
  const { names, locals, module } = place;
  names.open();
  const scope = new Scope(emptyBlock(), place.scope.facts);
  const inner: Place = { ...place, scope };
  const lines: Text[] = [];
  const define = (name: string, dtype: FunctionDefinition["dtype"], value: Text): void => {
    const local = locals.give(`${definition.name}.${name}`, localType({ dtype, lanes: 4 }), names);
    scope.bind("local", name, local);
    lines.push(set(local, value));
  };
  for (const [n, { name, dtype }] of definition.parameters.entries()) define(name, dtype, operands[n]);
  for (const { name, value } of definition.lets) {
    const expression = expressionOf(value, 4);
    define(name, expression.type.dtype, module.expressionText(expression, inner));
  }
  const result = module.expressionText(expressionOf(definition.result, 4), inner);
  names.close();
  return ["block", ["result", localType({ dtype: definition.dtype, lanes: 4 })], ...lines, result];
}
