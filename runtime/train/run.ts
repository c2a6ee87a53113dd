/**
 * The training loop: epochs of seeded minibatches, evaluation on the hold-out, early stopping, and checkpoints that a run goes on from with
 * the bits of not having stopped. All that it remembers is in the network and its record.
 */
import { nothingLeft } from "../../compiler/diagnostics/codes/earlier-runs.ts";
import { beyondBound, lossNotFinite, numberNotFinite } from "../../compiler/diagnostics/codes/runtime.ts";
import { diagnose, NncError, type Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { unsuitable } from "../../compiler/diagnostics/options.ts";
import type { Artifact } from "../../compiler/program/artifact.ts";
import type { HostTrain } from "../../compiler/program/host.ts";
import { augmentationOf } from "../data/augment.ts";
import { shuffleInto } from "../data/shuffle.ts";
import { failure } from "../load/fail.ts";
import { load } from "../load/index.ts";
import type { Gpu, Inputs, Network, NotFinite, StepResult, StopSignal } from "../load/index.ts";
import { unitsOf } from "../predict/interface.ts";
import { evaluationSize, feedOf, knownBy, rowDimension } from "./data.ts";
import type { Feed, TrainData } from "./data.ts";
import type { DivergedEvent, TrainEvent } from "./events.ts";
import { otherThanWritten } from "./handed-over.ts";
import { beginEpoch, EpochLosses, scoresOf } from "./losses.ts";
import { EpochNorms } from "./norms.ts";
import { ProbeMeans } from "./probes.ts";
import { resumeFrom } from "./resume.ts";
import { startFrom } from "./start-from.ts";

export interface TrainOptions {
  /** By default that of the `train`; of a resumed run, that of the checkpoint. */
  readonly seed?: number;
  /** In total, also of a resumed run; by default those of the `train`. */
  readonly epochs?: number;
  readonly threads?: number;
  /** For the target wgsl outside a browser. */
  readonly gpu?: Gpu;
  /** A checkpoint to go on from. */
  readonly resume?: Uint8Array;
  /** Goes on although the program is built with other constants, dimensions or settings than the checkpoint's, or other rows are held out. */
  readonly override?: boolean;
  /** Stops the run after the step at hand; it then tells `stopped`. */
  readonly signal?: StopSignal;
}

/** After how many milliseconds the loop lets signals and pictures have their turn. */
const breath = 50;

export class Run {
  readonly network: Network;
  readonly #host: HostTrain;
  readonly #data: TrainData;
  readonly #options: TrainOptions;
  readonly #feed: Feed;
  readonly #training: Feed;
  readonly #holdout: Feed | null;
  readonly #epochs: number;
  readonly #started = performance.now();
  #step = 0;
  #epoch = 0;
  #stepInEpoch = 0;
  #good: Uint8Array = new Uint8Array(0);
  #breathed = performance.now();

  private constructor(
    network: Network,
    host: HostTrain,
    data: TrainData,
    options: TrainOptions,
    feeds: { readonly feed: Feed; readonly training: Feed; readonly holdout: Feed | null },
  ) {
    this.network = network;
    this.#host = host;
    this.#data = data;
    this.#options = options;
    this.#feed = feeds.feed;
    this.#training = feeds.training;
    this.#holdout = feeds.holdout;
    this.#epochs = options.epochs ?? host.epochs;
  }

  /** Loads the network and looks at the data. Throws NN07xx, NN09xx. */
  static async open(artifact: Artifact, host: HostTrain, data: TrainData, options: TrainOptions): Promise<Run> {
    const { seed, epochs, threads, gpu } = options;
    const { manifest } = artifact;
    // A run that is resumed has the checkpoint's, which both must be.
    if (options.resume === undefined) requireSeed(host, data, seed);
    const size = evaluationSize(host, manifest.dims);
    const augmentation = augmentationOf(manifest.host);
    const feed = feedOf(host, data.train, host.batch, "the training data", augmentation);
    const training = feedOf(host, data.train, size, "the training data");
    const holdout =
      data.holdout === undefined || data.holdout === null ? null : feedOf(host, data.holdout, size, "the hold-out");
    requireBound(host, manifest.dims, data.train.rows);
    const network = await load(artifact, {
      seed: seed ?? data.seed ?? host.seed,
      stepsPerEpoch: feed.count,
      // Here they always have an effect, as long as this trains; a schedule may have no use for them.
      ...(epochs === undefined || host.reckonsWithEpochs !== true ? {} : { epochs }),
      ...(threads === undefined ? {} : { threads }),
      ...(gpu === undefined ? {} : { gpu }),
    });
    return new Run(network, host, data, options, { feed, training, holdout });
  }

  async *events(): AsyncGenerator<TrainEvent, void, undefined> {
    yield this.#begin();
    while (!this.#isOver()) {
      if (this.#isStopped()) return yield await this.#stopped();
      for await (const event of this.#trainEpoch()) {
        yield event;
        if (event.event === "stopped") return;
      }
    }
    yield await this.#finish();
  }

  #begin(): TrainEvent {
    const { resume } = this.#options;
    const { network } = this;
    const { warnings = [] } = this.#data;
    const changes = this.#take(resume);
    const bytes = resume === undefined ? this.#data.startFrom : undefined;
    const started = bytes === undefined ? { left: [], warnings: [] } : startFrom(network, bytes);
    const { step, epoch, stepInEpoch } = network.counters;
    [this.#step, this.#epoch, this.#stepInEpoch] = [step, epoch, stepInEpoch];
    this.#good = network.save();
    const over = resume === undefined ? [] : this.#alreadyOver();
    const other = otherThanWritten(this.#host, this.#data, this.#feed.count, resume !== undefined);
    return {
      event: "start",
      name: this.#host.label,
      rows: this.#feed.rows,
      holdoutRows: this.#holdout?.rows ?? 0,
      stepsPerEpoch: this.#feed.count,
      epochs: this.#epochs,
      steps: step,
      parameters: [...network.parameters.values()].reduce((sum, { data }) => sum + data.length, 0),
      peakBytes: network.peakBytes,
      threads: network.threads,
      classes: network.record.fitted.classes,
      ...unitsOf(this.#host, network.record.fitted),
      left: started.left,
      diagnostics: [...network.warnings, ...warnings, ...other, ...started.warnings, ...changes, ...over],
    };
  }

  /** The record that the run begins with, or the checkpoint that it goes on from. */
  #take(resume: Uint8Array | undefined): readonly Diagnostic[] {
    const { network } = this;
    const [host, data] = [this.#host, this.#data];
    const known = knownBy(host, data);
    if (resume !== undefined)
      return resumeFrom(resume, { network, host, data, options: this.#options, count: this.#feed.count, known });
    const { fitted = network.record.fitted } = data;
    network.record = { ...network.record, ...known, fitted };
    return [];
  }

  async *#trainEpoch(): AsyncGenerator<TrainEvent, void, undefined> {
    const begun = performance.now();
    const { record, counters } = this.network;
    const losses = new EpochLosses(
      this.#host.losses.map(({ name }) => name),
      record,
    );
    const probes = new ProbeMeans();
    const norms = new EpochNorms(this.#host.norms);
    const epoch = this.#epoch + 1;
    for (const inputs of this.#minibatches(counters.seed, epoch, this.#stepInEpoch)) {
      const result = await this.network.step(inputs, { trusted: true });
      this.#step++;
      this.#stepInEpoch++;
      const bad = Object.values(result.losses).find((loss) => !Number.isFinite(loss));
      if (bad !== undefined) return yield* this.#diverge(await this.#lossNotFinite(bad), bad, epoch);
      probes.add(result.probes);
      norms.add(result.norms);
      yield this.#record(result, losses, epoch);
      await this.#breathe();
      if (this.#isStopped() && this.#stepInEpoch < this.#feed.count) return yield await this.#stopped();
    }
    await this.network.synchronize();
    this.#epoch = epoch;
    this.#stepInEpoch = 0;
    yield* this.#judge(losses, probes, norms, begun);
  }

  /** Those of an epoch, but the first `done`. */
  *#minibatches(seed: number, epoch: number, done: number): Generator<Inputs> {
    let skip = done;
    for (const inputs of this.#feed.epoch(this.#orderOf(seed, epoch), { seed, epoch })) if (skip-- <= 0) yield inputs;
  }

  /** Rows as they stand where there is but one batch, else shuffled by seed and epoch. */
  #orderOf(seed: number, epoch: number): Uint32Array | undefined {
    if (this.#feed.count === 1) return undefined;
    const order = new Uint32Array(this.#feed.rows);
    shuffleInto(order, seed, epoch);
    return order;
  }

  #record(result: StepResult, epochLosses: EpochLosses, epoch: number): TrainEvent {
    const { loss, losses, rates, probes, norms } = result;
    this.network.record = epochLosses.add(result, this.network.record);
    const averages = epochLosses.averages(this.network.record, this.#step);
    const [lr] = rates;
    return {
      event: "step",
      step: this.#step,
      epoch,
      loss,
      losses,
      average: Object.values(averages)[0] ?? NaN,
      averages,
      ...(lr === undefined ? {} : { lr }),
      ...(probes === undefined ? {} : { probes }),
      ...(norms === undefined ? {} : { norms }),
    };
  }

  /** After the last step of an epoch: evaluates, remembers the best, and keeps a checkpoint if all is finite. */
  async *#judge(
    { values }: EpochLosses,
    probes: ProbeMeans,
    norms: EpochNorms,
    begun: number,
  ): AsyncGenerator<TrainEvent, void, undefined> {
    const { network } = this;
    const train = scoresOf({ loss: Object.values(values)[0] ?? NaN, losses: values });
    const evaluation = this.#holdout === null ? null : await network.evaluate(this.#holdout.epoch(), { trusted: true });
    const watched = evaluation?.loss ?? Number(train["loss"]);
    const bad = network.firstNotFinite();
    if (bad !== null) return yield* this.#diverge(await this.#numberNotFinite(bad), watched, this.#epoch);
    const { best } = network.record;
    const isBest = Number.isFinite(watched) && (best === null || watched < best.loss);
    const kept = isBest
      ? {
          epoch: this.#epoch,
          loss: watched,
          tensors: this.#host.stopEarly === undefined ? new Map() : network.snapshot(),
        }
      : best;
    network.record = beginEpoch({ ...network.record, best: kept });
    this.#good = network.save();
    yield {
      event: "epoch",
      epoch: this.#epoch,
      step: this.#step,
      train,
      holdout: evaluation === null ? null : scoresOf(evaluation),
      best: isBest,
      ...(probes.values === undefined ? {} : { probes: probes.values }),
      ...(norms.values === undefined ? {} : { norms: norms.values }),
      seconds: (performance.now() - begun) / 1000,
      diagnostics: evaluation?.warnings ?? [],
    };
  }

  /** All epochs are done, or none of the last `stop_early` was better. */
  #isOver(): boolean {
    return this.#epoch >= this.#epochs || this.#isEarly();
  }

  #alreadyOver(): readonly Diagnostic[] {
    if (!this.#isOver()) return [];
    const { stopEarly = 0 } = this.#host;
    const reason = this.#isEarly()
      ? `and none of the last ${stopEarly} was better than the best`
      : `expected more than ${this.#epoch} in all, found ${this.#epochs}`;
    return [diagnose(nothingLeft, { done: this.#epoch, reason }, [])];
  }

  #isEarly(): boolean {
    const { best } = this.network.record;
    const { stopEarly } = this.#host;
    return stopEarly !== undefined && best !== null && this.#stepInEpoch === 0 && this.#epoch - best.epoch >= stopEarly;
  }

  #isStopped(): boolean {
    return this.#options.signal?.aborted === true;
  }

  async #stopped(): Promise<TrainEvent & { readonly event: "stopped" }> {
    await this.network.synchronize();
    return { event: "stopped", step: this.#step, epoch: this.#epoch + 1, checkpoint: this.network.save() };
  }

  async #finish(): Promise<TrainEvent> {
    const { network } = this;
    const { best } = network.record;
    if (best !== null && best.epoch !== this.#epoch) network.put(best.tensors);
    const [train, holdout] = [
      await network.evaluate(this.#training.epoch(), { trusted: true }),
      this.#holdout === null ? null : await network.evaluate(this.#holdout.epoch(), { trusted: true }),
    ];
    return {
      event: "done",
      holdout: holdout === null ? null : scoresOf(holdout),
      train: scoresOf(train),
      steps: this.#step,
      epochs: this.#epoch,
      bestEpoch: best?.epoch ?? null,
      early: this.#epoch < this.#epochs,
      seconds: (performance.now() - this.#started) / 1000,
      diagnostics: train.warnings,
    };
  }

  /** Goes back to the last good state, tells what happened, and throws it. */
  async *#diverge(found: Found, loss: number, epoch: number): AsyncGenerator<TrainEvent, void, undefined> {
    const { diagnostic, step, tensor } = found;
    const event: DivergedEvent = { event: "diverged", step, epoch, loss, tensor, diagnostic, checkpoint: this.#good };
    this.network.restore(this.#good);
    yield event;
    throw new NncError(diagnostic);
  }

  /** NN0724, with a tensor that shows where it comes from. */
  async #lossNotFinite(loss: number): Promise<Found> {
    await this.network.synchronize();
    const bad = this.network.firstNotFinite();
    const tensor =
      bad === null
        ? "all parameters are finite still"
        : `the first tensor that is not finite is \`${bad.name}\` (${bad.value} at element ${bad.index})`;
    const values = { loss: String(loss), step: this.#step, tensor };
    return { diagnostic: diagnose(lossNotFinite, values, [], tamer), step: this.#step, tensor: bad?.name ?? null };
  }

  /**
   * NN0728 for what an epoch ended with. A look at every number after each step would take as long as the step, so the epoch is run once
   * more from the last good state, with such looks, to tell after which step there was one.
   */
  async #numberNotFinite(seen: NotFinite): Promise<Found> {
    const { network } = this;
    network.restore(this.#good);
    const { seed, stepInEpoch } = network.counters;
    let first = { ...seen, step: this.#step };
    for (const inputs of this.#minibatches(seed, this.#epoch, stepInEpoch)) {
      await network.step(inputs, { trusted: true });
      await network.synchronize();
      const bad = network.firstNotFinite();
      if (bad === null) continue;
      first = { ...bad, step: network.counters.step };
      break;
    }
    const { name, index, value, step } = first;
    const diagnostic = diagnose(numberNotFinite, { tensor: name, index, found: String(value), step }, [], tamer);
    return { diagnostic, step, tensor: name };
  }

  async #breathe(): Promise<void> {
    if (performance.now() - this.#breathed < breath) return;
    await new Promise((resume) => setTimeout(resume, 0));
    this.#breathed = performance.now();
  }
}

/** Throws NN0714 before anything is trained where the program has no room for a minibatch. */
function requireBound(host: HostTrain, dims: Artifact["manifest"]["dims"], rows: number): void {
  const largest = host.batch === "all" ? rows : Math.min(host.batch, rows);
  const open = rowDimension(host, dims);
  if (open === undefined || largest <= open.bound) return;
  const { name, bound } = open;
  throw failure(
    beyondBound,
    { name: `the batches of \`${host.label}\``, dimension: name, bound, found: largest },
    `write \`batch: ${bound}\` in the train, or build with \`--bounds ${name}=${largest}\` or without a bound of \`${name}\``,
  );
}

/** Throws NN0706 where the hold-out was drawn from another seed than the one that the run would keep, by which it is drawn again. */
function requireSeed({ data: { settings } }: HostTrain, data: TrainData, seed: number | undefined): void {
  const isDrawn = data.holdout !== undefined && data.holdout !== null && settings["test"] === undefined;
  if (seed === undefined || data.seed === undefined || data.seed === seed || !isDrawn) return;
  const expected = `${data.seed}, from which the hold-out was drawn`;
  throw new NncError(
    unsuitable("seed", expected, seed, `\`prepare(manifest, contents, ${seed})\` draws it from this one`),
  );
}

/** What keeps a run within the range of numbers, most likely first. */
const tamer = "try a learning rate ten times smaller, `clip_norm: 1`, or `standardize: true` for the data";

/** What ended a run: after which step, and in which tensor it was seen. */
interface Found {
  readonly diagnostic: Diagnostic;
  readonly step: number;
  readonly tensor: string | null;
}
