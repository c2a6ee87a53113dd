/**
 * What a network does, as sequences of program calls written once for targets that answer at once and targets that answer later: a
 * generator asks for a call and is given its results.
 */
import { requirementFails } from "../../compiler/diagnostics/codes/runtime.ts";
import { InternalError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
import type {
  HostCall,
  HostInput,
  HostProbe,
  HostRequirement,
  HostResult,
  HostTrain,
} from "../../compiler/program/host.ts";
import { elements, evaluate } from "./dimensions.ts";
import type { Sizes } from "./dimensions.ts";
import type { View } from "./executable.ts";
import { failure } from "./fail.ts";
import { checkAgain, checkInputs, knownFrom } from "./inputs.ts";
import type { Checked, Given, Inputs, Known } from "./inputs.ts";
import { weightOf } from "./mean.ts";

/** A run of an entry, and the buffers wanted afterwards. */
export interface Call {
  readonly entry: string;
  readonly given: readonly Given[];
  readonly dims: readonly number[];
  readonly results: readonly string[];
}

/** Whole buffers by name; valid until the next call. */
export type Results = Pick<ReadonlyMap<string, View>, "get">;
export type Calls<Answer> = Generator<Call, Answer, Results>;

export interface StepResult {
  /** Of the first step; `losses` has those of all steps by their names. */
  readonly loss: number;
  readonly losses: Readonly<Record<string, number>>;
  /** Learning rates in the order of the steps; empty where the program does not tell them. */
  readonly rates: readonly number[];
  /** How much the loss counts in a mean over batches: rows, or the sum of `mask`. */
  readonly weight: number;
  /** What is probed, by its path, and where the losses of several steps depend on it by path and step, `D (critic)`; missing where the program was compiled without probes. */
  readonly probes?: Probes;
  /** The L2 norm of all gradients together before `clip_norm`, of each step by its name; missing where the program was compiled without `norms`. */
  readonly norms?: Readonly<Record<string, number>>;
}

/** What one minibatch showed of a layer's output, over all its elements and uses, or of a parameter before the update. */
export interface ProbeValues {
  readonly mean: number;
  /** The standard deviation. */
  readonly spread: number;
  /** The L2 norm of the gradient of what the step minimises; 0 where that does not depend on it. */
  readonly gradientNorm: number;
}

export type Probes = Readonly<Record<string, ProbeValues>>;

export interface Prediction {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: View;
}

type Entry = Manifest["entries"][number];

/** Makes calls out of inputs: the manifest, ready to be asked. */
export class Caller {
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #bounds: ReadonlyMap<string, number>;
  readonly #requirements: readonly HostRequirement[];
  readonly #buffers: ReadonlySet<string>;
  /** Of the last call of each entry: the next is often like it. */
  readonly #known = new Map<string, Known>();

  constructor({ entries, buffers, dims, host }: Manifest) {
    this.#entries = new Map(entries.map((entry) => [entry.name, entry]));
    this.#bounds = new Map(dims.map(({ name, bound }) => [name, bound]));
    this.#requirements = host.requirements;
    this.#buffers = new Set(buffers.map(({ name }) => name));
  }

  has(entry: string): boolean {
    return this.#entries.has(entry);
  }

  entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new InternalError("runtime", `the manifest has no entry ${name}`);
    return entry;
  }

  bound(dimension: string): number {
    return this.#bounds.get(dimension) ?? Infinity;
  }

  /** Throws NN0710 to NN0719; `trusted` leaves out the look at each value. */
  check(entry: string, wanted: readonly HostInput[], inputs: Inputs, trusted: boolean): Checked {
    const known = this.#known.get(entry);
    const again = known && checkAgain(known, inputs, trusted);
    if (again !== undefined) return again;
    const checked = checkInputs(wanted, inputs, this.#bounds, trusted);
    for (const requirement of this.#requirements) {
      if (requirement.entry !== entry) continue;
      const left = evaluate(requirement.left, checked.sizes);
      const right = evaluate(requirement.right, checked.sizes);
      if (!holds(requirement.comparison, left, right))
        throw failure(requirementFails, { message: requirement.message, left, right, sizes: sizesText(checked.sizes) });
    }
    const lengths = knownFrom(checked, inputs);
    if (lengths !== undefined) this.#known.set(entry, lengths);
    return checked;
  }

  call(entry: string, { given, sizes }: Checked, results: readonly string[]): Call {
    const dims = this.entry(entry).dims.map((name) => {
      const size = sizes.get(name);
      if (size === undefined) throw new InternalError("runtime", `no input of ${entry} tells ${name}`);
      return size;
    });
    // What no kernel reads has no place: a loss may look at no target.
    return { entry, given: given.filter(({ input }) => this.#buffers.has(input.buffer)), dims, results };
  }
}

/** A run of an entry that takes nothing. */
export function* runPlain(entry: string): Calls<void> {
  yield { entry, given: [], dims: [], results: [] };
}

export function* step(caller: Caller, train: HostTrain, inputs: Inputs, trusted: boolean): Calls<StepResult> {
  const checked = caller.check("train_step", train.inputs, inputs, trusted);
  const { rates = [], probes, norms } = train;
  const results = yield caller.call("train_step", checked, resultsOf(train));
  return {
    loss: scalarOf(results, train.losses[0]?.buffer ?? ""),
    losses: byName(train.losses, results),
    rates: rates.map(({ buffer }) => scalarOf(results, buffer)),
    weight: weightOf(train, checked),
    ...(probes === undefined ? {} : { probes: probeValues(probes, results) }),
    ...(norms === undefined ? {} : { norms: byName(norms, results) }),
  };
}

/** Nearly always there is one, and to make an object of a list of pairs takes a small network 3 % of its step. */
function byName(scalars: readonly HostResult[], results: Results): Readonly<Record<string, number>> {
  const [first] = scalars;
  if (first !== undefined && scalars.length === 1) return { [first.name]: scalarOf(results, first.buffer) };
  return Object.fromEntries(scalars.map(({ name, buffer }) => [name, scalarOf(results, buffer)]));
}

/** Told once: a small network's step is over before a list of names is made. */
const known = new WeakMap<HostTrain, readonly string[]>();

function resultsOf(train: HostTrain): readonly string[] {
  const told = known.get(train);
  if (told !== undefined) return told;
  const { losses, rates = [], probes = [], norms = [] } = train;
  const results = [...losses, ...rates, ...norms].map(({ buffer }) => buffer).concat(probes.flatMap(buffersOf));
  known.set(train, results);
  return results;
}

function buffersOf({ mean, spread, gradientNorm }: HostProbe): readonly string[] {
  return [mean, spread, gradientNorm];
}

function probeValues(probes: readonly HostProbe[], results: Results): Probes {
  const values = ({ mean, spread, gradientNorm }: HostProbe): ProbeValues => ({
    mean: scalarOf(results, mean),
    spread: scalarOf(results, spread),
    gradientNorm: scalarOf(results, gradientNorm),
  });
  return Object.fromEntries(probes.map((probe) => [probe.path, values(probe)]));
}

export function* predict(caller: Caller, call: HostCall, inputs: Inputs): Calls<readonly Prediction[]> {
  return yield* answered(caller, call, caller.check(call.entry, call.inputs, inputs, false));
}

/** The results of a call whose inputs were checked. */
export function* answered(
  caller: Caller,
  { entry, results: named }: HostCall,
  checked: Checked,
): Calls<readonly Prediction[]> {
  const results = yield caller.call(
    entry,
    checked,
    named.map(({ buffer }) => buffer),
  );
  return named.map((result) => ({ name: result.name, ...tensorOf(result, results, checked.sizes) }));
}

export function scalarOf(results: Results, buffer: string): number {
  return results.get(buffer)?.[0] ?? NaN;
}

/** A copy of the part of a result that these sizes fill. */
export function tensorOf(
  { buffer, shape }: HostResult,
  results: Results,
  sizes: Sizes,
): { readonly shape: readonly number[]; readonly data: View } {
  const data = results.get(buffer) ?? new Float32Array(0);
  return { shape: shape.map((dimension) => evaluate(dimension, sizes)), data: data.slice(0, elements(shape, sizes)) };
}

function holds(comparison: HostRequirement["comparison"], left: number, right: number): boolean {
  switch (comparison) {
    case "equal":
      return left === right;
    case "notEqual":
      return left !== right;
    case "less":
      return left < right;
    case "lessEqual":
      return left <= right;
    case "greater":
      return left > right;
    case "greaterEqual":
      return left >= right;
  }
}

/** `N = 3 and T = 8`: the sizes that a call came with. */
function sizesText(sizes: ReadonlyMap<string, number>): string {
  return [...sizes].map(([name, size]) => `${name} = ${size}`).join(" and ");
}
