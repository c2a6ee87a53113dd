/**
 * Names of Python, Keras and PyTorch where people try them, with what stands for them here. Data, and the help that is made of them: a habit
 * first, then a name that is nearly written, then all that there are where they are few.
 */
import { listOf } from "../diagnostics/lists.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type { NameSpace } from "./module.ts";

type Habits = ReadonlyMap<string, string>;

function habits(entries: Readonly<Record<string, string>>): Habits {
  return new Map(Object.entries(entries).flatMap(([words, help]) => words.split(" ").map((word) => [word, help])));
}

const sizeInferred = "the size of its input is inferred";
const noNothing = "nothing stands for an absent value: leave the setting out for its default, or write `false`";

/** Where a value, a layer or a function stands. */
const values = habits({
  True: "write `true`",
  False: "write `false`",
  "None null nil none undefined NULL Null": noNothing,
  "Linear Dense FullyConnected fc linear affine": `the layer is \`dense(2)\`; ${sizeInferred}`,
  "Conv1d Conv1D": `the layer is \`conv1d(16, 3)\`; ${sizeInferred}`,
  "Conv2d Conv2D conv": `the layer is \`conv2d(16, 3)\`; ${sizeInferred}`,
  "Conv3d Conv3D": `the layer is \`conv3d(16, 3)\`; ${sizeInferred}`,
  "ConvTranspose2d Conv2DTranspose conv2d_transpose deconv deconv2d Deconvolution": `the layer is \`conv_transpose2d(16, 3)\`; ${sizeInferred}`,
  "MaxPool2d MaxPooling2D maxpool max_pool max_pooling2d": "the layer is `max_pool2d(2)`",
  "AvgPool2d AveragePooling2D avgpool avg_pool average_pooling2d average_pool": "the layer is `avg_pool2d(2)`",
  "GlobalAveragePooling2D AdaptiveAvgPool2d GlobalAvgPool2D global_average_pooling2d adaptive_avg_pool2d":
    "the layer is `global_avg_pool`",
  "GlobalMaxPooling2D AdaptiveMaxPool2d global_max_pool2d global_max_pool max_pool_global":
    "write `max(x, axis: [1, 2])`",
  "GlobalAveragePooling1D global_avg_pool1d global_average_pooling1d": "write `mean(x, axis: 1)`",
  "GlobalMaxPooling1D global_max_pool1d": "write `max(x, axis: 1)`",
  "MaxPool1d MaxPooling1D max_pool1d max_pooling1d": "write `window_max(x, [2], stride: [2])`",
  "MaxPool3d MaxPooling3D max_pool3d max_pooling3d": "write `window_max(x, [2, 2, 2], stride: [2, 2, 2])`",
  "AvgPool1d AveragePooling1D avg_pool1d average_pooling1d": "write `window_sum(x, [2], stride: [2]) / 2`",
  "AvgPool3d AveragePooling3D avg_pool3d average_pooling3d": "write `window_sum(x, [2, 2, 2], stride: [2, 2, 2]) / 8`",
  "SeparableConv2D SeparableConv2d separable_conv2d separable_conv": "write `depthwise_conv2d(3) |> conv2d(16, 1)`",
  "ConvTranspose1d Conv1DTranspose conv_transpose1d conv1d_transpose":
    "write `reshape(x, [N, 1, T, C]) |> conv_transpose2d(16, [1, 4], stride: [1, 2])`",
  "UpSampling2D Upsample upsample2d upsampling2d interpolate resize":
    'the layer is `upsample(2)`, or `upsample(2, mode: "bilinear")`',
  "ZeroPadding2D ZeroPad2d zero_padding2d zero_pad2d":
    "write `pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]])`, or say it to the layer, `conv2d(16, 3, padding: 1)`",
  "PixelShuffle pixel_shuffle depth_to_space":
    "of `x: [N, 8, 8, 12]` it is `reshape(transpose(reshape(x, [N, 8, 8, 3, 2, 2]), [0, 1, 4, 2, 5, 3]), [N, 16, 16, 3])`",
  roll: "write `concat([x[:, 1:], x[:, :1]], axis: 1)`",
  "flip fliplr flipud": "write `reverse(x, axis: 1)`",
  "split chunk": "parts are slices: `x[.., :8]` and `x[.., 8:]`",
  "PositionalEncoding positional_encoding pos_encoding": "the layer is `positions`, or `learned_positions`",
  outer: "write `x[.., newaxis] * y[.., newaxis, :]`",
  "BatchNorm1d BatchNorm2d BatchNorm3d BatchNormalization batchnorm bn": `the layer is \`batch_norm\`; ${sizeInferred}`,
  "LayerNorm LayerNormalization layernorm": `the layer is \`layer_norm\`; ${sizeInferred}`,
  GroupNorm: "the layer is `group_norm(4)`",
  "InstanceNorm InstanceNorm2d InstanceNormalization instance_norm instancenorm":
    "a group for each channel is the same: `group_norm(16)` of 16 channels",
  "Dropout2d SpatialDropout2D dropout2d spatial_dropout":
    "whole channels are dropped by `x * dropout(ones([N, 1, 1, C]), 0.5)`",
  "MultiheadAttention MultiHeadAttention multi_head_attention multihead_attention mha":
    "the layer is `self_attention(4)`, or `attention` of three tensors",
  "TransformerEncoderLayer TransformerEncoder Transformer transformer_encoder transformer_block encoder_layer":
    "the layer is `transformer`",
  "Sequential sequential": "layers are piped, `x |> dense(8) |> relu |> dense(2)`",
  "Input Placeholder": "inputs stand in the signature, `model M(x: [N, 4]) -> [N, 2]`",
  "Activation LeakyReLU PReLU": "an activation is a layer like others: `|> relu`, `|> leaky_relu`",
  "swish SiLU Swish": "the activation is `silu`",
  "relu6 ReLU6": "write `clip(x, 0, 6)`",
  "hardswish hard_swish Hardswish": "write `x * clip(x / 6 + 0.5, 0, 1)`",
  "mish Mish": "write `x * tanh(softplus(x))`",
  "Rescaling rescaling": "numbers are scaled by the data: `scale: 1/255`",
  "RandomFlip RandomCrop RandomHorizontalFlip": "images are changed by the data: `augment: [flip, crop(4)]`",
  print: "there is no `print`; `nnc train --probe` shows values",
  len: "a dimension is a number by its name, as `N` of `x: [N, 4]`; of a list there is `length`",
  "size numel dim ndim": "a dimension is a number by its name, as `N` of `x: [N, 4]`",
  "matmul mm bmm dot": "a matrix product is `a @ b`",
  "mul multiply": "write `a * b`",
  "add sub subtract div divide": "write `a + b`, `a - b`, `a / b`",
  "pow power square": "write `x ** 2`",
  ln: "the natural logarithm is `log`",
  "log2 log10": "write `log(x) / log(2)`",
  rsqrt: "write `1 / sqrt(x)`",
  "cat concatenate Concatenate": "tensors are joined by `concat([a, b], axis: -1)`",
  "view Reshape": "write `reshape(x, [N, 4])`",
  "permute swapaxes": "write `transpose(x, [0, 2, 1])`, or `x.T` for the last two axes",
  "unsqueeze expand_dims": "an axis of size 1 is put in by `x[:, newaxis]`",
  squeeze: "an axis of size 1 is taken away by `x[:, 0]`",
  "arange linspace": "write `range(n)`",
  "randn normal_": "write `random_normal([N, 4])`",
  "rand random uniform_": "write `random_uniform([N, 4])`",
  "zeros_like ones_like": "write `zeros([N, 4])` with the shape",
  "detach no_grad": "write `stop_gradient(x)`",
  "gather index_select": "write `take(table, ids)`, or `pick(x, ids)` for one of each row",
  "avg average": "write `mean(x)`",
  std: "write `sqrt(variance(x))`",
  clamp: "write `clip(x, 0, 1)`",
  "self this": "there is no `self`; a layer that is kept is `let fc = dense(2)`",
  lambda: "there are no lambdas: declare a `block`",
  int: "a number is rounded down by `floor`, and made whole by `i32`",
  "float float32": "numbers become f32 by `f32(x)`",
  "bce BCELoss": "the loss is `binary_cross_entropy`",
});

