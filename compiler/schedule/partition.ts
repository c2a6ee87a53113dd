/**
 * Partition: a kernel whose values depend on where they are, as a border, a concatenation or a convolution's padding do, becomes
 * several, each over a part of the grid where every such question has one answer. Simplified in its narrower ranges a part
 * has no select and no clamp left that only the whole grid needed. Every element is computed as before.
 *
 *   y[i] = select(i < 3, a[i], b[i − 3]), i in 8   →   y[i] = a[i], i in 3;  y[i + 3] = b[i], i in 5
 */
import { constant, constantValue } from "../dimension/dimension.ts";
import type { Bounds } from "../dimension/interval.ts";
import { addIndex, axisIndex, constantIndex, substituteAxesInScalar } from "../loops/index.ts";
import { nodesOf } from "../loops/scalar.ts";
import { axesOfScalar, indicesOf } from "../loops/traverse.ts";
import type { Axis, Comparison, Index, Scalar } from "../loops/types.ts";
import { scalarsOf } from "../kernel/stage.ts";
import type { Kernel, Stage } from "../kernel/types.ts";
import { interiorOf } from "./border.ts";
import { replaceAxes, type Replacement } from "./move.ts";
import { shortPlaces } from "./unroll.ts";

/** More parts than this would be a long program for little. */
const mostParts = 16;

/** The kernel's parts, which together are the kernel; itself where there is nothing to cut. */
export function partition(kernel: Kernel, bounds: Bounds): readonly Kernel[] {
  const { grid, rows, stages } = kernel;
  if (rows.length > 0 || !stages.every(isCut)) return [kernel];
  const nodes = stages.flatMap(nodesAtPoints);
  const cuts = grid.map((axis) => cutsOf(axis, nodes));
  if (stages.some(isGuarded)) keepInterior(cuts, grid);
  while (partsOf(cuts) > mostParts) {
    const longest = cuts.reduce((best, list, at) => (list.length > cuts[best].length ? at : best), 0);
    cuts[longest] = [];
  }
  return partsOf(cuts) === 1 ? [kernel] : spansOf(grid, cuts).map((spans) => partAt(kernel, spans, bounds));
}

/** What has loops of its own over the grid's parts, such as a scatter, is not cut. */
function isCut(stage: Stage): boolean {
  return stage.kind === "let" || stage.kind === "store" || stage.kind === "reduce";
}

function isClamped({ terms }: Index): boolean {
  return terms.some(({ atom }) => atom.kind === "data");
}

function isGuarded(stage: Stage): boolean {
  return stage.kind === "reduce" && interiorOf(stage) !== undefined;
}

/**
 * Of a guarded reduction only the axis whose points share a tile is cut, into its two borders and what is between them: along
 * the other axes a tile is inside or not, which its loops ask, and so they do in the borders.
 */
function keepInterior(cuts: (readonly number[])[], grid: readonly Axis[]): void {
  const last = cuts.findLastIndex((list) => list.length > 0);
  for (const [at, { extent }] of grid.entries()) {
    const size = constantValue(extent);
    cuts[at] = at === last && size !== undefined ? aroundLongest(cuts[at], size) : [];
  }
}

/** The cuts before and behind the longest part. */
function aroundLongest(cuts: readonly number[], size: number): readonly number[] {
  const ends = [...cuts, size];
  const lengths = ends.map((to, n) => to - (n === 0 ? 0 : ends[n - 1]));
  const longest = lengths.indexOf(Math.max(...lengths));
  return [longest === 0 ? 0 : ends[longest - 1], ends[longest]].filter((at) => at > 0 && at < size);
}

/** What a stage evaluates, where it asks about a reduced axis at each of its places; what it asks about a long one stays open. */
function nodesAtPoints(stage: Stage): readonly Scalar[] {
  const nodes = scalarsOf(stage).flatMap(nodesOf);
  if (stage.kind !== "reduce") return nodes;
  const asking = nodes.filter((node) => node.kind === "compare" || indicesOf(node).some(isClamped));
  const asked = stage.over.filter(({ name }) => asking.some((node) => axesOfScalar(node).has(name)));
  const places = shortPlaces(asked) ?? [];
  return places.flatMap((place) => asking.map((node) => substituteAxesInScalar(node, place)));
}

function partsOf(cuts: readonly (readonly number[])[]): number {
  return cuts.reduce((count, list) => count * (list.length + 1), 1);
}

// ---------------------------------------------------------------------------------------------------------------------
// Where answers change
// ---------------------------------------------------------------------------------------------------------------------

/** A question about an axis: whether scale · place + offset stands so to 0. */
interface Question {
  readonly scale: number;
  readonly offset: number;
  readonly operator: Comparison;
}

