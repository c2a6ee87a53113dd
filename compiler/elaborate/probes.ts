/**
 * Probes: what the outputs of layers and models and the values of parameters are like in a training step, and how the loss
 * moves with them. A path that stands for several values (a shared layer, several results) is probed over all of their elements.
 */
import { probeInScan, unknownProbe } from "../diagnostics/codes/settings.ts";
import { diagnose } from "../diagnostics/diagnostic.ts";
import { product } from "../dimension/dimension.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { GraphOutput, Value } from "../graph/types.ts";
import { broadcastTo, dimensionValue, fillLike } from "../ops/emit.ts";
import type { HostProbe } from "../program/host.ts";
import { helpWithPaths } from "./known-paths.ts";
import type { TrainPlan } from "./train-plan.ts";
import type { Entry } from "./entry.ts";
import type { Session } from "./session.ts";

/** A value that stands at a probed path while a step's loss is at hand. */
export interface Seen {
  readonly path: string;
  readonly value: Value;
}

/** A probed path as a step has it. */
interface Observation {
  readonly step: string;
  readonly values: readonly Value[];
  /** Of the step's loss at the values that it depends on; empty where it depends on none. */
  readonly gradients: readonly Value[];
}

export interface ProbeResults {
  readonly outputs: readonly GraphOutput[];
  readonly probes: readonly HostProbe[];
}

/** The largest f32. */
const largest = 3.4028234663852886e38;

export class Probes {
  readonly #entry: Entry;
  readonly #known = new Set<string>();
  /** In the order of the steps. */
  readonly #observed = new Map<string, Observation[]>();

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  /** What stands at the probed paths: what was answered since the last step, and parameters before they move. */
  look(): readonly Seen[] {
    const { session, answers, variables } = this.#entry;
    if (session.probes.size === 0) return [];
    // A path that nothing asked for is still open, and asking would count names otherwise than without probes.
    const outputs = answers.flatMap(({ instance, values }) =>
      instance.fixed ? values.map((value): Seen => ({ path: instance.path, value })) : [],
    );
    const layers = new Set(outputs.map(({ path }) => path));
    const parameters = [...session.variables.values()]
      .filter(({ name, role }) => role === "parameter" && variables.has(name) && !layers.has(name))
      .map((record): Seen => ({ path: record.name, value: this.#entry.read(record).value }));
    const all = [...outputs, ...parameters];
    for (const { path } of all) this.#known.add(path);
    return all.filter(({ path }) => session.probes.has(path));
  }

  /** Takes a step's gradients at what `look` saw. */
  judge(step: string, seen: readonly Seen[], gradients: readonly (Value | undefined)[]): void {
    const found = new Map<string, { readonly step: string; readonly values: Value[]; readonly gradients: Value[] }>();
    for (const [index, { path, value }] of seen.entries()) {
      const own = found.get(path) ?? { step, values: [], gradients: [] };
      found.set(path, own);
      own.values.push(value);
      const gradient = gradients[index];
      if (gradient !== undefined) own.gradients.push(gradient);
    }
    for (const [path, own] of found) this.#observed.set(path, [...(this.#observed.get(path) ?? []), own]);
    this.#entry.answers.length = 0;
  }

  /**
   * Emits the statistics, in the order asked for, of each step whose loss depends on the path, or of the first that has it where none does;
   * reports paths that nothing stands at.
   */
  finish({ train }: TrainPlan): ProbeResults {
    const entry = this.#entry;
    const scanned = new Set([...entry.scanned].flatMap((instance) => (instance.fixed ? [instance.path] : [])));
    const made = [...entry.session.probes].flatMap((path) => {
      if (scanned.has(path)) {
        entry.session.report(diagnose(probeInScan, { path }, []));
        return [];
      }
      const all = this.#observed.get(path);
      if (all === undefined) {
        reportUnknown(path, [...this.#known], entry.session);
        return [];
      }
      const reached = all.filter(({ gradients }) => gradients.length > 0);
      const shown = reached.length === 0 ? all.slice(0, 1) : reached;
      return shown.map((observation) =>
        entry.at(train.span, `${path}.probe`, () => resultsOf(path, shown.length > 1, observation, entry.builder)),
      );
    });
    return { outputs: made.flatMap(({ outputs }) => outputs), probes: made.map(({ probe }) => probe) };
  }
}

/** Without a `train` there is nothing to watch. */
export function reportUnwatched(session: Session): void {
  for (const path of session.probes) reportUnknown(path, [], session);
}

function reportUnknown(path: string, known: readonly string[], session: Session): void {
  const help = helpWithPaths(path, known, "probes watch the steps of a `train`");
  session.report(diagnose(unknownProbe, { path }, [], help));
}

/** Of several steps each is named. */
function resultsOf(
  path: string,
  isOneOfSeveral: boolean,
  { step, values, gradients }: Observation,
  builder: GraphBuilder,
) {
  const count = sum(
    builder,
    values.map((value) => countOf(builder, value)),
  );
  const total = sum(
    builder,
    values.map((value) => sumOf(builder, value)),
  );
  const mean = builder.one("div", [total, count]);
  const apart = values.map((value) =>
    builder.one("sub", [value, broadcastTo(builder, mean, builder.typeOf(value).shape)]),
  );
  const spread = builder.one("div", [norm(builder, apart), builder.one("sqrt", [count])]);
  const gradientNorm = gradients.length === 0 ? builder.constant(0) : norm(builder, gradients);
  const [name, place] = isOneOfSeveral ? [`${path} (${step})`, `${step}:${path}`] : [path, path];
  const buffer = (statistic: string): string => `train_step.probe.${place}.${statistic}`;
  const probe = { path: name, mean: buffer("mean"), spread: buffer("spread"), gradientNorm: buffer("gradient_norm") };
  const outputs: readonly GraphOutput[] = [
    { name: probe.mean, role: "result", value: mean },
    { name: probe.spread, role: "result", value: spread },
    { name: probe.gradientNorm, role: "result", value: gradientNorm },
  ];
  return { probe, outputs };
}

/** The root of the sum of all squares, scaled by the largest so that no square leaves the range of f32: gradients vanish and explode. */
export function norm(builder: GraphBuilder, values: readonly Value[]): Value {
  const greatest = values
    .map((value) => reduced(builder, "max", builder.one("abs", [value])))
    .reduce((left, right) => builder.one("maximum", [left, right]));
  const scales = builder.one("and", [
    builder.one("greater", [greatest, builder.constant(0)]),
    builder.one("lessEqual", [greatest, builder.constant(largest)]),
  ]);
  const scale = builder.one("select", [scales, greatest, fillLike(builder, greatest, 1)]);
  const squares = values.map((value) => {
    const share = builder.one("div", [value, broadcastTo(builder, scale, builder.typeOf(value).shape)]);
    return sumOf(builder, builder.one("mul", [share, share]));
  });
  return builder.one("mul", [scale, builder.one("sqrt", [sum(builder, squares)])]);
}

function sum(builder: GraphBuilder, values: readonly Value[]): Value {
  return values.reduce((left, right) => builder.one("add", [left, right]));
}

function sumOf(builder: GraphBuilder, value: Value): Value {
  return reduced(builder, "sum", value);
}

function reduced(builder: GraphBuilder, op: "sum" | "max", value: Value): Value {
  const axes = [...builder.typeOf(value).shape.keys()];
  return axes.length === 0 ? value : builder.one(op, [value], { axes });
}

/** The number of elements as an f32. */
function countOf(builder: GraphBuilder, value: Value): Value {
  return builder.one("cast", [dimensionValue(builder, product(builder.typeOf(value).shape))], { dtype: "f32" });
}
