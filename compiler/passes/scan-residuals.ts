/**
 * What a forward scan keeps of every step for the reverse one: results of sums, products, functions and draws. What is cheap
 * to compute of those, of slices and of carries is computed again instead.
 */
import type { GraphBuilder } from "../graph/builder.ts";
import { keyOf } from "../graph/graph.ts";
import type { ScanParts } from "../graph/region.ts";
import type { Value } from "../graph/types.ts";

/** Ops that cost no more than to load what they make. */
const cheap: ReadonlySet<string> = new Set([
  "constant",
  "dimension",
  "iota",
  "broadcast",
  "reshape",
  "transpose",
  "reverse",
  "neg",
  "abs",
  "not",
  "add",
  "sub",
  "mul",
  "div",
  "maximum",
  "minimum",
  "and",
  "or",
  "equal",
  "notEqual",
  "less",
  "lessEqual",
  "greater",
  "greaterEqual",
  "select",
  "cast",
  "stop_gradient",
]);

/** The body of the forward scan once more, among the nodes that the reverse one is made of. */
export interface Replay {
  readonly parts: ScanParts;
  /** What stands for the node's inputs: slices, carries, captures. */
  readonly givens: readonly Value[];
  /** The body's nodes: ids from `from` up to, not including, `to`. */
  readonly from: number;
  readonly to: number;
  /** What the region's outputs are here: emits, then next carries. */
  readonly results: readonly Value[];
  /** By `node.output` here, the value in the region. */
  readonly original: ReadonlyMap<string, Value>;
}

export interface Kept {
  /** Values of the replayed body, in their order. */
  readonly values: readonly Value[];
  /** The keys of all `given` values that the reverse body reads. */
  readonly used: ReadonlySet<string>;
}

/** What of the body must be kept so that `ends` can be computed. */
export function keptOf(builder: GraphBuilder, replay: Replay, ends: readonly Value[]): Kept {
  const { from, to, parts } = replay;
  const isForward = ({ node }: Value): boolean => node >= from && node < to;
  const direct = reads(builder, ends, (value) => !isForward(value) && value.node >= from);
  const wanted = direct.filter(isForward).sort((a, b) => a.node - b.node || a.output - b.output);
  const kept = parts.recompute ? [] : chosen(builder, replay, wanted);
  const isKept = new Set(kept.map(keyOf));
  const all = reads(builder, ends, (value) => value.node >= from && !isKept.has(keyOf(value)));
  return { values: kept, used: new Set(all.map(keyOf)) };
}

/** All values on the way from `ends` back, through those that `through` lets pass. */
function reads(builder: GraphBuilder, ends: readonly Value[], through: (value: Value) => boolean): Value[] {
  const seen = new Map<string, Value>();
  const pending = [...ends];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (seen.has(keyOf(value))) continue;
    seen.set(keyOf(value), value);
    if (through(value)) pending.push(...builder.node(value.node).inputs);
  }
  return [...seen.values()];
}

/** Of the values that are read, ascending: those that are not cheap, and the cheap ones that cannot be had of these and what is given. */
function chosen(
  builder: GraphBuilder,
  { from, to, results, parts }: Replay,
  wanted: readonly Value[],
): readonly Value[] {
  // The next carries lie in memory anyway.
  const carried = new Set(results.slice(parts.emits).map(keyOf));
  const kept = new Map<string, Value>();
  for (const value of wanted)
    if (!cheap.has(builder.node(value.node).op) || carried.has(keyOf(value))) kept.set(keyOf(value), value);
  const known = new Set<number>();
  const isAtHand = (value: Value): boolean => kept.has(keyOf(value)) || value.node < from || known.has(value.node);
  const next = wanted.values();
  let one = next.next();
  for (let id = from; id < to; id += 1) {
    const { op, inputs } = builder.node(id);
    if (cheap.has(op) && inputs.every(isAtHand)) known.add(id);
    for (; one.done !== true && one.value.node === id; one = next.next())
      if (!isAtHand(one.value)) kept.set(keyOf(one.value), one.value);
  }
  return [...kept.values()].sort((a, b) => a.node - b.node || a.output - b.output);
}
