/** NN07xx: what can be wrong with how an artifact is loaded and used, and with the numbers of a run. */
import { define } from "../diagnostic.ts";
import { numbered } from "../lists.ts";

export const notAnArtifact = define<{ readonly expected: string; readonly found: string }>({
  code: "NN0701",
  severity: "error",
  message: ({ expected, found }) => `this is no artifact that can be loaded: expected ${expected}, found ${found}`,
  explanation:
    "`load` takes what `compile` answers with, or what `nnc build` wrote: a manifest and the files that it names. A newer compiler may write a newer form.",
});

export const brokenModule = define<{ readonly file: string; readonly problem: string }>({
  code: "NN0702",
  severity: "error",
  message: ({ file, problem }) => `${file} cannot be loaded: ${problem}`,
  explanation:
    "The module of the artifact was changed or damaged, or this machine does not run its kind. Build the artifact anew.",
});

export const noWebAssembly = define<{ readonly lacking: string }>({
  code: "NN0703",
  severity: "error",
  message: ({ lacking }) => `this artifact is for the target wasm: expected ${lacking}, found none`,
  explanation:
    "Some machines and some settings of browsers do without WebAssembly or its vector instructions. The target `typescript` computes the same bits everywhere.",
});

export const notEnoughMemory = define<{ readonly bytes: number }>({
  code: "NN0704",
  severity: "error",
  message: ({ bytes }) => `expected ${bytes} bytes of memory in one piece, found less`,
  explanation:
    "All tensors of a program lie in one arena, whose size is known when it is compiled. A smaller batch (`bounds`) makes it smaller.",
});

export const closedNetwork = define<{ readonly call: string }>({
  code: "NN0705",
  severity: "error",
  message: ({ call }) => `${call} was called on a network that is closed; expected an open one`,
  explanation: "`close()` gives the memory back. Load the artifact again to go on.",
});

export const unsuitableOption = define<{ readonly option: string; readonly expected: string; readonly found: string }>({
  code: "NN0706",
  severity: "error",
  message: ({ option, expected, found }) => `option \`${option}\`: expected ${expected}, found ${found}`,
  explanation: "An option of `compile`, `load`, `train` or of a call has a value that it cannot have.",
});

export const noTraining = define<{ readonly call: string }>({
  code: "NN0707",
  severity: "error",
  message: ({ call }) => `${call} needs an artifact with a \`train\`; this one only predicts`,
  explanation: "A file without a `train` builds to `predict` alone. Declare how the model is trained, and build again.",
});

export const unknownModel = define<{ readonly name: string; readonly models: string }>({
  code: "NN0708",
  severity: "error",
  message: ({ name, models }) => `there is no model ${name} in this artifact; it has ${models}`,
  explanation: "An artifact predicts with the models whose parameters its `train` owns; without a `train`, with all.",
});

export const asynchronousTarget = define<{ readonly call: string; readonly instead: string }>({
  code: "NN0709",
  severity: "error",
  message: ({ call, instead }) =>
    `${call} needs a target that answers at once; expected \`await\` with ${instead} here`,
  explanation:
    "A GPU answers later, and so do threads that a page's own thread calls, which may not wait for them; in a worker of the page it may. `stepSync`, `evaluateSync` and `predictSync` exist for the targets `typescript` and `wasm`.",
});

export const unknownInput = define<{ readonly name: string; readonly inputs: string }>({
  code: "NN0710",
  severity: "error",
  message: ({ name, inputs }) => `there is no input ${name}; expected ${inputs}`,
  explanation:
    "The names are those of the model or of the `train`, and of what the loss takes. None may be left over, since a misspelt one would be lost silently.",
});

export const missingInput = define<{ readonly name: string; readonly expected: string }>({
  code: "NN0711",
  severity: "error",
  message: ({ name, expected }) => `input ${name} is missing; expected ${expected}`,
  explanation: "Each input must be given at each call.",
});

export const wrongType = define<{ readonly name: string; readonly expected: string; readonly found: string }>({
  code: "NN0712",
  severity: "error",
  message: ({ name, expected, found }) => `${name}: expected ${expected}, found ${found}`,
  explanation:
    "A tensor is a Float32Array (`f32`) or an Int32Array (`i32`, and `bool` as 0 and 1) that holds its rows one after the other, or `{ shape, data }` " +
    "with such an array. Nothing is converted, since a conversion in each step would cost more than many a step.",
});

