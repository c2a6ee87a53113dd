/**
 * Which grid axes are tiled, and how: decided by the shape of the kernel. Contractions get a tile of rows × columns, sums
 * over leading axes and scatters a tile of columns, elementwise kernels single vectors; kernels that reduce a row in lanes,
 * or sweep it, run their vectors along the row instead.
 */
import { constant, constantValue, isConstant, remainder } from "../dimension/dimension.ts";
import { scalarsOf, sourcesOf, targetsOf } from "../kernel/stage.ts";
import type { Kernel, Stage, Store } from "../kernel/types.ts";
import { isRandom } from "../loops/functions.ts";
import { axesOf, knownNumber, subtractIndex } from "../loops/index.ts";
import { nodesOf, scalarCost } from "../loops/scalar.ts";
import type { Index } from "../loops/types.ts";
import type { Reduce } from "./border.ts";
import { coefficientOf, indicesOfStage, innermost, mergeAxes, runsAlong, strideOf, type LoopAxis } from "./loops.ts";
import type { Machine } from "./machine.ts";
import { tilesOf, type Tile } from "./tiles.ts";

/** The grid's loops, outermost first. */
export interface Strategy {
  readonly loops: readonly GridLoop[];
}

export interface GridLoop {
  readonly axis: LoopAxis;
  /** Elements, or vectors, of a tile. */
  readonly count: number;
  readonly lanes: 1 | 4;
  readonly overlap: boolean;
  readonly role: "plain" | "rows" | "columns" | "squares";
  /** Only its whole tiles, or only what they leave. */
  readonly part?: "whole" | "rest";
}

/** Columns of so many vectors would leave one beside a tile of two. */
const narrowVectors = 3;

/** Accumulators of a column sum: four vectors, a line of the cache. */
const columnVectors = 4;

/** Vectors whose polynomials are evaluated side by side: each alone is a long chain of operations that wait for each other. */
const mostFunctionVectors = 4;

/** How many are, of these stages: what several calls keep in registers, be it of one function, leaves room for two. */
export function functionVectors(stages: readonly Stage[]): number {
  const calls = stages
    .flatMap(scalarsOf)
    .flatMap(nodesOf)
    .filter(({ kind }) => kind === "call").length;
  return calls > 1 ? 2 : mostFunctionVectors;
}

/** True where a stage's values are polynomials. Random draws are none: they have work enough for one, and are long. */
export function callsFunctions(stage: Stage): boolean {
  const nodes = scalarsOf(stage).flatMap(nodesOf);
  return nodes.some(({ kind }) => kind === "call") && !nodes.some(isRandom);
}

/** A kernel, or a nest with no rows of its own. */
type Loops = Pick<Kernel, "grid" | "rows" | "stages">;

/** Elements and vectors of a line of the first cache, its lines that differ in place, and how many of one place it holds. */
const lineElements = 16;
export const lineVectors = 4;
const lineSets = 64;
const lineWays = 8;

/**
 * Vectors of a block of columns that are transposed: whole lines of each row. Lines that are loaded at distances that are multiples of
 * this many elements share few places of the cache, which then holds those of one line of a row.
 */
const blockVectors = 4 * lineVectors;
const crowding = 256;

/**
 * True where stores go to so many lines at distances that are multiples of a page that the cache cannot hold them all: a line
 * would come and go for each of its vectors.
 */
export function crowdsCache(stores: readonly Store[]): boolean {
  const places = new Map<string, number>();
  for (const { tensor, indices } of stores) {
    const distance = knownNumber(subtractIndex(indices[0], stores[0].indices[0])) ?? 0;
    const place = `${tensor} ${Math.floor(distance / lineElements) % lineSets}`;
    places.set(place, (places.get(place) ?? 0) + 1);
  }
  return Math.max(0, ...places.values()) > lineWays;
}

/** The loops of a kernel whose indices are flat addresses. */
export function strategyOf(kernel: Loops, machine: Machine): Strategy {
  const ends = kernel.stages.flatMap((stage) => (stage.kind === "reduce" ? endOf(stage) : []));
  const axes = mergeAxes(kernel.grid, [...kernel.stages.flatMap(indicesOfStage), ...ends]);
  const plain = axes.map((axis): GridLoop => ({ axis, count: 1, lanes: 1, overlap: false, role: "plain" }));
  const loops = tiled(plain, kernel, machine);
  // Where a sum ends is asked once for all points of a tile, and before anything is copied for it.
  const outermost = loops.findIndex(({ role }) => role !== "plain");
  const apart = loops.some(({ axis }, at) => at >= outermost && ends.some((index) => runs(index, axis)));
  return { loops: apart ? plain : loops };
}

function endOf({ until }: Reduce): readonly Index[] {
  return until === undefined ? [] : [until];
}

