/**
 * NN08xx: what can be wrong with the files that a network learns from. A data file is no source, so its place
 * (`data/wine.csv:12:7`, line and column counted from 1) stands in the sentence instead of a label.
 */
import { counted, listOf, numbered } from "../lists.ts";
import { define } from "../diagnostic.ts";

type Place = { readonly place: string };
type File = { readonly file: string };
type Found = Place & { readonly found: string };

export const unreadableData = define<File & { readonly problem: string }>({
  code: "NN0801",
  severity: "error",
  message: ({ file, problem }) => `cannot read the data file ${file}: ${problem}`,
  explanation:
    "Paths in a `data` declaration are relative to the folder of the `.nn` file. The file must exist, be a file and be readable.",
});

export const dataOutsideProject = define<File & { readonly problem: string; readonly project: string }>({
  code: "NN0802",
  severity: "error",
  message: ({ file, problem, project }) =>
    `the data file ${file} ${problem}; expected a relative path inside the project, the folder ${project}`,
  explanation:
    "A program may come from somebody else, so it only reads files inside its own project: no absolute path, no `..` that leaves " +
    "the project, no link that points out of it, no URL.",
});

export const notUtf8 = define<File & { readonly byte?: number; readonly found: string }>({
  code: "NN0803",
  severity: "error",
  message: ({ file, byte, found }) =>
    `${file} is not UTF-8 text: expected UTF-8, found ${found}${byte === undefined ? "" : ` at byte ${byte}`}`,
  explanation:
    "Text is read as UTF-8, with or without a byte order mark. A spreadsheet that saves UTF-16 or Windows-1252 can usually save " +
    "`CSV UTF-8` as well.",
});

export const dataTooLarge = define<File & { readonly bytes: number; readonly limit: number }>({
  code: "NN0804",
  severity: "error",
  message: ({ file, bytes, limit }) => `${file} is too large: it has ${bytes} bytes, expected at most ${limit}`,
  explanation:
    "A data file is held in memory as a whole. Larger sets belong in a binary form (`npy`, `idx`), or must be cut into pieces.",
});

export const unclosedQuote = define<Place>({
  code: "NN0805",
  severity: "error",
  message: ({ place }) => `${place}: the quote that opens here is never closed`,
  explanation:
    'A cell that begins with `"` runs to the next single `"`; a quote inside it is written twice, as in `"a ""b"" c"`.',
});

export const textAfterQuote = define<Found>({
  code: "NN0806",
  severity: "error",
  message: ({ place, found }) => `${place}: expected the end of the cell after its closing quote, found ${found}`,
  explanation:
    'Nothing may follow the quote that closes a cell: `"a"b` is not a cell. A quote inside a quoted cell is written twice.',
});

export const raggedRow = define<Place & { readonly expected: number; readonly found: number }>({
  code: "NN0807",
  severity: "error",
  message: ({ place, expected, found }) =>
    `${place}: expected ${counted(expected, "cell")} as in the first line, found ${found}`,
  explanation:
    "Every line of a table has as many cells as its first one. A comma inside a cell needs quotes around the cell.",
});

export const duplicateColumn = define<
  File & { readonly column: string; readonly first: number; readonly second: number }
>({
  code: "NN0808",
  severity: "error",
  message: ({ file, column, first, second }) =>
    `${file}:1: columns ${first} and ${second} are both called ${column}; expected different names`,
  explanation: "Columns are chosen by name, so each needs a name of its own.",
});

export const emptyTable = define<File & { readonly isNamed: boolean; readonly found: string }>({
  code: "NN0809",
  severity: "error",
  message: ({ file, isNamed, found }) =>
    `${file}: expected ${isNamed ? "a line of column names and " : ""}at least one line of data, found ${found}`,
  explanation:
    "There is nothing to learn from a table without rows. The first line of a CSV file names its columns, but with `header: false`.",
});

export const tablesDisagree = define<
  File & { readonly first: string; readonly expected: string; readonly found: string }
>({
  code: "NN0838",
  severity: "error",
  message: ({ file, first, expected, found }) => `${file}: expected ${expected}, as in ${first}, found ${found}`,
  explanation:
    "The rows of several files stand below each other, so all have the same columns in the same order, with the same sign between the cells.",
});

export const notANumber = define<Found & { readonly column: string }>({
  code: "NN0815",
  severity: "error",
  message: ({ place, column, found }) => `${place}: expected a number in column ${column}, found ${found}`,
  explanation:
    "A number is decimal digits with an optional sign, point and exponent. An empty cell, `NaN`, `Infinity`, `1abc` and `1,5` are none: " +
    "decide what stands for a missing value before training. A target may hold two words, `yes` and `no` or `true` and `false`, which stand for " +
    "1 and 0 in sorted order; they must be all that it holds.",
});