export const wrongLength = define<{ readonly name: string; readonly expected: string; readonly found: string }>({
  code: "NN0713",
  severity: "error",
  message: ({ name, expected, found }) => `${name}: expected ${expected}, found ${found}`,
  explanation:
    "The number of elements must be the product of the shape's sizes. Open dimensions (usually the number of rows) follow from it.",
});

export const beyondBound = define<{
  readonly name: string;
  readonly dimension: string;
  readonly bound: number;
  readonly found: number;
}>({
  code: "NN0714",
  severity: "error",
  message: ({ name, dimension, bound, found }) => `${name}: expected ${dimension} from 1 to ${bound}, found ${found}`,
  explanation:
    "Memory is planned for the largest value of an open dimension. Give fewer rows at once, or build with a larger bound (`bounds: { N: 64 }`, `--bounds N=64`).",
});

export const dimensionsDisagree = define<{
  readonly name: string;
  readonly dimension: string;
  readonly expected: number;
  readonly found: number;
  readonly other: string;
}>({
  code: "NN0715",
  severity: "error",
  message: ({ name, dimension, expected, found, other }) =>
    `${name}: expected ${dimension} = ${expected} as in ${other}, found ${found}`,
  explanation:
    "A dimension that occurs in several inputs has one value in a call: as many targets as rows, for instance.",
});

export const openDimensions = define<{ readonly name: string; readonly shape: string; readonly dimensions: string }>({
  code: "NN0716",
  severity: "error",
  message: ({ name, shape, dimensions }) =>
    `${name} of shape ${shape}: the length does not tell ${dimensions}; expected { shape, data }`,
  explanation:
    "Where several dimensions are open, the number of elements alone fits many shapes. Pass `{ shape: [8, 20], data }`.",
});

export const integerOutOfRange = define<{
  readonly name: string;
  readonly row: number;
  readonly limit: number;
  readonly found: number;
}>({
  code: "NN0717",
  severity: "error",
  message: ({ name, row, limit, found }) =>
    `${name}: expected whole numbers from 0 to ${limit - 1}, found ${found} in row ${row} (rows count from 0)`,
  explanation: "Class ids and indices choose among so many classes or rows. A larger one would read what is not there.",
});

export const notFiniteInput = define<{ readonly name: string; readonly row: number; readonly found: number }>({
  code: "NN0718",
  severity: "error",
  message: ({ name, row, found }) =>
    `${name}: expected finite numbers, found ${found} in row ${row} (rows count from 0)`,
  explanation:
    "One NaN in the data makes every parameter NaN within a step. Decide what stands for a missing value before it comes here.",
});

export const beyondProbability = define<{ readonly name: string; readonly row: number; readonly found: number }>({
  code: "NN0743",
  severity: "error",
  message: ({ name, row, found }) =>
    `${name}: expected 0 or 1, or what lies between, found ${found} in row ${row} (rows count from 0)`,
  explanation:
    "`binary_cross_entropy`, and any loss that takes the sigmoid of what it gets, compares it with a probability. With a target of 2 or -1 the loss falls without " +
    "end, and nothing is learnt. Shift labels such as 1 and 2 to 0 and 1.",
});

export const requirementFails = define<{
  readonly message: string;
  readonly left: number;
  readonly right: number;
  readonly sizes: string;
}>({
  code: "NN0719",
  severity: "error",
  message: ({ message, left, right, sizes }) =>
    `${message} (the sides of the requirement are ${left} and ${right}${sizes === "" ? "" : `, for ${sizes}`})`,
  explanation: "A `require` over open dimensions can only be checked when their values are known, at each call.",
});

export const unknownTensor = define<{ readonly name: string; readonly kind: string }>({
  code: "NN0720",
  severity: "error",
  message: ({ name, kind }) => `the network has no ${kind} ${name}`,
  explanation: "Names are paths such as `Digits.dense.w`; `[...net.parameters.keys()]` lists them.",
});

