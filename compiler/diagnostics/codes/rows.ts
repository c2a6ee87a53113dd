/** What a model must be like where it is spoken to by rows. */
import { define } from "../diagnostic.ts";

export const rowOfOpenSize = define<{
  readonly name: string;
  readonly shape: string;
  readonly dimension: string;
  /** Such as it may have. */
  readonly size: number;
}>({
  code: "NN0735",
  severity: "error",
  message: ({ name, shape, dimension, size }) =>
    `expected rows of one size for ${name}, found ${shape}; \`--dim ${dimension}=${size}\` or \`dims: { ${dimension}: ${size} }\` says that ${dimension} is ${size}`,
  explanation:
    "Where rows come as the data had them, each has the same number of values. A dimension inside a row that is open until a call needs a value when the program is built.",
});

export const rowsAsWhole = define<{
  readonly name: string;
  readonly shape: string;
  /** Of rows that an input has together; of a result, how many rows of the inputs it is of. */
  readonly dimension: string;
  readonly of?: "result";
}>({
  code: "NN0755",
  severity: "error",
  message: ({ name, shape, dimension, of }) =>
    `expected ${of === undefined ? "one row or many for" : `an answer for each of ${dimension} rows in`} ${name}, found ${shape}, ${
      of === undefined ? `whose ${dimension} rows belong together` : "which is one for all of them"
    }; \`net.predict\` and \`nnc predict --data\` take them as a whole, and so does what ` +
    "`nnc export --format onnx` or `--format pytorch` writes",
  explanation:
    "A predictor and an exported module take any number of rows, and each has the same number of values. A model of a whole graph, `adjacency: [V, V]`, has no such rows: V counts " +
    "them and the values in them, or it is fixed as in `[34, 34]`. An axis in front makes a row of each graph: `adjacency: [N, V, V]` with `--dim V=34`, in all inputs and results. A result that does not begin with the rows of the " +
    "inputs, as `mean(x, over: N)`, is one answer for all of them, and no row has one.",
});
