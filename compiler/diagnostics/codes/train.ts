/** NN05xx: what can be wrong with `train` declarations; readers.ts has what can be wrong with their data. */
import { define } from "../diagnostic.ts";
import { withArticle } from "../lists.ts";

const model = "model M(x: [N, 3]) -> [N, 2] = x |> dense(2)\n";

export const unknownKey = define<{ readonly key: string; readonly place: string }>({
  code: "NN0501",
  severity: "error",
  message: ({ key, place }) => `\`${key}\` is no key of ${withArticle(place)}`,
  explanation:
    "A train takes data, loss or minimize, update, regularize, optimizer, schedule, metrics, batch, epochs, steps_per_epoch, stop_early, clip_norm, average, " +
    "start_from and seed; " +
    "a step takes minimize, update, optimizer, schedule, regularize and clip_norm.",
  example: {
    bad: `${model}train M { data: given  loss: cross_entropy  optimiser: sgd(lr: 0.1) }`,
    good: `${model}train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1) }`,
  },
});

export const repeatedKey = define<{ readonly key: string }>({
  code: "NN0502",
  severity: "error",
  message: ({ key }) => `\`${key}\` is given twice`,
  explanation: "Each key of a train or step stands once.",
  example: {
    bad: `${model}train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 8  batch: 16 }`,
    good: `${model}train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 16 }`,
  },
});

export const missingKey = define<{ readonly key: string; readonly place: string }>({
  code: "NN0503",
  severity: "error",
  message: ({ key, place }) => `${place} needs \`${key}:\`, found none`,
  explanation: "The short form of a train needs a loss and an optimizer; a step needs minimize, update and optimizer.",
  example: {
    bad: `${model}train M { data: given  loss: cross_entropy }`,
    good: `${model}train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1) }`,
  },
});

export const unknownModel = define<{ readonly name: string }>({
  code: "NN0504",
  severity: "error",
  message: ({ name }) => `there is no model \`${name}\` to train`,
  explanation:
    "The short form of a train is named after the model that it trains. A train with steps may have any name.",
  example: {
    bad: `${model}train W { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1) }`,
    good: `${model}train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1) }`,
  },
});

export const badValue = define<{ readonly key: string; readonly expected: string; readonly found: string }>({
  code: "NN0505",
  severity: "error",
  message: ({ key, expected, found }) => `\`${key}\` must be ${expected}, found ${found}`,
  explanation: "Each key of a train takes one kind of value, within the range that makes sense.",
  example: {
    bad: `${model}train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 0 }`,
    good: `${model}train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 16 }`,
  },
});

export const unreachedParameter = define<{ readonly name: string; readonly step: string }>({
  code: "NN0507",
  severity: "warning",
  message: ({ name, step }) =>
    `the loss of \`${step}\` does not depend on the parameter \`${name}\`, so that step does not move it`,
  explanation:
    "A parameter is trained by its gradient. Where the loss does not depend on it, or only through stop_gradient, there is none.",
  example: {
    bad: `${model}train T(x: [N, 3]) { data: given  step s { minimize: mean(stop_gradient(M(x)))  update: M  optimizer: sgd(lr: 0.1) } }`,
    good: `${model}train T(x: [N, 3]) { data: given  step s { minimize: mean(M(x))  update: M  optimizer: sgd(lr: 0.1) } }`,
  },
});

export const nothingToUpdate = define<{ readonly what: string }>({
  code: "NN0508",
  severity: "error",
  message: ({ what }) => `\`update: ${what}\` names no parameters`,
  explanation:
    "`update` names a model, a path into one (`Digits.head`), or a list of them, as `nnc check` prints the paths.",
  example: {
    bad: `${model}train T(x: [N, 3]) { data: given  step s { minimize: mean(M(x))  update: M.head  optimizer: sgd(lr: 0.1) } }`,
    good: `${model}train T(x: [N, 3]) { data: given  step s { minimize: mean(M(x))  update: M.dense  optimizer: sgd(lr: 0.1) } }`,
  },
});

export const repeatedUpdate = define<{ readonly path: string }>({
  code: "NN0520",
  severity: "warning",
  message: ({ path }) => `\`update\` names the parameters of \`${path}\` twice: its other paths hold them all`,
  explanation:
    "A model's path names all of its parameters and those of the models that it calls, so a path into it, or to one of them, adds nothing.",
  example: {
    bad: `${model}train T(x: [N, 3]) { data: given  step s { minimize: mean(M(x))  update: [M, M.dense]  optimizer: sgd(lr: 0.1) } }`,
    good: `${model}train T(x: [N, 3]) { data: given  step s { minimize: mean(M(x))  update: [M.dense.w, M.dense.b]  optimizer: sgd(lr: 0.1) } }`,
  },
});

