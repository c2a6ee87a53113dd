/**
 * The lowered body of a scan becomes a loop and what stands around it. Only what lies between carries stays in the loop: what no
 * carry reaches is computed before it, for all steps at once, and what reaches no carry behind it. Carries, and values of
 * steps that others read, lie in stacks of slots; a step reads one slot and writes one.
 */
import { add, constant, product, subtract, type Dimension } from "../dimension/dimension.ts";
import type { ScanParts } from "../graph/region.ts";
import type { Origin, TensorType } from "../graph/types.ts";
import { loadedBy } from "../loops/compute.ts";
import { axisIndex } from "../loops/index.ts";
import { load } from "../loops/scalar.ts";
import type { Axis } from "../loops/types.ts";
import type { Level, LoweredLoop, LoweredNode, LoweredOutput, Slot } from "./lowered.ts";
import { dependentOn, partingOf, type Parting } from "./parting.ts";
import { withTransposed } from "./permuted.ts";
import { ofAllSteps, type Everywhere } from "./steps.ts";
import { isSingle, type Tensors } from "./tensors.ts";

/** A scan to place, its body lowered. */
export interface ScanBody {
  /** `%12`: what its tensors' names begin with. */
  readonly name: string;
  readonly parts: ScanParts;
  readonly origin: Origin;
  /** The tensors outside that the node reads: slices, carries, captures. */
  readonly inputs: readonly string[];
  /** What the body calls its slices and carries. */
  readonly givens: readonly string[];
  /** What the body calls its emits and next carries. */
  readonly results: readonly string[];
  readonly level: Level;
  /** The loops around it. */
  readonly depth: number;
}

/** A level that still grows. */
interface Growing {
  readonly nodes: LoweredNode[];
  readonly loops: LoweredLoop[];
}

/** A scan while it is placed. */
interface Placing extends ScanBody {
  readonly tensors: Tensors;
  readonly parting: Parting;
  readonly carried: readonly Carried[];
  readonly all: Map<string, Everywhere>;
}

interface Carried {
  /** What the body calls it, and what it makes of it. */
  readonly old: string;
  readonly next: string;
  /** The tensor outside that it begins with. */
  readonly first: string;
  /** Where it lies: a slot for each step and one more, or two that take turns until it is found that one is enough (fuse/carries.ts). */
  readonly stack: string;
  readonly isWhole: boolean;
}

/** Adds the loop and what stands around it to `outer`; answers with where emits and last carries are found. */
export function placeScan(scan: ScanBody, outer: Growing, tensors: Tensors): readonly Everywhere[] {
  const { parts, givens, inputs, name, level } = scan;
  const { slices } = parts;
  const { nodes, emitted, next } = withOwnResults(scan, tensors);
  const body = {
    nodes: liveNodes(nodes, [...emitted, ...next, ...level.loops.flatMap(({ reads }) => reads)]),
    loops: level.loops,
    slices: givens.slice(0, slices),
    carries: givens.slice(slices),
    next,
    // What fills a slot of a loop within does so at each step.
    pinned: nodes.flatMap(({ tensor }) => (tensors.find(tensor)?.slot === undefined ? [] : [tensor])),
  };
  const parting = partingOf(body);
  const asked = new Set([...parting.behind.flatMap(({ compute }) => loadedBy(compute)), ...emitted]);
  const carried = next.map((made, n): Carried => {
    const old = givens[slices + n];
    const isWhole = asked.has(old) || asked.has(made);
    return { old, next: made, first: inputs[slices + n], stack: `${name}/stack${n}`, isWhole };
  });
  const placing: Placing = { ...scan, tensors, parting, carried, all: new Map() };
  for (const [n, given] of givens.slice(0, slices).entries())
    placing.all.set(given, { tensor: inputs[n], isStacked: true });
  addAround(parting.before, placing, outer);
  // What stands around the loop is there for all steps, whoever makes it in the loop as well.
  const again = new Set([...parting.before, ...parting.behind].map(({ tensor }) => tensor));
  const kept = parting.core.filter(({ tensor }) => asked.has(tensor) && !next.includes(tensor) && !again.has(tensor));
  for (const { tensor } of kept) addKept(tensor, placing);
  for (const one of carried) addCarried(one, placing, outer);
  if (parting.core.length > 0 || level.loops.length > 0) outer.loops.push(loopOf(placing, kept, outer));
  addAround(parting.behind, placing, outer);
  return [
    ...emitted.map((result) => placing.all.get(result) ?? { tensor: result, isStacked: false }),
    ...carried.map(({ stack }) => ({ tensor: `${stack}/last`, isStacked: true })),
  ];
}