const losses = habits({
  "bce BCE BCELoss BCEWithLogitsLoss binary_crossentropy BinaryCrossentropy logistic":
    "the loss is `binary_cross_entropy`, of logits",
  "ce CE categorical_crossentropy sparse_categorical_crossentropy CategoricalCrossentropy crossentropy CrossEntropyLoss NLLLoss nll nll_loss softmax log_loss":
    "the loss is `cross_entropy`, of logits and class ids",
  "MSE MSELoss mse_loss l2_loss mean_squared_error MeanSquaredError l2 squared quadratic": "the loss is `mse`",
  "MAE MAELoss L1Loss l1 l1_loss mean_absolute_error MeanAbsoluteError": "the loss is `mae`",
  "SmoothL1Loss smooth_l1 smooth_l1_loss HuberLoss huber_loss": "the loss is `huber`",
  "svm multi_margin MultiMarginLoss hinge_loss": "the loss is `hinge`",
  "kl kl_div kl_divergence KLDivLoss kullback_leibler":
    "`cross_entropy` takes chances as its target, too: it differs from this by what no parameter changes",
});

const metrics = habits({
  "acc Accuracy categorical_accuracy sparse_categorical_accuracy": "the metric is `accuracy`",
  "mae MAE": "the metric is `mean_absolute_error`",
  "mse MSE mean_squared_error": "the metric is `rmse`, the root of it",
  "roc_auc AUC roc": "the metric is `auc`",
  "R2 r2_score": "the metric is `r2`",
  "F1 f1_score": "the metric is `f1`",
  loss: "the loss is always shown: leave it out",
  confusion_matrix: "the metric is `confusion`",
  "top5 top_5": "the metric is `top_k(k: 5)`",
});

