/** The loops over a kernel's grid, tile by tile, and its stages inside. */
import { intervalOf } from "../../dimension/interval.ts";
import { addIndex, constantIndex } from "../../loops/index.ts";
import type { Index } from "../../loops/types.ts";
import type { Machine } from "../machine.ts";
import type { Stage } from "../types.ts";
import { compareOf, constantOf, indexOf } from "./expressions.ts";
import { loopOver } from "./loops.ts";
import type { Place } from "./nest.ts";
import { collapse, placesOf } from "./nest.ts";
import { elementPlace, fill, tilePlace } from "./fill.ts";
import type { Panel, PanelPlan } from "./panel.ts";
import { fewestRows } from "./panel.ts";
import { at, origin, place } from "./point.ts";
import type { Point } from "./point.ts";
import type { Context } from "./terms.ts";
import { stagesAt } from "./stages.ts";
import type { GridLoop } from "./strategy.ts";
import type { Offset, Tile } from "./tiles.ts";
import { blocksOf, tilesOf } from "./tiles.ts";

interface Walk {
  readonly context: Context;
  readonly stages: readonly Stage[];
  readonly panels?: PanelPlan | undefined;
  /** Set where the walk is inside a block of columns whose panels are filled: its tiles are the innermost loop. */
  readonly inside?: { readonly columns: GridLoop; readonly tiles: readonly Tile[]; readonly base: Index };
}

/** Emits the whole kernel. */
export function overGrid(
  context: Context,
  loops: readonly GridLoop[],
  stages: readonly Stage[],
  panels: PanelPlan | undefined,
): void {
  walk({ context, stages, panels }, collapsed(loops, context.machine.parallelLoops), 0, [origin]);
}

/** Joins plain neighbours where a machine has fewer parallel loops than the grid has axes. */
function collapsed(loops: readonly GridLoop[], most: number): readonly GridLoop[] {
  if (loops.length <= most) return loops;
  const joined: GridLoop[] = [];
  for (const loop of loops) {
    const last = joined.at(-1);
    if (last?.role !== "plain" || loop.role !== "plain") joined.push(loop);
    else joined[joined.length - 1] = { ...last, axis: collapse([last.axis, loop.axis]) };
  }
  return joined;
}

function walk(state: Walk, loops: readonly GridLoop[], depth: number, points: readonly Point[]): void {
  const { context, stages, panels, inside } = state;
  const { emitter, machine } = context;
  const [loop, ...inner] = loops;
  if (loop === undefined) return inside === undefined ? stagesAt(context, stages, points) : overTiles(state, points);
  if (loop.role === "columns" && panels !== undefined) return overBlocks(state, panels, loops, depth, points);
  const { axis, count, lanes, overlap } = loop;
  for (const { span, step, offsets } of tilesOf(axis.extent, count, lanes, overlap)) {
    const body = (base: Index): void => {
      if (loop.role === "rows" && inside !== undefined)
        fill(context, panelsOf(panels, "rows"), points[0], axis, base, offsets);
      walk(state, inner, depth + 1, cross(loop, points, base, offsets));
    };
    loopOver(emitter, axis.name, span, body, step, roleAt(depth, machine));
  }
}

function roleAt(depth: number, machine: Machine): "parallel" | "serial" {
  return depth < machine.parallelLoops ? "parallel" : "serial";
}

function panelsOf(plan: PanelPlan | undefined, side: Panel["side"]): readonly Panel[] {
  return plan?.panels.filter((panel) => panel.side === side) ?? [];
}

/** Blocks of columns: their panels are filled, then all rows go over their tiles; few rows read everything in place. */
function overBlocks(
  { context, stages }: Walk,
  panels: PanelPlan,
  [columns, ...inner]: readonly GridLoop[],
  depth: number,
  points: readonly Point[],
): void {
  const { emitter, machine } = context;
  const { axis, count, lanes, overlap } = columns;
  for (const { span, step, tiles } of blocksOf(axis.extent, count, lanes, overlap, panels.tiles)) {
    const copied = (base: Index): void => {
      eachTile(context, { columns, tiles, base }, (from, offsets) => {
        const point = at(points[0], [tilePlace(from)]);
        fill(context, panelsOf(panels, "columns"), point, axis, addIndex(base, from), offsets);
      });
      walk({ context, stages: panels.stages, panels, inside: { columns, tiles, base } }, inner, depth + 1, points);
    };
    const inPlace = (base: Index): void =>
      eachTile(context, { columns, tiles, base }, (from, offsets) =>
        walk({ context, stages }, inner, depth + 1, cross(columns, points, addIndex(base, from), offsets)),
      );
    const body = (base: Index): void => {
      if (intervalOf(panels.rows).low >= fewestRows) return copied(base);
      const rows = emitter.define(indexOf(constantIndex(panels.rows)), "rows");
      const many = compareOf("greaterEqual", rows, constantOf("i32", fewestRows));
      emitter.when(
        emitter.define(many, "many"),
        () => copied(base),
        () => inPlace(base),
      );
    };
    loopOver(emitter, axis.name, span, body, step, roleAt(depth, machine));
  }
}

type Inside = NonNullable<Walk["inside"]>;

function eachTile(
  { emitter }: Context,
  { columns, tiles }: Inside,
  body: (from: Index, offsets: readonly Offset[]) => void,
): void {
  for (const { span, step, offsets } of tiles)
    loopOver(emitter, columns.axis.name, span, (from) => body(from, offsets), step);
}

/** The stages at each tile of the block. */
function overTiles({ context, stages, inside }: Walk, points: readonly Point[]): void {
  if (inside === undefined) return;
  eachTile(context, inside, (from, offsets) => {
    const here = points.map((point) => at(point, [tilePlace(from)]));
    stagesAt(context, stages, cross(inside.columns, here, addIndex(inside.base, from), offsets));
  });
}

/** Rows run slower than columns, so that neighbouring points share a row's splat. */
function cross(loop: GridLoop, points: readonly Point[], base: Index, offsets: readonly Offset[]): readonly Point[] {
  const moved = (point: Point, offset: Offset, position: number): Point => {
    const places: readonly Place[] = [
      ...placesOf(loop.axis, place(base, offset.offset, offset.vector)),
      ...(loop.role === "plain" ? [] : [elementPlace(loop.role, offsets, position)]),
    ];
    return at(point, places, offset.vector ? { skip: offset.skip } : undefined);
  };
  if (loop.role === "columns")
    return points.flatMap((point) => offsets.map((offset, position) => moved(point, offset, position)));
  return offsets.flatMap((offset, position) => points.map((point) => moved(point, offset, position)));
}