function tiled(plain: readonly GridLoop[], kernel: Loops, machine: Machine): readonly GridLoop[] {
  const { rows, stages } = kernel;
  if (plain.length === 0 || rows.length > 0 || stages.some(({ kind }) => kind === "sweep" || kind === "nest"))
    return plain;
  const reduces = kernel.stages.filter((stage) => stage.kind === "reduce");
  if (reduces.some(({ order }) => order.lanes === 4)) return rowTile(plain, kernel, machine);
  return reduces.length > 0 ? reductionTile(plain, kernel, reduces, machine) : columnTile(plain, kernel, machine);
}

/** How many results a tile's point accumulates. */
function resultsOf(stages: readonly Stage[]): number {
  return Math.max(1, ...stages.map((stage) => (stage.kind === "reduce" ? stage.results.length : 1)));
}

/** A few points of the last axis share one pass; their accumulators are independent of each other. */
function rowTile(
  plain: readonly GridLoop[],
  { stages }: Loops,
  { tile, lanes, accumulators }: Machine,
): readonly GridLoop[] {
  const perPoint = resultsOf(stages) * (lanes === 4 ? 1 : 4);
  const count = Math.max(1, Math.min(tile.rows, Math.floor(accumulators / perPoint)));
  return plain.map((loop, d) => (d === plain.length - 1 ? { ...loop, count, role: "rows" } : loop));
}

/** Operations for each access above which vectors pay although each of their elements is loaded and stored alone. */
const worthGathering = 4;

function isWorthGathering(stages: readonly Stage[]): boolean {
  if (stages.some(({ kind }) => kind === "scatter")) return false;
  const accesses = stages.flatMap((stage) => [...targetsOf(stage), ...sourcesOf(stage)]).length;
  const cost = stages.flatMap(scalarsOf).reduce((sum, scalar) => sum + scalarCost(scalar), 0);
  return cost - accesses > worthGathering * accesses;
}

/** Elementwise: single vectors. Scatter: columns at a time, never twice. */
function columnTile(plain: readonly GridLoop[], { stages }: Loops, machine: Machine): readonly GridLoop[] {
  const last = plain[plain.length - 1];
  const scatters = stages.some(({ kind }) => kind === "scatter");
  const chains = stages.filter(callsFunctions).length;
  const rows = machine.lanes === 4 && !scatters ? squareAxis(plain, stages) : undefined;
  if (rows !== undefined) return squareTile(plain, rows, stages);
  const vector = machine.lanes === 4 && (runsAlong(stages, innermost(last.axis)) || isWorthGathering(stages));
  // With more of them there is enough that does not wait for each other.
  const fewChains = chains > 0 && chains < mostFunctionVectors;
  const count = scatters ? columnVectors : vector && fewChains ? functionVectors(stages) : 1;
  return [...plain.slice(0, -1), { ...last, count, lanes: vector ? 4 : 1, overlap: !scatters, role: "columns" }];
}

/**
 * The axis along which most of what must be gathered along the last one lies side by side: where all that is stored lies so along the
 * last, and more is transposed or contiguous than is left to be gathered.
 */
function squareAxis(plain: readonly GridLoop[], stages: readonly Stage[]): GridLoop | undefined {
  const last = innermost(plain[plain.length - 1].axis);
  if (stages.flatMap(targetsOf).some((index) => strideOf(index, last) !== "unit")) return undefined;
  const gathered = gatheredAlong(stages, last);
  const beside = ({ axis }: GridLoop): number =>
    gathered.filter((index) => strideOf(index, innermost(axis)) === "unit").length;
  const long = plain.slice(0, -1).filter(({ axis }) => (constantValue(axis.extent) ?? 4) >= 4);
  const most = Math.max(0, ...long.map(beside));
  const pays = most > 0 && gathered.length - most <= most + stages.flatMap(targetsOf).length;
  return pays ? long.find((loop) => beside(loop) === most) : undefined;
}

function gatheredAlong(stages: readonly Stage[], axis: string): readonly Index[] {
  return stages.flatMap(sourcesOf).filter((index) => strideOf(index, axis) === "other");
}

/** Columns in blocks, within them rows by fours, and there squares. */
function squareTile(plain: readonly GridLoop[], rows: GridLoop, stages: readonly Stage[]): readonly GridLoop[] {
  const last = plain[plain.length - 1];
  const name = innermost(last.axis);
  const isCrowded = gatheredAlong(stages, name).some((index) =>
    isConstant(remainder(coefficientOf(index, name), constant(crowding)), 0),
  );
  return [
    ...plain.filter((loop) => loop !== rows && loop !== last),
    { ...last, count: isCrowded ? lineVectors : blockVectors, lanes: 4, overlap: true, role: "columns" },
    { ...rows, count: 4, role: "squares" },
  ];
}