export const numberTooLarge = define<Found & { readonly column: string }>({
  code: "NN0816",
  severity: "error",
  message: ({ place, column, found }) =>
    `${place}: expected a number that a 32-bit float can hold in column ${column}, found ${found}`,
  explanation: "Tensors hold 32-bit floats, up to about 3.4e38. Anything larger would become infinite.",
});

export const notAnInteger = define<Found & { readonly column: string }>({
  code: "NN0817",
  severity: "error",
  message: ({ place, column, found }) => `${place}: expected a whole number in column ${column}, found ${found}`,
  explanation:
    "What becomes an integer tensor (class ids, indices) holds whole numbers in every row, or words in every row, which then get ids in " +
    "sorted order. Whether a column holds numbers or words is decided by its first row.",
});

export const notAWord = define<Found & { readonly column: string }>({
  code: "NN0818",
  severity: "error",
  message: ({ place, column, found }) =>
    `${place}: expected the name of a class in column ${column}, as in its first row, found ${found}`,
  explanation:
    "A column of classes holds words in every row or whole numbers in every row; a missing value is neither.",
});

export const idOutOfRange = define<
  Place & { readonly field: string; readonly found: number; readonly classes: number }
>({
  code: "NN0819",
  severity: "error",
  message: ({ place, field, found, classes }) =>
    `${place}: expected an id from 0 to ${classes - 1} for \`${field}\`, found ${found}`,
  explanation:
    "Ids count from 0, and there are as many as the network has outputs, or as an embedding has rows. Other whole numbers in a target are names of classes where there are " +
    "as many of them as outputs.",
});

export const notAProbability = define<Place & { readonly field: string; readonly found: number }>({
  code: "NN0851",
  severity: "error",
  message: ({ place, field, found }) =>
    `${place}: expected 0 or 1, or what lies between, for \`${field}\`, found ${found}`,
  explanation:
    "`binary_cross_entropy`, and any loss that takes the sigmoid of what it gets, compares it with a probability. With a target of 2 or -1 the loss falls without " +
    "end, and nothing is learnt. Labels such as 1 and 2 must be shifted to 0 and 1; a column of two words, `no` and `yes`, is taken as it is.",
});

export const tooManyClasses = define<{
  readonly source: string;
  readonly field: string;
  readonly found: number;
  readonly classes: number;
}>({
  code: "NN0820",
  severity: "error",
  message: ({ source, field, found, classes }) =>
    `${source} holds ${counted(found, "class", "classes")} for \`${field}\`, expected at most ${classes}, the number that the network tells apart`,
  explanation:
    "A classifier has one output for each class. Count the different words in the column, and give the last layer as many units. Where the words are an input, " +
    "it is the `embedding` or `one_hot` behind it that needs as many rows.",
});

export const fewerClasses = define<{
  readonly source: string;
  readonly field: string;
  readonly found: number;
  readonly classes: number;
}>({
  code: "NN0892",
  severity: "warning",
  message: ({ source, field, found, classes }) =>
    `${source} holds ${counted(found, "class", "classes")} for \`${field}\` in its training rows, expected ${classes}, the number that the network tells apart: ${counted(classes - found, "output stands", "outputs stand")} for none`,
  explanation:
    "A classifier has one output for each class. Words get ids in sorted order, so that the outputs behind them have neither a name nor rows to learn from. Give the last " +
    "layer as many units as there are words; a class that only lacks examples so far needs some, since it would change the ids of the others.",
});

export const unseenClass = define<Place & { readonly field: string; readonly found: string; readonly known: string }>({
  code: "NN0821",
  severity: "error",
  message: ({ place, field, found, known }) =>
    `${place}: the class ${found} of \`${field}\` does not occur in the training rows, which have ${known}`,
  explanation:
    "The classes are those of the training rows. A class that only occurs in the hold-out or in another file cannot have been learnt, and giving it " +
    "a new id would shift the others. A misspelt class looks the same.",
});

export const constantColumns = define<{
  readonly source: string;
  readonly field: string;
  /** Such as `"b"`, or 1 of an array, whose places have no names. */
  readonly places: readonly string[];
  readonly named: boolean;
}>({
  code: "NN0822",
  severity: "warning",
  message: ({ source, field, places, named }) => {
    const [verb, pronoun] = places.length === 1 ? ["is", "it is"] : ["are", "they are"];
    const noun = numbered(places.length, named ? "column" : "element");
    return `${noun} ${listOf(places)} of \`${field}\` ${verb} the same in all training rows of ${source}; standardised ${pronoun} 0`;
  },
  explanation:
    "Standardising divides by the standard deviation, which is 0 here. The column carries no information in training, so it becomes 0 everywhere.",
});

