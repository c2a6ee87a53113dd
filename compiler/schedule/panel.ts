/**
 * Panels: what a contraction's tiles read is first copied, side by side, into private arrays. A tile's columns always, since
 * in place they share the lines of the cache with their neighbours; its rows where they do not run along the reduced axes
 * (in the gradient of weights), once for several tiles of columns. Each copy is a few percent of the product.
 */
import { constantValue, evaluate as evaluateDimension, product, type Dimension } from "../dimension/dimension.ts";
import { intervalOf, type Bounds } from "../dimension/interval.ts";
import type { Stage } from "../kernel/types.ts";
import { axisIndex, constantIndex, flatten, scaleIndex, sumIndices } from "../loops/index.ts";
import { loadIn } from "../loops/contraction.ts";
import { indicesWithin, loadsOf, scalarKey, type Load } from "../loops/scalar.ts";
import { childrenOf, rebuild } from "../loops/traverse.ts";
import type { Index, Scalar } from "../loops/types.ts";
import { interiorOf, mapInterior, withInterior, type Context, type Interior, type Reduce } from "./border.ts";
import type { Emitter } from "./emitter.ts";
import { place } from "./evaluate.ts";
import { indicesOfStage, innermost, mergeAxes, sliceAxis, strideOf, type LoopAxis, type Place } from "./loops.ts";
import { runs, type GridLoop } from "./strategy.ts";
import type { Offset } from "./tiles.ts";

/** Longer panels would leave the cache. */
const longest = 4096;
/** With fewer rows, copies of columns cost more than they save; with fewer columns, those of rows. */
export const fewestRows = 16;
const fewestColumns = 32;
/**
 * Tiles of columns that make a block, and the blocks wanted for threads: eight give two threads work of equal length, if that
 * leaves whole lines of the cache; with fewer columns four must do. Then the elements that a block's panels may have, and those that fit the first cache:
 * where a program is to be short they are read in place.
 */
const mostTiles = 8;
const goodTiles = 4;
const fewestTiles = 2;
const goodBlocks = 8;
const fewestBlocks = 4;
const mostElements = 2 ** 17;
export const nearElements = 2 ** 13;

/** Where more places are reduced than this, so many are copied and added at a time, if the result can hold what they make. */
const slicePlaces = 256;
/**
 * Tiles of rows whose panels are filled together: from whole lines of the cache, and from two beside each other, as they are fetched, where the
 * panels are small and the program may be long.
 */
const rowTiles = 4;
const pairedTiles = 8;

/** Pseudo axes: where a tile stands in its block, and which of a tile's columns or rows an element is of. */
const tileAxes = { columns: "$columns", rows: "$rows" } as const;
export const elementAxes = { columns: "$column", rows: "$row" } as const;

/** What a panel holds copies of: a load, or one guarded by where it is, so that the copies need no guard. */
interface Operand {
  readonly value: Scalar;
  readonly load: Load;
}

export interface Panel extends Operand {
  readonly side: keyof typeof elementAxes;
  /** Where no guard is needed, and what is copied there: the load itself. */
  readonly open?: { readonly interior: Interior; readonly inside: Scalar };
  readonly array: string;
  readonly stage: Reduce;
  readonly address: Index;
}

export interface PanelPlan {
  readonly panels: readonly Panel[];
  /** The stages with the loads that read panels instead. */
  readonly stages: readonly Stage[];
  /** Tiles of columns whose panels are filled before any is used. */
  readonly tiles: number;
  /** Tiles of rows whose panels are filled together; one where no rows are copied. */
  readonly rowTiles: number;
  /** How many rows read a block of columns. */
  readonly rows: Dimension;
  /** The reduced axis where it is cut, and the places of a slice. */
  readonly slices?: { readonly stage: Reduce; readonly axis: LoopAxis; readonly places: number } | undefined;
}

interface Sides {
  readonly rows: GridLoop;
  readonly columns: GridLoop;
  /** The loops that read a block of columns. */
  readonly inside: readonly GridLoop[];
  /** How many rows they are. */
  readonly readers: Dimension;
  /** At the most how many such blocks the loops around the columns make. */
  readonly outside: number;
  /** The most places of the reduced axes. */
  readonly length: number;
  /** Whether the program is to be short. */
  readonly brief: boolean;
}