export const notSynchronized = define<{ readonly call: string }>({
  code: "NN0721",
  severity: "error",
  message: ({ call }) =>
    `${call} shows what the GPU held before the last step; expected \`await net.synchronize()\` first`,
  explanation:
    "On a GPU the parameters change where this program cannot see them. `synchronize` copies them here; for the targets `typescript` and `wasm` it does nothing.",
});

export const noRows = define<{ readonly what: string }>({
  code: "NN0722",
  severity: "error",
  message: ({ what }) => `expected at least one row in ${what}, found none`,
  explanation: "There is nothing to compute a loss of.",
});

export const tooManyRowsForMetric = define<{ readonly metric: string; readonly bound: number; readonly found: number }>(
  {
    code: "NN0723",
    severity: "warning",
    message: ({ metric, bound, found }) =>
      `metric \`${metric}\` has no state, so it needs all rows at once: expected at most ${bound}, found ${found}; it is left out`,
    explanation:
      "A metric without `state` is computed once over the outputs of the whole set. Give it state, so that it adds up batch by batch, or build with a larger bound: `--bounds rows=20000`, `bounds: { rows: 20000 }`.",
  },
);

export const lossNotFinite = define<{ readonly loss: string; readonly step: number; readonly tensor: string }>({
  code: "NN0724",
  severity: "error",
  message: ({ loss, step, tensor }) => `expected a finite loss, found ${loss} at step ${step}; ${tensor}`,
  explanation:
    "Training has diverged: a step was so large that the loss left the range of numbers. What helps, in this order: a learning rate ten times smaller, `clip_norm: 1`, " +
    "`standardize: true` for the data, a warmup. The state before it diverged is kept.",
});

export const oneThread = define<{
  readonly threads: number;
  readonly running: number;
  readonly lacking: string;
  readonly found: string;
}>({
  code: "NN0726",
  severity: "warning",
  message: ({ threads, running, lacking, found }) =>
    `runs on ${numbered(running, "one thread", `${running} threads`)} instead of ${threads}: expected ${lacking}, found ${found}`,
  explanation:
    "Only the target wasm has threads; they share the program's memory. What takes less time than threads need to agree is not shared. A page has shared memory only if it is cross-origin isolated: served with the headers `Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`. " +
    "One thread computes the same bits.",
});

export const workerLost = define<{ readonly reason: string }>({
  code: "NN0727",
  severity: "error",
  message: ({ reason }) => `a thread that shares the program is lost: ${reason}`,
  explanation:
    "A worker ended before the network was closed, or failed; the machine may be short of memory. What the step had done by then is only a part of it: load the artifact again, and restore the last checkpoint.",
});

export const numberNotFinite = define<{
  readonly tensor: string;
  readonly index: number;
  readonly found: string;
  readonly step: number;
}>({
  code: "NN0728",
  severity: "error",
  message: ({ tensor, index, found, step }) =>
    `expected finite numbers in \`${tensor}\`, found ${found} at element ${index} after step ${step}`,
  explanation:
    "A number of the network left the range of 32 bits while the loss is finite still. What an optimizer keeps does so first: `adam` and its kin hold squares of gradients, " +
    "so those beyond 1e19 are too large, and their parameter would stand still for good. What helps: data and losses of ordinary size (`scale`, `standardize: true`), " +
    "`clip_norm: 1`, a learning rate ten times smaller. The state before it is kept.",
});

export const unknownOption = define<{ readonly call: string; readonly option: string; readonly options: string }>({
  code: "NN0736",
  severity: "error",
  message: ({ call, option, options }) => `${call} has no option ${option}; expected ${options}`,
  explanation:
    "Each option that a call is given must be one of its own: a misspelt one would have no effect, and nobody would notice.",
});

export const noEpochs = define<Readonly<Record<never, never>>>({
  code: "NN0737",
  severity: "warning",
  message: () =>
    "the steps of this program follow the epochs, in its schedule for instance, and no epoch ends: expected the option `stepsPerEpoch` of `load`, the number of minibatches in an epoch, found none",
  explanation:
    "`epoch`, `step_in_epoch` and `steps_per_epoch` move on only when the host says after how many steps an epoch is over. Until then a schedule by epochs stays at its first value. " +
    "`train` of nnc/train and `nnc train` count the minibatches themselves. To train on one fixed batch, `stepsPerEpoch: 1` makes each step an epoch.",
});

