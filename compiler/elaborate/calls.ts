/**
 * Calls: a declaration's body, run on arguments in a frame of its own; layers, part by part; initialisers and schedules.
 */
import { numbered } from "../diagnostics/lists.ts";
import { label, type Span } from "../diagnostics/diagnostic.ts";
import { uselessName } from "../diagnostics/codes/names.ts";
import { madeAlready, namedInput, notCallable, tooManyArguments } from "../diagnostics/codes/settings.ts";
import { noResult, shapesDiffer, wrongKind } from "../diagnostics/codes/shapes.ts";
import { constant, constantValue, equal, printShape, product, type Dimension } from "../dimension/dimension.ts";
import { unknownIn } from "../semantics/linear.ts";
import type { DeclaredCallable } from "../semantics/module.ts";
import type { Argument, Callable, TupleType } from "../syntax/ast.ts";
import { walk } from "../syntax/children.ts";
import {
  assign,
  bindDefaults,
  bindGivenSettings,
  dependents,
  evaluateArguments,
  joinNamed,
  isTensorInput,
  settingsOf,
} from "./arguments.ts";
import type { ShapeValue } from "./evaluator.ts";
import { Failure } from "./failure.ts";
import { Frame, type Body, type Storage } from "./frame.ts";
import type { Instance } from "./paths.ts";
import { bindTensors, checkResult, isKnown } from "./signature.ts";
import { broadcastTensor, toTensor } from "./tensors.ts";
import {
  describeType,
  describeValue,
  fromDimension,
  listValue,
  type Evaluated,
  type GivenArguments,
  type Layer,
  type LayerPart,
  type Recipe,
  type Tensor,
} from "./values.ts";

/** How many calls around a mistake are remembered. */
const rememberedCalls = 12;

/** How many levels of nesting a call counts as. */
const callLevels = 4;

/** The frame of a call's body, before anything is bound in it. */
export function frameFor(
  { declaration, scope }: DeclaredCallable,
  owner: Instance,
  storage: Storage,
  outside: Frame,
  span: Span,
): Frame {
  const name = declaration.name.text;
  const calling = { name, span, inPrelude: outside.body.scope.outer === undefined };
  // An entry calls its model from nowhere: the span is then the declaration's own.
  const isTop = span === declaration.name.span;
  const body: Body = {
    name,
    scope,
    owner,
    storage,
    dimensions: new Map(),
    rest: undefined,
    settings: new Map(settingsOf(declaration).map((setting) => [setting.name.text, undefined])),
    model: declaration.kind === "model" ? name : outside.body.model,
    outsider: outsiderIn(declaration, outside),
    chain: isTop ? outside.body.chain : [calling, ...outside.body.chain].slice(0, rememberedCalls),
  };
  return new Frame(outside.entry, body, owner, outside.loop);
}

/** A block belongs to whoever calls it; only a model stands by itself. */
function outsiderIn({ kind, name }: Callable, { body }: Frame): string | undefined {
  if (kind === "model") return undefined;
  return kind === "block" ? body.outsider : `the ${kind} \`${name.text}\``;
}

/** Blocks and models own parameters and state, metrics state of one evaluation. */
export function storageOf({ kind, name }: Callable, owner: Instance): Storage {
  if (kind === "block" || kind === "model")
    return { param: "parameter", state: "state", nameOf: (own) => `${owner.path}.${own}` };
  if (kind === "metric") return { param: undefined, state: "metric", nameOf: (own) => `metric.${name.text}.${own}` };
  return { param: undefined, state: undefined, nameOf: (own) => own };
}

/** Runs a declaration that has a result on its arguments. */
export function call(
  target: DeclaredCallable,
  given: GivenArguments,
  instance: Instance,
  outside: Frame,
  span: Span,
  storage = storageOf(target.declaration, instance),
): Evaluated {
  const { declaration } = target;
  if (declaration.kind === "model" && outside.entry.name === "init") {
    const found = `the model \`${declaration.name.text}\``;
    outside.fail(notCallable, { found }, span, "an initializer runs before a model's parameters have started");
  }
  return outside.nested(callLevels, span, () => {
    const inside = frameFor(target, instance, storage, outside, span);
    bindArguments(declaration, given, inside, outside, span);
    if (declaration.kind === "model") {
      const { model } = outside.body;
      if (model !== undefined) outside.session.noteCall(model, declaration.name.text);
      noteSizes(inside);
    }
    const result = resultOf(declaration, inside);
    checkName(instance, outside);
    if (storage.param !== undefined) inside.entry.answered(instance, result, inside.loop !== undefined);
    return result;
  });
}

