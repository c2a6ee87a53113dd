/**
 * What a name means where it stands: a binding of the body, a dimension, a declaration of a file, a counter of training, a built-in.
 */
import { unknownName } from "../diagnostics/codes/names.ts";
import { outsideTraining, wrongKind } from "../diagnostics/codes/shapes.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import { builtinNamed, builtins } from "../semantics/builtins.ts";
import {
  candidatesFor,
  isCallable,
  lookUp,
  lookUpValue,
  visibleNames,
  type DeclaredCallable,
} from "../semantics/module.ts";
import type { Expression, Name } from "../syntax/ast.ts";
import type { Counter } from "./entry.ts";
import type { Mode } from "./evaluator.ts";
import { Failure } from "./failure.ts";
import { Frame, type Binding, type Body } from "./frame.ts";
import type { Instance } from "./paths.ts";
import { boolValue, describeValue, fromDimension, noArguments, type Evaluated } from "./values.ts";

export function evaluateName(name: Name, frame: Frame, mode: Mode): Evaluated {
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

/** The value of a binding; throws Failure where it failed and was reported. */
export function bound(binding: Binding, frame: Frame): Evaluated {
  switch (binding.kind) {
    case "value":
    case "cell":
      return binding.value;
    case "carry":
      return binding.carried.next?.tensor ?? binding.carried.given;
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
  const builtin = builtinNamed(name.text)?.name;
  if (builtin !== undefined) {
    const apply = (inputs: readonly Evaluated[]): Evaluated =>
      frame.session.evaluator.builtin(builtin, [], inputs, frame, name.span, {});
    return { kind: "layer", parts: [{ kind: "builtin", name: builtin, apply }] };
  }
  return unknown(name, "value", frame);
}

/** Fails, with names that it may have meant. */
export function unknown(name: Name, what: string, frame: Frame): never {
  frame.leaveIfHidden(name.text);
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
    didYouMean(name.text, candidatesFor(name.text, candidates, frame.body.scope)) ??
      (visibleNames(frame.body.scope, "schedule").includes(name.text)
        ? `a schedule is a key of the train: \`schedule: ${name.text}\``
        : undefined),
  );
}

function callableName(target: DeclaredCallable, name: Name, frame: Frame): Evaluated {
  if (target.declaration.kind === "initializer")
    return { kind: "initializer", target, given: noArguments, span: name.span };
  const instance = instanceFor(target, name, frame);
  return { kind: "layer", parts: [{ kind: "call", target, given: noArguments, instance, span: name.span }] };
}

/** The instance that a call of `target` at `node` has: a model has one, a block one for each call. */
export function instanceFor(target: DeclaredCallable, node: Expression, frame: Frame): Instance {
  return target.declaration.kind === "model"
    ? frame.session.rootOf(target)
    : frame.home.child(node, target.declaration.name.text);
}

/** The value of a `const` of the file or of one that it uses: the option's, else its expression's in its own file. */
function constantOf(
  name: string,
  declared: { readonly declaration: unknown; readonly scope: Body["scope"] },
  frame: Frame,
): Evaluated {
  const { session } = frame;
  const isOfFile = lookUp(session.module.scope, "value", name)?.declaration === declared.declaration;
  const given = isOfFile ? session.constants.get(name) : undefined;
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
  const value = frame.session.evaluator.evaluate(definition.value, new Frame(frame.entry, body, frame.home));
  if (!isConstant(value)) {
    const expected = "a number, a string, a bool or a list of them";
    return frame.fail(
      wrongKind,
      { expected, found: describeValue(value) },
      definition.value.span,
      "a `const` is known at compile time",
      [],
      value.kind === "tensor" ? "a tensor is a `param`, or a `let` within a body" : undefined,
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
