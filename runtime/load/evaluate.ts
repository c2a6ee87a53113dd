/**
 * The loss and the metrics of a set, batch by batch: losses are averaged, metrics with state stream, and those without see the outputs of
 * the whole set at once.
 */
import { dimensionsDisagree, noRows, tooManyRowsForMetric } from "../../compiler/diagnostics/codes/runtime.ts";
import { diagnose } from "../../compiler/diagnostics/diagnostic.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { HostResult, HostTrain, HostWholeMetric } from "../../compiler/program/host.ts";
import { scalarOf, tensorOf } from "./calls.ts";
import type { Caller, Calls, Results } from "./calls.ts";
import { elements, evaluate, nameOf } from "./dimensions.ts";
import type { Sizes } from "./dimensions.ts";
import type { View } from "./executable.ts";
import { failure, named } from "./fail.ts";
import type { Given, Inputs } from "./inputs.ts";
import { Mean, weightOf } from "./mean.ts";
import { fittedInput } from "../save/fitted.ts";
import type { Fitted } from "../save/fitted.ts";
import type { Store } from "./store.ts";

/** A number, or a tensor where the metric has a shape. */
export type MetricValue = number | { readonly shape: readonly number[]; readonly data: View };

export interface Evaluation {
  /** Of the first step; `losses` has those of all steps by their names. */
  readonly loss: number;
  readonly losses: Readonly<Record<string, number>>;
  readonly metrics: Readonly<Record<string, MetricValue>>;
  /** Metrics that had to be left out. */
  readonly warnings: readonly Diagnostic[];
}

/** One pass over the batches. A loss weighs as many as its rows, or the sum of the input by whose sum it is divided. Throws NN0722 without rows. */
export function* evaluateSet(
  caller: Caller,
  store: Store,
  train: HostTrain,
  fitted: Fitted,
  batches: Iterable<Inputs>,
  trusted: boolean,
): Calls<Evaluation> {
  const { metrics, whole = [] } = train.evaluation;
  const losses = lossesOf(train);
  const gathered = new Gathered(whole, caller);
  const outputs = caller.entry("evaluate").results.filter((name) => gathered.wants(name));
  const wanted = [...new Set([...losses, ...metrics].map(({ buffer }) => buffer).concat(outputs))];
  const means = losses.map(({ name, buffer }) => ({ name, buffer, mean: new Mean() }));
  let last: { readonly results: Results; readonly sizes: Sizes } | undefined;
  for (const inputs of batches) {
    const checked = caller.check("evaluate", train.inputs, inputs, trusted);
    if (last === undefined) yield* resetMetrics(caller, store);
    const given = [...checked.given, ...unitsGiven(train, fitted, checked.sizes)];
    const results = yield caller.call("evaluate", { ...checked, given }, wanted);
    for (const { buffer, mean } of means) mean.add(scalarOf(results, buffer), weightOf(train, checked));
    for (const { input, data } of checked.given) gathered.add(input, data, checked.sizes);
    for (const name of outputs) {
      const shape = store.shape(name);
      const data = (results.get(name) ?? new Float32Array(0)).subarray(0, elements(shape, checked.sizes));
      gathered.add({ name, buffer: name, shape }, data, checked.sizes);
    }
    last = { results, sizes: checked.sizes };
  }
  if (last === undefined) throw failure(noRows, { what: "what is evaluated" });
  const { results, sizes } = last;
  const streamed = metrics.map((metric) => [metric.name, valueOf(metric, results, sizes)] as const);
  const { values, warnings } = yield* evaluateWhole(caller, whole, gathered);
  return {
    loss: means[0]?.mean.value ?? NaN,
    losses: Object.fromEntries(means.map(({ name, mean }) => [name, mean.value])),
    metrics: Object.fromEntries([...streamed, ...values]),
    warnings,
  };
}

/** So many deviations from 0, floats of 32 bits tell steps of a thousandth of one apart. */
const farOff = 2 ** 13;

/**
 * What gives a standardised target back its units; nothing is done to one that was not. Beside a mean that is far off, differences would drown in
 * its roundings: then metrics count from there.
 */
function unitsGiven({ evaluation: { units }, target }: HostTrain, fitted: Fitted, sizes: Sizes): readonly Given[] {
  if (units === undefined) return [];
  const { mean = null, deviation = null } = fittedInput(fitted, target?.input ?? "") ?? {};
  const width = elements(units.mean.shape, sizes);
  const spreads = new Float32Array(deviation ?? Array.from({ length: width }, () => 1));
  const middles = Float32Array.from({ length: width }, (_, at) => {
    const middle = mean?.[at] ?? 0;
    return Math.abs(middle) < farOff * (spreads[at] ?? 1) ? middle : 0;
  });
  return [
    { input: units.mean, data: middles },
    { input: units.deviation, data: spreads },
  ];
}

/** The losses of the steps by their names, in the order of the steps. */
function lossesOf({ evaluation: { loss, losses }, losses: steps }: HostTrain): readonly HostResult[] {
  return losses ?? [{ ...loss, name: steps[0]?.name ?? loss.name }];
}

