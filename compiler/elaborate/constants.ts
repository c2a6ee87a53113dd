/**
 * The constants of a file, with the values that a caller gives in the place of the source's; and what of all this the host keeps, so that
 * parameters are never put into a program built with other values.
 */
import { otherConstant, unknownConstant } from "../diagnostics/codes/settings.ts";
import { diagnose, label } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type { HostOption, HostOptions } from "../program/host.ts";
import type { Definition } from "../syntax/ast.ts";
import { Entry } from "./entry.ts";
import { recover } from "./failure.ts";
import type { Frame } from "./frame.ts";
import { topFrame } from "./inputs.ts";
import { toNumber, written } from "./rational.ts";
import type { Session } from "./session.ts";
import { describeValue, type Evaluated } from "./values.ts";

/** What a constant may be given. */
type Plain = number | string | boolean;

export function constantsOf(consts: ReadonlyMap<string, Plain> = new Map()): ReadonlyMap<string, Evaluated> {
  return new Map([...consts].map(([name, value]) => [name, constantOf(value)]));
}

function constantOf(value: Plain): Evaluated {
  if (typeof value === "string") return { kind: "string", value };
  if (typeof value === "boolean") return { kind: "bool", value };
  return { kind: "number", value: written(value) ?? { numerator: 0n, denominator: 1n } };
}

export function checkConstants(session: Session): void {
  const values = session.module.scope.names.get("value") ?? new Map();
  const known = [...values].flatMap(([name, { declaration }]) => (declaration.kind === "const" ? [name] : []));
  for (const name of session.constants.keys())
    if (!known.includes(name)) session.report(diagnose(unknownConstant, { name }, [], didYouMean(name, known)));
}

/** Every `const`, used or not, so that its mistakes are found; answers with those that a caller could give. */
export function evaluateConstants(session: Session): HostOptions["consts"] {
  const scratch = new Entry(session, "constants", { training: false, averaged: false });
  const known: HostOption<Plain>[] = [];
  for (const { declaration, scope } of session.module.scope.names.get("value")?.values() ?? []) {
    if (declaration.kind !== "const") continue;
    const name = declaration.name.text;
    const frame = topFrame(scratch, scope, session.root("const"), name, "a `const`");
    checkKind(declaration, frame);
    const value = plainValue(recover(() => session.evaluator.evaluate(declaration.name, frame)));
    if (value !== undefined) known.push({ name, value, given: session.constants.has(name) });
  }
  return known;
}

/** A value that is given is of the kind that the source's has. */
function checkKind({ name: { text: name }, value }: Definition, frame: Frame): void {
  const { session } = frame;
  const given = session.constants.get(name);
  const own = given === undefined ? undefined : recover(() => session.evaluator.evaluate(value, frame));
  if (given === undefined || own === undefined || given.kind === own.kind) return;
  const [expected, found] = [describeValue(own), describeValue(given)];
  session.report(diagnose(otherConstant, { name, expected, found }, [label(value.span, "its value here")]));
}

function plainValue(value: Evaluated | undefined): Plain | undefined {
  if (value?.kind === "number") return toNumber(value.value);
  return value?.kind === "string" || value?.kind === "bool" ? value.value : undefined;
}

/** Values that the caller gave, in its order. */
export function givenOptions(values: ReadonlyMap<string, number> = new Map()): readonly HostOption<number>[] {
  return [...values].map(([name, value]) => ({ name, value, given: true }));
}
