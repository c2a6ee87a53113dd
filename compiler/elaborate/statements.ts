/**
 * Bodies: statements in order, each of which may fail by itself, so that one run reports every independent mistake.
 */
import { label } from "../diagnostics/diagnostic.ts";
import { counted } from "../diagnostics/lists.ts";
import { misplacedStatement, notAssignable, ownedByNobody } from "../diagnostics/codes/names.ts";
import {
  notCompileTime,
  requirementFailed,
  sharedDiffers,
  updateShape,
  wrongKind,
} from "../diagnostics/codes/shapes.ts";
import { badSize, sizeOverflow } from "../diagnostics/codes/sizes.ts";
import {
  constantValue,
  DimensionOverflow,
  equal,
  isConstant,
  maximalElements,
  printShape,
  product,
  remainder,
  symbolsOf,
  termsOf,
  type Dimension,
} from "../dimension/dimension.ts";
import { assume } from "../dimension/facts.ts";
import type { TensorType } from "../graph/types.ts";
import { sameShape } from "../ops/emit.ts";
import { boundAfter } from "../semantics/branches.ts";
import type { Body, Expression, If, Let, Param, Require, State, Statement, Update } from "../syntax/ast.ts";
import { takeResults } from "./advice.ts";
import { fittedTo } from "./broadcast.ts";
import type { Entry } from "./entry.ts";
import type { ShapeValue } from "./evaluator.ts";
import { Failure } from "./failure.ts";
import type { Frame } from "./frame.ts";
import type { Instance } from "./paths.ts";
import type { VariableRecord, VariableRole } from "./session.ts";
import { mergedIn } from "./merged.ts";
import { foundIn, shareHelp } from "./required.ts";
import { refuseInLoop, tellEmit, tellNext } from "./scan-body.ts";
import { labelsFor } from "./signature.ts";
import { firstValue, startOf } from "./start.ts";
import { toTensor } from "./tensors.ts";
import { describeType, describeValue, type Layer, type Relation, type Returned, type Tensor } from "./values.ts";

/** Runs statements until one returns. Throws Failure where none did and one failed. */
export function run(body: Body, frame: Frame): Returned | undefined {
  let failed = false;
  for (const statement of body.statements) {
    try {
      const returned = execute(statement, frame);
      if (returned !== undefined) return returned;
    } catch (error) {
      if (error instanceof DimensionOverflow) reportOverflow(error, statement, frame);
      else if (!(error instanceof Failure)) throw error;
      failed = true;
      // What was required is what the rest relies on.
      if (statement.kind === "require") break;
      for (const name of boundBy(statement)) frame.bind(name, { kind: "failed" });
    }
  }
  if (failed) throw new Failure();
  return undefined;
}

function reportOverflow(error: DimensionOverflow, { span }: Statement, frame: Frame): void {
  frame.report(sizeOverflow, error, span, "computed here");
}

/** The names that a statement would have bound. */
function boundBy(statement: Statement): readonly string[] {
  if (statement.kind === "let")
    return statement.targets.flatMap((target) => (target.kind === "name" ? [target.text] : []));
  if (statement.kind === "if") return boundAfter(statement).map(({ text }) => text);
  return statement.kind === "param" || statement.kind === "state" ? [statement.name.text] : [];
}

