/**
 * What the host must know to feed a program and to name what comes out: plain data, part of the manifest.
 */
import type { Dimension } from "../dimension/dimension.ts";
import type { ElementType } from "../loops/types.ts";

/**
 * A tensor that the host gives, by the user's name. `limit`: integers must lie in [0, limit). `probability`: floats must lie in [0, 1], since a
 * loss compares them with the sigmoid of what it gets. `weighs`: the loss of a batch counts as much as the sum of these.
 */
export interface HostInput {
  readonly name: string;
  readonly buffer: string;
  readonly dtype: ElementType;
  readonly shape: readonly Dimension[];
  readonly limit?: number;
  readonly probability?: boolean;
  readonly weighs?: boolean;
}

export interface HostResult {
  readonly name: string;
  readonly buffer: string;
  readonly dtype: ElementType;
  readonly shape: readonly Dimension[];
}

/** A call of an entry: what it is given and what it answers. */
export interface HostCall {
  readonly entry: string;
  readonly inputs: readonly HostInput[];
  readonly results: readonly HostResult[];
}

/** Its own call predicts with it. */
export interface HostModel extends HostCall {
  readonly name: string;
  /** Number of trained scalars. */
  readonly parameters: number;
  /** Whether what it says of a row depends on the rows beside it. */
  readonly together?: boolean;
  /** Of a model that reads a text in parts as it reads it whole. */
  readonly continuation?: HostContinuation;
}

/**
 * `step` reads on: it takes the text and what lies behind what was read, and answers the scores and what lies behind that. So its results but the
 * first are, in order, the inputs but the first of the next part. Those of the first part `start` answers, which takes the text for its sizes alone.
 */
export interface HostContinuation {
  /** Missing where nothing is taken from part to part. */
  readonly start?: HostCall;
  readonly step: HostCall;
}

export type TextPart = keyof HostContinuation;

/** A `data` source as written: the reader's name and its settings, evaluated. */
export interface HostData {
  readonly reader: string;
  readonly settings: { readonly [name: string]: HostSetting };
}

export type HostSetting = number | string | boolean | readonly HostSetting[] | { readonly [name: string]: HostSetting };

export interface HostTrain {
  readonly name: string;
  readonly label: string;
  readonly inputs: readonly HostInput[];
  /** Which of the inputs is the loss's target, and what its column becomes; `logit`: the output is above 0 where it says 1. */
  readonly target?: {
    readonly input: string;
    readonly kind: "classes" | "numbers";
    readonly logit?: boolean;
  };
  /** The losses, one a step, first the one that `loss` means. */
  readonly losses: readonly HostResult[];
  /** By which the loss of the first step is known again: what it is called, and a checksum of what it computes. */
  readonly loss?: string;
  /** Learning rates as results of `train_step`, one a step, where they are told. */
  readonly rates?: readonly HostResult[];
  /** What is watched in training, where anything is. */
  readonly probes?: readonly HostProbe[];
  /** The norms of all gradients together, one a step, where they are asked for. */
  readonly norms?: readonly HostNorm[];
  /** The optimisers' names, one a step, joined by commas: a checkpoint of another cannot be resumed. */
  readonly optimizer?: string;
  /** Results of `evaluate`: the loss, with several steps that of each by its name; the metrics that stream; and those that need the whole set at once. */
  readonly evaluation: {
    readonly loss: HostResult;
    readonly losses?: readonly HostResult[];
    readonly metrics: readonly HostResult[];
    readonly whole?: readonly HostWholeMetric[];
    /** Of a standardised target whose metrics count in its units. */
    readonly units?: HostUnits;
  };
  readonly data: HostData;
  readonly batch: number | "all";
  readonly epochs: number;
  /** As the train says it: where there is no data to tell. */
  readonly stepsPerEpoch?: number;
  /** Whether a step computes with `epoch`, `step_in_epoch` or `steps_per_epoch`, which stand still until the host says how long an epoch is. */
  readonly followsEpochs?: boolean;
  /** Whether a step computes with `epochs`, how many there are. */
  readonly reckonsWithEpochs?: boolean;
  readonly seed: number;
  readonly stopEarly?: number;
  readonly startFrom?: string;
  /** Decay of the averaged weights, where they are kept (`average.` buffers). */
  readonly average?: number;
}

/** What `evaluate` is given beside the train's inputs: of each number of a target's row the mean and the deviation that it was standardised by. */
export interface HostUnits {
  readonly mean: HostInput;
  readonly deviation: HostInput;
}

/** A layer's output or a parameter that is watched: each statistic is a scalar result of `train_step` in the buffer of this name. */
export interface HostProbe {
  readonly path: string;
  readonly mean: string;
  /** The standard deviation over all elements. */
  readonly spread: string;
  /** The L2 norm of the loss's gradient. */
  readonly gradientNorm: string;
}

/** The L2 norm of a step's gradients before they are clipped, as a result of `train_step`, and the `clip_norm` of the step where it has one. */
export interface HostNorm extends HostResult {
  readonly limit?: number;
}

/** A metric without state: an entry of its own, fed with what `evaluate` read or gave, all batches one after the other. */
export interface HostWholeMetric {
  readonly entry: string;
  /** `from`: a buffer that is an input or a result of `evaluate`. */
  readonly inputs: readonly { readonly input: HostInput; readonly from: string }[];
  readonly result: HostResult;
}

/** A requirement over open dimensions, checked at each call: the value must not be zero. */
export interface HostRequirement {
  readonly entry: string;
  readonly left: Dimension;
  readonly comparison: "equal" | "notEqual" | "less" | "lessEqual" | "greater" | "greaterEqual";
  readonly right: Dimension;
  readonly message: string;
}

/** What a program was built with beside its source. It is kept with the parameters, which mean nothing to a program built with other values. */
export interface HostOptions {
  /** The constants of the file that are numbers, strings or truth values, as the program has them; `given`: by the caller, in the place of the source's. */
  readonly consts: readonly HostOption<number | string | boolean>[];
  /** Dimensions that the caller gave, and those that the data gave. */
  readonly dims: readonly HostOption<number>[];
  /** The largest values of open dimensions, but of rows in a batch that the source has a size for; missing where there are none. */
  readonly bounds?: readonly HostOption<number>[];
  /** Settings of the optimizers, schedules and regularizers that the caller gave. */
  readonly settings: readonly HostOption<number>[];
  /** Whether Winograd's algorithm was allowed; missing where it has nothing to compute. */
  readonly winograd?: boolean;
}

export interface HostOption<Value> {
  readonly name: string;
  readonly value: Value;
  readonly given: boolean;
}

export interface Host {
  readonly language: string;
  readonly options?: HostOptions;
  readonly models: readonly HostModel[];
  readonly train?: HostTrain;
  readonly requirements: readonly HostRequirement[];
}
