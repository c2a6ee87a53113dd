/** NN04xx: what can be wrong with a call's arguments. */
import { define } from "../diagnostic.ts";
import { counted } from "../lists.ts";

export const unknownSetting = define<{ readonly callee: string; readonly name: string }>({
  code: "NN0401",
  severity: "error",
  message: ({ callee, name }) => `\`${callee}\` has no input or setting \`${name}\``,
  explanation: "An argument given by name must be one of the callee's inputs or settings.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, 4] = x |> dense(4, biass: false)",
    good: "model M(x: [N, 3]) -> [N, 4] = x |> dense(4, bias: false)",
  },
});

export const missingSetting = define<{ readonly callee: string; readonly name: string; readonly type: string }>({
  code: "NN0402",
  severity: "error",
  message: ({ callee, name, type }) => `\`${callee}\` needs \`${name}\` (${type}), found none`,
  explanation: "An input or setting without a default must be given.",
  example: { bad: "model M(x: [N, 3]) -> [N, 4] = x |> dense", good: "model M(x: [N, 3]) -> [N, 4] = x |> dense(4)" },
});

export const wrongSetting = define<{
  readonly callee: string;
  readonly name: string;
  readonly expected: string;
  readonly found: string;
}>({
  code: "NN0403",
  severity: "error",
  message: ({ callee, name, expected, found }) => `\`${name}\` of \`${callee}\` must be ${expected}, found ${found}`,
  explanation: "A setting is known at compile time and has one of the types that the signature writes.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, 4] = x |> dense(4, bias: 1)",
    good: "model M(x: [N, 3]) -> [N, 4] = x |> dense(4, bias: true)",
  },
});

export const tooManyArguments = define<{
  readonly callee: string;
  readonly what: string;
  readonly most: number;
  readonly found: number;
}>({
  code: "NN0404",
  severity: "error",
  message: ({ callee, what, most, found }) => `\`${callee}\` takes at most ${most} ${what}, found ${found}`,
  explanation: "Positional tensors fill a callee's tensor inputs in order, positional settings its settings.",
  example: { bad: "model M(x: [N, 3]) -> [N, 3] = relu(x, 1)", good: "model M(x: [N, 3]) -> [N, 3] = relu(x)" },
});

export const givenTwice = define<{ readonly callee: string; readonly name: string }>({
  code: "NN0405",
  severity: "error",
  message: ({ callee, name }) => `\`${name}\` of \`${callee}\` is given twice`,
  explanation: "Each input and setting is given once, by its place or by its name.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, 4] = x |> dense(4, units: 5)",
    good: "model M(x: [N, 3]) -> [N, 4] = x |> dense(4)",
  },
});

export const notCallable = define<{ readonly found: string }>({
  code: "NN0406",
  severity: "error",
  message: ({ found }) => `expected a layer to call, found ${found}`,
  explanation: "Blocks, models, losses, built-ins and layers that a name holds can be called and piped into.",
  example: { bad: "model M(x: [N, 3]) -> [N, 3] = x |> 3", good: "model M(x: [N, 3]) -> [N, 3] = x |> relu" },
});

export const wrongDefault = define<{ readonly name: string; readonly expected: string; readonly found: string }>({
  code: "NN0407",
  severity: "error",
  message: ({ name, expected, found }) => `the default of \`${name}\` must be ${expected}, found ${found}`,
  explanation: "A setting's default has one of the setting's types.",
  example: {
    bad: 'block f(x: [N], n: int = "two") -> [N] = n * x',
    good: "block f(x: [N], n: int = 2) -> [N] = n * x",
  },
});

export const reservedSetting = define<{ readonly callee: string; readonly name: string; readonly kind: string }>({
  code: "NN0412",
  severity: "error",
  message: ({ callee, name, kind }) =>
    `\`${callee}\` declares \`${name}\`, which every ${kind} has; expected another name`,
  explanation:
    "Every optimizer has `lr`, its learning rate, and every regularizer `all`, which says whether parameters of one dimension count. A setting of that name would never get a value.",
  example: {
    bad: "optimizer drift(w, g, lr: float = 1) { w <- w - lr * sign(g) }\nmodel M(x: [N, 3]) -> [N, 2] = x |> dense(2)\ntrain M { data: given  loss: cross_entropy  optimizer: drift(lr: 0.1) }",
    good: "optimizer drift(w, g, scale: float = 1) { w <- w - lr * scale * sign(g) }\nmodel M(x: [N, 3]) -> [N, 2] = x |> dense(2)\ntrain M { data: given  loss: cross_entropy  optimizer: drift(lr: 0.1) }",
  },
});

export const madeAlready = define<{ readonly callee: string; readonly name: string }>({
  code: "NN0413",
  severity: "error",
  message: ({ callee, name }) =>
    `this \`${callee}\` is made already: expected only its tensors, found the setting \`${name}\``,
  explanation:
    "A layer that a name holds has its settings from where it was made, and is one layer wherever it is used. Another setting is another layer.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, 2] {\n  let head = dense(2)\n  return head(x, bias: false)\n}",
    good: "model M(x: [N, 3]) -> [N, 2] {\n  let head = dense(2, bias: false)\n  return head(x)\n}",
  },
});

export const namedInput = define<{ readonly callee: string; readonly name: string }>({
  code: "NN0414",
  severity: "error",
  message: ({ callee, name }) =>
    `a name that holds \`${callee}\` takes its tensors in order, found one called \`${name}\``,
  explanation:
    "Inputs of blocks and models may be given by name, also where a name holds the layer. Built-ins that a name holds take theirs by place.",
  example: {
    bad: "model M(x: [N, 3]) -> [N, 3] {\n  let larger = maximum\n  return larger(b: x, a: 2 * x)\n}",
    good: "model M(x: [N, 3]) -> [N, 3] {\n  let larger = maximum\n  return larger(2 * x, x)\n}",
  },
});

