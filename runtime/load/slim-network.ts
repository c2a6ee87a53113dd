/**
 * A loaded program: parameters, state, and the calls that train it, evaluate it, predict with it and save it. Nothing is changed by a call whose
 * inputs do not fit. It knows manifests, not networks, and nothing of reading saved files.
 */
import * as codes from "../../compiler/diagnostics/codes/runtime.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { checkOptions } from "../../compiler/diagnostics/options.ts";
import type { Manifest } from "../../compiler/program/artifact.ts";
import type { HostTrain } from "../../compiler/program/host.ts";
import { isTrusted, none, predictArguments, predictRules } from "./call-options.ts";
import type { CallOptions, PredictOptions } from "./call-options.ts";
import { Caller, predict, runPlain, step } from "./calls.ts";
import type { Call, Calls, Prediction, Results, StepResult } from "./calls.ts";
import { evaluateSet, type Evaluation } from "./evaluate.ts";
import type { Executable, View } from "./executable.ts";
import { failure, named } from "./fail.ts";
import { copyInputs, isBatches, type Inputs } from "./inputs.ts";
import { findModel } from "./models.ts";
import { emptyRecord, saveBytes } from "./record.ts";
import type { Counters, TrainingRecord } from "./record.ts";
import type { Restored } from "./restored.ts";
import { Store } from "./store.ts";
import { checkedTensors, firstNotFinite, tensorMap } from "./tensors.ts";
import type { NotFinite, TensorMap } from "./tensors.ts";

export interface Settings {
  readonly seed: number;
  /** Left as the program has it where undefined. */
  readonly stepsPerEpoch: number | undefined;
  readonly epochs: number | undefined;
}

type Buffer = Manifest["buffers"][number];

