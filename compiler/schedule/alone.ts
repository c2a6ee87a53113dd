/**
 * A row alone: where no other row shares what a tile of columns loads, the sums of all columns are carried on side by side, some places of
 * the reduced axis at a time, and wait in a private array. So a matrix is read along its rows, line after line and page after page,
 * as memory is fastest. Each sum is formed in the order in which a tile forms it.
 */
import { constantValue } from "../dimension/dimension.ts";
import type { Stage } from "../kernel/types.ts";
import { sourcesOf } from "../kernel/stage.ts";
import { addIndex, axisIndex, constantIndex } from "../loops/index.ts";
import { constantScalar, load, local } from "../loops/scalar.ts";
import type { Index, Scalar } from "../loops/types.ts";
import type { Expression } from "../program/types.ts";
import type { Context, Reduce } from "./border.ts";
import { at, evaluate, place, storeAt, type Point } from "./evaluate.ts";
import {
  indicesOfStage,
  innermost,
  loopOver,
  mergeAxes,
  placesOf,
  strideOf,
  wholeSpan,
  type LoopAxis,
  type LoopRange,
  type Place,
} from "./loops.ts";
import type { Machine } from "./machine.ts";
import { nearElements } from "./panel.ts";
import { reducePart } from "./reduce.ts";
import { stagesAt } from "./stages.ts";
import type { GridLoop } from "./strategy.ts";

/** Places that are added before a sum waits in memory: their factors and the sum stay in registers. */
const together = 8;

/** Where a column's sum waits, by its axis in the private array. */
const sumAxis = "$sum";

export interface AlonePlan {
  readonly reduce: Reduce;
  /** What is made of a column's sum. */
  readonly rest: readonly Stage[];
  readonly columns: LoopAxis;
  /** How many columns, and the places that each adds up. */
  readonly width: number;
  readonly axis: LoopAxis;
  readonly length: number;
}

/** Of the product of a row and a matrix that no first cache holds, whose rows lie along the columns and are whole vectors. */
export function planAlone(
  [reduce, ...rest]: readonly Stage[],
  { axis: columns, lanes }: GridLoop,
  { rowsAlone }: Machine,
): AlonePlan | undefined {
  if (!rowsAlone || lanes !== 4 || reduce?.kind !== "reduce" || !isPlainProduct(reduce) || !rest.every(isOfPoint))
    return undefined;
  // A sum of a single term has no axis.
  const [axis, ...further]: readonly (LoopAxis | undefined)[] = mergeAxes(reduce.over, indicesOfStage(reduce));
  if (axis === undefined || further.length > 0) return undefined;
  const [length, width] = [constantValue(axis.extent), constantValue(columns.extent)];
  if (length === undefined || width === undefined || width % 4 !== 0) return undefined;
  if (length <= together || length * width <= nearElements) return undefined;
  const strides = sourcesOf(reduce).map((index) => strideOf(index, innermost(columns)));
  const isAlong = strides.includes("unit") && !strides.includes("other");
  return isAlong ? { reduce, rest, columns, width, axis, length } : undefined;
}

function isOfPoint({ kind }: Stage): boolean {
  return kind === "let" || kind === "store";
}

/** One sum of products in ascending order, without borders. */
function isPlainProduct({ results, order, lets, interior, until }: Reduce): boolean {
  const [{ combine, dtype, value }] = results;
  const isProduct = combine === "sum" && dtype === "f32" && value.kind === "binary" && value.operator === "mul";
  const isPlain = interior === undefined && until === undefined && order.lanes === 1 && order.chunk === undefined;
  return results.length === 1 && lets.length === 0 && isProduct && isPlain;
}

/** The stages at all columns of the row. */
export function rowAlone(context: Context, plan: AlonePlan, row: Point): void {
  const { emitter } = context;
  const { reduce, rest, width, axis, length } = plan;
  const sums = emitter.array("sums", "f32", width);
  const waiting = load(sums, "f32", [axisIndex(sumAxis)]);
  const keep = (value: Scalar, point: Point): void =>
    storeAt(emitter, sums, axisIndex(sumAxis), evaluate(emitter, value, point), point);
  const add = (point: Point, first: Index, count: number): void => {
    const places = Array.from({ length: count }, (_, n) => placesOf(axis, addIndex(first, constantIndex(n))));
    const before = (): Expression => evaluate(emitter, waiting, point);
    reducePart(context, reduce, [point], (each) => places.forEach(each), before);
  };
  // The last places, at least one, are added where the row's results are made of its sums.
  const last = Math.floor((length - 1) / together) * together;
  const before: LoopRange = { from: constantIndex(0), to: constantIndex(last) };
  overColumns(context, plan, row, (point) => keep(constantScalar("f32", 0), point));
  loopOver(emitter, { hint: axis.name, ...before, step: together }, (first) =>
    overColumns(context, plan, row, (point) => {
      add(point, first, together);
      keep(local(reduce.results[0].name, "f32"), point);
    }),
  );
  overColumns(context, plan, row, (point) => {
    add(point, constantIndex(last), length - last);
    stagesAt(context, rest, [point]);
  });
}

/** Vector by vector. */
function overColumns({ emitter }: Context, { columns }: AlonePlan, row: Point, body: (point: Point) => void): void {
  const vectorAt = (index: Index): Point => {
    const lanes = place(index, 0, true);
    const places: readonly Place[] = [...placesOf(columns, lanes), [sumAxis, lanes]];
    return at(row, places, { skip: 0 });
  };
  loopOver(emitter, { hint: columns.name, ...wholeSpan(columns), step: 4 }, (index) => body(vectorAt(index)));
}
