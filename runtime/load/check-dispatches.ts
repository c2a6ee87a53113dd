/**
 * Whether a dispatch list that has the form of one makes sense: its points are there, its loops lie within each other or apart, it
 * knows no other dimensions than the manifest, and no buffer begins outside of the arena, at the bounds, in any turn of any loop.
 */
import type { Manifest } from "../../compiler/program/artifact.ts";
import type { Dispatch, DispatchEntry, DispatchList, DispatchLoop, Move } from "../../compiler/program/dispatch.ts";
import { evaluate, symbolsOf } from "./dimensions.ts";
import type { Sizes } from "./dimensions.ts";
import { named } from "./fail.ts";

/** What is wrong, if anything is. */
export function problemIn(list: DispatchList, { arenaBytes, dims, entries }: Manifest): string | undefined {
  const bounds = new Map(dims.map(({ name, bound }) => [name, bound]));
  const unknown = symbolsOf(sizesIn(list), bounds);
  if (list.dims.some((name) => !bounds.has(name)) || unknown.length > 0)
    return "it has a dimension that the manifest has not";
  for (const entry of list.entries) {
    const stray = strayLoop(entry);
    if (stray !== undefined) return `the loop ${named(stray.index)} does not nest, or another has its name`;
    if (!isWithin(entry, list.points.length, arenaBytes / 4, bounds))
      return "a dispatch leads out of the arena or the shader";
  }
  const there = new Set(list.entries.map(({ name }) => name));
  const missing = entries.find(({ name }) => !there.has(name));
  return missing === undefined ? undefined : `expected an entry ${named(missing.name)}, found none`;
}

function sizesIn({ points, entries }: DispatchList) {
  const loops = entries.flatMap((entry) => entry.loops ?? []);
  const moves = entries.flatMap(({ dispatches }) => dispatches).flatMap((dispatch) => dispatch.moves ?? []);
  return [
    ...points.map(({ threads }) => threads),
    ...loops.map(({ extent }) => extent),
    ...moves.flatMap(({ plus, stride }) => [plus, stride]),
  ];
}

/** A loop that is empty, reaches beyond the loop around it or beyond the last dispatch, or comes before where it belongs. */
function strayLoop({ dispatches, loops = [] }: DispatchEntry): DispatchLoop | undefined {
  const names = new Set<string>();
  const around: DispatchLoop[] = [];
  let last = 0;
  return loops.find((loop) => {
    while ((around.at(-1)?.to ?? Infinity) <= loop.from) around.pop();
    const end = around.at(-1)?.to ?? dispatches.length;
    const fits = last <= loop.from && loop.from < loop.to && loop.to <= end && !names.has(loop.index);
    names.add(loop.index);
    around.push(loop);
    last = loop.from;
    return !fits;
  });
}

function isWithin(entry: DispatchEntry, points: number, elements: number, bounds: Sizes): boolean {
  const { dispatches, loops = [] } = entry;
  const around: DispatchLoop[] = [];
  const extents = new Map<string, number>();
  let next = 0;
  return dispatches.every((dispatch, at) => {
    while ((around.at(-1)?.to ?? Infinity) <= at) extents.delete(around.pop()?.index ?? "");
    for (; loops[next]?.from === at; next++) {
      around.push(loops[next]);
      extents.set(loops[next].index, evaluate(loops[next].extent, bounds));
    }
    const isRun = [...extents.values()].every((extent) => Number.isSafeInteger(extent) && extent >= 0);
    return isRun && dispatch.point < points && staysWithin(dispatch, extents, elements, bounds);
  });
}

function staysWithin(
  { buffers, moves = [] }: Dispatch,
  extents: ReadonlyMap<string, number>,
  elements: number,
  bounds: Sizes,
): boolean {
  const furthest = [...buffers];
  for (const move of moves) {
    const most = furthestOf(move, extents, bounds);
    if (most === undefined || move.buffer >= buffers.length) return false;
    furthest[move.buffer] += most;
  }
  return furthest.every((start) => start <= elements);
}

/** The most elements that it adds; undefined where it may lead backwards, or its loop is not around. */
function furthestOf(
  { loop, times, plus, modulo, stride }: Move,
  extents: ReadonlyMap<string, number>,
  bounds: Sizes,
): number | undefined {
  const extent = loop === undefined ? 1 : extents.get(loop);
  const [by, start] = [evaluate(stride, bounds), evaluate(plus, bounds)];
  if (extent === undefined || ![by, start].every(Number.isSafeInteger) || by < 0) return undefined;
  if (modulo !== undefined) return by * (modulo - 1);
  const end = start + times * Math.max(0, extent - 1);
  return Math.min(start, end) < 0 ? undefined : by * Math.max(start, end);
}