/** What `as` calls a call, or a `repeat` around it, is its path, unless another one beside it is called so. */
function checkName(instance: Instance, frame: Frame): void {
  for (let at: Instance | undefined = instance; at !== undefined; at = at.parent) {
    const { displaced, parent } = at;
    if (displaced === undefined) continue;
    const problem = `is taken: expected a name that nothing else below \`${parent?.path ?? ""}\` has`;
    frame.report(uselessName, { name: displaced.name, problem }, displaced.place, "again here");
  }
}

/** A model has one set of parameters: the sizes that one call gives hold wherever it stands by itself. */
function noteSizes({ body, session }: Frame): void {
  for (const [name, { size }] of body.dimensions) {
    const known = constantValue(size);
    if (known !== undefined && !session.calledWith.has(name)) session.calledWith.set(name, known);
  }
}

/** Binds tensors, dimensions and settings of a call. */
export function bindArguments(
  declaration: Callable,
  given: GivenArguments,
  inside: Frame,
  outside: Frame,
  span: Span,
): void {
  const inputs = declaration.parameters.filter(isTensorInput);
  const what = numbered(inputs.length, "tensor");
  const tensors = assign(inputs, given.tensors, what, given, declaration, outside);
  const later = bindGivenSettings(declaration, given, inside, outside);
  const expressions = bindTensors(declaration, tensors, inside, outside, span);
  for (const input of inputs) {
    const argument = tensors.get(input.name.text);
    if (input.kind === "bareInput" && argument !== undefined) inside.bindValue(input.name.text, argument.value);
  }
  const after = dependents(later, expressions.names);
  const before = later.filter((setting) => !after.includes(setting));
  bindDefaults(before, declaration, inside, outside, span);
  expressions.bind();
  bindDefaults(after, declaration, inside, outside, span);
  expressions.check();
}

/**
 * Binds what is given to settings that sizes of the signature have, `[N, k * C]`, or their defaults, before any tensor is known; without such a
 * setting nothing.
 */
export function bindSizeSettings(
  declaration: Callable,
  given: GivenArguments,
  inside: Frame,
  outside: Frame,
  span: Span,
): void {
  const sizes = declaration.parameters.flatMap((parameter) =>
    parameter.kind === "tensorInput" ? parameter.types.flatMap(({ shape }) => shape) : [],
  );
  const written = new Set(
    sizes.flatMap((size) => [...walk(size)].flatMap((node) => (node.kind === "name" ? [node.text] : []))),
  );
  if (!settingsOf(declaration).some(({ name }) => written.has(name.text))) return;
  const later = bindGivenSettings(declaration, given, inside, outside);
  const open = later.flatMap(({ default: value }) =>
    value === undefined ? [] : unknownIn(value, (name) => isKnown(name, inside)).map(({ text }) => text),
  );
  const waiting = dependents(later, open);
  bindDefaults(
    later.filter((setting) => !waiting.includes(setting)),
    declaration,
    inside,
    outside,
    span,
  );
}

function resultOf(declaration: Callable, inside: Frame): Evaluated {
  const returned = inside.session.evaluator.run(declaration.body, inside);
  const { result } = declaration;
  if (returned === undefined)
    return inside.fail(noResult, { callee: declaration.name.text }, declaration.name.span, "this needs a result");
  const { value, span } = returned;
  if (result === undefined) return value;
  if (result.kind === "tupleType") return tupleResult(value, result, declaration, inside, span);
  const types = result.kind === "unionType" ? result.members : [result];
  return checkResult(toTensor(returned, inside, types[0].element), types, declaration, inside, span);
}

function tupleResult(
  value: Evaluated,
  { members }: TupleType,
  declaration: Callable,
  inside: Frame,
  span: Span,
): Evaluated {
  if (value.kind !== "tuple" || value.items.length !== members.length) {
    return inside.fail(wrongKind, { expected: `${members.length} results`, found: describeValue(value) }, span, "this");
  }
  const items = value.items.map((item, index) =>
    checkResult(
      toTensor({ value: item, span }, inside, members[index].element),
      [members[index]],
      declaration,
      inside,
      span,
    ),
  );
  return { kind: "tuple", items };
}

/** Applies a layer's functions one after the other; the inputs beyond the first go to the first of them. */
export function apply(
  layer: Layer,
  inputs: readonly Evaluated[],
  frame: Frame,
  span: Span,
  named: GivenArguments["named"] = new Map(),
): Evaluated {
  const first = layer.parts.at(0);
  if (first === undefined) return unchanged(inputs, frame, span);
  let value = applyPart(first, inputs, named, frame, span);
  for (const part of layer.parts.slice(1)) value = applyPart(part, [value], new Map(), frame, span);
  return value;
}

