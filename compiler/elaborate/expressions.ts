/**
 * Expressions to values. Chains and pipes are folded in loops, so their length is bounded by memory only; nesting is
 * counted and refused beyond a limit, since each level is some frames of the stack.
 */
import type { Span } from "../diagnostics/diagnostic.ts";
import { unknownName, uselessName } from "../diagnostics/codes/names.ts";
import { notCallable } from "../diagnostics/codes/settings.ts";
import { notCompileTime, outsideTraining, wrongElements, wrongKind } from "../diagnostics/codes/shapes.ts";
import { unsupported } from "../diagnostics/codes/unsupported.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import { negate } from "../dimension/dimension.ts";
import { builtins } from "../semantics/builtins.ts";
import { isCallable, lookUp, lookUpValue, visibleNames, type DeclaredCallable } from "../semantics/module.ts";
import type {
  BinaryOperator,
  Call,
  Chain,
  Expression,
  ListExpression,
  Name,
  Named,
  Pipe,
  Repeat,
} from "../syntax/ast.ts";
import { describeExpression } from "../syntax/describe.ts";
import { evaluateArguments, hasTensorInput, joinNamed } from "./arguments.ts";
import { namedInputs } from "./calls.ts";
import type { Counter } from "./entry.ts";
import type { Mode } from "./evaluator.ts";
import { Failure } from "./failure.ts";
import { Frame, type Binding, type Body } from "./frame.ts";
import { evaluateIndex } from "./indexing.ts";
import { negateRelation } from "./numbers.ts";
import type { Instance } from "./paths.ts";
import * as rational from "./rational.ts";
import { dimensionOf, evaluateShape, restValue, withinRange } from "./shape-values.ts";
import { arithmetic, comparison, elementwiseBinary, matrixProduct, toTensor, type Operand } from "./tensors.ts";
import {
  boolValue,
  describeValue,
  fromDimension,
  listValue,
  noArguments,
  type Comparison,
  type Evaluated,
  type GivenArguments,
  type Layer,
  type LayerPart,
  type Recipe,
} from "./values.ts";

export function evaluate(expression: Expression, frame: Frame, mode: Mode = {}): Evaluated {
  return frame.nested(1, expression.span, () =>
    withinRange(expression.span, frame, () => {
      frame.session.budget.spend();
      return dispatch(expression, frame, mode);
    }),
  );
}

function dispatch(expression: Expression, frame: Frame, mode: Mode): Evaluated {
  switch (expression.kind) {
    case "name":
      return evaluateName(expression, frame, mode);
    case "number":
      return { kind: "number", value: expression.value };
    case "string":
      return { kind: "string", value: expression.value };
    case "boolean":
      return boolValue(expression.value);
    case "list":
      return evaluateList(expression, frame, mode);
    case "tuple":
      return { kind: "tuple", items: expression.items.map((item) => evaluate(item, frame)) };
    case "rest":
      return restValue(expression.span, frame);
    case "chain":
      return evaluateChain(expression, frame, mode);
    case "binary":
      return evaluateBinary(expression.operator, expression.left, expression.right, expression.span, frame, mode);
    case "unary":
      return evaluateUnary(expression.operator, expression.operand, expression.span, frame, mode);
    case "pipe":
      return evaluatePipe(expression, frame);
    case "call":
      return evaluateCall(expression, [], frame, mode);
    case "named":
      return evaluateNamed(expression, [], frame);
    case "repeat":
      return evaluateRepeat(expression, frame);
    case "index":
      return evaluateIndex(expression, frame);
    case "transpose":
      return evaluateTranspose(expression.target, expression.span, frame);
    case "member":
      return frame.fail(
        wrongKind,
        { expected: "a value", found: "a path into a model" },
        expression.span,
        "paths stand in `update` only",
      );
    case "scan":
      return frame.fail(unsupported, { what: "`scan`" }, expression.span, "this loop");
  }
}

/** What walks through a list meets each item as often as the list holds it. */
function evaluateList({ items }: ListExpression, frame: Frame, mode: Mode): Evaluated {
  const list = listValue(items.map((item) => evaluate(item, frame, mode)));
  frame.session.budget.spend(list.leaves);
  return list;
}