export const sharedLayer = define<{ readonly name: string }>({
  code: "NN0419",
  severity: "warning",
  message: ({ name }) => `the turns of this \`repeat\` share one \`${name}\`, with one set of parameters`,
  explanation:
    "A layer that a setting holds is one layer wherever its name stands, while a block's own name makes a new one at each turn. Where one for all turns is meant, a `let` says so: " +
    "`let one = norm` before the `repeat`, and `one` in it. `repeat(3, f)`, with nothing else in its body, always means one layer three times.",
  example: {
    bad: "block deep(x: [.., D], norm: layer) -> [.., D] = x |> repeat(3, dense(D) |> norm)\nmodel M(x: [N, 4]) -> [N, 4] = x |> deep(layer_norm)",
    good: "block deep(x: [.., D]) -> [.., D] = x |> repeat(3, dense(D) |> layer_norm)\nmodel M(x: [N, 4]) -> [N, 4] = x |> deep",
  },
});

export const unknownConstant = define<{ readonly name: string }>({
  code: "NN0408",
  severity: "error",
  message: ({ name }) => `there is no \`const ${name}\` to give another value`,
  explanation: "`--const hidden=256` replaces the value of a `const` that the file, or one that it uses, declares.",
});

export const unknownDimension = define<{ readonly name: string; readonly expected: string }>({
  code: "NN0409",
  severity: "error",
  message: ({ name, expected }) => `no input has the dimension \`${name}\` to give a size: expected ${expected}`,
  explanation:
    "`--dim F=34` and `--bounds N=64` give sizes to names in the shapes of a model's or a `train`'s inputs. Names inside blocks take theirs from the call.",
});

export const boundedSize = define<{ readonly name: string; readonly size: number; readonly bound: number }>({
  code: "NN0415",
  severity: "error",
  message: ({ name, size, bound }) =>
    `\`${name}\` is ${size}: expected no bound beside a size, found the bound ${bound}`,
  explanation:
    "A dimension has one size, from `--dim F=34` or from the data, or it may have any up to a bound, `--bounds N=64`. A bound of what has a size would do nothing.",
});

export const boundsBelowBatch = define<{ readonly name: string; readonly most: number; readonly batch: number }>({
  code: "NN0416",
  severity: "warning",
  message: ({ name, most, batch }) =>
    `\`${name}\` has at most ${counted(most, "row")}, and the train's batches have ${batch}`,
  explanation:
    "A program is built for as many rows as the bound of its batch, by default the `batch` of the `train`. With a smaller bound only a caller that gives " +
    "smaller batches can train: write a smaller `batch`, or leave the bound out.",
});

export const settingsWithoutTrain = define<{ readonly setting: string }>({
  code: "NN0417",
  severity: "error",
  message: ({ setting }) => `there is no train whose optimizer could take \`${setting}\``,
  explanation:
    "`settings: { lr: 0.01 }`, or `--set lr=0.01`, gives the optimizers of a `train` other values. Without a train, or with `train: null`, there is none to give them to.",
});

export const unknownOptimizerSetting = define<{
  readonly name: string;
  readonly train: string;
  readonly expected: string;
}>({
  code: "NN0458",
  severity: "error",
  message: ({ name, train, expected }) =>
    `no optimizer of \`${train}\` has the setting \`${name}\` to give another value: expected ${expected}`,
  explanation:
    "`--set lr=0.01`, or `settings: { lr: 0.01 }`, gives every optimizer of a `train` that has the setting another value; of several steps `--set critic.lr=0.01` means the " +
    "optimizer of one, `--set schedule.decay=0.1` the schedule, `--set regularize.rate=1e-4` the regularizer, and `regularize.l2.rate` one of several. A name that none has would be without effect. With `--all` it is enough that the optimizer of one `train` of the file has it.",
});

export const severalOptimizers = define<{ readonly name: string; readonly steps: string; readonly path: string }>({
  code: "NN0459",
  severity: "warning",
  message: ({ name, steps, path }) =>
    `\`${name}\` is given to the optimizers of ${steps}; \`${path}\` means one of them`,
  explanation:
    "Each step of a `train` has its optimizer, and a setting that is given by its bare name goes to all that have it, in the place of what each of them writes.",
});

export const otherConstant = define<{ readonly name: string; readonly expected: string; readonly found: string }>({
  code: "NN0418",
  severity: "error",
  message: ({ name, expected, found }) =>
    `\`const ${name}\` is ${expected}: expected a value of that kind, found ${found}`,
  explanation:
    "`--const hidden=256` replaces a value by another of its kind: a number, a string, true or false. On the command line a string that looks like a " +
    "number or like true and false stands in quotes of its own: `--const 'mode=\"2\"'`.",
});

export const probeInScan = define<{ readonly path: string }>({
  code: "NN0420",
  severity: "error",
  message: ({ path }) =>
    `cannot probe \`${path}\`: expected a layer that answers once, found one that a scan runs at each step`,
  explanation:
    "A probe shows the one output of a layer in a training step. Inside a scan a layer has an output for each step; probe its parameters, " +
    "the layer around the scan, or what the scan emits.",
});

export const unknownProbe = define<{ readonly path: string }>({
  code: "NN0410",
  severity: "error",
  message: ({ path }) => `there is no layer, model or parameter \`${path}\` to probe`,
  explanation:
    "`--probe Digits.dense_2` watches the output of a layer or model, or a parameter, in training, by its path as `nnc check` prints it. " +
    "Blocks and models with results of f32 have one, built-ins have none. A layer that is used several times is probed over all of its uses.",
});
