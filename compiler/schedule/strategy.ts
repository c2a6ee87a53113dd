/**
 * Which grid axes are tiled, and how: decided by the shape of the kernel. Contractions get a tile of rows × columns, sums
 * over leading axes and scatters a tile of columns, elementwise kernels single vectors; kernels that reduce a row in lanes,
 * or sweep it, run their vectors along the row instead.
 */
import { constantValue } from "../dimension/dimension.ts";
import type { Machine } from "./machine.ts";
import type { Kernel, Stage } from "../kernel/types.ts";
import { isRandom } from "../loops/functions.ts";
import { axesOf } from "../loops/index.ts";
import { nodesOf } from "../loops/scalar.ts";
import type { Index } from "../loops/types.ts";
import type { LoopAxis } from "./nest.ts";
import { indicesOfStage, innermost, mergeAxes } from "./nest.ts";
import { scalarsOf } from "../kernel/stage.ts";
import { runsAlong, sourcesOf, strideOf } from "./strides.ts";

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
  readonly role: "plain" | "rows" | "columns";
}

/** Accumulators of a column sum: four vectors, a line of the cache. */
const columnVectors = 4;

/** Vectors whose polynomials are evaluated side by side: each alone is a long chain of operations that wait for each other. */
export const functionVectors = 4;

/** True where a stage's values are polynomials. Random draws are none: they have work enough for one, and are long. */
export function callsFunctions(stage: Stage): boolean {
  const nodes = scalarsOf(stage).flatMap(nodesOf);
  return nodes.some(({ kind }) => kind === "call") && !nodes.some(isRandom);
}

/** The loops of a kernel whose indices are flat addresses. */
export function strategyOf(kernel: Kernel, machine: Machine): Strategy {
  const axes = mergeAxes(kernel.grid, kernel.stages.flatMap(indicesOfStage));
  const plain = axes.map((axis): GridLoop => ({ axis, count: 1, lanes: 1, overlap: false, role: "plain" }));
  if (axes.length === 0 || kernel.rows.length > 0 || kernel.stages.some(({ kind }) => kind === "sweep"))
    return { loops: plain };
  const reduces = kernel.stages.filter((stage) => stage.kind === "reduce");
  if (reduces.some(({ order }) => order.lanes === 4)) return { loops: rowTile(plain, kernel, machine) };
  if (reduces.length > 0) return { loops: reductionTile(plain, kernel, reduces, machine) };
  return { loops: columnTile(plain, kernel, machine) };
}

/** How many results a tile's point accumulates. */
function resultsOf(stages: readonly Stage[]): number {
  return Math.max(1, ...stages.map((stage) => (stage.kind === "reduce" ? stage.results.length : 1)));
}

/** A few points of the last axis share one pass; their accumulators are independent of each other. */
function rowTile(
  plain: readonly GridLoop[],
  { stages }: Kernel,
  { tile, lanes, registers }: Machine,
): readonly GridLoop[] {
  const accumulators = resultsOf(stages) * (lanes === 4 ? 1 : 4);
  const count = Math.max(1, Math.min(tile.rows, Math.floor(registers / accumulators)));
  return plain.map((loop, d) => (d === plain.length - 1 ? { ...loop, count, role: "rows" } : loop));
}

/** Elementwise: single vectors. Scatter: columns at a time, never twice. */
function columnTile(plain: readonly GridLoop[], { stages }: Kernel, machine: Machine): readonly GridLoop[] {
  const last = plain[plain.length - 1];
  const scatters = stages.some(({ kind }) => kind === "scatter");
  const vector = machine.lanes === 4 && runsAlong(stages, innermost(last.axis));
  const count = scatters ? columnVectors : vector && stages.some(callsFunctions) ? functionVectors : 1;
  return [...plain.slice(0, -1), { ...last, count, lanes: vector ? 4 : 1, overlap: !scatters, role: "columns" }];
}

function reductionTile(
  plain: readonly GridLoop[],
  { stages }: Kernel,
  reduces: readonly Stage[],
  machine: Machine,
): readonly GridLoop[] {
  const sources = reduces.flatMap(sourcesOf);
  const columns = columnAxis(plain, sources);
  const rows = rowAxis(plain, columns, sources);
  const { tile, lanes, registers } = machine;
  const results = resultsOf(stages);
  const extent = constantValue(columns.axis.extent);
  const width: 1 | 4 = lanes === 4 && (extent === undefined || extent >= 4) ? 4 : 1;
  const rowCount = rows === undefined ? 1 : Math.max(1, Math.min(tile.rows, Math.floor(registers / results)));
  const most = rows === undefined ? columnVectors * (lanes === 4 ? 1 : 4) : tile.columns / lanes;
  const count = Math.max(1, Math.min(most, Math.floor(registers / (rowCount * results))));
  const columnLoop: GridLoop = { ...columns, count, lanes: width, overlap: true, role: "columns" };
  const rowLoops = rows === undefined ? [] : [{ ...rows, count: rowCount, role: "rows" } as const];
  const others = plain.filter((loop) => loop !== columns && loop !== rows);
  const shared = others.filter(({ axis }) => sources.some((index) => runs(index, axis) && runs(index, columns.axis)));
  return [...shared, columnLoop, ...others.filter((loop) => !shared.includes(loop)), ...rowLoops];
}

/** True where the address depends on the loop. */
export function runs(index: Index, axis: LoopAxis): boolean {
  const names = axesOf(index);
  return axis.axes.some(({ name }) => names.has(name));
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

/** An axis along which the columns' operand stays and another operand runs: its points share the loads of both. */
function rowAxis(plain: readonly GridLoop[], columns: GridLoop, sources: readonly Index[]): GridLoop | undefined {
  return plain.findLast((loop) => {
    if (loop === columns || constantValue(loop.axis.extent) === 1) return false;
    const stays = sources.some((index) => runs(index, columns.axis) && !runs(index, loop.axis));
    return stays && sources.some((index) => !runs(index, columns.axis) && runs(index, loop.axis));
  });
}
