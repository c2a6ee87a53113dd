/**
 * What is declared and has no effect: names that nothing reads, optimizers and schedules that leave out what makes them one. Told from the
 * text alone, so a name counts as used wherever it stands, in a branch that is never taken as well.
 */
import { diagnose, label, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { unusedName } from "../diagnostics/codes/names.ts";
import { incompleteOptimizer } from "../diagnostics/codes/train.ts";
import type { Callable, Module, Name, Node, TensorInput, TensorType, Train } from "../syntax/ast.ts";
import { children } from "../syntax/children.ts";
import { linearDimensions, unknownIn } from "./linear.ts";

/** As a name: the sizes that `..` stands for. */
const rest = "..";

type What = Parameters<typeof unusedName.message>[0]["what"];

interface Bound {
  readonly name: Name;
  readonly what: What;
}

/** The names below these nodes: those that are bound, and those that are used. */
class Usage {
  readonly bound: Bound[] = [];
  readonly used = new Set<string>();
  readonly written = new Set<string>();

  constructor(roots: readonly Node[]) {
    const waiting: Node[] = [...roots];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      const own = this.#visit(node);
      for (const child of children(node)) if (!own.includes(child)) waiting.push(child);
    }
  }

  /** Takes note of a node; answers which of its children are no uses. */
  #visit(node: Node): readonly (Node | undefined)[] {
    switch (node.kind) {
      case "name":
        this.used.add(node.text);
        return [];
      case "rest":
        this.used.add(rest);
        return [];
      case "let":
        for (const target of node.targets) if (target.kind === "name") this.bound.push({ name: target, what: "let" });
        return node.targets;
      case "param":
      case "state":
        this.bound.push({ name: node.name, what: node.kind });
        return [node.name];
      case "setting":
        this.bound.push({ name: node.name, what: "setting" });
        return [node.name];
      case "const":
        this.bound.push({ name: node.name, what: "const" });
        return [node.name];
      case "update":
        this.written.add(node.target.text);
        return [node.target];
      case "scan":
        // The one input of a scan tells at least how many steps there are.
        if (node.inputs.length > 1) for (const { name } of node.inputs) this.bound.push({ name, what: "slice" });
        return [];
      case "scanInput":
      case "carry":
      case "next":
        return [node.name];
      case "argument":
        return [node.label];
      case "tensorInput":
      case "bareInput":
      case "keyValue":
        return node.kind === "keyValue" ? [node.key] : [node.name];
      default:
        return [];
    }
  }

  /** What is bound and never used; a state that is written is. */
  unused(): readonly Bound[] {
    return this.bound.filter(
      ({ name: { text }, what }) => !this.used.has(text) && !(what === "state" && this.written.has(text)),
    );
  }
}

/** The constants and data of a program's own file; a file without a model or train is there for others, which may use them. */
export function checkUnusedDeclarations({ declarations }: Module, diagnostics: Diagnostic[]): void {
  if (!declarations.some(({ kind }) => kind === "model" || kind === "train")) return;
  const constants = new Usage(declarations).unused().filter(({ what }) => what === "const");
  report([...constants, ...unusedData(declarations)], diagnostics);
}

/** Only the `data:` of a train can name data; whatever else is called so is something else. */
function unusedData(declarations: Module["declarations"]): readonly Bound[] {
  const entries = declarations.flatMap((one) => (one.kind === "train" ? one.entries : []));
  const named = entries.flatMap(({ key, value }) => (key.text === "data" && value.kind === "name" ? [value.text] : []));
  return declarations.flatMap((one) =>
    one.kind === "data" && !named.includes(one.name.text) ? [{ name: one.name, what: "data" as const }] : [],
  );
}

export function checkUnused(declaration: Callable, diagnostics: Diagnostic[]): void {
  const { parameters, result, body } = declaration;
  const usage = new Usage([...parameters, ...(result === undefined ? [] : [result]), body]);
  report([...usage.unused(), ...unusedInputs(declaration, usage)], diagnostics);
  if (declaration.kind === "optimizer") checkOptimizer(declaration, usage, diagnostics);
  if (declaration.kind === "schedule") checkSchedule(declaration, usage, diagnostics);
}

