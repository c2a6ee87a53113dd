/**
 * Panels: where a contraction's column operand does not run along the columns (w transposed), the tile's columns of it are
 * first copied, side by side, into a private array that all rows then read. The copy is 1/rows of the product.
 */
import { constantValue, product } from "../../dimension/dimension.ts";
import { addIndex, axisIndex, constantIndex, flatten, scaleIndex } from "../../loops/index.ts";
import type { Load } from "../../loops/scalar.ts";
import { replaceLoads, scalarKey } from "../../loops/scalar.ts";
import type { Index } from "../../loops/types.ts";
import type { Stage } from "../types.ts";
import type { Emitter } from "./emitter.ts";
import { evaluate, storeAt } from "./evaluate.ts";
import { laneNumbers } from "./expressions.ts";
import { nested } from "./loops.ts";
import type { LoopAxis, Place } from "./nest.ts";
import { innermost, mergeAxes, placesOf } from "./nest.ts";
import { at, place } from "./point.ts";
import type { Point } from "./point.ts";
import type { Context, Reduce } from "./terms.ts";
import type { GridLoop } from "./strategy.ts";
import { runs } from "./strategy.ts";
import { strideOf } from "./strides.ts";
import type { Offset } from "./tiles.ts";

/** The column within a tile, a pseudo axis. */
const tileColumn = "$column";
/** A longer panel would leave the cache. */
const longest = 4096;
/** With fewer rows the copy would cost more than it saves. */
const fewestRows = 8;

interface Panel {
  readonly array: string;
  readonly width: number;
  readonly load: Load;
  readonly stage: Reduce;
}

export interface PanelPlan {
  readonly panels: readonly Panel[];
  readonly stages: readonly Stage[];
}

/** The stages with the loads that need one reading panels instead. */
export function planPanels(
  { emitter, machine }: Context,
  stages: readonly Stage[],
  loops: readonly GridLoop[],
): PanelPlan {
  const rows = loops.find(({ role }) => role === "rows");
  const columns = loops.find(({ role }) => role === "columns");
  const [first] = stages;
  const none = { panels: [], stages };
  if (!machine.panels || rows === undefined || columns === undefined || first?.kind !== "reduce") return none;
  const extent = constantValue(product(first.over.map((axis) => axis.extent)));
  const few = (constantValue(rows.axis.extent) ?? fewestRows) < fewestRows;
  if (few || extent === undefined || extent > longest) return none;
  return withPanels(emitter, stages, first, rows.axis, columns, extent);
}

function withPanels(
  emitter: Emitter,
  stages: readonly Stage[],
  first: Reduce,
  rows: LoopAxis,
  columns: GridLoop,
  extent: number,
): PanelPlan {
  const panels = new Map<string, Panel>();
  const width = columns.count * columns.lanes;
  const replace = (load: Load): Load | undefined => {
    const [address] = load.indices;
    if (strideOf(address, innermost(columns.axis)) !== "other" || runs(address, rows)) return undefined;
    const key = scalarKey(load);
    const purpose = `panel${panels.size === 0 ? "" : panels.size + 1}`;
    const panel = panels.get(key) ?? {
      array: emitter.array(purpose, load.dtype, width * extent),
      width,
      load,
      stage: first,
    };
    panels.set(key, panel);
    return { ...load, tensor: panel.array, indices: [addressIn(panel)] };
  };
  const replaced = (stage: Reduce): Reduce => ({
    ...stage,
    results: stage.results.map((result) => ({ ...result, value: replaceLoads(result.value, replace) })),
  });
  const { interior } = first;
  const inside = interior === undefined ? {} : { interior: { ...interior, stage: replaced(interior.stage) } };
  const stage: Reduce = { ...replaced(first), ...inside };
  return { panels: [...panels.values()], stages: [stage, ...stages.slice(1)] };
}

function addressIn({ stage, width }: Panel): Index {
  const rows = flatten(
    stage.over.map(({ name }) => axisIndex(name)),
    stage.over.map(({ extent }) => extent),
  );
  return addIndex(scaleIndex(rows, width), axisIndex(tileColumn));
}

/** Where a tile's point reads its panels. */
export function panelPlaces(position: number, { vector }: Offset): readonly Place[] {
  return [[tileColumn, place(constantIndex(position * (vector ? 4 : 1)), 0, vector)]];
}

/** Copies the columns of the tile at `base`. */
export function fillPanels(
  { emitter }: Context,
  { panels }: PanelPlan,
  point: Point,
  axis: LoopAxis,
  base: Index,
  offsets: readonly Offset[],
): void {
  for (const panel of panels) {
    const { load, stage } = panel;
    nested(emitter, mergeAxes(stage.over, load.indices), (places) => {
      for (const [position, { offset, vector }] of offsets.entries()) {
        for (const lane of vector ? laneNumbers : [0]) {
          const column: Place = [tileColumn, constantIndex(position * (vector ? 4 : 1) + lane)];
          const here = at(point, [...placesOf(axis, place(base, offset + lane, false)), ...places, column]);
          storeAt(emitter, panel.array, addressIn(panel), evaluate(emitter, load, here), here);
        }
      }
    });
  }
}