export const neverTrained = define<{ readonly layer: string; readonly train: string }>({
  code: "NN0521",
  severity: "warning",
  message: ({ layer, train }) =>
    `\`${layer}\` is used to predict, but no step of \`${train}\` reaches it: it stays as it starts`,
  explanation:
    "What stands under `if training` is another network than what predicts. A layer of the latter alone is never trained. `nnc check` lists such layers.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, 2] {\n  if training { return x |> dense(2) }\n  return x |> dense(2)\n}\ntrain M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1) }",
    good: "model M(x: [N, 3]) -> [N, 2] {\n  let f = dense(2)\n  if training { return f(x) }\n  return f(x)\n}\ntrain M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1) }",
  },
});

export const nothingMoves = define<{ readonly train: string }>({
  code: "NN0522",
  severity: "warning",
  message: ({ train }) => `nothing can move in the train \`${train}\``,
  explanation:
    "A train moves the parameters that its losses depend on. Where its models have none, no loss reaches one that is updated, or the learning rate is 0, " +
    "training changes nothing.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, 3] = relu(x)\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 0.1) }",
    good: "model M(x: [N, 3]) -> [N, 3] = x |> dense(3) |> relu\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 0.1) }",
  },
});

export const incompleteOptimizer = define<{
  readonly kind: "optimizer" | "schedule";
  readonly name: string;
  readonly problem: string;
}>({
  code: "NN0523",
  severity: "warning",
  message: ({ kind, name, problem }) => `the ${kind} \`${name}\` ${problem}`,
  explanation:
    "An optimizer gives a parameter its new value by `w <- …`, from its gradient and the learning rate `lr`. A schedule makes that rate of `lr0`, which is what the optimizer was given as `lr:`.",
  example: {
    bad: `${model}optimizer lazy(w, g) {\n  let moved = w - lr * g\n}\ntrain M { data: given  loss: cross_entropy  optimizer: lazy(lr: 0.1) }`,
    good: `${model}optimizer eager(w, g) {\n  w <- w - lr * g\n}\ntrain M { data: given  loss: cross_entropy  optimizer: eager(lr: 0.1) }`,
  },
});

export const uselessKey = define<{ readonly what: string; readonly why: string }>({
  code: "NN0524",
  severity: "error",
  message: ({ what, why }) => `${what} has no effect here, since ${why}`,
  explanation:
    "A train minimises the `loss` of its model, or with `minimize` one expression, or has steps that each minimise one. What belongs to another " +
    "form, or stands above steps that all have their own, would be read and dropped.",
  example: {
    bad: `${model}train T(x: [N, 3]) { data: given  loss: mse  step s { minimize: mean(M(x))  update: M  optimizer: sgd(lr: 0.1) } }`,
    good: `${model}train T(x: [N, 3]) { data: given  step s { minimize: mean(M(x))  update: M  optimizer: sgd(lr: 0.1) } }`,
  },
});

export const idleKey = define<{ readonly what: string; readonly why: string }>({
  code: "NN0525",
  severity: "warning",
  message: ({ what, why }) => `${what} changes nothing: ${why}`,
  explanation:
    "What is written is right in itself, but this train has nothing that it could act on, or something else undoes it.",
  example: {
    bad: `${model}train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  stop_early: 3 }`,
    good: `${model}train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  stop_early: 3  epochs: 20 }`,
  },
});

export const missingEpochs = define<{ readonly train: string }>({
  code: "NN0526",
  severity: "warning",
  message: ({ train }) => `the train \`${train}\` has no \`epochs\`, so it goes through its data once`,
  explanation: "`epochs` is how often training goes through the data. Without it, that is once; `epochs: 1` says so.",
  example: {
    bad: `${model}train M { data: csv("a.csv", target: "y")  loss: cross_entropy  optimizer: sgd(lr: 0.1) }`,
    good: `${model}train M { data: csv("a.csv", target: "y")  loss: cross_entropy  optimizer: sgd(lr: 0.1)  epochs: 20 }`,
  },
});