/** The inputs whose values and sizes nothing asks for, and what a regularizer should look at. */
function unusedInputs({ kind, parameters, result, body }: Callable, { used }: Usage): readonly Bound[] {
  const inputs = parameters.filter((parameter) => parameter.kind === "tensorInput");
  const weights = kind === "regularizer" ? parameters.filter((parameter) => parameter.kind === "bareInput") : [];
  const unmoved = weights
    .filter(({ name }) => !used.has(name.text))
    .map(({ name }): Bound => ({ name, what: "input" }));
  const unread = inputs.filter(({ name }) => !used.has(name.text));
  if (unread.length === 0) return unmoved;
  const others = parameters.filter((parameter) => !unread.some((input) => input === parameter));
  const elsewhere = new Usage([...others, ...(result === undefined ? [] : [result]), body]).used;
  const shown = toldBy(inputs.filter((input) => !unread.includes(input)));
  return unread
    .filter((input) => !dimensionsOf(input).some((name) => elsewhere.has(name) && !shown.has(name)))
    .map(({ name }): Bound => ({ name, what: "input" }));
}

/** The sizes that the inputs tell: names that stand alone, and what follows of them. */
function toldBy(inputs: readonly TensorInput[]): ReadonlySet<string> {
  const shape = inputs.flatMap(({ types }) => types.flatMap((type) => type.shape));
  const told = new Set(shape.flatMap((size) => (size.kind === "name" || size.kind === "rest" ? sizeName(size) : [])));
  for (const { name } of linearDimensions(shape, (text) => told.has(text))) told.add(name.text);
  return told;
}

function dimensionsOf({ types }: TensorInput): readonly string[] {
  return types.flatMap(({ shape }) => shape.flatMap(sizeName));
}

function sizeName(size: TensorType["shape"][number]): readonly string[] {
  if (size.kind === "rest") return [rest];
  return size.kind === "inferred" ? [] : unknownIn(size, () => false).map(({ text }) => text);
}

/** A train's inputs and `let`s, in the form with steps; in the short form inputs say the types of what the loss takes. */
export function checkUnusedInTrain({ inputs, entries, lets, steps }: Train, diagnostics: Diagnostic[]): void {
  const usage = new Usage([...inputs, ...entries, ...lets, ...steps]);
  const isShort = entries.some(({ key }) => key.text === "loss");
  const unread = isShort ? [] : inputs.filter(({ name }) => !usage.used.has(name.text));
  report([...usage.unused(), ...unread.map(({ name }): Bound => ({ name, what: "input" }))], diagnostics);
}

function report(unused: readonly Bound[], diagnostics: Diagnostic[]): void {
  for (const { name, what } of unused.toSorted((a, b) => a.name.span.from - b.name.span.from))
    diagnostics.push(diagnose(unusedName, { name: name.text, what }, [label(name.span, "bound here")]));
}

function checkOptimizer(declaration: Callable, usage: Usage, diagnostics: Diagnostic[]): void {
  const { name, parameters } = declaration;
  const [weight, gradient] = parameters.filter(({ kind }) => kind === "bareInput").map((input) => input.name.text);
  const problems = [
    ...(weight === undefined || usage.written.has(weight) ? [] : [`never writes \`${weight}\`, so nothing moves`]),
    ...(gradient === undefined || usage.used.has(gradient)
      ? []
      : [`never reads \`${gradient}\`, so what moves does not depend on the loss`]),
    ...(usage.used.has("lr") ? [] : ["never reads `lr`, so the learning rate and its schedule have no effect"]),
    ...idleStates(declaration, usage).map(
      (state) => `keeps \`${state}\`, which nothing else reads, so it has no effect`,
    ),
  ];
  for (const problem of problems)
    diagnostics.push(
      diagnose(incompleteOptimizer, { kind: "optimizer", name: name.text, problem }, [
        label(name.span, "this optimizer"),
      ]),
    );
}

/** States that are written and read by their own updates alone. */
function idleStates({ body }: Callable, { bound, written }: Usage): readonly string[] {
  const states = bound.flatMap(({ name, what }) => (what === "state" && written.has(name.text) ? [name.text] : []));
  const statements = body.kind === "body" ? body.statements : [];
  return states.filter((state) => {
    const others = statements.filter((one) => one.kind !== "update" || one.target.text !== state);
    return !new Usage(others).used.has(state);
  });
}

/** One that takes another schedule may leave the rate to it. */
function checkSchedule({ name, parameters }: Callable, { used }: Usage, diagnostics: Diagnostic[]): void {
  const types = parameters.flatMap((parameter) => (parameter.kind === "setting" ? parameter.types : []));
  const takesOther = types.some((type) => type.kind === "settingType" && type.name === "schedule");
  if (used.has("lr0") || takesOther) return;
  const problem = "never reads `lr0`, so the `lr:` of the optimizer has no effect";
  diagnostics.push(
    diagnose(incompleteOptimizer, { kind: "schedule", name: name.text, problem }, [label(name.span, "this schedule")]),
  );
}
