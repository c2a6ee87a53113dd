/**
 * Parameters that an optimizer moves alike: its body is evaluated for the first of each shape, and the nodes that this emitted are repeated for the
 * others over their own values. What depends on no parameter (`1 - beta1 ** step`) is not repeated. The graph computes what it would if the
 * body were evaluated for each; only equal nodes, which cse merges, are fewer.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import { stringOf } from "../graph/attributes.ts";
import { isSame } from "../graph/graph.ts";
import { originOf } from "../graph/origin.ts";
import type { GraphNode, Value } from "../graph/types.ts";
import type { Body, State, Statement } from "../syntax/ast.ts";
import { walk } from "../syntax/children.ts";
import type { Frame } from "./frame.ts";
import type { VariableRecord } from "./session.ts";
import type { Tensor } from "./values.ts";

/** A parameter in the frame of the body that moves it. */
export interface Moving {
  readonly record: VariableRecord;
  readonly weight: Tensor;
  readonly gradient: Value;
  /** Arguments and settings are bound, nothing of the body is evaluated yet. */
  readonly inside: Frame;
  /** What the body moved. */
  readonly cell: { value: Tensor };
}

/** What the body did for one parameter. */
interface Example {
  readonly moving: Moving;
  readonly nodes: readonly GraphNode[];
  /** What it left in the parameter. */
  readonly moved: Value;
  /** In the order in which it wrote to them. */
  readonly states: States;
}

/** The states that a body declares, by their names in it. */
type States = ReadonlyMap<string, VariableRecord>;

/** One body of an optimizer in one step. */
export class AlikeUpdates {
  readonly #body: Body;
  /** What declares states; undefined where that depends on what else the body does. */
  readonly #start: Body | undefined;
  readonly #examples = new Map<string, Example | "unlike">();

  constructor(body: Body) {
    this.#body = body;
    this.#start = startOf(body);
  }

  /** Evaluates the body, or repeats what it did: afterwards `cell` and the states are what it made of them. */
  move(moving: Moving): void {
    const key = formOf(moving);
    const example = this.#examples.get(key);
    if (this.#start !== undefined && example !== undefined && example !== "unlike") {
      moving.inside.session.evaluator.run(this.#start, moving.inside);
      const states = statesOf(this.#start, moving.inside);
      if (states === undefined) throw new InternalError("elaborate", "a state is no variable");
      repeat(example, states, moving);
    } else {
      const found = evaluate(this.#body, this.#start, moving);
      if (example === undefined) this.#examples.set(key, found ?? "unlike");
    }
  }
}

/** Requirements and states, where no state is declared behind anything else. */
function startOf(body: Body): Body | undefined {
  const { statements } = body;
  const length = statements.findIndex(({ kind }) => kind !== "require" && kind !== "state");
  const rest = length < 0 ? [] : statements.slice(length);
  if (rest.some((statement) => [...walk(statement)].some(({ kind }) => kind === "state"))) return undefined;
  return { ...body, statements: statements.slice(0, statements.length - rest.length) };
}

/** Equal for parameters of one type, whose axes have the same names in messages. */
function formOf({ weight: { type, labels }, weight, gradient }: Moving): string {
  const shape = type.shape.map(({ key }, axis) => `${key} ${labels[axis] ?? ""}`).join(", ");
  return `${type.dtype}[${shape}]${isSame(weight.value, gradient) ? " by itself" : ""}`;
}

/** Evaluates the body; undefined where for another parameter it may do something else: where it draws, or has told of anything. */
function evaluate(body: Body, start: Body | undefined, moving: Moving): Example | undefined {
  const { inside, cell } = moving;
  const { entry, session } = inside;
  const told = (): number =>
    session.diagnostics.length + session.requirements.length + entry.closed.length + entry.answers.length;
  const before = { told: told(), nodes: entry.builder.nodes.length };
  session.evaluator.run(body, inside);
  const nodes = entry.builder.nodes.slice(before.nodes);
  if (start === undefined || told() > before.told || nodes.some(isDraw)) return undefined;
  const states = statesOf(start, inside);
  if (states === undefined) return undefined;
  const written = [...entry.written.keys()];
  const inOrder = [...states].sort(([, a], [, b]) => written.indexOf(a.name) - written.indexOf(b.name));
  return { moving, nodes, moved: cell.value.value, states: new Map(inOrder) };
}

/** What is drawn depends on the path of the parameter. */
function isDraw({ attributes }: GraphNode): boolean {
  return "stream" in attributes;
}

/** Undefined where a name stands for something else by now. */
function statesOf({ statements }: Body, inside: Frame): States | undefined {
  const states = new Map<string, VariableRecord>();
  for (const { name } of statements.filter(isState)) {
    const binding = inside.lookUp(name.text);
    if (binding?.kind !== "variable") return undefined;
    states.set(name.text, binding.record);
  }
  return states;
}

function isState(statement: Statement): statement is State {
  return statement.kind === "state";
}

/** Emits the nodes again that depend on what is the parameter's own. */
function repeat({ moving: first, nodes, moved, states }: Example, own: States, moving: Moving): void {
  const { entry } = moving.inside;
  const byName = new Map([...states].map(([text, { name }]) => [name, own.get(text)]));
  const repeated = new Map<number, readonly Value[]>();
  const now = (value: Value): Value => {
    if (isSame(value, first.weight.value)) return moving.weight.value;
    if (isSame(value, first.gradient)) return moving.gradient;
    return repeated.get(value.node)?.[value.output] ?? value;
  };
  for (const node of nodes) {
    const state = node.op === "input" ? byName.get(stringOf(node.attributes, "name")) : undefined;
    const inputs = node.inputs.map(now);
    if (state !== undefined) repeated.set(node.id, [entry.read(state).value]);
    else if (inputs.some((value, position) => value !== node.inputs[position]))
      repeated.set(node.id, again(node, inputs, first.record, moving));
  }
  for (const [text, { name }] of states) {
    const written = entry.writtenTo(name);
    const state = own.get(text);
    if (written !== undefined && state !== undefined) entry.write(state.name, now(written));
  }
  moving.cell.value = { ...moving.weight, value: now(moved) };
}

/** The node over other inputs, its path below the other parameter's. */
function again(
  node: GraphNode,
  inputs: readonly Value[],
  { name: first }: VariableRecord,
  { record, inside }: Moving,
): readonly Value[] {
  const { builder } = inside.entry;
  const { path } = node;
  const isBelow = path === first || path.startsWith(`${first}.`);
  const own = isBelow ? record.name + path.slice(first.length) : path;
  return builder.at(originOf({ ...node, path: own }), () => builder.again(node, inputs));
}
