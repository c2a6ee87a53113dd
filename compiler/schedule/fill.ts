/** Fills the panels of a tile's columns or rows, four elements at a time where they stand side by side. */
import { addIndex, constantIndex } from "../loops/index.ts";
import type { Index } from "../loops/types.ts";
import { evaluate, storeAt } from "./evaluate.ts";
import { laneNumbers } from "./expressions.ts";
import { nested } from "./loops.ts";
import { overSlice } from "./places.ts";
import type { Slice } from "./places.ts";
import type { LoopAxis, Place } from "./nest.ts";
import { innermost, mergeAxes, placesOf } from "./nest.ts";
import type { Panel } from "./panel.ts";
import { elementAxes, tileAxes } from "./panel.ts";
import { at, place } from "./point.ts";
import type { Point } from "./point.ts";
import { strideOf } from "./strides.ts";
import type { Context } from "./terms.ts";
import type { Offset, Turn } from "./tiles.ts";

/** Where a point of a tile reads the panels of a side: its element, the first of four for a vector. */
export function elementPlace(side: Panel["side"], offsets: readonly Offset[], position: number): Place {
  const { vector } = offsets[position];
  return [elementAxes[side], place(constantIndex(0), position * (vector ? 4 : 1), vector)];
}

/** Where a tile's panels begin in their block. */
export function tilePlace(side: Panel["side"], base: Index): Place {
  return [tileAxes[side], base];
}

/** Copies what the elements of the tiles in the block at `base` along the axis read. */
export function fill(
  context: Context,
  panels: readonly Panel[],
  point: Point,
  axis: LoopAxis,
  base: Index,
  tiles: readonly Turn[],
  slice?: Slice,
): void {
  for (const panel of panels) {
    const groups = tiles.flatMap((tile) => groupsOf(panel, axis, tile));
    overPlaces(context, panel, slice, (places) => {
      for (const { from, offset, element, vector } of groups) {
        const here: readonly Place[] = [
          ...placesOf(axis, place(addIndex(base, from), offset, vector)),
          ...places,
          tilePlace(panel.side, from),
          [elementAxes[panel.side], place(constantIndex(element), 0, vector)],
        ];
        copy(context, panel, at(point, here, vector ? { skip: 0 } : undefined));
      }
    });
  }
}

/** The places of the reduced axes, all or those of a slice. */
function overPlaces(
  { emitter }: Context,
  { stage, load }: Panel,
  slice: Slice | undefined,
  body: (places: readonly Place[]) => void,
): void {
  if (slice === undefined) return nested(emitter, mergeAxes(stage.over, load.indices), body);
  overSlice(emitter, slice, body);
}

function copy({ emitter }: Context, { array, load, address }: Panel, point: Point): void {
  storeAt(emitter, array, address, evaluate(emitter, load, point), point);
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