function reductionTile(
  plain: readonly GridLoop[],
  { stages }: Loops,
  reduces: readonly Reduce[],
  machine: Machine,
): readonly GridLoop[] {
  const sources = reduces.flatMap(sourcesOf);
  const columns = columnAxis(plain, sources);
  const rows = rowAxis(plain, columns, reduces, machine);
  const { tile, lanes, accumulators } = machine;
  const results = resultsOf(stages);
  const extent = constantValue(columns.axis.extent);
  const width: 1 | 4 = lanes === 4 && (extent === undefined || extent >= 4) ? 4 : 1;
  // Ten classes, say, in one tile of fewer rows.
  const isNarrow = machine.brief && width === 4 && extent !== undefined && Math.ceil(extent / 4) === narrowVectors;
  const wanted = isNarrow ? Math.floor(accumulators / (narrowVectors * results)) : tile.rows;
  const rowCount = rows === undefined ? 1 : Math.max(1, Math.min(wanted, Math.floor(accumulators / results)));
  const most =
    rows === undefined ? columnVectors * (lanes === 4 ? 1 : 4) : isNarrow ? narrowVectors : tile.columns / lanes;
  // Points that share one operand only read more than others: a vector of each leaves the registers for that.
  const isBare = lanes === 4 && rows !== undefined && !isFactor(rows, columns, sources);
  const fitting = isBare ? 1 : Math.max(1, Math.min(most, Math.floor(accumulators / (rowCount * results))));
  const count = machine.brief && lanes === 1 ? evenly(extent, fitting) : fitting;
  const columnLoop: GridLoop = { ...columns, count, lanes: width, overlap: true, role: "columns" };
  const rowLoops = rows === undefined ? [] : [{ ...rows, count: rowCount, role: "rows" } as const];
  const others = plain.filter((loop) => loop !== columns && loop !== rows);
  const shared = others.filter(({ axis }) => sources.some((index) => runs(index, axis) && runs(index, columns.axis)));
  if (isBare) return [...others, ...rowLoops, columnLoop];
  return [...shared, columnLoop, ...others.filter((loop) => !shared.includes(loop)), ...rowLoops];
}

/** About as many as `most`, best so that nothing is left over. */
function evenly(extent: number | undefined, most: number): number {
  return [most, most + 1, most - 1].find((count) => count > 0 && extent !== undefined && extent % count === 0) ?? most;
}

/** True where the address depends on the loop. */
export function runs(index: Index, axis: LoopAxis): boolean {
  const names = axesOf(index);
  return axis.axes.some(({ name }) => names.has(name));
}

/** Whether an operand that stays along the columns runs along the loop. */
function isFactor(loop: GridLoop, columns: GridLoop, sources: readonly Index[]): boolean {
  return sources.some((index) => !runs(index, columns.axis) && runs(index, loop.axis));
}

/** The last axis, unless what it loads must be gathered and another's need not. */
function columnAxis(plain: readonly GridLoop[], sources: readonly Index[]): GridLoop {
  const last = plain[plain.length - 1];
  const gathers = ({ axis }: GridLoop): boolean =>
    sources.some((index) => strideOf(index, innermost(axis)) === "other");
  const contiguous = ({ axis }: GridLoop): boolean =>
    sources.some((index) => strideOf(index, innermost(axis)) === "unit");
  if (!gathers(last)) return last;
  return plain.findLast((loop) => !gathers(loop) && contiguous(loop)) ?? last;
}

/**
 * An axis along which the columns' operand stays and another operand runs: its points share the loads of both. Where no other operand
 * stays along the columns they share those of one, and of neighbouring windows.
 */
function rowAxis(
  plain: readonly GridLoop[],
  columns: GridLoop,
  reduces: readonly Reduce[],
  { tile, brief }: Machine,
): GridLoop | undefined {
  const sources = reduces.flatMap(sourcesOf);
  const sharing = plain.filter(
    (loop) =>
      loop !== columns &&
      constantValue(loop.axis.extent) !== 1 &&
      sources.some((index) => runs(index, columns.axis) && !runs(index, loop.axis)),
  );
  const factors = sharing.filter((loop) => isFactor(loop, columns, sources));
  const candidates = factors.length > 0 ? factors : sharing;
  const last = candidates.at(-1);
  const isLong = ({ axis }: GridLoop): boolean => (constantValue(axis.extent) ?? Infinity) >= tile.rows;
  const asked = reduces.flatMap(({ interior }) => interior?.conditions ?? []);
  const isAsked = ({ axis }: GridLoop): boolean => asked.some((index) => runs(index, axis));
  // What is asked of no point, but of taps, holds of no tile as a whole.
  const isBorder = asked.some((index) => !plain.some(({ axis }) => runs(index, axis)));
  if (last === undefined || (isLong(last) && !(isBorder && isAsked(last)))) return last;
  // Of a border of few places each alone.
  if (brief && asked.length > 0) return undefined;
  // Of a border of few places rather rows of another axis: best one that no guard asks about, whose points are inside together.
  const long = candidates.filter(isLong);
  return long.findLast((loop) => !isAsked(loop)) ?? long.at(-1) ?? last;
}

/** The tiles of a loop, or those of its part. */
export function tilesOfLoop({ axis, count, lanes, overlap, part }: GridLoop): readonly Tile[] {
  const tiles = tilesOf(axis.extent, count, lanes, overlap);
  if (part === undefined) return tiles;
  return part === "whole" ? tiles.slice(0, 1) : tiles.slice(1);
}
