/**
 * Which maps are never stored but written into their consumers, under rules that bound recomputation:
 *
 * - index movement, and what is computed from indices alone, always;
 * - a cheap map, into all its consumers, unless a contraction or a transform would load it;
 * - any map with one consumer that loads each element once, with the same exceptions;
 * - but not what can be the epilogue of the only value it continues, nor a random draw, nor an output.
 */
import { equal, product, type Dimension } from "../dimension/dimension.ts";
import { ExpandedModels } from "./expanded.ts";
import { axisMap, isIdentity, loopsOf, readsAgain, sameShape, type FusionInput, type Member } from "./definition.ts";
import { isMovement, loadedBy, mapCompute } from "../loops/compute.ts";
import { isRandom } from "../loops/functions.ts";
import {
  axesOf,
  axisIndex,
  dataScalarsOf,
  equalIndex,
  flatten,
  mapDataScalars,
  rangesOf,
  substituteAxesInScalar,
} from "../loops/index.ts";
import { push } from "../loops/push.ts";
import { loadsOf, nodeCost, replaceLoads, scalarKey, type Load } from "../loops/scalar.ts";
import { simplifyIndex, simplifyScalar } from "../loops/simplify.ts";
import { childrenOf, indicesOf, walk } from "../loops/traverse.ts";
import type { Axis, Compute, Index, Scalar } from "../loops/types.ts";
import type { LoweredLoop, LoweredNode } from "../lower/lowered.ts";

/** A map whose operators cost at most this much, none of them expensive, is recomputed by each consumer. */
const cheapCost = 6;
/** … where what is written twice counts once, as long as so few are written. */
const mostWritten = 4 * cheapCost;
/** … while it loads at most this many tensors of its own rank. */
const cheapLoads = 2;
/** An expression with more operators than this is stored, so that kernels stay readable and trees shallow. */
const largest = 60;

/** … and one whose indices are sums of more atoms than this: movements of movements may double them each time. */
const widest = 128;

type MapCompute = Extract<Compute, { kind: "map" }>;

interface State {
  readonly input: FusionInput;
  /** What each node loads as it was lowered. */
  readonly loads: ReadonlyMap<string, readonly string[]>;
  readonly consumers: ReadonlyMap<string, readonly LoweredNode[]>;
  readonly outputs: ReadonlySet<string>;
  readonly virtual: Map<string, MapCompute>;
  readonly expanded: ExpandedModels;
  readonly members: Map<string, Member>;
  /** By tensor, how many loops ran before it was made. */
  readonly stages: Map<string, number>;
  /** The loops by how many nodes stand before them. */
  readonly loopsAt: ReadonlyMap<number, readonly LoweredLoop[]>;
}

/** The values that kernels make, in topological order, with the others written into them. */
export function decide(input: FusionInput): readonly Member[] {
  const loads = new Map(input.nodes.map(({ tensor, compute }) => [tensor, loadedBy(compute)]));
  const update = updateRegion(input, loads);
  const state: State = {
    input,
    loads,
    consumers: consumersOf(input.nodes, loads),
    outputs: new Set([...input.outputs.map(({ tensor }) => tensor), ...readByLoops(input)]),
    virtual: new Map(),
    expanded: new ExpandedModels(),
    members: new Map(),
    stages: new Map(),
    loopsAt: loopsAt(input),
  };
  for (const [position, node] of input.nodes.entries()) {
    noteLoops(position, state);
    const compute = state.expanded.expand(node.compute, state.virtual, () => expand(node, state));
    if (compute.kind === "map" && isVirtual(node, compute, state)) state.virtual.set(node.tensor, compute);
    else state.members.set(node.tensor, member(node, compute, position, update.has(node.tensor), state));
  }
  return reachable([...state.members.values()], state.outputs);
}

function member(node: LoweredNode, compute: Compute, position: number, update: boolean, state: State): Member {
  const { tensor, op, origin } = node;
  const type = { dtype: compute.dtype, shape: compute.axes.map(({ extent }) => extent) };
  const loads = (compute === node.compute ? state.loads.get(tensor) : undefined) ?? loadedBy(compute);
  const stage = stageOf(loads, state);
  state.stages.set(tensor, stage);
  return {
    tensor,
    op,
    origin,
    type: state.input.tensors.get(tensor)?.type ?? type,
    compute,
    loads,
    position,
    update,
    stage,
  };
}

/** What a loop reads lies in memory. */
function readByLoops({ loops }: FusionInput): readonly string[] {
  return loops.flatMap(({ reads }) => reads);
}

function loopsAt({ loops }: FusionInput): State["loopsAt"] {
  const found = new Map<number, LoweredLoop[]>();
  for (const loop of loops) push(found, loop.after, loop);
  return found;
}

/** Notes what the loops make that stand before the node at this position. */
function noteLoops(position: number, state: State): void {
  for (const { reads, writes } of state.loopsAt.get(position) ?? []) {
    const stage = stageOf(reads, state) + 1;
    for (const tensor of writes) state.stages.set(tensor, stage);
  }
}

