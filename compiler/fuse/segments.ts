/**
 * Parameters that move alike become one segment: where several kernels are the same elementwise loop over different
 * tensors (an optimiser's updates), those tensors are laid side by side in the arena and one loop runs over the whole run,
 * padding included, which nothing else reads.
 *
 *   adam over w[64, 32]; adam over b[32]   ⟶   adam over parameters[2048 + 32]
 */
import { constant, constantValue, product } from "../dimension/dimension.ts";
import { axisIndex } from "../loops/index.ts";
import { loadsOf, mapScalar, scalarKey } from "../loops/scalar.ts";
import type { Scalar } from "../loops/types.ts";
import type { UniqueNames } from "../program/unique-names.ts";
import { isIdentity } from "./align.ts";
import type { FusedEntry } from "./index.ts";
import type { Tensor } from "../lower/lower.ts";
import { mapStage, scalarsOf } from "../kernel/stage.ts";
import { readsOf, writesOf } from "../kernel/tensors.ts";
import type { Kernel, Stage } from "../kernel/types.ts";

/** Tensors that lie contiguously, each at a multiple of `segmentAlignment` elements; `name` is the whole run. */
export interface Segment {
  readonly name: string;
  readonly tensors: readonly string[];
  readonly elements: number;
}

/** 64 bytes, so that every tensor keeps the arena's alignment. */
export const segmentAlignment = 16;

export interface SegmentedEntry extends FusedEntry {
  readonly segments: readonly Segment[];
}

/** An elementwise kernel whose tensors are numbered by first appearance. */
interface Form {
  readonly kernel: Kernel;
  readonly key: string;
  readonly slots: readonly string[];
}

/** Merges alike update kernels of an entry. */
export function joinSegments(entry: FusedEntry, taken: UniqueNames): SegmentedEntry {
  const forms = entry.kernels.map((kernel) => formOf(kernel, entry));
  const places = placesOf(entry.kernels);
  const groups = groupsOf(forms).filter((group) => canRunLast(group, places));
  const segments: Segment[] = [];
  const joined = new Map<Kernel, Kernel>();
  for (const group of groups) {
    const ofSlots = group[0].slots.map((_, slot) => segmentOf(group, slot, entry, taken));
    segments.push(...ofSlots);
    joined.set(group[group.length - 1].kernel, joinKernels(group[0], ofSlots));
  }
  const gone = new Set(groups.flatMap((group) => group.map(({ kernel }) => kernel)));
  const kernels = entry.kernels.flatMap((kernel) => joined.get(kernel) ?? (gone.has(kernel) ? [] : [kernel]));
  return { ...entry, kernels, tensors: withSegments(entry.tensors, segments), segments };
}

/** Undefined for a kernel that is not elementwise over whole tensors of fixed size. */
function formOf(kernel: Kernel, { tensors }: FusedEntry): Form | undefined {
  const elements = constantValue(product(kernel.grid.map(({ extent }) => extent)));
  if (
    elements === undefined ||
    kernel.grid.length === 0 ||
    !moves(kernel, tensors) ||
    !kernel.stages.every((stage) => isElementwise(stage, kernel))
  )
    return undefined;
  const slots: string[] = [];
  const slotOf = (tensor: string): string => {
    if (!slots.includes(tensor)) slots.push(tensor);
    return `#${slots.indexOf(tensor)}`;
  };
  const anonymous = kernel.stages.map((stage) => mapStage(stage, (scalar) => anonymise(scalar, slotOf), slotOf));
  const usable = slots.every((tensor) => tensors.get(tensor)?.role !== "input");
  return usable ? { kernel, key: anonymous.map(stageKey).join("; "), slots } : undefined;
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
  return scalarsOf(stage)
    .flatMap(loadsOf)
    .every(({ indices }) => indices.length === 0 || isIdentity(indices, grid));
}

function anonymise(scalar: Scalar, slotOf: (tensor: string) => string): Scalar {
  return mapScalar(scalar, (node) =>
    node.kind === "load" && node.indices.length > 0
      ? { ...node, tensor: slotOf(node.tensor), indices: [axisIndex("i0")] }
      : node,
  );
}

