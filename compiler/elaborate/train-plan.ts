/**
 * What a `train` says, evaluated: its data, its steps with their optimizers, and its numbers. Reading only; no graph is
 * built here.
 */
import type { Span } from "../diagnostics/diagnostic.ts";
import { badValue, idleKey, missingEpochs, missingKey } from "../diagnostics/codes/train.ts";
import { missingSetting } from "../diagnostics/codes/settings.ts";
import type { HostData } from "../program/host.ts";
import { isMeant, isRateKey } from "../semantics/habits.ts";
import type { Argument, KeyValue, Expression, Let, Train } from "../syntax/ast.ts";
import { describeExpression } from "../syntax/describe.ts";
import { choose, type Chosen } from "./choose.ts";
import { planData } from "./data-plan.ts";
import { Checks, Failure } from "./failure.ts";
import type { Frame } from "./frame.ts";
import { planMetrics, type MetricPlan } from "./metric-plan.ts";
import { toNumber } from "./rational.ts";
import { describeValue, type Recipe } from "./values.ts";

export interface OptimizerPlan extends Chosen {
  readonly lr: number;
}

export interface RegularizerPlan extends Chosen {
  /** Also parameters of rank 0 and 1. */
  readonly all: boolean;
}

export interface StepPlan {
  readonly name: string;
  readonly span: Span;
  readonly lets: readonly Let[];
  /** Undefined in the short form: the loss of the model. */
  readonly minimize: Expression | undefined;
  /** The paths that move, with where they are named; undefined in the short form: the model's. */
  readonly update: readonly { readonly path: string; readonly span: Span }[] | undefined;
  readonly optimizer: OptimizerPlan;
  readonly schedule: Recipe | undefined;
  readonly regularizers: readonly RegularizerPlan[];
  readonly clipNorm: number | undefined;
}

export interface TrainPlan {
  readonly train: Train;
  readonly label: string;
  readonly loss: ChosenLoss | undefined;
  readonly metrics: readonly MetricPlan[];
  readonly steps: readonly StepPlan[];
  readonly data: HostData;
  readonly batch: number | "all";
  readonly epochs: number;
  /** As written. */
  readonly stepsPerEpoch: number | undefined;
  readonly seed: number;
  readonly stopEarly: number | undefined;
  readonly startFrom: string | undefined;
  readonly average: number | undefined;
}

type Entries = ReadonlyMap<string, KeyValue>;

function entriesOf(entries: readonly KeyValue[]): Entries {
  return new Map(entries.map((entry) => [entry.key.text, entry]));
}

/** What is read of a train, each key by itself, so that one run tells what is wrong with any of them. */
interface Read {
  readonly loss: ChosenLoss | undefined;
  readonly steps: readonly StepPlan[];
  readonly data: HostData;
  readonly metrics: readonly MetricPlan[];
  readonly batch: number | "all";
  readonly epochs: number;
  readonly stepsPerEpoch: number | undefined;
  readonly seed: number;
  readonly stopEarly: number | undefined;
  readonly average: number | undefined;
  readonly startFrom: string | undefined;
}

/** Reads a train in a frame at the top of its file. */
export function planTrain(train: Train, frame: Frame): TrainPlan {
  const entries = entriesOf(train.entries);
  const { text } = train.label ?? train.name;
  const read = readKeys(train, entries, frame);
  reportIdleKeys(train, entries, read, frame);
  return { train, label: text, ...read };
}

const count: Range = { whole: true, least: 1, most: 2 ** 31 - 1 };

