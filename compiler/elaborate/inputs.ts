/**
 * Tensors from outside: the shapes that signatures write, with an open symbol for each name that nothing gives a value.
 */
import { wrongKind } from "../diagnostics/codes/shapes.ts";
import { badSize } from "../diagnostics/codes/sizes.ts";
import { modelInputs, openSignature } from "../diagnostics/codes/train.ts";
import { diagnose, label } from "../diagnostics/diagnostic.ts";
import { constantValue, symbol, type Dimension } from "../dimension/dimension.ts";
import { linearDimensions } from "../semantics/linear.ts";
import type { DeclaredCallable, FileScope } from "../semantics/module.ts";
import type { TensorInput, TensorType as SyntaxType } from "../syntax/ast.ts";
import type { HostInput } from "../program/host.ts";
import type { TensorType } from "../graph/types.ts";
import type { Entry } from "./entry.ts";
import { Failure } from "./failure.ts";
import { Frame, type Body } from "./frame.ts";
import type { Instance } from "./paths.ts";
import type { Session } from "./session.ts";
import { bindable, isKnown, labelsFor } from "./signature.ts";
import type { AxisLabel, Tensor } from "./values.ts";

/** A frame at the top of a file: no names but the file's. `outsider` is what stands there: a model, a train, a constant. */
export function topFrame(entry: Entry, scope: FileScope, owner: Instance, name: string, outsider: string): Frame {
  const body: Body = {
    name,
    scope,
    owner,
    dimensions: new Map(),
    rest: undefined,
    settings: new Map(),
    chain: [],
    model: undefined,
    outsider,
    storage: { param: undefined, state: undefined, nameOf: (own) => own },
  };
  return new Frame(entry, body, owner);
}

/**
 * What these types show: names that nothing binds become open dimensions, or the value that the options give. First those that stand alone, in
 * whichever type, then those that an expression tells.
 */
export function openSizes(types: readonly SyntaxType[], frame: Frame): void {
  const { session, body } = frame;
  const open = (name: string): Dimension => {
    const size = session.resolve(symbol(name));
    session.openNames.add(name);
    body.dimensions.set(name, { size, callerLabel: name, span: undefined });
    return size;
  };
  const shown = types.flatMap(({ shape }) => shape);
  for (const dimension of shown) {
    const name = dimension.kind === "inferred" ? undefined : bindable(dimension, frame);
    if (name !== undefined && !body.dimensions.has(name)) open(name);
  }
  for (const { name } of linearDimensions(shown, (name) => isKnown(name, frame))) open(name.text);
}

/** The shape that a signature's type has in `frame`, with what only it shows opened. */
export function shapeIn(type: SyntaxType, frame: Frame): readonly Dimension[] {
  const { session, body } = frame;
  const { shape } = type;
  openSizes([type], frame);
  return shape.flatMap((dimension) => {
    if (dimension.kind === "rest")
      return (
        body.rest?.shape ??
        frame.fail(
          wrongKind,
          { expected: "written dimensions", found: "`..`" },
          dimension.span,
          "this comes from outside",
        )
      );
    if (dimension.kind === "inferred")
      return frame.fail(wrongKind, { expected: "a size", found: "`_`" }, dimension.span, "stands in results only");
    const size = session.evaluator.dimension(dimension, frame);
    if ((constantValue(size) ?? 1) < 1)
      frame.fail(
        badSize,
        { what: "a size of what comes from outside", found: size.key },
        dimension.span,
        "this size",
        [],
        size.key === "-1" ? "a size that is left open has a name, as `N`" : undefined,
      );
    return [size];
  });
}

/** A graph input of the given name with a signature's type. */
export function inputTensor(name: string, type: SyntaxType, frame: Frame, labels?: readonly AxisLabel[]): Tensor {
  const tensorType: TensorType = { dtype: type.element, shape: shapeIn(type, frame) };
  const value = frame.entry.input(name, "input", tensorType);
  return {
    kind: "tensor",
    value,
    type: tensorType,
    labels: labels ?? labelsFor(type.shape, tensorType.shape.length, frame),
  };
}

/** The tensor inputs of a model; reports where it cannot stand by itself. */
export function modelInputsOf({ declaration }: DeclaredCallable, session: Session): readonly TensorInput[] {
  const name = declaration.name.text;
  let failed = false;
  const report = (problem: string, span = declaration.name.span): void => {
    failed = true;
    session.report(diagnose(modelInputs, { model: name, problem }, [label(span, "declared here")]));
  };
  const inputs: TensorInput[] = [];
  for (const parameter of declaration.parameters) {
    if (parameter.kind !== "tensorInput") report(`cannot have the setting \`${parameter.name.text}\``, parameter.span);
    else if (parameter.types.length > 1)
      report(`needs one type for \`${parameter.name.text}\`, found a union`, parameter.span);
    else inputs.push(parameter);
    const rest =
      parameter.kind === "tensorInput" ? parameter.types[0].shape.find(({ kind }) => kind === "rest") : undefined;
    if (rest === undefined) continue;
    failed = true;
    session.report(diagnose(openSignature, { model: name }, [label(rest.span, "this comes from outside")]));
  }
  if (declaration.parameters.length === 0) report("has no inputs");
  if (failed) throw new Failure();
  return inputs;
}

/** What the host must know of an input. */
export function hostInput(name: string, buffer: string, { type }: Tensor, session: Session): HostInput {
  const limit = session.limits.get(buffer);
  const base = { name, buffer, dtype: type.dtype, shape: type.shape };
  return limit === undefined ? base : { ...base, limit };
}