function stageKey(stage: Stage): string {
  if (stage.kind === "let") return `${stage.name} = ${scalarKey(stage.value)}`;
  return stage.kind === "store" ? `${stage.store.tensor} = ${scalarKey(stage.store.value)}` : stage.kind;
}

/** Groups of at least two, each tensor in one slot of one group. */
function groupsOf(forms: readonly (Form | undefined)[]): readonly (readonly Form[])[] {
  const byKey = new Map<string, Form[]>();
  const owned = new Set<string>();
  for (const form of forms) {
    if (form === undefined) continue;
    if (form.slots.some((tensor) => owned.has(tensor))) continue;
    for (const tensor of form.slots) owned.add(tensor);
    const group = byKey.get(form.key);
    if (group === undefined) byKey.set(form.key, [form]);
    else group.push(form);
  }
  return [...byKey.values()].filter((group) => group.length > 1);
}

/** Where kernels stand, and where each tensor is read and written. */
interface Places {
  readonly kernels: readonly Kernel[];
  readonly positions: ReadonlyMap<Kernel, number>;
  readonly readers: ReadonlyMap<string, readonly number[]>;
  readonly writers: ReadonlyMap<string, readonly number[]>;
}

function placesOf(kernels: readonly Kernel[]): Places {
  return {
    kernels,
    positions: new Map(kernels.map((kernel, position) => [kernel, position])),
    readers: positionsBy(kernels, readsOf),
    writers: positionsBy(kernels, writesOf),
  };
}

function positionsBy(
  kernels: readonly Kernel[],
  tensorsOf: (kernel: Kernel) => Iterable<string>,
): ReadonlyMap<string, readonly number[]> {
  const positions = new Map<string, number[]>();
  for (const [position, kernel] of kernels.entries()) {
    for (const tensor of tensorsOf(kernel)) {
      const list = positions.get(tensor);
      if (list === undefined) positions.set(tensor, [position]);
      else list.push(position);
    }
  }
  return positions;
}

/** The whole group runs where its last kernel stood: nobody may need the others' results before, nor overwrite what they read. */
function canRunLast(group: readonly Form[], { kernels, positions, readers, writers }: Places): boolean {
  const own = new Set(group.map(({ kernel }) => kernel));
  const placeOf = (kernel: Kernel): number => positions.get(kernel) ?? 0;
  const last = placeOf(group[group.length - 1].kernel);
  const between = (kernel: Kernel): readonly number[] =>
    [
      ...[...writesOf(kernel)].flatMap((tensor) => readers.get(tensor) ?? []),
      ...[...readsOf(kernel)].flatMap((tensor) => writers.get(tensor) ?? []),
    ].filter((other) => other > placeOf(kernel) && other < last);
  return group.every(({ kernel }) => between(kernel).every((other) => own.has(kernels[other])));
}

function segmentOf(group: readonly Form[], slot: number, { tensors }: FusedEntry, taken: UniqueNames): Segment {
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

function joinKernels({ kernel, slots }: Form, segments: readonly Segment[]): Kernel {
  const grid = [{ name: "i0", extent: constant(segments[0].elements) }];
  const place = [axisIndex("i0")];
  const names = new Map(slots.map((tensor, slot) => [tensor, segments[slot].name]));
  const rename = (tensor: string): string => names.get(tensor) ?? tensor;
  const scalar = (value: Scalar): Scalar =>
    mapScalar(value, (node) =>
      node.kind === "load" && node.indices.length > 0 ? { ...node, tensor: rename(node.tensor), indices: place } : node,
    );
  const stages = kernel.stages.map((stage) => {
    const mapped = mapStage(stage, scalar, rename);
    return mapped.kind === "store" ? { ...mapped, store: { ...mapped.store, indices: place } } : mapped;
  });
  return { ...kernel, grid, stages };
}

function withSegments(tensors: ReadonlyMap<string, Tensor>, segments: readonly Segment[]): ReadonlyMap<string, Tensor> {
  const all = new Map(tensors);
  for (const { name, elements } of segments) {
    const type = { dtype: "f32", shape: [constant(elements)] } as const;
    all.set(name, { name, role: "value", type, declared: type });
  }
  return all;
}
