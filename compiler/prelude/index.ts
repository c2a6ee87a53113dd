/** The prelude's files with their names, in the order in which the documentation shows them. */
import activations from "./activations.nn";
import attention from "./attention.nn";
import convolution from "./convolution.nn";
import embeddings from "./embeddings.nn";
import initializers from "./initializers.nn";
import layers from "./layers.nn";
import losses from "./losses.nn";
import metrics from "./metrics.nn";
import norms from "./norms.nn";
import optimizers from "./optimizers.nn";
import pooling from "./pooling.nn";
import recurrent from "./recurrent.nn";
import regularizers from "./regularizers.nn";
import schedules from "./schedules.nn";

export interface PreludeFile {
  readonly name: string;
  readonly text: string;
}

export const preludeFiles: readonly PreludeFile[] = [
  { name: "prelude/activations.nn", text: activations },
  { name: "prelude/layers.nn", text: layers },
  { name: "prelude/convolution.nn", text: convolution },
  { name: "prelude/pooling.nn", text: pooling },
  { name: "prelude/recurrent.nn", text: recurrent },
  { name: "prelude/norms.nn", text: norms },
  { name: "prelude/attention.nn", text: attention },
  { name: "prelude/embeddings.nn", text: embeddings },
  { name: "prelude/losses.nn", text: losses },
  { name: "prelude/initializers.nn", text: initializers },
  { name: "prelude/optimizers.nn", text: optimizers },
  { name: "prelude/schedules.nn", text: schedules },
  { name: "prelude/regularizers.nn", text: regularizers },
  { name: "prelude/metrics.nn", text: metrics },
];