function stageOf(tensors: readonly string[], { stages }: State): number {
  return tensors.reduce((most, tensor) => Math.max(most, stages.get(tensor) ?? 0), 0);
}

/** Values that only virtual values loaded, whose consumers in turn came to nothing, make no kernel. */
function reachable(members: readonly Member[], outputs: ReadonlySet<string>): readonly Member[] {
  const used = new Set(outputs);
  for (const { tensor, loads } of [...members].reverse()) {
    if (used.has(tensor)) for (const loaded of loads) used.add(loaded);
  }
  return members.filter(({ tensor }) => used.has(tensor));
}

function consumersOf(nodes: readonly LoweredNode[], loads: State["loads"]): State["consumers"] {
  const consumers = new Map<string, LoweredNode[]>();
  for (const node of nodes) for (const tensor of loads.get(node.tensor) ?? []) push(consumers, tensor, node);
  return consumers;
}

/** Replaces each load of a virtual value by its expression at the load's indices. */
function expand({ tensor, compute }: LoweredNode, { virtual, input, loads }: State): Compute {
  const ranges = rangesOf(loopsOf(compute));
  const replace = (load: Load): Scalar | undefined => {
    const definition = virtual.get(load.tensor);
    return definition && substituteAxesInScalar(definition.value, axisMap(definition.axes, load.indices));
  };
  const isWhole = !loads.get(tensor)?.some((loaded) => virtual.has(loaded));
  const replaced = (value: Scalar): Scalar => (isWhole ? value : replaceLoads(value, replace));
  return mapCompute(
    compute,
    (value) => simplifyScalar(replaced(value), ranges, input.bounds),
    (index) => simplifyIndex(mapDataScalars(index, replaced), ranges, input.bounds),
  );
}

function isVirtual(node: LoweredNode, compute: MapCompute, state: State): boolean {
  if (state.outputs.has(node.tensor) || node.stored === true) return false;
  const size = measure(compute.value);
  if (size.operators > largest || size.random || isWide(compute.value)) return false;
  const loads = loadsOf(compute.value);
  const contracted = (state.consumers.get(node.tensor) ?? []).some((consumer) => readsAgain(consumer.compute));
  if (contracted) return isPlain(compute.value) || isReshape(compute, state);
  if (loads.length === 0) return !size.expensive;
  if (isMovement(node.compute)) return size.operators <= cheapCost * 2 || consumerCount(node.tensor, state) === 1;
  const consumers = effectiveConsumers(node.tensor, state);
  if (consumers.some((consumer) => readsAgain(consumer.compute))) return false;
  if (continuesAlone(compute, loads, state)) return false;
  if (!size.expensive && isCheap(size) && fullLoads(compute, loads) <= cheapLoads) return true;
  return consumers.length === 1 && loadsOnce(consumers[0], node);
}

/** Whether the indices hold more atoms than `widest`, nested ones included. */
function isWide(value: Scalar): boolean {
  let atoms = 0;
  walk(value, (node) => {
    for (const index of indicesOf(node)) atoms += atomsOf(index);
  });
  return atoms > widest;
}

/** The atoms of an index, those of its quotients and remainders included. */
function atomsOf({ terms }: Index): number {
  let atoms = terms.length;
  for (const { atom } of terms) if (atom.kind === "quotient" || atom.kind === "remainder") atoms += atomsOf(atom.value);
  return atoms;
}

function consumerCount(tensor: string, state: State): number {
  return state.consumers.get(tensor)?.length ?? 0;
}

/** One load at indices made of axes alone: what a contraction reads in place. */
function isPlain(value: Scalar): boolean {
  return value.kind === "load" && value.indices.every(({ terms }) => terms.every(({ atom }) => atom.kind === "axis"));
}

/** The elements of a tensor in their order, as another shape. */
function isReshape({ axes, value }: MapCompute, { input }: State): boolean {
  if (value.kind !== "load") return false;
  const shape = input.tensors.get(value.tensor)?.type.shape ?? [];
  const [from, to] = [
    flatten(value.indices, shape),
    flatten(
      axes.map(({ name }) => axisIndex(name)),
      axes.map(({ extent }) => extent),
    ),
  ];
  return equalIndex(simplifyIndex(from, rangesOf(axes), input.bounds), simplifyIndex(to, rangesOf(axes), input.bounds));
}

/** Who computes with the value, seen through index movement. */
function effectiveConsumers(tensor: string, state: State): readonly LoweredNode[] {
  return [...consumersBehind(tensor, state)];
}

/** Whether one node computes with the value: many may, and many may ask. */
function hasOneConsumer(tensor: string, state: State): boolean {
  const consumers = consumersBehind(tensor, state);
  return consumers.next().done !== true && consumers.next().done === true;
}

