/** What a reduction adds up: its results' terms at a place of the reduced axes. */
import { constantIndex, flatten } from "../loops/index.ts";
import type { Index } from "../loops/types.ts";
import type { Expression } from "../program/types.ts";
import type { Machine } from "./machine.ts";
import type { Stage } from "../kernel/types.ts";
import type { Interior } from "./border.ts";
import type { Emitter } from "./emitter.ts";
import { evaluate } from "./evaluate.ts";
import type { Place } from "./nest.ts";
import type { Point } from "./point.ts";
import { at } from "./point.ts";

export interface Context {
  readonly emitter: Emitter;
  readonly machine: Machine;
}

/** A reduction, and where it has borders, what it is inside of them. */
export type Reduce = Extract<Stage, { readonly kind: "reduce" }> & { readonly interior?: Interior };

/** The results' terms at a point moved to `places`. */
export function termsAt(
  emitter: Emitter,
  stage: Reduce,
  point: Point,
  places: readonly Place[],
  vector = false,
): readonly Expression[] {
  const here = at(point, places, vector ? { skip: 0 } : undefined);
  for (const { name, value } of stage.lets) here.locals.set(name, evaluate(emitter, value, here, name));
  return stage.results.map(({ value }) => evaluate(emitter, value, here));
}

/** The flattened index over the reduced axes, as a scalar of them. */
export function flatIndex(stage: Reduce, places: readonly Place[]): Index {
  const placed = new Map(places);
  const indices = stage.over.map(({ name }) => placed.get(name) ?? constantIndex(0));
  return flatten(
    indices,
    stage.over.map(({ extent }) => extent),
  );
}