export const logitsExpected = define<{ readonly kind: "softmax" | "sigmoid"; readonly place: string }>({
  code: "NN0527",
  severity: "warning",
  message: ({ kind, place }) => `expected logits, found probabilities: \`${place}\` is a ${kind} already`,
  explanation:
    "`cross_entropy` and `log_loss` take the softmax of what they get, and `binary_cross_entropy` the sigmoid. Behind another one gradients are small, and " +
    "the loss never comes near zero. For `binary_accuracy`, `precision`, `recall` and `f1` one output means yes where it is above 0, as every probability is, and `hinge` " +
    "asks for scores that are its margin apart, which probabilities are not where that is 1.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, 2] = x |> dense(2) |> softmax\ntrain M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1) }",
    good: "model M(x: [N, 3]) -> [N, 2] = x |> dense(2)\ntrain M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1) }",
  },
});

export const trainInput = define<{ readonly name: string; readonly expected: string; readonly found: string }>({
  code: "NN0528",
  severity: "error",
  message: ({ name, expected, found }) => `the input \`${name}\` of this train must be ${expected}, found ${found}`,
  explanation:
    "Beside a `loss`, the inputs of a train say the types of what the loss takes (`target`, `mask`), or repeat those of the model's inputs.",
  example: {
    bad: `${model}train M(x: [N, 3], targt: [N, 2]) { data: given  loss: mse  optimizer: sgd(lr: 0.1) }`,
    good: `${model}train M(x: [N, 3], target: [N, 2]) { data: given  loss: mse  optimizer: sgd(lr: 0.1) }`,
  },
});

export const noBatchAxis = define<{ readonly train: string }>({
  code: "NN0529",
  severity: "error",
  message: ({ train }) =>
    `\`batch\` has no effect: no input of \`${train}\` has an open first dimension that would count rows`,
  explanation:
    "`batch` is the largest value of the first dimension of the inputs, such as `N` in `[N, 64]`. Where all sizes are numbers there is nothing to cut.",
  example: {
    bad: "model M(x: [4, 3]) -> [4, 2] = x |> dense(2)\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 4 }",
    good: "model M(x: [N, 3]) -> [N, 2] = x |> dense(2)\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  batch: 4 }",
  },
});

export const lossShape = define<{ readonly found: string }>({
  code: "NN0509",
  severity: "error",
  message: ({ found }) => `what is minimised must be one number, found ${found}`,
  explanation: "A step minimises a scalar, such as a mean.",
  example: {
    bad: `${model}train T(x: [N, 3]) { data: given  step s { minimize: M(x)  update: M  optimizer: sgd(lr: 0.1) } }`,
    good: `${model}train T(x: [N, 3]) { data: given  step s { minimize: mean(M(x))  update: M  optimizer: sgd(lr: 0.1) } }`,
  },
});

export const boundMissing = define<{ readonly name: string }>({
  code: "NN0510",
  severity: "error",
  message: ({ name }) => `the open dimension \`${name}\` needs a largest value, found none`,
  explanation:
    "Memory is planned for the largest value of each open dimension. It comes from `batch`, from the data, from `bounds: { N: 64 }` or from `--bounds N=64`.",
  example: {
    bad: `${model}train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: all }`,
    good: `${model}train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 16 }`,
  },
});

export const metricWithoutTensors = define<{ readonly name: string }>({
  code: "NN0511",
  severity: "error",
  message: ({ name }) => `the metric \`${name}\` needs its tensors in a train with steps, found none`,
  explanation:
    "The short form of a train says what the output and the target are. With steps, a metric is a call with its tensors, " +
    'such as `accuracy(Net(x), target) as "clean"`.',
  example: {
    bad: `${model}train T(x: [N, 3], target: i32[N]) { data: given  metrics: [accuracy]  step s { minimize: cross_entropy(M(x), target)  update: M  optimizer: sgd(lr: 0.1) } }`,
    good: `${model}train T(x: [N, 3], target: i32[N]) { data: given  metrics: [accuracy(M(x), target)]  step s { minimize: cross_entropy(M(x), target)  update: M  optimizer: sgd(lr: 0.1) } }`,
  },
});

export const metricTensors = define<{ readonly name: string }>({
  code: "NN0517",
  severity: "error",
  message: ({ name }) => `the metric \`${name}\` takes settings only beside a \`loss\`, found tensors`,
  explanation:
    "In the short form of a train every metric compares the model's output with the target of the loss. " +
    "A train with steps says what each metric compares.",
  example: {
    bad: `${model}train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  metrics: [accuracy(M(x), target)] }`,
    good: `${model}train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  metrics: [accuracy] }`,
  },
});

