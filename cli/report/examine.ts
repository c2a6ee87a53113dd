/**
 * What a trained network makes of single rows: of a classifier the counts of what was taken for what, and of any the rows that it is worst at.
 * Looking changes nothing that lasts, and takes a few seconds at most.
 */
import { NncError } from "../../compiler/diagnostics/diagnostic.ts";
import type { HostModel, HostTrain } from "../../compiler/program/host.ts";
import { elements } from "../../runtime/data/dataset.ts";
import type { Dataset } from "../../runtime/data/dataset.ts";
import { roleOf } from "../../runtime/data/roles.ts";
import type { Network, Prediction } from "../../runtime/load/index.ts";
import { unfitted } from "../../runtime/save/fitted.ts";
import { evaluationSize, feedOf } from "../../runtime/train/data.ts";
import type { TrainData } from "../../runtime/train/index.ts";
import { answerRows, answerWhole } from "../predict/answer.ts";
import { classParts, inputParts, letterName, numberParts } from "./parts.ts";
import type { Known, Part } from "./parts.ts";
import { alongFirstAxis, pick, spread, valuesOfRow } from "./rows.ts";
import { classifierOf, Tally } from "./tally.ts";
import type { Classifier } from "./tally.ts";

type Numbers = Float32Array | Int32Array;

export interface WorstRow {
  /** Its place in the set, from 1. */
  readonly row: number;
  /** Undefined where no row can be evaluated alone. */
  readonly loss: number | undefined;
  readonly inputs: readonly Part[];
  readonly answer: readonly Part[];
}

export interface Examination {
  readonly set: "hold-out" | "training";
  /** How many rows were looked at, of how many. */
  readonly looked: number;
  readonly rows: number;
  /** Names of the classes, and how many places of each were taken for which; of classifiers. */
  readonly confusion?: { readonly classes: readonly string[]; readonly rows: readonly (readonly number[])[] };
  readonly worst: readonly WorstRow[];
  /** Why there are no worst rows. */
  readonly why?: string;
}

export interface Examined {
  readonly network: Network;
  readonly train: HostTrain;
  readonly data: TrainData;
  readonly classes: readonly string[];
  readonly now: () => number;
}

const shownRows = 12;
/** Answers of so many rows are looked at, and the losses of so many, within so many milliseconds. */
const mostAnswers = 10_000;
const mostLosses = 500;
const patience = 2000;

/** Of the hold-out where there is one, else of the training rows. What cannot be looked at says why. */
export async function examine(examined: Examined): Promise<Examination> {
  const { data, train } = examined;
  const isHeld = data.holdout !== undefined && data.holdout !== null;
  const rows = data.holdout ?? data.train;
  const base = { set: isHeld ? "hold-out" : "training", looked: 0, rows: rows.rows, worst: [] } as const;
  if (train.inputs.length === 0) return { ...base, why: "The program has no rows: it makes up what it learns from." };
  try {
    return { ...base, ...(await look(examined, rows)) };
  } catch (error) {
    if (!(error instanceof NncError)) throw error;
    return { ...base, why: `The rows cannot be looked at one by one: ${error.message}.` };
  }
}

type Found = Pick<Examination, "looked" | "rows" | "confusion" | "worst" | "why">;

async function look(examined: Examined, rows: Dataset): Promise<Found> {
  const { train, network } = examined;
  const model = network.manifest.host.models.find(({ name }) => name === train.name);
  const target = train.target === undefined ? undefined : rows.tensors.get(train.target.input);
  if (train.data.reader === "arrays") return lookAtArrays(examined, rows, model);
  const isAnswered = model?.inputs.every(({ name }) => rows.tensors.has(name)) === true;
  if (model === undefined || target === undefined || !isAnswered) return byLoss(examined, rows, undefined);
  const [first] = await answersTo(network, model, pick(rows, [0]));
  const classifier =
    first === undefined ? undefined : classifierOf(train, target, first.shape, examined.classes.length);
  if (classifier === undefined) return byLoss(examined, rows, model);
  const looked = spread(rows.rows, mostAnswers);
  const tally = new Tally(classifier);
  const weighing = train.inputs.find(({ weighs }) => weighs === true)?.name;
  const counted = weighing === undefined ? undefined : rows.tensors.get(weighing);
  await eachAnswer(network, model, pick(rows, looked), (scores, at) => {
    const row = looked[at] ?? 0;
    const mask = counted === undefined ? undefined : valuesOfRow(counted, row);
    tally.add(row, scores, valuesOfRow(target, row), mask);
  });
  const worst = await describe(examined, rows, tally.worst(shownRows), model, classifier);
  return { looked: looked.length, rows: rows.rows, confusion: confusionOf(tally, examined), worst };
}

function confusionOf({ classifier, rows }: Tally, { classes, data, train }: Examined): Found["confusion"] {
  const vocabulary = train.data.reader === "text" ? data.fitted?.vocabulary : undefined;
  const names = vocabulary?.map(letterName) ?? classes;
  return { classes: Array.from({ length: classifier.classes }, (_, id) => names[id] ?? String(id)), rows };
}