const optimizers = habits({
  "SGD gd gradient_descent GradientDescent": "the optimizer is `sgd(lr: 0.1)`",
  Momentum: "the optimizer is `momentum(lr: 0.01)`",
  "RMSProp RMSprop rms": "the optimizer is `rmsprop(lr: 0.001)`",
  "AdamW adam_w": "the optimizer is `adamw(lr: 0.001)`",
  "Adadelta adadelta":
    "near to it is `rmsprop(lr: 0.001)`; others are declared, `optimizer name(w, g) { w <- w - lr * g }`",
  "nadam Nadam NAdam radam RAdam adamax Adamax amsgrad lion Lion lamb LAMB lbfgs LBFGS":
    "near to it is `adamw(lr: 0.001)`; others are declared, `optimizer name(w, g) { w <- w - lr * g }`",
});

const schedules = habits({
  "CosineAnnealingLR cosine_annealing cosine_decay": "the schedule is `cosine`",
  "StepLR step_lr step step_decay MultiStepLR multi_step": "the schedule is `staircase`",
  "ExponentialLR exponential_decay": "the schedule is `exponential`",
  "ReduceLROnPlateau reduce_on_plateau plateau":
    "no schedule waits for the loss: `stop_early: 5` ends there, `cosine` falls all the way",
  "one_cycle OneCycleLR onecycle": "write `warmup(100, then: cosine)`",
  "polynomial PolynomialLR": "write one of your own: `schedule name() = lr0 * (1 - step / 1000)`",
  "linear LinearLR": "the schedule is `warmup`, or one of your own: `schedule name() = lr0 / step`",
});

const regularizers = habits({
  "weight_decay L2 ridge": "the regularizer is `l2(1e-4)`",
  "L1 lasso": "the regularizer is `l1(1e-4)`",
});

const initializers = habits({
  "glorot glorot_uniform GlorotUniform xavier": "the initializer is `xavier_uniform`",
  glorot_normal: "the initializer is `xavier_normal`",
  "kaiming kaiming_normal he": "the initializer is `he_normal`",
  kaiming_uniform: "the initializer is `he_uniform`",
  "truncated_normal trunc_normal TruncatedNormal lecun_normal":
    "the initializer is `normal(std: 0.1)`, or `he_normal` by the size of the input",
  "gaussian random_normal": "the initializer is `normal(std: 0.1)`",
});

const ofSpace: Readonly<Record<NameSpace, Habits>> = {
  value: values,
  loss: losses,
  metric: metrics,
  optimizer: optimizers,
  schedule: schedules,
  regularizer: regularizers,
  initializer: initializers,
};

/** More names than these are no list to choose from. */
const fewNames = 16;

