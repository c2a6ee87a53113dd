/**
 * Squares: where what is stored along the last axis is loaded from memory that lies along another, vectors along that one are
 * loaded and four of them transposed in registers. Columns come in blocks, so that each line of the cache that a row of squares
 * loads or stores is still there for the next row.
 */
import { constantValue } from "../dimension/dimension.ts";
import type { Stage } from "../kernel/types.ts";
import { addIndex, constantIndex } from "../loops/index.ts";
import type { Index } from "../loops/types.ts";
import type { Context } from "./border.ts";
import { at, place, type Point } from "./evaluate.ts";
import { loopOver, placesOf, roleAt } from "./loops.ts";
import { stagesAt } from "./stages.ts";
import type { GridLoop } from "./strategy.ts";
import { tilesOf, type Offset, type Tile } from "./tiles.ts";

/** Emits the stages at all squares of these columns and rows, and at what is left of them beside squares. */
export function overSquares(
  context: Context,
  stages: readonly Stage[],
  columns: GridLoop,
  rows: GridLoop,
  depth: number,
  point: Point,
): void {
  const { emitter, machine } = context;
  const [blocks, lines] = [columns, rows].map(({ axis, count, lanes, overlap }) =>
    tilesOf(axis.extent, count, lanes, overlap),
  );
  const inBlock = (block: Tile, left: Index): void => {
    for (const { span, step, offsets } of lines) {
      const row = (top: Index): void =>
        alongBlock(context, block, depth + 2, (from, offset) => {
          const index = place(addIndex(left, from), offset.offset, offset.vector);
          const here = at(point, placesOf(columns.axis, index), offset.vector ? { skip: offset.skip } : undefined);
          stagesAt(context, stages, inSquare(rows, here, top, offsets));
        });
      loopOver(emitter, { hint: rows.axis.name, ...span, step, role: roleAt(depth + 1, machine) }, row);
    }
  };
  const role = roleAt(depth, machine);
  for (const block of blocks)
    loopOver(emitter, { hint: columns.axis.name, ...block.span, step: block.step, role }, (left) =>
      inBlock(block, left),
    );
}

/** A loop over the whole vectors of a block, then what is left of it. */
function alongBlock(
  { emitter, machine }: Context,
  { offsets }: Tile,
  depth: number,
  body: (from: Index, offset: Offset) => void,
): void {
  const whole = offsets.filter(({ vector, skip }) => vector && skip === 0);
  const [first] = whole;
  const span = { from: constantIndex(0), to: constantIndex(4 * whole.length) };
  const role = roleAt(depth, machine);
  if (first !== undefined) loopOver(emitter, { hint: "square", ...span, step: 4, role }, (from) => body(from, first));
  for (const offset of offsets.slice(whole.length)) body(constantIndex(0), offset);
}

/** The points of a tile of rows; the last few of an axis are rows of a square that ends with it. */
function inSquare({ axis }: GridLoop, point: Point, top: Index, offsets: readonly Offset[]): readonly Point[] {
  const isWhole = offsets.length === 4 || (constantValue(axis.extent) ?? 0) >= 4;
  const first = offsets.length - 4;
  const places = placesOf(axis, place(top, first, true));
  return offsets.map(({ offset }, position) => {
    const own = at(point, placesOf(axis, place(top, offset, false)));
    return isWhole ? { ...own, square: { places, row: position - first } } : own;
  });
}
