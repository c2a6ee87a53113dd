/**
 * Pipes, calls, `as` and `repeat`: what applies a layer to its inputs, and what makes a layer of layers.
 */
import type { Span } from "../diagnostics/diagnostic.ts";
import { uselessName } from "../diagnostics/codes/names.ts";
import { notCallable, sharedLayer } from "../diagnostics/codes/settings.ts";
import { notCompileTime, shapesDiffer, wrongKind } from "../diagnostics/codes/shapes.ts";
import { builtinNamed } from "../semantics/builtins.ts";
import { isCallable, lookUp, lookUpValue, type DeclaredCallable } from "../semantics/module.ts";
import type { Argument, Call, Expression, Named, Pipe, Repeat } from "../syntax/ast.ts";
import { walk } from "../syntax/children.ts";
import { composed, isIdentifier } from "../syntax/identifiers.ts";
import { describeExpression } from "../syntax/describe.ts";
import { pipedSumHelp, summedStageHelp, takeResults } from "./advice.ts";
import { evaluateArguments, hasTensorInput, joinNamed } from "./arguments.ts";
import { namedInputs } from "./calls.ts";
import type { Mode } from "./evaluator.ts";
import type { Frame } from "./frame.ts";
import { bound, instanceFor, unknown } from "./names.ts";
import type { Instance } from "./paths.ts";
import { printExpression } from "./print-expression.ts";
import { dimensionOf, evaluateShape } from "./shape-values.ts";
import {
  describeValue,
  noArguments,
  type Evaluated,
  type GivenArguments,
  type Layer,
  type LayerPart,
  type Recipe,
} from "./values.ts";

export function evaluatePipe({ stages }: Pipe, frame: Frame): Evaluated {
  const { session } = frame;
  const [first, ...others] = stages;
  let value = session.advise(
    pipedSumHelp(stages),
    shapesDiffer.code,
    () => session.evaluator.evaluate(first, frame),
    true,
  );
  const parts: LayerPart[] | undefined = value.kind === "layer" ? [...value.parts] : undefined;
  for (const [index, stage] of others.entries()) {
    const before = stages.slice(0, index + 1);
    value = session.advise(summedStageHelp(stage, before), wrongKind.code, () => {
      if (parts === undefined) return applyStage(stage, onePiped(value, before, frame), frame);
      append(parts, stageAsLayer(stage, frame), frame);
      return value;
    });
  }
  return parts === undefined ? value : { kind: "layer", parts };
}

/** Several results cannot be piped on. */
function onePiped(value: Evaluated, before: readonly Expression[], frame: Frame): Evaluated {
  const last = before.at(-1);
  if (value.kind !== "tuple" || last === undefined) return value;
  const [expected, found] = ["one result to pipe on", describeValue(value)];
  const help = takeResults(value.items.length, before.map(printExpression).join(" |> "));
  return frame.fail(wrongKind, { expected, found }, last.span, "this", [], help);
}

function append(parts: LayerPart[], layer: Layer, frame: Frame): void {
  frame.session.budget.spend(layer.parts.length);
  for (const part of layer.parts) parts.push(part);
}

function applyStage(stage: Expression, input: Evaluated, frame: Frame): Evaluated {
  const value = stageOn(stage, input, frame);
  frame.session.evaluator.observe?.(stage, value, frame);
  return value;
}

function stageOn(stage: Expression, input: Evaluated, frame: Frame): Evaluated {
  if (stage.kind === "call") return evaluateCall(stage, [input], frame, {});
  if (stage.kind === "named") return evaluateNamed(stage, [input], frame);
  return frame.session.evaluator.apply(
    layerOf(frame.session.evaluator.evaluate(stage, frame), stage.span, frame),
    [input],
    frame,
    stage.span,
  );
}

/** A stage of a composition; a call that has other tensors than its first keeps them. */
function stageAsLayer(stage: Expression, frame: Frame): Layer {
  return layerOf(frame.session.evaluator.evaluate(stage, frame), stage.span, frame);
}

function layerOf(value: Evaluated, span: Span, frame: Frame): Layer {
  if (value.kind === "layer") return value;
  const help = value.kind === "string" && isIdentifier(value.value) ? `without quotes: \`${value.value}\`` : undefined;
  return frame.fail(notCallable, { found: describeValue(value) }, span, "this is no layer", [], help);
}