/** Undefined where nothing is copied. */
export function planPanels(
  { emitter, machine }: Context,
  stages: readonly Stage[],
  loops: readonly GridLoop[],
  bounds: Bounds,
): PanelPlan | undefined {
  const rows = loops.find(({ role }) => role === "rows");
  const columns = loops.find(({ role }) => role === "columns");
  const [first] = stages;
  if (!machine.panels || rows === undefined || columns === undefined || first?.kind !== "reduce") return undefined;
  const length = evaluateDimension(product(first.over.map((axis) => axis.extent)), bounds);
  if (machine.brief && (length ?? Infinity) * (constantValue(columns.axis.extent) ?? Infinity) <= nearElements)
    return undefined;
  // Every loop inside that of the columns reads the same copies.
  const inside = loops.slice(loops.indexOf(columns) + 1);
  const readers = product(inside.map(({ axis }) => axis.extent));
  const outside =
    evaluateDimension(product(loops.slice(0, loops.indexOf(columns)).map(({ axis }) => axis.extent)), bounds) ?? 1;
  const few = intervalOf(readers, bounds).high < fewestRows;
  if (few || length === undefined || length > longest) return undefined;
  const { brief } = machine;
  return withPanels(emitter, stages, first, { rows, columns, inside, readers, outside, length, brief });
}

function withPanels(emitter: Emitter, stages: readonly Stage[], first: Reduce, sides: Sides): PanelPlan | undefined {
  const { rows, columns, readers, outside, length, brief } = sides;
  const width = columns.count * columns.lanes;
  const { copied, open } = copiedOf(first, sides);
  const shared = [...copied.values()].includes("rows");
  const cut = shared && length > slicePlaces && canSlice(stages, open);
  const places = cut ? slicePlaces : length;
  const most = Math.max(
    1,
    Math.min(tilesOfBlock(columns, width, cut, outside), Math.floor(mostElements / (width * places))),
  );
  const tiles = Math.ceil((constantValue(rows.axis.extent) ?? Infinity) / rows.count);
  const isSmall = places * rows.count * pairedTiles <= nearElements;
  const together = shared ? Math.min(tiles, isSmall && !brief ? pairedTiles : rowTiles) : 1;
  const panels = new Map<string, Panel>();
  const insides = unguardedOf(first);
  const newPanel = (side: Panel["side"], operand: Operand, position: number): Panel => {
    const purpose = `panel${position === 0 ? "" : position + 1}`;
    const own = side === "columns" ? width : rows.count;
    const size = places * own * (side === "columns" ? most : together);
    const address = addressOf(first, side, own, places, cut);
    const inside = insides.get(scalarKey(operand.value));
    const array = emitter.array(purpose, operand.load.dtype, size);
    return { ...operand, side, array, stage: first, address, ...(inside === undefined ? {} : { open: inside }) };
  };
  const replace = (operand: Operand): Load | undefined => {
    const key = scalarKey(operand.value);
    const side = copied.get(key);
    if (side === undefined) return undefined;
    const panel = panels.get(key) ?? newPanel(side, operand, panels.size);
    panels.set(key, panel);
    return { ...operand.load, tensor: panel.array, indices: [panel.address] };
  };
  const reading = (stage: Reduce): Reduce => ({
    ...stage,
    results: stage.results.map((result) => ({ ...result, value: replaceOperands(result.value, replace) })),
  });
  const { interior } = open;
  const stage = interior === undefined ? reading(open) : withInterior(reading(open), mapInterior(interior, reading));
  if (panels.size === 0) return undefined;
  const [axis] = mergeAxes(first.over, [...indicesOfStage(first), ...indicesOfStage(stage)]);
  const slices = cut ? { stage, axis, places } : undefined;
  return {
    panels: [...panels.values()],
    stages: [stage, ...stages.slice(1)],
    tiles: most,
    rowTiles: together,
    rows: readers,
    slices,
  };
}

/**
 * What is copied, by its key, and the reduction that reads it. Where every guard goes into a panel the reduction itself has no
 * border left; else what is guarded stays in place.
 */
function copiedOf(
  first: Reduce,
  sides: Sides,
): { readonly copied: ReadonlyMap<string, Panel["side"]>; readonly open: Reduce } {
  const operands = first.results.flatMap(({ value }) => operandsOf(value));
  const sided = operands.map((operand) => ({ operand, side: sideOf(operand, first, sides) }));
  const bare = withoutGuards(first);
  const closed = interiorOf(bare) === undefined && sided.every(({ operand, side }) => !isGuarded(operand) || side);
  const copied = new Map<string, Panel["side"]>();
  for (const { operand, side } of sided)
    if (side !== undefined && (closed || !isGuarded(operand))) copied.set(scalarKey(operand.value), side);
  const { interior: _, ...plain } = first;
  return { copied, open: closed ? plain : first };
}

/** Of guarded operands, by their keys, where they need no guard, and what they are in the reduction's interior: the same ones, in the same order. */
function unguardedOf(stage: Reduce): ReadonlyMap<string, NonNullable<Panel["open"]>> {
  if (stage.interior === undefined) return new Map();
  const operandsIn = ({ results }: Reduce): readonly Scalar[] =>
    results.flatMap(({ value }) => operandsOf(value)).map(({ value }) => value);
  const insides = operandsIn(stage.interior.stage);
  const open = new Map<string, NonNullable<Panel["open"]>>();
  for (const [n, value] of operandsIn(stage).entries()) {
    const interior = interiorOf({ ...stage, lets: [], results: [{ ...stage.results[0], value }] });
    if (interior !== undefined && n < insides.length) open.set(scalarKey(value), { interior, inside: insides[n] });
  }
  return open;
}

