/**
 * A loaded program: parameters, state, and the calls that train it, evaluate it and predict with it. Nothing is changed by a call whose
 * inputs do not fit. It knows manifests, not networks.
 */
import * as codes from "../../compiler/diagnostics/codes/runtime.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
import type { HostModel, HostTrain } from "../../compiler/program/host.ts";
import { Caller, predict, runPlain, step } from "./calls.ts";
import type { Call, Calls, Prediction, Results, StepResult } from "./calls.ts";
import { evaluateSet } from "./evaluate.ts";
import type { Evaluation } from "./evaluate.ts";
import type { Executable, View } from "./executable.ts";
import { failure, kindOf, listed, named } from "./fail.ts";
import type { Inputs } from "./inputs.ts";
import { emptyRecord, readBytes, saveBytes } from "./record.ts";
import type { Counters, TrainingRecord } from "./record.ts";
import { Store } from "./store.ts";
import { tensorMap } from "./tensors.ts";
import type { TensorMap } from "./tensors.ts";

export interface CallOptions {
  /** The values were looked at before: leaves out the search for NaN and for integers out of range. Names, types and lengths are checked all the same. */
  readonly trusted?: boolean;
}

export interface PredictOptions {
  /** For models that draw when they predict; by default the network's own seed. */
  readonly seed?: number;
}

export interface Settings {
  readonly seed: number;
  /** Left as the program has it where undefined. */
  readonly stepsPerEpoch: number | undefined;
  readonly epochs: number | undefined;
}

/** A number that is not finite: of which tensor, and where in it. */
export interface NotFinite {
  readonly name: string;
  readonly index: number;
  readonly value: number;
}

type Buffer = Manifest["buffers"][number];

