/**
 * Fusion: the computes of one entry become kernels, in the order in which they run. Values are kept; what is computed
 * again and what is stored is decided here, by the rules in decide.ts and cluster.ts.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import { axisIndex } from "../loops/index.ts";
import { load } from "../loops/scalar.ts";
import type { Bounds } from "../dimension/interval.ts";
import type { Level, Lowered, LoweredOutput, Tensor } from "../lower/lowered.ts";
import { isLoop, kernelsOf, renamedSteps, type KernelLoop, type KernelStep } from "../kernel/steps.ts";
import { renameTensors, writesOf } from "../kernel/tensors.ts";
import type { Kernel } from "../kernel/types.ts";
import { verifyUpdates } from "../kernel/verify.ts";
import type { UniqueNames } from "../program/unique-names.ts";
import { buildKernel } from "./build.ts";
import { carriesOf, inOneSlot } from "./carries.ts";
import { clusterMembers } from "./cluster.ts";
import type { Cluster } from "./cluster.ts";
import { decide } from "./decide.ts";
import { nestTransforms } from "./nest.ts";
import { orderSteps, verifyOrder, type Ordered } from "./order.ts";
import { settleUpdates } from "./settle.ts";

export interface FusedEntry {
  readonly steps: readonly KernelStep[];
  /** Every tensor that the kernels load or store: inputs and variables, results by their names, temporaries. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The names of what the entry answers with. */
  readonly results: readonly string[];
}

export interface FuseOptions {
  /** Throws an InternalError where an update overwrites what is still to be read: afterwards both have one name. */
  readonly verify?: boolean;
  /** Whether a worker has room for private arrays that hold a row of tiles. */
  readonly nests?: boolean;
}

/** Fuses one entry. `taken` holds the names of temporaries so far, and gets this entry's. */
export function fuse(
  lowered: Lowered,
  bounds: Bounds,
  taken: UniqueNames,
  { verify = false, nests = false }: FuseOptions = {},
): FusedEntry {
  const stored = new Set<string>();
  const context = { tensors: lowered.tensors, bounds, nests, verify, stored };
  const { steps, inPlace } = fuseLevel(lowered, lowered.outputs, context);
  const names = readableNames(steps, inPlace, lowered, taken);
  const tensors = new Set([...lowered.tensors.keys(), ...names.values()]);
  const all = renamedSteps([...steps, ...copies(lowered, inPlace)], names, (kernel) => nameRowsApart(kernel, tensors));
  const results = lowered.outputs.flatMap(({ role, name }) => (role === "result" ? [name] : []));
  const placed = inOneSlot(lowered.tensors, carriesOf(inPlace, lowered.tensors));
  return { steps: all, tensors: renamedTensors(placed, stored, names), results };
}

interface Context {
  readonly tensors: Lowered["tensors"];
  readonly bounds: Bounds;
  readonly nests: boolean;
  readonly verify: boolean;
  /** Gathers what lies in memory. */
  readonly stored: Set<string>;
}

/** The steps of an entry or of a loop's body: no kernel spans two levels. What is written in place within is among the answer's. */
function fuseLevel(level: Level, outputs: readonly LoweredOutput[], context: Context): Ordered {
  const { tensors, bounds, nests, verify, stored } = context;
  const members = decide({ ...level, tensors, outputs, bounds });
  const clusters = clusterMembers(members, bounds);
  const wanted = [...outputs.map(({ tensor }) => tensor), ...level.loops.flatMap(({ reads }) => reads)];
  const needed = storedTensors(clusters, wanted);
  const built = clusters.map((cluster) => buildKernel(cluster, needed));
  const nested = nests ? nestTransforms(built, tensors, new Set(wanted)) : { kernels: built, gone: new Set<string>() };
  for (const tensor of needed) if (!nested.gone.has(tensor)) stored.add(tensor);
  const within = new Map<string, string>();
  const loops = level.loops.map(({ index, extent, reads, writes, body, outputs: own }): KernelLoop => {
    for (const tensor of writes) stored.add(tensor);
    const inner = fuseLevel(body, own, context);
    for (const [tensor, old] of inner.inPlace) within.set(tensor, old);
    return { index, extent, steps: inner.steps, reads: new Set(reads), writes: new Set(writes) };
  });
  const { steps, inPlace } = orderSteps([...nested.kernels, ...loops], outputs);
  const settled = steps.map((step) => (isLoop(step) ? step : settleUpdates(step, inPlace)));
  if (verify) verifySettled(settled, inPlace);
  return { steps: settled, inPlace: new Map([...within, ...inPlace]) };
}

