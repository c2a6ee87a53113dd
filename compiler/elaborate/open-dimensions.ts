/**
 * Open dimensions: the values that data give them, those that must have one, and the largest value of each that stays open.
 */
import { label, diagnose, type Span } from "../diagnostics/diagnostic.ts";
import { openDimension } from "../diagnostics/codes/sizes.ts";
import { boundMissing } from "../diagnostics/codes/train.ts";
import { constantValue, product, symbolsOf, type Dimension } from "../dimension/dimension.ts";
import { linearIn } from "../dimension/linear.ts";
import { nodesWithin } from "../graph/bodies.ts";
import type { HostModel } from "../program/host.ts";
import type { Entry } from "./entry.ts";
import { leadingNames, type DataFacts, type Parts, type Trained } from "./parts.ts";
import type { ClosedDimension, Session } from "./session.ts";
import type { EntryGraph } from "./types.ts";
import { maximalRows, rowsName } from "./whole-set.ts";
import { windowOf } from "./window.ts";

/** The largest batch of a file that has no train and gets no bounds. */
const defaultBatch = 128;

/** The sizes that the data show for names of the train's inputs. */
export function sizesFromData(trained: Trained | undefined, facts: DataFacts | undefined): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { name, tensor } of trained?.step.objective.inputs ?? []) {
    const read = facts?.shapes?.get(name);
    if (read === undefined || read.length !== tensor.type.shape.length) continue;
    for (const [axis, size] of tensor.type.shape.entries()) {
      const value = read[axis];
      if (value !== undefined && symbolsOf(size).has(size.key) && !sizes.has(size.key)) sizes.set(size.key, value);
    }
    for (const [axis, size] of tensor.type.shape.entries()) tell(size, read[axis], sizes);
  }
  return sizes;
}

/** What a size such as 2*K tells, where it has one name. */
function tell(size: Dimension, value: number | undefined, sizes: Map<string, number>): void {
  const [name, ...more] = symbolsOf(size);
  const form = name === undefined || more.length > 0 || sizes.has(name) ? undefined : linearIn(size, name);
  if (name === undefined || form === undefined || value === undefined) return;
  const [factor, rest] = [constantValue(form.factor), constantValue(form.rest)];
  const found = factor === undefined || rest === undefined ? undefined : (value - rest) / factor;
  if (found !== undefined && Number.isInteger(found) && found >= 1) sizes.set(name, found);
}

/** Dimensions that parameters and settings of these entries depend on and that have no value, each once. */
export function closedOf(entries: readonly Entry[], session: Session): readonly ClosedDimension[] {
  const found = new Map<string, ClosedDimension>();
  for (const { closed } of entries) {
    for (const dimension of closed)
      if (!session.dims.has(dimension.name) && !found.has(dimension.name)) found.set(dimension.name, dimension);
  }
  return [...found.values()];
}

export function reportClosed({ missing, session, options, trained }: Parts): void {
  if (options.allowOpen === true) return;
  // Data that are not read, since something else is wrong, would have told sizes.
  const isRead = trained === undefined ? session.module.trains.length === 0 : !isUnread(trained, options);
  if (session.failed && !isRead) return;
  for (const { name, span, reason } of missing) {
    const help = `give it with \`dims: { ${name}: … }\`, or \`--dim ${name}=…\` on the command line`;
    session.report(diagnose(openDimension, { name, what: reason }, [label(span, "depends on it")], help));
  }
}

function isUnread({ plan }: Trained, { dataFacts }: Parts["options"]): boolean {
  return plan.data.reader !== "given" && dataFacts === undefined;
}

/** Every open dimension of the graphs with its largest value. */
export function boundsOf(
  entries: readonly EntryGraph[],
  { session, trained, known, options, kept, missing }: Parts,
): ReadonlyMap<string, number> {
  const bounds = new Map<string, number>();
  const leading = new Set([
    ...leadingNames(trained),
    ...(trained === undefined ? kept.flatMap(({ host }) => firstNames(host)) : []),
  ]);
  const closed = new Set(missing.map(({ name }) => name));
  const rows = rowsName(session.module);
  for (const name of openNames(entries)) {
    const bound =
      options.bounds?.get(name) ??
      (name === rows ? maximalRows : undefined) ??
      boundFrom(name, leading, trained, known);
    if (bound !== undefined) bounds.set(name, bound);
    else if (options.allowOpen !== true && !closed.has(name)) {
      session.report(
        diagnose(
          boundMissing,
          { name },
          placeOf(trained, session),
          `give it with \`bounds: { ${name}: 64 }\`, or \`--bounds ${name}=64\``,
        ),
      );
    }
  }
  return bounds;
}

export function spanOf(trained: Trained | undefined, session: Session): Span | undefined {
  return trained?.plan.train.name.span ?? session.module.models.at(0)?.declaration.name.span;
}

function placeOf(trained: Trained | undefined, session: Session) {
  const span = spanOf(trained, session);
  return span === undefined ? [] : [label(span, "built from here")];
}

function openNames(entries: readonly EntryGraph[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { graph } of entries) {
    for (const { outputs } of nodesWithin(graph)) {
      for (const { shape } of outputs)
        for (const size of shape)
          if (constantValue(size) === undefined) for (const name of symbolsOf(size)) names.add(name);
    }
  }
  return names;
}

function firstNames({ inputs }: HostModel): readonly string[] {
  return inputs.flatMap(({ shape }) => [...symbolsOf(shape.at(0) ?? product([]))]);
}

function boundFrom(
  name: string,
  leading: ReadonlySet<string>,
  trained: Trained | undefined,
  known: ReadonlyMap<string, number>,
): number | undefined {
  if (leading.has(name)) {
    if (trained === undefined) return defaultBatch;
    return trained.plan.batch === "all" ? known.get(name) : trained.plan.batch;
  }
  // Another model's length of a text may have another name.
  return known.get(name) ?? (trained === undefined ? undefined : windowOf(trained.plan));
}