/** Whole arrays: their rows lie along the first axis of the target. */
async function lookAtArrays(examined: Examined, whole: Dataset, model: HostModel | undefined): Promise<Found> {
  const { train, network } = examined;
  const target = train.target === undefined ? undefined : whole.tensors.get(train.target.input);
  const none = { looked: 0, rows: 1, worst: [], why: "The data are whole arrays: there are no rows to tell apart." };
  if (model === undefined || target === undefined) return none;
  const given = model.inputs.flatMap(({ name }) => {
    const tensor = whole.tensors.get(name);
    return tensor === undefined ? [] : [[name, tensor] as const];
  });
  if (given.length < model.inputs.length) return none;
  for await (const { predictions } of answerWhole(network, model, { rows: 1, tensors: new Map(given) })) {
    const [shape, data] = firstOf(predictions);
    const classifier = classifierOf(train, target, shape, examined.classes.length);
    const count = target.shape[0] ?? 0;
    if (classifier === undefined || count === 0) return none;
    const rows = alongFirstAxis(whole, count);
    const width = data.length / count;
    const answers = Array.from({ length: count }, (_, row) => data.slice(row * width, (row + 1) * width));
    const own = rows.tensors.get(train.target?.input ?? "") ?? target;
    const tally = new Tally(classifier);
    answers.forEach((scores, row) => tally.add(row, scores, valuesOfRow(own, row), undefined));
    const worst = tally.worst(shownRows);
    const known = knownOf(examined, pick(rows, worst));
    const inputs = inputParts(known);
    const told = classParts(
      known,
      classifier,
      known.rows.tensors.get(train.target?.input ?? "") ?? own,
      worst.map((row) => answers[row] ?? new Float32Array(0)),
    );
    return {
      looked: count,
      rows: count,
      confusion: confusionOf(tally, examined),
      worst: worst.map((row, at) => ({
        row: row + 1,
        loss: undefined,
        inputs: inputs[at] ?? [],
        answer: told[at] ?? [],
      })),
    };
  }
  return none;
}

/** The rows of the largest losses, each evaluated alone. */
async function byLoss(examined: Examined, rows: Dataset, model: HostModel | undefined): Promise<Found> {
  if (!isAlone(examined)) {
    const why =
      "The program takes a fixed number of rows at once, or looks at the rows beside each: none has a loss of its own.";
    return { looked: 0, rows: rows.rows, worst: [], why };
  }
  const asked = spread(rows.rows, mostLosses);
  const losses = await lossesOf(examined, pick(rows, asked));
  const order = losses
    .map((loss, at) => ({ loss: Number.isNaN(loss) ? Infinity : loss, row: asked[at] ?? 0 }))
    .toSorted((a, b) => b.loss - a.loss)
    .slice(0, shownRows)
    .map(({ row }) => row);
  const worst = await describe(examined, rows, order, model, undefined);
  return { looked: losses.length, rows: rows.rows, worst };
}

/** Whether a row can be evaluated without others. */
function isAlone({ train, network }: Examined): boolean {
  const model = network.manifest.host.models.find(({ name }) => name === train.name);
  return evaluationSize(train, network.manifest.dims) !== "all" && model?.together !== true;
}

/** Of each row alone, in order, as far as there is time. */
async function lossesOf({ train, network, now }: Examined, rows: Dataset): Promise<readonly number[]> {
  const began = now();
  const losses: number[] = [];
  for (const inputs of feedOf(train, rows, 1, "the rows of the report").epoch()) {
    losses.push((await network.evaluate([inputs], { trusted: true })).loss);
    if (now() - began > patience) break;
  }
  return losses;
}

/** Rows with their losses, inputs and answers. */
async function describe(
  examined: Examined,
  all: Dataset,
  order: readonly number[],
  model: HostModel | undefined,
  classifier: Classifier | undefined,
): Promise<readonly WorstRow[]> {
  if (order.length === 0) return [];
  const { network, train } = examined;
  const known = knownOf(examined, pick(all, order));
  const losses = isAlone(examined) ? await lossesOf(examined, known.rows) : [];
  const inputs = inputParts(known);
  const answers = model === undefined ? [] : (await answersTo(network, model, known.rows)).map(({ values }) => values);
  const target = train.target === undefined ? undefined : known.rows.tensors.get(train.target.input);
  const told =
    classifier !== undefined && target !== undefined
      ? classParts(known, classifier, target, answers)
      : numberParts(known, answers);
  const described = order.map((row, at) => ({
    row: row + 1,
    loss: losses[at],
    inputs: inputs[at] ?? [],
    answer: told[at] ?? [],
  }));
  return described.toSorted((a, b) => (b.loss ?? 0) - (a.loss ?? 0));
}

function knownOf({ network, train, data, classes }: Examined, rows: Dataset): Known {
  const isExtra = ({ name }: { readonly name: string }): boolean => roleOf(network.manifest.host, name) === "extra";
  const extras = new Set(train.inputs.filter(isExtra).map(({ name }) => name));
  return { train, fitted: data.fitted ?? unfitted, rows, classes, extras };
}

/** Shape and numbers of the first result. */
function firstOf([first]: readonly Prediction[]): readonly [shape: readonly number[], data: Numbers] {
  return [first?.shape ?? [], first?.data ?? new Float32Array(0)];
}

interface RowAnswer {
  /** Of the row. */
  readonly shape: readonly number[];
  readonly values: Numbers;
}

/** The first result of the model, row by row. */
async function answersTo(network: Network, model: HostModel, rows: Dataset): Promise<readonly RowAnswer[]> {
  const answers: RowAnswer[] = [];
  await eachAnswer(network, model, rows, (values, _row, shape) => answers.push({ shape, values: values.slice() }));
  return answers;
}

async function eachAnswer(
  network: Network,
  model: HostModel,
  { rows, tensors }: Dataset,
  take: (values: Numbers, row: number, shape: readonly number[]) => void,
): Promise<void> {
  const own = new Map([...tensors].filter(([name]) => model.inputs.some((input) => input.name === name)));
  for await (const { predictions, rows: count, from } of answerRows(network, model, { rows, tensors: own })) {
    const [shape, data] = firstOf(predictions);
    const width = elements(shape.slice(1));
    for (let row = 0; row < count; row += 1)
      take(data.subarray(row * width, (row + 1) * width), from + row, shape.slice(1));
  }
}
