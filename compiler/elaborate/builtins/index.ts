/** The built-ins' rules under their names, and the one way to call them. */
import { InternalError, type Span } from "../../diagnostics/diagnostic.ts";
import { numbered } from "../../diagnostics/lists.ts";
import { missingSetting, tooManyArguments, unknownSetting } from "../../diagnostics/codes/settings.ts";
import { builtins, type Builtin, type BuiltinName } from "../../semantics/builtins.ts";
import { settingHelp } from "../../semantics/habits.ts";
import type { Argument } from "../../syntax/ast.ts";
import { settingMissing } from "../advice.ts";
import { failTwice } from "../arguments.ts";
import type { Mode } from "../evaluator.ts";
import { recover } from "../failure.ts";
import type { Frame } from "../frame.ts";
import type { Evaluated } from "../values.ts";
import { BuiltinCall, spanOf, type Given, type Rule } from "./call.ts";
import { cumsumRules } from "./cumsum.ts";
import { einsumRules } from "./einsum.ts";
import { elementwiseRules } from "./elementwise.ts";
import { indexRules } from "./indices.ts";
import { otherRules } from "./random.ts";
import { reductionRules } from "./reductions.ts";
import { shapeRules } from "./shapes.ts";
import { windowRules } from "./windows.ts";

const rules: Readonly<Record<BuiltinName, Rule>> = {
  ...elementwiseRules,
  ...reductionRules,
  ...shapeRules,
  ...indexRules,
  ...einsumRules,
  ...otherRules,
  ...windowRules,
  ...cumsumRules,
};

/** Evaluates a built-in's call; without its first tensor it is a layer. */
export function callBuiltin(
  name: string,
  given: readonly Argument[],
  piped: readonly Evaluated[],
  frame: Frame,
  span: Span,
  mode: Mode,
): Evaluated {
  const spec = builtins.get(name);
  if (spec === undefined) throw new InternalError("elaborate", `${name} is no built-in`, span);
  const positional: Given[] = piped.map((value) => ({ kind: "value", value, span }));
  const named = new Map<string, Given>();
  for (const argument of given) place(argument, spec, positional, named, frame);
  const waiting = spec.parameters.filter((parameter) => parameter.required && !named.has(parameter.name)).length;
  if (spec.layer && piped.length === 0 && positional.length === waiting - 1 && !named.has(spec.parameters[0].name)) {
    const later = (inputs: readonly Evaluated[]): Evaluated => callBuiltin(name, given, inputs, frame, span, {});
    const lacking = (): string | undefined => lackOf(spec, given, named, frame);
    return { kind: "layer", parts: [{ kind: "builtin", name, apply: later, lacking }] };
  }
  return rules[spec.name](gather(spec, positional, named, frame, span, mode));
}

/** What takes a list takes no arguments one by one. */
function listHelp({ name, parameters }: Builtin): string | undefined {
  if (parameters[1]?.name === "shape") return `a shape is a list: \`${name}(x, [N, 4])\``;
  return parameters[0]?.name === "tensors" ? `the tensors are a list: \`${name}([a, b], axis: -1)\`` : undefined;
}

/** Where the one argument that is there is the tensor, another one is missing. */
function lackOf(
  { name, parameters }: Builtin,
  given: readonly Argument[],
  named: ReadonlyMap<string, Given>,
  frame: Frame,
): string | undefined {
  const placed = given.filter((argument) => argument.label === undefined);
  const [first] = placed;
  const missing = parameters.slice(placed.length).find((one) => one.required && !named.has(one.name));
  if (first === undefined || missing === undefined) return undefined;
  const isTensor = recover(() => frame.session.evaluator.evaluate(first.value, frame))?.kind === "tensor";
  return isTensor ? settingMissing(name, given, missing.name) : undefined;
}

function place(argument: Argument, spec: Builtin, positional: Given[], named: Map<string, Given>, frame: Frame): void {
  const given: Given = { kind: "expression", expression: argument.value };
  if (argument.label === undefined) {
    positional.push(given);
    return;
  }
  const name = argument.label.text;
  const names = spec.parameters.map((parameter) => parameter.name);
  if (!names.includes(name)) {
    frame.fail(
      unknownSetting,
      { callee: spec.name, name },
      argument.label.span,
      "no such name",
      [],
      settingHelp(spec.name, name, names),
    );
  }
  const earlier = named.get(name);
  if (earlier !== undefined) failTwice(spec.name, name, argument.value.span, spanOf(earlier), frame);
  named.set(name, given);
}

function gather(
  spec: Builtin,
  positional: readonly Given[],
  named: ReadonlyMap<string, Given>,
  frame: Frame,
  span: Span,
  mode: Mode,
): BuiltinCall {
  const at = new Map<string, Given>(named);
  const { parameters } = spec;
  for (const [index, given] of positional.slice(0, parameters.length).entries()) {
    const { name } = parameters[index];
    const again = at.get(name);
    if (again !== undefined) failTwice(spec.name, name, spanOf(again), spanOf(given), frame);
    at.set(name, given);
  }
  const further = positional.slice(parameters.length);
  if (further.length > 0 && !spec.variadic) {
    frame.fail(
      tooManyArguments,
      {
        callee: spec.name,
        what: numbered(parameters.length, "argument"),
        most: parameters.length,
        found: positional.length,
      },
      span,
      "in this call",
      [],
      listHelp(spec),
    );
  }
  const missing = parameters.find(({ name, required }) => required && !at.has(name));
  if (missing !== undefined)
    frame.fail(missingSetting, { callee: spec.name, name: missing.name, type: "an argument" }, span, "in this call");
  return new BuiltinCall(spec.name, at, further, frame, span, mode);
}