/** The operand that a scalar is, if it is one. */
function operandOf(scalar: Scalar): Operand | undefined {
  const load = loadIn(scalar);
  return load && { value: scalar, load };
}

function isGuarded({ value }: Operand): boolean {
  return value.kind === "select";
}

/** The outermost operands of what a reduction adds up. */
function operandsOf(scalar: Scalar): readonly Operand[] {
  const operand = operandOf(scalar);
  return operand === undefined ? childrenOf(scalar).flatMap(operandsOf) : [operand];
}

/** An operand that has no replacement stays whole. */
function replaceOperands(scalar: Scalar, replace: (operand: Operand) => Scalar | undefined): Scalar {
  const operand = operandOf(scalar);
  if (operand !== undefined) return replace(operand) ?? scalar;
  return rebuild(
    scalar,
    (child) => replaceOperands(child, replace),
    (index) => index,
  );
}

function withoutGuards(stage: Reduce): Reduce {
  const results = stage.results.map((one) => ({ ...one, value: replaceOperands(one.value, ({ load }) => load) }));
  return { ...stage, results };
}

/** Whether the sum is all that is stored, so that the result can hold it between slices, and its places are one loop. */
function canSlice(stages: readonly Stage[], first: Reduce): boolean {
  const [, store, ...more] = stages;
  if (store?.kind !== "store" || more.length > 0 || first.results.length > 1 || first.interior !== undefined)
    return false;
  const [{ name, combine, value }] = first.results;
  const { tensor, value: stored } = store.store;
  const plain = combine === "sum" && first.order.chunk === undefined && stored.kind === "local" && stored.name === name;
  const flat = mergeAxes(first.over, [...indicesOfStage(first), flatPlace(first)]).length === 1;
  return plain && flat && loadsOf(value).every((load) => load.tensor !== tensor);
}

/**
 * Enough tiles to fill lines of the cache, and enough blocks for a few threads, where the loops around them give too few; slices
 * add up their panels' copies, which wide blocks share.
 */
function tilesOfBlock(columns: GridLoop, width: number, cut: boolean, outside: number): number {
  const tiles = Math.ceil((constantValue(columns.axis.extent) ?? 0) / width);
  const inBlocks = (blocks: number): number => Math.ceil(tiles / Math.ceil(blocks / outside));
  if (cut) return Math.min(2 * mostTiles, Math.max(mostTiles, inBlocks(fewestBlocks)));
  const enough = Math.min(goodTiles, inBlocks(fewestBlocks));
  return Math.min(mostTiles, Math.max(fewestTiles, enough, inBlocks(goodBlocks)));
}

/** Which side of the tiles the operand is of, if it is to be copied. */
function sideOf(operand: Operand, stage: Reduce, { rows, columns, inside }: Sides): Panel["side"] | undefined {
  const indices = indicesWithin(operand.value);
  const runsRows = indices.some((index) => runs(index, rows.axis));
  if (runsRows === indices.some((index) => runs(index, columns.axis))) return undefined;
  // A guard may ask about a loop that the load does not run along, which begins after the copy.
  const isBefore = inside.every(({ axis }) => !indices.some((index) => runs(index, axis)));
  if (!runsRows) return isBefore ? "columns" : undefined;
  const [address] = operand.load.indices;
  const last = stage.over.at(-1);
  const along = strideOf(address, innermost(rows.axis)) === "unit";
  const across = last !== undefined && strideOf(address, last.name) === "other";
  const many = isGuarded(operand) || (constantValue(columns.axis.extent) ?? 0) >= fewestColumns;
  return along && across && many ? "rows" : undefined;
}

/** Row-major by tile, place of the reduced axes, and element. */
function addressOf(stage: Reduce, side: Panel["side"], width: number, length: number, cut: boolean): Index {
  const place = cut ? axisIndex(sliceAxis) : flatPlace(stage);
  const element = axisIndex(elementAxes[side]);
  return sumIndices([scaleIndex(axisIndex(tileAxes[side]), length), scaleIndex(place, width), element]);
}

function flatPlace({ over }: Reduce): Index {
  return flatten(
    over.map(({ name }) => axisIndex(name)),
    over.map(({ extent }) => extent),
  );
}

/** Where a point of a tile reads the panels of a side: its element, the first of four for a vector. */
export function elementPlace(side: Panel["side"], offsets: readonly Offset[], position: number): Place {
  const { vector } = offsets[position];
  return [elementAxes[side], place(constantIndex(0), position * (vector ? 4 : 1), vector)];
}

/** Where a tile's panels begin in their block. */
export function tilePlace(side: Panel["side"], base: Index): Place {
  return [tileAxes[side], base];
}