/** What the wanted tensors are made of. */
function liveNodes(nodes: readonly LoweredNode[], wanted: readonly string[]): readonly LoweredNode[] {
  const live = new Set(wanted);
  for (const { tensor, compute } of nodes.toReversed())
    if (live.has(tensor)) for (const loaded of loadedBy(compute)) live.add(loaded);
  return nodes.filter(({ tensor }) => live.has(tensor));
}

/**
 * Each next carry as a value of its own that the loop makes: a copy where it is given, or another carry's; so are emits of what a
 * loop within makes, which lies there for one step only.
 */
function withOwnResults(
  { name, parts, level, givens, results }: ScanBody,
  tensors: Tensors,
): { readonly nodes: readonly LoweredNode[]; readonly emitted: readonly string[]; readonly next: readonly string[] } {
  const made = new Map(level.nodes.map((node) => [node.tensor, node]));
  const ofLoops = new Set(level.loops.flatMap(({ writes }) => writes));
  const dependent = dependentOn(level, givens.slice(parts.slices));
  const nodes = [...level.nodes];
  const copied = (copy: string, result: string): string => {
    tensors.add(copy, "value", tensors.find(result)?.declared ?? scalar);
    nodes.push(copyNode(copy, result, tensors, made.get(result)?.origin));
    return copy;
  };
  const emitted = results
    .slice(0, parts.emits)
    .map((result, n) => (ofLoops.has(result) ? copied(`${name}/emit${n}`, result) : result));
  const next: string[] = [];
  for (const [n, result] of results.slice(parts.emits).entries()) {
    const isOwn = made.has(result) && dependent.has(result) && !next.includes(result);
    next.push(isOwn ? result : copied(`${name}/next${n}`, result));
  }
  return { nodes, emitted, next };
}

function copyNode(tensor: string, source: string, tensors: Tensors, origin: Origin = nowhere): LoweredNode {
  const { dtype, shape } = tensors.find(tensor)?.type ?? scalar;
  const axes = shape.map((extent, d): Axis => ({ name: `i${d}`, extent }));
  const value = load(
    source,
    dtype,
    axes.map((axis) => axisIndex(axis.name)),
  );
  return { tensor, op: "copy", compute: { kind: "map", axes, dtype, value }, origin };
}

const nowhere: Origin = { span: undefined, path: "" };
const scalar: TensorType = { dtype: "f32", shape: [] };

/** What stands before or behind the loop: each node once for all steps, or once at all where no step differs from another. */
function addAround(
  nodes: readonly LoweredNode[],
  { name, parts, parting, tensors, all, depth }: Placing,
  outer: Growing,
): void {
  const inLoop = new Set(parting.core.map(({ tensor }) => tensor));
  const axis = isSingle(parts.length) ? undefined : { name: `t${depth}`, extent: parts.length };
  for (const { tensor, compute, ...node } of nodes) {
    const isStacked = parting.varying.has(tensor);
    const outside = isStacked || inLoop.has(tensor) ? `${tensor} of all steps` : tensor;
    outer.nodes.push({ ...node, tensor: outside, compute: ofAllSteps(compute, isStacked ? axis : undefined, all) });
    all.set(tensor, { tensor: outside, isStacked });
    const type = tensors.find(tensor)?.declared ?? scalar;
    if (isStacked) tensors.add(outside, "value", stackOf(type, parts.length));
    else if (outside !== tensor) tensors.add(outside, "value", type);
    if (isStacked && !inLoop.has(tensor)) addSlot(tensor, outside, placingSlot(parts, name), tensors);
  }
}

function stackOf({ dtype, shape }: TensorType, slots: Dimension): TensorType {
  return { dtype, shape: [slots, ...shape] };
}

type Where = Pick<Slot, "loop" | "times" | "plus" | "modulo">;

/** The slot of the step at hand, of as many slots as there are steps. */
function placingSlot({ length, reversed }: ScanParts, name: string): Where {
  const loop = indexOf(name);
  return reversed ? { loop, times: -1, plus: subtract(length, constant(1)) } : { loop, times: 1, plus: constant(0) };
}

/** `t12`, `t12_5` for a scan within. */
function indexOf(name: string): string {
  return `t${name.replace("%", "").replaceAll("/", "_")}`;
}

/** The tensor becomes a slot of the other. */
function addSlot(tensor: string, of: string, where: Where, tensors: Tensors): void {
  const { role, declared } = tensors.find(tensor) ?? { role: "value" as const, declared: scalar };
  tensors.add(tensor, role, declared, { ...where, of, stride: product(declared.shape) });
}

