/** NN05xx: what can be wrong with the reader that `data` names, and with what the model makes of its rows. */
import { define } from "../diagnostic.ts";

const model = "model M(x: [N, 3]) -> [N, 2] = x |> dense(2)\n";

export const unknownReader = define<{ readonly found: string }>({
  code: "NN0506",
  severity: "error",
  message: ({ found }) =>
    `expected csv, images, idx, npy, text, arrays, given or a \`data\` declaration, found ${found}`,
  explanation:
    "Data come from a reader with its settings, from a declaration that names one, or are given by the host program.",
  example: {
    bad: `${model}train M { data: cvs("a.csv")  loss: cross_entropy  optimizer: sgd(lr: 0.1) }`,
    good: `${model}train M { data: csv("a.csv", target: "y")  loss: cross_entropy  optimizer: sgd(lr: 0.1)  epochs: 1 }`,
  },
});

export const standardizedTarget = define<{ readonly problem: string }>({
  code: "NN0530",
  severity: "error",
  message: ({ problem }) => `predictions of a standardised target are given back in its units, and ${problem}`,
  explanation:
    "A target that `standardize` names is learnt as (y − mean) / deviation, and `predict`, `export` and `predictor` turn the model's answers back. " +
    "That takes one answer for each number of the target, and a target that is any number. Where the output is something else, such as a mean and a " +
    "deviation, leave the target out of the list and change its units in the file.",
  example: {
    bad: `${model}train M { data: csv("x.csv", standardize: [target])  loss: binary_cross_entropy  optimizer: sgd(lr: 0.1)  epochs: 1 }`,
    good: `${model}train M { data: csv("x.csv", standardize: [x])  loss: binary_cross_entropy  optimizer: sgd(lr: 0.1)  epochs: 1 }`,
  },
});

export const settingOfReader = define<{ readonly reader: string; readonly expected: string; readonly found: string }>({
  code: "NN0536",
  severity: "error",
  message: ({ reader, expected, found }) =>
    `\`${reader}\` takes ${expected === "" ? "no settings" : expected}, found ${found}`,
  explanation:
    "Each reader has its own settings: windows and a vocabulary belong to `text`, columns to `csv`; `arrays` are whole, so they have no rows to hold out or to standardise by. " +
    "A setting that a reader would not look at is a mistake, since it would have no effect.",
  example: {
    bad: `${model}train M { data: npy(x: "x.npy", target: "y.npy", window: 8)  loss: cross_entropy  optimizer: sgd(lr: 0.1)  epochs: 1 }`,
    good: `${model}train M { data: npy(x: "x.npy", target: "y.npy", holdout: 20%)  loss: cross_entropy  optimizer: sgd(lr: 0.1)  epochs: 1 }`,
  },
});

const letters = "model L(x: i32[N, T]) -> [N, T, 8] = x |> embedding(8, 4) |> dense(8)\n";

export const windowShape = define<{
  readonly window: number;
  readonly name: string;
  readonly expected: string;
  readonly found: string;
}>({
  code: "NN0540",
  severity: "error",
  message: ({ window, name, expected, found }) =>
    `\`text\` gives windows of ${window} characters: expected ${expected} for \`${name}\`, found ${found}`,
  explanation:
    "A row of `text(path, window: T, vocabulary: K)` is a window of T characters as their ids, and its target the T characters that begin one later. " +
    "So a model takes `i32[N, T]`, and says something of each place, as in `[N, T, K]`. Where the length is written as a number, it is that of the window.",
  example: {
    bad: `${letters.replaceAll("T", "6")}train L { data: text("book.txt", window: 8, vocabulary: 8)  loss: cross_entropy  optimizer: sgd(lr: 0.1)  epochs: 1 }`,
    good: `${letters}train L { data: text("book.txt", window: 8, vocabulary: 8)  loss: cross_entropy  optimizer: sgd(lr: 0.1)  epochs: 1 }`,
  },
});
