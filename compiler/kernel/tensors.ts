/** Which tensors a kernel reads and writes: what ordering, planning and scheduling ask. */
import { mapScalar } from "../loops/scalar.ts";
import type { Scalar } from "../loops/types.ts";
import { accountOf } from "./accesses.ts";
import { mapStage } from "./stage.ts";
import type { Kernel } from "./types.ts";

/** The tensors that the kernel loads, its own rows excepted. */
export function readsOf(kernel: Kernel): ReadonlySet<string> {
  return withoutRows(kernel, accountOf(kernel).loads);
}

/** The tensors that the kernel stores to, its own rows excepted. */
export function writesOf(kernel: Kernel): ReadonlySet<string> {
  return withoutRows(kernel, accountOf(kernel).stores);
}

function withoutRows({ rows }: Kernel, accesses: ReadonlyMap<string, unknown>): ReadonlySet<string> {
  const tensors = new Set(accesses.keys());
  for (const { name } of rows) tensors.delete(name);
  return tensors;
}

/** The kernel with every tensor renamed that `names` has. */
export function renameTensors(kernel: Kernel, names: ReadonlyMap<string, string>): Kernel {
  const rename = (tensor: string): string => names.get(tensor) ?? tensor;
  const scalar = (value: Scalar): Scalar =>
    mapScalar(value, (node) => (node.kind === "load" ? { ...node, tensor: rename(node.tensor) } : node));
  return { ...kernel, stages: kernel.stages.map((stage) => mapStage(stage, scalar, rename)) };
}
