/**
 * What a caller gives beside the source — sizes, bounds, settings — held against the program: a name that is not there, a bound that nothing
 * needs or that a batch does not fit, a setting without a train. Nothing that is given is without effect and a word.
 */
import {
  boundedSize,
  boundsBelowBatch,
  settingsWithoutTrain,
  unknownDimension,
} from "../diagnostics/codes/settings.ts";
import { diagnose } from "../diagnostics/diagnostic.ts";
import { listOf } from "../diagnostics/lists.ts";
import { constantValue } from "../dimension/dimension.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import { lookUp } from "../semantics/module.ts";
import type { Session } from "./session.ts";
import { rowsName, sizeNames, takesWholeSet } from "./whole-set.ts";

export interface GivenOptions {
  readonly dims?: ReadonlyMap<string, number>;
  readonly bounds?: ReadonlyMap<string, number>;
  readonly settings?: ReadonlyMap<string, number>;
}

/** The train that is built, and the names of its batch. */
export interface BuiltTrain {
  /** As it is written. */
  readonly batch: number | "all";
  readonly leading: readonly string[];
}

/** Whether nothing is wrong with it. Not looked at after another mistake, which may have kept a name from being met. */
export function checkGiven(given: GivenOptions, train: BuiltTrain | undefined, session: Session): boolean {
  if (session.failed) return true;
  const { dims = new Map<string, number>(), bounds = new Map<string, number>() } = given;
  checkNames([...dims.keys()], [], session);
  checkNames([...bounds.keys()], rowsOf(session), session);
  for (const [name, bound] of bounds) {
    const known = session.dims.get(name);
    const size = known === undefined ? undefined : constantValue(known);
    if (size !== undefined) session.report(diagnose(boundedSize, { name, size, bound }, []));
  }
  for (const [name, most] of bounds) {
    const batch = train?.leading.includes(name) === true ? train.batch : "all";
    if (batch !== "all" && most < batch) session.report(diagnose(boundsBelowBatch, { name, most, batch }, []));
  }
  const [setting] = given.settings?.keys() ?? [];
  if (train === undefined && setting !== undefined) session.report(diagnose(settingsWithoutTrain, { setting }, []));
  return !session.failed;
}

/** What counts the rows of a metric without state, where the file has one. */
function rowsOf({ module }: Session): readonly string[] {
  return module.trains.some((train) => takesWholeSet(train, module)) ? [rowsName(module)] : [];
}

/** A misspelt name would otherwise do nothing. One that only another train of the file has is that one's, as for all of them together. */
function checkNames(names: readonly string[], further: readonly string[], session: Session): void {
  const { module, openNames } = session;
  const known = [...openNames, ...further];
  const elsewhere = new Set(module.trains.flatMap((train) => train.inputs.flatMap(sizeNames)));
  for (const name of names) {
    // In a shape a constant's name is its value.
    const isConstant = lookUp(module.scope, "value", name)?.declaration.kind === "const";
    if (known.includes(name) || (elsewhere.has(name) && !isConstant)) continue;
    const expected = listOf(known.map((one) => `\`${one}\``));
    session.report(diagnose(unknownDimension, { name, expected }, [], didYouMean(name, known)));
  }
}
