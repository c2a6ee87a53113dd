/**
 * Fusion: the computes of one entry become kernels, in the order in which they run. Values are kept; what is computed
 * again and what is stored is decided here, by the rules in decide.ts and cluster.ts.
 */
import { InternalError } from "../diagnostics/diagnostic.ts";
import { axisIndex } from "../loops/index.ts";
import { load } from "../loops/scalar.ts";
import type { Bounds } from "../dimension/interval.ts";
import type { Lowered, LoweredOutput, Tensor } from "../lower/lower.ts";
import { renameTensors, writesOf } from "../kernel/tensors.ts";
import type { Kernel } from "../kernel/types.ts";
import { verifyUpdates } from "../kernel/verify.ts";
import type { UniqueNames } from "../program/unique-names.ts";
import { buildKernel } from "./build.ts";
import { clusterMembers } from "./cluster.ts";
import type { Cluster } from "./cluster.ts";
import { decide } from "./decide.ts";
import { nestTransforms } from "./nest.ts";
import { orderKernels } from "./order.ts";
import { settleUpdates } from "./settle.ts";

export interface FusedEntry {
  readonly kernels: readonly Kernel[];
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
  const members = decide({ ...lowered, bounds });
  const clusters = clusterMembers(members, bounds);
  const needed = storedTensors(clusters, lowered.outputs);
  const built = clusters.map((cluster) => buildKernel(cluster, needed));
  const outputs = new Set(lowered.outputs.map(({ tensor }) => tensor));
  const nested = nests ? nestTransforms(built, lowered.tensors, outputs) : { kernels: built, gone: new Set<string>() };
  const stored = new Set([...needed].filter((tensor) => !nested.gone.has(tensor)));
  const ordered = orderKernels(nested.kernels, lowered.outputs);
  const names = readableNames(ordered.kernels, ordered.inPlace, lowered, taken);
  const tensors = new Set([...lowered.tensors.keys(), ...names.values()]);
  const settled = ordered.kernels.map((kernel) => settleUpdates(kernel, ordered.inPlace));
  if (verify) verifySettled(settled, ordered.inPlace);
  const kernels = [...settled, ...copies(lowered, ordered.inPlace)].map((kernel) =>
    renameTensors(nameRowsApart(kernel, tensors), names),
  );
  const results = lowered.outputs.flatMap(({ role, name }) => (role === "result" ? [name] : []));
  return { kernels, tensors: renamedTensors(lowered, stored, names), results };
}

function verifySettled(kernels: readonly Kernel[], inPlace: ReadonlyMap<string, string>): void {
  const [first] = kernels.flatMap((kernel) => verifyUpdates(kernel, inPlace));
  if (first !== undefined) throw new InternalError("fuse", first);
}

/** Rows share a name space with the tensors that a kernel loads: one whose name a tensor has, or will have, gets another. */
function nameRowsApart(kernel: Kernel, tensors: ReadonlySet<string>): Kernel {
  if (kernel.rows.length === 0) return kernel;
  const apart = (name: string): string => (tensors.has(name) ? apart(`${name}_row`) : name);
  const names = new Map(kernel.rows.map(({ name }) => [name, apart(name)]));
  const rows = kernel.rows.map((row) => ({ ...row, name: apart(row.name) }));
  return { ...renameTensors(kernel, names), rows };
}

/** The values that leave their cluster: outputs, and what another cluster loads. */
function storedTensors(clusters: readonly Cluster[], outputs: readonly LoweredOutput[]): ReadonlySet<string> {
  const stored = new Set(outputs.map(({ tensor }) => tensor));
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

/** Updates take their variable's name, results their own, and temporaries one after the kernel that makes them. */
function readableNames(
  kernels: readonly Kernel[],
  inPlace: ReadonlyMap<string, string>,
  { outputs, tensors }: Lowered,
  taken: UniqueNames,
): ReadonlyMap<string, string> {
  const names = new Map(inPlace);
  for (const { name, role, tensor } of outputs) if (role === "result") names.set(tensor, name);
  for (const name of tensors.keys()) if (!name.startsWith("%")) taken.reserve(name);
  for (const name of names.values()) taken.reserve(name);
  for (const kernel of kernels) {
    for (const tensor of writesOf(kernel)) if (!names.has(tensor)) names.set(tensor, taken.take(kernel.name));
  }
  return names;
}

function renamedTensors(
  { tensors }: Lowered,
  stored: ReadonlySet<string>,
  names: ReadonlyMap<string, string>,
): ReadonlyMap<string, Tensor> {
  const renamed = new Map<string, Tensor>();
  for (const tensor of tensors.values()) {
    if (tensor.role === "value" && !stored.has(tensor.name)) continue;
    const name = names.get(tensor.name) ?? tensor.name;
    if (!renamed.has(name) || tensor.role !== "value") renamed.set(name, { ...tensor, name });
  }
  return renamed;
}