/** The places along an axis, ascending and within it, before which some answer changes. */
function cutsOf({ name, extent }: Axis, nodes: readonly Scalar[]): readonly number[] {
  const size = constantValue(extent);
  if (size === undefined || size < 2) return [];
  const questions = nodes.flatMap((node) => questionsOf(node, name));
  return [...new Set(questions.flatMap((question) => changesOf(question, size)))].sort((a, b) => a - b);
}

/** What a comparison asks about the axis alone, and what the clamps of the node's indices do. */
function questionsOf(node: Scalar, axis: string): readonly Question[] {
  const compared =
    node.kind === "compare" ? askedBy(node.operator, lineOf(node.left, axis), lineOf(node.right, axis)) : [];
  const clamped = indicesOf(node).flatMap(({ terms }) =>
    terms.flatMap(({ atom }): readonly Question[] => {
      if (atom.kind !== "data") return [];
      const size = constantValue(atom.size);
      if (size === undefined) return [];
      const line = lineOf(atom.value, axis);
      return [...askedBy("less", line, point(0)), ...askedBy("greaterEqual", line, point(size))];
    }),
  );
  return [...compared, ...clamped];
}

interface Line {
  readonly scale: number;
  readonly offset: number;
}

function point(offset: number): Line {
  return { scale: 0, offset };
}

function askedBy(operator: Comparison, left: Line | undefined, right: Line | undefined): readonly Question[] {
  if (left === undefined || right === undefined || left.scale === right.scale) return [];
  return [{ operator, scale: left.scale - right.scale, offset: left.offset - right.offset }];
}

/** An i32 as a multiple of the axis and a number, where it is one. */
function lineOf(scalar: Scalar, axis: string): Line | undefined {
  if (scalar.kind === "constant" && scalar.dtype === "i32") return point(scalar.value);
  if (scalar.kind === "dimension") return lineOfIndex(constantIndex(scalar.dimension), axis);
  return scalar.kind === "index" ? lineOfIndex(scalar.index, axis) : undefined;
}

function lineOfIndex({ terms, constant: rest }: Index, axis: string): Line | undefined {
  const offset = constantValue(rest);
  const [term, ...others] = terms;
  if (offset === undefined || others.length > 0) return undefined;
  if (term === undefined) return point(offset);
  const scale = constantValue(term.coefficient);
  return term.atom.kind === "axis" && term.atom.axis === axis && scale !== undefined ? { scale, offset } : undefined;
}

/** The places from 1 to size − 1 whose answer is another than that of the place before. */
function changesOf({ scale, offset, operator }: Question, size: number): readonly number[] {
  // Only around the place where the line meets 0 can an answer change.
  const zero = Math.floor(-offset / scale);
  const near = [zero - 1, zero, zero + 1, zero + 2].filter((at) => at >= 1 && at < size);
  const answer = (at: number): boolean => holds(operator, scale * at + offset);
  return near.filter((at) => answer(at) !== answer(at - 1));
}

function holds(operator: Comparison, value: number): boolean {
  switch (operator) {
    case "equal":
      return value === 0;
    case "notEqual":
      return value !== 0;
    case "less":
      return value < 0;
    case "lessEqual":
      return value <= 0;
    case "greater":
      return value > 0;
    case "greaterEqual":
      return value >= 0;
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Parts
// ---------------------------------------------------------------------------------------------------------------------

/** A part of an axis; undefined where it is whole. */
type Span = { readonly from: number; readonly to: number } | undefined;

/** Every combination of parts of the axes, the first axis outermost. */
function spansOf(grid: readonly Axis[], cuts: readonly (readonly number[])[]): readonly (readonly Span[])[] {
  return cuts.reduce<readonly (readonly Span[])[]>(
    (combinations, list, at) => {
      const size = constantValue(grid[at].extent) ?? 0;
      const spans: readonly Span[] =
        list.length === 0 ? [undefined] : [0, ...list].map((from, n) => ({ from, to: list[n] ?? size }));
      return combinations.flatMap((before) => spans.map((span) => [...before, span]));
    },
    [[]],
  );
}

/** The kernel over these parts, each axis counted from 0 again; an axis of one place vanishes. */
function partAt(kernel: Kernel, spans: readonly Span[], bounds: Bounds): Kernel {
  const replacements = new Map<string, Replacement>();
  for (const [at, { name }] of kernel.grid.entries()) {
    const span = spans[at];
    if (span === undefined) continue;
    const { from, to } = span;
    const isSingle = to - from === 1;
    replacements.set(name, {
      axes: isSingle ? [] : [{ name, extent: constant(to - from) }],
      index: isSingle ? constantIndex(from) : addIndex(axisIndex(name), constantIndex(from)),
    });
  }
  return replaceAxes(kernel, replacements, bounds);
}
