/**
 * How an axis is cut into tiles: whole ones in a loop, then exact smaller ones. Where computing an element twice is harmless the last vector
 * overlaps its neighbour and stores only what is new.
 */
import {
  constant,
  constantValue,
  floorDivide,
  isConstant,
  multiply,
  remainder,
  type Dimension,
} from "../dimension/dimension.ts";
import { constantIndex, knownNumber } from "../loops/index.ts";
import type { Index } from "../loops/types.ts";
import type { LoopRange } from "./loops.ts";

/** An element of a tile, or four from there. */
export interface Offset {
  readonly offset: number;
  readonly vector: boolean;
  /** Lanes that the neighbour has already stored. */
  readonly skip: number;
}

export interface Tile {
  readonly span: LoopRange;
  readonly step: number;
  readonly offsets: readonly Offset[];
}

/** Tiles of `count` elements or vectors that cover 0 ≤ index < extent. */
export function tilesOf(extent: Dimension, count: number, lanes: 1 | 4, overlap: boolean): readonly Tile[] {
  const known = constantValue(extent);
  const tiles =
    known === undefined ? openTiles(extent, count, lanes) : knownTiles(known, count, lanes, overlap && known >= 4);
  return tiles.filter(({ offsets }) => offsets.length > 0);
}

/** Neighbouring tiles; their spans count from where the block is. */
export interface TileBlock {
  readonly span: LoopRange;
  readonly step: number;
  readonly tiles: readonly Tile[];
  /** The same columns in tiles twice as wide, for rows that come alone. */
  readonly wide: readonly Tile[];
}

/** The tiles in blocks of at most `most`, as even as they can be. */
export function blocksOf(
  extent: Dimension,
  count: number,
  lanes: 1 | 4,
  overlap: boolean,
  most: number,
): readonly TileBlock[] {
  const known = constantValue(extent);
  if (known === undefined || most === 1) {
    const single: LoopRange = { from: constantIndex(0), to: constantIndex(1) };
    const tiles = tilesOf(extent, count, lanes, overlap);
    return tiles.map((tile) => {
      const own = [{ ...tile, span: single }];
      return { span: tile.span, step: tile.step, tiles: own, wide: own };
    });
  }
  const width = count * lanes;
  const step = Math.ceil(known / Math.ceil(known / (width * most)) / width) * width;
  const whole = known - (known % step);
  return [
    { from: 0, to: whole, length: step },
    { from: whole, to: known, length: known - whole },
  ].flatMap(({ from, to, length }): readonly TileBlock[] => {
    if (to === from) return [];
    const span = { from: constantIndex(from), to: constantIndex(to) };
    const [tiles, wide] = [count, 2 * count].map((own) => tilesOf(constant(length), own, lanes, overlap));
    return [{ span, step, tiles, wide }];
  });
}

/** A tile at its place in a block. */
export interface Turn {
  readonly from: Index;
  readonly offsets: readonly Offset[];
}

/** A block's tiles one by one. */
export function turnsOf({ span, step, offsets }: Tile): readonly Turn[] {
  const [from, to] = [knownNumber(span.from) ?? 0, knownNumber(span.to) ?? 1];
  const length = Math.ceil((to - from) / step);
  return Array.from({ length }, (_, n) => ({ from: constantIndex(from + n * step), offsets }));
}

function knownTiles(extent: number, count: number, lanes: 1 | 4, overlap: boolean): readonly Tile[] {
  const width = count * lanes;
  const whole = extent - (extent % width);
  const rest = tileOf(whole, extent, extent - whole, restOf(extent - whole, lanes, overlap));
  const loop = tileOf(0, whole, width, regular(count, lanes));
  return [...(whole > 0 ? [loop] : []), ...(whole < extent ? [rest] : [])];
}

function tileOf(from: number, to: number, step: number, offsets: readonly Offset[]): Tile {
  return { span: { from: constantIndex(from), to: constantIndex(to) }, step, offsets };
}

function regular(count: number, lanes: 1 | 4): readonly Offset[] {
  return Array.from({ length: count }, (_, n) => ({ offset: n * lanes, vector: lanes === 4, skip: 0 }));
}

function restOf(length: number, lanes: 1 | 4, overlap: boolean): readonly Offset[] {
  if (lanes === 1) return regular(length, 1);
  const left = length % 4;
  const vectors = regular((length - left) / 4, 4);
  if (left === 0) return vectors;
  if (overlap) return [...vectors, { offset: length - 4, vector: true, skip: 4 - left }];
  return [...vectors, ...regular(left, 1).map((one) => ({ ...one, offset: length - left + one.offset }))];
}

/** Whole tiles, then single vectors, then single elements. */
function openTiles(extent: Dimension, count: number, lanes: 1 | 4): readonly Tile[] {
  const sizes = [...new Set([count * lanes, lanes, 1])];
  return sizes.flatMap((size, position): readonly Tile[] => {
    const before = position === 0 ? constant(0) : wholes(extent, sizes[position - 1]);
    if (position > 0 && isConstant(remainder(extent, constant(sizes[position - 1])), 0)) return [];
    const span = { from: constantIndex(before), to: constantIndex(wholes(extent, size)) };
    return [{ span, step: size, offsets: size === 1 ? regular(1, 1) : regular(size / lanes, lanes) }];
  });
}

function wholes(extent: Dimension, size: number): Dimension {
  return multiply(floorDivide(extent, constant(size)), constant(size));
}
