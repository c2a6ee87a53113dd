/**
 * NN08xx: where in the data each input is read from, and what nothing is read from. A data file is no source, so that its place stands in the sentence
 * instead of a label.
 */
import { counted } from "../lists.ts";
import { define } from "../diagnostic.ts";

type Place = { readonly place: string };
type File = { readonly file: string };

export const missingColumn = define<
  File & { readonly column: string; readonly field: string; readonly columns: string }
>({
  code: "NN0810",
  severity: "error",
  message: ({ file, column, field, columns }) =>
    `${file} has no column ${column}, which \`${field}\` is read from; its columns are ${columns}`,
  explanation: "A `data` declaration names a column that is not in the first line of the file. Capitals count.",
});

export const emptyPattern = define<
  File & { readonly pattern: string; readonly field: string; readonly columns: string }
>({
  code: "NN0811",
  severity: "error",
  message: ({ file, pattern, field, columns }) =>
    `no column of ${file} fits the pattern ${pattern}, which \`${field}\` is read from; its columns are ${columns}`,
  explanation:
    'In a pattern `*` stands for any number of characters: `"pixel*"` takes `pixel0`, `pixel1` and so on, in the order of the file.',
});

export const unassignedField = define<File & { readonly field: string; readonly columns: string }>({
  code: "NN0812",
  severity: "error",
  message: ({ file, field, columns }) =>
    `expected to be told which column of ${file} \`${field}\` is read from, as in \`${field}: "column"\`; its columns are ${columns}`,
  explanation:
    "A model with one input takes all columns but the target. With several inputs, and for everything that the loss takes, a column of the " +
    'same name is used; where there is none, `csv("file.csv", age: "age", target: "price")` says which.',
});

export const unknownField = define<{ readonly field: string; readonly fields: string }>({
  code: "NN0813",
  severity: "error",
  message: ({ field, fields }) => `the data give \`${field}\`, which nothing takes; expected ${fields}`,
  explanation:
    "The names in a `data` declaration are the inputs of the model or of the `train`, `target`, and what the loss takes beside them.",
});

export const wrongElementCount = define<{
  readonly source: string;
  readonly field: string;
  readonly shape: string;
  readonly expected: number;
  readonly found: number;
}>({
  code: "NN0814",
  severity: "error",
  message: ({ source, field, shape, expected, found }) =>
    `\`${field}\` takes ${counted(expected, "number")} a row (${shape}), found ${found} in ${source}`,
  explanation:
    "A row must have as many elements as the input's shape without the batch; it is then reshaped row by row, the last axis fastest.",
});

export const otherAxes = define<{
  readonly source: string;
  readonly field: string;
  readonly expected: string;
  readonly found: string;
  /** Whether the axes only stand in another order. */
  readonly order: boolean;
}>({
  code: "NN0836",
  severity: "error",
  message: ({ source, field, expected, found, order }) =>
    `\`${field}\` takes rows of ${expected}, found ${order ? "the same sizes in another order" : "as many numbers along other axes"} in ${source}: ${found}`,
  explanation:
    "A row is read with the last axis fastest, so that one whose axes stand in another order, as a picture with its channels first, would be scrambled. Write the file " +
    "with its axes as the model has them: with NumPy, `x.transpose(0, 2, 3, 1)` puts the channels last. Rows whose axes are split or joined by the model's, as flat ones, are reshaped: [784] fits [28, 28, 1].",
});

export const missingField = define<{ readonly field: string; readonly given: string }>({
  code: "NN0831",
  severity: "error",
  message: ({ field, given }) =>
    `the data lack \`${field}\`; expected every input and what the loss takes, found ${given}`,
  explanation:
    "Every input of the model or of the `train`, and every tensor that the loss takes, is read from the data under its own name.",
});

export const filesForFields = define<{ readonly expected: string; readonly found: string }>({
  code: "NN0833",
  severity: "error",
  message: ({ expected, found }) => `expected ${expected}, found ${found}`,
  explanation:
    'A table has all that a row holds; an array holds one input, or the target. Where there are several, each has a file of its own: `test: npy(x: "x.npy", target: "y.npy")` ' +
    "in the source, `--data x=x.npy --data target=y.npy` on the command line.",
});

export const numbersForNames = define<
  Place & { readonly field: string; readonly found: string; readonly names: string }
>({
  code: "NN0834",
  severity: "error",
  message: ({ place, field, found, names }) =>
    `${place}: expected one of the classes ${names} for \`${field}\`, found the number ${found}`,
  explanation:
    "Training found the names of classes in the data, and gave them ids in sorted order. A number in the place of a name would be taken for an id that it may not be: write the names.",
});

export const targetAmongInputs = define<{ readonly column: string; readonly field: string }>({
  code: "NN0837",
  severity: "warning",
  message: ({ column, field }) =>
    `the column ${column} is the target and is read for \`${field}\` as well: expected inputs without what is to be predicted, found it among them`,
  explanation:
    'A network that is given the answer learns to copy it, and is of no use where the answer is not known. `inputs: "*"` takes all columns, the target\'s included; without ' +
    "`inputs` a single input takes all columns but those of the target. An input of the very columns of the target, as an autoencoder has, is taken for meant.",
});

export const targetNotTaken = define<{ readonly setting: string }>({
  code: "NN0835",
  severity: "warning",
  message: ({ setting }) =>
    `\`${setting}\` of the data has no effect: expected a loss that takes a target, or a column to keep from the inputs, found neither`,
  explanation:
    "What `target` names goes to the loss of a `train`, or to its input of that name. In a table it also says which column is none of the inputs, where one input takes all the " +
    "others. Here nothing takes it, and no input would have had it.",
});

export const unknownKeyOfRow = define<Place & { readonly key: string; readonly expected: string }>({
  code: "NN0848",
  severity: "error",
  message: ({ place, key, expected }) => `${place}: expected the keys ${expected}, found ${key}, which nothing reads`,
  explanation:
    "A row that a program hands to `predictor` has the model's inputs or the columns that they were read from, and may have the target. Another key would be read and " +
    "dropped, and is most likely misspelt; so would an input beside its columns, which may say something else. A row with all columns is read by them. " +
    "The rows of a file may have further columns, of which `nnc predict` says that it does not use them.",
});

export const rowsDisagree = define<{
  readonly first: string;
  readonly firstRows: number;
  readonly second: string;
  readonly secondRows: number;
}>({
  code: "NN0824",
  severity: "error",
  message: ({ first, firstRows, second, secondRows }) =>
    `${first} has ${firstRows} rows and ${second} has ${secondRows}; expected the same number`,
  explanation: "Row i of every tensor belongs to the same example, so all have the same number of rows.",
});
