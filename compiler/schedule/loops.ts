/** Emitting loops over a known or open range; one iteration needs no loop, none no code. */
import { constant } from "../dimension/dimension.ts";
import { addIndex, constantIndex, quotient, remainder, scaleIndex, subtractIndex } from "../loops/index.ts";
import { constantValue } from "../dimension/dimension.ts";
import type { Index } from "../loops/types.ts";
import type { Emitter } from "./emitter.ts";
import type { LoopAxis, Place } from "./nest.ts";
import { placesOf } from "./nest.ts";

export interface Span {
  readonly from: Index;
  readonly to: Index;
}

export const zero: Index = constantIndex(0);

/** The index's number, where it is one. */
export function knownNumber(index: Index): number | undefined {
  return index.terms.length === 0 ? constantValue(index.constant) : undefined;
}

/** Runs `body` at from, from + step, … below `to`, which the steps meet exactly. */
export function loopOver(
  emitter: Emitter,
  hint: string,
  { from, to }: Span,
  body: (at: Index) => void,
  step = 1,
  role: "serial" | "parallel" = "serial",
  guarded = false,
): void {
  const count = knownNumber(subtractIndex(to, from));
  if (count !== undefined && count <= 0) return;
  if (count !== undefined && count <= step) return body(from);
  emitter.loop({ hint, from, to, step, role, guarded }, body);
}

/** The whole range of a loop axis. */
export function wholeSpan({ extent }: LoopAxis): Span {
  return { from: zero, to: constantIndex(extent) };
}

/** Nested serial loops over all of the axes, the last innermost. */
export function nested(
  emitter: Emitter,
  axes: readonly LoopAxis[],
  body: (places: readonly Place[]) => void,
  places: readonly Place[] = [],
): void {
  const [first, ...rest] = axes;
  if (first === undefined) return body(places);
  loopOver(emitter, first.name, wholeSpan(first), (index) =>
    nested(emitter, rest, body, [...places, ...placesOf(first, index)]),
  );
}

/** A span cut at the last multiple of `step` after its start; `rest` has what is left, a number where known. */
export function cut(
  { from, to }: Span,
  step: number,
): { readonly main: Span; readonly rest: Span; readonly left: number | undefined } {
  const length = subtractIndex(to, from);
  const middle = addIndex(from, scaleIndex(quotient(length, constant(step)), step));
  return {
    main: { from, to: middle },
    rest: { from: middle, to },
    left: knownNumber(remainder(length, constant(step))),
  };
}