function readKeys(train: Train, entries: Entries, frame: Frame): Read {
  const checks = new Checks();
  const written = entries.get("loss");
  const loss = checks.run(() => (written === undefined ? undefined : lossOf(written.value, frame)));
  const steps = checks.run(() => stepsOf(train, entries, frame, checks));
  const data = checks.run(() => planData(entries.get("data"), frame));
  const epochs = checks.run(() => number(entries.get("epochs"), 1, count, frame));
  const metrics = checks.run(() => metricsOf(entries, { loss: written, steps: steps ?? [] }, frame));
  const batch = checks.run(() => batchOf(entries.get("batch"), data?.reader, frame));
  const stepsPerEpoch = checks.run(() => optional(entries.get("steps_per_epoch"), count, frame));
  const seed = checks.run(() => number(entries.get("seed"), 0, { ...count, least: 0 }, frame));
  const stopEarly = checks.run(() => optional(entries.get("stop_early"), count, frame));
  const average = checks.run(() => optional(entries.get("average"), { least: 0, below: 1 }, frame));
  const startFrom = checks.run(() => stringOf(entries.get("start_from"), frame));
  const isRead =
    data !== undefined && epochs !== undefined && batch !== undefined && seed !== undefined && metrics !== undefined;
  if (checks.failed || !isRead || steps === undefined) throw new Failure();
  return { loss, steps, data, metrics, batch, epochs, stepsPerEpoch, seed, stopEarly, average, startFrom };
}

function metricsOf(
  entries: Entries,
  { loss, steps }: { readonly loss: KeyValue | undefined; readonly steps: readonly StepPlan[] },
  frame: Frame,
): readonly MetricPlan[] {
  const metrics = entries.get("metrics");
  const isCompared = loss !== undefined && steps.every(({ minimize }) => minimize === undefined);
  const place = { withTensors: !isCompared, losses: lossNames(steps) };
  return planMetrics(metrics === undefined ? [] : listOf(metrics.value), place, frame);
}

/** Says which keys change nothing. */
function reportIdleKeys(train: Train, entries: Entries, { loss, steps, data, epochs }: Read, frame: Frame): void {
  const idle = (key: string, why: string): void => {
    const entry = entries.get(key);
    if (entry !== undefined) frame.report(idleKey, { what: `\`${key}\``, why }, entry.key.span, "this");
  };
  const isRead = train.inputs.length > 0 || isShort({ loss, steps });
  if (!isRead && (data.reader !== "given" || Object.keys(data.settings).length > 0))
    idle("data", "the train has no input, so nothing is read");
  const tells = isRead && data.reader !== "given";
  const name = train.label ?? train.name;
  // Who gives the data decides how often.
  if (!entries.has("epochs") && tells) frame.report(missingEpochs, { train: name.text }, name.span, "this train");
  if (tells) idle("steps_per_epoch", "the data tell how many minibatches an epoch has");
  if (epochs === 1) idle("stop_early", "there is one epoch");
}

/** A loss with its settings, and with tensors for inputs of its own such as class weights, which each entry evaluates for itself. */
export interface ChosenLoss extends Chosen {
  readonly written: readonly Argument[];
}

function lossOf(expression: Expression, frame: Frame): ChosenLoss {
  const { chosen } = choose(expression, "loss", [], frame);
  return { ...chosen, written: expression.kind === "call" ? expression.arguments : [] };
}

/** Whether what is minimised is a loss of the model's output, and no step says otherwise. */
export function isShort({ loss, steps }: Pick<TrainPlan, "loss" | "steps">): boolean {
  return loss !== undefined && steps.every(({ minimize }) => minimize === undefined);
}

/** What the losses of an evaluation are called: `loss` the first, and by its step's name each of several. */
export function lossNames(steps: readonly Pick<StepPlan, "name">[]): readonly string[] {
  return ["loss", ...(steps.length > 1 ? steps.map(({ name }) => name) : [])];
}

function listOf(expression: Expression): readonly Expression[] {
  return expression.kind === "list" ? expression.items : [expression];
}

function stepsOf(train: Train, entries: Entries, frame: Frame, checks: Checks): readonly StepPlan[] {
  if (train.steps.length === 0) {
    const { span } = train.name;
    const needed = entries.has("minimize") || entries.has("update");
    const update = checks.run(() => (needed ? updateOf(entries, "a train with `minimize`", span, frame) : undefined));
    if (!entries.has("minimize") && !entries.has("loss"))
      checks.run(() => lacksAim("loss", entries, "the short form of a train", span, frame));
    const place = { name: "main", span, lets: [] };
    return [stepOf(place, entries, new Map(), update, frame, checks)];
  }
  return train.steps.map((step) => {
    const own = entriesOf(step.entries);
    const { text, span } = step.name;
    if (!own.has("minimize")) checks.run(() => lacksAim("minimize", own, `the step \`${text}\``, span, frame));
    const update = checks.run(() => updateOf(own, `the step \`${text}\``, span, frame));
    return stepOf({ name: text, span, lets: step.lets }, own, entries, update, frame, checks);
  });
}

