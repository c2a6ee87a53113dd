/** The loops over a kernel's grid, tile by tile, and its stages inside. */
import { constant, constantValue, isConstant, remainder } from "../dimension/dimension.ts";
import { intervalOf } from "../dimension/interval.ts";
import type { Stage } from "../kernel/types.ts";
import { addIndex, constantIndex, quotient, scaleIndex, subtractIndex } from "../loops/index.ts";
import { load } from "../loops/scalar.ts";
import type { Index } from "../loops/types.ts";
import type { Expression } from "../program/types.ts";
import { planAlone, rowAlone, type AlonePlan } from "./alone.ts";
import { upToEnd, type Context } from "./border.ts";
import { at, boundedIndex, evaluate, origin, place, splat, type Point } from "./evaluate.ts";
import type { Emitter } from "./emitter.ts";
import { compareOf, constantOf, indexOf, neutralOf, selectOf } from "./expressions.ts";
import { collapse, loopOver, overSlice, placesOf, roleAt, wholeSpan, zero, type Place, type Slice } from "./loops.ts";
import { fill, fillKey } from "./fill.ts";
import { elementPlace, fewestRows, tilePlace, type Panel, type PanelPlan } from "./panel.ts";
import { reducePart } from "./reduce.ts";
import { overSquares } from "./square.ts";
import { stagesAt } from "./stages.ts";
import { strategyOf, tilesOfLoop, type GridLoop } from "./strategy.ts";
import { blocksOf, turnsOf, type Offset, type Tile } from "./tiles.ts";

interface Walk {
  readonly context: Context;
  readonly stages: readonly Stage[];
  readonly panels?: PanelPlan | undefined;
  /** Set where the walk is inside a block of columns whose panels are filled: its tiles are the innermost loop. */
  readonly inside?: Inside;
  /** Set where each row that is reached is gone over alone, with all of its columns. */
  readonly alone?: AlonePlan;
}

