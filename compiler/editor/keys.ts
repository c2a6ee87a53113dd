/** What each key of a `train` and of its steps takes, in a sentence. */
import { stepKeys, trainKeys } from "../semantics/trains.ts";

const docs = {
  data: "Where the rows come from: `csv`, `idx`, `npy`, `text`, `images`, `arrays`, `given`, or the name of a `data`.",
  loss: "What the model's output and the target are compared by.",
  regularize: "Added to the loss for each parameter of rank 2 or more: `l2(1e-4)`.",
  optimizer: "How parameters move: `adam(lr: 1e-3)`.",
  schedule: "How the learning rate changes with time: `cosine`.",
  metrics: "A list of what else is reported: `[accuracy]`.",
  batch: "How many rows a step takes, or `all`.",
  epochs: "How often all rows are gone through.",
  steps_per_epoch: "How many steps an epoch has where no data say so.",
  stop_early: "After how many epochs without progress training ends.",
  clip_norm: "The largest norm that all gradients together may have.",
  average: "The decay of a running average of the weights, which is used to evaluate: `0.999`.",
  start_from: "A `.safetensors` file that parameters are taken from.",
  seed: "What all draws follow from.",
  minimize: "A scalar to minimise, over the train's own inputs.",
  update: "What moves: a model, a path such as `Digits.head`, or a list of them.",
} as const;

export const keyDocs: ReadonlyMap<string, string> = new Map(Object.entries(docs));

/** The keys of a place that are not there yet. */
export function missingKeys(place: "train" | "step", given: ReadonlySet<string>): readonly string[] {
  return (place === "train" ? trainKeys : stepKeys).filter((key) => !given.has(key));
}