/** What `repeat(0, …)` makes of its one input. */
function unchanged([input, ...more]: readonly Evaluated[], frame: Frame, span: Span): Evaluated {
  if (more.length === 0) return input;
  const found = 1 + more.length;
  return frame.fail(tooManyArguments, { callee: identity, what: "tensor", most: 1, found }, span, "this call");
}

const identity = "repeat(0, …)";

function applyPart(
  part: LayerPart,
  inputs: readonly Evaluated[],
  named: GivenArguments["named"],
  frame: Frame,
  span: Span,
): Evaluated {
  const { evaluator } = frame.session;
  if (part.kind === "builtin") return part.apply(inputs);
  const tensors = inputs.map((value) => ({ value, span, label: undefined }));
  return evaluator.call(
    part.target,
    {
      ...part.given,
      tensors: [...tensors, ...part.given.tensors],
      named: joinNamed(part.target.declaration.name.text, part.given.named, named, frame),
    },
    part.instance,
    frame,
    part.span,
  );
}

/** Inputs of a layer that were given by name. What it is made with, it has already: only its tensors may be named. */
export function namedInputs({ parts }: Layer, named: readonly Argument[], frame: Frame): GivenArguments["named"] {
  const [first] = named;
  if (first === undefined) return new Map();
  const part = parts.at(0);
  if (part === undefined)
    return frame.fail(namedInput, { callee: identity, name: first.label?.text ?? "" }, first.span, "without its name");
  if (part.kind === "builtin")
    return frame.fail(namedInput, { callee: part.name, name: first.label?.text ?? "" }, first.span, "without its name");
  const { declaration } = part.target;
  const settings = new Set(settingsOf(declaration).map(({ name }) => name.text));
  const setting = named.find(({ label: own }) => own !== undefined && settings.has(own.text));
  if (setting !== undefined) {
    const [callee, name] = [declaration.name.text, setting.label?.text ?? ""];
    return frame.fail(madeAlready, { callee, name }, setting.span, "this setting", [label(part.span, "made here")]);
  }
  return evaluateArguments(named, declaration, frame).named;
}

/** The first value of a parameter, or `zeros([N, units])`: the initializer run with that shape in scope. */
export function initialize(recipe: Recipe, { shape, labels }: ShapeValue, owner: Instance, outside: Frame): Tensor {
  const { target, given, span } = recipe;
  const { declaration } = target;
  const inside = frameFor(
    target,
    owner,
    { param: undefined, state: undefined, nameOf: (own) => own, draws: { count: 0 } },
    outside,
    span,
  );
  inside.bindValue("shape", listValue(shape.map(fromDimension)));
  inside.bindValue("fan_in", fromDimension(fanIn(shape)));
  inside.bindValue("fan_out", fromDimension(fanOut(shape)));
  bindArguments(declaration, given, inside, outside, span);
  const returned = inside.session.evaluator.run(declaration.body, inside);
  if (returned === undefined)
    return inside.fail(noResult, { callee: declaration.name.text }, declaration.name.span, "this needs a result");
  const tensor = toTensor(returned, inside);
  const fits =
    tensor.type.shape.length === shape.length && tensor.type.shape.every((size, axis) => equal(size, shape[axis]));
  if (!fits && tensor.type.shape.length > 0) {
    inside.fail(
      shapesDiffer,
      {
        operation: `the initializer \`${declaration.name.text}\``,
        left: printShape(shape),
        right: describeType(tensor.type),
      },
      returned.span,
      "this",
    );
  }
  return inside.at(returned.span, () => broadcastTensor({ value: tensor, span: returned.span }, shape, labels, inside));
}

/** All dimensions but the last; 1 for a rank of at most 1. */
function fanIn(shape: readonly Dimension[]): Dimension {
  return shape.length <= 1 ? constant(1) : product(shape.slice(0, -1));
}

/** All dimensions but the last but one. */
function fanOut(shape: readonly Dimension[]): Dimension {
  return product(shape.filter((_, axis) => axis !== shape.length - 2));
}

/** A schedule's learning rate; `lr0` is the caller's. */
export function schedule(recipe: Recipe, outside: Frame, span: Span): Evaluated {
  const { target, given } = recipe;
  const storage: Storage = { param: undefined, state: undefined, nameOf: (own) => own };
  const inside = frameFor(target, outside.home, storage, outside, span);
  const rate = outside.lookUp("lr0");
  if (rate === undefined || target.declaration.kind !== "schedule") {
    return outside.fail(
      notCallable,
      { found: `the ${target.declaration.kind} \`${target.declaration.name.text}\`` },
      span,
      "schedules are called by schedules",
    );
  }
  inside.bind("lr0", rate);
  bindArguments(target.declaration, given, inside, outside, span);
  const returned = inside.session.evaluator.run(target.declaration.body, inside);
  if (returned === undefined) throw new Failure();
  return returned.value;
}