/** Without an error where a key that is none stands for it, which was said. */
function lacksAim(key: string, entries: Entries, place: string, span: Span, frame: Frame): never {
  if (entries.has("loss") || [...entries.keys()].some((one) => isMeant(one, "minimize"))) throw new Failure();
  return missing(key, place, span, frame);
}

function missing(key: string, place: string, span: Span, frame: Frame): never {
  return frame.fail(missingKey, { key, place }, span, "declared here");
}

function stepOf(
  place: Pick<StepPlan, "name" | "span" | "lets">,
  own: Entries,
  shared: Entries,
  update: StepPlan["update"],
  frame: Frame,
  checks: Checks,
): StepPlan {
  const { name, span } = place;
  const find = (key: string): KeyValue | undefined => own.get(key) ?? shared.get(key);
  const written = find("optimizer");
  const optimizer = checks.run(() =>
    written === undefined
      ? missing("optimizer", name === "main" ? "a train" : `the step \`${name}\``, span, frame)
      : optimizerOf(written.value, frame, [...own.keys(), ...shared.keys()].some(isRateKey)),
  );
  const planned = find("schedule");
  const schedule = checks.run(() =>
    planned === undefined
      ? undefined
      : { kind: "schedule" as const, ...choose(planned.value, "schedule", [], frame).chosen },
  );
  const regularize = find("regularize");
  const regularizers = (regularize === undefined ? [] : listOf(regularize.value)).flatMap(
    (item) => checks.run(() => regularizerOf(item, frame)) ?? [],
  );
  const clipNorm = checks.run(() => optional(find("clip_norm"), { above: 0, most: largestFloat }, frame));
  if (optimizer === undefined) throw new Failure();
  return { ...place, update, minimize: own.get("minimize")?.value, optimizer, schedule, regularizers, clipNorm };
}

function updateOf(entries: Entries, place: string, span: Span, frame: Frame): StepPlan["update"] {
  const update = entries.get("update");
  if (update === undefined) return missing("update", place, span, frame);
  const items = listOf(update.value);
  if (items.length === 0)
    return frame.fail(
      badValue,
      { key: "update", expected: "a model or a path into one", found: "an empty list" },
      update.value.span,
      "this",
    );
  return items.map((item) => ({ path: pathOf(item, frame), span: item.span }));
}

/** `Digits.head` as text. */
function pathOf(expression: Expression, frame: Frame): string {
  const names: string[] = [];
  let rest = expression;
  while (rest.kind === "member") {
    names.unshift(rest.member.text);
    rest = rest.target;
  }
  if (rest.kind !== "name")
    return frame.fail(
      badValue,
      { key: "update", expected: "a model or a path into one", found: describeExpression(rest) },
      rest.span,
      "this",
    );
  return [rest.text, ...names].join(".");
}

/** With `beside`, the rate is a key by mistake, which was said. */
function optimizerOf(expression: Expression, frame: Frame, beside: boolean): OptimizerPlan {
  const { chosen, extra } = choose(expression, "optimizer", ["lr"], frame);
  const name = chosen.target.declaration.name.text;
  const rate = extra.get("lr");
  if (rate === undefined) {
    if (beside) throw new Failure();
    return frame.fail(
      missingSetting,
      { callee: name, name: "lr", type: "the learning rate" },
      expression.span,
      "in this call",
      [],
      `write \`${name}(lr: ${rateWritten(expression) ?? "0.01"})\``,
    );
  }
  return { ...chosen, lr: checked("lr", rate.value, { least: 0, most: largestFloat }, frame) };
}

/** A number that stands where other systems have the rate, as in `sgd(0.1)`; the 0.9 of `momentum(0.9)` is none. */
function rateWritten(expression: Expression): string | undefined {
  const [first] = expression.kind === "call" ? expression.arguments : [];
  if (first?.label !== undefined || first?.value.kind !== "number") return undefined;
  return Number(first.value.text) < 0.5 ? first.value.text : undefined;
}