// ---------------------------------------------------------------------------------------------------------------------
// Names
// ---------------------------------------------------------------------------------------------------------------------

function evaluateName(name: Name, frame: Frame, mode: Mode): Evaluated {
  const binding = frame.lookUp(name.text);
  if (binding !== undefined) return bound(binding, frame);
  const dimension = frame.body.dimensions.get(name.text);
  if (dimension !== undefined) return fromDimension(dimension.size);
  if (mode.expects !== undefined) {
    const recipe = lookUp(frame.body.scope, mode.expects, name.text);
    if (isCallable(recipe)) return { kind: mode.expects, target: recipe, given: noArguments, span: name.span };
  }
  const declared = lookUpValue(frame.body.scope, name.text);
  if (declared === undefined) return builtinName(name, frame);
  if (isCallable(declared)) return callableName(declared, name, frame);
  if (declared.declaration.kind === "const") return constantOf(declared.declaration.name.text, declared, frame);
  return frame.fail(
    wrongKind,
    { expected: "a value", found: `the data source \`${name.text}\`` },
    name.span,
    "stands in `data:` only",
  );
}

function bound(binding: Binding, frame: Frame): Evaluated {
  switch (binding.kind) {
    case "value":
    case "cell":
      return binding.value;
    case "variable":
      return frame.entry.read(binding.record);
    case "failed":
      throw new Failure();
    case "lazy": {
      if (typeof binding.state === "object") return binding.state.value;
      if (binding.state === "running") throw new Failure();
      binding.state = "running";
      const value = binding.evaluate();
      binding.state = { value };
      return value;
    }
  }
}

const counters: readonly string[] = [
  "step",
  "epoch",
  "step_in_epoch",
  "steps_per_epoch",
  "epochs",
] satisfies readonly Counter[];

function isCounter(name: string): name is Counter {
  return counters.includes(name);
}

function builtinName(name: Name, frame: Frame): Evaluated {
  if (name.text === "training") return boolValue(frame.entry.training);
  if (isCounter(name.text)) {
    if (!frame.entry.training)
      return frame.fail(outsideTraining, { name: name.text }, name.span, "outside `if training`");
    const counter = name.text;
    return frame.at(name.span, () => frame.entry.counterTensor(counter));
  }
  if (builtins.has(name.text))
    return { kind: "layer", parts: [{ kind: "builtin", name: name.text, arguments: [], frame, span: name.span }] };
  return unknown(name, "value", frame);
}

function unknown(name: Name, what: string, frame: Frame): never {
  const candidates = [
    ...frame.body.dimensions.keys(),
    ...visibleNames(frame.body.scope, "value"),
    ...visibleNames(frame.body.scope, "loss"),
    ...builtins.keys(),
  ];
  return frame.fail(
    unknownName,
    { name: name.text, what },
    name.span,
    "not known",
    [],
    didYouMean(name.text, candidates),
  );
}

function callableName(target: DeclaredCallable, name: Name, frame: Frame): Evaluated {
  if (target.declaration.kind === "initializer")
    return { kind: "initializer", target, given: noArguments, span: name.span };
  const instance = instanceFor(target, name, frame);
  return { kind: "layer", parts: [{ kind: "call", target, given: noArguments, instance, span: name.span }] };
}

function instanceFor(target: DeclaredCallable, node: Expression, frame: Frame) {
  return target.declaration.kind === "model"
    ? frame.session.rootOf(target)
    : frame.home.child(node, target.declaration.name.text);
}

