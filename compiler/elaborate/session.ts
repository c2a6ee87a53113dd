/**
 * What all entries of one elaboration share: options, diagnostics, the tree of instances, and the variables found so far.
 */
import type { Diagnostic, Span } from "../diagnostics/diagnostic.ts";
import { constant, substitute, type Dimension } from "../dimension/dimension.ts";
import type { InputRole, TensorType } from "../graph/types.ts";
import type { DeclaredCallable, TypedModule } from "../semantics/module.ts";
import type { HostRequirement } from "../program/host.ts";
import { Budget } from "./budget.ts";
import { Instance } from "./paths.ts";
import { useKey } from "./types.ts";
import type { AxisLabel, Evaluated, Tensor } from "./values.ts";

/**
 * The types of what the session holds for files that import it: `entry` and `evaluator`. Each of those files declares its own here, so that
 * no import goes round in a circle.
 */
export interface Above {}

export type VariableRole = Exclude<InputRole, "input">;

/** A parameter or a state: its type, and how it starts. */
export interface VariableRecord {
  readonly name: string;
  readonly role: VariableRole;
  readonly type: TensorType;
  readonly labels: readonly AxisLabel[];
  readonly span: Span | undefined;
  /** Emits the first value into an entry. */
  readonly start: (entry: Above["entry"]) => Tensor;
}

/** A dimension that must be known when the artifact is built, and the place that wants it. */
export interface ClosedDimension {
  readonly name: string;
  readonly span: Span;
  readonly reason: string;
}

/** What a program was given beside the module. */
export interface SessionOptions {
  readonly dims: ReadonlyMap<string, number>;
  readonly constants: ReadonlyMap<string, Evaluated>;
  readonly probes?: readonly string[];
  readonly norms?: boolean;
  readonly operations?: number;
  readonly apart?: boolean;
}

export class Session {
  readonly module: TypedModule;
  readonly dims: ReadonlyMap<string, Dimension>;
  readonly constants: ReadonlyMap<string, Evaluated>;
  /** Paths of layers, models and parameters to watch in training. */
  readonly probes: ReadonlySet<string>;
  /** Whether a training step tells the norm of its gradients. */
  readonly norms: boolean;
  readonly diagnostics: Diagnostic[] = [];
  readonly variables = new Map<string, VariableRecord>();
  readonly requirements: HostRequirement[] = [];
  /** Inputs that index a table: names, and below what their values must stay. */
  readonly limits = new Map<string, number>();
  /** The names of dimensions that something outside gives, resolved or not. */
  readonly openNames = new Set<string>();
  /** Entries whose graph is not built yet; those that failed stay here. */
  readonly unfinished = new Set<Above["entry"]>();
  /** The models that each model calls, in any entry. */
  readonly callees = new Map<string, Set<string>>();
  /** Sizes that calls of models gave to names of their signatures. */
  readonly calledWith = new Map<string, number>();
  /** Layers that settings hold and the turns of a `repeat` share, with what says so where they have parameters. */
  readonly repeated = new Map<Instance, () => void>();
  /** Where the user's files use what stands in the prelude, by `useKey`. */
  readonly uses = new Map<string, Span>();
  readonly budget: Budget;
  /** Whether the parts of a training step are kept apart. */
  readonly apart: boolean;
  readonly #roots = new Map<string, Instance>();
  readonly #reported = new Set<string>();

  readonly evaluator: Above["evaluator"];

  constructor(
    module: TypedModule,
    evaluator: Above["evaluator"],
    { dims, constants, probes, norms = false, operations, apart = false }: SessionOptions,
  ) {
    this.module = module;
    this.evaluator = evaluator;
    this.budget = new Budget(operations);
    this.dims = new Map([...dims].map(([name, value]) => [name, constant(value)]));
    this.constants = constants;
    this.probes = new Set(probes);
    this.norms = norms;
    this.apart = apart;
  }

  /** Records a diagnostic, once for each place, code and message however many entries run into it; `told` stands for the message. */
  report(diagnostic: Diagnostic, told = diagnostic.message): void {
    const [primary] = diagnostic.labels;
    const key = `${diagnostic.code} ${told} ${primary?.file} ${primary?.from} ${primary?.to}`;
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    this.diagnostics.push(diagnostic);
  }

  /** The first use counts: a layer that several places share is made there. */
  noteUse(path: string, file: string, place: () => Span): void {
    const key = useKey({ path, file });
    if (!this.uses.has(key)) this.uses.set(key, place());
  }

  /** Runs `build`; where it fails, what it reports with this code gets this help, or keeps its own if `isLast` says that any other is better. */
  advise<Result>(help: string | undefined, code: string, build: () => Result, isLast = false): Result {
    const before = this.diagnostics.length;
    try {
      return build();
    } catch (error) {
      for (const [index, diagnostic] of this.diagnostics.entries())
        if (help !== undefined && index >= before && diagnostic.code === code)
          this.diagnostics[index] = { ...diagnostic, help: isLast ? (diagnostic.help ?? help) : help };
      throw error;
    }
  }

  noteCall(model: string, callee: string): void {
    const known = this.callees.get(model);
    if (known === undefined) this.callees.set(model, new Set([callee]));
    else known.add(callee);
  }

  get failed(): boolean {
    return this.diagnostics.some(({ severity }) => severity === "error");
  }

  /** The one set of parameters of a model. */
  rootOf({ declaration, scope }: DeclaredCallable): Instance {
    return this.root(declaration.name.text, `${scope.file} ${declaration.name.text}`);
  }

  /** A train may be called like a model, and draws for itself. */
  rootOfTrain(name: string): Instance {
    const isModel = this.module.models.some(({ declaration }) => declaration.name.text === name);
    return this.root(name, `train ${name}`, isModel ? "train " : "");
  }

  root(name: string, key = name, apart = ""): Instance {
    const known = this.#roots.get(key);
    if (known !== undefined) return known;
    const made = Instance.root(name, apart);
    this.#roots.set(key, made);
    return made;
  }

  /** Where the calls of layers stand in the text, by their paths. */
  places(): ReadonlyMap<string, Span> {
    return new Map([...this.#roots.values()].flatMap((root) => [...root.places()]));
  }

  /** The dimension with the values that the options give. */
  resolve(dimension: Dimension): Dimension {
    return substitute(dimension, this.dims);
  }
}