/** What to say of a name that nothing in a name space has. */
export function nameHelp(name: string, space: NameSpace, known: readonly string[]): string | undefined {
  const names = [...new Set(known)];
  const habit = ofSpace[space].get(name) ?? (space === "value" ? initializers.get(name) : undefined);
  if (habit !== undefined) return habit;
  const near = didYouMean(name, names);
  if (near !== undefined || names.length > fewNames || names.length === 0) return near;
  return `there ${names.length === 1 ? "is" : "are"} ${listOf(
    names.map((one) => `\`${one}\``),
    fewNames,
  )}`;
}

const learningRate = "the learning rate is a setting of the optimizer: `optimizer: adam(lr: 0.01)`";

/** Keys of a train. */
const keys = habits({
  "learning_rate lr rate eta": learningRate,
  "batch_size batchsize minibatch batches": "the key is `batch`",
  "epoch n_epochs num_epochs iterations max_epochs": "the key is `epochs`",
  "criterion objective cost loss_fn": "the key is `loss`",
  "optim optimiser solver": "the key is `optimizer`",
  metric: "the key is `metrics`, a list: `metrics: [accuracy]`",
  "regularizer regularization": "the key is `regularize`",
  weight_decay: "the key is `regularize`, `regularize: l2(1e-4)`, or the optimizer `adamw`",
  "scheduler lr_schedule lr_scheduler": "the key is `schedule`",
  "dataset x_train train_data inputs input": 'the key is `data`, `data: csv("rows.csv", target: "y")`',
  "validation validation_split validation_data val test":
    'rows are held out by the data: `holdout: 20%`, or `test: "test.csv"`',
  "patience early_stopping earlystop": "the key is `stop_early`",
  "clip grad_clip gradient_clip clip_grad clip_gradient clip_gradients gradient_clipping clipnorm max_grad_norm global_clipnorm":
    "the key is `clip_norm`",
  "clip_value clipvalue": "gradients are shortened by their norm together: `clip_norm: 1`",
  "freeze frozen trainable requires_grad": "what moves is said by `update`: a model or a path, `update: Net.head`",
  "l1 l2 L1 L2": "the key is `regularize`, `regularize: l2(1e-4)`",
  dropout: "dropout is a layer of the model: `|> dropout(0.5)`",
  "momentum nesterov": "it is an optimizer: `optimizer: momentum(lr: 0.01)`",
  "beta1 beta2 beta eps": "it is a setting of the optimizer: `optimizer: adam(lr: 0.01, beta1: 0.9)`",
  ema: "the key is `average`",
  shuffle: "rows are shuffled in every epoch: leave it out",
  "random_state random_seed manual_seed": "the key is `seed`",
  "checkpoint weights pretrained": "the key is `start_from`",
  "device verbose num_workers workers": "where and how it runs is said to the command, not in the file: leave it out",
  model: "the model is named behind `train`",
  "maximize maximise reward": "what is maximised is minimised with its sign: `minimize: -mean(…)`",
});

/** Whether a key is meant by it: it is nearly one, or another system's. */
export function isLikeKey(text: string, known: readonly string[]): boolean {
  return didYouMean(text, known) !== undefined || keys.has(text);
}

/** Whether a wrong key stands for what is minimised, which is then not missing. */
export function isMeant(key: string, as: "minimize"): boolean {
  return keys.get(key)?.includes(`\`${as}:`) === true;
}

/** Whether a key is meant as the learning rate. */
export function isRateKey(text: string): boolean {
  return keys.get(text) === learningRate;
}

/** What to say of a key that a train or a step has not. */
export function keyHelp(key: string, known: readonly string[], place: string): string {
  const all = known.map((one) => `\`${one}\``);
  if (key === "loss") return "a step says what it minimises: `minimize: mse(Net(x), y)`";
  if (isMeant(key, "minimize")) return keys.get(key) ?? "";
  return didYouMean(key, known) ?? keys.get(key) ?? `a ${place} takes ${listOf(all, all.length)}`;
}

const momentumOfItsOwn = "momentum is an optimizer of its own: `momentum(lr: 0.01)`";
const idsFirst = "the number of ids stands first, then the width: `embedding(1000, 16)`";