export const emptySplit = define<{ readonly rows: number; readonly holdout: string; readonly part: string }>({
  code: "NN0823",
  severity: "error",
  message: ({ rows, holdout, part }) =>
    `holding out ${holdout} of ${counted(rows, "row")} leaves no row for ${part}; expected at least one`,
  explanation:
    "`holdout` is a part such as `20%`, rounded to whole rows, or a number of rows. Training and hold-out both need one.",
});

export const corruptGzip = define<File & { readonly problem: string }>({
  code: "NN0825",
  severity: "error",
  message: ({ file, problem }) => `${file}: expected whole gzip members, found ${problem}`,
  explanation:
    "The compressed file is cut short, damaged, or followed by something else. Nothing of it is used. Fetch it again.",
});

export const badIdx = define<File & { readonly expected: string; readonly found: string }>({
  code: "NN0826",
  severity: "error",
  message: ({ file, expected, found }) => `${file} is not an IDX file: expected ${expected}, found ${found}`,
  explanation:
    "An IDX file (the form of MNIST) begins with two zero bytes, a type and a number of dimensions, then the dimensions as 32-bit big-endian numbers, " +
    "then exactly as many elements as they say.",
});

export const badNpy = define<File & { readonly expected: string; readonly found: string }>({
  code: "NN0827",
  severity: "error",
  message: ({ file, expected, found }) => `${file}: expected ${expected}, found ${found}`,
  explanation:
    "Read are NPY files of versions 1 to 3 with elements f2, f4, f8, i1 to i8, u1 to u8 or bool, in every order of bytes and of axes. Python " +
    'objects are never unpickled. `np.save(path, a.astype("<f4"))` writes what is expected.',
});

export const unsuitableValue = define<Found & { readonly expected: string }>({
  code: "NN0828",
  severity: "error",
  message: ({ place, expected, found }) => `${place}: expected ${expected}, found ${found}`,
  explanation:
    "Float tensors take finite numbers that a 32-bit float can hold; integer tensors take whole numbers from −2147483648 to 2147483647.",
});

export const textTooShort = define<
  File & { readonly characters: number; readonly needed: number; readonly part: string }
>({
  code: "NN0829",
  severity: "error",
  message: ({ file, characters, needed, part }) =>
    `${file} has ${characters} characters, expected at least ${needed} for one window of ${part}`,
  explanation:
    "A window of T characters needs T + 1, since the target is the next character at each place. A hold-out needs a window of its own.",
});

export const wrongArrayType = define<{ readonly field: string; readonly expected: string; readonly found: string }>({
  code: "NN0830",
  severity: "error",
  message: ({ field, expected, found }) => `\`${field}\`: expected ${expected}, found ${found}`,
  explanation:
    "A program that passes its own data gives a Float32Array for a float tensor and an Int32Array for an integer one, all rows one after the other.",
});

export const unsuitableSetting = define<{
  readonly setting: string;
  readonly expected: string;
  readonly found: string;
}>({
  code: "NN0832",
  severity: "error",
  message: ({ setting, expected, found }) => `\`${setting}\` of the data: expected ${expected}, found ${found}`,
  explanation: "A setting of the `data` declaration, or what was asked of the reader, has a value that it cannot have.",
});

export const labelsWithGaps = define<{
  readonly source: string;
  readonly field: string;
  readonly labels: string;
  readonly meaning: string;
}>({
  code: "NN0871",
  severity: "warning",
  message: ({ source, field, labels, meaning }) =>
    `the labels of \`${field}\` in ${source} are ${labels}, which leave numbers out: they are taken for names, ${meaning}`,
  explanation:
    "Labels 0, 1, 2 are ids of classes as they are. Others, such as 1, 2, 3 or words, become names, and ids are given to them by size. Labels that begin at 0 and have a " +
    "gap may be either: predictions say the names, but if a class only lacks examples the model needs an output for it, too.",
});

export const repeatedKey = define<Place & { readonly key: string }>({
  code: "NN0891",
  severity: "error",
  message: ({ place, key }) => `${place}: expected each key once, found ${key} twice`,
  explanation:
    "Of two values under one name in a row only one could be read, and nothing says which is meant. Readers of JSON differ: most keep the last. Give the row one of them.",
});

export const outsideVocabulary = define<Place & { readonly characters: string; readonly read: string }>({
  code: "NN0880",
  severity: "warning",
  message: ({ place, characters, read }) =>
    `${place} has characters that the vocabulary lacks, ${characters}: they are read as ${read}`,
  explanation:
    'The vocabulary has the K most frequent characters of the training text. All others share its last id, which stands as "\\uFFFD" in texts; where the training text had no others, ' +
    "the last id is that of its rarest character, and the network takes the one for the other.",
});
