/**
 * Parameters that move alike become one segment: where several kernels are the same elementwise loop over different
 * tensors (an optimiser's updates), those tensors are laid side by side in the arena and one loop runs over the whole run,
 * padding included, which nothing else reads.
 *
 *   adam over w[64, 32]; adam over b[32]   ⟶   adam over parameters[2048 + 32]
 */
import { constant, constantValue, product } from "../dimension/dimension.ts";
import type { TensorType } from "../graph/types.ts";
import { axisIndex } from "../loops/index.ts";
import { mapScalar, nodesOf } from "../loops/scalar.ts";
import type { Axis, Scalar } from "../loops/types.ts";
import type { UniqueNames } from "../program/unique-names.ts";
import { isIdentity } from "./definition.ts";
import type { FusedEntry } from "./index.ts";
import type { Tensor } from "../lower/lowered.ts";
import { mapStage } from "../kernel/stage.ts";
import { isLoop, readsOfStep, writesOfStep, type KernelStep } from "../kernel/steps.ts";
import { readsOf, renameTensors, writesOf } from "../kernel/tensors.ts";
import { formOf } from "../kernel/form.ts";
import type { Kernel, Stage } from "../kernel/types.ts";
import { push } from "../loops/push.ts";

/** Tensors that lie contiguously, each at a multiple of `segmentAlignment` elements; `name` is the whole run. */
export interface Segment {
  readonly name: string;
  readonly tensors: readonly string[];
  readonly elements: number;
}

/** 64 bytes, so that every tensor keeps the arena's alignment. */
const segmentAlignment = 16;

export interface SegmentedEntry extends FusedEntry {
  readonly segments: readonly Segment[];
}

/** An update over one axis, and its tensors in the order of its form. */
interface Update {
  readonly kernel: Kernel;
  readonly flat: Kernel;
  readonly key: string;
  readonly slots: readonly string[];
}

/** Merges alike update kernels of an entry. */
export function joinSegments(entry: FusedEntry, taken: UniqueNames): SegmentedEntry {
  const updates = entry.steps.map((step) => (isLoop(step) ? undefined : updateOf(step, entry)));
  const places = placesOf(entry.steps);
  const groups = groupsOf(updates).filter((group) => canRunLast(group, places));
  const segments: Segment[] = [];
  const joined = new Map<KernelStep, Kernel>();
  for (const group of groups) {
    const ofSlots = group[0].slots.map((_, slot) => segmentOf(group, slot, entry, taken));
    segments.push(...ofSlots);
    joined.set(group[group.length - 1].kernel, joinKernels(group, ofSlots));
  }
  const gone = new Set<KernelStep>(groups.flatMap((group) => group.map(({ kernel }) => kernel)));
  const steps = entry.steps.flatMap((step) => joined.get(step) ?? (gone.has(step) ? [] : [step]));
  return { ...entry, steps, tensors: withSegments(entry.tensors, segments), segments };
}

/** Undefined for a kernel that is not elementwise over whole tensors of fixed size. */
function updateOf(kernel: Kernel, { tensors }: FusedEntry): Update | undefined {
  const elements = constantValue(product(kernel.grid.map(({ extent }) => extent)));
  if (
    elements === undefined ||
    kernel.grid.length === 0 ||
    !moves(kernel, tensors) ||
    !kernel.stages.every((stage) => isElementwise(stage, kernel))
  )
    return undefined;
  const flat = flattened(kernel);
  // Numbers that all share, such as a rate or a counter, are loaded without an index.
  const isShared = (tensor: string): boolean => tensors.get(tensor)?.type.shape.length === 0;
  const { key, tensors: slots } = formOf(flat, () => scalarType, isShared);
  // What lies in a stack cannot lie in a segment, too.
  const usable = slots.every((name) => {
    const tensor = tensors.get(name);
    return tensor?.role !== "input" && tensor?.slot === undefined;
  });
  return usable ? { kernel, flat, key, slots } : undefined;
}

/** What is the same for all: each element is on its own, wherever its tensor ends. */
const scalarType: TensorType = { dtype: "f32", shape: [] };
const whole: Axis = { name: "i0", extent: constant(1) };
const place = [axisIndex(whole.name)];

/** The kernel with one axis, which indexes all that has elements. */
function flattened(kernel: Kernel): Kernel {
  const scalar = (value: Scalar): Scalar =>
    mapScalar(value, (node) => (node.kind === "load" && node.indices.length > 0 ? { ...node, indices: place } : node));
  const stages = kernel.stages.map((stage) => {
    const mapped = mapStage(stage, scalar, (tensor) => tensor);
    return mapped.kind === "store" ? { ...mapped, store: { ...mapped.store, indices: place } } : mapped;
  });
  return { ...kernel, grid: [whole], stages };
}

/** Only updates are joined: their tensors live as long as the program, or belong to it alone. */
function moves(kernel: Kernel, tensors: ReadonlyMap<string, Tensor>): boolean {
  return kernel.stages.every((stage) => {
    if (stage.kind !== "store") return true;
    const role = tensors.get(stage.store.tensor)?.role;
    return role === "parameter" || role === "optimizer";
  });
}