/** `callee(…)`, with the values that are piped into it before its first argument. */
export function evaluateCall(call: Call, piped: readonly Evaluated[], frame: Frame, mode: Mode): Evaluated {
  const { callee } = call;
  if (callee.kind !== "name")
    return callValue(layerOf(frame.session.evaluator.evaluate(callee, frame), callee.span, frame), call, piped, frame);
  const binding = frame.lookUp(callee.text);
  if (binding !== undefined) return callBound(bound(binding, frame), call, piped, frame);
  if (mode.expects !== undefined) {
    const recipe = lookUp(frame.body.scope, mode.expects, callee.text);
    if (isCallable(recipe)) return recipeCall(recipe, mode.expects, call, frame);
  }
  const declared = lookUpValue(frame.body.scope, callee.text);
  if (isCallable(declared)) return callDeclared(declared, call, piped, frame);
  if (declared !== undefined)
    return frame.fail(
      notCallable,
      { found: `the ${declared.declaration.kind} \`${callee.text}\`` },
      callee.span,
      "this is no layer",
    );
  const builtin = builtinNamed(callee.text);
  if (builtin !== undefined)
    return frame.session.evaluator.builtin(builtin.name, call.arguments, piped, frame, call.span, mode);
  if (frame.body.dimensions.has(callee.text))
    return frame.fail(notCallable, { found: `the dimension \`${callee.text}\`` }, callee.span, "this is no layer");
  return unknown(callee, "block, layer or function", frame);
}

function callBound(value: Evaluated, call: Call, piped: readonly Evaluated[], frame: Frame): Evaluated {
  if (value.kind === "schedule" && call.arguments.length === 0 && piped.length === 0) {
    return frame.session.evaluator.schedule(value, frame, call.span);
  }
  if (value.kind === "initializer") return initializerCall(value, call, frame);
  return callValue(layerOf(value, call.callee.span, frame), call, piped, frame);
}

/** A layer that a name holds, called with tensors: those with names go where its first part has the names. */
function callValue(layer: Layer, call: Call, piped: readonly Evaluated[], frame: Frame): Evaluated {
  if (call.arguments.length + piped.length === 0) return layer;
  const placed = call.arguments.filter((argument) => argument.label === undefined);
  const named = call.arguments.filter((argument) => argument.label !== undefined);
  const inputs = [...piped, ...placed.map(({ value }) => frame.session.evaluator.evaluate(value, frame))];
  return frame.session.evaluator.apply(layer, inputs, frame, call.span, namedInputs(layer, named, frame));
}

function callDeclared(target: DeclaredCallable, call: Call, piped: readonly Evaluated[], frame: Frame): Evaluated {
  const { declaration } = target;
  if (declaration.kind === "initializer") {
    return initializerCall({ kind: "initializer", target, given: noArguments, span: call.span }, call, frame);
  }
  const instance = instanceFor(target, call, frame);
  const given = evaluateArguments(call.arguments, declaration, frame, piped.length);
  if (declaration.kind !== "model") holdLayers(call.arguments, given, instance, frame);
  const tensors = [...piped.map((value) => ({ value, span: call.span, label: undefined })), ...given.tensors];
  const all = { ...given, tensors };
  const lacksInputs =
    tensors.length === 0 &&
    hasTensorInput(declaration) &&
    !declaration.parameters.some(
      (parameter) => parameter.kind === "tensorInput" && given.named.has(parameter.name.text),
    );
  if (lacksInputs) return { kind: "layer", parts: [{ kind: "call", target, given, instance, span: call.span }] };
  return frame.session.evaluator.call(target, all, instance, frame, call.span);
}

/**
 * The layers that are written as a call's settings are below it, `residual.dense`; calls that give it tensors stand beside it, as they do before
 * it in a pipe.
 */
function holdLayers(
  written: readonly Argument[],
  { settings, named }: GivenArguments,
  owner: Instance,
  { home }: Frame,
): void {
  const layers = [...settings, ...named.values()].filter(({ value: { kind } }) => kind === "layer" || kind === "list");
  const held = new Set(layers.map(({ span }) => span));
  for (const { value, span } of written)
    if (held.has(span)) for (const node of walk(value)) home.made(node)?.moveBelow(owner);
}

function recipeCall(target: DeclaredCallable, kind: "initializer" | "schedule", call: Call, frame: Frame): Evaluated {
  return { kind, target, given: evaluateArguments(call.arguments, target.declaration, frame), span: call.span };
}

