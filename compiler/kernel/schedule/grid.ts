/** The loops over a kernel's grid, tile by tile, and its stages inside. */
import type { Index } from "../../loops/types.ts";
import type { Stage } from "../types.ts";
import { loopOver } from "./loops.ts";
import type { Place } from "./nest.ts";
import { collapse, placesOf } from "./nest.ts";
import type { PanelPlan } from "./panel.ts";
import { fillPanels, panelPlaces } from "./panel.ts";
import { at, origin, place } from "./point.ts";
import type { Point } from "./point.ts";
import type { Context } from "./terms.ts";
import { stagesAt } from "./stages.ts";
import type { GridLoop } from "./strategy.ts";
import type { Offset } from "./tiles.ts";
import { tilesOf } from "./tiles.ts";

interface Walk {
  readonly context: Context;
  readonly stages: readonly Stage[];
  readonly panels: PanelPlan;
}

/** Emits the whole kernel. */
export function overGrid(
  context: Context,
  loops: readonly GridLoop[],
  stages: readonly Stage[],
  panels: PanelPlan,
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
  const { context, stages, panels } = state;
  const { emitter, machine } = context;
  const [loop, ...inner] = loops;
  if (loop === undefined) return stagesAt(context, stages, points);
  const { axis, count, lanes, overlap } = loop;
  const role = depth < machine.parallelLoops ? "parallel" : "serial";
  for (const { span, step, offsets } of tilesOf(axis.extent, count, lanes, overlap)) {
    const body = (base: Index): void => {
      if (loop.role === "columns") fillPanels(context, panels, points[0], axis, base, offsets);
      walk(state, inner, depth + 1, cross(loop, points, base, offsets));
    };
    loopOver(emitter, axis.name, span, body, step, role);
  }
}

/** Rows run slower than columns, so that neighbouring points share a row's splat. */
function cross(loop: GridLoop, points: readonly Point[], base: Index, offsets: readonly Offset[]): readonly Point[] {
  const moved = (point: Point, offset: Offset, position: number): Point => {
    const places: readonly Place[] = [
      ...placesOf(loop.axis, place(base, offset.offset, offset.vector)),
      ...(loop.role === "columns" ? panelPlaces(position, offset) : []),
    ];
    return at(point, places, offset.vector ? { skip: offset.skip } : undefined);
  };
  if (loop.role === "columns")
    return points.flatMap((point) => offsets.map((offset, position) => moved(point, offset, position)));
  return offsets.flatMap((offset, position) => points.map((point) => moved(point, offset, position)));
}
