/**
 * Unrolling: a reduction over a few places known at compile time, as taps, pools and channels of a picture are, written out
 * term by term. What depends on where a term is, a tap beyond the border or a clamp, is known for each.
 */
import { constantValue } from "../dimension/dimension.ts";
import {
  addIndex,
  axesOf,
  constantIndex,
  indexKey,
  knownNumber,
  substituteAxes,
  substituteAxesInScalar,
  subtractIndex,
} from "../loops/index.ts";
import { loadsOf } from "../loops/scalar.ts";
import { simplifyScalar } from "../loops/simplify.ts";
import type { Axis, Index, Scalar } from "../loops/types.ts";
import type { Reduce } from "./border.ts";
import type { Point } from "./evaluate.ts";
import type { Inner } from "./lanes.ts";
import { indicesOfStage, mergeAxes, placesOf, type Place } from "./loops.ts";

/** Longer reductions are loops, and so are those of one loop with more terms than `mostOfOneLoop`: what it costs is little. */
const mostTerms = 32;
const mostOfOneLoop = 8;
/** Terms of all accumulators together: what is longer costs more bytes than it saves time. */
const mostTermsOfTile = 288;

/** Every place of the axes, row-major; undefined where they are open or there are too many. */
export function shortPlaces(axes: readonly Axis[]): readonly ReadonlyMap<string, Index>[] | undefined {
  let places: readonly ReadonlyMap<string, Index>[] = [new Map()];
  for (const { name, extent } of axes) {
    const size = constantValue(extent);
    if (size === undefined || size * places.length > mostTerms) return undefined;
    places = places.flatMap((before) =>
      Array.from({ length: size }, (_, at) => new Map([...before, [name, constantIndex(at)]])),
    );
  }
  return places;
}

/**
 * The reduction's terms in their order, each a reduction over one place. Undefined where a loop is better: there are many, or
 * what they are is still a question of where the grid's point is.
 */
export function termsOf(stage: Reduce, points: readonly Point[], registers: number): readonly Reduce[] | undefined {
  const { order, interior, until, results, over } = stage;
  if (order.lanes === 4 || order.chunk !== undefined || until !== undefined) return undefined;
  const places = shortPlaces(over);
  if (places === undefined || places.length * points.length * results.length > mostTermsOfTile) return undefined;
  if (places.length > mostOfOneLoop && mergeAxes(over, indicesOfStage(stage)).length === 1) return undefined;
  const own = new Set(over.map(({ name }) => name));
  const asks = interior?.conditions.some((index) => [...axesOf(index)].some((name) => !own.has(name)));
  const terms = places.map((place) => [...place]);
  return asks === true || !fitsIn(registers, stage, points, terms)
    ? undefined
    : places.map((place) => termAt(stage, place));
}

function termAt({ kind, order, lets, results }: Reduce, place: ReadonlyMap<string, Index>): Reduce {
  const scalar = (value: Scalar): Scalar => simplifyScalar(substituteAxesInScalar(value, place), new Map());
  const named = <Named extends { readonly value: Scalar }>(list: readonly Named[]): readonly Named[] =>
    list.map((one) => ({ ...one, value: scalar(one.value) }));
  return { kind, order, over: [], lets: named(lets), results: named(results) };
}

/**
 * The turns of a reduction's innermost loop, where they are few, ask for nothing and stay in the registers, so that they share what
 * they load; undefined on a machine that has no such limit, which gets whole reductions or loops.
 */
export function turnsOf(
  stage: Reduce,
  { axis, span, places }: Inner,
  points: readonly Point[],
  registers: number,
): readonly Index[] | undefined {
  const [from, length] = [span.from, knownNumber(subtractIndex(span.to, span.from))];
  if (
    registers === Infinity ||
    length === undefined ||
    length < 2 ||
    length > mostOfOneLoop ||
    stage.interior !== undefined
  )
    return undefined;
  const turns = Array.from({ length }, (_, at) => addIndex(from, constantIndex(at)));
  const terms = turns.map((turn) => [...places, ...placesOf(axis, turn)]);
  return fitsIn(registers, stage, points, terms) ? turns : undefined;
}

/** Whether what the terms at these places load at all points, and the sums, stay in so many registers. */
function fitsIn(
  registers: number,
  { lets, results }: Reduce,
  points: readonly Point[],
  terms: readonly (readonly Place[])[],
): boolean {
  const most = registers - points.length * results.length;
  const loads = [...lets, ...results].flatMap(({ value }) => loadsOf(value));
  const distinct = new Set<string>();
  for (const { axes } of points) {
    for (const places of terms) {
      const here = new Map([...axes, ...places]);
      for (const { tensor, indices } of loads) distinct.add(`${tensor} ${indexKey(substituteAxes(indices[0], here))}`);
      if (distinct.size > most) return false;
    }
  }
  return true;
}