/** The value of a `const`: the option's, else its expression's in its own file. */
function constantOf(
  name: string,
  declared: { readonly declaration: unknown; readonly scope: Body["scope"] },
  frame: Frame,
): Evaluated {
  const { session } = frame;
  const given = declared.scope === session.module.scope ? session.constants.get(name) : undefined;
  if (given !== undefined) return given;
  const { constants } = frame.entry;
  const known = constants.get(declared.declaration);
  if (known !== undefined) return known;
  if (constants.has(declared.declaration)) throw new Failure();
  const definition = lookUp(declared.scope, "value", name)?.declaration;
  if (definition?.kind !== "const") throw new Failure();
  const empty = { dimensions: new Map(), rest: undefined };
  const body: Body = { ...frame.body, ...empty, name, scope: declared.scope, outsider: `the constant \`${name}\`` };
  // Until it has a value it has failed, and said so.
  constants.set(definition, undefined);
  const value = evaluate(definition.value, new Frame(frame.entry, body, frame.home));
  if (!isConstant(value)) {
    const expected = "a number, a string, a bool or a list of them";
    return frame.fail(
      wrongKind,
      { expected, found: describeValue(value) },
      definition.value.span,
      "a `const` is known at compile time",
    );
  }
  constants.set(definition, value);
  return value;
}