export class SlimNetwork {
  /** Trained tensors by name. Live views for the targets typescript and wasm; for wgsl copies, as of the last `synchronize`. */
  readonly parameters: TensorMap;
  /** What the models keep beside parameters (running averages of batch norm, for instance). */
  readonly state: TensorMap;
  /** The arena's size: all the memory that the program ever uses. */
  readonly peakBytes: number;
  /** How many threads run it. */
  readonly threads: number;
  /** What training remembers and what was fitted to the data; saved and restored with the parameters. */
  record: TrainingRecord = emptyRecord;
  readonly manifest: Manifest;
  readonly #executable: Executable;
  readonly #store: Store;
  protected readonly caller: Caller;
  readonly #lasting: readonly Buffer[];
  readonly #warnings: readonly Diagnostic[];
  /** About what was restored last. */
  #restored: readonly Diagnostic[] = [];
  /** About what was set since. */
  readonly #given = new Map<string, Diagnostic>();
  #seed = 0;
  /** The seed that the program has, which calls that were made and not yet run may change. */
  #drawn = 0;
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
    this.#warnings = warnings;
    this.#store = new Store(executable, manifest, (act) => this.#inTurn(act));
    this.caller = new Caller(manifest);
    this.#lasting = manifest.buffers.filter(
      ({ role }) => role === "parameter" || role === "state" || role === "optimizer",
    );
    this.parameters = tensorMap(
      "parameter",
      this.#lasting.filter(({ role }) => role === "parameter"),
      this.#store,
      this.#given,
      (call) => this.#requireOpen(call),
    );
    this.state = tensorMap(
      "state",
      this.#lasting.filter(({ name, role }) => role === "state" && !isAverage(name)),
      this.#store,
      this.#given,
      (call) => this.#requireOpen(call),
    );
    this.peakBytes = manifest.arenaBytes;
  }

  /** Draws the parameters from the seed and begins at step 0. */
  async initialize({ seed, stepsPerEpoch, epochs }: Settings): Promise<void> {
    this.#setSeed(seed);
    await this.drive("load", runPlain("init"));
    if (stepsPerEpoch !== undefined) this.#setCounter("steps_per_epoch", stepsPerEpoch);
    if (epochs !== undefined) this.#setCounter("epochs", epochs);
    await this.synchronize();
  }

  /**
   * One minibatch of raw values: forward, backward, update. The loss is that before the update; it may be NaN, which is for the caller to see.
   * Nor does it look at what it has computed: after gradients beyond 1e19, whose squares an optimiser keeps, a loss may be finite and a parameter
   * stand still. `firstNotFinite` tells; `train` of nnc/train asks it, and stops with the step and the parameter.
   * Throws NN0710 to NN0719 where the inputs do not fit, and then nothing is changed.
   */
  async step(inputs: Inputs, options: CallOptions = none): Promise<StepResult> {
    return this.drive("step", this.#stepCalls("step", this.own(inputs), options));
  }

  /** As `step`, for the targets that answer at once. */
  stepSync(inputs: Inputs, options: CallOptions = none): StepResult {
    return this.driveSync("stepSync", "step", this.#stepCalls("stepSync", inputs, options));
  }

  /**
   * Loss and metrics of one batch of raw values, or of a set given batch by batch. Changes nothing that lasts. An iterable that is no list is
   * asked for each batch when it is wanted. Throws NN0710 to NN0719, NN0722.
   */
  async evaluate(inputs: Inputs | Iterable<Inputs>, options: CallOptions = none): Promise<Evaluation> {
    const own = Array.isArray(inputs)
      ? inputs.map((batch: Inputs) => this.own(batch))
      : isBatches(inputs)
        ? inputs
        : this.own(inputs);
    return this.drive("evaluate", this.#evaluateCalls("evaluate", own, options));
  }

  /** As `evaluate`, for the targets that answer at once. */
  evaluateSync(inputs: Inputs | Iterable<Inputs>, options: CallOptions = none): Evaluation {
    return this.driveSync("evaluateSync", "evaluate", this.#evaluateCalls("evaluateSync", inputs, options));
  }

  /**
   * The results of a model, by default of the one that is trained, else the first of the file, for raw values: what was fitted to the data in
   * training is not applied, `predictor` does. Throws NN0708 for the model, NN0710 to NN0719 for inputs.
   */
  predict(inputs: Inputs, options?: PredictOptions): Promise<readonly Prediction[]>;
  predict(model: string, inputs: Inputs, options?: PredictOptions): Promise<readonly Prediction[]>;
  async predict(
    first: string | Inputs,
    second?: Inputs | PredictOptions,
    third?: PredictOptions,
  ): Promise<readonly Prediction[]> {
    const { model, inputs, options } = predictArguments(first, second, third);
    return this.drive("predict", this.#predictCalls("predict", model, this.own(inputs), options));
  }

  /** As `predict`, for the targets that answer at once. */
  predictSync(inputs: Inputs, options?: PredictOptions): readonly Prediction[];
  predictSync(model: string, inputs: Inputs, options?: PredictOptions): readonly Prediction[];
  predictSync(first: string | Inputs, second?: Inputs | PredictOptions, third?: PredictOptions): readonly Prediction[] {
    const { model, inputs, options } = predictArguments(first, second, third);
    return this.driveSync("predictSync", "predict", this.#predictCalls("predictSync", model, inputs, options));
  }

  /** What it does without, such as threads that it was to have, and what is odd about what was restored last. */
  get warnings(): readonly Diagnostic[] {
    return [...this.#warnings, ...this.#restored, ...this.#given.values()];
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

  /** What `save` keeps, and so what a saved file must hold. Throws NN0705 after `close`. */
  lasting(call: string): readonly Buffer[] {
    this.#requireOpen(call);
    return this.#lasting;
  }

  /** Goes on from what a saved file says, which was read for this network and checked. */
  takeOver({ tensors, counters, record, warnings }: Restored, seed = counters.seed): void {
    this.put(tensors);
    this.#restored = warnings;
    this.#given.clear();
    this.#setSeed(seed);
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
    return firstNotFinite(this.#lasting, (name) => this.#store.view(name));
  }

  /** Puts back what `snapshot` copied. */
  put(tensors: ReadonlyMap<string, View>): void {
    this.#requireOpen("put");
    for (const [name, data] of checkedTensors(this.#lasting, tensors)) this.#store.set(name, data);
  }

  /** Brings the copies of a GPU's tensors up to date; elsewhere it does nothing. */
  async synchronize(): Promise<void> {
    this.#requireOpen("synchronize");
    const counters = ["step", "epoch", "step_in_epoch"].filter((name) => this.#store.has(name));
    const names = [...this.#lasting.map(({ name }) => name), ...counters];
    await this.#enqueue(() => this.#store.synchronize(names));
  }

  /** Gives the memory back; every later call throws NN0705. */
  close(): void {
    if (!this.#closed) this.#executable.close();
    this.#closed = true;
  }

  #stepCalls(call: string, inputs: Inputs, options: CallOptions): Calls<StepResult> {
    return step(this.caller, this.#train(call), inputs, isTrusted(call, options));
  }

  #evaluateCalls(call: string, inputs: Inputs | Iterable<Inputs>, options: CallOptions): Calls<Evaluation> {
    const batches = isBatches(inputs) ? inputs : [inputs];
    const { fitted } = this.record;
    return evaluateSet(this.caller, this.#store, this.#train(call), fitted, batches, isTrusted(call, options));
  }

  /** The calls that a prediction is made of, with the seed that was asked for. */
  protected asked<Answer>(call: string, options: PredictOptions, calls: () => Calls<Answer>): Calls<Answer> {
    if (options !== none) checkOptions(call, options, predictRules);
    return options.seed === undefined ? calls() : this.#seeded(options.seed, calls());
  }

  #predictCalls(call: string, model: string | undefined, inputs: Inputs, options: PredictOptions) {
    return this.asked(call, options, () => predict(this.caller, findModel(this.manifest.host, model), inputs));
  }

  /** The program draws from another seed as long as the calls last. */
  *#seeded<Answer>(drawn: number, calls: Calls<Answer>): Calls<Answer> {
    this.#writeSeed(drawn);
    try {
      return yield* calls;
    } finally {
      this.#writeSeed(this.#drawn);
    }
  }

  #writeSeed(value: number): void {
    if (this.#store.has("seed")) this.#store.write("seed", Int32Array.of(value));
  }

  #train(call: string): HostTrain {
    const { train } = this.manifest.host;
    if (train === undefined) throw failure(codes.noTraining, { call });
    return train;
  }

  /** What a call was given, kept from what its caller does with the arrays before the call has its turn. */
  protected own(inputs: Inputs): Inputs {
    return this.#executable.kind === "async" ? copyInputs(inputs) : inputs;
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
    this.#inTurn(() => {
      this.#drawn = seed;
    });
  }

  /** A counter that no expression reads is not in the program. */
  #setCounter(name: string, value: number): void {
    if (this.#store.has(name)) this.#store.set(name, Int32Array.of(value));
  }

  #counter(name: string): number {
    return this.#store.has(name) ? (this.#store.view(name)[0] ?? 0) : 0;
  }

  protected driveSync<Answer>(call: string, instead: string, calls: Calls<Answer>): Answer {
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

  protected async drive<Answer>(call: string, calls: Calls<Answer>): Promise<Answer> {
    if (this.#executable.kind === "sync") return this.driveSync(call, call, calls);
    const changes = call === "load" || call === "step";
    if (changes) this.#store.expect(1);
    return this.#enqueue(async () => {
      try {
        return await this.#driveLater(call, calls);
      } finally {
        if (changes) this.#store.expect(-1);
      }
    });
  }

  #enqueue<Answer>(act: () => Promise<Answer>): Promise<Answer> {
    const answer = this.#queue.then(act);
    this.#queue = answer.catch(() => undefined);
    return answer;
  }

  /** At once, or after the calls that were made before. What a closed network was to be told is lost with it. */
  #inTurn(act: () => void): void {
    if (this.#executable.kind === "sync") return act();
    void this.#enqueue(async () => {
      if (!this.#closed) act();
    });
  }

  async #driveLater<Answer>(call: string, calls: Calls<Answer>): Promise<Answer> {
    this.#requireOpen(call);
    const executable = this.#executable;
    if (executable.kind === "sync") return this.driveSync(call, call, calls);
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
    for (const { input, data } of given) this.#store.write(input.buffer, data);
    if (entry === "init" || entry === "train_step") this.#store.touch();
  }
}

function isAverage(name: string): boolean {
  return name.startsWith("average.");
}