function* consumersBehind(tensor: string, { consumers, outputs }: State): Generator<LoweredNode> {
  const seen = new Set<LoweredNode>();
  const pending = [tensor];
  for (let made = pending.pop(); made !== undefined; made = pending.pop()) {
    for (const node of consumers.get(made) ?? []) {
      if (seen.has(node)) continue;
      seen.add(node);
      if (isMovement(node.compute) && !outputs.has(node.tensor)) pending.push(node.tensor);
      else yield node;
    }
  }
}

/** Continues, element by element, a value that nobody else reads: it belongs into that value's kernel. */
function continuesAlone(compute: MapCompute, loads: readonly Load[], state: State): boolean {
  return loads.some((load) => {
    const source = state.members.get(load.tensor);
    if (source === undefined || !isPointwise(source.compute) || !sameShape(source.compute.axes, compute.axes))
      return false;
    return isIdentity(load.indices, compute.axes) && hasOneConsumer(load.tensor, state);
  });
}

/** Makes one element at each point of its loops, which are its axes: others can follow there. */
function isPointwise(compute: Compute): compute is Extract<Compute, { readonly kind: "map" | "reduce" }> {
  return compute.kind === "map" || compute.kind === "reduce";
}

function fullLoads(compute: MapCompute, loads: readonly Load[]): number {
  const full = loads.filter(
    ({ indices }) => indices.filter(({ terms }) => terms.length > 0).length >= compute.axes.length,
  );
  return new Set(full.map(({ tensor }) => tensor)).size;
}

/** Whether `consumer` evaluates each element of `producer` at most once: one place that loads it, a domain no larger. */
function loadsOnce(consumer: LoweredNode, producer: LoweredNode): boolean {
  const { compute } = consumer;
  if (!isPointwise(compute)) return false;
  const loads = loadsOf(compute.value).filter(({ tensor }) => tensor === producer.tensor);
  if (loads.length !== 1) return false;
  const domain = compute.kind === "reduce" ? [...compute.axes, ...compute.over] : compute.axes;
  return sameShape(domain, producer.compute.axes) || equal(elements(domain), elements(producer.compute.axes));
}

function elements(axes: readonly Axis[]): Dimension {
  return product(axes.map(({ extent }) => extent));
}

/** What a division costs; all that costs more is computed once, too. */
const expensiveCost = 4;

interface Measure {
  readonly operators: number;
  /** How many of them differ: a kernel computes what is written twice once. */
  readonly distinct: () => number;
  readonly expensive: boolean;
  readonly random: boolean;
}

/** What writing the tree into a consumer means. What depends on sizes alone leaves every loop and costs nothing there. */
function measure(value: Scalar): Measure {
  const operators: Scalar[] = [];
  collectVarying(value, operators);
  const expensive = operators.some((node) => nodeCost(node) >= expensiveCost);
  const distinct = (): number => new Set(operators.map((node) => scalarKey(node))).size;
  return { operators: operators.length, distinct, expensive, random: operators.some(isRandom) };
}

function isCheap({ operators, distinct }: Measure): boolean {
  return operators <= cheapCost || (operators <= mostWritten && distinct() <= cheapCost);
}

/** Collects the operators under a load or an axis, operands first; whether the tree has any such leaf. */
function collectVarying(node: Scalar, operators: Scalar[]): boolean {
  let varies = node.kind === "load" || (node.kind === "index" && axesOf(node.index).size > 0);
  for (const index of indicesOf(node))
    for (const data of dataScalarsOf(index)) varies = collectVarying(data, operators) || varies;
  const operands = childrenOf(node);
  for (const operand of operands) varies = collectVarying(operand, operators) || varies;
  if (varies && operands.length > 0) operators.push(node);
  return varies;
}

// ---------------------------------------------------------------------------------------------------------------------
// Updates
// ---------------------------------------------------------------------------------------------------------------------

// The part of a training step that only moves parameters, optimiser state and counters. Its maps keep to themselves
// instead of becoming epilogues of the gradients' contractions, so that an optimiser is one loop over a whole segment.

const moving: ReadonlySet<string> = new Set(["parameter", "optimizer", "counter"]);

/** The maps from which only such updates follow; `loads` has what each node's compute loads, by its tensor. */
export function updateRegion(
  { nodes, loops, outputs }: FusionInput,
  loads: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const region = new Set(outputs.filter(({ role }) => moving.has(role)).map(({ tensor }) => tensor));
  const elsewhere = new Set(outputs.filter(({ role }) => !moving.has(role)).map(({ tensor }) => tensor));
  for (const { reads } of loops) for (const tensor of reads) elsewhere.add(tensor);
  const candidates = new Set(region);
  for (const { tensor, compute } of [...nodes].reverse()) {
    const inside = candidates.has(tensor) && !elsewhere.has(tensor) && compute.kind === "map";
    if (inside) region.add(tensor);
    else region.delete(tensor);
    for (const loaded of loads.get(tensor) ?? []) (inside ? candidates : elsewhere).add(loaded);
  }
  return region;
}
