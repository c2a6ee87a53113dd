/**
 * NN09xx: what can be wrong with a saved file — its bytes, its fit to a model, and the disk that it is written to.
 */
import { define } from "../diagnostic.ts";
import { listOf, numbered } from "../lists.ts";

type File = { readonly file: string };
type Tensor = File & { readonly tensor: string };

const safetensors =
  "A safetensors file is eight bytes (the length of the header, little-endian), a JSON header with the type, shape and place of each tensor, " +
  "and the tensors one after the other without gaps. Everything is checked before anything is used.";

export const tooShort = define<File & { readonly bytes: number }>({
  code: "NN0901",
  severity: "error",
  message: ({ file, bytes }) => `${file} is not a safetensors file: expected at least 8 bytes, found ${bytes}`,
  explanation: safetensors,
});

export const headerBeyondFile = define<File & { readonly header: string; readonly bytes: number }>({
  code: "NN0902",
  severity: "error",
  message: ({ file, header, bytes }) =>
    `${file} is cut short or no safetensors file: expected a header of ${header} bytes, found ${bytes} bytes after its length`,
  explanation: safetensors,
});

export const headerTooLong = define<File & { readonly header: string; readonly limit: number }>({
  code: "NN0903",
  severity: "error",
  message: ({ file, header, limit }) =>
    `${file} is no safetensors file: expected a header of at most ${limit} bytes, found ${header}`,
  explanation: safetensors,
});

export const headerNotUtf8 = define<File>({
  code: "NN0904",
  severity: "error",
  message: ({ file }) => `the header of ${file} is not UTF-8 text; expected JSON`,
  explanation: safetensors,
});

export const headerNotObject = define<File & { readonly found: string }>({
  code: "NN0905",
  severity: "error",
  message: ({ file, found }) => `the header of ${file} is no JSON object: expected {, found ${found}`,
  explanation: safetensors,
});

export const headerMalformed = define<
  File & { readonly position: number; readonly expected: string; readonly found: string }
>({
  code: "NN0906",
  severity: "error",
  message: ({ file, position, expected, found }) =>
    `the header of ${file} is malformed at character ${position}: expected ${expected}, found ${found}`,
  explanation: safetensors,
});

export const headerNested = define<File & { readonly position: number }>({
  code: "NN0907",
  severity: "error",
  message: ({ file, position }) =>
    `the header of ${file} nests deeper at character ${position} than a safetensors header does; expected a string or a whole number`,
  explanation: safetensors,
});

export const duplicateKey = define<File & { readonly key: string; readonly position: number }>({
  code: "NN0908",
  severity: "error",
  message: ({ file, key, position }) =>
    `the header of ${file} holds the key ${key} a second time at character ${position}; expected it once`,
  explanation:
    "Most JSON readers keep the last of two equal keys, so two programs could see different tensors under one name. " +
    safetensors,
});

export const incompleteEntry = define<Tensor & { readonly key: string }>({
  code: "NN0909",
  severity: "error",
  message: ({ file, tensor, key }) => `${file}: tensor ${tensor} has no ${key}; expected dtype, shape and data_offsets`,
  explanation: safetensors,
});

export const unsupportedDtype = define<Tensor & { readonly found: string }>({
  code: "NN0910",
  severity: "error",
  message: ({ file, tensor, found }) => `${file}: expected F32, I32 or BOOL for tensor ${tensor}, found ${found}`,
  explanation:
    "Tensors hold 32-bit floats, 32-bit integers or booleans. Convert others, for instance with `tensor.float()` in PyTorch, before saving.",
});

export const shapeTooLarge = define<Tensor & { readonly shape: string }>({
  code: "NN0911",
  severity: "error",
  message: ({ file, tensor, shape }) => `${file}: tensor ${tensor} has the shape ${shape}; expected at most 2^53 bytes`,
  explanation: "The product of the sizes is larger than any file, so the header is damaged or forged.",
});

export const reversedOffsets = define<Tensor & { readonly begin: number; readonly end: number }>({
  code: "NN0912",
  severity: "error",
  message: ({ file, tensor, begin, end }) =>
    `${file}: tensor ${tensor} begins at byte ${begin} and ends at byte ${end}; expected the end after the beginning`,
  explanation: safetensors,
});

export const wrongByteCount = define<
  Tensor & { readonly shape: string; readonly expected: number; readonly found: number }
>({
  code: "NN0913",
  severity: "error",
  message: ({ file, tensor, shape, expected, found }) =>
    `${file}: expected ${expected} bytes for tensor ${tensor} of shape ${shape}, found ${found}`,
  explanation: safetensors,
});

export const overlappingTensors = define<Tensor & { readonly other: string; readonly byte: number }>({
  code: "NN0914",
  severity: "error",
  message: ({ file, tensor, other, byte }) =>
    `${file}: tensors ${other} and ${tensor} both hold byte ${byte}; expected one after the other`,
  explanation: safetensors,
});

