/** What a program hands to `train` and `prepare`, looked at before anything is made of it. Every mistake is an NncError. */
import { wrongType } from "../../compiler/diagnostics/codes/runtime.ts";
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import {
  bytes,
  checkOptions,
  count,
  isString,
  seed,
  trueOrFalse,
  unsuitable,
} from "../../compiler/diagnostics/options.ts";
import type { Rules, Test } from "../../compiler/diagnostics/options.ts";
import { isFields, shown } from "../../compiler/diagnostics/values.ts";
import type { Contents } from "../data/open.ts";
import { failure } from "../load/fail.ts";
import { isView } from "../load/inputs.ts";
import { rules as loadRules } from "../load/begin.ts";
import { fittedFrom } from "../save/parse-fitted.ts";
import type { TrainData } from "./data.ts";
import type { TrainOptions } from "./run.ts";

const optionRules: Rules<TrainOptions> = {
  seed,
  epochs: count,
  threads: count,
  gpu: loadRules.gpu,
  resume: bytes,
  override: trueOrFalse,
  signal: { expected: "an AbortSignal", fits: (value) => isObject(value) && "aborted" in value },
};

const dataset = "{ rows, tensors } with a Map of { dtype, shape, rowStride, data }";

const dataRules: Rules<TrainData> = {
  train: { expected: dataset, fits: isDataset },
  holdout: { expected: `${dataset}, or null`, fits: (value) => value === null || isDataset(value) },
  fitted: { expected: "what `prepare` fitted", fits: (value) => fittedFrom(value) !== undefined },
  seed,
  startFrom: bytes,
  warnings: { expected: "a list of diagnostics", fits: (value) => Array.isArray(value) && value.every(isFields) },
};

const contentRules: Rules<Contents> = {
  read: { expected: "a function from a path to bytes", fits: (value) => typeof value === "function" },
  given: {
    expected: "a Map from names to typed arrays",
    fits: (value) => value instanceof Map && [...value.keys()].every(isString),
  },
  images: {
    expected: "a Map from paths to { shape: [rows, height, width, channels], data: Uint8Array, files, labels }",
    fits: (value) => value instanceof Map && [...value].every(([path, one]) => isString(path) && areImages(one)),
  },
};

/** Throws NN0706, NN0712, NN0736. */
export function checkTraining(data: unknown, options: unknown): void {
  checkOptions("train", options, optionRules);
  if (isFields(options) && options["override"] === true && options["resume"] === undefined)
    throw new NncError(unsuitable("override", "a checkpoint beside it, as `resume`", true));
  if (!isFields(data) || !isFields(data["train"]) || !(data["train"]["tensors"] instanceof Map)) {
    const expected = "what `prepare` answers, { train: { rows, tensors }, … }";
    throw failure(wrongType, { name: "data", expected, found: shown(data) });
  }
  checkOptions("the data of `train`", data, dataRules);
}

/** The contents, whose answers are looked at, too. Throws NN0706, NN0712, NN0736. */
export function checkedContents(call: string, contents: Contents): Contents {
  checkOptions(call, contents, contentRules);
  const read = (path: string): Uint8Array => {
    if (contents.read === undefined) throw new NncError(unsuitable("read", contentRules.read.expected, undefined));
    const answer: unknown = contents.read(path);
    if (answer instanceof Uint8Array) return answer;
    throw failure(wrongType, { name: `\`read(${shown(path)})\``, expected: bytes.expected, found: shown(answer) });
  };
  return { ...contents, read };
}

/** What takes the place of the files of a `train`, and how. Throws NN0706. */
export function checkOthers(files: unknown, fitted: unknown, what: unknown): void {
  if (!isString(files) && !((isFields(files) || Array.isArray(files)) && Object.values(files).every(isString)))
    throw new NncError(unsuitable("files", "a path, a list of them, or an object with a path for each input", files));
  if (fittedFrom(fitted) === undefined) throw new NncError(unsuitable("fitted", dataRules.fitted.expected, fitted));
  if (what !== "evaluate" && what !== "predict")
    throw new NncError(unsuitable("what", '"evaluate" or "predict"', what));
}

function isDataset(value: unknown): boolean {
  if (!isFields(value)) return false;
  const { rows, tensors } = value;
  if (!isSize(rows) || !(tensors instanceof Map)) return false;
  return [...tensors].every(([name, tensor]) => isString(name) && isTensor(tensor, Number(rows)));
}

/** With room for every row. */
function isTensor(value: unknown, rows: number): boolean {
  if (!isFields(value)) return false;
  const { dtype, shape, rowStride, data } = value;
  if (!Array.isArray(shape) || !shape.every(isSize) || !isSize(rowStride)) return false;
  if ((dtype !== "f32" && dtype !== "i32") || !isView(data, dtype)) return false;
  const width = shape.reduce((product: number, size: number) => product * size, 1);
  return rows === 0 || (rows - 1) * Number(rowStride) + width <= data.length;
}

/** As many files, and pixels, as there are rows. */
function areImages(value: unknown): boolean {
  if (!isFields(value)) return false;
  const { shape, data, files, labels = files } = value;
  if (!Array.isArray(shape) || shape.length !== 4 || !shape.every(isSize) || !(data instanceof Uint8Array))
    return false;
  const named = [files, labels].every(
    (list) => Array.isArray(list) && list.length === shape[0] && list.every((one) => isString(one)),
  );
  return named && data.length === shape.reduce((product: number, size: number) => product * size, 1);
}

const isSize: Test = (value) => Number.isSafeInteger(value) && Number(value) >= 0;

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