function execute(statement: Statement, frame: Frame): Returned | undefined {
  switch (statement.kind) {
    case "let":
      return bindLet(statement, frame);
    case "param":
    case "state":
      return declare(statement, frame);
    case "update":
      return update(statement, frame);
    case "if":
      return frame.nested(2, statement.span, () => branch(statement, frame));
    case "require":
      return check(statement, frame);
    case "return":
      return { value: frame.session.evaluator.evaluate(statement.value, frame), span: statement.value.span };
    case "next":
      return tellNext(statement, frame);
    case "emit":
      return tellEmit(statement, frame);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// let
// ---------------------------------------------------------------------------------------------------------------------

function bindLet(statement: Let, frame: Frame): undefined {
  const value = frame.session.evaluator.evaluate(statement.value, frame);
  // `let (y) = f(x)` of one result is `let y = f(x)`.
  if (!statement.destructured || (statement.targets.length === 1 && value.kind !== "tuple")) {
    const [target] = statement.targets;
    if (target.kind !== "name") return;
    if (value.kind === "layer") nameLayer(value, statement, target.text, frame);
    frame.bindValue(target.text, value);
    return;
  }
  if (value.kind !== "tuple" || value.items.length !== statement.targets.length) {
    frame.fail(
      wrongKind,
      { expected: counted(statement.targets.length, "result"), found: describeValue(value) },
      statement.value.span,
      "this",
      [],
      value.kind === "tuple" ? takeResults(value.items.length) : undefined,
    );
  }
  for (const [index, target] of statement.targets.entries())
    if (target.kind === "name") frame.bindValue(target.text, value.items[index]);
}

/** A `let` names the one call that it binds, and stands before the names of a composition. */
function nameLayer(layer: Layer, statement: Let, name: string, frame: Frame): void {
  if (isHeld(statement.value, frame)) return;
  const composed = statement.value.kind === "pipe";
  const group = composed ? frame.home.child(statement, name) : undefined;
  group?.settle();
  for (const part of layer.parts) {
    const top = part.kind === "call" ? topBelow(part.instance, frame.home) : undefined;
    if (top === undefined || top.settled) continue;
    if (group !== undefined) top.moveBelow(group);
    else {
      top.rename(name);
      top.settle();
    }
  }
}

/** A name that already holds a layer makes no new one. */
function isHeld(expression: Expression, frame: Frame): boolean {
  return expression.kind === "name" && frame.lookUp(expression.text) !== undefined;
}

/** The instance around `instance` that is directly below `home`. */
function topBelow(instance: Instance, home: Instance): Instance | undefined {
  let top: Instance | undefined = instance;
  while (top !== undefined && top.parent !== home) top = top.parent;
  return top;
}

// ---------------------------------------------------------------------------------------------------------------------
// param, state, <-
// ---------------------------------------------------------------------------------------------------------------------

function declare(statement: Param | State, frame: Frame): undefined {
  const { storage, outsider, name: place } = frame.body;
  const role = statement.kind === "param" ? storage.param : storage.state;
  const like = statement.type === undefined ? storage.like : undefined;
  if (role === undefined || (statement.type === undefined && like === undefined)) {
    return frame.fail(misplacedStatement, { statement: statement.kind, place: `\`${place}\`` }, statement.span, "here");
  }
  if (storage.param !== undefined && outsider !== undefined) {
    const inner = label(statement.span, "declared here");
    frame.failAtCaller(ownedByNobody, { block: place, outsider }, inner, intoModel);
  }
  const { shape, labels } =
    like === undefined ? shapeOf(statement.type?.shape ?? [], frame) : { shape: like.type.shape, labels: like.labels };
  const dtype = statement.type?.element ?? like?.type.dtype ?? "f32";
  const name = storage.nameOf(statement.name.text);
  checkSizes(shape, statement, name, frame);
  const record = register({ name, role, type: { dtype, shape }, labels }, statement, frame);
  frame.bind(statement.name.text, { kind: "variable", record });
}

const intoModel = "put the call into a model, and call that here";

function shapeOf(dimensions: NonNullable<Param["type"]>["shape"], frame: Frame): ShapeValue {
  const shape: Dimension[] = [];
  for (const dimension of dimensions) {
    if (dimension.kind === "rest") shape.push(...(frame.body.rest?.shape ?? []));
    else if (dimension.kind === "inferred") {
      frame.fail(wrongKind, { expected: "a size", found: "`_`" }, dimension.span, "stands in results only");
    } else shape.push(frame.session.evaluator.dimension(dimension, frame));
  }
  return { shape, labels: labelsFor(dimensions, shape.length, frame), inferred: undefined };
}

function checkSizes(shape: readonly Dimension[], statement: Param | State, name: string, frame: Frame): void {
  const bad = shape.find((size) => (constantValue(size) ?? 1) < 1);
  if (bad !== undefined)
    frame.fail(
      badSize,
      { what: `a size of \`${statement.name.text}\``, found: bad.key },
      statement.span,
      "declared here",
    );
  if ((constantValue(product(shape)) ?? 0) > maximalElements) {
    const what = `\`${statement.name.text}\`: ${printShape(shape)}`;
    frame.fail(sizeOverflow, { what }, statement.span, "declared here");
  }
  for (const size of shape) {
    for (const symbol of symbolsOf(size)) {
      frame.entry.closed.push({
        name: symbol,
        span: frame.userSpan(statement.span),
        reason: `the size of \`${name}\` depends on it`,
      });
    }
  }
}

interface Declared {
  readonly name: string;
  readonly role: VariableRole;
  readonly type: TensorType;
  readonly labels: ShapeValue["labels"];
}

function register({ name, role, type, labels }: Declared, statement: Param | State, frame: Frame): VariableRecord {
  const { session } = frame;
  const start = startOf(statement.start, type.dtype, frame);
  const known = session.variables.get(name);
  if (known !== undefined) {
    if (known.type.dtype !== type.dtype || !sameShape(known.type.shape, type.shape)) {
      frame.fail(
        sharedDiffers,
        { name, first: describeType(type), second: describeType(known.type) },
        statement.span,
        "declared here",
      );
    }
    return known;
  }
  const record: VariableRecord = {
    name,
    role,
    type,
    labels,
    span: frame.userSpan(statement.span),
    start: (entry) => firstValue(start, type, labels, name, frame.during(entry)),
  };
  session.variables.set(name, record);
  return record;
}

function update({ target, value: expression, span }: Update, frame: Frame): undefined {
  const binding = frame.lookUp(target.text);
  if (binding?.kind === "failed") throw new Failure();
  const isState = binding?.kind === "variable" && binding.record.role !== "parameter";
  if (binding === undefined || (binding.kind !== "cell" && !isState)) {
    return frame.fail(notAssignable, { name: target.text }, target.span, "this is no state");
  }
  refuseInLoop(target, frame);
  const value = frame.session.evaluator.evaluate(expression, frame);
  const old = binding.kind === "cell" ? binding.value : frame.entry.read(binding.record);
  const tensor = frame.at(span, () =>
    fitted(toTensor({ value, span: expression.span }, frame, old.type.dtype), old, target.text, expression, frame),
  );
  if (binding.kind === "cell") binding.value = tensor;
  else frame.entry.write(binding.record.name, tensor.value);
}

/** A new value with its state's type; a scalar or a smaller tensor is repeated. */
function fitted(tensor: Tensor, old: Tensor, name: string, expression: Expression, frame: Frame): Tensor {
  return (
    fittedTo(old, tensor, frame) ??
    frame.fail(
      updateShape,
      { name, expected: describeType(old.type), found: describeType(tensor.type) },
      expression.span,
      `this is ${describeType(tensor.type)}`,
    )
  );
}

// ---------------------------------------------------------------------------------------------------------------------
// if, require
// ---------------------------------------------------------------------------------------------------------------------

/** Runs the branch that is taken; what all branches bind is bound after them. */
function branch(statement: If, frame: Frame): Returned | undefined {
  const taken = takenOf(statement, frame);
  if (taken === undefined) return undefined;
  const inside = frame.branch();
  const returned = run(taken, inside);
  for (const { text } of returned === undefined ? boundAfter(statement) : []) {
    const binding = inside.lookUp(text);
    if (binding !== undefined) frame.bind(text, binding);
  }
  return returned;
}

function takenOf({ branches, otherwise }: If, frame: Frame): Body | undefined {
  for (const { condition, body } of branches) {
    const value = frame.session.evaluator.evaluate(condition, frame);
    if (value.kind !== "bool") {
      return frame.fail(
        notCompileTime,
        { what: "the condition of an `if`", found: describeValue(value) },
        condition.span,
        "this",
        [],
        value.kind === "tensor" ? "choose between values with `where(condition, a, b)`" : undefined,
      );
    }
    if (value.value) return body;
  }
  return otherwise;
}

/** `T % 2 == 0` is checked at each call, so that what follows may rely on it: ⌊T/2⌋·2 is T. */
function learn({ left, comparison, right }: Relation, entry: Entry): void {
  const [divided] = termsOf(left);
  const atom = divided?.monomials.at(0)?.atoms.at(0);
  if (comparison !== "equal" || !isConstant(right, 0) || atom?.kind !== "remainder") return;
  if (equal(left, remainder(atom.numerator, atom.denominator)))
    entry.facts = assume(entry.facts, atom.numerator, atom.denominator);
}

function check({ condition, message, span }: Require, frame: Frame): undefined {
  const value = frame.session.evaluator.evaluate(condition, frame);
  if (value.kind === "condition") {
    for (const relation of value.all) {
      frame.session.requirements.push({ entry: frame.entry.name, ...relation, message: message.value });
      learn(relation, frame.entry);
    }
    return;
  }
  if (value.kind !== "bool")
    frame.fail(notCompileTime, { what: "a requirement", found: describeValue(value) }, condition.span, "this");
  const merged = value.value ? mergedIn(condition, frame) : undefined;
  if (!value.value || merged !== undefined) {
    const found = [foundIn(condition, frame), merged].filter((part) => part !== undefined).join(", where ");
    frame.failAtCaller(
      requirementFailed,
      { callee: frame.body.name, message: message.value, found: found === "" ? undefined : found },
      label(span, "required here"),
      value.value ? undefined : shareHelp(condition, frame),
    );
  }
}