export const holeBetweenTensors = define<Tensor & { readonly from: number; readonly to: number }>({
  code: "NN0915",
  severity: "error",
  message: ({ file, tensor, from, to }) =>
    `${file}: bytes ${from} to ${to} before tensor ${tensor} belong to none; expected no gap`,
  explanation: safetensors,
});

export const dataBeyondFile = define<Tensor & { readonly end: number; readonly bytes: number }>({
  code: "NN0916",
  severity: "error",
  message: ({ file, tensor, end, bytes }) =>
    `${file} is cut short: expected ${end} bytes of data up to the end of tensor ${tensor}, found ${bytes}`,
  explanation: safetensors,
});

export const trailingBytes = define<File & { readonly expected: number; readonly found: number }>({
  code: "NN0917",
  severity: "error",
  message: ({ file, expected, found }) =>
    `${file}: expected ${expected} bytes of data, as the header says, found ${found}`,
  explanation: safetensors,
});

export const notACheckpoint = define<File & { readonly key: string }>({
  code: "NN0918",
  severity: "error",
  message: ({ file, key }) =>
    `${file} holds tensors but is no checkpoint of nnc: expected \`${key}\` in its metadata, found none`,
  explanation:
    "Beside the tensors a checkpoint keeps the versions of format and language, the counters, the seed and what was fitted to the data. " +
    "Without them training cannot go on; tensors alone can be loaded with `start_from`.",
});

export const newerFormat = define<File & { readonly what: string; readonly found: string; readonly known: string }>({
  code: "NN0919",
  severity: "error",
  message: ({ file, what, found, known }) => `${file} is of ${what} ${found}; expected at most ${known}`,
  explanation: "The file was written by a newer nnc, whose meaning this one cannot know. Update nnc, or train again.",
});

export const badMetadata = define<File & { readonly key: string; readonly expected: string; readonly found: string }>({
  code: "NN0920",
  severity: "error",
  message: ({ file, key, expected, found }) =>
    `${file}: expected ${expected} for \`${key}\` in the metadata, found ${found}`,
  explanation: "The file was changed by hand or damaged. Nothing of it is used.",
});

export const checkpointMismatch = define<File & { readonly differences: readonly string[] }>({
  code: "NN0921",
  severity: "error",
  message: ({ file, differences }) =>
    `${file} does not fit the program in ${numbered(differences.length, "one place", `${differences.length} places`)}: ${listOf(differences, 8, "; ")}`,
  explanation:
    "A checkpoint is loaded whole: each tensor of the program must be there under its name, with its shape and type, and nothing else. " +
    "`start_from` takes what agrees and leaves out the rest.",
});

export const otherOptimizer = define<File & { readonly found: string; readonly expected: string }>({
  code: "NN0922",
  severity: "error",
  message: ({ file, found, expected }) =>
    `${file} was trained with ${found}; expected ${expected}, the optimizer of the program`,
  explanation:
    "An optimizer keeps averages of its own in the checkpoint, which mean nothing to another. Use the same optimizer, or begin anew from the parameters with `start_from`.",
});

export const cannotWrite = define<File & { readonly problem: string }>({
  code: "NN0924",
  severity: "error",
  message: ({ file, problem }) => `cannot write ${file}: ${problem}; what was there before is unchanged`,
  explanation:
    "A file is written beside its final place first and then renamed, so that a full disk or an interruption never destroys the older one.",
});

export const cannotRead = define<File & { readonly problem: string }>({
  code: "NN0925",
  severity: "error",
  message: ({ file, problem }) => `cannot read ${file}: ${problem}`,
  explanation: "The path must name a file that exists and may be read.",
});

type Options = File & { readonly saved: string; readonly built: string };

export const otherOptions = define<Options>({
  code: "NN0926",
  severity: "error",
  message: ({ file, saved, built }) =>
    `${file} was trained with ${saved}; expected the same of the program, found ${built}`,
  explanation:
    "Parameters compute another function in a program that is built with other constants or dimensions, though their shapes may fit, and other " +
    "roundings where convolutions go by another algorithm. The values of `--const` and `--dim`, and `--no-winograd`, are kept with them, and `eval`, `predict`, `export` and `train --resume` take them from there, the latter `--set` and `--relaxed`, too, which a run goes on with. `--override`, or `override: true` of the library, takes the values of the source and of the flags instead.",
});

export const startFromOther = define<Options>({
  code: "NN0927",
  severity: "warning",
  message: ({ file, saved, built }) => `${file} was trained with ${saved}, this program is built with ${built}`,
  explanation:
    "`start_from` takes the tensors that have the same paths. Where constants differ, they are put into a program that computes another function from them.",
});

