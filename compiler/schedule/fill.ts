/**
 * Fills the panels of a tile's columns or rows, four elements at a time where they stand side by side: before the rows that read
 * them, and where a guard lets nothing in, with what stands there instead.
 */
import { addIndex, constantIndex } from "../loops/index.ts";
import { indexKey } from "../loops/keys.ts";
import { indicesWithin, scalarKey } from "../loops/scalar.ts";
import type { Index, Scalar } from "../loops/types.ts";
import { regionOf, splitLoop, upToEnd, type Context } from "./border.ts";
import type { Emitter } from "./emitter.ts";
import { at, evaluate, place, storeAt, type Point } from "./evaluate.ts";
import { laneNumbers } from "./expressions.ts";
import {
  innermost,
  loopOver,
  mergeAxes,
  nested,
  overSlice,
  placesOf,
  strideOf,
  wholeSpan,
  type LoopAxis,
  type LoopRange,
  type Place,
  type Slice,
} from "./loops.ts";
import { elementAxes, tilePlace, type Panel } from "./panel.ts";
import type { Tile, Turn } from "./tiles.ts";

/** What a fill of whole columns copies, and where to; undefined where that depends on where loops stand. */
export function fillKey(
  panels: readonly Panel[],
  axis: LoopAxis,
  base: Index,
  tiles: readonly Tile[],
): string | undefined {
  if (panels.some(({ open, stage }) => open !== undefined || stage.until !== undefined)) return undefined;
  const copied = panels.map(({ array, value, address, stage: { over } }) => {
    const axes = over.map(({ name, extent }) => `${name} < ${extent.key}`);
    return [array, indexKey(address), scalarKey(value), ...axes];
  });
  const turns = tiles.map(({ span: { from, to }, step, offsets }) => [indexKey(from), indexKey(to), step, offsets]);
  return JSON.stringify([copied, axis.name, axis.axes.map(({ name }) => name), indexKey(base), turns]);
}

/** The tiles in the block at `base` along an axis; with a slice only its places of the reduced axis. */
interface Filled {
  readonly axis: LoopAxis;
  readonly base: Index;
  readonly tiles: readonly Turn[];
  readonly slice: Slice | undefined;
}

/** Copies what the elements of the tiles read. */
export function fill(
  { emitter }: Context,
  panels: readonly Panel[],
  point: Point,
  { axis, base, tiles, slice }: Filled,
): void {
  for (const panel of panels) {
    const places = tiles
      .flatMap((tile) => groupsOf(panel, axis, tile))
      .map(({ from, offset, element, vector }): { readonly own: readonly Place[]; readonly vector: boolean } => ({
        own: [
          ...placesOf(axis, place(addIndex(base, from), offset, vector)),
          tilePlace(panel.side, from),
          [elementAxes[panel.side], place(constantIndex(element), 0, vector)],
        ],
        vector,
      }));
    const groups = places.map(({ own, vector }) => at(point, own, vector ? { skip: 0 } : undefined));
    const copyAt = (value: Scalar, here: readonly Place[]): void => {
      for (const group of groups) copy(emitter, panel, value, at(group, here));
    };
    if (slice === undefined) overPlaces(emitter, panel, point, groups, copyAt);
    else overSlice(emitter, slice, (here) => copyAt(panel.value, here));
  }
}

/** All places of the reduced axes, the innermost loop cut where a guard lets it in and out. */
function overPlaces(
  emitter: Emitter,
  { stage, value, open }: Panel,
  point: Point,
  groups: readonly Point[],
  copyAt: (value: Scalar, places: readonly Place[]) => void,
): void {
  const axes = upToEnd(emitter, mergeAxes(stage.over, indicesWithin(value)), stage, point);
  const last = axes.at(-1);
  if (last === undefined || open === undefined) return nested(emitter, axes, (places) => copyAt(value, places));
  const whole = wholeSpan(last);
  nested(emitter, axes.slice(0, -1), (places) => {
    const loop = (copied: Scalar, part: LoopRange): void => {
      const body = (index: Index): void => copyAt(copied, [...places, ...placesOf(last, index)]);
      loopOver(emitter, { hint: last.name, ...part, guarded: part !== whole }, body);
    };
    const region = regionOf(emitter, open.interior, groups, last, whole, places);
    if (region === undefined) return loop(value, whole);
    const beside = (region.together ? open.interior.outside?.results[0].value : undefined) ?? value;
    splitLoop(emitter, beside, open.inside, whole, region, loop);
  });
}

function copy(emitter: Emitter, { array, address }: Panel, value: Scalar, point: Point): void {
  storeAt(emitter, array, address, evaluate(emitter, value, point), point);
}

interface Group {
  /** Of its tile in the block. */
  readonly from: Index;
  readonly offset: number;
  readonly element: number;
  readonly vector: boolean;
}

/** The elements of a tile one by one, or in fours where the machine's loads and the tensor allow it. */
function groupsOf({ load }: Panel, axis: LoopAxis, { from, offsets }: Turn): readonly Group[] {
  const unit = strideOf(load.indices[0], innermost(axis)) === "unit";
  const elements = offsets.flatMap(({ offset, vector }, position) =>
    (vector ? laneNumbers : [0]).map((lane) => ({
      from,
      offset: offset + lane,
      element: position * (vector ? 4 : 1) + lane,
      vector: false,
    })),
  );
  if (!unit || elements.length % 4 !== 0) return elements;
  return elements.filter((_, n) => n % 4 === 0).map((one) => ({ ...one, vector: true }));
}