/** A value of the loop that others read of every step. */
function addKept(tensor: string, { name, parts, tensors, all }: Placing): void {
  const stack = `${tensor} of all steps`;
  tensors.add(stack, "value", stackOf(tensors.find(tensor)?.declared ?? scalar, parts.length));
  addSlot(tensor, stack, placingSlot(parts, name), tensors);
  all.set(tensor, { tensor: stack, isStacked: true });
}

/** The stack of a carry, with its first value in the slot that the first step reads. */
function addCarried({ old, next, first, stack, isWhole }: Carried, placing: Placing, outer: Growing): void {
  const { name, parts, tensors, all, origin } = placing;
  const { length, reversed } = parts;
  const type = tensors.find(old)?.declared ?? scalar;
  const loop = indexOf(name);
  const [zero, one] = [constant(0), constant(1)];
  const still = (plus: Dimension): Where => (isWhole ? { times: 1, plus } : { times: 1, plus, modulo: 2 });
  tensors.add(stack, "value", stackOf(type, isWhole ? add(length, one) : constant(2)));
  const backwards = isWhole && reversed;
  const moving = (plus: Dimension): Where => ({ ...still(plus), loop, times: backwards ? -1 : 1 });
  addSlot(old, stack, moving(backwards ? length : zero), tensors);
  addSlot(next, stack, moving(backwards ? subtract(length, one) : one), tensors);
  for (const [end, plus] of [
    ["first", backwards ? length : zero],
    ["last", backwards ? zero : length],
  ] as const) {
    tensors.add(`${stack}/${end}`, "value", type);
    addSlot(`${stack}/${end}`, stack, still(plus), tensors);
  }
  outer.nodes.push(copyNode(`${stack}/first`, first, tensors, origin));
  if (!isWhole) return;
  for (const [tensor, plus] of [
    [old, backwards ? one : zero],
    [next, backwards ? zero : one],
  ] as const) {
    const seen = `${tensor} of all steps`;
    const stride = product(type.shape);
    tensors.add(seen, "value", stackOf(type, length), { of: stack, times: 1, plus, stride });
    all.set(tensor, { tensor: seen, isStacked: true });
  }
}

function loopOf(placing: Placing, kept: readonly LoweredNode[], outer: Growing): LoweredLoop {
  const { name, parts, level, parting, carried, tensors } = placing;
  const own = new Set(parting.core.map(({ tensor }) => tensor));
  const isShared = (tensor: string): boolean => !own.has(tensor) && !parting.varying.has(tensor);
  const { nodes: core, copies } = withTransposed(parting.core, isShared, tensors);
  outer.nodes.push(...copies);
  const loops = level.loops.map((loop) => {
    const earlier = level.nodes.slice(0, loop.after).filter(({ tensor }) => own.has(tensor));
    return { ...loop, after: earlier.length };
  });
  for (const { writes } of loops) for (const tensor of writes) own.add(tensor);
  const read = new Set([...core.flatMap(({ compute }) => loadedBy(compute)), ...loops.flatMap(({ reads }) => reads)]);
  for (const [n, given] of placing.givens.slice(0, parts.slices).entries())
    if (read.has(given)) addSlot(given, placing.inputs[n], placingSlot(parts, name), tensors);
  const carries = new Set(carried.map(({ old }) => old));
  // A slot of this loop is read where it lies.
  const place = (tensor: string): string => {
    const slot = tensors.find(tensor)?.slot;
    return slot?.loop === indexOf(name) ? slot.of : tensor;
  };
  const outside = [...read].filter((tensor) => !own.has(tensor) && !carries.has(tensor));
  const outputs = [...carried.map(outputOf), ...kept.map(({ tensor }) => resultOf(tensor))];
  const stacks = carried.flatMap(({ stack, old, next, isWhole }) => [
    stack,
    `${stack}/last`,
    ...(isWhole ? [`${old} of all steps`, `${next} of all steps`] : []),
  ]);
  return {
    index: indexOf(name),
    extent: parts.length,
    after: outer.nodes.length,
    body: { nodes: core, loops },
    outputs,
    reads: [...new Set([...outside.map(place), ...carried.map(({ stack }) => `${stack}/first`)])],
    writes: [...stacks, ...kept.map(({ tensor }) => place(tensor))],
  };
}

/** Of a carry that others read of every step, each value has a place of its own. */
function outputOf({ old, next, isWhole }: Carried): LoweredOutput {
  return isWhole ? resultOf(next) : { name: old, role: "carry", tensor: next };
}

function resultOf(tensor: string): LoweredOutput {
  return { name: tensor, role: "result", tensor };
}