export class Network {
  /** Trained tensors by name. Live views for the targets typescript and wasm; for wgsl copies, as of the last `synchronize`. */
  readonly parameters: TensorMap;
  /** What the models keep beside parameters (running averages of batch norm, for instance). */
  readonly state: TensorMap;
  /** The arena's size: all the memory that the program ever uses. */
  readonly peakBytes: number;
  /** How many threads run it. */
  readonly threads: number;
  /** What it does without, such as threads that it was to have. */
  readonly warnings: readonly Diagnostic[];
  /** What training remembers and what was fitted to the data; saved and restored with the parameters. */
  record: TrainingRecord = emptyRecord;
  readonly manifest: Manifest;
  readonly #executable: Executable;
  readonly #store: Store;
  readonly #caller: Caller;
  readonly #lasting: readonly Buffer[];
  #seed = 0;
  #closed = false;
  /** Where the program's memory can be seen, results are read where they are. */
  readonly #results: Results = { get: (name) => this.#store.view(name) };
  /** Calls of a target that answers later run one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  /** Use `load`; the parameters are drawn by `initialize`. */
  constructor(manifest: Manifest, executable: Executable, warnings: readonly Diagnostic[] = []) {
    this.manifest = manifest;
    this.#executable = executable;
    this.threads = executable.threads ?? 1;
    this.warnings = warnings;
    this.#store = new Store(executable, manifest);
    this.#caller = new Caller(manifest);
    this.#lasting = manifest.buffers.filter(
      ({ role }) => role === "parameter" || role === "state" || role === "optimizer",
    );
    this.parameters = tensorMap(
      "parameter",
      this.#lasting.filter(({ role }) => role === "parameter"),
      this.#store,
    );
    this.state = tensorMap(
      "state",
      this.#lasting.filter(({ name, role }) => role === "state" && !isAverage(name)),
      this.#store,
    );
    this.peakBytes = manifest.arenaBytes;
  }

  /** Draws the parameters from the seed and begins at step 0. */
  async initialize({ seed, stepsPerEpoch, epochs }: Settings): Promise<void> {
    this.#setSeed(seed);
    await this.#drive("load", runPlain("init"));
    if (stepsPerEpoch !== undefined) this.#setCounter("steps_per_epoch", stepsPerEpoch);
    if (epochs !== undefined) this.#setCounter("epochs", epochs);
    await this.synchronize();
  }

  /** One minibatch: forward, backward, update. The loss is that before the update; it may be NaN, which is for the caller to see. */
  step(inputs: Inputs, { trusted = false }: CallOptions = {}): Promise<StepResult> {
    return this.#drive("step", this.#stepCalls("step", inputs, trusted));
  }

  stepSync(inputs: Inputs, { trusted = false }: CallOptions = {}): StepResult {
    return this.#driveSync("stepSync", "step", this.#stepCalls("stepSync", inputs, trusted));
  }

  /** Loss and metrics of one batch, or of a set given batch by batch. Changes nothing that lasts. */
  evaluate(inputs: Inputs | Iterable<Inputs>, { trusted = false }: CallOptions = {}): Promise<Evaluation> {
    return this.#drive("evaluate", this.#evaluateCalls("evaluate", inputs, trusted));
  }

  evaluateSync(inputs: Inputs | Iterable<Inputs>, { trusted = false }: CallOptions = {}): Evaluation {
    return this.#driveSync("evaluateSync", "evaluate", this.#evaluateCalls("evaluateSync", inputs, trusted));
  }

  /** The results of a model: by default the one that is trained, else the first of the file. */
  predict(inputs: Inputs, options?: PredictOptions): Promise<readonly Prediction[]>;
  predict(model: string, inputs: Inputs, options?: PredictOptions): Promise<readonly Prediction[]>;
  predict(
    first: string | Inputs,
    second?: Inputs | PredictOptions,
    third?: PredictOptions,
  ): Promise<readonly Prediction[]> {
    return this.#drive("predict", this.#predictCalls(first, second, third));
  }

  predictSync(inputs: Inputs, options?: PredictOptions): readonly Prediction[];
  predictSync(model: string, inputs: Inputs, options?: PredictOptions): readonly Prediction[];
  predictSync(first: string | Inputs, second?: Inputs | PredictOptions, third?: PredictOptions): readonly Prediction[] {
    return this.#driveSync("predictSync", "predict", this.#predictCalls(first, second, third));
  }

  /** How far training has come. */
  get counters(): Counters {
    this.#require("counters");
    return {
      seed: this.#seed,
      step: this.#counter("step"),
      epoch: this.#counter("epoch"),
      stepInEpoch: this.#counter("step_in_epoch"),
    };
  }

  /** A safetensors file of everything that lasts: parameters, state, the optimiser's state, averages, counters and `record`. */
  save(): Uint8Array {
    this.#require("save");
    return saveBytes(this.manifest, this.#lasting, this.#store, this.counters, this.record);
  }

  /** What a saved file says about the run that it is of, without taking it over. Throws as `restore` does. */
  peek(bytes: Uint8Array): { readonly counters: Counters; readonly record: TrainingRecord } {
    return readBytes(this.manifest, this.#lasting, bytes);
  }

  /**
   * Takes over what `save` wrote; with `optimizer: false` without what an optimizer keeps, whichever it was: enough for all
   * but going on. Throws NN09xx with every difference, and then nothing is changed.
   */
  restore(bytes: Uint8Array, { optimizer }: { readonly optimizer?: false } = {}): void {
    this.#requireOpen("restore");
    const { tensors, counters, record } = readBytes(this.manifest, this.#lasting, bytes, optimizer);
    this.put(tensors);
    this.#setSeed(counters.seed);
    this.#setCounter("step", counters.step);
    this.#setCounter("epoch", counters.epoch);
    this.#setCounter("step_in_epoch", counters.stepInEpoch);
    this.record = record;
  }

  /** Copies of what an epoch is judged by: parameters, state and averages, not the optimiser's state. */
  snapshot(): ReadonlyMap<string, View> {
    this.#require("snapshot");
    const kept = this.#lasting.filter(({ name, role }) => role !== "optimizer" || isAverage(name));
    return new Map(kept.map(({ name }) => [name, this.#store.view(name).slice()]));
  }

  /** The first number of what lasts that is not finite: of the parameters, then of the state, then of what the optimiser keeps. */
  firstNotFinite(): NotFinite | null {
    this.#require("firstNotFinite");
    const order = ["parameter", "state", "optimizer"];
    const sorted = order.flatMap((role) => this.#lasting.filter((buffer) => buffer.role === role));
    for (const { name } of sorted) {
      const data = this.#store.view(name);
      const index = data.findIndex((value) => !Number.isFinite(value));
      if (index >= 0) return { name, index, value: data[index] ?? NaN };
    }
    return null;
  }

  /** Puts back what `snapshot` copied. */
  put(tensors: ReadonlyMap<string, View>): void {
    this.#requireOpen("put");
    for (const [name, data] of tensors) this.#store.write(name, data);
  }

  /** Brings the copies of a GPU's tensors up to date; elsewhere it does nothing. */
  async synchronize(): Promise<void> {
    this.#requireOpen("synchronize");
    await this.#queue;
    const counters = ["step", "epoch", "step_in_epoch"].filter((name) => this.#store.has(name));
    await this.#store.synchronize([...this.#lasting.map(({ name }) => name), ...counters]);
  }

  /** Gives the memory back; every later call throws NN0705. */
  close(): void {
    if (!this.#closed) this.#executable.close();
    this.#closed = true;
  }

  #stepCalls(call: string, inputs: Inputs, trusted: boolean): Calls<StepResult> {
    return step(this.#caller, this.#train(call), inputs, trusted);
  }

  #evaluateCalls(call: string, inputs: Inputs | Iterable<Inputs>, trusted: boolean): Calls<Evaluation> {
    return evaluateSet(this.#caller, this.#store, this.#train(call), isBatches(inputs) ? inputs : [inputs], trusted);
  }

  *#predictCalls(
    first: string | Inputs,
    second?: Inputs | PredictOptions,
    third?: PredictOptions,
  ): Calls<readonly Prediction[]> {
    const [name, inputs, options] = typeof first === "string" ? [first, second, third] : [undefined, first, second];
    // The overloads tell options from inputs by their place.
    const { seed } = (options ?? {}) as PredictOptions;
    const model = this.#model(name);
    if (seed === undefined) return yield* predict(this.#caller, model, inputs as Inputs);
    const own = this.#seed;
    this.#setSeed(checkedSeed(seed));
    try {
      return yield* predict(this.#caller, model, inputs as Inputs);
    } finally {
      this.#setSeed(own);
    }
  }

  #train(call: string): HostTrain {
    const { train } = this.manifest.host;
    if (train === undefined) throw failure(codes.noTraining, { call });
    return train;
  }

  #model(name: string | undefined): HostModel {
    const { models, train } = this.manifest.host;
    const model =
      models.find((one) => one.name === (name ?? train?.name)) ?? (name === undefined ? models[0] : undefined);
    if (model !== undefined) return model;
    const names = models.map((one) => one.name);
    throw failure(
      codes.unknownModel,
      { name: named(name ?? ""), models: listed(names) },
      didYouMean(name ?? "", names),
    );
  }

  #require(call: string): void {
    this.#requireOpen(call);
    this.#store.requireFresh(call);
  }

  #requireOpen(call: string): void {
    if (this.#closed) throw failure(codes.closedNetwork, { call });
  }

  #setSeed(seed: number): void {
    this.#seed = seed;
    this.#setCounter("seed", seed);
  }

  /** A counter that no expression reads is not in the program. */
  #setCounter(name: string, value: number): void {
    if (this.#store.has(name)) this.#store.write(name, Int32Array.of(value));
  }

  #counter(name: string): number {
    return this.#store.has(name) ? (this.#store.view(name)[0] ?? 0) : 0;
  }

  #driveSync<Answer>(call: string, instead: string, calls: Calls<Answer>): Answer {
    this.#requireOpen(call);
    const executable = this.#executable;
    if (executable.kind === "async")
      throw failure(codes.asynchronousTarget, { call: named(call), instead: named(instead) });
    let next = calls.next();
    while (next.done !== true) {
      const { entry, dims } = next.value;
      this.#give(next.value);
      executable.run(entry, dims);
      next = calls.next(this.#results);
    }
    return next.value;
  }

  async #drive<Answer>(call: string, calls: Calls<Answer>): Promise<Answer> {
    if (this.#executable.kind === "sync") return this.#driveSync(call, call, calls);
    const answer = this.#queue.then(() => this.#driveLater(call, calls));
    this.#queue = answer.catch(() => undefined);
    return answer;
  }

  async #driveLater<Answer>(call: string, calls: Calls<Answer>): Promise<Answer> {
    this.#requireOpen(call);
    const executable = this.#executable;
    if (executable.kind === "sync") return this.#driveSync(call, call, calls);
    let next = calls.next();
    while (next.done !== true) {
      const { entry, dims, results } = next.value;
      this.#give(next.value);
      await executable.run(entry, dims);
      next = calls.next(await this.#read(results, executable.read));
    }
    return next.value;
  }

  async #read(names: readonly string[], read: (buffer: string) => Promise<View>): Promise<Results> {
    const views = await Promise.all(names.map(read));
    return new Map(names.map((name, at) => [name, views[at] ?? new Float32Array(0)]));
  }

  #give({ entry, given }: Call): void {
    for (const { input, data } of given) this.#store.write(input.buffer, data, false);
    if (entry === "init" || entry === "train_step") this.#store.touch();
  }
}

/** A whole number that doubles hold exactly; the program takes its lower 32 bits. Throws NN0706. */
export function checkedSeed(seed: unknown): number {
  if (Number.isSafeInteger(seed)) return seed as number;
  throw failure(codes.unsuitableOption, { option: "seed", expected: "a whole number", found: kindOf(seed) });
}

function isBatches(inputs: Inputs | Iterable<Inputs>): inputs is Iterable<Inputs> {
  return (
    typeof inputs === "object" &&
    inputs !== null &&
    Symbol.iterator in inputs &&
    !(inputs instanceof Map) &&
    !ArrayBuffer.isView(inputs)
  );
}

function isAverage(name: string): boolean {
  return name.startsWith("average.");
}