/** What a `const` may hold; `sqrt(2)` is a scalar of the graph. */
function isConstant(value: Evaluated): boolean {
  switch (value.kind) {
    case "number":
    case "string":
    case "bool":
      return true;
    case "tensor":
      return value.type.shape.length === 0;
    case "list":
      return value.items.every(isConstant);
    default:
      return false;
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Operators
// ---------------------------------------------------------------------------------------------------------------------

function evaluateChain(chain: Chain, frame: Frame, mode: Mode): Evaluated {
  const logical = chain.rest[0].operator;
  if (logical === "or" || logical === "and") return evaluateLogical(chain, logical, frame);
  let left: Operand = { value: evaluate(chain.first, frame, mode), span: chain.first.span };
  for (const { operator, operand } of chain.rest) {
    const right: Operand = { value: evaluate(operand, frame, mode), span: operand.span };
    const span = { ...chain.span, to: operand.span.to };
    left = { value: applyOperator(operator, left, right, span, frame, mode), span };
  }
  return left.value;
}

function applyOperator(
  operator: Chain["rest"][number]["operator"],
  left: Operand,
  right: Operand,
  span: Span,
  frame: Frame,
  mode: Mode,
): Evaluated {
  if (operator === "@") return matrixProduct(left, right, span, frame);
  if (operator === "or" || operator === "and") throw new Failure();
  return arithmetic(operator, left, right, mode.whole === true, span, frame);
}

/** What is decided on the left decides without looking at the right. */
function evaluateLogical(chain: Chain, operator: "or" | "and", frame: Frame): Evaluated {
  const decisive = operator === "or";
  let left: Operand = { value: evaluate(chain.first, frame), span: chain.first.span };
  for (const { operand } of chain.rest) {
    if (left.value.kind === "bool" && left.value.value === decisive) return left.value;
    const right: Operand = { value: evaluate(operand, frame), span: operand.span };
    const span = { ...chain.span, to: operand.span.to };
    left = { value: combine(operator, left, right, span, frame), span };
  }
  return left.value;
}

function combine(operator: "or" | "and", left: Operand, right: Operand, span: Span, frame: Frame): Evaluated {
  const decisive = operator === "or";
  if (left.value.kind === "bool") return truth(right, frame);
  if (right.value.kind === "bool") return right.value.value === decisive ? right.value : truth(left, frame);
  if (left.value.kind === "condition" && right.value.kind === "condition" && operator === "and") {
    const all = [...left.value.all, ...right.value.all];
    frame.session.budget.spend(all.length);
    return { kind: "condition", all };
  }
  if (left.value.kind === "condition" || right.value.kind === "condition") {
    return frame.fail(
      notCompileTime,
      { what: `this \`${operator}\``, found: "a condition on open dimensions" },
      span,
      "this",
    );
  }
  return frame.at(span, () => logicalTensor(operator, [left, right], span, frame));
}

function truth(operand: Operand, frame: Frame): Evaluated {
  const { value, span } = operand;
  if (value.kind === "bool" || value.kind === "condition") return value;
  if (value.kind === "tensor" && value.type.dtype === "bool") return value;
  return frame.fail(
    wrongElements,
    { operation: "`and`, `or` and `not`", expected: "a bool", found: describeValue(value) },
    span,
    "this",
  );
}

function logicalTensor(operator: "or" | "and", operands: readonly Operand[], span: Span, frame: Frame): Evaluated {
  for (const operand of operands) truth(operand, frame);
  const [left, right] = operands;
  return elementwiseBinary(operator, `\`${operator}\``, left, right, span, frame);
}

const comparisons: Readonly<Record<Exclude<BinaryOperator, "**">, Comparison>> = {
  "==": "equal",
  "!=": "notEqual",
  "<": "less",
  "<=": "lessEqual",
  ">": "greater",
  ">=": "greaterEqual",
};

function evaluateBinary(
  operator: BinaryOperator,
  left: Expression,
  right: Expression,
  span: Span,
  frame: Frame,
  mode: Mode,
): Evaluated {
  const inner = operator === "**" ? mode : {};
  const a: Operand = { value: evaluate(left, frame, inner), span: left.span };
  const b: Operand = { value: evaluate(right, frame, inner), span: right.span };
  if (operator === "**") return arithmetic("**", a, b, mode.whole === true, span, frame);
  return comparison(comparisons[operator], a, b, span, frame);
}

function evaluateUnary(operator: "-" | "not", operand: Expression, span: Span, frame: Frame, mode: Mode): Evaluated {
  const value = evaluate(operand, frame, operator === "-" ? mode : {});
  if (operator === "not") return invert({ value, span: operand.span }, span, frame);
  if (value.kind === "number") return { kind: "number", value: rational.negate(value.value) };
  if (value.kind === "dimension") return fromDimension(negate(value.value));
  return frame.at(span, () => {
    const tensor = toTensor({ value, span: operand.span }, frame);
    if (tensor.type.dtype === "bool")
      frame.fail(wrongElements, { operation: "`-`", expected: "numbers", found: "bool" }, operand.span, "this");
    return { ...tensor, value: frame.entry.builder.one("neg", [tensor.value]) };
  });
}

function invert(operand: Operand, span: Span, frame: Frame): Evaluated {
  const value = truth(operand, frame);
  if (value.kind === "bool") return boolValue(!value.value);
  if (value.kind === "condition") {
    const [relation] = value.all;
    if (value.all.length === 1) return { kind: "condition", all: [negateRelation(relation)] };
    return frame.fail(notCompileTime, { what: "this `not`", found: "a condition on open dimensions" }, span, "this");
  }
  return frame.at(span, () => {
    const tensor = toTensor({ value, span: operand.span }, frame, "bool");
    return { ...tensor, value: frame.entry.builder.one("not", [tensor.value]) };
  });
}

function evaluateTranspose(target: Expression, span: Span, frame: Frame): Evaluated {
  const tensor = toTensor({ value: evaluate(target, frame), span: target.span }, frame);
  const rank = tensor.type.shape.length;
  if (rank < 2)
    return frame.fail(
      wrongKind,
      { expected: "a tensor of at least two dimensions", found: describeValue(tensor) },
      target.span,
      "`.T` exchanges the last two",
    );
  const order = tensor.type.shape.map((_, axis) =>
    axis === rank - 1 ? rank - 2 : axis === rank - 2 ? rank - 1 : axis,
  );
  return frame.at(span, () =>
    frame.entry.tensor(
      frame.entry.builder.one("transpose", [tensor.value], { permutation: order }),
      order.map((axis) => tensor.labels[axis]),
    ),
  );
}

// ---------------------------------------------------------------------------------------------------------------------
// Pipes, calls, layers
// ---------------------------------------------------------------------------------------------------------------------

function evaluatePipe({ stages }: Pipe, frame: Frame): Evaluated {
  const [first, ...others] = stages;
  let value = evaluate(first, frame);
  const parts: LayerPart[] | undefined = value.kind === "layer" ? [...value.parts] : undefined;
  for (const stage of others) {
    if (parts === undefined) value = applyStage(stage, value, frame);
    else append(parts, stageAsLayer(stage, frame), frame);
  }
  return parts === undefined ? value : { kind: "layer", parts };
}

function append(parts: LayerPart[], layer: Layer, frame: Frame): void {
  frame.session.budget.spend(layer.parts.length);
  for (const part of layer.parts) parts.push(part);
}

function applyStage(stage: Expression, input: Evaluated, frame: Frame): Evaluated {
  if (stage.kind === "call") return evaluateCall(stage, [input], frame, {});
  if (stage.kind === "named") return evaluateNamed(stage, [input], frame);
  return frame.session.evaluator.apply(layerOf(evaluate(stage, frame), stage.span, frame), [input], frame, stage.span);
}

/** A stage of a composition; a call that has other tensors than its first keeps them. */
function stageAsLayer(stage: Expression, frame: Frame): Layer {
  return layerOf(evaluate(stage, frame), stage.span, frame);
}

function layerOf(value: Evaluated, span: Span, frame: Frame): Layer {
  if (value.kind === "layer") return value;
  return frame.fail(notCallable, { found: describeValue(value) }, span, "this is no layer");
}

/** `callee(…)`, with the values that are piped into it before its first argument. */
function evaluateCall(call: Call, piped: readonly Evaluated[], frame: Frame, mode: Mode): Evaluated {
  const { callee } = call;
  if (callee.kind !== "name")
    return callValue(layerOf(evaluate(callee, frame), callee.span, frame), call, piped, frame);
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
  if (builtins.has(callee.text))
    return frame.session.evaluator.builtin(callee.text, call.arguments, piped, frame, call.span, mode);
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
  const inputs = [...piped, ...placed.map(({ value }) => evaluate(value, frame))];
  return frame.session.evaluator.apply(layer, inputs, frame, call.span, namedInputs(layer, named, frame));
}

function callDeclared(target: DeclaredCallable, call: Call, piped: readonly Evaluated[], frame: Frame): Evaluated {
  const { declaration } = target;
  if (declaration.kind === "initializer") {
    return initializerCall({ kind: "initializer", target, given: noArguments, span: call.span }, call, frame);
  }
  const instance = instanceFor(target, call, frame);
  const inner = declaration.kind === "model" ? frame : frame.under(instance);
  const given = evaluateArguments(call.arguments, declaration, inner);
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

function recipeCall(target: DeclaredCallable, kind: "initializer" | "schedule", call: Call, frame: Frame): Evaluated {
  return { kind, target, given: evaluateArguments(call.arguments, target.declaration, frame), span: call.span };
}

/** `zeros([N, units])` is a tensor; `normal(std: 0.1)` is the initializer with settings. */
function initializerCall(recipe: Recipe, call: Call, frame: Frame): Evaluated {
  const [first, ...others] = call.arguments;
  const shaped =
    first !== undefined && first.label === undefined && evaluate(first.value, frame, { whole: true }).kind === "list";
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

function isIdentifier(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
}

/** The name that `as` gives. It becomes part of a path, whose parts are joined by points. */
export function nameAfterAs({ name: { value, span } }: Named, frame: Frame): string {
  if (isIdentifier(value)) return value;
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

function evaluateNamed(named: Named, piped: readonly Evaluated[], frame: Frame): Evaluated {
  const { expression } = named;
  const name = nameAfterAs(named, frame);
  const instance = namedInstance(expression, name, frame);
  if (instance === undefined) {
    const problem = `names nothing: expected the call of a block or a \`repeat\` before it, found ${describeExpression(expression)}`;
    frame.fail(uselessName, { name, problem }, named.name.span, "this");
  }
  instance.rename(name, named.name.span);
  return piped.length === 0 ? evaluate(expression, frame) : applyStage(expression, piped[0], frame);
}

function evaluateRepeat(repeat: Repeat, frame: Frame): Evaluated {
  const count = dimensionOf(repeat.count, frame);
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
  const home = frame.home.child(repeat, "repeat");
  const parts: LayerPart[] = [];
  for (let turn = 0; turn < known; turn += 1) {
    const value = evaluate(repeat.body, frame.under(home.child(turn, String(turn))));
    append(parts, layerOf(value, repeat.body.span, frame), frame);
  }
  return { kind: "layer", parts };
}