const settings = habits({
  "learning_rate eta rate": "`lr` is the learning rate",
  "kernel_size filter_size ksize":
    "the kernel's size is called `kernel`, and stands behind the number of filters: `conv2d(16, 3)`",
  strides: "the setting is `stride`",
  dilation_rate: "the setting is `dilation`",
  depth_multiplier: "the setting is `multiplier`",
  num_groups: "the setting is `groups`",
  count_include_pad: "the setting is `count_padding`",
  "scale_factor scale": "the setting is `factor`",
  interpolation: "the setting is `mode`",
  output_padding: "outputs are (H - 1) stride - 2 padding + kernel: a larger `kernel` makes more, or `pad` behind it",
  data_format: "channels always stand last: leave it out",
  "filters out_channels channels": "the number of outputs stands first: `conv2d(16, 3)`",
  "in_features in_channels input_dim input_shape": "the size of the input is inferred: leave it out",
  "out_features output_dim hidden_size": "the number of outputs stands first: `dense(2)`",
  activation: "an activation is a stage of its own: `|> dense(8) |> relu`",
  scale_factor: "the setting is `factor`",
  use_bias: "the setting is `bias`",
  "kernel_initializer weight_init initializer": "the setting is `init`",
  p: "the rate stands first: `dropout(0.5)`",
  "dim axes": "the axis is called `axis`, as in `axis: -1`, or named: `over: C`",
  "keepdims keepdim keep_dims": "the setting is `keep`",
  momentum: momentumOfItsOwn,
  betas: "the settings are `beta1` and `beta2`",
  beta_1: "the setting is `beta1`",
  beta_2: "the setting is `beta2`",
  epsilon: "the setting is `eps`",
  weight_decay: "`regularize: l2(1e-4)` decays weights, or the optimizer `adamw`",
  "num_heads n_heads": "the setting is `heads`",
  from_logits: "the loss takes logits: leave it out",
  label_smoothing: "the setting is `smoothing`",
  "rho decay": "the setting is `beta`",
  "sigma stddev stdev": "the setting is `std`",
  "T_max total_steps": "it goes over all epochs: leave it out",
  step_size: "the setting is `every`",
  "gamma decay_rate": "the setting is `rate`",
  pool_size: "the setting is `size`",
  "alpha negative_slope": "the setting is `slope`",
  "num_embeddings vocab_size input_length embedding_dim": idsFirst,
  "return_sequences return_state": "every place is given back: the last one is `x[:, -1]`",
  name: 'a layer is named by `as`: `dense(8) as "head"`',
});

/** Settings of other libraries' readers. */
const readerSettings = habits({
  "test_size validation_split val_split split": "rows are held out by `holdout: 20%`",
  "normalize normalise standardise zscore": "the setting is `standardize: true`; `scale: 1/255` multiplies",
  "label labels y_col target_column output": 'the column to predict is named by `target: "y"`',
  "sep delimiter": "commas, semicolons and tabs between cells are told apart by themselves: leave it out",
  "shuffle random_state": "rows are shuffled in every epoch: leave it out",
  "batch_size batch": "the key `batch` stands in the train, beside `data`",
  "index_col usecols columns features x_cols": 'the columns to read are named by `inputs: ["a", "b"]`',
  "names header_names": "a file without a line of names is read with `header: false`",
});

/** What to say of a setting that a reader has not. */
export function readerHelp(name: string): string | undefined {
  return readerSettings.get(name);
}

/** Some words mean another thing where the callee is a table of ids, or no optimizer. */
function settingHabit(name: string, known: readonly string[]): string | undefined {
  if (/^(?:in|out)put_dim$/.test(name) && known.includes("count")) return idsFirst;
  if (name === "momentum" && known.includes("decay"))
    return "`decay` is the share of the average that stays: `decay: 0.9`";
  if (name === "gamma" && known.includes("factor")) return "the setting is `factor`";
  const habit = settings.get(name);
  return habit === momentumOfItsOwn && !known.includes("lr") ? undefined : habit;
}

/** What to say of a setting that a declaration has not. A habit speaks where what it names is there, or where it says to leave it out. */
export function settingHelp(callee: string, name: string, known: readonly string[]): string {
  const near = didYouMean(name, known);
  const habit = settingHabit(name, known);
  const target = /the (?:setting is|kernel's size is called|axis is called) `(\w+)`|^`(lr)`/.exec(habit ?? "");
  const wanted = target?.[1] ?? target?.[2];
  if (habit !== undefined && (wanted === undefined || known.includes(wanted))) return habit;
  if (near !== undefined) return near;
  if (known.length === 0) return `\`${callee}\` takes nothing`;
  return `\`${callee}\` takes ${known.length === 1 ? "nothing but " : ""}${listOf(
    known.map((one) => `\`${one}\``),
    12,
  )}`;
}
