/** Which tensors a kernel reads and writes: what ordering, planning and scheduling ask. */
import { mapScalar, type Load } from "../loops/scalar.ts";
import type { Scalar } from "../loops/types.ts";
import { accountOf } from "./accesses.ts";
import { mapStage } from "./stage.ts";
import type { Kernel } from "./types.ts";

/** The tensors that the kernel loads, its own rows excepted, in the order of their first loads. */
export function readsOf(kernel: Kernel): ReadonlySet<string> {
  return withoutRows(accountOf(kernel).loads, kernel);
}

/** The tensors that the kernel stores to, its own rows excepted, in the order of their first stores. */
export function writesOf(kernel: Kernel): ReadonlySet<string> {
  return withoutRows(accountOf(kernel).stores, kernel);
}

function withoutRows(lists: ReadonlyMap<string, unknown>, { rows }: Kernel): ReadonlySet<string> {
  const tensors = new Set(lists.keys());
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
