/** The keys of a `train` and of its steps, with what each takes and means: semantics asks for the names, the reference for the rest. */

interface KeyDoc {
  readonly takes: string;
  readonly means: string;
}

const optimizer = {
  takes: "an optimizer with its settings, `adam(lr: 1e-3)`",
  means: "How parameters move. `lr` must be given.",
} satisfies KeyDoc;
const schedule = {
  takes: "a schedule, `cosine`",
  means: "How the learning rate goes on from `lr`; without it, it stays.",
} satisfies KeyDoc;
const regularize = {
  takes: "a regularizer or a list of them, `l2(1e-4)`",
  means:
    "Added to what is minimised for each parameter with two axes or more, with `all: true` for all; not to the loss that is shown.",
} satisfies KeyDoc;
const clip = {
  takes: "a number above 0",
  means: "The most that the norm of all gradients of a step together may be; longer ones are shortened to it.",
} satisfies KeyDoc;
const minimize = {
  takes: "an expression that gives a scalar",
  means: "What is minimised, over the inputs and `let`s of the train. Needs `update`.",
} satisfies KeyDoc;
const update = {
  takes: "a model, a path into one, `Net.head`, or a list of them",
  means: "What moves. All else stays as it is.",
} satisfies KeyDoc;

const ofTrains = {
  data: {
    takes: "a reader with its settings, the name of a `data` declaration, or `given`",
    means: "Where rows come from; without it, as `given`, from the program that calls.",
  },
  loss: {
    takes: "a loss, with its settings",
    means: "What is minimised: the loss between the model's output and the target.",
  },
  minimize,
  update,
  optimizer,
  schedule,
  regularize,
  clip_norm: clip,
  metrics: {
    takes: "a list of metrics, with their settings; with steps, calls with their tensors",
    means: 'Reported after each epoch, for the hold-out where there is one; `as "name"` renames one.',
  },
  batch: {
    takes: "a whole number, or `all`",
    means: "Rows in a minibatch; 32 by default. The last of an epoch may be smaller.",
  },
  epochs: { takes: "a whole number", means: "How often all rows are gone through; 1 by default." },
  steps_per_epoch: {
    takes: "a whole number",
    means: "Steps in an epoch of a train without data, as of one that draws its own points.",
  },
  stop_early: {
    takes: "a whole number of epochs",
    means:
      "Ends the training after so many epochs without a better hold-out loss (training loss, without one), and puts back the parameters of the best.",
  },
  average: {
    takes: "a number from 0 and below 1",
    means:
      "The decay of an exponentially weighted average of the parameters, which evaluates, predicts and is saved in their place.",
  },
  start_from: {
    takes: "the path of a .safetensors file",
    means: "Begins with the parameters in it that have equal paths; the others are listed and drawn.",
  },
  seed: {
    takes: "a whole number",
    means: "Of the hold-out, the order of rows, the start and all draws; 0 by default.",
  },
} satisfies Readonly<Record<string, KeyDoc>>;

const ofSteps = { minimize, update, optimizer, schedule, regularize, clip_norm: clip } satisfies Readonly<
  Record<string, KeyDoc>
>;

export const trainKeyDocs: ReadonlyMap<string, KeyDoc> = new Map(Object.entries(ofTrains));
export const stepKeyDocs: ReadonlyMap<string, KeyDoc> = new Map(Object.entries(ofSteps));

export const trainKeys: readonly string[] = Object.keys(ofTrains);
export const stepKeys: readonly string[] = Object.keys(ofSteps);