/** `zeros([N, units])` is a tensor; `normal(std: 0.1)` is the initializer with settings. */
function initializerCall(recipe: Recipe, call: Call, frame: Frame): Evaluated {
  const [first, ...others] = call.arguments;
  const shaped =
    first !== undefined &&
    first.label === undefined &&
    frame.session.evaluator.evaluate(first.value, frame, { whole: true }).kind === "list";
  const given = evaluateArguments(shaped ? others : call.arguments, recipe.target.declaration, frame);
  const full = { ...recipe, given: joined(recipe, given, frame), span: call.span };
  if (!shaped) return full;
  const shape = evaluateShape(first.value, frame);
  return frame.at(call.span, () =>
    frame.session.evaluator.initialize(full, shape, frame.home.child(call, recipe.target.declaration.name.text), frame),
  );
}

/** What a held recipe was given, and what its call adds. */
function joined({ target, given: held }: Recipe, added: GivenArguments, frame: Frame): GivenArguments {
  return {
    tensors: [...held.tensors, ...added.tensors],
    settings: [...held.settings, ...added.settings],
    named: joinNamed(target.declaration.name.text, held.named, added.named, frame),
  };
}

/** The name that `as` gives. It becomes part of a path, whose parts are joined by points. */
export function nameAfterAs({ name: { value, span } }: Named, frame: Frame): string {
  if (isIdentifier(value)) return composed(value);
  return frame.fail(
    wrongKind,
    { expected: 'a name such as "head" after `as`', found: JSON.stringify(value) },
    span,
    "this",
  );
}

/** The instance that has a path of its own for `as` to name. */
function namedInstance(expression: Expression, name: string, frame: Frame): Instance | undefined {
  if (expression.kind === "repeat") return frame.home.child(expression, name);
  const callee = expression.kind === "call" ? expression.callee : expression;
  if (callee.kind !== "name" || frame.lookUp(callee.text) !== undefined) return undefined;
  const declared = lookUpValue(frame.body.scope, callee.text);
  const isBlock = isCallable(declared) && declared.declaration.kind === "block";
  return isBlock ? frame.home.child(expression, name) : undefined;
}

export function evaluateNamed(named: Named, piped: readonly Evaluated[], frame: Frame): Evaluated {
  const { expression } = named;
  const name = nameAfterAs(named, frame);
  const instance = namedInstance(expression, name, frame);
  if (instance === undefined) {
    const problem = `names nothing: expected the call of a block or a \`repeat\` before it, found ${describeExpression(expression)}`;
    frame.fail(uselessName, { name, problem }, named.name.span, "this");
  }
  instance.rename(name, named.name.span);
  return piped.length === 0
    ? frame.session.evaluator.evaluate(expression, frame)
    : applyStage(expression, piped[0], frame);
}

/** Layers of settings that stand among others in the body: should they turn out to have parameters, all turns have the same. */
function noteShared({ body }: Repeat, frame: Frame): void {
  if (body.kind === "name") return;
  for (const node of walk(body)) {
    const binding = node.kind === "name" && frame.body.settings.has(node.text) ? frame.lookUp(node.text) : undefined;
    if (node.kind !== "name" || binding === undefined) continue;
    const value = bound(binding, frame);
    for (const part of value.kind === "layer" ? value.parts : [])
      if (part.kind === "call" && part.target.declaration.kind === "block")
        frame.session.repeated.set(part.instance, () =>
          frame.report(sharedLayer, { name: node.text }, node.span, "one for all turns", [], sharedHelp(node.text)),
        );
  }
}

function sharedHelp(name: string): string {
  return `name the block itself in the \`repeat\` for one each turn; \`let one = ${name}\` before it, and \`one\` in it, means one for all`;
}

export function evaluateRepeat(repeat: Repeat, frame: Frame): Evaluated {
  const count = dimensionOf(repeat.count, frame, "the number of times stands first: `repeat(3, relu)`");
  const known =
    count.monomials.length === 0
      ? 0
      : count.monomials.length === 1 && count.monomials[0].atoms.length === 0
        ? count.monomials[0].coefficient
        : undefined;
  if (known === undefined || known < 0 || known > 100_000) {
    return frame.fail(
      notCompileTime,
      { what: "the length of a `repeat`, 0 to 100000,", found: count.key },
      repeat.count.span,
      "this",
    );
  }
  if (known > 1) noteShared(repeat, frame);
  const home = frame.home.child(repeat, "repeat");
  const parts: LayerPart[] = [];
  for (let turn = 0; turn < known; turn += 1) {
    const value = frame.session.evaluator.evaluate(repeat.body, frame.under(home.child(turn, String(turn))));
    append(parts, layerOf(value, repeat.body.span, frame), frame);
  }
  return { kind: "layer", parts };
}