interface Inside {
  readonly columns: GridLoop;
  readonly tiles: readonly Tile[];
  readonly base: Index;
  readonly slice: Slice | undefined;
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

/** Nests are kernels of their own at each point; they copy nothing, since what they read is near already. */
function eachStage(context: Context, stages: readonly Stage[], points: readonly Point[]): void {
  if (!stages.some(({ kind }) => kind === "nest")) return stagesAt(context, stages, points);
  for (const stage of stages) {
    if (stage.kind !== "nest") stagesAt(context, [stage], points);
    else {
      const { loops } = strategyOf({ grid: stage.over, rows: [], stages: stage.stages }, context.machine);
      for (const point of points) walk({ context, stages: stage.stages }, loops, Infinity, [point]);
    }
  }
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
  const { context, stages, panels, inside, alone } = state;
  const { emitter, machine } = context;
  const [loop, ...inner] = loops;
  if (loop === undefined && alone !== undefined) return points.forEach((point) => rowAlone(context, alone, point));
  if (loop === undefined)
    return inside === undefined ? eachStage(context, stages, points) : overTiles(context, stages, inside, points);
  if (inner[0]?.role === "squares") return overSquares(context, stages, loop, inner[0], depth, points[0]);
  if (loop.role === "columns" && panels !== undefined) return overBlocks(state, panels, loops, depth, points);
  if (loop.role === "rows" && inside !== undefined) return overRows(state, inside, loops, depth, points);
  if (machine.brief && leavesRows(loop, inner)) {
    for (const part of partsOf(loops)) walk(state, part, depth, points);
    return;
  }
  const single = comeAlone(loop, inner) ? planAlone(stages, loop, machine) : undefined;
  if (single !== undefined) return walk({ context, stages, alone: single }, inner, depth, points);
  const { axis } = loop;
  for (const { span, step, offsets } of tilesOfLoop(loop)) {
    const body = (base: Index): void => walk(state, inner, depth + 1, cross(loop, points, base, offsets));
    loopOver(emitter, { hint: axis.name, ...span, step, role: roleAt(depth, machine) }, body);
  }
}

/** Columns whose rows are an open number, so that some may be left. */
function leavesRows({ role, lanes, count }: GridLoop, inner: readonly GridLoop[]): boolean {
  const rows = inner.at(-1);
  return (
    role === "columns" &&
    rows?.role === "rows" &&
    rows.part === undefined &&
    rows.count > 1 &&
    constantValue(rows.axis.extent) === undefined &&
    lanes * count > 1
  );
}

/** Columns of a single row, or of those that are left of tiles. */
function comeAlone({ role }: GridLoop, inner: readonly GridLoop[]): boolean {
  return role === "columns" && (inner.length === 0 || (inner.length === 1 && inner[0].part === "rest"));
}

/** All whole tiles of rows; then the rows that are left, each alone, in tiles of twice as many columns. */
function partsOf(loops: readonly GridLoop[]): readonly (readonly GridLoop[])[] {
  const withPart = (part: "whole" | "rest", wider: number): readonly GridLoop[] =>
    loops.map((loop) =>
      loop.role === "rows"
        ? { ...loop, part }
        : loop.role === "columns"
          ? { ...loop, count: wider * loop.count }
          : loop,
    );
  return [withPart("whole", 1), withPart("rest", 2)];
}

function panelsOf(plan: PanelPlan | undefined, side: Panel["side"]): readonly Panel[] {
  return plan?.panels.filter((panel) => panel.side === side) ?? [];
}

/** Blocks of columns, where there are rows enough; a row that comes alone takes all columns in one, where no threads share the blocks. */
function overBlocks(
  { context, stages }: Walk,
  panels: PanelPlan,
  loops: readonly GridLoop[],
  depth: number,
  points: readonly Point[],
): void {
  const { emitter, machine } = context;
  const [columns, ...inner] = loops;
  const copied = (): void => overCopies(context, panels, loops, depth, points);
  if (intervalOf(panels.rows).low >= fewestRows) return copied();
  const alone = planAlone(stages, columns, machine);
  if (alone === undefined) return overCopies(context, panels, loops, depth, points, stages);
  whereMany(emitter, panels, copied, () => walk({ context, stages, alone }, eachAlone(inner), depth, points));
}

function eachAlone(loops: readonly GridLoop[]): readonly GridLoop[] {
  return loops.map((loop) => ({ ...loop, count: 1 }));
}

/** Asks once for the rows of all that is emitted, where they are an open number. */
function whereMany(emitter: Emitter, { rows: count }: PanelPlan, many: () => void, few: () => void): void {
  const rows = emitter.define(indexOf(constantIndex(count)), "rows");
  const asked = compareOf("greaterEqual", rows, constantOf("i32", fewestRows));
  emitter.when(emitter.define(asked, "many"), many, few);
}

/** The blocks: their panels are filled, then all rows go over their tiles; few rows read everything of `inPlace` where it is, each alone. */
function overCopies(
  context: Context,
  panels: PanelPlan,
  [columns, ...inner]: readonly GridLoop[],
  depth: number,
  points: readonly Point[],
  inPlace?: readonly Stage[],
): void {
  const { emitter, machine } = context;
  const { axis, count, lanes, overlap } = columns;
  for (const { span, step, tiles, wide } of blocksOf(axis.extent, count, lanes, overlap, panels.tiles)) {
    const copied = (base: Index): void =>
      eachSlice(context, panels, points[0], (slice) => {
        const own = panelsOf(panels, "columns");
        const isFirst = points[0] === origin && slice === undefined;
        const arrays = own.map(({ array }) => array);
        emitter.fill(arrays, isFirst ? fillKey(own, axis, base, tiles) : undefined, () =>
          eachTile(context, columns, tiles, (from, offsets) => {
            fill(context, own, points[0], { axis, base, tiles: [{ from, offsets }], slice });
          }),
        );
        const inside = { columns, tiles, base, slice };
        walk({ context, stages: panels.stages, panels, inside }, inner, depth + 1, points);
      });
    const few = (base: Index, stages: readonly Stage[]): void =>
      eachTile(context, columns, wide, (from, offsets) =>
        walk({ context, stages }, eachAlone(inner), depth + 1, cross(columns, points, addIndex(base, from), offsets)),
      );
    const body = (base: Index): void => {
      if (inPlace === undefined) return copied(base);
      whereMany(
        emitter,
        panels,
        () => copied(base),
        () => few(base, inPlace),
      );
    };
    loopOver(emitter, { hint: axis.name, ...span, step, role: roleAt(depth, machine) }, body);
  }
}

/** Blocks of rows: their panels are filled, then the block of columns is gone over by each of their tiles. */
function overRows(
  state: Walk,
  { slice }: Inside,
  [rows, ...inner]: readonly GridLoop[],
  depth: number,
  points: readonly Point[],
): void {
  const { context, panels } = state;
  const { emitter, machine } = context;
  const { axis, count, lanes, overlap } = rows;
  const own = panelsOf(panels, "rows");
  for (const { span, step, tiles } of blocksOf(axis.extent, count, lanes, overlap, panels?.rowTiles ?? 1)) {
    const body = (base: Index): void => {
      const arrays = own.map(({ array }) => array);
      emitter.fill(arrays, undefined, () =>
        fill(context, own, points[0], { axis, base, tiles: tiles.flatMap(turnsOf), slice }),
      );
      eachTile(context, rows, tiles, (from, offsets) =>
        walk(state, inner, depth + 1, cross(rows, inTile(points, "rows", from), addIndex(base, from), offsets)),
      );
    };
    loopOver(emitter, { hint: axis.name, ...span, step, role: roleAt(depth, machine) }, body);
  }
}

function eachTile(
  { emitter }: Context,
  columns: GridLoop,
  tiles: readonly Tile[],
  body: (from: Index, offsets: readonly Offset[]) => void,
): void {
  for (const { span, step, offsets } of tiles)
    loopOver(emitter, { hint: columns.axis.name, ...span, step }, (from) => body(from, offsets));
}

/** The stages at each tile of the block. */
function overTiles(context: Context, stages: readonly Stage[], inside: Inside, points: readonly Point[]): void {
  const { columns, tiles, base, slice } = inside;
  eachTile(context, columns, tiles, (from, offsets) => {
    const all = cross(columns, inTile(points, "columns", from), addIndex(base, from), offsets);
    if (slice === undefined) stagesAt(context, stages, all);
    else sliceAt(context, stages, all, slice);
  });
}

function inTile(points: readonly Point[], side: Panel["side"], from: Index): readonly Point[] {
  return points.map((point) => at(point, [tilePlace(side, from)]));
}

/** Rows run slower than columns, so that neighbouring points share a row's splat. */
function cross(loop: GridLoop, points: readonly Point[], base: Index, offsets: readonly Offset[]): readonly Point[] {
  const moved = (point: Point, offset: Offset, position: number): Point => {
    const places: readonly Place[] = [
      ...placesOf(loop.axis, place(base, offset.offset, offset.vector)),
      ...(loop.role === "plain" || loop.role === "squares" ? [] : [elementPlace(loop.role, offsets, position)]),
    ];
    return at(point, places, offset.vector ? { skip: offset.skip } : undefined);
  };
  if (loop.role === "columns")
    return points.flatMap((point) => offsets.map((offset, position) => moved(point, offset, position)));
  return offsets.flatMap((offset, position) => points.map((point) => moved(point, offset, position)));
}

// ---------------------------------------------------------------------------------------------------------------------
// Slices of the reduced axis
// ---------------------------------------------------------------------------------------------------------------------

// Slices of the reduced axis: where panels of all its places would leave the cache, they are filled and added up for some at
// a time. Between slices each sum waits where it will be stored in the end; its order is the same.

/** Runs the body for each slice in ascending order; once, without one, where nothing is cut. */
function eachSlice({ emitter }: Context, { slices }: PanelPlan, point: Point, body: (slice?: Slice) => void): void {
  if (slices === undefined) return body();
  const { stage, places } = slices;
  const [axis] = upToEnd(emitter, [slices.axis], stage, point);
  const { to } = wholeSpan(axis);
  const whole = isConstant(remainder(axis.extent, constant(places)), 0) && axis.until === undefined;
  const most = constantIndex(places);
  const lengthAt = (from: Index): Index => {
    const left = emitter.define(indexOf(subtractIndex(to, from)));
    return whole ? most : boundedIndex(emitter, left, zero, most, constant(places + 1));
  };
  const count = quotient(addIndex(to, constantIndex(places - 1)), constant(places));
  const span = { from: zero, to: scaleIndex(count, places) };
  loopOver(emitter, { hint: "slice", ...span, step: places }, (from) => body({ axis, from, length: lengthAt(from) }));
}

/** The reduction and the store of its result at the points, from what the slices before have left there. */
function sliceAt(context: Context, stages: readonly Stage[], points: readonly Point[], slice: Slice): void {
  const { emitter } = context;
  const [reduce, ...rest] = stages;
  const [store] = rest;
  if (reduce.kind !== "reduce" || store.kind !== "store") return stagesAt(context, stages, points);
  const { tensor, dtype, indices } = store.store;
  const first = emitter.define(compareOf("equal", emitter.define(indexOf(slice.from)), constantOf("i32", 0)), "first");
  const initial = (point: Point): Expression => {
    const lanes = point.vector ? 4 : 1;
    const before = evaluate(emitter, load(tensor, dtype, indices), point);
    const isFirst = lanes === 4 ? splat(emitter, first) : first;
    return selectOf(isFirst, neutralOf("sum", dtype, lanes), before);
  };
  reducePart(context, reduce, points, (each) => overSlice(emitter, slice, each), initial);
  stagesAt(context, rest, points);
}