function isElementwise(stage: Stage, { grid }: Kernel): boolean {
  if (stage.kind !== "let" && stage.kind !== "store") return false;
  if (stage.kind === "store" && !isIdentity(stage.store.indices, grid)) return false;
  // What depends on where it is, as a draw does, is not the same behind its neighbour.
  return nodesOf(stage.kind === "let" ? stage.value : stage.store.value).every((node) => {
    if (node.kind !== "load") return node.kind !== "index";
    return node.indices.length === 0 || isIdentity(node.indices, grid);
  });
}

/** Groups of at least two, each tensor in one slot of one group. */
function groupsOf(updates: readonly (Update | undefined)[]): readonly (readonly Update[])[] {
  const byKey = new Map<string, Update[]>();
  const owned = new Set<string>();
  for (const update of updates) {
    if (update === undefined || update.slots.some((tensor) => owned.has(tensor))) continue;
    for (const tensor of update.slots) owned.add(tensor);
    push(byKey, update.key, update);
  }
  return [...byKey.values()].filter((group) => group.length > 1);
}

/** Where kernels stand, and where each tensor is read and written. */
interface Places {
  readonly steps: readonly KernelStep[];
  readonly positions: ReadonlyMap<KernelStep, number>;
  readonly readers: ReadonlyMap<string, readonly number[]>;
  readonly writers: ReadonlyMap<string, readonly number[]>;
}

function placesOf(steps: readonly KernelStep[]): Places {
  return {
    steps,
    positions: new Map(steps.map((step, position) => [step, position])),
    readers: positionsBy(steps, readsOfStep),
    writers: positionsBy(steps, writesOfStep),
  };
}

function positionsBy(
  steps: readonly KernelStep[],
  tensorsOf: (step: KernelStep) => Iterable<string>,
): ReadonlyMap<string, readonly number[]> {
  const positions = new Map<string, number[]>();
  for (const [position, step] of steps.entries())
    for (const tensor of tensorsOf(step)) push(positions, tensor, position);
  return positions;
}

/** The whole group runs where its last kernel stood: nobody may need the others' results before, nor overwrite what they read. */
function canRunLast(group: readonly Update[], { steps, positions, readers, writers }: Places): boolean {
  const own = new Set<KernelStep>(group.map(({ kernel }) => kernel));
  const placeOf = (kernel: Kernel): number => positions.get(kernel) ?? 0;
  const last = placeOf(group[group.length - 1].kernel);
  const between = (kernel: Kernel): readonly number[] =>
    [
      ...[...writesOf(kernel)].flatMap((tensor) => readers.get(tensor) ?? []),
      ...[...readsOf(kernel)].flatMap((tensor) => writers.get(tensor) ?? []),
    ].filter((other) => other > placeOf(kernel) && other < last);
  return group.every(({ kernel }) => between(kernel).every((other) => own.has(steps[other])));
}

function segmentOf(group: readonly Update[], slot: number, { tensors }: FusedEntry, taken: UniqueNames): Segment {
  const names = group.map(({ slots }) => slots[slot]);
  const role = tensors.get(names[0])?.role;
  const base = role === "parameter" ? "parameters" : role === "optimizer" ? commonPath(names) : "gradients";
  return {
    name: taken.take(base),
    tensors: names,
    elements: names.reduce((sum, tensor) => sum + paddedElements(tensors.get(tensor)), 0),
  };
}

/** Where the tensor's neighbour starts, counted from it. */
function paddedElements(tensor: Tensor | undefined): number {
  const elements = constantValue(product(tensor?.type.shape ?? [])) ?? 0;
  return Math.ceil(elements / segmentAlignment) * segmentAlignment;
}

/** `optimizer.main.v` of `optimizer.main.v.Digits.dense.w` and its like. */
function commonPath(names: readonly string[]): string {
  const [first, ...others] = names.map((name) => name.split("."));
  const length = first.findIndex((part, at) => others.some((other) => other[at] !== part));
  return first.slice(0, length < 0 ? first.length : length).join(".") || "optimizer";
}

/** The first one's loop over all; it makes what each of them made. */
function joinKernels(group: readonly Update[], segments: readonly Segment[]): Kernel {
  const [{ flat, slots }] = group;
  const names = new Map(slots.map((tensor, slot) => [tensor, segments[slot].name]));
  const values = group.flatMap(({ kernel }) => kernel.values ?? []);
  return { ...renameTensors(flat, names), grid: [{ ...whole, extent: constant(segments[0].elements) }], values };
}

function withSegments(tensors: ReadonlyMap<string, Tensor>, segments: readonly Segment[]): ReadonlyMap<string, Tensor> {
  const all = new Map(tensors);
  for (const { name, elements } of segments) {
    const type = { dtype: "f32", shape: [constant(elements)] } as const;
    all.set(name, { name, role: "value", type, declared: type });
  }
  return all;
}