export const moduleFailed = define<{ readonly file: string; readonly entry: string; readonly problem: string }>({
  code: "NN0738",
  severity: "error",
  message: ({ file, entry, problem }) => `${file} failed in ${entry}, expected it to fit its manifest: ${problem}`,
  explanation:
    "The module of the artifact does not do what its manifest says: one of them was changed or damaged. Build the artifact anew.",
});

export const otherStepsPerEpoch = define<{ readonly written: number; readonly counted: number }>({
  code: "NN0739",
  severity: "warning",
  message: ({ written, counted }) =>
    `the data make ${counted} minibatches an epoch, expected ${written} as \`steps_per_epoch\` of the train says; an epoch has ${counted} steps`,
  explanation:
    "`steps_per_epoch` says how long an epoch is where there are no data to tell. Whoever hands data to `train` tells it: leave `steps_per_epoch` out, or give as many rows.",
});

export const idleOption = define<{ readonly option: string; readonly expected: string; readonly found: string }>({
  code: "NN0745",
  severity: "warning",
  message: ({ option, expected, found }) => `option \`${option}\` has no effect: expected ${expected}, found ${found}`,
  explanation:
    '`gpu` is for the target wgsl; other targets run on the CPU: leave the option out, or build with `target: "wgsl"`. `epochs` is for schedules that reckon with how many ' +
    "epochs there are, such as `cosine`; how long a program trains is up to whoever calls `step`.",
});

export const rowsApart = define<{
  readonly model: string;
  readonly most: number;
  readonly rows: number;
  readonly dimension: string;
}>({
  code: "NN0746",
  severity: "warning",
  message: ({ model, most, rows, dimension }) =>
    `what \`${model}\` says of a row depends on the rows beside it: expected at most ${most} of them, so many are taken at once, found ${rows}; ` +
    `\`--bounds ${dimension}=${rows}\`, or \`bounds\` of \`compile\`, takes them together`,
  explanation:
    "A model that adds up, scans or looks along its rows, such as one that subtracts the mean of its batch, answers for all rows together. More rows than the program takes at " +
    "once are cut into parts, of which each is answered for itself, as in training. Where that is not meant, take the mean over other axes, or keep one in a `state`, as `batch_norm` does.",
});

export const notBegun = define<{ readonly asked: string }>({
  code: "NN0747",
  severity: "error",
  message: ({ asked }) => `${asked} of a training that has not begun: expected a first event before, found none`,
  explanation:
    "`train(artifact, data)` begins with the first event that is asked for: `for await (const event of training) …`. The network is opened then.",
});

export const notHandedOver = define<{ readonly setting: string; readonly field: string }>({
  code: "NN0744",
  severity: "warning",
  message: ({ setting, field }) =>
    `\`${setting}\` of the train has no effect: expected \`${field}\` in the data that \`train\` was given, found none`,
  explanation:
    "`prepare` reads the data of a `train` and does with them what it says: it holds rows out, scales, standardises, and reads the file of `start_from`. Data that a program puts " +
    "together itself are trained on as they are, with what stands beside them as `holdout`, `fitted` and `startFrom`. `prepare(manifest, { read, given })` takes arrays, too, where " +
    "the source says `given(…)`.",
});

export const notOfText = define<{ readonly model: string }>({
  code: "NN0760",
  severity: "error",
  message: ({ model }) =>
    `${model} writes no text: expected a model of a \`train\` on \`text(…)\`, which takes i32[N, T] and gives [N, T, K]`,
  explanation:
    "Text is written by a model that says of each place which character comes next: ids of characters go in, scores of the K of its vocabulary come out. " +
    "The vocabulary is that of the `train`, which reads `text(path, window: T, vocabulary: K)`.",
});

export const noVocabulary = define<{ readonly model: string }>({
  code: "NN0761",
  severity: "error",
  message: ({ model }) => `expected a vocabulary with the parameters of ${model}, found none`,
  explanation:
    "Which characters stand behind the ids is kept with the parameters when `nnc train`, or `train` of nnc/train, learns from a text. " +
    "Parameters that were saved before training, or that a program trained by calls of `step`, have none: `predict` of the network takes ids.",
});
