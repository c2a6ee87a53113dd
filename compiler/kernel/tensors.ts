/** Which tensors a kernel reads and writes: what ordering, planning and scheduling ask. */
import { mapScalar, type Load } from "../loops/scalar.ts";
import { walk } from "../loops/traverse.ts";
import type { Scalar } from "../loops/types.ts";
import { mapStage, scalarsOf } from "./stage.ts";
import type { Kernel } from "./types.ts";

/** The tensors that the kernel loads, its own rows excepted, in the order of their first loads. */
export function readsOf(kernel: Kernel): ReadonlySet<string> {
  const known = reads.get(kernel) ?? findReads(kernel);
  reads.set(kernel, known);
  return known;
}

/** Nests, order, segments and schedule ask of the same kernels. */
const reads = new WeakMap<Kernel, ReadonlySet<string>>();

function findReads({ rows, stages }: Kernel): ReadonlySet<string> {
  const tensors = new Set<string>();
  const see = (node: Scalar): void => {
    if (node.kind === "load") tensors.add(node.tensor);
  };
  for (const stage of stages) for (const scalar of scalarsOf(stage)) walk(scalar, see);
  for (const { name } of rows) tensors.delete(name);
  return tensors;
}

/** The tensors that the kernel stores to, its own rows excepted, in the order of their first stores. */
export function writesOf({ rows, stages }: Kernel): ReadonlySet<string> {
  const tensors = new Set<string>();
  for (const stage of stages) {
    if (stage.kind === "store") tensors.add(stage.store.tensor);
    else if (stage.kind === "sweep") for (const { tensor } of stage.stores) tensors.add(tensor);
    else if (stage.kind === "scatter") tensors.add(stage.tensor);
  }
  for (const { name } of rows) tensors.delete(name);
  return tensors;
}

/** The kernel with every tensor renamed that `names` has. */
export function renameTensors(kernel: Kernel, names: ReadonlyMap<string, string>): Kernel {
  const rename = (tensor: string): string => names.get(tensor) ?? tensor;
  const isRenamed = (node: Scalar): node is Load => node.kind === "load" && rename(node.tensor) !== node.tensor;
  const scalar = (value: Scalar): Scalar =>
    mapScalar(value, (node) => (isRenamed(node) ? { ...node, tensor: rename(node.tensor) } : node));
  return { ...kernel, stages: kernel.stages.map((stage) => mapStage(stage, scalar, rename)) };
}
