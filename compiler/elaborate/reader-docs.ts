/** What each reader of data reads, and what its settings mean: for the reference. The readers' table says what each setting takes. */

export interface ReaderDoc {
  readonly reads: string;
  /** What a setting that is no name of its own stands for. */
  readonly field?: string;
  readonly settings: Readonly<Record<string, string>>;
}

const scale = "Multiplies float inputs; by default 1.";
const standardize =
  "Subtracts the mean of the training rows from each column and divides by their deviation: of all float inputs, or of those listed; `target` in the list is answered in its own units. By default of none.";
const holdout =
  "Rows that are never trained on: a part, a number, or the last ones of the file. Those at random are drawn by the seed. By default none.";
const test = "Other files, which take the place of the hold-out.";
const ofRows = { scale, standardize, holdout };
const files = "the path of the file for the input of that name, and `target:` for the target";

export const readerDocs: Readonly<Record<string, ReaderDoc>> = {
  csv: {
    reads: "a table, a row a line",
    field:
      'the columns for the input of that name, and `target:` for the target; a name, a pattern such as `"pixel*"`, or a list',
    settings: {
      path: "The file, or a list of files that are one table.",
      inputs: "The columns for a single input; by default all but the target.",
      header:
        "`false` where the first line is a row: columns are then `column_1`, `column_2` and so on. By default `true`.",
      ...ofRows,
      test,
    },
  },
  idx: {
    reads: "arrays in the form of MNIST, rows along the first axis",
    field: files,
    settings: { ...ofRows, test },
  },
  npy: {
    reads: "NumPy's arrays, rows along the first axis",
    field: files,
    settings: { ...ofRows, test },
  },
  images: {
    reads: "pictures: a folder with a folder for each class, or those that a list in CSV names",
    field: "with a list: the columns for the input of that name, and `target:` for the target",
    settings: {
      path: "The folder, or the list.",
      size: "Height and width that each picture is brought to.",
      channels: "1 for grey, 3 for colour (the default), 4 with what is opaque.",
      augment: "Changes of training rows, anew in each epoch: `flip`, `flip_vertical`, `crop(4)`. By default none.",
      ...ofRows,
      test: "Another folder, or list, which takes the place of the hold-out.",
    },
  },
  text: {
    reads: "windows of characters, as ids; the target are the characters that begin one later",
    settings: {
      path: "The file.",
      window: "Characters in a row.",
      vocabulary: "How many of the most frequent characters have an id; all others share the last.",
      stride: "How far apart windows begin; by default the window.",
      holdout: "The tail of the text: a part, or a number of windows. By default none.",
      test,
    },
  },
  arrays: {
    reads: "whole tensors, as one batch, for models that take all at once",
    field: files,
    settings: { scale, test },
  },
  given: { reads: "what a program hands over, as typed arrays", settings: { ...ofRows } },
};