export const inTheWay = define<File & { readonly problem: string }>({
  code: "NN0928",
  severity: "error",
  message: ({ file, problem }) => `${file} stands in the way: ${problem}; nothing was written`,
  explanation:
    "Only what says that nnc wrote it is replaced: parameters, logs, plots, artifacts and exported modules do, predictions have no place for it. Any other file, and every file " +
    "that the command reads, is replaced only with `--force`.",
});

export const damagedTensors = define<File & { readonly expected: string; readonly found: string }>({
  code: "NN0929",
  severity: "error",
  message: ({ file, expected, found }) =>
    `the tensors of ${file}, or what it says of their training, are not what was saved: expected the checksum ${expected}, found ${found}`,
  explanation:
    "A bit of the file was flipped, by a disk or on the way, or another program changed tensors, counters, options or what was fitted to the data, and left the checksum. A network would go on with other figures, or a run in another order. Use another copy of the file.",
});

export const exportNotFinite = define<File>({
  code: "NN0930",
  severity: "error",
  message: ({ file }) => `${file} holds numbers that are not finite; expected finite ones to export`,
  explanation:
    "The network was saved after it diverged; what the exported module computes would not be finite either. Use an earlier checkpoint, or export with `--allow-nonfinite`.",
});

export const trainGone = define<
  File & { readonly label: string; readonly source: string; readonly labels: readonly string[] }
>({
  code: "NN0931",
  severity: "error",
  message: ({ file, label, source, labels }) =>
    `${file} was trained by the train \`${label}\`; expected it in ${source}, found ${listOf(labels.map((one) => `\`${one}\``))}`,
  explanation:
    "Parameters are used with the loss, the metrics and the data of the `train` that they come from. It was renamed or taken out of the source: " +
    "put it back, or name the one that is meant instead with `--label`.",
});

export const startFromFitted = define<File & { readonly differences: readonly string[] }>({
  code: "NN0932",
  severity: "warning",
  message: ({ file, differences }) =>
    `${file} was trained on data that were prepared otherwise: ${listOf(differences, 8, "; ")}`,
  explanation:
    "`start_from` takes tensors and nothing else: classes, columns and statistics are fitted to the data of this run. Where an id stands for another class, or a number for " +
    "another measure, the tensors begin with the meaning that they were trained for and have to learn the new one.",
});

export const exportChanged = define<{
  readonly dtype: string;
  readonly set: string;
  readonly measure: string;
  readonly before: string;
  readonly after: string;
  readonly bound: string;
}>({
  code: "NN0934",
  severity: "error",
  message: ({ dtype, set, measure, before, after, bound }) =>
    `with weights in ${dtype} the ${set} ${measure} goes from ${before} to ${after}; expected a change for the worse of at most ${bound}`,
  explanation:
    "Weights in fewer bits are rounded, and the network was measured with them before anything was written. The bound holds for the accuracy, in points, where the train " +
    "measures one, else for the loss, relative to what it was. `--max-change` sets another bound; `--dtype f16` rounds far less than `int8`.",
});

export const exportUnmeasured = define<{ readonly dtype: string; readonly problem: string }>({
  code: "NN0935",
  severity: "warning",
  message: ({ dtype, problem }) => `what weights in ${dtype} change is not measured: ${problem}`,
  explanation:
    "Weights in fewer bits are rounded. What that does to loss and accuracy is measured on the rows that the train held out, else on its training rows, where they are at hand.",
});

export const exportRefused = define<{ readonly model: string; readonly what: string; readonly path: string }>({
  code: "NN0933",
  severity: "error",
  message: ({ model, what, path }) => `${model} cannot be exported as ONNX: ${path === "" ? "it" : path} ${what}`,
  explanation:
    "An ONNX model computes the same from the same inputs. Random numbers of nnc, which are functions of the bits of a seed, and what counts the steps of a training " +
    "have no place in it; nor have sizes of windows and groups that only its inputs tell. Give such numbers to the model as an input, or export with another `--format`.",
});

export const notARun = define<{ readonly folder: string; readonly problem: string }>({
  code: "NN0941",
  severity: "error",
  message: ({ folder, problem }) => `${folder} is no run: expected a folder that \`nnc train -o\` wrote, ${problem}`,
  explanation:
    "A run is known by its log, `log.jsonl`, which `nnc train` writes into the folder of `-o` with the parameters. `nnc train --all` writes a folder for each `train` into it: name those.",
});

export const brokenLog = define<{
  readonly file: string;
  readonly line: number;
  readonly expected: string;
  readonly found: string;
}>({
  code: "NN0942",
  severity: "error",
  message: ({ file, line, expected, found }) => `${file}, line ${line}: expected ${expected}, found ${found}`,
  explanation:
    "The log and `run.json` beside it are written whole by `nnc train`, an event a line. This one was changed since, or is of something else. Put it back, or train again.",
});