function regularizerOf(expression: Expression, frame: Frame): RegularizerPlan {
  const { chosen, extra } = choose(expression, "regularizer", ["all"], frame);
  const all = extra.get("all");
  if (all === undefined) return { ...chosen, all: false };
  const value = frame.session.evaluator.evaluate(all.value, frame);
  if (value.kind !== "bool")
    return frame.fail(
      badValue,
      { key: "all", expected: "true or false", found: describeValue(value) },
      all.span,
      "this",
    );
  return { ...chosen, all: value.value };
}

/** Of f32. */
const largestFloat = (2 - 2 ** -23) * 2 ** 127;

interface Range {
  readonly whole?: boolean;
  readonly least?: number;
  readonly above?: number;
  readonly below?: number;
  readonly most?: number;
}

function optional(entry: KeyValue | undefined, range: Range, frame: Frame): number | undefined {
  return entry === undefined ? undefined : checked(entry.key.text, entry.value, range, frame);
}

function number(entry: KeyValue | undefined, otherwise: number, range: Range, frame: Frame): number {
  return optional(entry, range, frame) ?? otherwise;
}

/** Limits beyond what anybody means are named only where they are passed. */
function describeRange({ whole, least, above, below, most }: Range, found: number): string {
  const kind = whole === true ? "a whole number" : "a number";
  const low = above === undefined ? (least === undefined ? "" : ` of at least ${least}`) : ` above ${above}`;
  const named = most !== undefined && (most <= 1e6 || found > most);
  return `${kind}${low}${named ? ` and at most ${most}` : ""}${below === undefined ? "" : ` and below ${below}`}`;
}

function within(value: number, { whole, least, above, below, most }: Range): boolean {
  return (
    Number.isFinite(value) &&
    (whole !== true || Number.isInteger(value)) &&
    value >= (least ?? -Infinity) &&
    value > (above ?? -Infinity) &&
    value < (below ?? Infinity) &&
    value <= (most ?? Infinity)
  );
}

function checked(key: string, expression: Expression, range: Range, frame: Frame): number {
  const value = frame.session.evaluator.evaluate(expression, frame, { whole: range.whole === true });
  const found = value.kind === "number" ? toNumber(value.value) : Number.NaN;
  // The program holds fractions as f32, where 1e-50 is 0 and what is a little below 1 is 1.
  const held32 = Math.fround(found);
  const isHeld = within(held32, range) && (held32 !== 0 || found === 0);
  const fits = within(found, range) && (range.whole === true || isHeld);
  if (fits) return found;
  const held = within(found, range) ? ` as f32 holds it, which is ${held32}` : "";
  return frame.fail(
    badValue,
    { key, expected: `${describeRange(range, found)}${held}`, found: describeValue(value) },
    expression.span,
    "this",
  );
}

function stringOf(entry: KeyValue | undefined, frame: Frame): string | undefined {
  if (entry === undefined) return undefined;
  const value = frame.session.evaluator.evaluate(entry.value, frame);
  if (value.kind === "string") return value.value;
  return frame.fail(
    badValue,
    { key: entry.key.text, expected: "a path as a string", found: describeValue(value) },
    entry.value.span,
    "this",
  );
}

/** `arrays` are whole: one batch of all their rows. */
function batchOf(entry: KeyValue | undefined, reader: HostData["reader"] | undefined, frame: Frame): number | "all" {
  if (entry === undefined && reader === "arrays") return "all";
  if (entry?.value.kind === "name" && entry.value.text === "all" && frame.lookUp("all") === undefined) return "all";
  if (entry?.value.kind === "string" && entry.value.value === "all") {
    const values = { key: "batch", expected: "a whole number, or `all` without quotes", found: 'the string "all"' };
    return frame.fail(badValue, values, entry.value.span, "this", [], "write `batch: all`");
  }
  const size = number(entry, 32, count, frame);
  if (entry === undefined || reader !== "arrays") return size;
  const expected = "`all` for `arrays`, which are one batch";
  return frame.fail(badValue, { key: "batch", expected, found: String(size) }, entry.value.span, "this");
}
