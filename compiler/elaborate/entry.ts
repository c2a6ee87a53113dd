/**
 * One entry's graph under construction: its builder, what it reads, and how its variables stand at this point of the text.
 */
import { noFacts, type Facts } from "../dimension/facts.ts";
import type { Span } from "../diagnostics/diagnostic.ts";
import { withoutBodies } from "../graph/bodies.ts";
import { GraphBuilder } from "../graph/builder.ts";
import { isSame, type Graph } from "../graph/graph.ts";
import type { GraphOutput, InputRole, TensorType, Value } from "../graph/types.ts";
import type { ElementType } from "../loops/types.ts";
import type { ClosedDimension, Session, VariableRecord } from "./session.ts";
import type { Instance } from "./paths.ts";
import type { Evaluated, Tensor } from "./values.ts";

export type Counter = "step" | "epoch" | "step_in_epoch" | "steps_per_epoch" | "epochs" | "seed";

/** The f32 results of one call of a block or model. */
export interface Answer {
  readonly instance: Instance;
  readonly values: readonly Value[];
}

const scalar: TensorType = { dtype: "i32", shape: [] };

declare module "./session.ts" {
  interface Above {
    readonly entry: Entry;
  }
}

export class Entry {
  readonly session: Session;
  readonly name: string;
  /** Whether this is a training step, where states last and draws differ from step to step. */
  readonly training: boolean;
  /** Whether weights are read as their running averages, where there are some. */
  readonly averaged: boolean;
  readonly builder: GraphBuilder;
  /** How deep expressions are nested at the moment, calls of blocks included. */
  depth = 0;
  /** Constants of files, evaluated once in each entry: `sqrt(2)` is a node of its graph, and `training` is its own. One without a value failed. */
  readonly constants = new Map<unknown, Evaluated | undefined>();
  /** What was required of its dimensions so far. */
  facts: Facts = noFacts;
  /** Dimensions that its parameters and settings depend on. */
  readonly closed: ClosedDimension[] = [];
  /** What blocks and models answered, in training and where something is probed. */
  readonly answers: Answer[] = [];
  /** What the parts of a step give to each other, where they are kept apart. */
  readonly handedOn: GraphOutput[] = [];
  /** Those of them that answered in a scan. */
  readonly scanned = new Set<Instance>();
  readonly #inputs = new Map<string, Value>();
  /** What the parts that a scan's body is given are parts of. */
  readonly #wholes = new Map<number, Value>();
  readonly #current = new Map<string, Value>();
  readonly #read = new Set<string>();
  readonly #counters = new Map<string, Value>();

  constructor(session: Session, name: string, mode: { readonly training: boolean; readonly averaged: boolean }) {
    this.session = session;
    this.builder = new GraphBuilder(() => session.budget.spend());
    this.name = name;
    this.training = mode.training;
    this.averaged = mode.averaged;
    session.unfinished.add(this);
  }

  /** The graph input of this name, made when first asked for. */
  input(name: string, role: InputRole, { dtype, shape }: TensorType): Value {
    const known = this.#inputs.get(name);
    if (known !== undefined) return known;
    const value = this.builder.at({ span: undefined, path: name }, () =>
      this.builder.one("input", [], { name, role, dtype, shape }),
    );
    this.#inputs.set(name, value);
    return value;
  }

  /** In a scan's body `part` stands for a part of `whole`. */
  isPartOf(part: Value, whole: Value): void {
    this.#wholes.set(part.node, whole);
  }

  /** The name of the graph input that `value` is, or a scan's part of it, if it is one. */
  inputNamed(value: Value): string | undefined {
    let whole = value;
    for (let next = this.#wholes.get(whole.node); next !== undefined; next = this.#wholes.get(whole.node)) whole = next;
    for (const [name, input] of this.#inputs) if (isSame(input, whole)) return name;
    return undefined;
  }

  /** A variable as it stands: the program's, or what `<-` made of it. */
  read(record: VariableRecord): Tensor {
    const { name, role, type, labels } = record;
    this.#read.add(name);
    const average = this.session.variables.get(`average.${name}`);
    const source = this.averaged && average !== undefined ? average : record;
    const value = this.#current.get(name) ?? this.input(source.name, role, type);
    return { kind: "tensor", value, type, labels };
  }

  /** Where a step's parts are kept apart, an input of this name in the place of the value, which becomes a result; else the value itself. */
  handOn(name: string, value: Value): Value {
    if (!this.session.apart) return value;
    this.handedOn.push({ name, role: "result", value });
    return this.input(name, "input", this.builder.typeOf(value));
  }

  /** The value that a variable has from here on. */
  write(name: string, value: Value): void {
    this.#current.set(name, value);
  }

  /** What was written to it so far, if anything was. */
  writtenTo(name: string): Value | undefined {
    return this.#current.get(name);
  }

  /** Forgets what was written since, for the names that `keep` refuses. */
  retain(before: ReadonlyMap<string, Value>, keep: (name: string) => boolean): void {
    for (const name of this.written.keys()) {
      if (keep(name)) continue;
      const old = before.get(name);
      if (old === undefined) this.#current.delete(name);
      else this.#current.set(name, old);
    }
  }

  /** What `<-` and the optimisers wrote so far. */
  get written(): ReadonlyMap<string, Value> {
    return new Map(this.#current);
  }

  /** Remembers what a call answered, for probes; in a scan it answers at each step. */
  answered(instance: Instance, result: Evaluated, isInScan: boolean): void {
    if (!this.training || this.session.probes.size === 0) return;
    if (isInScan) {
      this.scanned.add(instance);
      return;
    }
    const items = result.kind === "tuple" ? result.items : [result];
    const values = items.flatMap((item) => (item.kind === "tensor" && item.type.dtype === "f32" ? [item.value] : []));
    if (values.length > 0) this.answers.push({ instance, values });
  }

  /** The names of the variables that were read. */
  get variables(): ReadonlySet<string> {
    return this.#read;
  }

  /** A counter as the program holds it: what has been completed. */
  counter(name: Counter): Value {
    return this.input(name, "counter", scalar);
  }

  /** A counter as i32 as expressions see it: `step`, `epoch` and `step_in_epoch` count from 1. */
  position(name: Counter): Value {
    const known = this.#counters.get(name);
    if (known !== undefined) return known;
    const stored = this.counter(name);
    const fromZero = name === "step" || name === "epoch" || name === "step_in_epoch";
    const value = fromZero ? this.builder.one("add", [stored, this.builder.constant(1, "i32")]) : stored;
    this.#counters.set(name, value);
    return value;
  }

  /** A counter in an expression: an f32 scalar. */
  counterTensor(name: Counter): Tensor {
    return this.tensor(this.builder.one("cast", [this.position(name)], { dtype: "f32" }));
  }

  /** A value with its type, without labels unless given. */
  tensor(value: Value, labels?: Tensor["labels"]): Tensor {
    const type = this.builder.typeOf(value);
    return { kind: "tensor", value, type, labels: labels ?? type.shape.map(() => undefined) };
  }

  constant(value: number, dtype: ElementType = "f32"): Tensor {
    return this.tensor(this.builder.constant(value, dtype));
  }

  /** Runs `build` with nodes coming from this span and path. */
  at<Result>(span: Span, path: string, build: () => Result): Result {
    return this.builder.at({ span, path }, build);
  }

  finish(outputs: readonly GraphOutput[]): Graph {
    this.session.unfinished.delete(this);
    return withoutBodies(this.builder.finish(outputs));
  }
}