export const metricName = define<{ readonly name: string; readonly other: string }>({
  code: "NN0518",
  severity: "error",
  message: ({ name, other }) => `the metric is called \`${name}\`, as ${other} is`,
  explanation:
    "Every figure of an evaluation has a name of its own: `loss`, the names of the steps where there are several, and those of the metrics. " +
    "`as` gives a metric another one.",
  example: {
    bad: `${model}train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  metrics: [top_k(k: 1), top_k(k: 2)] }`,
    good: `${model}train M { data: given  loss: cross_entropy  optimizer: sgd(lr: 0.1)  metrics: [top_k(k: 1) as "top1", top_k(k: 2) as "top2"] }`,
  },
});

export const targetMissing = define<{ readonly name: string; readonly kind: string }>({
  code: "NN0512",
  severity: "error",
  message: ({ name, kind }) => `the ${kind} \`${name}\` needs an output and a target as its first two inputs`,
  explanation:
    "A loss or metric is called with the model's output and the data's target; further tensor inputs come from the data by name.",
  example: {
    bad: `loss small(output: [..]) -> [] = mean(output)\n${model}train M { data: given  loss: small  optimizer: sgd(lr: 0.1) }`,
    good: `loss near(output: [..], target: [..]) -> [] = mean(abs(output - target))\n${model}train M { data: given  loss: near  optimizer: sgd(lr: 0.1) }`,
  },
});

export const unknownTrain = define<{ readonly name: string; readonly labels: string }>({
  code: "NN0513",
  severity: "error",
  message: ({ name, labels }) => `there is no train \`${name}\`: expected ${labels}`,
  explanation:
    "A train is chosen by its label, or by its name where it has none. A file has the trains that stand in it: of a file that it uses it takes the other declarations.",
});

export const regularizesNothing = define<{ readonly name: string; readonly step: string }>({
  code: "NN0516",
  severity: "warning",
  message: ({ name, step }) =>
    `\`${name}\` regularizes nothing: expected a parameter of at least two dimensions that \`${step}\` moves, found none`,
  explanation:
    "A regularizer covers the parameters that have two dimensions or more: weights, not biases and scales. With `all: true` it covers every one. " +
    "What it adds is minimised with the loss; the loss that is shown, logged and evaluated is without it.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, 3] {\n  param w: [3] = ones\n  return w * x\n}\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  regularize: l2(1e-3) }",
    good: "model M(x: [N, 3]) -> [N, 3] {\n  param w: [3] = ones\n  return w * x\n}\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 0.1)  regularize: l2(1e-3, all: true) }",
  },
});

export const openSignature = define<{ readonly model: string }>({
  code: "NN0514",
  severity: "error",
  message: ({ model: name }) => `the model \`${name}\` is built as it stands, so its inputs cannot have \`..\``,
  explanation:
    "A model's inputs come from outside, so their number of dimensions must be written. Blocks may use `..`.",
  example: { bad: "model M(x: [.., 3]) -> [.., 3] = x", good: "model M(x: [N, 3]) -> [N, 3] = x" },
});

export const modelInputs = define<{ readonly model: string; readonly problem: string }>({
  code: "NN0515",
  severity: "error",
  message: ({ model: name, problem }) => `the model \`${name}\` ${problem}`,
  explanation: "What is compiled are models: each has at least one tensor input, and no settings.",
  example: {
    bad: "model M(x: [N, 3], hidden: int) -> [N, 2] = x |> dense(hidden) |> dense(2)",
    good: "const hidden = 8\nmodel M(x: [N, 3]) -> [N, 2] = x |> dense(hidden) |> dense(2)",
  },
});

export const sharedName = define<{
  readonly name: string;
  readonly model: string;
  readonly loss: string;
  readonly problem: string;
}>({
  code: "NN0531",
  severity: "error",
  message: ({ name, model, loss, problem }) =>
    `the model \`${model}\` and the loss \`${loss}\` both take \`${name}\`, ${problem}: expected names of their own`,
  explanation:
    "The data give one tensor for a name. A model whose input is called like the target of its loss would read the answer that it is to find. Further inputs of a loss, such as " +
    "a mask, may be inputs of the model, too, where both write the same type.",
  example: {
    bad: "model M(target: [N, 1]) -> [N, 1] = target |> dense(1)\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 0.1) }",
    good: "model M(x: [N, 1]) -> [N, 1] = x |> dense(1)\ntrain M { data: given  loss: mse  optimizer: sgd(lr: 0.1) }",
  },
});