function verifySettled(steps: readonly KernelStep[], inPlace: ReadonlyMap<string, string>): void {
  const [first] = [
    ...steps.flatMap((step) => (isLoop(step) ? [] : verifyUpdates(step, inPlace))),
    ...verifyOrder(steps, inPlace),
  ];
  if (first !== undefined) throw new InternalError("fuse", first);
}

/** Rows share a name space with the tensors that a kernel loads: one whose name a tensor has, or will have, gets another. */
function nameRowsApart(kernel: Kernel, tensors: ReadonlySet<string>): Kernel {
  if (kernel.rows.length === 0) return kernel;
  const apart = (name: string): string => (tensors.has(name) ? apart(`${name}_row`) : name);
  const names = new Map(kernel.rows.map(({ name }) => [name, apart(name)]));
  if (kernel.rows.every(({ name }) => names.get(name) === name)) return kernel;
  const rows = kernel.rows.map((row) => ({ ...row, name: apart(row.name) }));
  return { ...renameTensors(kernel, names), rows };
}

/** The values that leave their cluster: what is wanted elsewhere, and what another cluster loads. */
function storedTensors(clusters: readonly Cluster[], wanted: readonly string[]): ReadonlySet<string> {
  const stored = new Set(wanted);
  for (const { members } of clusters) {
    const own = new Set(members.map(({ tensor }) => tensor));
    for (const { loads } of members) for (const tensor of loads) if (!own.has(tensor)) stored.add(tensor);
  }
  return stored;
}

/** One kernel for each update that could not be written in place: it moves the new value at the end. */
function copies({ outputs, tensors }: Lowered, inPlace: ReadonlyMap<string, string>): readonly Kernel[] {
  return outputs.flatMap(({ name, role, tensor }) => {
    const type = tensors.get(tensor)?.type;
    if (role === "result" || inPlace.has(tensor) || type === undefined) return [];
    const grid = type.shape.map((extent, d) => ({ name: `i${d}`, extent }));
    const indices = grid.map((axis) => axisIndex(axis.name));
    const store = { tensor: name, dtype: type.dtype, indices, value: load(tensor, type.dtype, indices) };
    return [{ name: "move", grid, rows: [], stages: [{ kind: "store", store }], origins: [] }];
  });
}

/** Updates take their variable's name, results their own, and temporaries one after the kernel that makes them; a carry in place has one. */
function readableNames(
  steps: readonly KernelStep[],
  inPlace: ReadonlyMap<string, string>,
  { outputs, tensors }: Lowered,
  taken: UniqueNames,
): ReadonlyMap<string, string> {
  const carries = carriesOf(inPlace, tensors);
  const names = new Map([...inPlace].filter(([tensor]) => !carries.has(tensor)));
  for (const { name, role, tensor } of outputs) if (role === "result") names.set(tensor, name);
  for (const name of tensors.keys()) if (!name.startsWith("%")) taken.reserve(name);
  for (const name of names.values()) taken.reserve(name);
  const slots = [...tensors.values()].filter(({ slot }) => slot !== undefined);
  for (const kernel of kernelsOf(steps)) {
    for (const tensor of writesOf(kernel)) {
      if (names.has(tensor)) continue;
      const stack = tensors.get(tensor)?.slot?.of;
      if (stack !== undefined && !names.has(stack)) names.set(stack, taken.take(`${kernel.name}_steps`));
      const name = taken.take(kernel.name);
      for (const one of [tensor, carries.get(tensor) ?? tensor]) names.set(one, name);
    }
  }
  // A slot whose maker is a loop, or that is only read, is called after what it lies in; that of an outer loop comes first.
  for (const { name, slot } of slots) {
    if (slot === undefined || names.has(name)) continue;
    const stack = names.get(slot.of) ?? slot.of;
    names.set(name, taken.take(`${stack}_${slot.loop === undefined ? "part" : "step"}`));
  }
  return names;
}

function renamedTensors(
  tensors: ReadonlyMap<string, Tensor>,
  stored: ReadonlySet<string>,
  names: ReadonlyMap<string, string>,
): ReadonlyMap<string, Tensor> {
  const renamed = new Map<string, Tensor>();
  for (const tensor of tensors.values()) {
    if (tensor.role === "value" && !stored.has(tensor.name)) continue;
    const name = names.get(tensor.name) ?? tensor.name;
    const { slot } = tensor;
    const own = slot === undefined ? tensor : { ...tensor, slot: { ...slot, of: names.get(slot.of) ?? slot.of } };
    if (!renamed.has(name) || tensor.role !== "value") renamed.set(name, { ...own, name });
  }
  return renamed;
}