function* resetMetrics(caller: Caller, store: Store): Calls<void> {
  if (caller.has("evaluate_start")) yield { entry: "evaluate_start", given: [], dims: [], results: [] };
  else for (const name of store.metrics) store.fill(name, 0);
}

function* evaluateWhole(
  caller: Caller,
  whole: readonly HostWholeMetric[],
  gathered: Gathered,
): Calls<{ readonly values: readonly (readonly [string, MetricValue])[]; readonly warnings: readonly Diagnostic[] }> {
  const values: (readonly [string, MetricValue])[] = [];
  const warnings: Diagnostic[] = [];
  for (const metric of whole) {
    const { entry, inputs, result } = metric;
    const excess = gathered.excess(metric);
    if (excess !== undefined) {
      const { dimension, bound, found } = excess;
      const larger = dimension === undefined ? "a larger bound" : `the bound \`${dimension}=${found}\``;
      const help = `give it \`state\`, so that it adds up batch by batch, or build with ${larger}`;
      warnings.push(diagnose(tooManyRowsForMetric, { metric: result.name, bound, found }, [], help));
      continue;
    }
    const given = new Map(inputs.map(({ input, from }) => [input.name, gathered.joined(from)]));
    const checked = caller.check(
      entry,
      inputs.map(({ input }) => input),
      given,
      true,
    );
    const results = yield caller.call(entry, checked, [result.buffer]);
    values.push([result.name, valueOf(result, results, checked.sizes)]);
  }
  return { values, warnings };
}

function valueOf(result: HostResult, results: Results, sizes: Sizes): MetricValue {
  return result.shape.length === 0 ? scalarOf(results, result.buffer) : tensorOf(result, results, sizes);
}

/** A tensor's rows of all batches, as far as they were kept. */
interface Rows {
  /** How many are kept: as many as some metric takes. */
  readonly bound: number;
  /** Those of the first batch. */
  sizes?: readonly number[];
  count: number;
  readonly parts: View[];
}

/** Copies of what metrics without state need of each batch; rows beyond the bound are counted, not kept. */
class Gathered {
  readonly #caller: Caller;
  readonly #rows = new Map<string, Rows>();

  constructor(whole: readonly HostWholeMetric[], caller: Caller) {
    this.#caller = caller;
    for (const { input, from } of whole.flatMap(({ inputs }) => inputs)) {
      const bound = Math.max(this.#rows.get(from)?.bound ?? 0, boundOf(input.shape, caller));
      this.#rows.set(from, { bound, count: 0, parts: [] });
    }
  }

  wants(buffer: string): boolean {
    return this.#rows.has(buffer);
  }

  /** Throws NN0715 where a row that is kept has another size than in the batches before. */
  add({ name, buffer, shape }: Pick<HostResult, "name" | "buffer" | "shape">, data: View, sizes: Sizes): void {
    const rows = this.#rows.get(buffer);
    if (rows === undefined) return;
    const own = shape.map((dimension) => evaluate(dimension, sizes));
    const { sizes: before = own } = rows;
    // A tensor without axes is one row.
    rows.count += own[0] ?? 1;
    if (rows.count > rows.bound) return;
    const axis = own.findIndex((size, at) => at > 0 && size !== before[at]);
    if (axis > 0) {
      const [dimension, expected, found] = [nameOf(shape[axis]) ?? `axis ${axis}`, before[axis], own[axis]];
      throw failure(dimensionsDisagree, { name: named(name), dimension, expected, found, other: "earlier batches" });
    }
    rows.sizes = before;
    rows.parts.push(data.slice());
  }

  joined(buffer: string): { readonly shape: readonly number[]; readonly data: View } {
    const { parts = [], sizes = [], count = 0 } = this.#rows.get(buffer) ?? {};
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const data = parts[0] instanceof Int32Array ? new Int32Array(length) : new Float32Array(length);
    let at = 0;
    for (const part of parts) {
      data.set(part, at);
      at += part.length;
    }
    return { shape: sizes.map((size, axis) => (axis === 0 ? count : size)), data };
  }

  /** By how much the set is larger than the metric can take. */
  excess({ inputs }: HostWholeMetric): Excess | undefined {
    for (const { input, from } of inputs) {
      const dimension = rowsNamed(input.shape);
      const bound = boundOf(input.shape, this.#caller);
      const found = this.#rows.get(from)?.count ?? 0;
      if (found > bound) return { dimension, bound, found };
    }
    return undefined;
  }
}

/** The name of the leading dimension. */
function rowsNamed([rows]: HostResult["shape"]): string | undefined {
  return rows === undefined ? undefined : nameOf(rows);
}

/** How many rows it allows. */
function boundOf(shape: HostResult["shape"], caller: Caller): number {
  const name = rowsNamed(shape);
  return name === undefined ? 1 : caller.bound(name);
}

/** How many rows a dimension allows, and how many there are. */
interface Excess {
  readonly dimension: string | undefined;
  readonly bound: number;
  readonly found: number;
}
